"""Reading the transparency log: what everybody may fetch, and what signed-in people see of it.

Rules
1. Public without account: the newest checkpoint, the tiles of hashes, consistency proofs. A hash tells nothing of what
   it is the hash of; the entries themselves are never given out here.
2. People see the tree, the cosignatures, and of the last leaves what kind each is; which label or claim it is only
   where it is theirs to see (``access.may_see``). Status lists are public, so their leaves are named.

Example: ``overview(actor, services).sound`` is False when the tree is not the one that was signed last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.store.trust_records import LogLeaf
from service.usecases import cosigning, translog
from service.usecases.access import Actor, Permission, allow, may_see, require_seen
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.log.tiles import Tile
    from service.store.uow import UnitOfWork

LEAVES = 20
SAME = "same"


@dataclass(frozen=True, slots=True)
class Watching:
    """A witness: of what size its newest cosignature is and when it was made; ``asked`` when the settings name it."""

    name: str
    size: int
    at: datetime | None
    asked: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of the log as the reader may see it: its place, hash, kind, and what it is where that is theirs to see."""

    index: int
    hash: bytes
    kind: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """The log: origin, size, root (empty without entries), the newest checkpoint with its cosignatures, who watches.

    ``sound`` is False when the tree is not the one that was signed last.
    """

    origin: str
    size: int
    root: bytes
    checkpoint: str
    signed_at: datetime | None
    cosigned: tuple[Watching, ...]
    witnesses: tuple[Watching, ...]
    leaves: tuple[Leaf, ...]
    sound: bool

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "origin": self.origin,
            "size": self.size,
            "root": self.root.hex(),
            "sound": self.sound,
            "checkpoint": self.checkpoint,
            "signedAt": _text(self.signed_at),
            "witnesses": [
                {"name": one.name, "size": one.size, "at": _text(one.at), "asked": one.asked}
                for one in self.witnesses
            ],
            "leaves": [
                {
                    "index": one.index,
                    "hash": one.hash.hex(),
                    "kind": one.kind,
                    "name": one.name,
                    "at": _text(one.at),
                }
                for one in self.leaves
            ],
        }


# ---------- for everybody ----------


def checkpoint(services: Services) -> str:
    """The newest checkpoint with the cosignatures kept for it. Raises NotFound for an empty log."""
    with services.uow() as unit:
        newest = unit.log.latest_checkpoint()
        text = translog.cosigned_checkpoint(unit, newest[0]) if newest else None
    if text is None:
        raise NotFound(noun="log entry", key="0")
    return text


def tile(path: str, services: Services) -> bytes:
    """The hashes of the tile at that path (C2SP tlog-tiles). Raises NotFound."""
    from certificates.log import tiles

    try:
        wanted = tiles.read_path(path)
        with services.uow() as unit:
            return _content(wanted, unit)
    except tiles.NotATile as error:
        raise NotFound(noun="log entry", key=path[:100]) from error


def _content(wanted: Tile, unit: UnitOfWork) -> bytes:
    from certificates.log import tiles

    size = unit.log.size()
    stored = unit.log.some_nodes(tiles.nodes(wanted)) if wanted.end <= size else {}
    try:
        return tiles.content(wanted, size, lambda level, index: stored[level, index])
    except KeyError as error:
        raise EvidenceChanged(what=f"node {error.args[0]} of the log") from error


def consistency(old: int, new: int, services: Services) -> tuple[bytes, ...]:
    """PROOF(old, D[new]) of RFC 6962, 2.1.2. Raises NotFound where one of the sizes is not of this log."""
    with services.uow() as unit:
        tree = translog.tree(unit)
        if not 0 < old <= new <= tree.size:
            raise NotFound(noun="log entry", key=f"{old}-{new}")
        return tree.consistency(old, new)


# ---------- for signed-in people ----------


