"""What the pages of sealed evidence show: the list of requests, and the granted parts as tables that can be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from service.usecases.desk.parts import Part
from service.usecases.desk.requests import Asked
from service.web import words
from service.web.desk_words import REQUESTS
from service.web.formats import bilingual, brief, day, exact, moment, own, percent, place, unit
from service.web.listing import Cell, Column, Filter, ListSpec


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a part that can be read: a title, the headings, and texts; numbers stand right in ``numeric`` columns."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    numeric: frozenset[int] = frozenset()


def requests_spec(people: Mapping[str, str]) -> ListSpec:
    """Requests for evidence, newest first."""
    return ListSpec(
        endpoint="desk_evidence.list_",
        order="-at",
        filename="evidence-requests",
        columns=(
            Column(
                "number",
                _l("Label"),
                lambda r: r.request.number,
                lambda r: Cell(r.request.number, _said(r.product), _address(r), code=True),
            ),
            Column("state", _l("State"), lambda r: r.state, _state_cell),
            Column("authority", _l("Authority"), lambda r: _said(r.authority)),
            Column("exporter", _l("Exporter"), lambda r: _said(r.exporter)),
            Column("purpose", _l("Purpose"), lambda r: r.request.purpose),
            Column("seen", _l("Times seen"), lambda r: len(r.accesses), numeric=True),
            Column("person", _l("By"), lambda r: people.get(r.request.person_id, "")),
            Column("at", _l("Asked"), lambda r: r.request.at, lambda r: Cell(moment(r.request.at))),
        ),
        filters=(Filter("state", _l("State"), tuple((code, one.name) for code, one in REQUESTS.items())),),
    )


def as_json(asked: Asked) -> dict[str, Any]:
    """A request with its answer and what was seen, for programs."""
    from service.schemas.plain import plain

    found: dict[str, Any] = plain(asked)
    return found


def people_of(requests: Iterable[Asked]) -> set[str]:
    """Everybody who asked, answered or looked."""
    found: set[str] = set()
    for one in requests:
        found |= {one.request.person_id, *(seen.person_id for seen in one.accesses)}
        found |= {one.answer.person_id} if one.answer else set()
    return found


def tables(part: Part) -> tuple[Table, ...]:
    """A part as tables; empty for the workbook, which is a file."""
    if part.document is None:
        return ()
    makers = {"inventory": _inventory, "links": _links, "assessment": _assessment, "review": _review}
    return tuple(makers[part.name](part.document))


def _inventory(document: Mapping[str, Any]) -> Iterable[Table]:
    content = document["inventory"]
    unit_of = f"{exact(content['declared_amount'])} {unit(content['declared_unit'])}"
    facts = (
        (_("Product"), bilingual({"zh": content["product_name_zh"], "en": content["product_name_en"]})),
        (_("Model"), content["model"]),
        (_("CN code"), content["cn_code"]),
        ("GTIN", content.get("gtin", "")),
        (_("Declared unit"), unit_of),
        (_("Mass of it"), f"{exact(content['mass_per_declared_unit'])} kg"),
        (_("Period"), f"{day(content['period_start'])} – {day(content['period_end'])}"),
        (_("Site"), f"{content['site']} · {place(content['place_code'])}"),
        (_("Boundary"), words.word(words.BOUNDARIES, content["boundary"])),
        (_("Remarks"), content["remarks"]),
        (_("Workbook"), document["filename"]),
    )
    shown = tuple((name, value) for name, value in facts if value)
    yield Table(_("Facts"), (_("Field"), _("Value")), shown)
    outputs = tuple(
        (one["process"], one["name"], f"{exact(one['amount'])} {unit(one['unit'])}")
        for one in content["outputs"]
    )
    yield Table(_("Outputs"), (_("Process"), _("Name"), _("Amount in the period")), outputs, frozenset({2}))
    heads = (
        *(_("Line"), _("Name"), _("Stage and process"), _("Amount in the period")),
        *(_("Supplier and transport"), _("In the workbook")),
    )
    yield Table(_("Lines"), heads, tuple(map(_line, content["lines"])), frozenset({3}))


def _line(line: Mapping[str, Any]) -> tuple[str, ...]:
    kind = words.word(words.KINDS, line["kind"])
    if line["electricity_source"]:
        kind = f"{kind} · {words.word(words.ELECTRICITY, line['electricity_source'])}"
    loss = line["loss_percent"] not in ("0", None)
    more = f" ({_('plus %(percent)s loss', percent=percent(line['loss_percent']))})" if loss else ""
    legs = (
        f"{leg['mode']} {exact(leg['distance_km'])} km ({leg['origin']} → {leg['destination']})"
        for leg in line["legs"]
    )
    cut_off = f"{_('Cut off')}: {line['cutoff_reason']}" if line["cutoff_reason"] else ""
    comes = _("from process %(process)s", process=line["from_process"]) if line["from_process"] else ""
    where = line["place"]
    return (
        line["number"],
        f"{line['name']} ({kind})",
        f"{words.word(words.STAGES, line['stage'])} · {line['process']}",
        f"{exact(line['amount'])} {unit(line['unit'])}{more}",
        "; ".join(part for part in (line["supplier"], comes, *legs, cut_off) if part) or "—",
        f"{where['sheet']} {where['cell'] or where['row'] or ''}".strip(),
    )


def _links(document: Mapping[str, Any]) -> Iterable[Table]:
    heads = (_("Line"), _("Dataset"), _("Amount"), _("Chosen by"), _("Reason"))
    rows = tuple(
        (
            one["key"],
            one["dataset"] or "—",
            brief(one["amount"]),
            words.word(words.ORIGINS, one["origin"]),
            one["reason"] or "—",
        )
        for one in document["links"]
    )
    yield Table(_("Links on %(release)s", release=document["release"]), heads, rows, frozenset({2}))


def _assessment(document: Mapping[str, Any]) -> Iterable[Table]:
    rounded, footprint = document["rounded"] or {}, document["footprint"] or {}
    figures = [(_("Total"), exact(rounded.get("total")))]
    figures += [
        (words.word(words.STAGES, name), exact(value)) for name, value in rounded.get("stages", {}).items()
    ]
    known = {**words.PARTS, **words.GASES}
    parts = ((name, value) for name, value in rounded.get("parts", {}).items() if name in known)
    figures += [(words.word(known, name), exact(value)) for name, value in parts]
    yield Table(_("Rounded figures, kgCO₂e"), (_("Part"), _("Value")), tuple(figures), frozenset({1}))
    lines = tuple(
        (
            f"{one['line']}/{one['leg']}" if one.get("leg") else one["line"],
            own(one.get("name")),
            one.get("dataset") or "—",
            "—" if one.get("value") is None else brief(one["value"]),
        )
        for one in footprint.get("lines", ())
    )
    heads = (_("Line"), _("Name"), _("Dataset"), "kgCO₂e")
    yield Table(_("Lines"), heads, lines, frozenset({3}))
    facts = tuple((name, str(value)) for name, value in (document["inputs"] or {}).items())
    yield Table(_("What the figures rest on"), (_("Input"), _("Value")), facts)


def _review(document: Mapping[str, Any]) -> Iterable[Table]:
    decisions = {"approved": _("Approved"), "returned": _("Returned")}
    facts = (
        (_("Decision"), decisions.get(document["decision"], document["decision"])),
        (_("Comment"), document["comment"] or "—"),
        (_("Reviewer"), document["reviewer"] or "—"),
        (_("Assessment"), document["assessment"]),
        (_("At"), moment(document["at"])),
    )
    yield Table(_("Review"), (_("Field"), _("Value")), facts)


def _state_cell(asked: Asked) -> Cell:
    state = REQUESTS[asked.state]
    return Cell(state.name, tone=state.tone or "neutral")


def _address(asked: Asked) -> str:
    return url_for("desk_evidence.show", key=asked.request.id)


def _said(names: Mapping[str, str]) -> str:
    return bilingual(dict(names)) if names else "—"
