"""What the words of a credential mean: contexts by what is known of them, without processing or fetching any.

Rules
1. The first context is W3C's of credentials 2.0; the others are URLs or objects (VC Data Model 2.0, 4.3).
2. A URL that is not in ``contexts.toml``, nor ours, nor named by the caller, is refused: nobody here can say what the
   words under it mean.
3. An object may define terms, and none of the protected ones anew (5.2.1; JSON-LD 1.1, 4.1.11); what a term means is an
   absolute URL, or a word of a context before it.
4. A type is an absolute URL, or a word that a context defines; under a vocabulary every word is (4.5).

Example: ``read([W3C, {"Made": "https://example.org/#Made"}], "").knows("Made")``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from certificates.statementkind import OWN_CONTEXT, W3C
from certificates.vc.findings import Finding

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+\Z")
_OWN_TERMS = frozenset(
    {"CarbonFootprintLabel", "NeutralisationClaim", "NeutralisationStatement", "statement"}
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words that are defined; ``anything`` where there is a vocabulary for all others."""

    terms: frozenset[str]
    anything: bool

    def knows(self, name: Any) -> bool:
        """Rule 4."""
        if not isinstance(name, str) or not name:
            return False
        return name in self.terms or is_url(name) or (self.anything and is_word(name))


def is_url(value: Any) -> bool:
    """True for an absolute URL or URI of RFC 3986: a scheme and only the characters that it allows."""
    return isinstance(value, str) and len(value) <= 200_000 and _URL.match(value) is not None


def is_word(value: str) -> bool:
    """True for a word that a vocabulary may give a meaning."""
    return value != "" and not any(character in ":/ " for character in value)


def read(contexts: Any, where: str, known: Iterable[str] = ()) -> tuple[Words, list[Finding]]:
    """The words under ``contexts`` and what is wrong with them (rules 1 to 3); ``known`` are further URLs whose words
    the caller knows."""
    place = f"{where}@context"
    if not isinstance(contexts, list) or not contexts or contexts[0] != W3C:
        return Words(frozenset(), True), [Finding("context-first", place)]
    reading = _Reading(frozenset(known))
    for position, one in enumerate(contexts):
        reading.take(one, f"{place}[{position}]")
    return Words(frozenset(reading.terms), reading.anything), reading.found


def digests(url: str) -> dict[str, bytes]:
    """What is known of a context's bytes: digests by algorithm; empty where nothing is."""
    entry = _table().get(url, {})
    return {name: bytes.fromhex(entry[name]) for name in ("sha256", "sha384") if name in entry}


class _Reading:
    """Contexts one after another, as each adds to those before it."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known, self.anything = known, False
        self.terms: dict[str, Any] = {}
        self.protected: set[str] = set()
        self.found: list[Finding] = []

    def take(self, context: Any, where: str) -> None:
        if isinstance(context, dict):
            self._inline(context, where)
        elif not is_url(context):
            self.found.append(Finding("context-form", where))
        elif context.endswith(OWN_CONTEXT):
            self._add(_OWN_TERMS, protected=True)
        elif context in _table():
            entry = _table()[context]
            self.anything = self.anything or entry["vocabulary"]
            self._add(entry["terms"], protected=entry["protected"])
        elif context in self.known:
            self.anything = True
        else:
            self.found.append(Finding("context-unknown", where))

    def _add(self, terms: Iterable[str], *, protected: bool) -> None:
        for term in terms:
            self.terms[term] = None
            if protected:
                self.protected.add(term)

    def _inline(self, context: dict[str, Any], where: str) -> None:
        if "@vocab" in context:
            self.anything = is_url(context["@vocab"])
        for term, meaning in _definitions(context):
            if term in self.protected and self.terms.get(term) != meaning:
                self.found.append(Finding("context-redefines", f"{where}.{term}"))
            elif not self._means(meaning):
                self.found.append(Finding("term-not-a-url", f"{where}.{term}"))
            self.terms[term] = meaning
        if context.get("@protected") is True:
            self.protected.update(term for term, _ in _definitions(context))

    def _means(self, meaning: Any) -> bool:
        """Rule 3: null takes a meaning away, an object may leave it to the vocabulary."""
        if isinstance(meaning, dict):
            return self._means(meaning.get("@id"))
        if meaning is None or is_url(meaning):
            return True
        word = meaning if isinstance(meaning, str) else ""
        return word.startswith("@") or word in self.terms or (self.anything and is_word(word))


def _definitions(context: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((term, meaning) for term, meaning in context.items() if not term.startswith("@"))


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("certificates.vc").joinpath("contexts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
