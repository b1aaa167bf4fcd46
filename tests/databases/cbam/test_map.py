"""The map in the docstring of ``databases.cbam``: every module, in an order in which it can be read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import databases.cbam

FOLDER = Path(databases.cbam.__file__).parent
ORDER = re.findall(r"^    ([a-z0-9_]+) {2,}\S", databases.cbam.__doc__ or "", re.MULTILINE)


def imported(module: str) -> set[str]:
    """Modules of the package that one imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("databases.cbam"):
            rest = str(node.module).split(".")[2:]
            found |= set(rest[:1]) if rest else {alias.name for alias in node.names}
    return found


def test_every_module_is_on_the_map_once() -> None:
    assert sorted(ORDER) == sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def test_no_module_imports_one_further_down() -> None:
    assert [(m, o) for at, m in enumerate(ORDER) for o in imported(m) & set(ORDER[at + 1 :])] == []
