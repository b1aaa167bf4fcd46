"""The maps in the docstrings of packages of many modules: every module is on the map of its package, once."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from pathlib import Path

import pytest

PACKAGES = (
    "certificates.ledger",
    "certificates.ledger.claims",
    "certificates.ledger.claims.checks",
    "certificates.ledger.registries",
    "certificates.log",
    "certificates.pdf",
    "certificates.steps",
    "certificates.untp",
    "certificates.vc",
    "databases.cbam",
    "lca.cbam",
    "lca.cbam.checks",
    "lca.cbam.communication",
    "lca.cbam.obligation",
    "lca.cbam.report",
    "lca.cbam.starters",
    "lca.cbam.workbook",
    "service.usecases.cbam",
    "service.usecases.claims",
    "service.usecases.desk",
    "service.usecases.ledger",
    "service.usecases.standing",
)


def modules(folder: Path) -> set[str]:
    """Modules and packages of a folder."""
    listed = {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}
    return listed | {path.parent.name for path in folder.glob("*/__init__.py")}


@pytest.mark.parametrize("name", PACKAGES)
def test_every_module_is_on_the_map_once(name):
    package = importlib.import_module(name)
    heads = re.findall(r"^ {0,4}([a-z0-9_]+(?:, [a-z0-9_]+)*) {2,}\S", package.__doc__ or "", re.MULTILINE)
    named = Counter(one for head in heads for one in head.split(", "))
    assert named == Counter(modules(Path(str(package.__file__)).parent))
