"""All commands together, and the entry point."""

from __future__ import annotations

from service.cli import accounts, cbam, claims, database, labels, ledger, processes, releases, studies
from service.cli.base import group

for part in (processes, releases, studies, labels, cbam, ledger, claims, accounts, database):
    part.register(group)


def main() -> None:
    """Entry point of the ``tanbiao`` command."""
    group(prog_name="tanbiao")
