"""The colours of the design system reach WCAG 2.2 AA in light and in dark: 4.5:1 for text, 3:1 for bars and frames."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.web import formats

SHEET = (Path(formats.__file__).parent / "static" / "tanbiao.css").read_text(encoding="utf-8")
TEXT = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink-soft", "paper"),
    ("ink-soft", "surface"),
    ("ink-soft", "sunken"),
    ("green", "paper"),
    ("green", "surface"),
    ("green", "green-wash"),
    ("ink-soft", "green-wash"),
    ("on-green", "green"),
    ("on-green", "green-deep"),
    ("good", "good-wash"),
    ("warn", "warn-wash"),
    ("bad", "bad-wash"),
    ("info", "info-wash"),
    ("bad", "surface"),
    ("ink", "good-wash"),
    ("ink", "bad-wash"),
    ("ink-soft", "good-wash"),
    ("ink-soft", "warn-wash"),
    ("ink-soft", "bad-wash"),
    ("on-band", "band"),
    ("on-band-soft", "band"),
]
SHAPES = [
    ("line-strong", "surface"),
    ("focus", "paper"),
    *((f"stage-{number}", "surface") for number in range(1, 6)),
]


def tokens(theme: str) -> dict[str, str]:
    light = SHEET[SHEET.index(":root {") : SHEET.index("@media (prefers-color-scheme: dark)")]
    chosen = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
    if theme == "dark":
        start = SHEET.index(':root[data-theme="dark"]')
        chosen |= dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", SHEET[start : SHEET.index("}", start)]))
    return chosen


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (SHAPES, 3.0)])
def test_contrast(theme, pairs, least):
    colours = tokens(theme)
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


def test_the_device_and_the_reader_get_the_same_dark():
    start = SHEET.index(':root:not([data-theme="light"])')
    device = dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", SHEET[start : SHEET.index("}", start)]))
    start = SHEET.index(':root[data-theme="dark"]')
    reader = dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", SHEET[start : SHEET.index("}", start)]))
    assert device == reader


def test_nothing_comes_from_elsewhere():
    assert not re.search(r"url\(|@import|https?://", SHEET)
