"""What is named by an ID in other sheets, how a written name finds it, and how a name is written.

A name is understood, in this order: as it stands; as a place (outside, non-CBAM); whatever its case and width; as the
name of a record, where one record only has it. What stood in quotation marks is taken to the letter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lca.cbam.monitoring import NON_CBAM, OUTSIDE
from lca.cbam.workbook import words
from lca.cbam.workbook.cells import Named
from lca.cbam.workbook.layout import Column
from lca.cbam.workbook.texts import limited, quoted, written_item

PLACES = frozenset({OUTSIDE, NON_CBAM})


@dataclass(slots=True)
class Register:
    """The IDs of every sheet, each with its record's name."""

    names: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    _forms: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Mapping[str, Iterable[Mapping[str, object]]]) -> Register:
        """The register of rows by sheet."""
        made = cls()
        for sheet, records in rows.items():
            for row in records:
                if "id" in row:
                    made.names[sheet].setdefault(str(row["id"]), str(row.get("name", "")))
        return made

    def knows(self, text: str, column: Column) -> bool:
        """True when ``text`` is an ID, or a place, that the column may name."""
        return (text in PLACES and text in column.to) or any(text in self.names[one] for one in column.to)

    def resolve(self, written: Named, column: Column) -> str:
        """The ID that is meant; the text itself where none is."""
        text = written.text
        if written.literal or any(text in self.names[one] for one in column.to):
            return text
        place = words.understand("place", text)
        if place in column.to and place is not None:
            return place
        return self._index(column.to).get(words.normalise(text), text)

    def known(self, column: Column) -> list[str]:
        """Every ID that the column may name."""
        return [one for sheet in column.to for one in self.names[sheet]]

    def write(self, value: str, column: Column, language: str) -> str:
        """The text that :meth:`resolve` gives ``value`` for."""
        if any(value in self.names[one] for one in column.to):
            return limited(written_item(value))
        shown = words.label("place", value, language) if value in PLACES and value in column.to else None
        if shown is None or any(shown in self.names[one] for one in column.to):
            return limited(quoted(value))
        return shown

    def _index(self, sheets: tuple[str, ...]) -> dict[str, str]:
        """Normalised IDs, and normalised names that one record only has."""
        if sheets not in self._forms:
            pairs = [(one, name) for sheet in sheets for one, name in self.names[sheet].items()]
            ids = Counter(words.normalise(one) for one, _ in pairs)
            names = Counter(words.normalise(name) for _, name in pairs)
            by_name = {words.normalise(name): one for one, name in pairs if names[words.normalise(name)] == 1}
            by_id = {words.normalise(one): one for one, _ in pairs if ids[words.normalise(one)] == 1}
            self._forms[sheets] = {form: one for form, one in (by_name | by_id).items() if form}
        return self._forms[sheets]
