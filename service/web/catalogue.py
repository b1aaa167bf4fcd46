"""What the pages of the catalogue show: a search with its filters, inputs of a dataset, what its score is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from service.usecases import datasets
from service.usecases.access import Actor
from service.usecases.datasets import (
    AskContributions,
    Contributions,
    DatasetView,
    Method,
    SearchDatasets,
)
from service.usecases.services import Services
from service.web import formats, words
from service.web.charts import Chart, chart
from service.web.i18n import language
from service.web.listing import Cell, Column, Filter, ListSpec

if TYPE_CHECKING:
    from databases.catalogue import Found, Input
    from databases.contributions import Contribution as Part
    from databases.release import Release

PAGE_SIZE = 50
SHOWN_INPUTS = 15
"""Inputs on the page of a dataset itself; all of them are a list of their own."""
SHOWN_PARTS = 10
"""Bars of a chart; what is left over is one more."""
VIEWS = {
    "first-tier": _l("By direct input"),
    "process": _l("By process of the whole chain"),
    "flow": _l("By elementary flow"),
}
INPUT_KINDS = {
    "technosphere": _l("Product or service"),
    "biosphere": _l("Elementary flow"),
    "unlinked": _l("Without a supplier"),
    "cut-off": _l("Cut off by the source"),
}
PART_KINDS = {
    "input": _l("Product or service"),
    "process": _l("Process"),
    "flow": _l("Elementary flow"),
    "direct": _l("Own emissions of the dataset"),
    "rest": _l("All others"),
}
_WORDS: dict[str, Callable[[Any], Any]] = {
    "kind": lambda value: words.word(words.KINDS, str(value)),
    "place": formats.place,
    "unit": formats.unit,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter, its word and how many datasets it would give."""

    value: str
    word: Any
    count: int


