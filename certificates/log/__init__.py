"""The transparency log: an append-only Merkle tree (RFC 6962) and its signed checkpoints (C2SP)."""
