"""What a verifier can say of an issuer's log: who signed a checkpoint, who saw it and when, and whether two views
differ.

Rules
1. A checkpoint counts when it is of the issuer's own log and a log key of the trust file signed it. A key that ended
   before the issue signs nothing of it.
2. A witness counts when the trust file names it and its cosignature holds. Others are passed over.
3. A leaf was seen when a witness cosigned a checkpoint whose tree holds it. The time is the witness's, never the
   issuer's: whoever has a stolen key of the issuer can write any date.
4. What a compromised log key signed counts only where enough witnesses (the trust file's quorum, at least one) saw it
   before the compromise, or where the tree the verifier holds has the same root.
5. Two signed checkpoints of one size with different roots, or one that is not the tree the verifier holds, are a split
   view.

Example: ``logs.seen(leaf)`` is ``{"witness.example.gov/w1": datetime(…)}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.keys.trust import Trust, TrustedIssuer, TrustedKey, Witness, log_name
from certificates.knowledge import Knowledge
from certificates.log import checkpoint as checkpoints
from certificates.log import cosignature, merkle
from certificates.log.checkpoint import Checkpoint
from certificates.log.proof import NotAProof, Proof
from certificates.log.proof import read as read_text
from certificates.same import Same


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint, the name of the log it should be of, and the log key that signed it, if one did."""

    stated: Checkpoint
    expected: str
    key: TrustedKey | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the log: its hash (32 bytes), the proof that came with it, and when it was made by its own
    account."""

    hash: bytes
    proof: Proof | None
    made_at: datetime


class Logs:
    """The checkpoints that a file brings (``brought``) and that the verifier holds, of one issuer's log."""

    def __init__(
        self, trust: Trust, issuer: TrustedIssuer, known: Knowledge, brought: tuple[str, ...]
    ) -> None:
        self.trust, self.issuer = trust, issuer
        self.tree = known.trees.get(issuer.id)
        self._brought = brought
        self._covered: tuple[Leaf, tuple[str, ...]] | None = None
        self.held = tuple(note for note in known.cosigned.get(issuer.id, ()) if self._is_signed(note))

    def signed(self, note: str) -> Signed:
        """Rule 1. Raises NotACheckpoint."""
        return _signed(note, Same(self.issuer))

    def witnesses(self, note: str) -> Mapping[str, datetime]:
        """Rule 2: when each trusted witness saw the checkpoint, by the name of its key."""
        return {name: at for name, at in _cosigned(note, Same(self.trust)) if at is not None}

    def broken(self, note: str) -> tuple[str, ...]:
        """The trusted witnesses in whose name a line stands that does not hold."""
        return tuple(name for name, at in _cosigned(note, Same(self.trust)) if at is None)

    def held_root(self, size: int) -> bytes | None:
        """The root that the tree in the verifier's hands has at ``size``; None beyond it or without one."""
        if self.tree is None or not 0 < size <= self.tree.size:
            return None
        return self.tree.root(size)

    def split(self, note: str) -> bool:
        """Rule 5. Raises NotACheckpoint."""
        one = stated(note)
        root = self.held_root(one.size)
        if root is not None:
            return root != one.root
        return any(_differ(one, other) for other in self._signed_notes())

    def covering(self, leaf: Leaf) -> tuple[str, ...]:
        """The checkpoints whose tree holds the leaf: that of its proof where it holds, and held ones of the same
        tree."""
        if self._covered is None or self._covered[0] is not leaf:
            self._covered = (leaf, self._covering(leaf))
        return self._covered[1]

    def _covering(self, leaf: Leaf) -> tuple[str, ...]:
        found = [leaf.proof.checkpoint] if leaf.proof is not None and included(leaf.proof, leaf.hash) else []
        own = stated(found[0]) if found else None
        place = self.tree.index(leaf.hash) if self.tree is not None else None
        for note in self.held:
            other = self.signed(note)
            same = own is not None and (other.stated.size, other.stated.root) == (own.size, own.root)
            within = place is not None and place < other.stated.size
            if same or (within and self.held_root(other.stated.size) == other.stated.root):
                found.append(note)
        return tuple(dict.fromkeys(found))

    def seen(self, leaf: Leaf) -> dict[str, datetime]:
        """Rule 3: the earliest time at which each trusted witness saw a tree with the leaf."""
        times: dict[str, datetime] = {}
        for note in self.covering(leaf):
            for name, at in self.witnesses(note).items():
                times[name] = min(at, times.get(name, at))
        return times

    def seen_before(self, moment: datetime, leaf: Leaf) -> bool:
        """True when enough witnesses (rule 4) saw the leaf before ``moment``."""
        earlier = [at for at in self.seen(leaf).values() if at < moment]
        return len(earlier) >= max(1, self.trust.quorum)

    def trusted(self, note: str, leaf: Leaf) -> str:
        """Empty when the log's key may be relied on for ``note``, which holds the leaf; else the reason (rules 1, 4).

        Raises NotACheckpoint.
        """
        signed = self.signed(note)
        if signed.stated.origin != signed.expected:
            return "other-log"
        if signed.key is None or signed.key.valid_until <= leaf.made_at:
            return "checkpoint-broken"
        since = signed.key.compromised_since
        if since is None or self.held_root(signed.stated.size) == signed.stated.root:
            return ""
        return "" if self.seen_before(since, leaf) else "log-key-compromised"

    def _signed_notes(self) -> list[Checkpoint]:
        brought = [note for note in self._brought if self._is_signed(note)]
        return [self.signed(note).stated for note in (*brought, *self.held)]

    def _is_signed(self, note: str) -> bool:
        try:
            signed = self.signed(note)
        except checkpoints.NotACheckpoint:
            return False
        return signed.key is not None and signed.stated.origin == signed.expected


