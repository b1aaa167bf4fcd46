"""Many processes at one lot: ``python -m tests.service.ledger.writers PLAN.json`` prints what they achieved as JSON.

A program of its own: it imports once and has no threads when it forks. ``take``: every process tries to split off and
retire or hand on every unit, in an order of its own, from what it saw last; units it knows to be gone are tried again
until it has made its number of attempts. ``use``: every process tries to use every position for a dossier of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from certificates.ledger.entries import Beneficiary, Entry, Purpose, Retire, Split, Transfer
from certificates.ledger.positions import Position, State
from certificates.ledger.spans import Span
from service.app import build_services
from service.settings import Settings
from service.usecases.access import Actor, OrganisationKind, Role
from service.usecases.ledger import looking, recording
from service.usecases.ledger.refusals import AlreadyUsed, LedgerRefused
from service.usecases.services import Services

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = date(2026, 4, 1)
JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


@dataclass(frozen=True)
class Plan:
    """What a test asks for."""

    url: str
    home: str
    organisation: str
    person: str
    what: str
    space: str = ""
    units: int = 0
    receiver: str = ""
    attempts: int = 0
    processes: int = 16
    positions: tuple[str, ...] = ()
    dossiers: tuple[str, ...] = ()


def open_(plan: Plan) -> tuple[Services, Actor]:
    home = Path(plan.home)
    settings = Settings(
        home=home, releases=home, keys=home, secret_key="only for tests", base_url="https://x.invalid",
        database_url=plan.url,
    )  # fmt: skip
    actor = Actor(
        plan.person, plan.organisation, OrganisationKind.EXPORTER, frozenset({Role.EXPORTER}), via="api"
    )
    return build_services(settings, now=lambda: NOW), actor


def take(plan: Plan, number: int) -> Counter[str]:
    services, actor = open_(plan)
    chance, done, attempts = random.Random(number), Counter[str](), 0
    wanted = list(range(1, plan.units + 1))
    chance.shuffle(wanted)
    known = seen(actor, services)
    while wanted or attempts < plan.attempts:
        unit = wanted.pop() if wanted else chance.randint(1, plan.units)
        attempts += 1
        entries = taking(plan, unit, known, chance)
        try:
            recording.record(actor, recording.Record(entries), services)
            done["taken"] += 1
        except LedgerRefused as refused:
            done[refused.codes[-1]] += 1
            if refused.codes[0] == "split-first" or len(entries) > 1:
                # somebody was quicker with another unit of the same position, perhaps
                known = looked_again(actor, services, entries[0], known)
                wanted.insert(0, unit)
    services.uow.close()
    return done


def seen(actor: Actor, services: Services) -> list[Position]:
    return [one.position for one in looking.holdings(actor, NOW.date(), services, kind="gec", state="held")]


def looked_again(actor: Actor, services: Services, tried: Entry, known: list[Position]) -> list[Position]:
    """What is known, with what has become of the units that an entry named."""
    assert isinstance(tried, Split | Retire | Transfer)
    with services.uow() as unit:
        there = unit.ledger.book((tried,)).overlapping(tried.span)
    own = [one for one in there if one.account == actor.organisation_id and one.state is State.HELD]
    return [one for one in known if not one.span.shares(tried.span)] + own


def taking(plan: Plan, unit: int, known: list[Position], chance: random.Random) -> tuple[Entry, ...]:
    """Split off one unit and retire it or hand it on; a unit that was not seen as held is tried as it is."""
    span = Span(plan.space, unit, unit)
    whole = next((one.span for one in known if one.span.first <= unit <= one.span.last), span)
    pieces = tuple(sorted((span, *whole.without(span))))
    before = (Split(on=DAY, account=plan.organisation, span=whole, into=pieces),) if len(pieces) > 1 else ()
    if chance.random() < 0.5:
        return (*before, Transfer(on=DAY, account=plan.organisation, span=span, to=plan.receiver))
    return (
        *before,
        Retire(
            on=DAY,
            account=plan.organisation,
            span=span,
            beneficiary=Beneficiary("演示铝业", "X-1"),
            purpose=Purpose.OTHER,
            period_start=JANUARY[0],
            period_end=JANUARY[1],
        ),
    )


def use(plan: Plan, number: int) -> Counter[str]:
    services, actor = open_(plan)
    dossier, done = plan.dossiers[number % len(plan.dossiers)], Counter[str]()
    for key in random.Random(number).sample(plan.positions, len(plan.positions)):
        try:
            with services.uow(write=True) as unit:
                recording.use(actor, unit, key, dossier, "power", NOW)
                unit.commit()
            done["used"] += 1
        except AlreadyUsed as refused:
            done[refused.code] += 1
    services.uow.close()
    return done


WHAT: dict[str, Callable[[Plan, int], Counter[str]]] = {"take": take, "use": use}


def work(plan: Plan, number: int, answers: Any) -> None:
    try:
        answers.put(dict(WHAT[plan.what](plan, number)))
    except Exception as error:
        answers.put({f"{type(error).__name__}: {error}": 1})


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    plan = Plan(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    processes = [fork.Process(target=work, args=(plan, number, answers)) for number in range(plan.processes)]
    for process in processes:
        process.start()
    done: Counter[str] = Counter()
    for _ in processes:
        done.update(answers.get(timeout=240))
    for process in processes:
        process.join(60)
    print(json.dumps(done))


if __name__ == "__main__":
    main()
