"""A process that stages an import of many rows and forks children that record it, until they are killed.

First line in: ``environment``, ``email``, ``rows``; it prints ``staged ID``. Then one JSON object a line, ``stop``:
the child prints ``recording PID`` when its transaction is about to begin, and where ``stop`` is one of ``POINTS`` it
stops there and prints ``stopped PID``. When it is gone, ``ended STATUS`` follows. The file is read and judged once,
before the first fork.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from service.app import build_services
from service.settings import from_environment
from service.usecases import accounts
from service.usecases.ledger import import_rows, importing
from tests.certificates.ledger.registries.exports import GEC, as_csv, gec

POINTS = {
    "after the file is stored": "ledger_files",
    "after the entries are stored": "ledger_entries",
    "after the lots are stored": "ledger_lots",
    "after the positions are stored": "ledger_positions",
    "inside the commit": "",  # the driver is about to be told COMMIT
}
"""Where a child stops: after the first insertion into a table."""


def stage(email: str, rows: int) -> str:
    """Stage ``rows`` green certificates; what was read and judged is what every child will read and judge."""
    services = build_services(from_environment())
    actor = accounts.actor_by_email(email, services)
    data = as_csv(GEC, (gec(number) for number in range(rows)))
    importing.SMALL_BYTES = len(data)
    kept: dict[str, Any] = {}
    for name in ("read_staged", "judged_now"):
        original = getattr(import_rows, name)

        def once(*arguments: Any, name: str = name, original: Any = original) -> Any:
            if name not in kept:
                kept[name] = original(*arguments)
            return kept[name]

        setattr(import_rows, name, once)
        setattr(importing, name, once)
    import_id = importing.stage(actor, importing.Upload("绿证.csv", data), services)
    services.uow.close()
    return import_id


def record(import_id: str, email: str, point: str) -> None:
    services = build_services(from_environment())
    actor = accounts.actor_by_email(email, services)
    if table := POINTS.get(point):
        sa.event.listen(services.uow.engine, "after_cursor_execute", after(table))  # type: ignore[attr-defined]
    elif point:
        sa.event.listen(services.uow.engine, "commit", stop)  # type: ignore[attr-defined]
    import_rows.record_rows(actor, import_id, services, told)


def told(step: str, _fraction: float) -> None:
    if step == "recording":
        print(f"recording {os.getpid()}", flush=True)


def after(table: str) -> Callable[..., None]:
    """Stops when rows were inserted into ``table``."""

    def stop_there(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            stop(connection)

    return stop_there


def stop(_connection: Any) -> None:
    print(f"stopped {os.getpid()}", flush=True)
    time.sleep(600)


def main() -> None:
    order = json.loads(sys.stdin.readline())
    os.environ.update(order["environment"])
    import_id = stage(order["email"], order["rows"])
    print(f"staged {import_id}", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                record(import_id, order["email"], json.loads(line)["stop"])
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        print(f"ended {status}", flush=True)


if __name__ == "__main__":
    main()
