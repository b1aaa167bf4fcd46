"""The transparency log: an append-only Merkle tree (RFC 6962), its signed checkpoints, and who watches it (C2SP).

merkle        the tree: append, root, inclusion and consistency proofs, and how each is checked
checkpoint    size and root as a signed note (signed-note, tlog-checkpoint)
cosignature   the line by which a witness signs a checkpoint, with its time (tlog-cosignature)
proof         that an entry is in the log, as one text to be checked offline (tlog-proof)
tiles         the tree in pieces that anyone can fetch (tlog-tiles)
witness       what a witness decides about a checkpoint (tlog-witness)
witness_home  the folder of a witness: its key, the logs it watches, what it signed
"""
