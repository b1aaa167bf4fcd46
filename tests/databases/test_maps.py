"""The maps in the docstrings of the packages: every module is named, in an order in which it can be read."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("databases", "databases.importers", "databases.assembly", "databases.exporters")


def named(package: str) -> list[str]:
    """The modules that the map of a package names, from top to bottom."""
    text = importlib.import_module(package).__doc__ or ""
    return re.findall(r"^    ([a-z0-9_]+) {2,}\S", text, re.MULTILINE)


def files_of(package: str, module: str) -> list[Path]:
    path = ROOT.joinpath(*package.split("."), module)
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imported(package: str, file: Path) -> Iterator[str]:
    """Modules of the package that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (
            name.split(".")[package.count(".") + 1] for name in names if name.startswith(package + ".")
        )


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_is_on_the_map_once(package: str) -> None:
    there = ROOT.joinpath(*package.split(".")).iterdir()
    modules = [path.stem for path in there if path.suffix == ".py" or (path / "__init__.py").is_file()]
    assert sorted(named(package)) == sorted(set(modules) - {"__init__"})


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_imports_one_further_down(package: str) -> None:
    order = named(package)
    ahead = [
        (module, other)
        for at, module in enumerate(order)
        for file in files_of(package, module)
        for other in imported(package, file)
        if other in order[at + 1 :]
    ]
    assert ahead == []
