"""What the pages of bulk checks show: the history of checks, the picture of a result, its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from service.usecases.desk.bulk import Check
from service.usecases.desk.rows import VERDICTS as CODES
from service.usecases.desk.rows import CheckedRow
from service.web.desk_words import CHECKS, FILLS, VERDICTS
from service.web.formats import bilingual, day, exact, moment, percent, unit
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.verify_words import STANDINGS
from service.web.words import Status

WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Share:
    """Rows of one verdict: thousandths of the bar, and where they are listed."""

    verdict: str
    fill: str
    count: int
    start: float
    length: float
    href: str


def picture(check: Check) -> tuple[Share, ...]:
    """The rows by verdict, side by side, the good ones first."""
    whole, at, made = sum(check.counts.values()) or 1, 0.0, []
    for verdict in CODES:
        count = check.counts.get(verdict, 0)
        if not count:
            continue
        length = count / whole * WIDTH
        href = url_for("desk.check", key=check.id, verdict=verdict, _anchor="rows")
        fill = FILLS[VERDICTS[verdict].tone]
        made.append(Share(verdict, fill, count, round(at, 2), round(length, 2), href))
        at += length
    return tuple(made)


def word(verdict: str) -> Status:
    """The word and tone of a verdict; the code itself for one that the pages do not know."""
    return VERDICTS.get(verdict, Status(verdict))


def checks_spec(people: Mapping[str, str]) -> ListSpec:
    """The authority's checks, newest first."""
    return ListSpec(
        endpoint="desk.checks",
        order="-asked_at",
        filename="bulk-checks",
        columns=(
            Column(
                "file",
                _l("File"),
                lambda r: r.filename,
                lambda r: Cell(r.filename, href=url_for("desk.check", key=r.id)),
            ),
            Column(
                "state",
                _l("State"),
                _state,
                lambda r: Cell(CHECKS[_state(r)].name, tone=CHECKS[_state(r)].tone),
            ),
            Column("total", _l("Rows"), lambda r: r.total, numeric=True),
            Column("valid", _l("Valid"), lambda r: r.counts.get("valid", 0), numeric=True),
            Column("others", _l("Others"), lambda r: r.total - r.counts.get("valid", 0), numeric=True),
            Column("moment", _l("As of"), lambda r: r.at, lambda r: Cell(moment(r.at))),
            Column("person", _l("By"), lambda r: people.get(r.person_id, "")),
            Column("asked_at", _l("At"), lambda r: r.asked_at, lambda r: Cell(moment(r.asked_at))),
        ),
        filters=(Filter("state", _l("State"), tuple((code, one.name) for code, one in CHECKS.items())),),
    )


def rows_spec(check: Check) -> ListSpec:
    """The rows of a check, as they were handed in; filters offer what occurs."""
    states = [code for code in STANDINGS if any(row.state == code for row in check.rows)]
    return ListSpec(
        endpoint="desk.check",
        values={"key": check.id},
        filename=f"check-{check.id[:8]}",
        columns=(
            Column("number", _l("Number or file"), lambda r: r.number or r.given, _number_cell),
            Column("verdict", _l("Verdict"), lambda r: r.verdict, _verdict_cell),
            Column("state", _l("Standing"), lambda r: r.state, _state_cell),
            Column("product", _l("Product"), lambda r: _words(r.product), _product_cell),
            Column("total", _l("Total"), _total, _total_cell, numeric=True),
            Column("by_mass", _l("Coverage"), _coverage, _coverage_cell, numeric=True),
            Column("problem", _l("Failed step"), lambda r: r.step, _problem_cell),
        ),
        filters=(
            Filter(
                "verdict",
                _l("Verdict"),
                tuple((code, VERDICTS[code].name) for code in CODES if code in check.counts),
            ),
            Filter("state", _l("Standing"), tuple((code, STANDINGS[code].name) for code in states)),
        ),
    )


def _state(check: Check) -> str:
    return "done" if check.done else "open"


def _number_cell(row: CheckedRow) -> Cell:
    place = row.where or (row.given if row.number else "")
    if not row.number:
        return Cell(row.given or "—", row.where)
    endpoints = {"label": "labels.show", "claim": "claims_public.show"}
    href = url_for(endpoints[row.noun], number=row.number) if row.noun in endpoints else ""
    return Cell(Markup('<span class="nowrap">{}</span>').format(row.number), place, href, code=True)


def _verdict_cell(row: CheckedRow) -> Cell:
    said = word(row.verdict)
    return Cell(said.name, tone=said.tone or "neutral")


def _state_cell(row: CheckedRow) -> Cell:
    if row.state not in STANDINGS:
        return Cell("—")
    words = [_("since %(at)s", at=day(row.since))] if row.since else []
    words += [_words(row.reason)] if row.reason else []
    return Cell(STANDINGS[row.state].name, " · ".join(words))


def _product_cell(row: CheckedRow) -> Cell:
    return Cell(_words(row.product), _words(row.exporter) if row.exporter else "")


def _total(row: CheckedRow) -> float | None:
    return float(row.total) if row.total else None


def _total_cell(row: CheckedRow) -> Cell:
    if not row.total:
        return Cell("—")
    amount, _space, per = row.per.partition(" ")
    whole = f" / {'' if amount == '1' else amount + ' '}{unit(per)}" if per else ""
    return Cell(exact(row.total), f"{row.unit.replace('CO2e', 'CO₂e')}{whole}")


def _coverage(row: CheckedRow) -> float | None:
    return float(row.by_mass) if row.by_mass else None


def _coverage_cell(row: CheckedRow) -> Cell:
    if not row.by_mass:
        return Cell("—")
    return Cell(percent(row.by_mass), _("%(share)s of lines", share=percent(row.by_lines)))


def _problem_cell(row: CheckedRow) -> Cell:
    if not row.explanation:
        return Cell("—")
    return Cell(f"{row.step}. {_words(row.explanation)}" if row.step else _words(row.explanation))


def _words(text: Mapping[str, str]) -> str:
    return bilingual(dict(text)) if text else "—"
