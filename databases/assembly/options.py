"""What a practitioner chooses when building a release from a source. Every choice is kept with the release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

ALLOCATIONS = ("as-file", "mass", "energy", "price")
"""How a process with several products is split: by the file's own factors, or by a property of the products."""
PROVIDERS = ("best", "strict", "split")
"""Which supplier of a product is taken where the file names none: the nearest in place and year, only one that is
unique, or all in equal shares."""
METHODS = ("climate", "all")
"""Climate change only, or every impact method that comes with bw2io as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Choices for one import; raises ValueError for a word that is none of the above.

    ``format`` names the reader instead of recognising it. ``default_place`` stands where the file names no place.
    ``called`` is what people call the file, where the copy that is read has another name.
    """

    allocation: str = "as-file"
    providers: str = "best"
    methods: str = "climate"
    format: str = ""
    default_place: str = "GLO"
    called: str = ""

    def __post_init__(self) -> None:
        for word, known in (
            (self.allocation, ALLOCATIONS),
            (self.providers, PROVIDERS),
            (self.methods, METHODS),
        ):
            if word not in known:
                raise ValueError(f"{word!r} is none of {', '.join(known)}")

    def as_dict(self) -> dict[str, str]:
        """Plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Options:
        """The inverse of :meth:`as_dict`."""
        return cls(**data)
