"""Background data on the pages: the lists of releases and of their updates."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from service.web.background_words import KINDS, YES_NO
from service.web.formats import bilingual, cut, moment, number, percent
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.words import word


def release_spec() -> ListSpec:
    """The list of installed releases."""
    return ListSpec(
        endpoint="releases.list_",
        order="release",
        columns=(
            Column(
                "release",
                _l("Background data"),
                lambda v: v.release.identifier,
                lambda v: Cell(
                    v.release.identifier,
                    _title(v.release),
                    url_for("releases.show", identifier=v.release.identifier),
                ),
            ),
            Column(
                "datasets",
                _l("Datasets"),
                lambda v: v.datasets,
                lambda v: Cell(f"{v.datasets:,}"),
                numeric=True,
            ),
            Column("methods", _l("Methods"), lambda v: ", ".join(method_names(v.release)), _methods),
            Column(
                "licence",
                _l("Licence"),
                lambda v: v.release.licence,
                lambda v: Cell(cut(v.release.licence, 90)),
            ),
            Column("access", _l("Access"), _access_code, lambda v: Cell(*_access(v))),
            Column(
                "report",
                _l("Import report"),
                lambda v: "yes" if v.has_report else "no",
                lambda v: (
                    Cell(
                        _l("Look at it"),
                        href=url_for("releases.show", identifier=v.release.identifier, _anchor="report"),
                    )
                    if v.has_report and not v.values_hidden
                    else Cell("—")
                ),
            ),
        ),
        filters=(
            Filter(
                "access",
                _l("Access"),
                (("open", _l("Open")), ("licensed", _l("Licensed to you")), ("restricted", _l("Restricted"))),
            ),
        ),
    )


def method_names(release: Any) -> list[str]:
    """Names of a release's methods, climate methods by GWP set and horizon, the parts of one together."""
    named: dict[str, None] = {}
    for identifier, method in release.methods.items():
        family = identifier.partition(".")[0]
        if method["gwp_set"]:
            named[f"{family.partition('-')[0].upper()} {method['gwp_set']}"] = None
        else:
            named[str(method.get("title") or identifier)] = None
    return list(named)


def impact_spec(view: Any, *, may_reopen: bool) -> ListSpec:
    """The rows of a comparison."""
    impact = view.impact
    columns = [
        Column("kind", _l("Kind"), lambda r: r.kind, lambda r: Cell(word(KINDS, r.kind))),
        Column("name", _l("Name"), lambda r: bilingual(r, "name"), lambda r: _named(r, impact)),
        Column("gwp_set", _l("GWP set"), lambda r: r.gwp_set),
        Column(
            "before", impact.old, lambda r: r.before, lambda r: Cell(number(r.before), _unit(r)), numeric=True
        ),
        Column("after", impact.new, lambda r: r.after, _after, numeric=True),
        Column("change", _l("Change"), lambda r: r.change, lambda r: Cell(signed(r.change)), numeric=True),
        Column("beyond", _l("Beyond the threshold"), lambda r: "yes" if r.beyond else "no", _beyond),
    ]
    if may_reopen and any(row.kind != "dataset" for row in view.rows):
        columns.append(Column("next", _l("Next step"), lambda _: "", lambda r: _next(r, impact)))
    return ListSpec(
        endpoint="impacts.show",
        columns=(columns[1], columns[0], *columns[2:]),
        filters=(
            Filter("kind", _l("Kind"), tuple(KINDS.items())),
            Filter("beyond", _l("Beyond the threshold"), tuple(YES_NO.items())),
            Filter("gwp_set", _l("GWP set"), (("AR5", "AR5"), ("AR6", "AR6"))),
        ),
        values={"key": impact.id},
    )


def impacts_spec() -> ListSpec:
    """The list of comparisons."""
    return ListSpec(
        endpoint="impacts.list_",
        order="-at",
        columns=(
            Column(
                "update",
                _l("Update"),
                lambda r: f"{r.old} → {r.new}",
                lambda r: Cell(f"{r.old} → {r.new}", href=url_for("impacts.show", key=r.id)),
            ),
            Column(
                "threshold",
                _l("Threshold"),
                lambda r: r.threshold,
                lambda r: Cell(percent(r.threshold * 100)),
                numeric=True,
            ),
            Column("at", _l("Computed"), lambda r: r.at, lambda r: Cell(moment(r.at))),
        ),
    )


def signed(change: float | None) -> str:
    """A relative change as a percentage with its sign."""
    if change is None:
        return "—"
    if abs(change) < 0.0005:
        return "0%" if change == 0 else "< 0.1%"
    return f"{'+' if change > 0 else '−'}{percent(abs(change) * 100)}"


def _title(release: Any) -> str:
    return str(release.manifest["title"])


def _methods(view: Any) -> Cell:
    names = method_names(view.release)
    return Cell(", ".join(names[:4]), f"+{len(names) - 4}" if len(names) > 4 else "")


def _access_code(view: Any) -> str:
    if not view.release.restricted:
        return "open"
    return "restricted" if view.values_hidden else "licensed"


def _access(view: Any) -> tuple[Any, str, str, str]:
    shown = {
        "open": (_l("Open"), "good"),
        "licensed": (_l("Licensed to you"), "info"),
        "restricted": (_l("Restricted"), "warn"),
    }[_access_code(view)]
    return shown[0], "", "", shown[1]


def _named(row: Any, impact: Any) -> Cell:
    name = bilingual(row, "name")
    if row.kind == "dataset":
        return Cell(name, row.object, url_for("datasets.show", code=row.object, release=impact.old))
    if row.kind == "label":
        return Cell(name, row.object, url_for("labels.show", number=row.object))
    return Cell(name, "", url_for("studies.show", key=row.object))


def _unit(row: Any) -> str:
    return f"kgCO₂e / {row.unit}" if row.unit else "kgCO₂e"


def _after(row: Any) -> Cell:
    missing = _l("Not there: %(codes)s", codes=", ".join(row.missing[:3])) if row.missing else ""
    return Cell(number(row.after), missing)


def _beyond(row: Any) -> Cell:
    return Cell(_l("Yes"), tone="warn") if row.beyond else Cell(_l("No"))


def _next(row: Any, impact: Any) -> Cell:
    if row.kind == "dataset":
        return Cell("—")
    address = url_for("impacts.reopen", key=impact.id, study=row.study_id)
    return Cell(_l("Study on the new release"), href=address)
