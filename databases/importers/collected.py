"""Notices of one kind that a source may give thousands of times: counted, told once, with the first examples."""

from __future__ import annotations

from databases.notices import Notice, Severity

_EXAMPLES = 5


class Collected:
    """Counts by code; :meth:`notices` gives one notice a code, in the order in which the codes were met first.

    The sentence of every code has ``{count}`` and ``{examples}``; ``where`` of the notice is the first file.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._severity: dict[str, Severity] = {}
        self._where: dict[str, str] = {}
        self._examples: dict[str, dict[str, None]] = {}

    def add(self, severity: Severity, code: str, where: str, example: str, count: int = 1) -> None:
        """Count a thing of this code; ``example`` is a few words that let a person find it."""
        self._counts[code] = self._counts.get(code, 0) + count
        self._severity.setdefault(code, severity)
        self._where.setdefault(code, where)
        examples = self._examples.setdefault(code, {})
        if len(examples) < _EXAMPLES:
            examples[example[:120]] = None

    def merge(self, other: Collected) -> None:
        """Count everything that ``other`` has counted as well."""
        for code, count in other._counts.items():
            examples = list(other._examples[code])
            self.add(other._severity[code], code, other._where[code], examples[0], count)
            for example in examples[1:]:
                self.add(other._severity[code], code, other._where[code], example, 0)

    def notices(self) -> list[Notice]:
        """One notice a code."""
        return [
            Notice(
                self._severity[code],
                code,
                self._where[code],
                (("count", str(count)), ("examples", "; ".join(self._examples[code]))),
            )
            for code, count in self._counts.items()
        ]
