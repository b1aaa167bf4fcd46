"""What an installation needs is in the wheel: every file that is no module is named as package data."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("service", "lca", "databases", "certificates")


def test_every_data_file_is_package_data() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    named = {
        path
        for package, patterns in table.items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
        if path.is_file()
    }
    there = {
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".so")
    }
    assert len(there) > 50
    assert sorted(str(path.relative_to(ROOT)) for path in there - named) == []


def test_no_pattern_matches_nothing() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    empty = [
        (package, pattern)
        for package, patterns in table.items()
        for pattern in patterns
        if not any((ROOT / package.replace(".", "/")).glob(pattern))
    ]
    assert empty == []
