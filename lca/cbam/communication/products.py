"""Sheet ``Summary_Products``: goods by CN code, with the values the workbook shows for them and what was typed.

Rules
1. A row belongs to the process whose name it holds; each row is a good of its own: a code may have several names.
2. The template asks for no amount by CN code. Where a process has one CN code its amount is the process's; where it has
   several, the amounts are not known: they stay zero and are told, to be entered before the data is used elsewhere.
3. Percentages are fractions in the cells and percent in ``Good.parameters``.
4. The template states a carbon price per unit of product and no exchange rate to the euro: it stays with the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from databases.cbam.goods import digits
from lca.cbam.communication import cells, lists
from lca.cbam.communication.model import ProductRow, StatedPrice
from lca.cbam.communication.production import route_shares, sold
from lca.cbam.communication.values import Cells
from lca.cbam.monitoring import Good, Process

SHEET = cells.PRODUCTS


def rows(at: Cells, processes: Sequence[Process]) -> tuple[ProductRow, ...]:
    """Rows that name a process or a CN code."""
    by_name = {lists.plain(process.name): process for process in processes}
    found = (_row(at, row, by_name) for row in cells.PRODUCT_ROWS.rows)
    return tuple(one for one in found if one is not None)


def _row(at: Cells, row: int, by_name: dict[str, Process]) -> ProductRow | None:
    said, cn = at.text(SHEET, f"D{row}"), digits(at.text(SHEET, f"F{row}"))
    if at.lists.nothing(said) and not cn:
        return None
    process = by_name.get(lists.plain(said))
    if process is None:
        at.tell("warning", "cbam-communication-product-process", SHEET, f"D{row}", text=said[:60])
    category = process.category if process else ""
    see = [_shown(at, f"{column}{row}") for column in "IJKMO"]
    name = at.text(SHEET, f"H{row}")
    indirect, power = see[1], see[4]
    return ProductRow(
        row=row,
        good=f"G{row - cells.PRODUCT_ROWS.first + 1}",
        process=process.id if process else "",
        process_name=said,
        category=category,
        cn=cn,
        name=name or cn,
        see_direct=see[0],
        see_indirect=indirect,
        see_total=see[2],
        default_share=see[3],
        electricity_source=str(at.book.at(SHEET, f"N{row}").value or "") if at.book.calculated else "",
        electricity_mwh=power,
        electricity_factor=indirect / power if indirect is not None and power else None,
        parameters=_parameters(at, row, category),
        price=_price(at, row),
    )


def _shown(at: Cells, cell: str) -> float | None:
    """A result the workbook shows; None in a workbook that was not calculated."""
    value = at.book.at(SHEET, cell).value if at.book.calculated else None
    return value if isinstance(value, float) and not isinstance(value, bool) else None


def _parameters(at: Cells, row: int, category: str) -> tuple[tuple[str, str], ...]:
    """Parameters by key (rule 3); nitric acid's own percentage is its concentration."""
    made: dict[str, str] = {}
    for column, key in cells.PERCENT_PARAMETERS.items():
        value = at.fraction(SHEET, f"{column}{row}")
        if value is not None:
            name = "concentration" if (key, category) == ("nitric-acid", "nitric-acid") else key
            made[name] = f"{value * 100:.10g}"
    for column, key in cells.PLAIN_PARAMETERS.items():
        said = at.text(SHEET, f"{column}{row}")
        if key == "scrap-t":
            number = at.number(SHEET, f"{column}{row}")
            said = "" if number is None else f"{number:.10g}"
        if at.lists.nothing(said):
            continue
        position = at.lists.agents.get(lists.plain(said)) if key == "reducing-agent" else None
        made[key] = lists.REDUCING_AGENTS[position] if position is not None else said
    return tuple(sorted(made.items()))


def _price(at: Cells, row: int) -> StatedPrice | None:
    instrument, currency, rebate_type = (at.text(SHEET, f"{one}{row}") for one in ("AL", "AP", "AT"))
    share, due, rebate_share, rebate = (at.number(SHEET, f"{one}{row}") for one in ("AM", "AR", "AU", "AX"))
    if at.lists.nothing(instrument) and not any((share, due, rebate_share, rebate)):
        return None
    return StatedPrice(
        instrument=instrument,
        share=share,
        currency=currency,
        due=due,
        rebate_type=rebate_type,
        rebate_share=rebate_share,
        rebate=rebate,
    )


def with_goods(at: Cells, processes: Sequence[Process], found: Sequence[ProductRow]) -> tuple[Process, ...]:
    """The processes with their goods (rules 1 and 2)."""
    return tuple(
        replace(process, goods=_goods(at, process, [row for row in found if row.process == process.id]))
        for process in processes
    )


def _goods(at: Cells, process: Process, found: Sequence[ProductRow]) -> tuple[Good, ...]:
    number = int(process.id[1:])
    routes = route_shares(at, number, process.category)
    only = len(found) == 1
    if len(found) > 1:
        at.tell(
            "note",
            "cbam-communication-amounts",
            SHEET,
            f"D{found[0].row}",
            process=process.name,
            rows=len(found),
        )
    if any(row.price for row in found):
        at.tell("note", "cbam-communication-price", SHEET, f"AL{found[0].row}", process=process.name)
    return tuple(
        Good(
            id=row.good,
            cn=row.cn,
            name=row.name,
            produced_t=(process.activity_level or 0.0) if only else 0.0,
            sold_t=sold(at, number) if only else None,
            routes=routes if only else (),
            parameters=row.parameters,
        )
        for row in found
    )
