"""What a registry's serial number says, and whether it agrees with the rest of the lot.

Rules
1. Verra: ``batch-first-last-VCS-VCU-account-VER-country-scope-project-DDMMYYYY-DDMMYYYY-flag``; all units of the
   registry are numbered in one sequence, so that two batches never share a number.
2. Gold Standard: ``GS1-1-country-GSproject-type-year-batch-first-last``.
3. ``first to last`` follows a block's prefix: ACR ``ACR-country-project-year-block``; CAR
   ``CAR-program-country-project-type-account-state-year-block``; ART ``ART-country-program-year-block``, or with FCPF.
4. Cercarbono: ``CDC_…`` with first and last in columns of their own; the last part may be the year. Blocks with BF or
   BFC are the registry's buffer, which nobody holds.
5. A green certificate's code has 32 characters: 17 of the plant's filing, 15 of the certificate; it is not taken
   further apart, because the lengths of its fields are not public.
6. Other kinds have no public grammar: the text is kept, units are numbered from 1 under it, evidence is required.
7. The text is never rewritten, but it is compared in one writing (``key``): width, case, white space, dashes and
   leading zeros of numbers make no second serial. Letters and digits other than ASCII's and Chinese characters, which
   may only look like others, control and invisible characters are in no form. A registry's serial is none of another's:
   nor is a green certificate's code the number of an I-REC or a GO.

Sources: rules 1 to 4 measured on OffsetsDB's samples (P); rule 5 secondary (S); rules 6 and 7 our own design (D).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.problems import Problem
from certificates.ledger.spans import Span


@dataclass(frozen=True, slots=True)
class Said:
    """What a serial says by itself; None or empty where its grammar does not say. Where it has no numbers of its own,
    units are numbered under ``key``.
    """

    span: Span | None = None
    project: str = ""
    country: str = ""
    vintage_start: date | None = None
    vintage_end: date | None = None
    year: int | None = None
    electricity: str = ""
    key: str = ""


_VCS = re.compile(
    r"(\d+)-(\d+)-(\d+)-VCS-VCU-(\d+)-([A-Z]+)-([A-Z]{2})-(\d+)-(\d+)-(\d{8})-(\d{8})-([01])", re.ASCII
)
_GS = re.compile(r"(GS1-\d+-([A-Z]{2})-GS(\d+)-(\d+)-(\d{4})-(\d+))-(\d+)-(\d+)", re.ASCII)
_ENDS = r"-(?P<first>\d+) to (?P<last>\d+)"
_PLACE = r"(?P<country>[A-Z]{2})-(?P<project>\d+)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ACR = re.compile(rf"(?P<block>ACR-{_PLACE}-{_YEAR}-\d+){_ENDS}", re.ASCII)
_CAR = re.compile(rf"(?P<block>CAR-[0-9A-Z]+-{_PLACE}-\d+-\d+-[A-Z]+-{_YEAR}-\d+){_ENDS}", re.ASCII)
_ART = re.compile(rf"(?P<block>(?:ART|FCPF)-{_PLACE}-{_YEAR}-\d+){_ENDS}", re.ASCII)
_CERCARBONO = re.compile(r"CDC(?:_(?!BFC?(?:_|$))[0-9A-Z]+){4,}", re.ASCII)
_GEC = re.compile(r"[0-9A-Z]{32}", re.ASCII)
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63]")
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_LONGEST = 200
_PREFIXES = {
    Kind.VCS: "VCS",
    Kind.GOLD_STANDARD: "GS",
    Kind.ACR: "ACR",
    Kind.CAR: "CAR",
    Kind.ART: "ART",
    Kind.CERCARBONO: "CDC",
}

_ATTRIBUTES = (Kind.I_REC, Kind.GO)
"""Kinds without a grammar whose units would be the same electricity's as a green certificate of that code."""


def said(kind: Kind, serial: str) -> Said | None:
    """What ``serial`` says; None when it is not in its kind's form."""
    return _READERS[kind](serial)


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
    return _span(f"{instrument(kind).space}:{found.key}", begin, begin + count - 1)


def key(serial: str) -> str:
    """The one writing in which serials without a grammar are compared (rule 7); empty where it has none."""
    if not serial.isascii():
        serial = _DASHES.sub("-", unicodedata.normalize("NFKC", serial))
        if not all(_plain(character) for character in serial):
            return ""
        serial = unicodedata.normalize("NFKC", serial.upper())
    elif not serial.isprintable():
        return ""
    return _ZEROS.sub("", "".join(serial.upper().split()))[: _LONGEST + 1]


