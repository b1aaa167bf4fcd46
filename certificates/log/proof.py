"""The proof that an entry is in the log, as one text that can be checked offline (C2SP tlog-proof).

Rules
1. The lines are ``c2sp.org/tlog-proof@v1``, optionally ``extra <base64>``, ``index <decimal>``, the hashes of the
   inclusion proof in base64 from the leaf's sibling upwards (RFC 6962, 2.1.1), an empty line, the checkpoint as signed.
2. There is one text for one proof: other spaces, leading zeros, an empty ``extra``, more than 64 hashes are refused.
3. The size is the checkpoint's, and the index lies below it: nothing is proved in an empty tree.
4. ``extra`` is signed by nobody. It is kept for whoever reads the text, and no check here looks at it.

Example: ``included(read(text), leaf_hash(entry))``; who signed the checkpoint is another question
(``certificates.log.checkpoint`` and ``certificates.log.cosignature``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from certificates import limits
from certificates.encoding import NotEncoded, base64_standard, from_base64_standard
from certificates.log import checkpoint as checkpoints
from certificates.log import merkle

HEADER = "c2sp.org/tlog-proof@v1"
"""The first line."""

SUFFIX = ".tlog-proof"
"""How a file with such a text is named."""

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})\Z")


class NotAProof(ValueError):
    """This text is not an inclusion proof of a transparency log."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Inclusion of one leaf: its index, the size of the tree, the hashes (32 bytes each), the checkpoint's text."""

    index: int
    size: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""


def text(proof: Proof) -> str:
    """The text form. Raises NotAProof for a proof that would not be read back."""
    extra = [f"extra {base64_standard(proof.extra)}"] if proof.extra else []
    hashes = [base64_standard(value) for value in proof.hashes]
    made = "\n".join([HEADER, *extra, f"index {proof.index}", *hashes, "", proof.checkpoint])
    if read(made) != proof:
        raise NotAProof("The size of a proof is its checkpoint's.")
    return made


def read(text: str) -> Proof:
    """What the text says; whether it holds is :func:`included`'s. Raises NotAProof (rules 1 to 3)."""
    head, gap, signed = text.partition("\n\n")
    lines = head.split("\n")
    if len(text) > limits.PROOF_BYTES or not gap or lines.pop(0) != HEADER:
        raise NotAProof(f"A proof begins with {HEADER}, and a checkpoint follows after an empty line.")
    extra = _extra(lines)
    index = _INDEX.match(lines.pop(0)) if lines else None
    if index is None or len(lines) > limits.PROOF_HASHES:
        raise NotAProof("A proof has an index and at most 64 hashes.")
    hashes = tuple(_bytes(line) for line in lines)
    try:
        size = checkpoints.read(signed).size
    except checkpoints.NotACheckpoint as problem:
        raise NotAProof(str(problem)) from problem
    if int(index[1]) >= size or any(len(value) != 32 for value in hashes):
        raise NotAProof("The index lies below the size of the tree, and a hash has 32 bytes.")
    return Proof(int(index[1]), size, hashes, signed, extra)


def included(proof: Proof, leaf: bytes) -> bool:
    """True when ``leaf`` (a ``merkle.leaf_hash``) stands at the index in the tree whose root the checkpoint states."""
    try:
        stated = checkpoints.read(proof.checkpoint)
    except checkpoints.NotACheckpoint:
        return False
    return stated.size == proof.size and merkle.verify_inclusion(
        leaf, proof.index, proof.size, proof.hashes, stated.root
    )


def _extra(lines: list[str]) -> bytes:
    """Takes the line of extra data off, where there is one."""
    if not lines or not lines[0].startswith("extra "):
        return b""
    extra = _bytes(lines.pop(0).removeprefix("extra "))
    if not extra:
        raise NotAProof("Extra data is not empty.")
    return extra


def _bytes(line: str) -> bytes:
    try:
        return from_base64_standard(line)
    except NotEncoded as problem:
        raise NotAProof("A line of the proof is not base64.") from problem