@dataclass(frozen=True, slots=True)
class ReadProof:
    """A proof as read: there, damaged, or absent."""

    proof: Proof | None = None
    damaged: bool = field(default=False)


@lru_cache(maxsize=256)
def read_proof(text: str) -> ReadProof:
    """The proof of a text that claims to be one; a text (at most ``limits.PROOF_BYTES``) has always the same answer."""
    try:
        return ReadProof(read_text(text))
    except NotAProof:
        return ReadProof(damaged=True)


@lru_cache(maxsize=256)
def stated(note: str) -> Checkpoint:
    """What a checkpoint states. Raises NotACheckpoint."""
    return checkpoints.read(note)


def included(proof: Proof, leaf: bytes) -> bool:
    """``certificates.log.proof.included``, its checkpoint read once."""
    root = stated(proof.checkpoint).root
    return merkle.verify_inclusion(leaf, proof.index, proof.size, proof.hashes, root)


def _differ(one: Checkpoint, other: Checkpoint) -> bool:
    return (one.origin, one.size) == (other.origin, other.size) and one.root != other.root


@lru_cache(maxsize=256)
def _signed(note: str, issuer: Same[TrustedIssuer]) -> Signed:
    """Rule 1. A text of at most ``limits.CHECKPOINT_BYTES`` has always the same answer for the same issuer."""
    found, expected = stated(note), log_name(issuer.value.id)
    for key in issuer.value.of_use("log"):
        if isinstance(key.public, Ed25519PublicKey) and checkpoints.note_signed(note, expected, key.public):
            return Signed(found, expected, key)
    return Signed(found, expected, None)


@lru_cache(maxsize=256)
def _cosigned(note: str, trust: Same[Trust]) -> tuple[tuple[str, datetime | None], ...]:
    """Name and time of every trusted witness that signed; the time is None where its line does not hold."""
    _, lines = checkpoints.parts(note)
    found: list[tuple[str, datetime | None]] = []
    for witness in trust.value.witnesses:
        if _has_line(lines, witness):
            found.append((witness.key_name, cosignature.seen_at(note, witness.key_name, witness.public)))
    return tuple(found)


def _has_line(lines: tuple[checkpoints.Signature, ...], witness: Witness) -> bool:
    own = checkpoints.key_hash(witness.key_name, witness.public, cosignature.TYPE)
    return any((line.name, line.key_id) == (witness.key_name, own) for line in lines)
