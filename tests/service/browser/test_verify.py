"""Verification in a real browser: on a phone and a desk, with and without script, without cookies, and on paper."""

from __future__ import annotations

import re

import pytest

from service.usecases import labels, standing
from service.usecases.standing import Change
from tests.service.browser.test_journey import SIZES, Visitor

pytestmark = pytest.mark.browser
TITLES = {
    "valid": {"zh": "本标签有效", "en": "This label is valid"},
    "suspended": {"zh": "本标签已暂停", "en": "This label is suspended"},
}


@pytest.fixture
def issued(at, house):
    """A running service with an issued label."""
    with house.serving(at("issued")) as live:
        label = labels.get(live.world["exporter"], live.world.number, live.world.services)
        live.label, live.path = label, f"/v/{label.number}?c={label.code}"
        yield live


@pytest.fixture
def visitor(chromium, issued):
    made: list[Visitor] = []

    def come(size: str, language: str, **options) -> Visitor:
        made.append(Visitor(chromium, issued, size, language, **options))
        return made[-1]

    yield come
    for one in made:
        one.context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_public_page_fits_and_says_the_verdict_first(visitor, issued, size, language):
    anybody = visitor(size, language)
    anybody.open(issued.path)
    assert anybody.page.inner_text("h1") == TITLES["valid"][language]
    seen = anybody.page.locator(".verdict").bounding_box()
    assert seen["y"] + seen["height"] < SIZES[size]["viewport"]["height"], (
        "the verdict is seen without scrolling"
    )
    assert anybody.page.inner_text(".as-of time").endswith("UTC")
    anybody.page.click("#checks summary")
    anybody.look()
    assert anybody.page.locator("#checks .steps li").count() >= 15
    for path in ("/", "/verify", f"/v/{issued.label.number}", f"{issued.path}&at=2026-11-22"):
        anybody.open(path)


def test_without_script_and_without_cookies(chromium, issued):
    context = chromium.new_context(**SIZES["phone"], java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(issued.address + "/verify")
    page.fill("#number", f"https://labels.example/v/{issued.label.number}?c={issued.label.code}")
    page.click("section:has(#number) button")
    assert page.inner_text("h1") == TITLES["valid"]["zh"]
    page.click("#checks summary")
    assert page.locator("#checks .steps li").first.is_visible()
    page.click("header a[hreflang=en]")
    assert page.inner_text("h1") == TITLES["valid"]["en"]
    page.click("main .actions a")
    pdf = labels.document(issued.world["exporter"], issued.label.number, issued.world.services)
    page.set_input_files("#file", {"name": "label.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.click("section:has(#file) button")
    assert page.inner_text("h1") == TITLES["valid"]["en"], "the language stays in the addresses"
    assert context.cookies() == []
    context.close()


def test_a_dropped_file_is_read(visitor, issued):
    anybody = visitor("desktop", "en")
    anybody.open("/verify")
    pdf = labels.document(issued.world["exporter"], issued.label.number, issued.world.services)
    anybody.page.set_input_files("#file", {"name": "label.pdf", "mimeType": "application/pdf", "buffer": pdf})
    anybody.press("section:has(#file) button")
    assert anybody.page.inner_text("h1") == TITLES["valid"]["en"]


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desktop", "en")])
def test_a_signatory_suspends_and_everybody_sees_it(visitor, issued, size, language):
    signatory = visitor(size, language)
    signatory.sign_in("signatory")
    signatory.open(f"/labels/{issued.label.number}")
    signatory.press("#standing a[href$='/suspended']")
    signatory.page.fill("#reason", "meter readings in doubt")
    signatory.page.check("#sure")
    signatory.press("form.wizard .button-danger")
    assert "meter readings in doubt" in signatory.page.inner_text("#standing")
    anybody = visitor(size, language)
    anybody.open(issued.path)
    assert anybody.page.inner_text("h1") == TITLES["suspended"][language]
    assert "meter readings in doubt" in anybody.page.inner_text(".verdict")


def test_on_paper_the_checks_are_there(chromium, issued):
    standing.change(
        issued.world["regulator"],
        issued.label.number,
        Change("suspended", "meter readings in doubt"),
        issued.world.services,
    )
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(f"{issued.address}{issued.path}&lang=en")
    assert page.locator(".verdict h1").is_visible() and not page.locator("header.top").is_visible()
    assert not page.locator("#standing form").is_visible()
    assert re.search(r"As of .* UTC", page.inner_text(".as-of"))
    context.close()
