"""The parts of a label: numbers as printed, the QR code, the fonts."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.render import content, figures, fonts, qr


@pytest.mark.parametrize(
    ("stated", "printed"),
    [
        ("12345678.90", "12,345,678.90"),
        ("0.0000123", "0.0000123"),
        ("-1200", "−1,200"),
        ("0.00", "0.00"),
        ("0.0000000000000031", "3.1e-15"),
        ("-0.00000000000310", "−3.10e-12"),
        (15, "15"),
    ],
)
def test_quantities_keep_their_digits(stated: str, printed: str) -> None:
    assert figures.grouped(stated) == printed


@settings(max_examples=200, deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=20, min_value=-(10**12), max_value=10**12))
def test_a_printed_quantity_reads_back_exactly(number: Decimal) -> None:
    printed = figures.grouped(f"{number:f}").replace(",", "").replace("−", "-")
    assert Decimal(printed) == number


@pytest.mark.parametrize("value", [1.5, None, True, "", "1,5", "Infinity", ["1"]])
def test_other_forms_are_not_quantities(value: object) -> None:
    with pytest.raises(figures.StatementUnfit):
        figures.decimal(value)


@pytest.mark.parametrize(
    ("value", "total", "printed"),
    [
        ("1", "3", "33.3 %"),
        ("3", "3", "100.0 %"),
        ("0", "3", "0.0 %"),
        ("0.0001", "3", "<0.1 %"),
        ("-0.0001", "3", ">−0.1 %"),
        ("-3", "3", "−100.0 %"),
        ("1", "0", "—"),
    ],
)
def test_shares(value: str, total: str, printed: str) -> None:
    assert figures.percent(Decimal(value), Decimal(total)) == printed


def test_every_word_stands_in_both_languages_and_can_be_printed() -> None:
    entries = [
        (key, entry)
        for key, value in content.words().items()
        for entry in ([value] if "zh" in value else value.values())
    ]
    assert len(entries) > 50
    for key, entry in entries:
        assert set(entry) == {"zh", "en"}, key
        assert all(text and fonts.printable(text) == text for text in entry.values()), key


def test_every_code_of_a_statement_has_words() -> None:
    from certificates import chain, schema

    tables = {
        "stage-values": schema.STAGES,
        "boundary-values": schema.BOUNDARIES,
        "source-values": schema.ELECTRICITY_SOURCES,
        "part-values": schema.PARTS,
        "chain-values": (*chain.REQUIRED_KINDS, "workbook", "links", "footprint", "review"),
    }
    for table, codes in tables.items():
        assert set(codes) <= set(content.words()[table]), table


def test_the_verifier_looks_for_the_words_that_are_printed() -> None:
    """``certificates`` has its own table, because it imports nothing of the service; the two say the same."""
    from importlib import resources

    from service.render import claim_content

    text = resources.files("certificates").joinpath("printed.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    neutral, tier = claim_content.claim_words(), claim_content.claim_words(neutral=False)
    for table, words in tables.items():
        for key, texts in words.items():
            if table.startswith("word"):
                own = {"word": content.words(), "word-of-claim": neutral, "word-of-tier": tier}[table]
                assert own[key] == texts, (table, key)
            else:
                assert neutral[f"{table}-values"][key] == texts, (table, key)


def test_every_code_that_is_printed_has_the_verifiers_word() -> None:
    from importlib import resources

    text = resources.files("certificates").joinpath("printed.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    for name, words in content.words().items():
        if name.endswith("-values"):
            assert set(tables[name.removesuffix("-values")]) == set(words), name


def test_the_code_holds_the_address_at_level_m() -> None:
    import segno

    url = "https://labels.example/v/TB-2026-0000001-K"
    code = segno.make(url, error="m", micro=False, boost_error=False)
    assert code.error == "M"
    rows = qr.modules(url)
    drawn = [[any(a <= x < a + n for a, n in row) for x in range(len(rows))] for row in rows]
    assert drawn == [[bool(module) for module in row] for row in code.matrix]


def test_the_runs_of_a_row_do_not_touch() -> None:
    for row in qr.modules("https://labels.example/v/TB-2026-0000001-K"):
        assert all(a + n < b for (a, n), (b, _) in pairwise(row))


def test_the_installed_fonts_are_the_pinned_ones() -> None:
    assert fonts.font_file().name in fonts.PINNED
    families = fonts.font_set().families()
    assert fonts.FAMILY in families
    paths = {info.path for info in fonts.font_set().fonts()} - {None}
    assert paths == {str(fonts.font_file())}


def test_other_fonts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontsMissing):
        fonts.check_folder(tmp_path)
    pinned = tmp_path / fonts.font_file().name
    pinned.write_bytes(b"OTTO another font")
    with pytest.raises(fonts.FontsChanged):
        fonts.check_folder(tmp_path)
    pinned.unlink()
    pinned.symlink_to(fonts.font_file())
    assert fonts.check_folder(tmp_path) == pinned
    (tmp_path / "Extra.TTF").write_bytes(b"\x00\x01\x00\x00")
    with pytest.raises(fonts.FontsChanged, match="Extra"):
        fonts.check_folder(tmp_path)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("散热\u202e型材\U0001f600", "散热型材〓"),
        ("a\tb\n\nc", "a b c"),
        ("\x00\x1b", ""),
        ("e\u0301", "é"),
        ("𠮷野", "𠮷野"),
        ("\ue000", "〓"),
    ],
)
def test_printable(text: str, printed: str) -> None:
    assert fonts.printable(text) == printed