def same_project(kind: Kind, one: str, other: str) -> bool:
    """True when both name the same project: a registry's own prefix may be written or not."""
    return one == other or _project(kind, one) == _project(kind, other)


def problems(lot: Lot) -> Iterator[Problem]:
    """Where the serial and the rest of the lot disagree."""
    found = said(lot.kind, lot.serial)
    if found is None:
        yield Problem("serial-not-in-form", lot.told())
        return
    expected = found.span or Span(f"{instrument(lot.kind).space}:{found.key}", lot.span.first, lot.span.last)
    if lot.span != expected:
        yield Problem("serial-quantity-differs", lot.told(count=str(lot.span.count), said=_range(expected)))
    if found.project and not same_project(lot.kind, found.project, lot.project):
        yield Problem("serial-project-differs", lot.told(project=lot.project, said=found.project))
    if found.country and found.country != lot.country and _COUNTRY.fullmatch(lot.country):
        yield Problem("serial-country-differs", lot.told(country=lot.country, said=found.country))
    stated = (lot.vintage_start, lot.vintage_end)
    exact = (found.vintage_start or stated[0], found.vintage_end or stated[1])
    if exact != stated or found.year not in (None, stated[0].year, stated[1].year):
        yield Problem("serial-vintage-differs", lot.told(start=stated[0].isoformat()))
    if found.electricity and found.electricity != lot.electricity:
        yield Problem("serial-plant-differs", lot.told(plant=lot.electricity, said=found.electricity))
    if _READERS[lot.kind] is _opaque:
        yield from _of_another(lot)


def _of_another(lot: Lot) -> Iterator[Problem]:
    """Rule 7: the units of a numbered serial are not numbered a second time under its text."""
    text = " ".join(unicodedata.normalize("NFKC", lot.serial).upper().replace(" TO ", " to ").split())
    for kind in (*_PREFIXES, *((Kind.GEC,) if lot.kind in _ATTRIBUTES else ())):
        if _READERS[kind](text) is not None:
            yield Problem("serial-of-another-kind", lot.told(said=kind.value))


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
    span = _span(f"gold-standard:{_ZEROS.sub('', match[1])}", match[7], match[8]) if match else None
    return Said(span, f"GS{match[3]}", match[2], year=int(match[5])) if match and span else None


def _block(space: str, prefix: str, form: re.Pattern[str]) -> Callable[[str], Said | None]:
    def read(serial: str) -> Said | None:
        match = form.fullmatch(serial)
        if match is None:
            return None
        span = _span(f"{space}:{_ZEROS.sub('', match['block'])}", match["first"], match["last"])
        project = f"{prefix}{match['project']}"
        return Said(span, project, match["country"], year=int(match["year"])) if span else None

    return read


def _cercarbono(serial: str) -> Said | None:
    if _CERCARBONO.fullmatch(serial) is None:
        return None
    last = re.search(rf"_{_YEAR}$", serial, re.ASCII)
    return Said(year=int(last["year"]) if last else None, key=_ZEROS.sub("", serial))


def _gec(serial: str) -> Said | None:
    return Said(electricity=serial[:17], key=serial) if _GEC.fullmatch(serial) else None


def _opaque(serial: str) -> Said | None:
    found = key(serial)
    return Said(key=found) if 0 < len(found) <= _LONGEST else None


def _plain(character: str) -> bool:
    """No letter, mark or digit but ASCII's and Chinese characters; nothing that cannot be seen."""
    if character.isascii():
        return character.isprintable()
    category = unicodedata.category(character)
    if category[0] in "LMN":
        return category == "Lo" and unicodedata.name(character, "").startswith("CJK ")
    return category[0] != "C"


def _project(kind: Kind, text: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", text).upper().split())
    return _ZEROS.sub("", folded.removeprefix(_PREFIXES.get(kind, "")).lstrip("-"))


def _range(span: Span) -> str:
    return f"{span.first}–{span.last}"


def _span(space: str, first: str | int, last: str | int) -> Span | None:
    try:
        return Span(space, int(first), int(last))
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None


_READERS: dict[Kind, Callable[[str], Said | None]] = dict.fromkeys(Kind, _opaque) | {
    Kind.GEC: _gec,
    Kind.GREEN_POWER: _gec,
    Kind.VCS: _vcs,
    Kind.GOLD_STANDARD: _gold_standard,
    Kind.ACR: _block("acr", "ACR", _ACR),
    Kind.CAR: _block("car", "CAR", _CAR),
    Kind.ART: _block("art", "ART", _ART),
    Kind.CERCARBONO: _cercarbono,
}
