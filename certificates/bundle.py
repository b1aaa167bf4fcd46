"""The bundle: a credential with the proof that the log holds it, in one JSON file.

``{"type": "tanbiao-bundle/1", "credential": "<vc+jwt>", "proof": {leaf_index, tree_size, hashes,
checkpoint}}``; the hashes are in standard base64, the checkpoint is the signed note. In a label PDF the same
two things are the attachments
``credential.jwt`` and ``proof.json`` (the proof object alone).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certificates import limits
from certificates.canonical import canonical_bytes
from certificates.encoding import NotEncoded, base64_standard, from_base64_standard

TYPE = "tanbiao-bundle/1"
CREDENTIAL_FILE = "credential.jwt"
PROOF_FILE = "proof.json"
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\Z")


class NotABundle(ValueError):
    """This is not a bundle with exactly a type, a credential and a proof of the log."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Inclusion of one leaf: its index, the size of the tree, the hashes (32 bytes each), the checkpoint's
    text."""

    leaf_index: int
    tree_size: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    def as_dict(self) -> dict[str, Any]:
        """JSON form, the content of ``proof.json``."""
        return make_proof(self.leaf_index, self.tree_size, self.hashes, self.checkpoint)


def make_proof(leaf_index: int, tree_size: int, hashes: Sequence[bytes], checkpoint: str) -> dict[str, Any]:
    """The proof object from what ``log.merkle.inclusion_proof`` and ``log.checkpoint.sign`` give."""
    return {
        "leaf_index": leaf_index,
        "tree_size": tree_size,
        "hashes": [base64_standard(digest) for digest in hashes],
        "checkpoint": checkpoint,
    }


def pack(credential: str, proof: dict[str, Any]) -> bytes:
    """The bundle as canonical JSON; raises NotABundle when a part is not what it should be."""
    read_proof(proof)
    if not looks_compact(credential):
        raise NotABundle("The credential is not a compact JWT.")
    return canonical_bytes({"type": TYPE, "credential": credential, "proof": proof})


def unpack(data: Any) -> tuple[str, Proof]:
    """Credential and proof of parsed JSON (``canonical.parse``); raises NotABundle."""
    if not isinstance(data, dict) or set(data) != {"type", "credential", "proof"} or data["type"] != TYPE:
        raise NotABundle("A bundle has exactly type, credential and proof.")
    if not looks_compact(data["credential"]):
        raise NotABundle("The credential is not a compact JWT.")
    return data["credential"], read_proof(data["proof"])


def read_proof(data: Any) -> Proof:
    """The proof of parsed JSON; raises NotABundle for other fields, kinds or lengths."""
    if not isinstance(data, dict) or set(data) != {"leaf_index", "tree_size", "hashes", "checkpoint"}:
        raise NotABundle("A proof has exactly leaf_index, tree_size, hashes and checkpoint.")
    index, size, hashes, checkpoint = (
        data[name] for name in ("leaf_index", "tree_size", "hashes", "checkpoint")
    )
    if type(index) is not int or type(size) is not int or not 0 <= index < size:
        raise NotABundle("The leaf's index is a whole number below the size of the tree.")
    if not isinstance(hashes, list) or len(hashes) > limits.PROOF_HASHES or not isinstance(checkpoint, str):
        raise NotABundle("A proof has a list of hashes and a checkpoint.")
    return Proof(index, size, tuple(_digest(text) for text in hashes), checkpoint)


def looks_compact(text: Any) -> bool:
    """True for three base64url parts with dots, within the limit of length."""
    return isinstance(text, str) and len(text) <= limits.CREDENTIAL_BYTES and _COMPACT.match(text) is not None


def _digest(text: Any) -> bytes:
    try:
        digest = from_base64_standard(text) if isinstance(text, str) else b""
    except NotEncoded as problem:
        raise NotABundle("A hash is not base64.") from problem
    if len(digest) != 32:
        raise NotABundle("A hash has 32 bytes.")
    return digest
