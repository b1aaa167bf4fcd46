"""All commands together, and the entry point."""

from __future__ import annotations

from service.cli import (
    accounts,
    cbam,
    claims,
    database,
    desk,
    keys,
    labels,
    ledger,
    log,
    processes,
    releases,
    status,
    studies,
    witness,
)
from service.cli.base import group

for part in (
    processes,
    releases,
    studies,
    labels,
    status,
    cbam,
    ledger,
    claims,
    desk,
    log,
    witness,
    accounts,
    keys,
    database,
):
    part.register(group)


def main() -> None:
    """Entry point of the ``tanbiao`` command."""
    group(prog_name="tanbiao")
