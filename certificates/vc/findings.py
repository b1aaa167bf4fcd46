"""What is wrong with a document of the world, as values; the sentences are in ``findings.toml``, in both languages.

Example: ``Finding("not-a-url", "issuer.id").sentence("en") == "issuer.id: an absolute URL is expected."``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from certificates.texts import harmless


@dataclass(frozen=True, slots=True)
class Finding:
    """A code of ``findings.toml`` and the place in the document. A ``warning`` concerns the time asked about (not yet
    or no longer valid), not the document."""

    code: str
    where: str
    warning: bool = False

    def sentence(self, language: str) -> str:
        """``place: what is wrong`` in ``zh`` or ``en``."""
        return f"{harmless(self.where or 'document')}: {_texts()[self.code][language]}"

    @property
    def kind(self) -> str:
        """The error type of W3C's specifications that fits, such as ``PROOF_VERIFICATION_ERROR``."""
        return _texts()[self.code]["type"]


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    text = resources.files("certificates.vc").joinpath("findings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
