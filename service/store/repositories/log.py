"""The transparency log as stored: nodes, leaves, checkpoints, cosignatures. The tree itself is computed by
``certificates.log``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store.engine import WRITES
from service.store.ledger_tables import claim_statements
from service.store.tables import labels, log_checkpoints, log_nodes
from service.store.trust_records import Cosignature, Entered, LogLeaf
from service.store.trust_tables import log_cosignatures, log_leaves, status_places

_AT_ONCE = 400


def _entered(issued: sa.Table) -> sa.Select[Any]:
    """Everything of one label or claim in one look."""
    return (
        sa.select(
            issued.c.number, issued.c.credential, status_places.c.list, log_leaves.c.index, log_leaves.c.hash
        )
        .select_from(issued)
        .outerjoin(status_places, status_places.c.number == issued.c.number)
        .outerjoin(log_leaves, log_leaves.c.what == sa.bindparam("what"))
        .where(issued.c.number == sa.bindparam("wanted"))
    )


# Written once: making a query costs more than asking it.
_SIZE = sa.select(sa.func.max(log_nodes.c.index)).where(log_nodes.c.level == 0)
_ENTERED = {"label": _entered(labels), "claim": _entered(claim_statements)}
_NODES = sa.select(log_nodes.c.index, log_nodes.c.hash).where(
    log_nodes.c.level == sa.bindparam("level"), log_nodes.c.index.in_(sa.bindparam("wanted", expanding=True))
)
_LEAF_HASHES = (
    sa.select(log_nodes.c.hash)
    .where(
        log_nodes.c.level == 0,
        log_nodes.c.index >= sa.bindparam("start"),
        log_nodes.c.index < sa.bindparam("end"),
    )
    .order_by(log_nodes.c.index)
)
_LISTED_HASHES = sa.select(log_leaves.c.hash).order_by(log_leaves.c.index)
_LATEST = (
    sa.select(log_checkpoints.c.size, log_checkpoints.c.checkpoint)
    .order_by(log_checkpoints.c.size.desc())
    .limit(1)
)
_LATELY = (
    sa.select(log_cosignatures.c.size, log_cosignatures.c.witness)
    .order_by(log_cosignatures.c.size.desc(), log_cosignatures.c.witness)
    .limit(sa.bindparam("most"))
)


class Log:
    """Append-only: nodes are hashes of complete subtrees, a leaf says what it is, a checkpoint is a signed root for a
    size, a cosignature the line of a witness under a checkpoint."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @property
    def store(self) -> object:
        """What tells this store from another, as long as it is open."""
        return self._connection.engine

    @property
    def writing(self) -> bool:
        """True in a unit that may hold what is not committed."""
        return bool(self._connection.get_execution_options().get(WRITES, False))

    def size(self) -> int:
        """Number of leaves."""
        last = self._connection.execute(_SIZE).scalar()
        return 0 if last is None else int(last) + 1

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree; raises KeyError when it is not in the log."""
        query = sa.select(log_nodes.c.hash).where(log_nodes.c.level == level, log_nodes.c.index == index)
        value = self._connection.execute(query).scalar()
        if value is None:
            raise KeyError((level, index))
        return bytes(value)

    def some_nodes(self, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        """Those of the nodes (level, index) that are there, read a level at a time."""
        found: dict[tuple[int, int], bytes] = {}
        for level in sorted({level for level, _ in wanted}):
            indices = sorted(index for other, index in wanted if other == level)
            for start in range(0, len(indices), _AT_ONCE):
                part = {"level": level, "wanted": indices[start : start + _AT_ONCE]}
                found |= {
                    (level, int(row[0])): bytes(row[1]) for row in self._connection.execute(_NODES, part)
                }
        return found

    def leaf_hashes(self, start: int, end: int) -> bytes:
        """The hashes of the leaves from ``start`` to before ``end``, joined; fewer where some are missing."""
        rows = self._connection.execute(_LEAF_HASHES, {"start": start, "end": end}).scalars()
        return b"".join(map(bytes, rows))

    def entered(self, noun: str, number: str) -> Entered | None:
        """What of a ``label`` or ``claim`` of that number is in the log and the status lists; None where there is no
        such label or claim."""
        wanted = {"wanted": number, "what": f"{noun}:{number}"}
        row = self._connection.execute(_ENTERED[noun], wanted).first()
        return Entered(row[0], row[1], row[2], row[3], row[4]) if row else None

    def nodes(self) -> dict[tuple[int, int], bytes]:
        """Every node, for the check of the whole store only."""
        rows = self._connection.execute(sa.select(log_nodes))
        return {(row["level"], row["index"]): bytes(row["hash"]) for row in rows.mappings()}

    def checkpoints(self) -> dict[int, str]:
        """Every checkpoint's text by its size, for the check of the whole store only."""
        rows = self._connection.execute(sa.select(log_checkpoints).order_by(log_checkpoints.c.size))
        return {int(row.size): str(row.checkpoint) for row in rows}

    def add_nodes(self, nodes: Iterable[tuple[int, int, bytes]]) -> None:
        """Append nodes (level, index, hash)."""
        for level, index, value in nodes:
            self._connection.execute(sa.insert(log_nodes).values(level=level, index=index, hash=value))

    def add_checkpoint(self, size: int, checkpoint: str, at: datetime) -> None:
        """Append the signed checkpoint of a tree size."""
        self._connection.execute(sa.insert(log_checkpoints).values(size=size, checkpoint=checkpoint, at=at))

    def checkpoint(self, size: int) -> str | None:
        """The signed text for that size, without cosignatures; None when no checkpoint was signed there."""
        query = sa.select(log_checkpoints.c.checkpoint).where(log_checkpoints.c.size == size)
        value = self._connection.execute(query).scalar()
        return None if value is None else str(value)

    def latest_checkpoint(self) -> tuple[int, str] | None:
        """Size and text of the newest checkpoint, or None for an empty log."""
        row = self._connection.execute(_LATEST).first()
        return (int(row.size), str(row.checkpoint)) if row else None

    def signed_at(self, size: int) -> datetime | None:
        """When the checkpoint of that size was signed."""
        query = sa.select(log_checkpoints.c.at).where(log_checkpoints.c.size == size)
        return self._connection.execute(query).scalar()

    # ---------- leaves ----------

    def add_leaf(self, leaf: LogLeaf) -> None:
        """Append what a leaf is."""
        values = {"index": leaf.index, "hash": leaf.hash, "what": leaf.what, "at": leaf.at}
        self._connection.execute(sa.insert(log_leaves).values(**values))

    def leaf(self, index: int) -> LogLeaf | None:
        """The leaf at that place."""
        found = self._leaves(sa.select(log_leaves).where(log_leaves.c.index == index))
        return found[0] if found else None

    def leaf_of(self, what: str) -> LogLeaf | None:
        """The leaf that is that thing, such as ``label:TB-2026-0000001-X``."""
        found = self._leaves(sa.select(log_leaves).where(log_leaves.c.what == what))
        return found[0] if found else None

    def leaves_of(self, whats: Collection[str]) -> dict[str, LogLeaf]:
        """The leaves that are those things, by what they are."""
        found: dict[str, LogLeaf] = {}
        wanted = sorted(set(whats))
        for start in range(0, len(wanted), _AT_ONCE):
            part = log_leaves.c.what.in_(wanted[start : start + _AT_ONCE])
            found |= {leaf.what: leaf for leaf in self._leaves(sa.select(log_leaves).where(part))}
        return found

    def leaf_index(self, leaf_hash: bytes) -> int | None:
        """The first place of that leaf hash, or None when the log does not hold it."""
        query = sa.select(sa.func.min(log_leaves.c.index)).where(log_leaves.c.hash == leaf_hash)
        value = self._connection.execute(query).scalar()
        return None if value is None else int(value)

    def latest_leaves(self, number: int) -> tuple[LogLeaf, ...]:
        """The newest leaves, newest first."""
        return self._leaves(sa.select(log_leaves).order_by(log_leaves.c.index.desc()).limit(number))

    def listed_hashes(self) -> bytes:
        """The hashes of every leaf by its place, joined, for packs and bulk checks."""
        return b"".join(map(bytes, self._connection.execute(_LISTED_HASHES).scalars()))

    def leaves(self) -> tuple[LogLeaf, ...]:
        """Every leaf by its place, for the check of the whole store."""
        return self._leaves(sa.select(log_leaves).order_by(log_leaves.c.index))

    def _leaves(self, query: sa.Select[tuple[object, ...]]) -> tuple[LogLeaf, ...]:
        rows = self._connection.execute(query).mappings()
        return tuple(LogLeaf(int(row["index"]), bytes(row["hash"]), row["what"], row["at"]) for row in rows)

    # ---------- cosignatures ----------

    def add_cosignature(self, cosignature: Cosignature) -> None:
        """Append the line of a witness under the checkpoint of a size."""
        values = {"size": cosignature.size, "witness": cosignature.witness}
        values |= {"line": cosignature.line, "at": cosignature.at}
        self._connection.execute(sa.insert(log_cosignatures).values(**values))

    def cosignatures(self, size: int) -> tuple[Cosignature, ...]:
        """What witnesses signed of that size, by name."""
        query = sa.select(log_cosignatures).where(log_cosignatures.c.size == size)
        return self._cosignatures(query.order_by(log_cosignatures.c.witness))

    def cosigned(self, above: int, limit: int, *, newest: bool = True) -> tuple[Cosignature, ...]:
        """At most ``limit`` cosignatures of checkpoints larger than ``above``, from the newest or the oldest on."""
        size = log_cosignatures.c.size
        query = sa.select(log_cosignatures).where(size > above).order_by(size.desc() if newest else size)
        return self._cosignatures(query.limit(limit))

    def cosigned_lately(self, most: int) -> tuple[tuple[int, str], ...]:
        """Size and witness of at most so many cosignatures, those of the largest checkpoints first."""
        rows = self._connection.execute(_LATELY, {"most": most})
        return tuple((int(size), str(witness)) for size, witness in rows)

    def cosigned_by(self, witness: str) -> Cosignature | None:
        """The newest cosignature of that witness."""
        query = sa.select(log_cosignatures).where(log_cosignatures.c.witness == witness)
        found = self._cosignatures(query.order_by(log_cosignatures.c.size.desc()).limit(1))
        return found[0] if found else None

    def every_cosignature(self) -> tuple[Cosignature, ...]:
        """Every cosignature, for the check of the whole store only."""
        return self._cosignatures(sa.select(log_cosignatures).order_by(log_cosignatures.c.size))

    def _cosignatures(self, query: sa.Select[tuple[object, ...]]) -> tuple[Cosignature, ...]:
        rows = self._connection.execute(query).mappings()
        return tuple(Cosignature(int(row["size"]), row["witness"], row["line"], row["at"]) for row in rows)
