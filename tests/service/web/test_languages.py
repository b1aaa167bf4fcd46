"""Chinese and English, complete: every message has its Chinese form, and the reader's choice is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from service.web import formats

WEB = Path(formats.__file__).parent
CATALOGUE = WEB / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"extensions": "jinja2.ext.do", "trim_blocks": "true", "silent": "false"}}


@cache
def used() -> frozenset[str]:
    found = set()
    for _, _, message, _, _ in extract_from_dir(WEB, METHODS, OPTIONS, keywords=KEYWORDS):
        found.add(message if isinstance(message, str) else message[0])
    return frozenset(found)


@cache
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh")


def test_every_message_is_in_the_chinese_catalogue():
    assert len(used()) > 300
    assert (
        sorted(
            used() - {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue()}
        )
        == []
    )


def test_no_chinese_message_is_empty_fuzzy_or_left_over():
    for message in catalogue():
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        text = message.string if isinstance(message.string, str) else message.string[0]
        assert text, name
        assert not message.fuzzy, name
        assert name in used(), f"left over: {name}"


def test_placeholders_are_the_same_in_both_languages():
    for message in catalogue():
        if message.id:
            assert list(message.check()) == [], message.id


@pytest.mark.parametrize(
    ("address", "cookie", "header", "language"),
    [
        ("/?lang=en", "", "", "en"),
        ("/?lang=zh-CN", "en", "en", "zh"),
        ("/", "en", "zh-CN", "en"),
        ("/", "", "en-GB,en;q=0.9", "en"),
        ("/", "", "zh-CN,zh;q=0.9", "zh"),
        ("/", "", "fr", "zh"),
        ("/?lang=xx", "xx", "", "zh"),
    ],
)
def test_language_is_chosen_in_order(site, address, cookie, header, language):
    client = site("populated").app.test_client()
    if cookie:
        client.set_cookie("tanbiao_lang", cookie)
    html = client.get(address, headers={"Accept-Language": header} if header else {}).get_data(as_text=True)
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in html


def test_language_asked_for_is_kept(site):
    client = site("populated").app.test_client()
    client.get("/sign-in?lang=en")
    assert '<html lang="en"' in client.get("/verify", headers={"Accept-Language": "zh"}).get_data(
        as_text=True
    )


def test_refusals_speak_the_readers_language(site):
    at = site("issued")
    assert "您的角色不能执行此操作" in at.client("regulator", "zh").get("/studies").get_data(as_text=True)
    assert "Your role does not allow" in at.client("regulator", "en").get("/studies").get_data(as_text=True)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0012345, "0.001234"),
        (1234567.8, "1,234,568"),
        (14.861, "14.86"),
        (0, "0"),
        (0.0, "0"),
        (-3.45678, "-3.457"),
        (None, "—"),
        (float("nan"), "—"),
        (1e-20, "1 × 10⁻²⁰"),
        (9.4e-9, "9.4 × 10⁻⁹"),
        (-7.125e-7, "-7.125 × 10⁻⁷"),
        (0.0000118, "0.0000118"),
    ],
)
def test_numbers_have_four_significant_digits(site, value, shown):
    with site("populated").app.test_request_context("/?lang=en"):
        assert formats.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("14.860", "14.860"), ("1000", "1,000"), ("", "—"), ("0.00", "0.00")]
)
def test_stated_quantities_keep_their_digits(site, value, shown):
    with site("populated").app.test_request_context("/?lang=en"):
        assert formats.exact(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0%"), (100, "100%"), (0.04, "< 0.1%"), (12.345, "12.3%"), ("89.6", "89.6%")]
)
def test_percentages(site, value, shown):
    with site("populated").app.test_request_context("/?lang=en"):
        assert formats.percent(value) == shown


def test_dates_follow_the_reader(site):
    app = site("populated").app
    moment = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
    with app.test_request_context("/?lang=zh"):
        assert formats.day(moment) == "2026年11月22日"
    with app.test_request_context("/?lang=en"):
        assert formats.day("2026-11-22T08:05:00Z") == "Nov 22, 2026"
        assert "2026-11-22 08:05 UTC" in formats.moment(moment)
