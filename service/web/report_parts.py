"""The lists of an import report as pages, CSV and JSON: one list a part, one description a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from service.web.background_words import YES_NO, said
from service.web.formats import bilingual, cut, number
from service.web.i18n import language
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.words import SEVERITIES, SEVERITY_TONES, word


@dataclass(frozen=True, slots=True)
class Names:
    """What the codes of a release's report mean: its identifier and its datasets by code."""

    release: str
    datasets: Mapping[str, Any]

    def of(self, code: str) -> str:
        """The name of a dataset, its code where there is no such dataset."""
        return bilingual(self.datasets[code], "name") if code in self.datasets else code

    def cell(self, code: str, name: str = "") -> Cell:
        """A dataset by name, its place, year and code below, leading to its page."""
        if not code:
            return Cell("—")
        if code not in self.datasets:
            return Cell(name or code, code if name else "")
        dataset = self.datasets[code]
        sub = " ".join(str(part) for part in (dataset.place, dataset.year or "") if part)
        return Cell(
            name or self.of(code),
            f"{sub} · {code}" if sub else code,
            url_for("datasets.show", code=code, release=self.release),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One list of an import report: its name, what it tells, and its columns for a release.

    ``filter`` is the column one may choose by, its title, and the word of each value.
    """

    title: Any
    text: Any
    columns: Callable[[Names], tuple[Column, ...]]
    filter: tuple[str, Any, Callable[[str], Any]] | None = None


def part_spec(names: Names, part: str, rows: Sequence[Any], *, page: bool = False) -> ListSpec:
    """One list of a release's import report; it offers to choose among the values that ``rows`` have.

    On the ``page`` a column that is empty in every row is left out; the files always have all.
    """
    chosen = PARTS[part]
    columns = chosen.columns(names)
    filters: tuple[Filter, ...] = ()
    if chosen.filter is not None:
        key, title, named = chosen.filter
        value = next(column.value for column in columns if column.key == key)
        filters = (Filter(key, title, tuple((code, named(code)) for code in sorted(set(map(value, rows))))),)
    if page and rows:
        columns = tuple(c for c in columns if any(c.value(row) not in ("", None) for row in rows))
    values = {"identifier": names.release, "part": part}
    return ListSpec("releases.part", columns, filters, values=values, filename=f"{names.release}-{part}")


def part_rows(report: Mapping[str, Any], part: str) -> tuple[Any, ...]:
    """The rows of one list of a report, each with its number."""
    return tuple(report.get(part, ()))


def _amount(row: Mapping[str, Any]) -> Cell:
    return Cell(f"{number(row['amount'])} {row['unit']}")


def _unlinked(names: Names) -> tuple[Column, ...]:
    return (
        Column("name", _l("Product"), lambda r: r["name"]),
        Column("place", _l("Place"), lambda r: r["place"]),
        Column("reason", _l("Reason"), lambda r: r["reason"], lambda r: Cell(said(r["reason"]))),
        Column("exchanges", _l("Exchanges"), lambda r: r["exchanges"], numeric=True),
        Column("takers", _l("Datasets that want it"), lambda r: r["takers"], numeric=True),
        Column("amount", _l("Sum of amounts"), lambda r: r["amount"], _amount, numeric=True),
        Column(
            "first_taker",
            _l("First of them"),
            lambda r: r["first_taker"],
            lambda r: names.cell(r["first_taker"]),
        ),
        Column("candidates", _l("Nearest candidates"), _candidates, lambda r: _candidate(names, r)),
    )


def _candidates(row: Mapping[str, Any]) -> str:
    return "; ".join(f"{c['name']} [{c['code']}] {c['score']:.2f}" for c in row["candidates"])


def _candidate(names: Names, row: Mapping[str, Any]) -> Cell:
    """The nearest with its likeness out of 100; the others below it."""
    named = [f"{c['name']} ({c['place']}, {c['unit']}) {c['score']:.0%}" for c in row["candidates"]]
    if not named:
        return Cell("—")
    return Cell(named[0], " · ".join(named[1:]), names.cell(row["candidates"][0]["code"]).href)


def _choices(names: Names) -> tuple[Column, ...]:
    return (
        Column(
            "name", _l("Product"), lambda r: r["name"], lambda r: Cell(r["name"], f"{r['place']} {r['unit']}")
        ),
        Column("rule", _l("Rule"), lambda r: r["rule"], lambda r: Cell(said(r["rule"]))),
        Column("exchanges", _l("Exchanges"), lambda r: r["exchanges"], numeric=True),
        Column(
            "chosen",
            _l("Chosen"),
            lambda r: "; ".join(r["chosen"]),
            lambda r: _several(names, r["chosen"]),
        ),
        Column(
            "among",
            _l("Among"),
            lambda r: "; ".join(r["among"]),
            lambda r: Cell(len(r["among"])),
            numeric=True,
        ),
    )


def _several(names: Names, codes: list[str]) -> Cell:
    """The first of the chosen datasets, and how many share with it."""
    first = names.cell(codes[0] if codes else "")
    if len(codes) < 2:
        return first
    others = ngettext("and %(num)d other", "and %(num)d others", len(codes) - 1)
    return Cell(first.text, f"{first.sub} {others}: {cut(', '.join(codes[1:]), 60)}", first.href)


def _allocations(names: Names) -> tuple[Column, ...]:
    return (
        Column("name", _l("Process"), lambda r: r["name"], lambda r: names.cell(r["process"], r["name"])),
        Column("asked", _l("Rule asked for"), lambda r: r["asked"], lambda r: Cell(said(r["asked"]))),
        Column("rule", _l("Rule used"), lambda r: r["rule"], lambda r: Cell(said(r["rule"]))),
        Column("shares", _l("Shares"), _shares, lambda r: Cell(_shares(r))),
    )


def _shares(row: Mapping[str, Any]) -> str:
    return "; ".join(f"{product} {share:.1%}" for product, _code, share in row["shares"])


def _uncharacterised(_names: Names) -> tuple[Column, ...]:
    return (
        Column(
            "name",
            _l("Elementary flow"),
            lambda r: r["name"],
            lambda r: Cell(r["name"], " · ".join(filter(None, (r["cas"], r["code"])))),
        ),
        Column("compartment", _l("Compartment"), lambda r: r["compartment"]),
        Column("amount", _l("Sum of amounts"), lambda r: r["amount"], _amount, numeric=True),
        Column("datasets", _l("Datasets"), lambda r: r["datasets"], numeric=True),
        Column(
            "greenhouse",
            _l("Perhaps a greenhouse gas"),
            lambda r: "yes" if r["greenhouse_gas_likely"] else "no",
            lambda r: Cell(_l("Yes"), tone="warn") if r["greenhouse_gas_likely"] else Cell(_l("No")),
        ),
    )


def _loops(names: Names) -> tuple[Column, ...]:
    return (
        Column(
            "members",
            _l("Members"),
            lambda r: "; ".join(r["members"]),
            lambda r: Cell(
                cut(" → ".join(map(names.of, r["members"])), 300),
                cut(" → ".join(r["members"]), 160),
                names.cell(r["members"][0]).href,
            ),
        ),
        Column("size", _l("Datasets"), lambda r: len(r["members"]), numeric=True),
        Column(
            "gain",
            _l("Gain (1 never ends)"),
            lambda r: r["gain"],
            lambda r: Cell(f"{r['gain']:.6f}"),
            numeric=True,
        ),
    )


def _troubles(names: Names) -> tuple[Column, ...]:
    return (
        Column(
            "name",
            _l("Dataset"),
            lambda r: r["name"],
            lambda r: names.cell(r["dataset"], r["name"]),
        ),
        Column("kind", _l("What is wrong"), lambda r: r["kind"], lambda r: Cell(said(r["kind"]))),
        Column("detail", _l("Detail"), lambda r: r["detail"]),
        Column("done", _l("What was done"), lambda r: r["done"], lambda r: Cell(said(r["done"]))),
    )


def _left_rows(_names: Names) -> tuple[Column, ...]:
    return (
        Column("where", _l("Row"), lambda r: r[0]),
        Column("reason", _l("Reason"), lambda r: r[1], lambda r: Cell(_message(r[1]))),
    )


def _message(code: str) -> str:
    from databases.notices import messages

    found = messages().get(code)
    return found[language()] if found and "{" not in found[language()] else code


def _notices(names: Names) -> tuple[Column, ...]:
    return (
        Column("message", _l("What was found and done"), lambda r: r["message"][language()]),
        Column("where", _l("Where"), lambda r: r["where"], lambda r: names.cell(r["where"])),
        Column(
            "severity",
            _l("Weight"),
            lambda r: r["severity"],
            lambda r: Cell(word(SEVERITIES, r["severity"]), tone=SEVERITY_TONES[r["severity"]]),
        ),
    )


def _yes(code: str) -> Any:
    return YES_NO[code]


def _severity(code: str) -> Any:
    return word(SEVERITIES, code)


PARTS = {
    "unlinked": Part(
        _l("Unlinked inputs"),
        _l("Products that datasets want and none supplies; their datasets leave something out."),
        _unlinked,
        ("reason", _l("Reason"), said),
    ),
    "cut_off": Part(
        _l("Cut off"),
        _l("Inputs left out because the file or the mapping file says so."),
        _unlinked,
        ("reason", _l("Reason"), said),
    ),
    "choices": Part(
        _l("Choices of suppliers"),
        _l("Products that several datasets could supply, and which were taken."),
        _choices,
        ("rule", _l("Rule"), said),
    ),
    "allocations": Part(
        _l("Allocations"),
        _l("Processes with several products, and how they were shared out."),
        _allocations,
        ("rule", _l("Rule used"), said),
    ),
    "uncharacterised": Part(
        _l("Flows without a climate factor"),
        _l("Elementary flows that count for nothing; those that may be greenhouse gases come first."),
        _uncharacterised,
        ("greenhouse", _l("Perhaps a greenhouse gas"), _yes),
    ),
    "loops": Part(
        _l("Loops near their limit"),
        _l(
            "Groups of datasets that need almost as much of one another as they make; small errors grow large there."
        ),
        _loops,
    ),
    "troubles": Part(
        _l("Troubles"),
        _l("What is wrong with single datasets, and what was done about it."),
        _troubles,
        ("kind", _l("What is wrong"), said),
    ),
    "left_rows": Part(_l("Rows left out"), _l("Rows of a workbook that no dataset was made of."), _left_rows),
    "notices": Part(
        _l("Other remarks"),
        _l("Everything else that reading and assembling had to tell."),
        _notices,
        ("severity", _l("Weight"), _severity),
    ),
}
