"""Whatever is done to a valid file, reading it ends in an extract or in a refusal with a sentence."""

from __future__ import annotations

import math
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from ecospoldmaking import ONE, TWO, OtherFormat, read_text
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from databases.importers.shape import Extract
from databases.notices import SourceRefused

FIXTURES = {"ecospold1": ONE, "ecospold2": TWO}
VALUES = st.sampled_from(
    ["", "0", "-1", "NaN", "INF", "1e999", "much", "１", "9" * 400, "2100-99-99", "\u202e", "a" * 300]
)


def outcome(data: bytes, word: str) -> Extract | None:
    """What reading gives; None for a refusal, and where the change reached the root so that the format is another."""
    with tempfile.TemporaryDirectory() as folder, suppress(SourceRefused, OtherFormat):
        return read_text(data, Path(folder), word)
    return None


def sound(extract: Extract) -> None:
    """The shape that every reader promises."""
    codes = [process["code"] for process in extract.processes]
    assert len(set(codes)) == len(codes)
    flows = {flow["code"] for flow in extract.flows}
    for process in extract.processes:
        assert process["code"]
        assert all(
            isinstance(process[key], str)
            for key in ("name", "reference product", "unit", "location", "filename")
        )
        for item in process["exchanges"]:
            assert item["type"] in ("production", "technosphere", "substitution", "biosphere")
            assert isinstance(item["amount"], float)
            assert math.isfinite(item["amount"]) or "published" in item
            assert item["type"] != "biosphere" or item["flow"] in flows
    for notice in extract.notices:
        assert notice.message("zh")


@pytest.mark.parametrize("word", FIXTURES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_bytes_changed_at_random(word: str, data: st.DataObject) -> None:
    changed = bytearray(FIXTURES[word].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        length = data.draw(st.integers(0, 40))
        changed[at : at + length] = data.draw(st.binary(max_size=12))
        if not changed:
            break
    if found := outcome(bytes(changed), word):
        sound(found)


@pytest.mark.parametrize("word", FIXTURES)
@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_elements_and_attributes_changed_at_random(word: str, data: st.DataObject) -> None:
    root = etree.fromstring(FIXTURES[word].encode())
    for _ in range(data.draw(st.integers(1, 5))):
        elements = [item for item in root.iter() if isinstance(item.tag, str) and item is not root]
        if not elements:
            break
        element = data.draw(st.sampled_from(elements))
        parent = element.getparent()
        match data.draw(st.sampled_from(["remove", "double", "move", "rename", "text", "attribute", "drop"])):
            case "remove":
                parent.remove(element)
            case "double":
                parent.append(etree.fromstring(etree.tostring(element)))
            case "move":
                root.append(element)
            case "rename":
                element.tag = data.draw(st.sampled_from(elements)).tag
            case "text":
                element.text = data.draw(VALUES)
            case "attribute" if element.attrib:
                element.set(data.draw(st.sampled_from(list(element.attrib))), data.draw(VALUES))
            case "drop" if element.attrib:
                del element.attrib[data.draw(st.sampled_from(list(element.attrib)))]
    if found := outcome(etree.tostring(root), word):
        sound(found)


@pytest.mark.parametrize("word", FIXTURES)
@given(length=st.integers(0, len(TWO.encode())))
@example(length=0)
@settings(max_examples=25, deadline=None)
def test_a_file_cut_anywhere_is_refused_or_no_file_of_the_format(word: str, length: int) -> None:
    whole = FIXTURES[word].encode().rstrip()
    assert outcome(whole[: min(length, len(whole) - 1)], word) is None


@pytest.mark.parametrize("word", FIXTURES)
def test_the_unchanged_file_is_sound(word: str) -> None:
    found = outcome(FIXTURES[word].encode(), word)
    assert found is not None
    sound(found)
