"""How light a colour of a page is: 0 black, 1 white.

Rules
1. Colours are grey or red-green-blue, by the device or by one of the typesetter's two profiles. Another profile, a
   pattern or a separation could show a dark text as a pale one.
2. Light is the weighted sum of the components as they are written; that tells dark from pale, which is all it is for.
"""

from __future__ import annotations

import hashlib
from typing import Any

from certificates.pdf.document import Document
from certificates.pdf.marks import NotPlain
from certificates.pdf.objects import Reference

PROFILES = {
    "00c0f94e09127520a17dc0e1d9264b5702081d96dbdb1549ee88e3631ce42a9d": 1,
    "c56e1685d888f5edb92fe07f2750f387f8fe8e91b32ff8fb0b56bfbbb9458353": 3,
}
"""The typesetter's profiles by SHA-256, and their number of components: compact sGrey and sRGB of ICC version 4."""
_DEVICE = {"DeviceGray": 1, "DeviceRGB": 3}
_WEIGHTS = {1: (1.0,), 3: (0.2126, 0.7152, 0.0722)}


def components(document: Document, name: Any, named: Any, known: dict[int, int]) -> int:
    """The number of components of a colour space by its name, or by the resource that the name stands for;
    ``known`` are the profiles looked at before, by the number of their object.

    Raises NotPlain (rule 1), PdfUnreadable.
    """
    if named is None and name in _DEVICE:
        return _DEVICE[name]
    space = document.resolve(named)
    if not isinstance(space, list) or len(space) != 2 or document.resolve(space[0]) != "ICCBased":
        raise NotPlain("page-colour")
    if not isinstance(space[1], Reference):
        raise NotPlain("page-colour")
    number = space[1].number
    if number not in known:
        digest = hashlib.sha256(document.content(space[1])).hexdigest()
        if digest not in PROFILES:
            raise NotPlain("page-colour")
        known[number] = PROFILES[digest]
    return known[number]


def light(count: int, values: list[Any]) -> float:
    """How light a colour of so many components is (rule 2); raises NotPlain for values that are none."""
    if len(values) != count or not all(type(value) is float for value in values):
        raise NotPlain("page-colour")
    inside = (min(max(value, 0.0), 1.0) for value in values)
    return float(sum(weight * value for weight, value in zip(_WEIGHTS[count], inside, strict=True)))
