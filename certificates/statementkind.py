"""What is particular to one kind of signed statement; ``certificates.kinds`` is the table of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from certificates import chain, labelnumber
from certificates.envelope import Envelope
from certificates.texts import Problem

W3C = "https://www.w3.org/ns/credentials/v2"
OWN_CONTEXT = "/contexts/tanbiao-2.jsonld"
"""Path of the context that gives our own words a meaning; the file is ``certificates/contexts/tanbiao-2.jsonld``."""


@dataclass(frozen=True, slots=True)
class StatementKind:
    """What one kind of statement is called, how its credential is made, and how it is checked.

    ``noun`` names it in reports; ``path`` is the part of its address before the number; ``contexts`` come after W3C's
    and before our own; ``name`` and ``subject`` give the credential's name and subject; ``form`` finds what keeps a
    value from being such a statement, ``sums`` what does not fit in one of good form; ``evidence`` are the kinds of
    hash that its chain must hold.
    """

    noun: str
    type: str
    prefix: str
    path: str
    credential_types: tuple[str, ...]
    contexts: tuple[str, ...]
    issuer_types: tuple[str, ...]
    evidence: tuple[str, ...]
    name: Callable[[dict[str, Any]], str]
    subject: Callable[[dict[str, Any], Envelope, str], dict[str, Any]]
    form: Callable[[Any], list[Problem]]
    sums: Callable[[dict[str, Any]], list[Problem]]

    @property
    def has_code(self) -> bool:
        """True where a check code belongs to the number: labels have one, claims are public."""
        return self.prefix == labelnumber.LABEL

    def context(self, base: str) -> list[str]:
        """The contexts of its credential, in their order."""
        return [W3C, *self.contexts, base + OWN_CONTEXT]

    def address(self, statement: dict[str, Any], envelope: Envelope) -> str:
        """The credential's id, where it is looked up."""
        return envelope.address(self.path, statement["number"])

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


def both(texts: dict[str, str]) -> str:
    """A text in both languages where there is room for one: ``English / 中文``, or once where they are the same."""
    return texts["en"] if texts["en"] == texts["zh"] else f"{texts['en']} / {texts['zh']}"
