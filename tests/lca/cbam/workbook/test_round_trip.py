"""Whatever can be monitored survives the workbook, in both languages; and the frozen reading of the example."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import count
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lca.cbam import workbook
from lca.cbam.monitoring import Monitoring
from lca.cbam.processes import Good, Precursor, Process
from lca.cbam.storage import write_monitoring
from lca.cbam.workbook.layout import RECORDS, hints, sheets
from lca.cbam.workbook.records import assemble, rows

VECTOR = Path(__file__).parents[3] / "vectors" / "cbam-workbook-example.json"

IDS = tuple(f"{letter}{number}" for letter in "PFGR" for number in range(1, 9))
ODD = (
    "",
    " a ",
    '"',
    '"q"',
    '"a" and "b"',
    "=1+1",
    "a;b",
    "甲、乙",
    "-",
    "/",
    "n/a",
    "outside",
    "non-cbam",
    "厂外",
    "非CBAM",
    "p1",
    "Ｐ1",
    "2026-01-01",
    "007",
    "1e5",
    "50%",
    "是",
    "line\nline",
    "tab\tand\rreturn",
    "_x0041_",
    "\u200bseen\ufeff",
    "\x00\x1f\x7f\x85\ud800\uffff",
    "steam",
    "蒸汽",
    "other",
    "CN",
    "中国",
    "UK",
    "合计",
    "备注：",
    "𝔘😀",
)
TEXTS = st.sampled_from(IDS) | st.sampled_from(ODD) | st.text(max_size=12)
NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from((0.0, 1.0, 0.1 + 0.2, 1 / 3, 0.07, 1e-9, 5e-324, 1.7976931348623157e308, -0.5))
    | st.floats(0, 1)
)
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    float: NUMBERS,
    int: st.integers(-(10**9), 10**9),
    bool: st.booleans(),
    date: st.dates(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    if hint in LEAVES:
        return LEAVES[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    if isinstance(hint, type) and is_dataclass(hint):
        return records(hint)
    arguments = get_args(hint)
    if get_origin(hint) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*(values(one) for one in arguments))
    return st.one_of(*(st.none() if one is NoneType else values(one) for one in arguments))


def records(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any record; half of the fields with a default keep it."""
    made = {}
    for field in fields(kind):
        made[field.name] = values(hints(kind)[field.name])
    return st.deferred(lambda: st.builds(kind, **made))


def numbered(data: Any, numbers: dict[str, Iterator[int]]) -> Any:
    """The same with IDs that are unique, as the model asks for."""
    if isinstance(data, tuple):
        return tuple(numbered(one, numbers) for one in data)
    if not is_dataclass(data) or isinstance(data, type):
        return data
    changed = {field.name: numbered(getattr(data, field.name), numbers) for field in fields(data)}
    if "id" in changed:
        kind = type(data).__name__
        number = next(numbers["Evidence" if kind == "Evidence" else ""])
        odd = changed["id"] if changed["id"] not in IDS and number % 3 == 0 else ""
        changed["id"] = f"{odd}#{number}" if odd else IDS[number] if number < len(IDS) else f"N{number}"
    return replace(data, **changed)


@st.composite
def monitorings(draw: st.DrawFn) -> Monitoring:
    """Any monitoring data with unique IDs."""
    return numbered(draw(records(Monitoring)), {"": count(), "Evidence": count()})


HYPOTHESIS = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink data this large takes minutes
)


@given(monitorings())
@HYPOTHESIS
def test_rows_and_back(data: Monitoring) -> None:
    assert assemble(rows(data)) == data


@given(monitorings(), st.sampled_from(["zh", "en"]))
@HYPOTHESIS
def test_what_is_written_is_read(data: Monitoring, language: str) -> None:
    reading = workbook.read(workbook.write(data, language), "any.xlsx")
    errors = [finding for finding in reading.findings if finding.severity == "error"]
    assert errors == []
    assert reading.monitoring == data


@given(monitorings(), monitorings())
@settings(HYPOTHESIS, max_examples=5)
def test_nothing_changes_exactly_when_nothing_differs(before: Monitoring, after: Monitoring) -> None:
    assert workbook.changes(before, before) == ()
    assert (workbook.changes(before, after) == ()) == (rows(before) == rows(after))
    for change in workbook.changes(before, after):
        assert change.sentence("zh") and change.sentence("en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_example_survives_without_a_finding(language: str) -> None:
    reading = workbook.read(workbook.example(language), "example.xlsx")
    assert reading.findings == ()
    assert reading.monitoring == workbook.fasteners(language)
    assert len(reading.sheets) == len(sheets())


def test_the_english_example_has_no_chinese() -> None:
    text = json.dumps(write_monitoring(workbook.fasteners("en")), ensure_ascii=False)
    assert not [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]


def test_the_example_reads_to_what_it_read_to_before() -> None:
    reading = workbook.read(workbook.example("zh"), "example.xlsx")
    assert reading.monitoring is not None
    written = json.loads(json.dumps(write_monitoring(reading.monitoring)))
    assert written == json.loads(VECTOR.read_text(encoding="utf-8"))


def test_the_same_data_gives_the_same_bytes() -> None:
    assert workbook.write(workbook.fasteners(), "zh") == workbook.write(workbook.fasteners(), "zh")


@pytest.mark.parametrize("sheet", sorted(RECORDS))
def test_every_field_has_exactly_one_column(sheet: str) -> None:
    """A field added to the model and forgotten here is found here."""
    columns = [column.key for column in sheets()[sheet].columns if not column.link]
    assert len(set(columns)) == len(columns)
    own = set(leaves(RECORDS[sheet], ""))
    assert own == {key for key in columns if key != "sink" or sheet == "shares"}


def owner_fields(record: type[Any]) -> set[str]:
    """Fields of a record that are rows of another sheet."""
    children: dict[type[Any], set[str]] = {
        Process: {"goods"},
        Good: {"routes", "compositions", "parameters"},
        Precursor: {"uses"},
        Monitoring: set(sheets()) - {"installation"},
    }
    return children.get(record, {"shares"} & {field.name for field in fields(record)})


def leaves(record: type[Any], prefix: str) -> Iterator[str]:
    for field in fields(record):
        inner = [
            one
            for one in (hints(record)[field.name], *get_args(hints(record)[field.name]))
            if is_dataclass(one)
        ]
        if field.name in owner_fields(record):
            continue
        if inner and get_origin(hints(record)[field.name]) is not tuple:
            yield from leaves(inner[0], f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}"


@pytest.mark.parametrize("sheet", sorted(RECORDS))
def test_no_header_means_two_columns(sheet: str) -> None:
    met: dict[str, str] = {}
    for column in sheets()[sheet].columns:
        for spelling in column.spellings:
            assert met.setdefault(spelling, column.key) == column.key
    headers = [column.header("en") for column in sheets()[sheet].columns]
    assert len(set(headers)) == len(headers)


def test_what_cannot_be_written_is_refused() -> None:
    data = workbook.fasteners()
    with pytest.raises(ValueError, match="zh or en"):
        workbook.write(data, "fr")
    with pytest.raises(ValueError, match="zh or en"):
        workbook.template("de")
    with pytest.raises(ValueError, match="finite"):
        workbook.write(replace(data, indirect_stated_t=float("nan")), "zh")
    with pytest.raises(ValueError, match="fit a cell"):
        workbook.write(replace(data, verifier="x" * 40_000), "zh")
