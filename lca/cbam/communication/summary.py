"""A workbook that holds ``Summary_Communication`` and no more: what a supplier communicates without its operating data.

Rules
1. The sheet's labels are English in every language of the template, so cells are found by them: the installation in
   D12:G21, the products below the row of headings. Version 2.1.1 has one column more than 2.1.
2. The label "Country:" stands twice in the sheet: the first beside the city, the second beside the country's code.
3. Without a reporting period nothing is read: values without a period serve no good.
"""

from __future__ import annotations

from collections.abc import Mapping

from databases.cbam.goods import digits
from lca.cbam.communication import cells, lists
from lca.cbam.communication.book import Book
from lca.cbam.communication.header import ISO, NO_COUNTRY
from lca.cbam.communication.lists import Cell, plain
from lca.cbam.communication.model import SupplierProduct
from lca.cbam.communication.values import as_day
from lca.cbam.monitoring import Period
from lca.findings import Finding, Place

SHEET = cells.COMMUNICATION
_COLUMNS = (*"DEFGHIJKLMNOPQRSTUVWXYZ", *(f"A{letter}" for letter in "ABCDEFGHIJKLM"))
_PERCENT = {
    "% mn": "mn",
    "% cr": "cr",
    "% ni": "ni",
    "% other alloys": "other-alloys",
    "% carbon": "carbon",
    "% pre-consumer scrap": "scrap-preconsumer",
    "% non-aluminium elements": "non-aluminium",
    "clinker factor": "clinker-ratio",
    "% n contained": "n-total",
}
_SCRAP = ("t scrap per t steel", "t scrap per t aluminium")


def communicated(book: Book) -> tuple[tuple[SupplierProduct, ...], tuple[Finding, ...]]:
    """Products and a note on what was read; nothing for a workbook without the sheet or without its labels."""
    values = book.values(SHEET) if book.calculated else {}
    headings = {plain(values.get(f"{one}{cells.COMMUNICATION_HEADER}")): one for one in _COLUMNS}
    said = {plain(values.get(f"D{row}")): values.get(f"G{row}") for row in range(12, 22)}
    start, end = (as_day(said.get(f"reporting period {one}:"), book.from_1904) for one in ("start", "end"))
    if (
        "see (direct)" not in headings
        or "cn codes" not in headings
        or start is None
        or end is None
        or end < start
    ):
        return (), ()
    found = (
        _product(values, headings, said, (row, Period(start, end))) for row in cells.COMMUNICATION_ROWS.rows
    )
    made = tuple(one for one in found if one is not None)
    if not made:
        return (), ()
    return made, (Finding.warning("cbam-communication-summary-only", Place(SHEET), count=len(made)),)


def _product(
    values: Mapping[str, Cell],
    headings: Mapping[str, str],
    said: Mapping[str, Cell],
    where: tuple[int, Period],
) -> SupplierProduct | None:
    row, period = where

    def at(heading: str) -> Cell:
        column = headings.get(heading)
        return values.get(f"{column}{row}") if column else None

    def number(heading: str) -> float | None:
        value = at(heading)
        return value if isinstance(value, float) else None

    direct, cn = number("see (direct)"), _text(at("cn codes"))
    if direct is None or not cn:
        return None
    indirect, power = number("see (indirect)") or 0.0, number("embedded electricity (mwh/t)")
    country = _text(said.get("country:")).upper()
    name = next((_text(at(one)) for one in headings if one.startswith("product name")), "")
    parameters = {
        key: f"{share * 100:.10g}" for word, key in _PERCENT.items() if (share := number(word)) is not None
    }
    scrap = next((amount for word in _SCRAP if (amount := number(word)) is not None), None)
    if scrap is not None:
        parameters["scrap-t"] = f"{scrap:.10g}"
    return SupplierProduct(
        row=row,
        cn=digits(cn),
        name=name or cn,
        category=lists.lists({}).slug(at("type of aggregated good or precursor")) or "",
        route="",
        country="" if country in NO_COUNTRY else ISO.get(country, country),
        installation=_text(said.get("name of the installation (english name):")),
        unlocode=_text(said.get("unlocode:")),
        period=period,
        see_direct=direct,
        see_indirect=indirect,
        electricity_mwh=power,
        electricity_factor=indirect / power if power else None,
        electricity_source=_text(at("source for electricity ef")),
        default_share=number("share of emissions by default value") or 0.0,
        parameters=tuple(sorted(parameters.items())),
        verifier="",
    )


def _text(value: Cell) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split()) if value is not None else ""
