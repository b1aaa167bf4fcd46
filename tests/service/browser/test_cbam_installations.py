"""From a few answers to a result and a corrected record, in a real browser; without script too."""

from __future__ import annotations

import pytest

from tests.service.browser.test_journey import Visitor
from tests.service.web.cbam_site import put
from tests.service.web.test_cbam_installations import ANSWERS
from tests.service.world import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(chromium, live):
    made: list[Visitor] = []

    def come(size: str, language: str, **options) -> Visitor:
        made.append(Visitor(chromium, live, size, language, **options))
        return made[-1]

    yield come
    for one in made:
        one.context.close()


def answer(page) -> None:
    """Fill in the questions about screws."""
    for name, value in ANSWERS.items():
        field = page.locator(f"#{name}")
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


@pytest.mark.parametrize(("size", "language"), [("desktop", "en"), ("phone", "zh")])
def test_from_answers_to_a_result_and_a_corrected_record(visitor, live, size, language):
    exporter = visitor(size, language)
    exporter.sign_in("exporter")
    exporter.open("/cbam")
    exporter.press('a.tile[href$="screws"]')
    answer(exporter.page)
    exporter.press("form.wizard .button-main")
    assert exporter.page.locator("#result .value").first.inner_text()
    assert exporter.page.locator("svg.sankey .node").count() >= 3
    exporter.press(".page-head form .button")
    there = exporter.page.url.removeprefix(live.address)
    exporter.open(f"{there}/data/streams")
    exporter.press("tbody th a >> nth=0")
    exporter.page.fill("#activity", "1,5")
    exporter.page.click("button[name=keep]")
    exporter.page.wait_for_selector("#activity-error")
    exporter.problems.clear()  # the browser tells of the status 422
    exporter.look()
    assert exporter.page.input_value("#activity") == "1,5"
    exporter.page.fill("#activity", "412.5")
    exporter.press("button[name=keep]")
    assert exporter.page.input_value("#activity") == "412.5"
    for part in ("", "/data", "/goods", "/processes", "/versions", "/versions/1/2"):
        exporter.open(there + part)


def test_a_record_is_corrected_without_script(visitor, live):
    key = put(live.world)
    page = visitor("phone", "en", script=False).page
    page.goto(live.address + "/sign-in")
    page.fill("#email", "exporter@demo.invalid")
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.goto(f"{live.address}/cbam/installations/{key}/data/streams/record/F1")
    rows = page.locator("#rows-shares tbody tr").count()
    page.click("#rows-shares button[name=more]")
    assert page.locator("#rows-shares tbody tr").count() == rows + 2
    page.fill("#meter", "GM-9")
    page.press("#meter", "Enter")
    assert page.input_value("#meter") == "GM-9"
    assert "version 2" in page.inner_text("main")
