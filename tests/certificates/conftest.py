"""Makes ``labelmaking`` (labels for tests) importable, and the published vectors readable."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def vectors():
    """Reader of a file of ``tests/vectors`` by name."""

    def read(name: str) -> Any:
        path = Path(__file__).parents[1] / "vectors" / name
        return json.loads(path.read_text(encoding="utf-8"))

    return read
