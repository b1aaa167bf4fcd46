"""A registry's file -> what each of its rows stands for.

Rules
1. The header is the first row, among the first :data:`HEADER_ROWS` of a sheet, that is a registry's; titles may stand
   above it. Each sheet is recognised by itself.
2. Where no sheet has a header, everything that was looked for is told. Sheets without one, beside others that have
   one, are told and not read; so are columns that nobody knows.
3. A row with more cells than the header is shifted, perhaps: it stands for nothing.

Example: ``read(File("vcus.csv", data), Choices("account"), ignore).drafts``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from certificates.ledger.problems import Problem
from certificates.ledger.registries.drafting import Choices, Draft, Line, draft
from certificates.ledger.registries.heading import Heading, Unrecognised, letters, recognise
from service.usecases.ledger.sheets import Row, Sheet, Told, Unfit, sheets, told

HEADER_ROWS = 30
TOLD_EVERY = 5_000
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class File:
    """A file as uploaded; ``registry`` is the key of one where somebody chose it."""

    filename: str
    data: bytes = field(repr=False)
    registry: str = ""


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet whose header was recognised: its registry, the row of the header, rows below, columns not used."""

    name: str
    registry: str
    header_row: int
    rows: int
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: sheets, what each row stands for, in order, and what else there is to tell."""

    sheets: tuple[SheetRead, ...]
    drafts: tuple[Draft, ...]
    notices: tuple[Problem, ...] = ()


def read(file: File, choices: Choices, progress: Progress) -> Reading:
    """Read a file (rules 1 to 3). Raises Unfit with everything that is wrong with it as a whole."""
    progress("reading", 0.0)
    found: list[SheetRead] = []
    drafts: list[Draft] = []
    notices: list[Problem] = []
    lacking: list[tuple[str, Unrecognised]] = []
    for sheet in sheets(file.filename, file.data):
        header = _header(sheet, file.registry)
        if isinstance(header, Unrecognised):
            lacking.append((sheet.name, header))
            continue
        number, heading, rows = header
        lines = [Line(sheet.name, at, texts) for at, texts in rows]
        drafts += _drafts(lines, heading, choices, progress)
        found.append(SheetRead(sheet.name, heading.registry.key, number, len(lines), heading.ignored))
        if heading.ignored:
            notices.append(Problem("table-columns-ignored", {"columns": ", ".join(heading.ignored)}))
    if not found:
        raise Unfit(*_unrecognised(lacking))
    if not drafts:
        raise Unfit(told(Problem("table-empty")))
    notices += [Problem("table-sheet-ignored", {"sheet": name}) for name, one in lacking if one.problems]
    return Reading(tuple(found), tuple(drafts), tuple(notices))


def _header(sheet: Sheet, wanted: str) -> tuple[int, Heading, list[Row]] | Unrecognised:
    """Rule 1: the header with its row's number and the rows below it."""
    rows = list(sheet.rows)
    best = Unrecognised((), -1) if not sheet.hidden else Unrecognised((Problem("table-empty"),), -1)
    for place, (number, texts) in enumerate(rows[:HEADER_ROWS]):
        found = recognise(texts, wanted)
        if isinstance(found, Heading):
            return number, found, rows[place + 1 :]
        if found.near > best.near:
            best = found
    return best


def _drafts(lines: list[Line], heading: Heading, choices: Choices, progress: Progress) -> Iterator[Draft]:
    width = heading.width
    for count, line in enumerate(lines):
        if count % TOLD_EVERY == 0:
            progress("reading", count / len(lines))
        if len(line.texts) > width and any(text.strip() for text in line.texts[width:]):
            problem = Problem("row-wider", {"count": str(width)}, f"{letters(width)}{line.number}")
            yield Draft(line.sheet, line.number, "", None, None, (problem,))
        else:
            yield draft(line, heading, choices)


def _unrecognised(lacking: list[tuple[str, Unrecognised]]) -> Iterator[Told]:
    """Rule 2: of each sheet that has rows, the row that came nearest."""
    shown = [(name, one) for name, one in lacking if one.problems]
    for name, one in shown:
        yield from (told(problem, name) for problem in one.problems)
    if not shown:
        yield told(Problem("table-empty"))
