"""The text of a document's pages, and whether a sentence that must be printed stands there (``steps.printed``).

Rules
1. White space and what cannot be seen do not count: a text is compared without them, in Unicode NFC.
2. A figure (a number, date, code) stands whole: it is not torn over places that do not touch, and no digit touches it.
3. Where a name goes with a figure, they stand together to the eye, too: in one line, or one above the other.
4. A long text may go on on the next page, from the beginning of a line.
5. The mark 〓 stands for one letter that the printed fonts do not have; for letters and digits of everyday use it does
   not.

Example: ``Sheet(read(document)).find(Phrase("total", ("", ""), (Figure("12.35"), "kgCO2e/1kg")))``.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from certificates.pdf.text import Line, Printed

MISSING = "〓"
_LONG = 26
"""A text without spaces that is longer may be broken anywhere (the drawing does so)."""
_PARAGRAPH, _HEAD, _TRIES = 60, 12, 64
"""A text so long may take two pages; so much of it begins a line; so many lines are tried."""
_NUMERIC = set("0123456789.,-\N{MINUS SIGN}")


class Figure(str):
    """A text that stands whole (rule 2)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """What must be printed for a ``field`` of the statement: a ``name`` and texts, in this order.

    ``where`` says where the first text stands to the eye: ``beside`` the name, ``above`` or ``under`` it, ``near``
    for either of beside and under, or empty where it does not matter. For ``above`` the texts come before the name.
    """

    field: str
    name: str
    texts: tuple[str, ...]
    where: str = ""


def bare(text: str) -> str:
    """Rule 1."""
    normal = unicodedata.normalize("NFC", text)
    return "".join(
        one for one in normal if not one.isspace() and unicodedata.category(one) not in ("Cf", "Cc")
    )


class Sheet:
    """All pages as one text; ``lines`` are those of the reader."""

    def __init__(self, printed: Printed) -> None:
        self.lines = printed.lines
        self._starts: list[int] = []
        self._parts = [bare(line.text) for line in printed.lines]
        length = 0
        for part in self._parts:
            self._starts.append(length)
            length += len(part)
        self.text = "".join(self._parts)
        self._edges = set(self._starts) | {length}
        self._gaps = MISSING in self.text

    def rows(self) -> Iterator[str]:
        """The lines, those joined by a space that follow each other closely on one level."""
        row, last = "", None
        for line in self.lines:
            if last is not None and _close(last, line):
                row += " " + line.text
            else:
                if row:
                    yield row
                row = line.text
            last = line
        if row:
            yield row

    def places(self, text: str) -> list[int]:
        """Where a text stands."""
        sought, found = bare(text), []
        place = self.text.find(sought) if sought else -1
        while place >= 0:
            found.append(place)
            place = self.text.find(sought, place + 1)
        return found

    def found(self, phrase: Phrase) -> list[int]:
        """Where the name of a phrase stands with its texts; where the phrase begins when it has none."""
        texts = [(bare(text), isinstance(text, Figure)) for text in phrase.texts]
        name = bare(phrase.name)
        good = self._complete(phrase.where, name, texts)
        whole = "".join(text for text, _ in texts)
        if phrase.where == "above" or len(whole) < _PARAGRAPH or any(figure for _, figure in texts):
            return good
        return good + self._torn(name, whole, set(good))

    def _complete(self, where: str, name: str, texts: list[tuple[str, bool]]) -> list[int]:
        """Where a name and its texts stand in one piece."""
        order = [*texts, (name, False)] if where == "above" else [(name, False), *texts]
        starts = list(accumulate((len(text) for text, _ in order), initial=0))
        named, first = (starts[-2], 0) if where == "above" else (0, starts[1])
        good = []
        for place in self._matches("".join(text for text, _ in order), name):
            whole = all(
                self._whole(place + start, place + start + len(text))
                for (text, figure), start in zip(order, starts, strict=False)
                if figure
            )
            if whole and self._stands(where, (place + named, len(name)), place + first):
                good.append(place + named)
        return good

    def begins_line(self, place: int) -> bool:
        """True where a line begins or ends."""
        return place in self._edges

    def _torn(self, name: str, text: str, good: set[int]) -> list[int]:
        """Rule 4: where the name stands (without a name, the text begins a line) and the text follows over several
        pages; ``good`` are the places known already."""
        if good and not name:
            return []
        places = self.places(name) if name else self._starts
        starts = [
            start
            for start in places
            if start not in good and self.text.startswith(name + text[:_HEAD], start)
        ]
        return [start for start in starts[:_TRIES] if self._goes_on(start + len(name), text)]

    def _goes_on(self, place: int, text: str) -> bool:
        """True when the text stands from ``place`` on, where need be continued on the pages after."""
        index, page = self._line(place), self.lines[self._line(place)].page
        if self._starts[index] != place:
            return False
        read = 0
        for line, part in zip(self.lines[index:], self._parts[index:], strict=True):
            if read == len(text):
                break
            fits = len(part) > 0 and text.startswith(part, read)
            if fits and line.page in (page, page + 1):
                read, page = read + len(part), line.page
            elif line.page > page + 1:
                return False
        return read == len(text)

    def _matches(self, text: str, name: str) -> list[int]:
        if not self._gaps:
            return self.places(text)
        pattern = "".join(_letter(one) for one in text) if text != name else re.escape(text)
        return [match.start() for match in re.finditer(f"(?={pattern})", self.text)]

    def _whole(self, start: int, end: int) -> bool:
        """Rule 2."""
        if end - start <= _LONG and bisect_right(self._starts, end - 1) != bisect_right(self._starts, start):
            return False
        before, after = self.text[start - 1 : start], self.text[end : end + 2]
        left = start in self._edges or before not in _NUMERIC
        right = end in self._edges or not (after[:1].isdigit() or (after[:1] in ".," and after[1:].isdigit()))
        return left and right

    def _stands(self, where: str, name: tuple[int, int], first: int) -> bool:
        """Rule 3."""
        if not where:
            return True
        start, length = name
        named = self.lines[self._line(start) : self._line(start + length - 1) + 1]
        value = self.lines[self._line(first)]
        size = max(line.size for line in named)
        if any(line.page != value.page for line in named):
            return False
        highest, lowest = max(line.base for line in named), min(line.base for line in named)
        if where == "beside":
            return lowest - size <= value.base <= highest + size and value.left >= named[0].left
        near = 6 * max(size, value.size)
        if where == "near":
            return lowest - near < value.base <= highest + size
        return (
            highest < value.base < highest + near if where == "above" else lowest - near < value.base < lowest
        )

    def _line(self, place: int) -> int:
        """The line that holds a place of the text."""
        return bisect_right(self._starts, place) - 1


def _close(one: Line, other: Line) -> bool:
    size = min(one.size, other.size)
    level = one.page == other.page and abs(one.base - other.base) < 0.35 * max(one.size, other.size)
    return level and 0 <= other.left - one.right < 2 * size


def _letter(one: str) -> str:
    """Rule 5."""
    everyday = one.isascii() or "\u4e00" <= one <= "\u9fa5" or "\u00a0" <= one <= "\u00ff"
    return re.escape(one) if everyday else f"[{re.escape(one)}{MISSING}]"
