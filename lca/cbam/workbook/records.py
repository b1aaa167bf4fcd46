"""Monitoring data as rows of values, one row a record, and back: exact in both directions.

Rules
1. A row maps column keys to values; a key that is not there is an empty cell and means the column's default.
2. A nested record that is there shows at least one key, also where all its values are defaults.
3. A record with one share of the whole and no reason names its sink itself; every other split is in ``shares``.
4. Rows of a child sheet (goods, shares …) name their parent; among themselves they keep their order.

Example: ``assemble(rows(data)) == data``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from lca.cbam.monitoring import Good, Monitoring, Process, Share
from lca.cbam.workbook.layout import SHARED, SINK, Column, Parameter, Sheet, hints, nested, sheets

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Mapping[str, Any]]]

_ABSENT = object()


def rows(data: Monitoring) -> dict[str, list[Row]]:
    """The rows of every sheet, in the order of the data."""
    made: dict[str, list[Row]] = {key: [] for key in sheets()}
    made["installation"].append(_row(sheets()["installation"], data))
    for key in sheets():
        for record in getattr(data, key, ()) if key != "installation" else ():
            made[key].append(_row(sheets()[key], record))
            if key in SHARED:
                _split(record, made[key][-1], made["shares"])
    for process in data.processes:
        for good in process.goods:
            made["goods"].append({"process": process.id} | _row(sheets()["goods"], good))
            _parts(good, made)
    for precursor in data.precursors:
        made["precursor_uses"] += _children("precursor_uses", "precursor", precursor.id, precursor.uses)
    return made


def assemble(read: Rows) -> Monitoring:
    """The inverse of :func:`rows`. Needed values are there and parents exist; raises KeyError where not."""
    parts = {key: _grouped(read, key, "good") for key in ("routes", "compositions", "parameters")}
    shares = _grouped(read, "shares", "record")
    goods: dict[str, list[Good]] = defaultdict(list)
    for row in read.get("goods", ()):
        goods[row["process"]].append(
            build(
                "goods",
                row,
                routes=parts["routes"][row["id"]],
                compositions=parts["compositions"][row["id"]],
                parameters=tuple((one.key, one.value) for one in parts["parameters"][row["id"]]),
            )
        )
    given: dict[str, Any] = {}
    for key in sheets():
        if key == "processes":
            given[key] = tuple(_process(row, goods) for row in read.get(key, ()))
        elif key == "precursors":
            uses = _grouped(read, "precursor_uses", "precursor")
            given[key] = tuple(build(key, row, uses=uses[row["id"]]) for row in read.get(key, ()))
        elif key in SHARED:
            given[key] = tuple(
                build(key, row, shares=_shares(row, shares[row["id"]])) for row in read.get(key, ())
            )
        elif key != "installation" and not sheets()[key].parent:
            given[key] = tuple(build(key, row) for row in read.get(key, ()))
    made: Monitoring = build("installation", read["installation"][0], **given)
    return made


def build(sheet: str, row: Mapping[str, Any], **given: Any) -> Any:
    """One record of a sheet from its row; ``given`` are fields that are no cells. Raises KeyError."""
    return _build(sheets()[sheet].record, sheets()[sheet].by_key, row, "", given)


def present(row: Mapping[str, Any], column: Column) -> bool:
    """Rule 2: True when every optional record that a column stands in is there."""
    return all(any(key.startswith(group) for key in row) for group in column.groups)


def _process(row: Mapping[str, Any], goods: Mapping[str, list[Good]]) -> Process:
    made: Process = build("processes", row, goods=tuple(goods.get(row["id"], ())))
    return made


def _row(sheet: Sheet, record: Any) -> Row:
    row: Row = {}
    for column in sheet.columns:
        value = _walk(record, column.key)
        if value is not _ABSENT and (column.required or value != column.blank):
            row[column.key] = value
    for column in sheet.columns:
        value = _walk(record, column.key)
        if column.groups and value is not _ABSENT and not present(row, column):
            row[column.key] = value
    return row


def _walk(record: Any, key: str) -> Any:
    for name in key.split("."):
        if record is None or not hasattr(record, name):
            return _ABSENT
        record = getattr(record, name)
    return record


def _split(record: Any, row: Row, shares: list[Row]) -> None:
    """Rule 3."""
    sink = record.shares[0].sink if len(record.shares) == 1 else ""
    if sink and record.shares[0] == Share(sink=sink, fraction=1.0):
        row[SINK] = sink
        return
    shares += _children("shares", "record", record.id, record.shares)


def _shares(row: Mapping[str, Any], split: tuple[Share, ...]) -> tuple[Share, ...]:
    return (Share(sink=row[SINK], fraction=1.0), *split) if SINK in row else split


def _parts(good: Good, made: dict[str, list[Row]]) -> None:
    pairs = [Parameter(key=key, value=value) for key, value in good.parameters]
    for key, records in (
        ("routes", good.routes),
        ("compositions", good.compositions),
        ("parameters", pairs),
    ):
        made[key] += _children(key, "good", good.id, records)


def _children(sheet: str, link: str, parent: str, records: Iterable[Any]) -> list[Row]:
    return [{link: parent} | _row(sheets()[sheet], record) for record in records]


def _grouped(read: Rows, sheet: str, link: str) -> defaultdict[str, tuple[Any, ...]]:
    grouped: defaultdict[str, tuple[Any, ...]] = defaultdict(tuple)
    for row in read.get(sheet, ()):
        grouped[row[link]] += (build(sheet, row),)
    return grouped


def _build(
    record: type[Any],
    columns: Mapping[str, Column],
    row: Mapping[str, Any],
    prefix: str,
    given: Mapping[str, Any],
) -> Any:
    values = dict(given)
    for field in fields(record):
        key = prefix + field.name
        inner = nested(hints(record)[field.name])
        if key in columns:
            value = row.get(key, columns[key].blank)
            if value is MISSING:
                raise KeyError(key)
            values[field.name] = value
        elif inner is not None:
            there = not inner[1] or any(one.startswith(f"{key}.") for one in row)
            values[field.name] = _build(inner[0], columns, row, f"{key}.", {}) if there else None
    return record(**values)
