"""The Commission's three published examples, figure by figure, and files that are none of its workbooks."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from commission import book, codes, needs_files, overwritten, reading, template, typed

from lca.cbam.calculate import calculate
from lca.cbam.communication import compare, header, read
from lca.cbam.communication.reader import NEEDED, recognise
from lca.cbam.communication.stated import compared
from lca.cbam.monitoring import Basis
from lca.findings import has_errors

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

NAMES = ("Cement", "Steel", "Fertilizer")


@needs_files
@pytest.mark.parametrize("name", NAMES)
def test_the_examples_are_reproduced(name: str, tables: Tables) -> None:
    found = reading(name)
    assert found.version == "2.1"
    assert found.monitoring is not None and found.monitoring.basis is Basis.TRANSITIONAL
    assert not found.monitoring.meters_reconciled
    done = calculate(found.monitoring, tables)
    assert compare(found, done) == ()
    assert compared(found, done) >= 20


@needs_files
@pytest.mark.parametrize(
    ("name", "process", "see_direct", "see_indirect", "share"),
    [
        ("Cement", "P1", 0.7852147410358565, 0.12224275, 0.0),
        ("Steel", "P1", 1.001490412107485, 1.3784244289950602, 0.03520871519393244),
        ("Steel", "P2", 1.4396064877810097, 1.7314815131305727, 0.026525759701623797),
        ("Fertilizer", "P1", 0.309635112356, 0.0538767, 0.0),
    ],
)
def test_what_the_examples_publish(
    name: str, process: str, see_direct: float, see_indirect: float, share: float
) -> None:
    stated = {one.id: one for one in reading(name).stated.processes}[process]
    assert stated.see_direct == pytest.approx(see_direct, rel=1e-12)
    assert stated.see_indirect == pytest.approx(see_indirect, rel=1e-12)
    assert stated.default_share == pytest.approx(share, rel=1e-12)


@needs_files
def test_a_wrong_figure_would_be_seen(tables: Tables) -> None:
    found = reading("Fertilizer")
    assert found.monitoring is not None
    (process,) = found.stated.processes
    wrong = replace(process, see_direct=0.31, embedded_electricity_mwh=0.5)
    shown = replace(found, stated=replace(found.stated, processes=(wrong,)))
    told = {
        (one.figure, one.record): one.stated for one in compare(shown, calculate(found.monitoring, tables))
    }
    assert told == {("see_direct", "P1"): 0.31, ("embedded_electricity_mwh", "P1"): 0.5}


@needs_files
def test_what_the_steel_example_holds() -> None:
    found = reading("Steel")
    data = found.monitoring
    assert data is not None
    assert [process.category for process in data.processes] == ["crude-steel", "iron-or-steel-products"]
    assert data.processes[0].goods[0].routes[0].route == "electric-arc"
    assert [(use.origin, use.destination, use.amount) for use in data.own_uses] == [("P1", "P2", 1_227_000.0)]
    assert [(one.country, one.values.default_share) for one in data.precursors if one.values] == [
        ("ID", 0.0),
        ("JP", 0.0),
        ("IN", 0.0),
        ("CN", 1.0),
    ]
    assert data.installation.country == "US" and data.installation.latitude == 16.6911279
    assert [row.cn for row in found.products] == ["72189911", "73041100", "72191310", "72210010"]
    price = found.products[1].price
    assert price is not None and (price.instrument, price.currency) == ("Carbon Tax", "USD")
    assert codes(found.findings) == [
        "cbam-communication-price",
        "cbam-communication-amounts",
        "cbam-communication-price",
    ]


@needs_files
def test_the_cement_example_is_a_joint_process() -> None:
    data = reading("Cement").monitoring
    assert data is not None
    (process,) = data.processes
    assert (process.name, process.included) == ("Cement Bubble", ("cement-clinker",))
    assert dict(process.goods[0].parameters) == {"clinker-ratio": "95"}
    assert data.streams[2].biomass_fraction == 0.15


@needs_files
def test_a_blank_template_has_nothing_to_read() -> None:
    found = read(template(), "blank.xlsx")
    assert (found.version, found.monitoring) == ("2.1.1", None)
    assert codes(found.findings) == ["cbam-communication-period", "cbam-communication-no-process"]


def _packed(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return target.getvalue()


_SPACES = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_OTHER = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": f'<workbook {_SPACES}><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Target="a.xml"/></Relationships>',
    "xl/a.xml": f"<worksheet {_SPACES}><sheetData/></worksheet>",
}
_NAMED = "".join(f'<sheet name="{name}" sheetId="1" r:id="r1"/>' for name in NEEDED).replace("&", "&amp;")
_SHEETS = _OTHER | {"xl/workbook.xml": f"<workbook {_SPACES}><sheets>{_NAMED}</sheets></workbook>"}
_NO_STRING = (
    f'<worksheet {_SPACES}><sheetData><row><c r="A1" t="s"><v>7</v></c></row></sheetData></worksheet>'
)
_ENTITY = '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"PK\x03\x04 no archive", "file-not-workbook"),
        (_packed(_OTHER), "cbam-communication-not-template"),
        (_packed(_OTHER | {"xl/a.xml": _ENTITY}), "file-unsafe-xml"),
        (_packed(_OTHER | {"xl/_rels/workbook.xml.rels": "<Relationships/>"}), "file-unreadable"),
        (_packed(_SHEETS | {"xl/a.xml": _NO_STRING}), "file-unreadable"),
    ],
)
def test_other_files_leave_a_finding_and_nothing_else(data: bytes, code: str) -> None:
    found = read(data, "other.xlsx")
    assert (found.monitoring, found.products, found.stated.calculated) == (None, (), False)
    assert codes(found.findings) == [code]
    assert all(finding.message(language) for finding in found.findings for language in ("zh", "en"))


@needs_files
@pytest.mark.parametrize(
    ("sheet", "cells", "version", "code", "refused"),
    [
        ("B_EmInst", {"C98": 2.0}, "", "cbam-communication-other-cells", True),
        ("VersionDocumentation", {"B3": 46000.0}, "", "cbam-communication-version", False),
        ("VersionDocumentation", {"B3": 45370.0}, "2.0", "cbam-communication-unchecked", False),
        ("VersionDocumentation", {"B3": "2024-06-05"}, "2.1", "", False),
    ],
)
def test_layouts_and_versions(
    sheet: str, cells: dict[str, Any], version: str, code: str, refused: bool
) -> None:
    found, findings = recognise(overwritten(book(), sheet, cells))
    assert (found, codes(findings)) == (version, [code] if code else [])
    assert has_errors(findings) is refused


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("01.01.2025", 46022.0, []),
        ("01.01.2025", "31/12/2025", ["cbam-communication-date", "cbam-communication-period"]),
        (46022.0, 45658.0, ["cbam-communication-period"]),
        (None, 45658.0, ["cbam-communication-period"]),
    ],
)
def test_the_period_needs_both_days_in_order(start: Any, end: Any, told: list[str]) -> None:
    at = typed({"A_InstData": {"I9": start, "L9": end}})
    assert (header.period(at) is None) is bool(told)
    assert codes(at.findings) == told


def test_every_finding_has_its_sentence_and_every_sentence_its_use() -> None:
    import re
    from pathlib import Path

    from lca.findings import messages

    folder = Path(read.__code__.co_filename).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r'"(cbam-(?:communication|supplier)-[a-z0-9-]+)"', source))
    known = {code for code in messages() if code.startswith(("cbam-communication-", "cbam-supplier-"))}
    assert used == known
