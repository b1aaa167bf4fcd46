import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import chain, labelnumber
from certificates.canonical import sha256_hex

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_published_check_characters(vectors):
    for case in vectors("iso7064.json")["cases"]:
        assert labelnumber.check_character(case["body"]) == case["check"]


def test_frozen_form():
    assert labelnumber.make(2026, 1) == "TB-2026-0000001-L"


@settings(max_examples=100, deadline=None)
@given(st.integers(2000, 9999), st.integers(1, 9_999_999), st.data())
def test_every_single_wrong_character_is_caught(year, serial, data):
    number = labelnumber.make(year, serial)
    assert labelnumber.valid(number)
    place = data.draw(st.sampled_from([i for i, c in enumerate(number) if c != "-" and i > 2]))
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if c != number[place]]))
    assert not labelnumber.valid(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TB-2026-0000001",
        "tb-2026-0000001-l",
        "TB-2026-0000001-L ",
        "TB-2026-0000001-L\n",
        "TB20260000001L",
        "TB-２026-0000001-L",
    ],
)
def test_other_forms_are_not_numbers(text):
    assert not labelnumber.valid(text)


def test_check_codes_are_made_of_chance_shown_in_two_groups_and_read_back():
    codes = {labelnumber.new_code() for _ in range(200)}
    assert len(codes) == 200 and all(labelnumber.valid_code(code) for code in codes)
    for code in codes:
        assert labelnumber.typed_code(labelnumber.shown_code(code).lower()) == code


@pytest.mark.parametrize(
    "text",
    ["7K2M9QXA", "7k2m-9qxa", " 7K2M 9QXA\n", "７ｋ２ｍ－９ｑｘａ", "7K2M–9QXA", "7 K 2 M 9 Q X A"],
)
def test_check_codes_typed_on_any_keyboard(text):
    assert labelnumber.typed_code(text) == "7K2M9QXA"


def test_letters_that_look_like_digits_are_those_digits():
    assert labelnumber.typed_code("oOiI-lL10") == "00111110"


@pytest.mark.parametrize(
    "text", ["", "7K2M-9QXA", "7k2m9qxa", "7K2M9QX", "7K2M9QXAA", "7K2M9QXU", "7K2M9QXI", "7K2M9QX "]
)
def test_no_check_code(text):
    assert not labelnumber.valid_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "TB-2026-0000001-L",
        "tb-2026-0000001-l",
        " TB-2026-0000001-L\n",
        "ＴＢ－２０２６－０００００01－Ｌ",
        "ｔｂ－2026－0000001－ｌ",
        "TB–2026—0000001−L",
        "\u3000TB‐2026‑0000001―L",
    ],
)
def test_typed_on_any_keyboard(text):
    assert labelnumber.typed(text) == "TB-2026-0000001-L"


@pytest.mark.parametrize("text", ["", "TB20260000001L", "TB_2026_0000001_L", "TB-2026-0000001-1", "\ud800"])
def test_what_is_no_number_stays_none(text):
    assert labelnumber.typed(text) != "TB-2026-0000001-L"


@pytest.mark.parametrize(("year", "serial"), [(1999, 1), (10000, 1), (2026, 0), (2026, 10_000_000)])
def test_range(year, serial):
    with pytest.raises(labelnumber.SerialOutOfRange):
        labelnumber.make(year, serial)


def built(*kinds: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = []
    for kind in kinds:
        entries = chain.extend(entries, kind, sha256_hex(kind))
    return entries


def test_link_is_as_documented():
    first, second = built("inventory", "release")
    assert first["link"] == sha256_hex(
        {"kind": "inventory", "sha256": sha256_hex("inventory"), "previous": ""}
    )
    assert second["link"] == sha256_hex(
        {"kind": "release", "sha256": sha256_hex("release"), "previous": first["link"]}
    )
    assert chain.broken_at(built("inventory", "release", "rules")) == ""


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        (lambda entries: [], "(empty)"),
        (lambda entries: entries[:2], "rules"),
        (lambda entries: entries[1:], "release"),
        (lambda entries: [entries[1], entries[0], entries[2]], "release"),
        (lambda entries: [*entries, entries[-1]], "rules"),
        (lambda entries: [{**entries[0], "sha256": "0" * 64}, *entries[1:]], "inventory"),
        (lambda entries: [{**entries[0], "link": "0" * 64}, *entries[1:]], "inventory"),
        (lambda entries: [entries[0], {**entries[1], "kind": "study"}, entries[2]], "study"),
    ],
)
def test_a_broken_chain_names_the_place(edit, where):
    assert chain.broken_at(edit(built("inventory", "release", "rules"))) == where


@pytest.mark.parametrize(
    ("kind", "digest"),
    [("inventory", "0" * 64), ("", "0" * 64), ("Rules", "0" * 64), ("rules", "0" * 63), ("rules", "F" * 64)],
)
def test_entries_refused(kind, digest):
    with pytest.raises(chain.NotAnEntry):
        chain.extend(built("inventory"), kind, digest)
