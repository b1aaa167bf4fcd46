"""What is exported and imported again is the same release in all that counts: scores, and what may stand alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from databases.assembly.options import Options
from databases.build import import_release
from databases.content import Head
from databases.dataset import Dataset
from databases.exporters import datapackage, jsonld
from databases.release import Release


def as_datapackage(release: Release, target: Path) -> None:
    datapackage.export(release, target, "gwp100-ar5.total")


FORMATS: dict[str, Callable[[Release, Path], None]] = {"brightway": as_datapackage, "jsonld": jsonld.write}


def key(dataset: Dataset) -> tuple[object, ...]:
    """Codes change in openLCA's format, which wants UUIDs; these together name a dataset of the starter release."""
    return dataset.name_en, dataset.name_zh, dataset.place, dataset.year, dataset.boundary, dataset.locator


@pytest.mark.parametrize("form", FORMATS)
def test_the_starter_release_there_and_back(open_cn: Release, tmp_path: Path, form: str) -> None:
    FORMATS[form](open_cn, tmp_path / "export.zip")
    head = Head(name="again", version="1", licence=open_cn.licence)
    again = import_release(tmp_path / "releases", tmp_path / "export.zip", head, Options())
    before = {key(dataset): dataset for dataset in open_cn.catalogue.all()}
    after = {key(dataset): dataset for dataset in again.catalogue.all()}
    assert len(before) == len(open_cn.catalogue) == len(again.catalogue)
    assert set(before) == set(after)
    assert {name for name, item in before.items() if item.complete} == {
        name for name, item in after.items() if item.complete
    }
    assert all(before[name].gwp_set == after[name].gwp_set for name in before)
    rows = [before[name].position for name in before], [after[name].position for name in before]
    for method in open_cn.methods:
        np.testing.assert_allclose(
            again.scores(method)[rows[1]],
            open_cn.scores(method)[rows[0]],
            rtol=1e-9,
            atol=1e-12,
            err_msg=method,
        )
