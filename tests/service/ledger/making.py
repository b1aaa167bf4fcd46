"""Entries of the tests' organisations: green certificates of one plant, Verra credits, and what happens to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from certificates.ledger import purchases, records
from certificates.ledger.entries import (
    Acquire,
    Assert,
    Beneficiary,
    Cause,
    Entry,
    Freeze,
    Purpose,
    Retire,
    Reverse,
    Split,
    Transfer,
)
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.quantity import Quantity, Unit
from certificates.ledger.spans import Span
from service.store.ledger_records import DossierRecord
from service.usecases.ledger import dossiers, files, recording
from service.usecases.ledger.recording import Record, Recorded
from service.usecases.ledger.refusals import LedgerRefused
from tests.service.world import World

PLANT = "B1234567890123456"
DAY = date(2026, 3, 1)
LATER = date(2026, 4, 1)
NAME = {
    "beneficiary": Beneficiary("演示铝业", "X-1"),
    "purpose": Purpose.OTHER,
    "period_start": date(2026, 1, 1),
    "period_end": date(2026, 1, 31),
}


def gec(number: int = 1, units: int = 500, **changes: Any) -> Lot:
    """Green certificates of January 2026 under one code."""
    serial = f"{PLANT}{number:015d}"
    given: dict[str, Any] = {
        "kind": Kind.GEC,
        "serial": serial,
        "span": Span(f"gec:{serial}", 1, units),
        "project": "光伏",
        "vintage_start": date(2026, 1, 1),
        "vintage_end": date(2026, 1, 31),
        "electricity": PLANT,
        "country": "CN",
    }
    return Lot(**given | changes)


def vcs(first: int = 1001, units: int = 100) -> Lot:
    """Verra credits; all of them are numbered in one space."""
    last = first + units - 1
    return Lot(
        kind=Kind.VCS,
        serial=f"19380-{first}-{last}-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0",
        span=Span("vcs", first, last),
        project="3005",
        vintage_start=date(2022, 1, 1),
        vintage_end=date(2022, 10, 31),
        country="CN",
    )


ORDER = {
    "title": "绿证 2026",
    "kind": "gec",
    "seller": "卖方",
    "year": "2026",
    "expected": "500",
    "currency": "CNY",
    "unit_price": "5.20",
}
"""A form of a purchase."""


def account(world: World, who: str) -> str:
    return world[who].organisation_id


def acquire(world: World, lot: Lot | None = None, who: str = "exporter", **changes: Any) -> Acquire:
    given: dict[str, Any] = {"on": DAY, "account": account(world, who), "lot": lot or gec()}
    return Acquire(**given | changes)


def split(world: World, span: Span, *at: int, who: str = "exporter", on: date = LATER) -> Split:
    """The span cut after these numbers."""
    edges = [span.first, *(one + 1 for one in at), span.last + 1]
    pieces = tuple(Span(span.space, first, after - 1) for first, after in pairwise(edges))
    return Split(on=on, account=account(world, who), span=span, into=pieces)


def transfer(world: World, span: Span, to: str, who: str = "exporter", **changes: Any) -> Transfer:
    """``to``: a person's name, whose organisation receives, or an account."""
    receiver = account(world, to) if to in world.actors else to
    given: dict[str, Any] = {"on": LATER, "account": account(world, who), "span": span, "to": receiver}
    return Transfer(**given | changes)


def retire(world: World, span: Span, who: str = "exporter", **changes: Any) -> Retire:
    given: dict[str, Any] = {"on": LATER, "account": account(world, who), "span": span}
    return Retire(**given | NAME | changes)


def record(world: World, *entries: Entry, who: str = "exporter") -> Recorded:
    return recording.record(world[who], Record(tuple(entries)), world.services)


def refused(world: World, *entries: Entry, who: str = "exporter") -> tuple[str, ...]:
    """The codes of why entries are refused; none where they are recorded."""
    try:
        record(world, *entries, who=who)
    except LedgerRefused as refusal:
        return refusal.codes
    return ()


def purchase(world: World, who: str = "exporter") -> DossierRecord:
    """Something that may use positions."""
    with world.services.uow(write=True) as unit:
        opened = dossiers.Opened("purchase", "绿证 2026", records.plain(purchases.from_form(ORDER, DAY)))
        made = dossiers.open_(world[who], unit, opened, world.clock())
        unit.commit()
    return made


def some(world: World) -> None:
    """A ledger with a row in every table: six entries of the exporter, a position in use and one released."""
    proof = files.keep(world["exporter"], "合同.txt", b"contract 7", world.services)
    span = gec().span
    record(
        world,
        acquire(world, evidence=(proof,)),
        split(world, span, 100, 400),
        transfer(world, replace(span, last=100), "other-exporter"),
        retire(world, replace(span, first=101, last=400)),
        acquire(world, vcs()),
    )
    dossier, now = purchase(world), world.clock()
    with world.services.uow(write=True) as unit:
        for key in ("4.0", "5.0"):
            recording.use(world["exporter"], unit, key, dossier.id, "power", now)
        unit.ledger.release(dossier.id, now, ["5.0"])
        unit.commit()


def everything(world: World) -> None:
    """After :func:`some`: what else may happen, so that every question to the store is asked."""
    who, span = account(world, "exporter"), gec().span
    held = Quantity(Decimal(100), Unit.MWH)
    left = replace(span, first=401)
    record(
        world,
        Freeze(on=LATER, account=who, span=left, cause=Cause.DISPUTE, authority="法院"),
        Assert(on=LATER, account=who, kind=Kind.GEC, expected=held),
    )
    record(world, Reverse(on=LATER, account=who, entry=6, reason="已解除"))
    assert refused(world, Reverse(on=LATER, account=who, entry=6, reason="again")) == ("already-reversed",)
    record(world, transfer(world, vcs().span, "outside:某公司"))
    back = acquire(world, vcs(1011, 20), "other-exporter", on=LATER)
    record(world, back, who="other-exporter")
    credit = gec(
        4, 9, kind=Kind.CCER, serial="CCER-1", span=Span("ccer:CCER-1", 1, 9), methodology="CCER-01-002-V01"
    )
    proof = files.keep(world["exporter"], "CCER.txt", b"credit", world.services)
    (code,) = refused(world, acquire(world, credit, evidence=(proof,)))
    assert code.startswith("electricity-claimed-twice")


def keep_file(world: World, sha256: str, who: str = "exporter") -> None:
    """Evidence as the store has it."""
    import sqlalchemy as sa

    from service.store.ledger_tables import ledger_files

    values = {
        "organisation_id": account(world, who),
        "sha256": sha256,
        "filename": "证明.pdf",
        "media_type": "application/pdf",
        "data": b"%PDF",
        "person_id": world[who].person_id,
        "at": world.clock(),
    }
    with world.services.uow.engine.begin() as connection:
        connection.execute(sa.insert(ledger_files).values(values))


def tamper(world: World, statements: Iterable[str]) -> None:
    """Change the file as somebody would who owns it: triggers and the indexes that refuse go first."""
    world.close()
    with closing(sqlite3.connect(world.database)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DROP INDEX uq_ledger_uses_open")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, f"{statement} changed nothing"
