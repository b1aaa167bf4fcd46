"""Two processes that do one thing at the same moment: ``python -m tests.service.issue_together`` prints what they got.

One JSON object comes in: ``what`` (a name of ``WHAT``), ``environment``, ``orders`` (pairs of an e-mail address and a
key, one for each process). A program of its own: it imports once and has no threads when it forks.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from service.app import build_services
from service.settings import from_environment
from service.usecases import accounts, labels
from service.usecases.access import Actor
from service.usecases.claims import submitting
from service.usecases.refusals import Refusal
from service.usecases.services import Services
from tests.service.issue_and_stop import load
from tests.service.world import Clock

ROOT = Path(__file__).parents[2]


def issue(actor: Actor, study: str, services: Services) -> str:
    return labels.issue(actor, study, services).number


def submit(actor: Actor, claim: str, services: Services) -> str:
    return submitting.submit(actor, submitting.Submit(claim), services).status


WHAT: dict[str, Callable[[Actor, str, Services], str]] = {"issue": issue, "submit": submit}


def together(what: str, settings: Any, orders: list[tuple[str, str]]) -> list[str]:
    """What each process got, or the code of its refusal, sorted."""
    names = ("home", "releases", "keys", "base_url")
    environment = {f"TANBIAO_{name.upper()}": str(getattr(settings, name)) for name in names}
    given = json.dumps({"what": what, "environment": environment, "orders": orders})
    command = [sys.executable, "-m", "tests.service.issue_together"]
    done = subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return sorted(json.loads(done.stdout))


def work(what: str, order: tuple[str, str], start: Any, answers: Any) -> None:
    email, key = order
    services = build_services(from_environment(), now=Clock())
    actor = accounts.actor_by_email(email, services)
    start.wait(60)
    try:
        answers.put(WHAT[what](actor, key, services))
    except Refusal as refusal:
        answers.put(refusal.code)
    except Exception as error:
        answers.put(f"{type(error).__name__}: {error}")
    services.uow.close()


def main() -> None:
    given = json.loads(sys.stdin.read())
    os.environ.update(given["environment"])
    if given["what"] == "issue":
        load()
    fork = multiprocessing.get_context("fork")
    start, answers = fork.Barrier(len(given["orders"])), fork.Queue()
    processes = [
        fork.Process(target=work, args=(given["what"], order, start, answers)) for order in given["orders"]
    ]
    for process in processes:
        process.start()
    said = [answers.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(60)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
