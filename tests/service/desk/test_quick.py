"""What is told quickly is what all steps tell; what is not plainly valid is never told quickly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from certificates.knowledge import Event, EventRegister, Knowledge, LeafTree
from certificates.verify import verify
from service.usecases import labels, verification
from service.usecases.desk import knowing
from service.usecases.desk.numbers import NumberRow
from service.usecases.desk.quick import Quick
from service.usecases.desk.rows import of_report


@pytest.fixture
def held(desk):
    """Number, credential, trust, knowledge and moment, as a run of checks has them."""
    services = desk.services
    record = labels.get(desk["regulator"], desk.number, services)
    with services.uow() as unit:
        known = knowing.held(unit, services, services.clock()).knowledge()
    asked = NumberRow("CSV", 2, "A2", desk.number, desk.number)
    return asked, record.credential, verification.trusted(services), known, services.clock()


def quickly(held, **changed):
    asked, compact, trust, known, moment = held
    use = {"asked": asked, "compact": compact, "trust": trust, "known": known, "moment": moment} | changed
    return Quick(use["trust"], use["known"], use["moment"]).row(use["asked"], use["compact"])


def test_a_valid_label_is_told_as_all_steps_tell_it(held):
    asked, compact, trust, known, moment = held
    report = verify(compact.encode(), trust, at=moment, number=asked.number, known=known)
    assert report.verdict == "valid"
    assert quickly(held) == of_report(report, asked.given, (asked.sheet, asked.row, asked.cell))


def changed(compact: str, part: int) -> str:
    parts = compact.split(".")
    middle = len(parts[part]) // 2
    swapped = "A" if parts[part][middle] != "A" else "B"
    parts[part] = f"{parts[part][:middle]}{swapped}{parts[part][middle + 1 :]}"
    return ".".join(parts)


def compromised(trust, use: str):
    (issuer,) = trust.issuers
    keys = tuple(
        replace(key, compromised_since=key.valid_until) if key.use == use else key for key in issuer.keys
    )
    return replace(trust, issuers=(replace(issuer, keys=keys),))


def known_with(known: Knowledge, **more) -> Knowledge:
    (issuer,) = known.registers
    return replace(known, **{name: {issuer: value} for name, value in more.items()})


def with_event(held) -> Knowledge:
    known, number, moment = held[3], held[0].number, held[4]
    changes = {number: (Event("suspended", moment, "x"), Event("active", moment, "y"))}
    return known_with(known, registers=EventRegister(moment, moment + timedelta(days=7), changes))


def other_leaves(held) -> LeafTree:
    (tree,) = held[3].trees.values()
    return LeafTree(b"\0" * 32 * tree.size)


NOT_PLAINLY = {
    "a changed header": lambda h: {"compact": changed(h[1], 0)},
    "a changed payload": lambda h: {"compact": changed(h[1], 1)},
    "a changed signature": lambda h: {"compact": changed(h[1], 2)},
    "nothing": lambda _: {"compact": ""},
    "no base64": lambda _: {"compact": "*.*.*"},
    "a part too many": lambda h: {"compact": f"{h[1]}.x"},
    "another number": lambda h: {"asked": replace(h[0], number="TB-2026-0000002-K")},
    "a check code": lambda h: {"asked": replace(h[0], code="AAAAAAAA")},
    "before its issue": lambda h: {"moment": h[4] - timedelta(days=1)},
    "after its end": lambda h: {"moment": h[4] + timedelta(days=5000)},
    "after the register": lambda h: {"moment": h[4] + timedelta(days=8)},
    "any change of standing": lambda h: {"known": with_event(h)},
    "a log without it": lambda h: {"known": known_with(h[3], trees=other_leaves(h))},
    "no log": lambda h: {"known": replace(h[3], trees={})},
    "no checkpoint": lambda h: {"known": known_with(h[3], cosigned=())},
    "a compromised label key": lambda h: {"trust": compromised(h[2], "label")},
    "a compromised log key": lambda h: {"trust": compromised(h[2], "log")},
    "a witness that is asked for": lambda h: {"trust": replace(h[2], quorum=1)},
}


@pytest.mark.parametrize("case", NOT_PLAINLY)
def test_what_is_not_plainly_valid_goes_through_all_steps(held, case):
    assert quickly(held, **NOT_PLAINLY[case](held)) is None
