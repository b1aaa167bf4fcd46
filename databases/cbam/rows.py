"""The tables as text: columns, keys, the canonical form and the digest over it.

Rules
1. A table is a CSV file in UTF-8 whose first line is exactly its columns; no cell holds a line break.
2. Its digest is SHA-256 over its lines, sorted: the order of the rows does not matter, every character does.
3. An edition of a table REPLACES it as a whole; of the tables in :data:`ADDED` its rows join the others, and one with
   the same key takes the other's place.

Example: ``digest("a,b\\n1,2\\n3,4\\n") == digest("a,b\\n3,4\\n1,2\\n")``.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence

COLUMNS = {
    "goods": "cn,sector,category,unit,gases,direct_only,taric,name_en,mark",
    "retired": "cn,successors,source,mark",
    "headings": "heading,name_zh,name_en",
    "categories": "category,sector,name_zh,name_en,precursors,joint_precursors,source,mark",
    "routes": "category,letter,route,name_zh,name_en,source,mark",
    "defaults": "country,cn,variant,total,direct,indirect,routes",
    "highest_defaults": "cn,variant,total,routes,mark",
    "benchmarks": "cn,column,route,value,from_year,to_year",
    "fuels": "key,name_zh,name_en,kind,ncv,emission_factor,locator,source,mark",
    "carbonates": "key,name_zh,name_en,emission_factor,locator,source,mark",
    "oxides": "key,name_zh,name_en,emission_factor,locator,source,mark",
    "process_materials": "key,name_zh,name_en,carbon_content,emission_factor,locator,source,mark",
    "pfc": "method,key,name_zh,name_en,cf4_factor,c2f6_fraction,locator,source,mark",
    "gwp": "gas,value,locator,source,mark",
    "reference_efficiencies": (
        "kind,category,name_zh,name_en,medium,built_from,built_to,percent,locator,source,mark"
    ),
    "national_fuels": (
        "country,key,name_zh,name_en,ncv,ncv_unit,carbon_t_per_tj,emission_factor,oxidation_factor,locator,source,mark"
    ),
    "schedule": "item,sector,from_year,to_year,value,source,mark",
    "prices": "year,quarter,week,price,published,source,mark",
    "exempt": "code,kind,name_zh,name_en,source,mark",
    "sources": "code,title,number,published,url,licence,mark",
}
"""Every table and its columns. ``-`` as a default value's total is the published dash; ``=`` as its direct part means
the total, there being no indirect part."""

KEYS = {
    "goods": ("cn",),
    "defaults": ("country", "cn", "variant"),
    "benchmarks": ("cn", "column", "route", "from_year"),
    "highest_defaults": ("cn", "variant"),
    "schedule": ("item", "sector", "from_year"),
    "prices": ("year", "quarter", "week"),
    "national_fuels": ("country", "key"),
    "retired": ("cn",),
    "headings": ("heading",),
    "categories": ("category",),
    "routes": ("category", "route"),
    "fuels": ("key",),
    "carbonates": ("key",),
    "oxides": ("key",),
    "process_materials": ("key",),
    "pfc": ("method", "key"),
    "gwp": ("gas",),
    "reference_efficiencies": ("kind", "category", "medium", "built_from"),
    "exempt": ("code",),
    "sources": ("code",),
}
"""The columns that name a row of each table."""

ADDED = frozenset({"prices", "schedule"})
"""Tables to which an edition adds rows (rule 3)."""

Row = dict[str, str]


class TableDamaged(ValueError):
    """A table does not have the columns it must have, or a row the number of cells; the text was changed by hand."""


def read(table: str, text: str) -> list[list[str]]:
    """The rows of a table without the header; raises TableDamaged."""
    rows = csv.reader(io.StringIO(text), strict=True)
    columns = COLUMNS[table].split(",")
    if next(rows, []) != columns:
        raise TableDamaged(f"{table}: the columns must be {COLUMNS[table]}")
    found = list(rows)
    wrong = [number for number, row in enumerate(found, 2) if len(row) != len(columns)]
    if wrong:
        raise TableDamaged(f"{table}: line {wrong[0]} does not have {len(columns)} cells")
    return found


def read_dicts(table: str, text: str) -> list[Row]:
    """The rows by column; raises TableDamaged."""
    columns = COLUMNS[table].split(",")
    return [dict(zip(columns, row, strict=True)) for row in read(table, text)]


def write(table: str, rows: Iterable[Sequence[str]]) -> str:
    """The text of a table, rows sorted; the inverse of :func:`read`. Line breaks in cells become blanks."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS[table].split(","))
    writer.writerows(sorted([" ".join(cell.split()) for cell in row] for row in rows))
    return stream.getvalue()


def key_of(table: str, row: Row) -> tuple[str, ...]:
    """The cells that name a row."""
    return tuple(row[column] for column in KEYS[table])


def joined(table: str, below: str, above: str) -> str:
    """Rows of ``above`` over those of ``below`` (rule 3)."""
    merged = {key_of(table, row): row for text in (below, above) for row in read_dicts(table, text)}
    return write(table, [list(row.values()) for row in merged.values()])


def digest(text: str) -> str:
    """SHA-256 over the sorted lines (rule 2), 64 hexadecimal digits."""
    lines = sorted(line for line in text.splitlines() if line)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
