"""What is particular to one kind of signed statement; ``certificates.kinds`` is the table of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from certificates import chain, labelnumber
from certificates.texts import Problem

_W3C = "https://www.w3.org/ns/credentials/v2"


@dataclass(frozen=True, slots=True)
class StatementKind:
    """What one kind of statement is called and how it is checked.

    ``noun`` names it in reports, ``form`` finds what keeps a value from being such a statement, ``sums`` what does not
    fit in one of good form; ``evidence`` are the kinds of hash that its chain must hold.
    """

    noun: str
    type: str
    prefix: str
    credential_type: str
    vocabulary: str
    evidence: tuple[str, ...]
    form: Callable[[Any], list[Problem]]
    sums: Callable[[dict[str, Any]], list[Problem]]

    @property
    def context(self) -> list[Any]:
        """The contexts of its credential: W3C's, then our own vocabulary."""
        return [_W3C, {"@vocab": self.vocabulary}]

    @property
    def types(self) -> list[str]:
        """The types of its credential."""
        return ["VerifiableCredential", self.credential_type]

    def problems(self, statement: Any) -> list[Problem]:
        """Everything wrong: form first, and only in good form its number, sums and chain."""
        found = self.form(statement)
        if found:
            return found
        if not labelnumber.valid(statement["number"], self.prefix):
            found.append(Problem("check-character", "number"))
        found.extend(self.sums(statement))
        broken = chain.broken_at(statement["chain"], self.evidence)
        return [*found, Problem("chain-broken", f"chain: {broken}")] if broken else found
