"""The filled copy: only inputs change, everything else stays, and what does not fit is told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import making
import pytest
from commission import book, changed, codes, example, needs_files, template
from lxml import etree
from smelter import rich

from lca.cbam.calculate import calculate
from lca.cbam.communication import Filled, NotFillable, fill, read
from lca.cbam.communication.book import MAIN, Book
from lca.cbam.communication.sheetxml import CALCULATED, Template, Write, _span

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

pytestmark = needs_files


@cache
def _filled(tables: Tables) -> Filled:
    data = rich(other=())
    return fill(template(), data, calculate(data, tables))


@cache
def _target() -> Template:
    return Template(book(), template())


@cache
def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def cells_of(xml: bytes) -> Iterator[tuple[str, str | None, object, bool]]:
    """(reference, style, formula with what it says of itself, whether it holds a value) of every cell."""
    for cell in etree.fromstring(xml).iter(f"{MAIN}c"):
        formula = cell.find(f"{MAIN}f")
        told = formula is not None and (formula.text, len(formula), sorted(formula.items()))
        yield cell.get("r"), cell.get("s"), told, len(cell) > (formula is not None)


def test_other_parts_stay_byte_for_byte(tables: Tables) -> None:
    before, after = parts(template()), parts(_filled(tables).data)
    assert list(before) == list(after)
    touched = {name for name in before if before[name] != after[name]}
    inputs = ["A_InstData", "B_EmInst", "C_Emissions&Energy", "D_Processes", "E_PurchPrec", "F_Tools"]
    results = ["a_Contents", "Summary_Processes", "Summary_Products", "Summary_Communication", "InputOutput"]
    assert touched == {"xl/workbook.xml"} | {book().parts[name] for name in (*inputs, *results)}


def test_every_formula_and_every_style_stays(tables: Tables) -> None:
    before, after = parts(template()), parts(_filled(tables).data)
    count = 0
    for name in before:
        if name.startswith("xl/worksheets/sheet"):
            old = [cell[:3] for cell in cells_of(before[name])]
            assert [cell[:3] for cell in cells_of(after[name])] == old
            count += sum(1 for cell in old if cell[2])
    assert count > 40_000


def test_everything_around_the_cells_stays(tables: Tables) -> None:
    before, after = parts(template()), parts(_filled(tables).data)

    def around(xml: bytes) -> bytes:
        root = etree.fromstring(xml)
        for cell in list(root.iter(f"{MAIN}c")):
            cell.getparent().remove(cell)
        return etree.tostring(root, method="c14n")

    for name in before:
        if name.startswith("xl/worksheets/sheet"):
            assert around(after[name]) == around(before[name])
    settings = etree.fromstring(after["xl/workbook.xml"]).find(f"{MAIN}calcPr")
    assert dict(settings.attrib) == {"calcId": "162913", "fullCalcOnLoad": "1"}


def test_only_unlocked_cells_hold_something_new(tables: Tables) -> None:
    target, made = _target(), Book(_filled(tables).data)
    new = 0
    for sheet in CALCULATED:
        old = target.book.sheet(sheet)
        for cell, held in made.sheet(sheet).items():
            if held.value not in (None, "") and not held.formula and held.value != old[cell].value:
                assert target.is_input(sheet, cell), f"{sheet}!{cell}"
                new += 1
    assert new > 150


def test_no_result_from_before_is_left(tables: Tables) -> None:
    made = Book(_filled(tables).data)
    assert not made.calculated
    assert made.at("InputOutput", "E71").value is made.at("Summary_Products", "K10").value is None
    assert made.at("A_InstData", "D9").value == "Reporting period"


def test_our_reader_finds_what_was_written(tables: Tables) -> None:
    found = read(_filled(tables).data, "filled.xlsx")
    assert codes(found.findings) == ["cbam-communication-amounts", "cbam-communication-uncalculated"]
    wrote, back = rich(other=()), found.monitoring
    assert back is not None
    assert (back.period, back.installation, back.processes) == (
        wrote.period,
        wrote.installation,
        wrote.processes,
    )
    assert (back.pfc, back.measured, back.waste_gas) == (wrote.pfc, wrote.measured, wrote.waste_gas)
    assert (back.precursors, back.fuel_balance) == (wrote.precursors, wrote.fuel_balance)
    assert sorted(map(repr, back.own_uses)) == sorted(map(repr, wrote.own_uses))
    for one, other in zip(back.streams, wrote.streams, strict=True):
        assert (one.name, one.activity, one.biomass_fraction) == (
            other.name,
            other.activity,
            other.biomass_fraction,
        )


@pytest.mark.parametrize("cell", ["L24", "E16", "ZZ1", "K57"])
def test_a_cell_that_is_no_input_is_never_written(cell: str) -> None:
    target = _target()
    assert target.is_input("D_Processes", "L16") and not target.is_input("D_Processes", cell)
    with pytest.raises(ValueError, match="Not input cells"):
        target.filled([Write("D_Processes", cell, 1.0)])


def test_an_unknown_version_is_refused(tables: Tables) -> None:
    data = making.monitoring()
    later = changed(template(), "VersionDocumentation", {"B3": 46000.0})
    with pytest.raises(NotFillable) as refused:
        fill(later, data, calculate(data, tables))
    assert codes(refused.value.findings) == ["cbam-communication-version-refused"]


@pytest.mark.parametrize(
    ("reference", "count"),
    [("E71:AH100", 900), ("B2", 1), ("A1:XFD1048576", 0), ("", 0), ("A", 0), ("A1:B2:C3", 0), ("1:2", 0)],
)
def test_ranges_of_array_formulas(reference: str, count: int) -> None:
    assert len(list(_span(reference))) == count


def test_a_filled_workbook_is_no_template(tables: Tables) -> None:
    data = making.monitoring()
    with pytest.raises(NotFillable, match="Supply a blank template"):
        fill(example("Cement"), data, calculate(data, tables))
    with pytest.raises(NotFillable):
        fill(b"PK", data, calculate(data, tables))


def test_a_calculation_of_other_data_is_a_mistake(tables: Tables) -> None:
    data = making.monitoring()
    with pytest.raises(ValueError, match="other data"):
        fill(template(), replace(data, verifier="Another"), calculate(data, tables))


def test_definitive_data_is_written_and_the_differences_are_told(tables: Tables) -> None:
    source = making.electricity(factor=making.factor(0.605, "tCO2/MWh"))
    data = making.monitoring(electricity=(source,), electricity_uses=(making.power(),))
    done = calculate(data, tables)
    filled = fill(template(), data, done)
    assert codes(filled.findings) == [
        "cbam-communication-definitive",
        "cbam-communication-no-cell",
        "cbam-communication-indirect",
    ]
    told = dict(filled.findings[-1].details)
    result = done.processes[0]
    assert float(told["shown"]) == pytest.approx(result.see_direct + 500 * 0.605 / 1000, rel=1e-5)
    assert float(told["total"]) == pytest.approx(result.see_total, rel=1e-5)
    back = read(filled.data, "filled.xlsx").monitoring
    assert back is not None and back.period == data.period
    assert back.processes[0].direct_emissions_t == pytest.approx(result.direct_t, rel=1e-12)
    (wire,) = back.precursors
    assert wire.values is not None and wire.values.default_share == 1.0
    assert wire.values.see_direct == pytest.approx(3.4859)
