"""What a registry's serial number says, and whether it agrees with the rest of the lot.

Rules
1. Verra: ``batch-first-last-VCS-VCU-account-VER-country-scope-project-DDMMYYYY-DDMMYYYY-flag``; numbered throughout.
2. Gold Standard: ``GS1-1-country-GSproject-type-year-batch-first-last``.
3. ACR, CAR, ART: a prefix, the year in it, and ``first to last``.
4. Cercarbono: ``CDC_…_year`` with first and last in columns of their own.
5. A green certificate's code has 32 characters: 17 of the plant's filing, 15 of the certificate; it is not taken
   further apart, because the lengths of its fields are not public.
6. Other kinds have no public grammar: the text is kept, units are numbered from 1 under it, evidence is required.

Sources: rules 1 to 4 measured on OffsetsDB's samples (P); rule 5 secondary (S).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.problems import Problem
from certificates.ledger.spans import Span


@dataclass(frozen=True, slots=True)
class Said:
    """What a serial says by itself; None or empty where its grammar does not say."""

    span: Span | None = None
    project: str = ""
    country: str = ""
    vintage_start: date | None = None
    vintage_end: date | None = None
    year: int | None = None
    electricity: str = ""


_VCS = re.compile(
    r"(\d+)-(\d+)-(\d+)-VCS-VCU-(\d+)-([A-Z]+)-([A-Z]{2})-(\d+)-(\d+)-(\d{8})-(\d{8})-([01])", re.ASCII
)
_GS = re.compile(r"(GS1-\d+-([A-Z]{2})-GS(\d+)-(\d+)-(\d{4})-(\d+))-(\d+)-(\d+)", re.ASCII)
_BLOCK = re.compile(r"((?:[A-Z]+)(?:-[0-9A-Z]+)*)-(\d+) to (\d+)", re.ASCII)
_CERCARBONO = re.compile(r"CDC(?:_\d+)+_(\d{4})", re.ASCII)
_GEC = re.compile(r"[0-9A-Z]{32}", re.ASCII)


def said(kind: Kind, serial: str) -> Said | None:
    """What ``serial`` says; None when it is not in its kind's form."""
    reader = _READERS.get(kind)
    return Said() if reader is None else reader(serial)


def span_of(kind: Kind, serial: str, count: int, first: int | None = None) -> Span | None:
    """The range a serial means: its own numbers, or ``count`` units from ``first`` (1 where not given) under it.

    None when the serial is not in its kind's form or its numbers make no range.
    """
    found = said(kind, serial)
    if found is None:
        return None
    if found.span is not None:
        return found.span
    begin = 1 if first is None else first
    try:
        return Span(f"{instrument(kind).space}:{serial}", begin, begin + count - 1)
    except ValueError:
        return None


def problems(lot: Lot) -> Iterator[Problem]:
    """Where the serial and the rest of the lot disagree."""
    found = said(lot.kind, lot.serial)
    values = {"serial": lot.serial, "kind": lot.kind.value}
    if found is None:
        yield Problem("serial-not-in-form", values)
        return
    expected = found.span or Span(f"{instrument(lot.kind).space}:{lot.serial}", lot.span.first, lot.span.last)
    if lot.span != expected:
        yield Problem(
            "serial-quantity-differs", values | {"count": str(lot.span.count), "said": str(expected.count)}
        )
    if found.project and found.project != lot.project:
        yield Problem("serial-project-differs", values | {"project": lot.project, "said": found.project})
    stated = (lot.vintage_start, lot.vintage_end)
    exact = (found.vintage_start or stated[0], found.vintage_end or stated[1])
    if exact != stated or (found.year is not None and found.year not in {day.year for day in stated}):
        yield Problem("serial-vintage-differs", values | {"vintage": f"{stated[0]} – {stated[1]}"})
    if found.electricity and found.electricity != lot.electricity:
        yield Problem(
            "serial-project-differs", values | {"project": lot.electricity, "said": found.electricity}
        )


def _vcs(serial: str) -> Said | None:
    match = _VCS.fullmatch(serial)
    if match is None:
        return None
    start, end = _day(match[9]), _day(match[10])
    span = _span("vcs", match[2], match[3])
    if start is None or end is None or span is None:
        return None
    return Said(span, match[8], match[6], start, end)


def _gold_standard(serial: str) -> Said | None:
    match = _GS.fullmatch(serial)
    span = _span(f"gold-standard:{match[1]}", match[7], match[8]) if match else None
    return Said(span, f"GS{match[3]}", match[2], year=int(match[5])) if match and span else None


def _block(space: str) -> Callable[[str], Said | None]:
    def read(serial: str) -> Said | None:
        match = _BLOCK.fullmatch(serial)
        if match is None:
            return None
        parts = match[1].split("-")
        span = _span(f"{space}:{match[1]}", match[2], match[3])
        year = next((int(part) for part in parts[1:] if re.fullmatch(r"(19|20)\d\d", part)), None)
        return Said(span, year=year) if span else None

    return read


def _cercarbono(serial: str) -> Said | None:
    match = _CERCARBONO.fullmatch(serial)
    return Said(year=int(match[1])) if match else None


def _gec(serial: str) -> Said | None:
    return Said(electricity=serial[:17]) if _GEC.fullmatch(serial) else None


def _span(space: str, first: str, last: str) -> Span | None:
    try:
        return Span(space, int(first), int(last))
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None


_READERS: dict[Kind, Callable[[str], Said | None]] = {
    Kind.VCS: _vcs,
    Kind.GOLD_STANDARD: _gold_standard,
    Kind.ACR: _block("acr"),
    Kind.CAR: _block("car"),
    Kind.ART: _block("art"),
    Kind.CERCARBONO: _cercarbono,
    Kind.GEC: _gec,
    Kind.GREEN_POWER: _gec,
}
