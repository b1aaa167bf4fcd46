"""Findings in the order met, and not more of one sort than anybody reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lca.findings import Finding, Place, Severity

MAX_PER_CODE = 200
"""Findings kept of one code; the rest are counted in one closing finding."""
MAX_SUGGESTIONS = 50
"""Times that the known word most like a wrong one is looked for, which takes long; the first mistakes suffice."""


@dataclass(slots=True)
class Findings:
    """At most :data:`MAX_PER_CODE` of a code; :meth:`closed` says how many more there were."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    suggestions: int = 0

    def add(self, finding: Finding) -> None:
        """Keep or count one finding."""
        self.counts[finding.severity, finding.code] += 1
        if self.counts[finding.severity, finding.code] <= MAX_PER_CODE:
            self.kept.append(finding)

    def error(self, code: str, place: Place, **details: object) -> None:
        """Add an ERROR."""
        self.add(Finding.error(code, place, **details))

    def warning(self, code: str, place: Place, **details: object) -> None:
        """Add a WARNING."""
        self.add(Finding.warning(code, place, **details))

    def note(self, code: str, place: Place, **details: object) -> None:
        """Add a NOTE."""
        self.add(Finding.note(code, place, **details))

    def suggests(self) -> bool:
        """True, MAX_SUGGESTIONS times, where a suggestion is to be looked for."""
        self.suggestions += 1
        return self.suggestions <= MAX_SUGGESTIONS

    @property
    def refused(self) -> bool:
        """True when an ERROR was added."""
        return any(severity is Severity.ERROR for severity, _ in self.counts)

    def closed(self) -> tuple[Finding, ...]:
        """All kept findings, and one for every code with more."""
        more = [
            Finding(
                severity, "more-of-the-same", Place(), (("count", str(count - MAX_PER_CODE)), ("what", code))
            )
            for (severity, code), count in self.counts.items()
            if count > MAX_PER_CODE
        ]
        return (*self.kept, *more)
