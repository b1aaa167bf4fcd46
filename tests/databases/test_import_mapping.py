"""A mapping file there and back: written from a release's report, filled in as people do, built in, and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from databases.assembly import mapping
from databases.assembly.options import Options
from databases.assembly.report import ImportReport
from databases.build import import_release
from databases.content import Head
from databases.release import Release

NAMESPACE = "http://www.EcoInvent.org/EcoSpold01"


def exchange(
    number: int, name: str, amount: float, unit: str, group: str, category: str = "", sub: str = ""
) -> str:
    kind, value = group.split("-")
    return (
        f'<exchange number="{number}" name="{name}" unit="{unit}" meanValue="{amount}" category="{category}" '
        f'subCategory="{sub}" infrastructureProcess="false"><{kind}Group>{value}</{kind}Group></exchange>'
    )


def dataset(number: int, name: str, unit: str, *exchanges: str) -> str:
    return (
        f'<dataset number="{number}" timestamp="2020-01-01T00:00:00" generator="ours"><metaInformation>'
        f'<processInformation><referenceFunction name="{name}" amount="1" unit="{unit}" category="ours" '
        f'subCategory="ours" localName="{name}" infrastructureProcess="false" datasetRelatesToProduct="true"/>'
        f'<geography location="RNA" text="North America"/><technology text="ours"/></processInformation>'
        f"</metaInformation><flowData>{''.join(exchanges)}</flowData></dataset>"
    )


def source(folder: Path) -> Path:
    """A mill that asks for power by another name, a by-product nobody allocated, and a gas only people know."""
    text = "".join(
        (
            f'<?xml version="1.0" encoding="UTF-8"?><ecoSpold xmlns="{NAMESPACE}">',
            dataset(
                1,
                "Power, at plant",
                "kWh",
                exchange(10, "Power, at plant", 1, "kWh", "output-0"),
                exchange(11, "Carbon dioxide, fossil", 0.5, "kg", "output-4", "air", "unspecified"),
            ),
            dataset(
                2,
                "Flour, at mill",
                "kg",
                exchange(20, "Flour, at mill", 3, "kg", "output-0"),
                exchange(21, "Bran, at mill", 1, "kg", "output-2"),
                exchange(22, "Electric energy", 4, "kWh", "input-5"),
                exchange(23, "Marsh vapour", 1, "kg", "output-4", "air", "unspecified"),
            ),
            dataset(
                3,
                "Feed, at farm",
                "kg",
                exchange(30, "Feed, at farm", 1, "kg", "output-0"),
                exchange(21, "Bran, at mill", 1, "kg", "input-5"),
                exchange(32, "Sacks", 2, "kg", "input-5"),
            ),
            "</ecoSpold>",
        )
    )
    path = folder / "mill.xml"
    path.write_text(text, encoding="utf-8")
    return path


def build(folder: Path, version: str, filled: Path | None = None) -> Release:
    head = Head(name="mill", version=version, licence="ours")
    return import_release(folder / "releases", source(folder), head, Options(), mapping=filled)


def score(release: Release, name: str) -> float:
    (found,) = [item for item in release.catalogue.all() if item.name_en.endswith(name)]
    return float(release.scores("gwp100-ar6.total")[found.position])


def fill(path: Path, sheet: str, row_of: str, **cells: Any) -> None:
    """Write into the columns with these headers, in the row in which ``row_of`` stands."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    rows = list(page.iter_rows())
    row = next(row for row in rows if any(cell.value == row_of for cell in row))
    for title, value in cells.items():
        wanted = title.replace("_", " ")
        column = next(cell.column for line in rows for cell in line if cell.value == wanted)
        page.cell(row[0].row, column, value)
    book.save(path)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return build(tmp_path_factory.mktemp("first"), "1")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_people_fill_in_mends_the_next_release(first: Release, tmp_path: Path, language: str) -> None:
    report = ImportReport.from_dict(first.report())
    assert {(item.name, item.reason) for item in report.unlinked} == {
        ("Electric energy", "no-supplier"),
        ("Bran, at mill", "unallocated-co-product"),
        ("Sacks", "no-supplier"),
    }
    assert score(first, "Flour, at mill") == 0.0

    path = tmp_path / "mapping.xlsx"
    mapping.write_for(first, path, language)
    fill_headers = (
        {"dataset_code": "1", "factor": 1.0} if language == "en" else {"数据集代码": "1", "换算系数": 1.0}
    )
    fill(path, "Links", "Electric energy", **fill_headers)
    fill(
        path,
        "Links",
        "Sacks",
        **({"cut_off": "below 1 %"} if language == "en" else {"取舍原因": "below 1 %"}),
    )
    share = "share" if language == "en" else "填写份额"
    fill(path, "Allocation", "Flour, at mill", **{share: 0.9})
    fill(path, "Allocation", "Bran, at mill", **{share: 0.1})
    gas = next(item.code for item in report.uncharacterised if item.name == "Marsh vapour")
    fill(
        path,
        "Flows",
        gas,
        **({"flow_code": "ch4-biogenic"} if language == "en" else {"气候流代码": "ch4-biogenic"}),
    )

    second = build(tmp_path, "2", path)
    mended = ImportReport.from_dict(second.report())
    assert mended.check() == []
    assert mended.unlinked == ()
    assert [(item.name, item.reason) for item in mended.cut_off] == [("Sacks", "cut-off-by-mapping")]
    assert [item.rule for item in mended.allocations] == ["mapping"]
    whole = 4 * 0.5 + 27.0  # 4 kWh of power and 1 kg of biogenic methane by IPCC 2021
    assert score(second, "Flour, at mill") == pytest.approx(0.9 * whole / 3)
    assert score(second, "Bran, at mill") == pytest.approx(0.1 * whole)
    assert score(second, "Feed, at farm") == pytest.approx(0.1 * whole)

    # What was mended is kept with the release and stands in the next mapping file again.
    again = tmp_path / "again.xlsx"
    mapping.write_for(second, again, language)
    assert mapping.read_mapping(again).links == mapping.read_mapping(path).links
    assert second.manifest["origin"]["mapping_sha256"] != first.manifest["origin"]["mapping_sha256"]
