"""``tanbiao``: the command line. Every command calls a use case or starts a process; every help text has an
example.

``--as EMAIL`` names the acting person. It asks no password: whoever may run this command on this machine may
read the store anyway. The audit chain notes that the act came from the command line.
"""

from __future__ import annotations

from service.cli.base import group
from service.cli.commands import main

__all__ = ["group", "main"]