@dataclass(frozen=True, slots=True)
class FilterBox:
    """A filter of the search: its choices, most frequent first, and the one in force."""

    key: str
    title: Any
    choices: tuple[Choice, ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of a search."""

    command: SearchDatasets
    found: Found
    filters: tuple[FilterBox, ...]
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.found.total // PAGE_SIZE))

    def address(self, **changes: Any) -> str:
        """This search's address with some of its parameters changed."""
        command = self.command
        kept = {"release": command.release, "text": command.text, "sort": command.sort}
        kept |= {"complete_only": "true" if command.complete_only else ""}
        kept |= {box.key: box.chosen for box in self.filters}
        values = {**kept, **changes}
        return url_for("datasets.search", **{name: value for name, value in values.items() if value})

    def sort_address(self, key: str) -> str:
        """The address that sorts by ``key``, turning round when it is already sorted so."""
        return self.address(sort=f"-{key}" if self.command.sort == key else key)


def search_page(actor: Actor, command: SearchDatasets, release: Release, services: Services) -> SearchPage:
    """One page of results with every filter. Raises NotAllowed, ReleaseUnavailable."""
    asked = max(1, request.args.get("page", 1, type=int))
    cut = replace(command, offset=(asked - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    found = datasets.search(actor, cut, services, facets=True)
    pages = max(1, -(-found.total // PAGE_SIZE))
    if asked > pages:
        asked = pages
        found = datasets.search(actor, replace(cut, offset=(pages - 1) * PAGE_SIZE), services, facets=True)
    titles = {source.code: source.title for source in release.sources}
    named = {**_WORDS, "source": lambda code: titles.get(code, code)}
    titled = (
        ("kind", _l("Kind")),
        ("place", _l("Place")),
        ("year", _l("Year")),
        ("unit", _l("Unit")),
        ("group", _l("Group")),
        ("source", _l("Source")),
    )
    boxes = (
        FilterBox(key, title, _choices(found, key, named.get(key, str)), str(getattr(command, key) or ""))
        for key, title in titled
    )
    return SearchPage(command, found, tuple(b for b in boxes if len(b.choices) > 1 or b.chosen), asked)


def _choices(found: Found, key: str, word: Callable[[Any], Any]) -> tuple[Choice, ...]:
    facets = found.facets.get(key, ())
    return tuple(Choice(str(one.value), word(one.value), one.count) for one in facets if one.value != "")


# ---------- inputs ----------


def input_spec(view: DatasetView, values: Mapping[str, Any]) -> ListSpec:
    """The list of a dataset's inputs; ``values`` are the parts of its address."""
    kinds = {item.exchange.kind for item in view.inputs}
    columns = [
        Column("name", _l("Flow or dataset"), lambda i: i.name(language()), lambda i: _taken(i, values)),
        Column("kind", _l("Kind"), lambda i: i.exchange.kind, _kind),
        Column("amount", _l("Amount"), _amount(view), lambda i: Cell(_number(view, i.exchange.amount)), True),
        Column("unit", _l("Unit"), lambda i: i.exchange.unit, lambda i: Cell(formats.unit(i.exchange.unit))),
        Column(
            "published", _l("Published value"), _published(str), lambda i: Cell(_published(formats.brief)(i))
        ),
    ]
    if any(item.exchange.rule for item in view.inputs):
        columns.append(Column("rule", _l("Rule"), lambda i: i.exchange.rule))
    if any(item.exchange.locator != view.dataset.locator for item in view.inputs):
        columns.append(Column("locator", _l("Page or table"), lambda i: i.exchange.locator))
    columns.append(Column("code", _l("Code"), _input_code))
    options = tuple((kind, word) for kind, word in INPUT_KINDS.items() if kind in kinds)
    return ListSpec("datasets.inputs", tuple(columns), (Filter("kind", _l("Kind"), options),), values=values)


def _input_code(item: Input) -> str:
    """The code of a flow or dataset; an input without a supplier has none but its name."""
    code = item.exchange.flow_or_dataset_code
    return "" if item.exchange.kind in ("unlinked", "cut-off") else code


def by_kind(inputs: Iterable[Input]) -> list[Input]:
    """Inputs in the order people read them: products and services, what is missing of them, then flows."""
    order = ("technosphere", "unlinked", "cut-off")
    return sorted(
        inputs, key=lambda i: order.index(i.exchange.kind) if i.exchange.kind in order else len(order)
    )


def first_inputs(view: DatasetView) -> tuple[Input, ...]:
    """The inputs on the page of the dataset itself: products and services first, then flows."""
    return tuple(by_kind(view.linked)[:SHOWN_INPUTS])


def _taken(item: Input, values: Mapping[str, Any]) -> Cell:
    href = ""
    if item.exchange.kind == "technosphere":
        href = url_for(
            "datasets.show", code=item.exchange.flow_or_dataset_code, release=values.get("release", "")
        )
    return Cell(item.name(language()), sub=item.place or item.compartment, href=href)


def _kind(item: Input) -> Cell:
    kind = item.exchange.kind
    tone = "warn" if kind in ("unlinked", "cut-off") else ""
    return Cell(words.word(INPUT_KINDS, kind), tone=tone)


def _published(write: Callable[[str], str]) -> Callable[[Input], str]:
    return lambda item: f"{write(item.exchange.published)} {item.exchange.published_unit}".strip()


def _amount(view: DatasetView) -> Callable[[Input], float | None]:
    return lambda item: None if view.values_hidden else item.exchange.amount


def _number(view: DatasetView, value: float) -> str:
    return formats.DASH if view.values_hidden else formats.number(value, 6)


# ---------- contributions ----------


@dataclass(frozen=True, slots=True)
class Split:
    """What a score is made of, ready to be drawn; ``chart`` is None where there are no parts."""

    made: Contributions
    view: str
    chart: Chart | None
    unit: str


def split(actor: Actor, command: AskContributions, services: Services) -> Split:
    """A chart of the largest parts, the rest as one bar. Raises what ``datasets.contributions`` raises."""
    made = datasets.contributions(actor, replace(command, limit=SHOWN_PARTS), services)
    shown = [part for part in made.parts if part.kind != "rest" and part.score][:SHOWN_PARTS]
    rows: list[tuple[Any, Any, str]] = [
        (part_name(part), part.score, part_address(part, command.release, command.method)) for part in shown
    ]
    rest = made.total - sum(part.score for part in shown)
    if rows and abs(rest) > 1e-9 * max(abs(part.score) for part in shown):
        rows.append((words.word(PART_KINDS, "rest"), rest, ""))
    unit = f"{formats.unit(made.method.unit)} / {formats.unit(made.dataset.unit)}"
    return Split(made, command.view, chart(rows, made.total) if rows else None, unit)


def part_name(part: Part) -> str:
    """The name of a part in the reader's language."""
    own = part.kind in ("direct", "rest")
    return words.word(PART_KINDS, part.kind) if own else formats.bilingual(part, "name")


def part_address(part: Part, release: str, method: str) -> str:
    """The page of the dataset that a part is, empty for a flow."""
    if part.kind not in ("input", "process"):
        return ""
    return url_for("datasets.show", code=part.code, release=release, method=method)


def contribution_spec(made: Contributions, values: Mapping[str, Any]) -> ListSpec:
    """The list of the parts of a score; ``values`` are the parts of its address."""
    release, method = values["release"], made.method.identifier

    def share(part: Part) -> float:
        return 100.0 * part.share

    columns = (
        Column(
            "name",
            _l("Part"),
            part_name,
            lambda p: Cell(part_name(p), href=part_address(p, release, method)),
        ),
        Column("kind", _l("Kind"), lambda p: p.kind, lambda p: Cell(words.word(PART_KINDS, p.kind))),
        Column("amount", _l("Amount"), lambda p: p.amount, lambda p: Cell(formats.number(p.amount)), True),
        Column("unit", _l("Unit"), lambda p: p.unit, lambda p: Cell(formats.unit(p.unit))),
        Column(
            "score",
            formats.unit(made.method.unit),
            lambda p: p.score,
            lambda p: Cell(formats.number(p.score)),
            True,
        ),
        Column("share", _l("Share"), share, lambda p: Cell(formats.percent(share(p))), True),
        Column("code", _l("Code"), lambda p: p.code),
    )
    kinds = {part.kind for part in made.parts}
    options = tuple((kind, word) for kind, word in PART_KINDS.items() if kind in kinds)
    return ListSpec("datasets.contributions", columns, (Filter("kind", _l("Kind"), options),), values=values)


def method_groups(methods: Iterable[Method], text: str) -> list[tuple[str, list[Method]]]:
    """Methods by family, those whose title has every word of ``text``."""
    parts = text.casefold().split()
    fitting = [
        method
        for method in methods
        if all(part in f"{method.title} {method.identifier}".casefold() for part in parts)
    ]
    return [(group, list(found)) for group, found in groupby(fitting, key=lambda method: method.group)]
