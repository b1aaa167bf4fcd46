"""The workbook we ship: what it holds, and that the reader gives back what was written."""

import io
import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lca.bom.columns import sheets
from lca.bom.example import heat_sink
from lca.bom.measures import DIMENSIONS
from lca.bom.reader import read_workbook
from lca.bom.template import HEADER_ROW, write_template
from lca.findings import Place, Severity
from lca.inventory import Boundary, ElectricitySource, Inventory, Leg, Line, LineKind, Output, Stage


def written(inventory: Inventory | None, language: str = "zh") -> bytes:
    stream = io.BytesIO()
    write_template(stream, language, example=inventory)
    return stream.getvalue()


def placeless(inventory: Inventory) -> Inventory:
    """The inventory without what only a file gives: places and the file's hash."""
    lines = tuple(
        replace(line, place=Place(), legs=tuple(replace(leg, place=Place()) for leg in line.legs))
        for line in inventory.lines
    )
    outputs = tuple(replace(output, place=Place()) for output in inventory.outputs)
    return replace(inventory, lines=lines, outputs=outputs, workbook_sha256="")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_example_survives_the_workbook(language: str) -> None:
    reading = read_workbook(written(heat_sink(), language), "demo.xlsx")
    assert reading.findings == ()
    assert reading.inventory is not None
    assert placeless(reading.inventory) == heat_sink()
    assert reading.inventory.workbook_sha256 == reading.sha256


def test_places_name_sheet_row_cell_and_line() -> None:
    reading = read_workbook(written(heat_sink()), "demo.xlsx")
    assert reading.inventory is not None
    first = reading.inventory.lines[0]
    assert first.place == Place("清单 Inventory", HEADER_ROW + 2, f"E{HEADER_ROW + 2}", "M1")
    assert first.legs[1].place == Place("运输 Transport", HEADER_ROW + 3, f"C{HEADER_ROW + 3}", "M1")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sheets_headers_lists_and_no_formula(language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(heat_sink(), language)))
    assert book.sheetnames == [
        "说明 Guide",
        "产品 Product",
        "工序 Processes",
        "清单 Inventory",
        "运输 Transport",
    ]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    inventory = book["清单 Inventory"]
    headers = [cell.value for cell in inventory[HEADER_ROW + 1]]
    assert headers == [column.header for column in sheets()["inventory"].columns]
    assert all(" / " in header for header in headers)
    assert inventory.freeze_panes == "B4"
    lists = [rule for rule in inventory.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) == 4  # stage, kind, unit, electricity source


def test_the_same_inventory_gives_the_same_bytes() -> None:
    assert written(heat_sink()) == written(heat_sink())


def test_other_languages_are_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        write_template(io.BytesIO(), "fr")


def test_the_example_balances_and_is_plainly_a_demonstration() -> None:
    inventory = heat_sink()
    gross = {line.number: line.gross_amount for line in inventory.lines}
    assert gross["I1"] == inventory.outputs[0].amount
    assert gross["I2"] * 1000 == inventory.outputs[1].amount
    suppliers = {line.supplier for line in inventory.lines} - {""}
    assert suppliers
    assert all(name.startswith(("演示", "Demo ")) for name in suppliers)
    assert {line.kind for line in inventory.lines} >= {
        LineKind.MATERIAL,
        LineKind.PACKAGING,
        LineKind.ELECTRICITY,
        LineKind.FUEL,
        LineKind.WATER,
        LineKind.WASTE,
        LineKind.INTERMEDIATE,
    }
    assert {leg.mode for line in inventory.lines for leg in line.legs} == {"重型货车", "铁路货运", "集装箱船"}


words = st.text("铝锭ABCxyz 019._-()（）&<>'\"=+@é🙂", min_size=1, max_size=12).map(str.strip).filter(bool)
texts = st.one_of(st.just(""), words)
codes = texts.map(lambda text: unicodedata.normalize("NFKC", text))  # what others refer to is read so
amounts = st.decimals(min_value=0, max_value=10**12, places=6, allow_nan=False).filter(
    lambda d: d == 0 or d >= Decimal("1e-6")
)
positive = amounts.filter(lambda amount: amount > 0)
UNITS = {
    "mass": "kg",
    "energy": "kWh",
    "volume": "m3",
    "area": "m2",
    "length": "m",
    "count": "piece",
    "freight": "tkm",
}


@st.composite
def lines(draw: st.DrawFn, number: int, processes: list[str]) -> Line:
    kind = draw(st.sampled_from(list(LineKind)))
    unit = "kg" if kind is LineKind.INTERMEDIATE else UNITS[draw(st.sampled_from(sorted(DIMENSIONS[kind])))]
    legs = tuple(
        Leg(number=leg, mode=draw(words), distance_km=draw(amounts), origin=draw(texts), dataset=draw(codes))
        for leg in range(1, draw(st.integers(0, 3)) + 1)
    )
    return Line(
        number=f"L{number}",
        process=draw(st.sampled_from(processes)),
        stage=draw(st.sampled_from(list(Stage))),
        kind=kind,
        name=draw(words),
        amount=draw(amounts),
        unit=unit,
        loss_percent=draw(st.decimals(0, 300, places=4)),
        supplier=draw(texts),
        origin=draw(texts),
        electricity_source=draw(st.sampled_from(list(ElectricitySource)))
        if kind is LineKind.ELECTRICITY
        else None,
        dataset=draw(codes),
        from_process=draw(st.sampled_from(processes)) if kind is LineKind.INTERMEDIATE else "",
        cutoff_reason=draw(texts),
        cutoff_share=draw(st.none() | st.decimals(0, 100, places=3)),
        evidence=draw(texts),
        legs=legs,
    )


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    processes = [f"P{index}" for index in range(1, draw(st.integers(1, 3)) + 1)]
    start = draw(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
    return Inventory(
        product_name_zh=draw(words),
        product_name_en=draw(words),
        model=draw(words),
        cn_code=draw(texts),
        declared_amount=draw(positive),
        declared_unit="kg",
        mass_per_declared_unit=Decimal(1),
        period_start=start,
        period_end=start + timedelta(days=draw(st.integers(0, 800))),
        site=draw(words),
        place_code=draw(st.sampled_from(["CN-JS", "CN", "GLO", "UK"])),
        boundary=draw(st.sampled_from(list(Boundary))),
        product_process=draw(st.sampled_from(processes)),
        outputs=tuple(
            Output(process=p, name=draw(words), amount=draw(positive), unit="kg") for p in processes
        ),
        lines=tuple(draw(lines(number, processes)) for number in range(1, draw(st.integers(1, 5)) + 1)),
        remarks=draw(texts),
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(inventories(), st.sampled_from(["zh", "en"]))
def test_any_inventory_survives_the_workbook(inventory: Inventory, language: str) -> None:
    reading = read_workbook(written(inventory, language), "any.xlsx")
    errors = [finding for finding in reading.findings if finding.severity is Severity.ERROR]
    assert errors == []
    assert reading.inventory is not None
    assert placeless(reading.inventory) == inventory
    assert placeless(reading.inventory).digest() == inventory.digest()
