"""The nodes and checkpoints of the transparency log. The tree itself is computed by ``certificates.log``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from service.store.tables import log_checkpoints, log_nodes


class Log:
    """Append-only: nodes are hashes of complete subtrees, a checkpoint is a signed root for a size."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def size(self) -> int:
        """Number of leaves."""
        query = sa.select(sa.func.max(log_nodes.c.index)).where(log_nodes.c.level == 0)
        last = self._connection.execute(query).scalar()
        return 0 if last is None else int(last) + 1

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree; raises KeyError when it is not in the log."""
        query = sa.select(log_nodes.c.hash).where(log_nodes.c.level == level, log_nodes.c.index == index)
        value = self._connection.execute(query).scalar()
        if value is None:
            raise KeyError((level, index))
        return bytes(value)

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

    def latest_checkpoint(self) -> tuple[int, str] | None:
        """Size and text of the newest checkpoint, or None for an empty log."""
        query = sa.select(log_checkpoints).order_by(log_checkpoints.c.size.desc()).limit(1)
        row = self._connection.execute(query).first()
        return (int(row.size), str(row.checkpoint)) if row else None
