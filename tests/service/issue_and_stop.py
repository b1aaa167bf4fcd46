"""A process that forks children which issue a label and stop dead at one point, until they are killed.

Reads one JSON object a line: ``point``, ``study``, ``email``, ``environment``. The child prints ``stopped PID`` when it
is there; when it is gone, ``ended STATUS`` follows. What an issue imports is imported once, before the first fork; so
are the roads computed, after the first order that does not stop there; every order has the same study.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

import certificates.documents
import certificates.log.checkpoint
from certificates import credential
from lca.engine import load_bw2calc
from service.app import build_services
from service.settings import from_environment
from service.store.repositories.labels import Labels
from service.store.repositories.log import Log
from service.store.repositories.standing import Standings
from service.store.uow import UnitOfWork
from service.usecases import accounts, issuing, labels
from service.usecases.access import Actor
from service.usecases.services import Services

ROADS = "while the roads are computed"
POINTS: dict[str, tuple[Any, str, str]] = {
    ROADS: (issuing, "assess_both_roads", "after"),
    "after the number is taken": (Labels, "next_serial", "after"),
    "after the place is drawn": (Standings, "add_place", "after"),
    "between the status lists": (Standings, "add", "after"),
    "after the credential is signed": (credential, "issue", "after"),
    "between the nodes of the log": (Log, "add_nodes", "after"),
    "after the checkpoint is signed": (certificates.log.checkpoint, "sign", "after"),
    "after the checkpoint is stored": (Log, "add_checkpoint", "after"),
    "after the document is signed": (certificates.documents, "sign_pdf", "after"),
    "after the label is stored": (Labels, "add", "after"),
    "before the commit": (UnitOfWork, "commit", "before"),
    "inside the commit": (UnitOfWork, "commit", "inside"),
    "after the commit": (UnitOfWork, "commit", "after"),
}

IMPORTED_WHEN_NEEDED = (
    "certificates.keys.keyset",
    "certificates.log.proof",
    "certificates.statement",
    "certificates.steps.printed",
    "databases.release",
    "lca.assess",
    "lxml.etree",
    "pyhanko.pdf_utils.metadata.xmp_xml",
    "pyhanko.sign.signers",
    "segno",
    "service.render.label",
    "typst",
)
"""What the use cases import inside their functions; none of them starts a thread when it is imported."""


def load() -> None:
    """Import whatever an issue needs, so that a fork need not."""
    load_bw2calc()
    for name in IMPORTED_WHEN_NEEDED:
        importlib.import_module(name)


def stop() -> None:
    print(f"stopped {os.getpid()}", flush=True)
    time.sleep(600)


def pausing(function: Callable[..., Any], where: str) -> Callable[..., Any]:
    def paused(*args: Any, **more: Any) -> Any:
        if where == "before":
            stop()
        result = function(*args, **more)
        if where == "after":
            stop()
        return result

    return paused


def opened(email: str, environment: dict[str, str]) -> tuple[Services, Actor]:
    os.environ.update(environment)
    services = build_services(from_environment())
    return services, accounts.actor_by_email(email, services)


def remembering(compute: Callable[[issuing.Gathered, Services], Any]) -> Callable[..., Any]:
    """``assess_both_roads``, which computes the same study once."""
    known: list[tuple[issuing.Gathered, Any]] = []

    def computed(gathered: issuing.Gathered, services: Services) -> Any:
        for earlier, result in known:
            if earlier == gathered:
                return result
        known.append((gathered, compute(gathered, services)))
        return known[-1][1]

    return computed


def compute_once(study: str, email: str, environment: dict[str, str]) -> None:
    """Children that issue the same study from now on find its roads computed."""
    services, actor = opened(email, environment)
    with services.uow() as unit:
        gathered = issuing.gather(actor, study, unit)
    services.uow.close()
    issuing.assess_both_roads = remembering(issuing.assess_both_roads)
    issuing.assess_both_roads(gathered, services)


def issue_and_stop(point: str, study: str, email: str, environment: dict[str, str]) -> None:
    services, actor = opened(email, environment)
    place, name, where = POINTS[point]
    if where == "inside":  # the driver is about to be told COMMIT
        sa.event.listen(services.uow.engine, "commit", lambda _connection: stop())  # type: ignore[attr-defined]
    else:
        setattr(place, name, pausing(getattr(place, name), where))
    labels.issue(actor, study, services)


def main() -> None:
    load()
    computed = False
    for line in sys.stdin:
        order = json.loads(line)
        if not computed and order["point"] != ROADS:
            compute_once(order["study"], order["email"], order["environment"])
            computed = True
        child = os.fork()
        if child == 0:
            try:
                issue_and_stop(**order)  # ends by being killed
            finally:
                os._exit(1)  # the point was never reached, or the issue failed
        _, status = os.waitpid(child, 0)
        print(f"ended {status}", flush=True)


if __name__ == "__main__":
    main()
