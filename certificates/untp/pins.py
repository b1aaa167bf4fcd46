"""The third-party documents that labels follow, pinned by digest (``pins.toml``); this package has none of their text.

Example: ``of_file("untp.jsonld").address == "https://vocabulary.uncefact.org/untp/0.7.0/context/"``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Pin:
    """A document: name of its file, where it is published, SHA-256 of its RFC 8785 form, and its source."""

    file: str
    address: str
    canonical: str
    source: str


@cache
def documents() -> tuple[Pin, ...]:
    """Every pinned document, in the order of the file."""
    text = resources.files("certificates.untp").joinpath("pins.toml").read_text(encoding="utf-8")
    return tuple(Pin(**entry) for entry in tomllib.loads(text)["document"])


def of_file(name: str) -> Pin:
    """The document of that file name; raises KeyError."""
    return {pin.file: pin for pin in documents()}[name]