def overview(actor: Actor, services: Services) -> Overview:
    """The log at a glance (rule 2). Raises NotAllowed, KeysUnavailable, WitnessesUnusable."""
    allow(actor, Permission.LOG_READ)
    keys = services.keys.keyset()
    asked = [witness.key_name for witness, _ in cosigning.configured(services.settings)]
    with services.uow() as unit:
        newest = unit.log.latest_checkpoint()
        size, sound = newest[0] if newest else 0, translog.sound(unit, keys)
        return Overview(
            origin=keys.log_name,
            size=size,
            root=translog.tree(unit).root(size) if size and sound else b"",
            checkpoint=(translog.cosigned_checkpoint(unit, size) or "") if size else "",
            signed_at=unit.log.signed_at(size) if size else None,
            cosigned=tuple(_watching(one.witness, one, asked) for one in unit.log.cosignatures(size)),
            witnesses=tuple(
                _watching(name, unit.log.cosigned_by(name), asked) for name in _names(unit, asked)
            ),
            leaves=tuple(_leaf(one, actor, unit) for one in unit.log.latest_leaves(LEAVES)),
            sound=sound,
        )


def proof(actor: Actor, number: str, services: Services) -> str:
    """The tlog-proof of a label or claim the actor may see. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.LOG_READ)
    with services.uow() as unit:
        noun, owners = _owners(number, unit)
        require_seen(actor, noun, number, owners)
        leaf = unit.log.leaf_of(f"{noun}:{number}")
        if leaf is None:
            raise EvidenceChanged(what=f"log entry of {noun} {number}")
        return translog.proof_of(unit, leaf.index)


def compare(actor: Actor, text: str, services: Services) -> str:
    """``same`` when this log is the one of a checkpoint that somebody else kept, else what differs, as a sentence.

    Raises NotAllowed, KeysUnavailable, InvalidInput where the text is no checkpoint.
    """
    from certificates.log import checkpoint as checkpoints

    allow(actor, Permission.LOG_READ)
    keys = services.keys.keyset()
    try:
        stated = checkpoints.verify(text, keys.log_name, translog.log_keys(keys))
    except checkpoints.NotACheckpoint as error:
        raise InvalidInput(field="checkpoint", problem="not a checkpoint of this log") from error
    except checkpoints.CheckpointNotSigned:
        return "no key of this log signed that checkpoint"
    with services.uow() as unit:
        tree = translog.tree(unit)
        if stated.size > tree.size:
            return f"the checkpoint is of {stated.size} entries, this log has {tree.size}: the store was put back"
        if tree.root(stated.size) != stated.root:
            return f"at {stated.size} entries this log has another root: it was rewritten"
    return SAME


def log_vkeys(actor: Actor, services: Services) -> tuple[str, ...]:
    """The verifier keys of this log, newest first. Raises NotAllowed, KeysUnavailable."""
    from certificates.keys import vkey

    allow(actor, Permission.LOG_READ)
    keys = services.keys.keyset()
    return tuple(vkey.of_log(keys.log_name, public).text for public in translog.log_keys(keys))


# ---------- steps ----------


def _names(unit: UnitOfWork, asked: Iterable[str]) -> list[str]:
    """Witnesses asked now, and those that signed lately."""
    lately = {one.witness for one in unit.log.cosigned(0, translog.LOOKED_AT)}
    return list(dict.fromkeys([*asked, *sorted(lately)]))


def _watching(name: str, newest: Any, asked: Iterable[str]) -> Watching:
    return Watching(name, newest.size if newest else 0, newest.at if newest else None, name in asked)


def _leaf(leaf: LogLeaf, actor: Actor, unit: UnitOfWork) -> Leaf:
    """Rule 2."""
    kind, _, name = leaf.what.partition(":")
    if kind != "status":
        _, owners = _owners(name, unit)
        name = name if owners is not None and may_see(actor, *owners) else ""
    return Leaf(leaf.index, leaf.hash, kind, name, leaf.at)


def _owners(number: str, unit: UnitOfWork) -> tuple[str, tuple[str, str] | None]:
    """Label or claim, and whose it is: exporter and institution; None where there is no such number."""
    from certificates.kinds import of_number

    noun = of_number(number).noun
    if noun == "claim":
        claim = unit.claims.get(number)
        dossier = unit.dossiers.get(claim.dossier_id) if claim else None
        return noun, (dossier.organisation_id, dossier.institution_id or "") if dossier else None
    label = unit.labels.get(number)
    return noun, (label.exporter_id, label.institution_id) if label else None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
