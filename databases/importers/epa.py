"""US EPA: the GHG Emission Factors Hub (one sheet, twelve tables below each other) and the Supply Chain factors.

Rules
1. The tables are found by their heads ("Table 1" … in a cell by itself), never by fixed rows; each is read by
   :mod:`databases.importers.epa_tables`. Every row is used by one dataset or more, or left with a reason.
2. Customary units become ours by exact ratios: lb, short ton, mile, US gallon, cubic foot; mmBtu by the
   International Table Btu. The number, its unit and the rule stay with the exchange.
3. Waste factors (table 9) rest on AR4, as their note says; Supply Chain factors v1.2 (2021 USD) rest on AR4, v1.3
   (2022 USD) on AR5, as their model specifications say. AR4 figures are kept as CO2e on the AR5 basis, marked as
   assumed, and told.
4. GWP values (table 11) are no datasets; they are compared with our AR5 factors, and a difference is told.

Sources: GHG Emission Factors Hub (February 2024); Supply Chain GHG Emission Factors by NAICS-6 v1.2 and v1.3 with the
specifications USEEIOv2.1.19-GHG (indicator GWP-AR4-100) and USEEIOv2.2.22-GHG (AR5-100).
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from databases.importers import epa_tables, texts, workbooks
from databases.importers.factors import emission, flows_of, product
from databases.importers.shape import Extract, Process, Row
from databases.importers.sources import SourceFiles
from databases.notices import Notice, refused

_TITLE = "Emission Factors for Greenhouse Gas Inventories"
_TABLE = re.compile(r"Table (\d{1,2})")
_DATE = re.compile(r"Last Modified:\s*\w+ \d{1,2}, (20\d\d)")
_CHAIN_UNIT = re.compile(r"kg CO2e/(20\d\d) USD, purchaser price")
_CHAIN_BASIS = {"2021": ("v1.2", "AR4"), "2022": ("v1.3", "AR5")}
"""Dollar year -> (version, assessment report of its GWP100), rule 3."""


def detects(files: SourceFiles) -> bool:
    """True for either document, by its own words."""
    found = workbooks.glance(files)
    if found is None:
        return False
    data = found[1]
    if workbooks.is_workbook(data):
        return workbooks.mentions(data, _TITLE, "Stationary Combustion")
    return _is_chain(texts.head(data).split("\n", 1)[0])


def read(files: SourceFiles, work: Path) -> Extract:  # noqa: ARG001 - the signature of every reader
    """Every dataset of the document, and what became of every row. Raises SourceRefused."""
    found = workbooks.single(files)
    if found is None:
        raise refused("table-one-file", files.title)
    name, data = found
    extract = _hub(data, name) if workbooks.is_workbook(data) else _chain(data, name)
    if not extract.processes:
        raise refused("table-nothing", name)
    extract.flows = flows_of(extract.processes)
    return extract


def _hub(data: bytes, name: str) -> Extract:
    pages = [page for page in workbooks.sheets(data, name) if _is_hub(page)]
    if len(pages) != 1:
        raise refused("table-several" if pages else "epa-no-table", name, what=_TITLE)
    page = pages[0]
    year = _year(page)
    extract = Extract("epa-hub", "tanbiao", head=_hub_head(year))
    number = 0
    reader: epa_tables.Table | None = None
    for row, values in page.rows:
        where = f"{page.name}!{row}"
        cells = ["" if value is None else texts_of(value) for value in values]
        second = cells[1] if len(cells) > 1 else ""
        if (start := _TABLE.fullmatch(second)) is not None:
            number = int(start[1])
            reader = epa_tables.table(number, year)
            if reader is None:
                extract.notices.append(Notice.warning("epa-table-unknown", where, number=number))
            extract.rows.append(Row(where, left="row-heading"))
        elif reader is None:
            extract.rows.append(Row(where, left="epa-table-unknown" if number else "row-text"))
        else:
            _take(extract, reader, where, cells)
    if any(process.get("gwp_set assumed") for process in extract.processes):
        extract.notices.append(Notice.warning("epa-basis-ar4", f"{page.name}: Table 9"))
    return extract


def texts_of(value: Any) -> str:
    """A cell as text: numbers as they show (``0.1``), line breaks and hard spaces as one blank."""
    text = repr(value) if isinstance(value, float) else str(value)
    return " ".join(text.split())


def _take(extract: Extract, reader: epa_tables.Table, where: str, cells: list[str]) -> None:
    taken = reader.take(where, cells)
    extract.notices.extend(taken.notices)
    extract.processes.extend(taken.processes)
    used = " ".join(process["code"] for process in taken.processes)
    extract.rows.append(Row(where, used=used) if used else Row(where, left=taken.left))


def _is_hub(page: workbooks.Sheet) -> bool:
    return any(_TITLE in values for _, values in page.rows[:10])


def _year(page: workbooks.Sheet) -> int:
    for _, values in page.rows[:20]:
        for value in values:
            if isinstance(value, str) and (found := _DATE.search(value)):
                return int(found[1])
    return 2024


def _hub_head(year: int) -> dict[str, str]:
    return {
        "name": f"epa-hub-{year}",
        "version": str(year),
        "title": f"GHG Emission Factors Hub {year}",
        "issuer": "United States Environmental Protection Agency",
        "licence": "Public domain (United States federal government)",
        "published": str(year),
        "url": "https://www.epa.gov/climateleadership/ghg-emission-factors-hub",
    }


def _is_chain(line: str) -> bool:
    return all(word in line for word in ("NAICS", "Supply Chain Emission Factors with Margins", "GHG"))


def _chain(data: bytes, name: str) -> Extract:
    text, _ = texts.decode(data, name)
    rows = texts.rows(text, ",", name)
    if not rows or not _is_chain(",".join(rows[0])):
        raise refused("epa-no-table", name)
    heads = [re.sub(r"\s*2017\s*", "", head) for head in rows[0]]
    wanted = (
        "NAICS Code",
        "NAICS Title",
        "GHG",
        "Unit",
        "Supply Chain Emission Factors without Margins",
        "Margins of Supply Chain Emission Factors",
        "Supply Chain Emission Factors with Margins",
    )
    columns = [_column(heads, head, name) for head in wanted]
    extract = Extract("epa-supply-chain", "tanbiao", rows=[Row(f"{name}:1", left="row-heading")])
    seen: set[str] = set()
    for number, cells in enumerate(rows[1:], 2):
        where = f"{name}:{number}"
        row = [cells[column] if column < len(cells) else "" for column in columns]
        extract.rows.append(_chain_row(extract, where, row, seen))
    return extract


def _column(heads: list[str], head: str, name: str) -> int:
    squeezed = [re.sub(r"\s+", "", one) for one in heads]
    try:
        return squeezed.index(re.sub(r"\s+", "", head))
    except ValueError:
        raise refused("epa-no-table", name) from None


def _chain_row(extract: Extract, where: str, row: list[str], seen: set[str]) -> Row:
    naics, _, gas, unit, without, margins, with_margins = row
    if not any(row):
        return Row(where, left="row-blank")
    dollars = _CHAIN_UNIT.fullmatch(unit)
    if gas != "All GHGs" or dollars is None:
        return Row(where, left="epa-unit-unknown")
    value = texts.exact(with_margins)
    if value is None:
        return Row(where, left="row-not-a-number" if with_margins else "row-no-factor")
    year = dollars[1]
    version, basis = _CHAIN_BASIS.get(year, ("", ""))
    code = f"epa-supply-chain-{year}-{naics}".lower()
    if code in seen:
        return Row(where, left="row-repeated")
    seen.add(code)
    if not extract.head:
        extract.head = _chain_head(version, year)
        extract.notices.append(_basis_notice(where, version, basis, year))
    parts = (texts.exact(without), texts.exact(margins))
    if None not in parts and abs(value - sum(part for part in parts if part is not None)) > Fraction(
        "0.0016"
    ):
        extract.notices.append(Notice.warning("epa-margins-differ", where, value=with_margins))
    process = _chain_process(where, row, value, year)
    process |= {"code": code, "source": extract.head["title"]}
    extract.processes.append(process)
    return Row(where, used=code)


def _chain_process(where: str, row: list[str], value: Decimal, year: str) -> Process:
    naics, title, _, unit, without, margins, _ = row
    basis = _CHAIN_BASIS.get(year, ("", ""))[1]
    label = f"{title}, with margins"
    locator = f"NAICS {naics} > Supply Chain Emission Factors with Margins"
    return {
        "name": f"{label}, US, {year} USD",
        "name zh": f"美国供应链支出因子：{title}，{year} 美元购买者价格",
        "reference product": label,
        "unit": f"USD{year}",
        "location": "US",
        "type": "process",
        "filename": where,
        "year": int(year),
        "kind": "material",
        "group": "spend-based",
        "boundary": "cradle-to-gate",
        "classifications": ["NAICS 2017", naics],
        "certainty": "P",
        "locator": locator,
        "gwp_set": "AR5",
        "gwp_set assumed": basis != "AR5",
        "comment": (
            f"Cradle to point of sale, per US dollar of {year} at purchaser price; input-output model, an "
            f"average of an industry. GWP100 of {basis or 'a report that is not named'}; without margins "
            f"{without}, margins {margins}"
        ),
        "exchanges": [
            product(label, f"USD{year}"),
            emission(
                "co2e-ar5", value, unit, Fraction(1), f"CO2e only, {basis or 'basis not named'}", locator
            ),
        ],
    }


def _basis_notice(where: str, version: str, basis: str, year: str) -> Notice:
    if basis == "AR5":
        return Notice.note("epa-chain-ar5", where, version=version)
    if basis:
        return Notice.warning("epa-chain-ar4", where, version=version)
    return Notice.warning("epa-chain-basis-unknown", where, year=year)


def _chain_head(version: str, year: str) -> dict[str, str]:
    return {
        "name": f"epa-supply-chain-{year}",
        "version": version.removeprefix("v") or year,
        "title": f"Supply Chain Greenhouse Gas Emission Factors {version} by NAICS-6, {year} USD".replace(
            "  ", " "
        ),
        "issuer": "United States Environmental Protection Agency",
        "licence": "Public domain (United States federal government)",
        "published": "",
        "url": "https://catalog.data.gov/dataset/?q=supply+chain+greenhouse+gas+emission+factors",
    }
