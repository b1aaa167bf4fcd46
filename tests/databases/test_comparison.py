"""Two releases side by side: successors by code or by what is told of them, and thousands of studies at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from contentmaking import SOURCE, dataset, exchanges, flow, method
from hypothesis import given
from hypothesis import strategies as st

from databases.comparison import Rows, compare, relative_change, rescore, successors
from databases.content import BIOSPHERE, Content, Head
from databases.dataset import Dataset
from databases.publish import write_release
from databases.release import Release, open_release

METHOD = "gwp100-ar6.total"


def release(folder: Path, version: str, scores: dict[str, float], *, unit: str = "kgCO2e") -> Release:
    """Datasets that emit what they score; a code may carry name, unit and place: ``a|name|unit|place``."""
    datasets, rows = [], []
    for position, (words, score) in enumerate(sorted(scores.items())):
        code, name, amount_unit, place = (*words.split("|"), "", "", "")[:4]
        values = {"name_en": name or code, "name_zh": "", "unit": amount_unit or "kg", "place": place or "CN"}
        datasets.append(dataset(position, code, **values))
        rows.append((position, 0, BIOSPHERE, score))
    total = method(METHOD, [1.0], "AR6", "total")
    object.__setattr__(total, "unit", unit)
    content = Content(datasets, [flow("co2")], [SOURCE], exchanges(rows), [total])
    head = Head(name="made", version=version, licence="CC0")
    write_release(folder / head.identifier, head, content, lambda *_: None)
    return open_release(folder / head.identifier)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Release, Release]:
    old = {"a": 2.0, "b": 0.0, "c|Cement": 1.0, "d": 4.0, "e|Energy|kWh": 5.0, "f|Twin": 1.0, "g|Twin": 2.0}
    new = {
        "a": 3.0,
        "b": 1.0,
        "c2|cement ": 0.5,
        "e|Energy|MJ": 9.0,
        "h|Twin": 1.0,
        "i|Dust|kg": 8.0,
    }
    return release(tmp_path, "1", old), release(tmp_path, "2", new)


def codes(opened: Release, positions: np.ndarray) -> list[str]:
    return [opened.catalogue.by_position(int(position)).code for position in positions]


def test_every_dataset_is_told_of(pair: tuple[Release, Release]) -> None:
    old, new = pair
    found = compare(old, new, METHOD)
    assert codes(old, found.old) == ["a", "b", "c"]
    assert codes(new, found.new) == ["a", "b", "c2"], "the third by name, unit and place"
    assert found.before.tolist() == [2.0, 0.0, 1.0]
    assert found.after.tolist() == [3.0, 1.0, 0.5]
    assert found.change.tolist() == [0.5, np.inf, -0.5]
    assert codes(old, found.only_old) == ["d", "e", "f", "g"], "another unit, and two of one name"
    assert codes(new, found.only_new) == ["e", "h", "i"]
    assert found.beyond(0.4).tolist() == [1, 0, 2]
    assert found.beyond(0.5).tolist() == [1]


def test_a_release_compared_with_itself_changes_nothing(open_cn: Release) -> None:
    found = compare(open_cn, open_cn, METHOD)
    assert not found.change.any()
    assert len(found.old) == len(open_cn.catalogue)
    assert not len(found.only_old) and not len(found.only_new)
    assert not len(found.beyond(0.0))


def test_a_method_that_one_lacks_is_refused(pair: tuple[Release, Release], tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        compare(*pair, "gwp20-ar6.total")
    other = release(tmp_path, "3", {"a": 1.0}, unit="gCO2e")
    with pytest.raises(ValueError, match="another unit"):
        compare(pair[0], other, METHOD)


def test_studies_are_scored_again_at_once(pair: tuple[Release, Release]) -> None:
    """Study 0 takes 2 a and 4 c; study 1 takes d, which is gone, twice; study 2 takes none of it; 3 is empty."""
    rows = Rows(
        indptr=np.array([0, 2, 5, 6, 6]),
        positions=np.array([0, 2, 3, 0, 3, 3]),
        amounts=np.array([2.0, 4.0, 1.0, 1.0, 1.0, 0.0]),
    )
    found = rescore(rows, compare(*pair, METHOD))
    assert found.before.tolist() == [8.0, 10.0, 0.0, 0.0]
    assert found.after[[0, 2, 3]].tolist() == [8.0, 0.0, 0.0]
    assert np.isnan(found.after[1]) and np.isnan(found.change[1])
    assert found.change[[0, 2, 3]].tolist() == [0.0, 0.0, 0.0]
    assert found.missing == {1: (3,)}


@pytest.mark.parametrize("position", [-1, 7])
def test_a_position_that_is_none_is_refused(pair: tuple[Release, Release], position: int) -> None:
    rows = Rows(np.array([0, 1]), np.array([position]), np.array([1.0]))
    with pytest.raises(ValueError, match="position"):
        rescore(rows, compare(*pair, METHOD))


@given(st.lists(st.lists(st.tuples(st.integers(0, 2), st.floats(-1e6, 1e6)), max_size=6), max_size=8))
def test_the_product_equals_the_sums(studies: list[list[tuple[int, float]]]) -> None:
    before, after = np.array([2.0, 0.0, 1.0]), np.array([3.0, 1.0, 0.5])
    from databases.comparison import Comparison

    index = np.arange(3)
    none = np.array([], dtype=np.int64)
    change = relative_change(before, after)
    made = Comparison(METHOD, index, index, before, after, change, index, none, none, before, after)
    flat = [entry for study in studies for entry in study]
    rows = Rows(
        np.cumsum([0, *(len(study) for study in studies)]),
        np.array([position for position, _ in flat], dtype=np.int64),
        np.array([amount for _, amount in flat], dtype=np.float64),
    )
    found = rescore(rows, made)
    for study, old, new in zip(studies, found.before, found.after, strict=True):
        assert old == pytest.approx(sum(a * before[p] for p, a in study), abs=1e-6)
        assert new == pytest.approx(sum(a * after[p] for p, a in study), abs=1e-6)
    assert found.missing == {}


def test_names_match_only_where_they_are_unique_on_both_sides() -> None:
    def made(code: str, position: int, **values: object) -> Dataset:
        return dataset(position, code, **({"name_en": "Same", "name_zh": ""} | values))

    assert successors([made("a", 0)], [made("b", 0)]).tolist() == [0]
    assert successors([made("a", 0)], [made("b", 0), made("c", 1)]).tolist() == [-1]
    assert successors([made("a", 0), made("b", 1)], [made("c", 0)]).tolist() == [-1, -1]
    for different in ({"place": "JP"}, {"unit": "t"}, {"name_en": "Other"}, {"synonyms": "steel; x"}):
        assert successors([made("a", 0)], [made("b", 0, **different)]).tolist() == [-1]
    both = [made("a", 0), made("b", 1)]
    assert successors(both, [made("b", 0), made("c", 1)]).tolist() == [1, 0], (
        "codes first, then the free names"
    )


def test_change_of_what_is_not_a_number() -> None:
    before = np.array([0.0, 0.0, 0.0, -2.0, np.nan, 1.0])
    after = np.array([0.0, 1.0, -1.0, -3.0, 1.0, np.nan])
    expected = [0.0, np.inf, -np.inf, -0.5, np.nan, np.nan]
    np.testing.assert_array_equal(relative_change(before, after), expected)
