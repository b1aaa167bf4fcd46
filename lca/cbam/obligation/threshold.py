"""The single mass-based threshold: 50 tonnes of net mass per importer and calendar year.

Rules (Article 2a and Annex VII of Regulation (EU) 2023/956 as amended by (EU) 2025/2083)
1. Counted is the net mass of all goods of cement, fertilisers, iron and steel, and aluminium under all codes together,
   per importer and calendar year of import (recitals 3 and 7). An importer is an EORI number; a line with a name only
   goes to the number the other lines give that name, or is told where there are several.
2. Electricity and hydrogen are never exempt and never counted (Article 2a(4)); they are listed as always in.
3. Goods outside Annex I, and goods of exempt origin (Annex III point 1), are listed and not counted.
4. Exempt while the sum "does not cumulatively exceed" 50 t: exactly 50 t is exempt. Above it every good imported in
   that year is in, also those before the day it was exceeded (Article 2a(2)).
5. A shipment with a gap is told as a finding, and the others are counted; what is missing makes the result one that
   may still rise (``complete`` is False).
6. The Commission reviews the figure each year by 30 April; a new one holds from the following 1 January (2a(3)).
   :data:`LIMITS` keeps them by first year.

Example: 49 999 kg and then 2 kg: 50.001 t, everything of the year is in, first over on the day of the 2 kg.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from databases.cbam.goods import NotInScope, Sector, digits
from lca.cbam.obligation.calendar import HOLDING_FROM, holding_starts
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

LIMITS = {2026: Decimal(50)}
"""Tonnes of net mass by the first calendar year they hold for (Annex VII point 1; mark P)."""
ARTICLE = "Regulation (EU) 2023/956, Article 2a and Annex VII"
_PER_TONNE = {"t": Decimal(1), "kg": Decimal(1000)}
_ALWAYS_IN = frozenset({Sector.ELECTRICITY, Sector.HYDROGEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One line of imports as far as it is known; ``mass`` is net, in ``unit`` (``kg`` or ``t``).

    ``origin`` is the country of origin (ISO 3166), empty where not stated; ``row`` finds the line in the user's file.
    """

    importer: str = ""
    eori: str = ""
    cn: str = ""
    mass: Decimal | None = None
    unit: str = "kg"
    on: date | None = None
    origin: str = ""
    row: int | None = None

    @property
    def key(self) -> str:
        """Who the importer is: the EORI number without spaces, else the name, in capitals."""
        return _plain(self.eori).replace(" ", "") or _plain(self.importer)

    def tonnes(self) -> Decimal | None:
        """Net mass in tonnes; None where it is missing, negative, or in a unit that is no mass."""
        per = _PER_TONNE.get(self.unit.strip().lower())
        if self.mass is None or per is None or not self.mass.is_finite() or self.mass < 0:
            return None
        return self.mass / per


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one importer stands in one year; masses in tonnes.

    ``left`` is what may still come before everything is in (zero when it is). ``first_over`` is the day on which the
    sum first exceeded the limit. ``always_in`` are electricity and hydrogen, ``not_counted`` what rule 3 leaves out.
    """

    importer: str
    names: tuple[str, ...]
    year: int
    limit: Decimal
    counted: tuple[Shipment, ...]
    tonnes: Decimal
    left: Decimal
    exceeded: bool
    first_over: date | None
    always_in: tuple[Shipment, ...]
    not_counted: tuple[Shipment, ...]
    expected_tonnes: Decimal
    expected_over: date | None
    complete: bool

    @property
    def in_scope(self) -> bool:
        """True when at least some of the year's imports carry obligations."""
        return self.exceeded or bool(self.always_in)

    @property
    def holds_from(self) -> date | None:
        """First day on which certificates are to be held (Article 22(2a)); None before 2027 or below the limit."""
        applies = self.first_over is not None and self.first_over.year >= HOLDING_FROM
        return holding_starts(self.first_over) if applies and self.first_over else None

    @property
    def obliged(self) -> tuple[Shipment, ...]:
        """Shipments with obligations: all counted ones once the limit is exceeded, and those always in (rule 4)."""
        return (*(self.counted if self.exceeded else ()), *self.always_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Standing of every importer of the year, and what is wrong with the lines."""

    year: int
    standings: tuple[Standing, ...]
    findings: tuple[Finding, ...]


def limit_of(year: int) -> Decimal:
    """The limit in tonnes that holds in a year (rule 6). Raises ValueError before 2026, when there was none."""
    known = [first for first in LIMITS if first <= year]
    if not known:
        raise ValueError(f"The threshold of {ARTICLE} applies from 2026, not in {year}.")
    return LIMITS[max(known)]


def check(
    shipments: Iterable[Shipment], year: int, tables: Tables, forecast: Iterable[Shipment] = ()
) -> Checked:
    """Every importer's standing in a year (rules 1 to 5); ``forecast`` are shipments expected on top of those.

    Shipments dated in another year are passed over. Raises ValueError for a year before 2026.
    """
    limit_of(year)
    given, expected = list(shipments), list(forecast)
    numbers = _numbers((*given, *expected))
    listed, planned = ([_identified(one, numbers) for one in lines] for lines in (given, expected))
    findings = [finding for one in (*listed, *planned) for finding in _gaps(one, tables)]
    findings += [finding for one in (*listed, *planned) for finding in _ambiguous(one, numbers)]
    of_year = [one for one in listed if one.on is None or one.on.year == year]
    to_come = [one for one in planned if one.on is None or one.on.year == year]
    own, later = _by_importer(of_year), _by_importer(to_come)
    keys = dict.fromkeys((*own, *later))
    standings = tuple(_standing(key, year, own.get(key, ()), later.get(key, ()), tables) for key in keys)
    return Checked(year=year, standings=standings, findings=(*findings, *(_told(one) for one in standings)))


def _numbers(shipments: Iterable[Shipment]) -> dict[str, set[str]]:
    """EORI numbers by importer's name."""
    found: dict[str, set[str]] = {}
    for one in shipments:
        if one.eori.strip() and one.importer.strip():
            found.setdefault(_plain(one.importer), set()).add(one.key)
    return found


def _identified(shipment: Shipment, numbers: dict[str, set[str]]) -> Shipment:
    """A line with a name only, with the EORI number the other lines give that name, if it is one."""
    known = numbers.get(_plain(shipment.importer), set())
    return replace(shipment, eori=min(known)) if not shipment.eori.strip() and len(known) == 1 else shipment


def _ambiguous(shipment: Shipment, numbers: dict[str, set[str]]) -> tuple[Finding, ...]:
    known = numbers.get(_plain(shipment.importer), set())
    if shipment.eori.strip() or len(known) < 2:
        return ()
    details = {"importer": shipment.importer, "numbers": ", ".join(sorted(known))}
    return (Finding.warning("cbam-shipment-eori", Place(row=shipment.row), **details),)


def _plain(text: str) -> str:
    return " ".join(text.split()).upper()


def _by_importer(shipments: Iterable[Shipment]) -> dict[str, list[Shipment]]:
    found: dict[str, list[Shipment]] = {}
    for one in shipments:
        if one.key:
            found.setdefault(one.key, []).append(one)
    return found


def _standing(
    key: str, year: int, own: Sequence[Shipment], planned: Sequence[Shipment], tables: Tables
) -> Standing:
    """Of one importer, from its own lines and those expected."""
    whole = [one for one in own if not _gaps(one, tables)]
    kinds = {
        kind: tuple(one for one in whole if _kind(one, tables) == kind)
        for kind in ("counted", "always", "out")
    }
    expected = [one for one in planned if not _gaps(one, tables)]
    counted_later = tuple(one for one in expected if _kind(one, tables) == "counted")
    limit = limit_of(year)
    tonnes, first_over = _run(kinds["counted"], limit)
    expected_tonnes, expected_over = _run((*kinds["counted"], *counted_later), limit)
    return Standing(
        importer=key,
        names=tuple(dict.fromkeys(one.importer for one in own if one.importer)),
        year=year,
        limit=limit,
        counted=kinds["counted"],
        tonnes=tonnes,
        left=max(Decimal(0), limit - tonnes),
        exceeded=tonnes > limit,
        first_over=first_over,
        always_in=kinds["always"],
        not_counted=kinds["out"],
        expected_tonnes=expected_tonnes,
        expected_over=expected_over,
        complete=len(whole) == len(own),
    )


def _run(shipments: Sequence[Shipment], limit: Decimal) -> tuple[Decimal, date | None]:
    """Sum in tonnes, and the first day on which the sum over the days exceeds the limit."""
    days = sorted((one.on, one.tonnes()) for one in shipments if one.on is not None)
    total, over = Decimal(0), None
    for day, tonnes in days:
        total += tonnes or Decimal(0)
        over = over or (day if total > limit else None)
    return total, over


def _kind(shipment: Shipment, tables: Tables) -> str:
    """``counted``, ``always`` (electricity, hydrogen) or ``out`` (outside Annex I, or of exempt origin)."""
    if shipment.origin and tables.exempt(shipment.origin.strip().upper()):
        return "out"
    try:
        good = tables.good(shipment.cn)
    except NotInScope:
        return "out"
    return "always" if good.sector in _ALWAYS_IN else "counted"


def _gaps(shipment: Shipment, tables: Tables) -> tuple[Finding, ...]:
    """What keeps a line from being counted (rule 5); a line about electricity needs no mass."""
    place = Place(row=shipment.row)
    code = digits(shipment.cn)
    whole_code = code.isdigit() and len(code) in {8, 10}
    found = []
    if not shipment.key:
        found.append(Finding.warning("cbam-shipment-importer", place))
    if not whole_code:
        found.append(Finding.warning("cbam-shipment-cn", place, cn=shipment.cn or "?"))
    if shipment.on is None:
        found.append(Finding.warning("cbam-shipment-date", place))
    needs_mass = not whole_code or _kind(shipment, tables) == "counted"
    if needs_mass and shipment.tonnes() is None:
        found.append(
            Finding.warning(
                "cbam-shipment-mass",
                place,
                mass="" if shipment.mass is None else shipment.mass,
                unit=shipment.unit,
            )
        )
    return tuple(found)


def _told(standing: Standing) -> Finding:
    details = {
        "importer": standing.importer,
        "year": standing.year,
        "tonnes": f"{standing.tonnes:f}",
        "limit": f"{standing.limit:f}",
        "left": f"{standing.left:f}",
    }
    if standing.exceeded:
        return Finding.warning("cbam-threshold-exceeded", Place(), day=standing.first_over, **details)
    if standing.expected_over is not None:
        return Finding.warning("cbam-threshold-expected", Place(), day=standing.expected_over, **details)
    return Finding.note("cbam-threshold-below", Place(), **details)
