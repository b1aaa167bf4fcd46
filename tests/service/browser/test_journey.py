"""The whole journey in a real browser: both languages, desktop and phone, no console error, nothing too wide."""

from __future__ import annotations

import pytest

from tests.service.world import PASSWORD, hand_in

pytestmark = pytest.mark.browser

SIZES = {
    "desktop": {"viewport": {"width": 1280, "height": 860}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
UNNAMED = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a')].filter(item => {
  const label = item.labels && item.labels.length ? item.labels[0].textContent : '';
  return !(label || item.textContent || item.getAttribute('aria-label') || '').trim();
}).map(item => item.outerHTML)"""
REPEATED = """(() => { const ids = [...document.querySelectorAll('[id]')].map(item => item.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at); })()"""


class Visitor:
    """Somebody at a screen, who notices what goes wrong on every page."""

    def __init__(self, browser, live, size: str, language: str, *, script: bool = True) -> None:
        self.live = live
        self.context = browser.new_context(**SIZES[size], java_script_enabled=script)
        self.context.add_cookies([{"name": "tanbiao_lang", "value": language, "url": live.address}])
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on(
            "console", lambda said: self.problems.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def open(self, path: str) -> None:
        self.page.goto(self.live.address + path)
        self.look()

    def look(self) -> None:
        self.page.wait_for_load_state()
        assert not self.page.evaluate(TOO_WIDE), f"{self.page.url} is wider than the screen"
        assert self.page.evaluate(UNNAMED) == [], self.page.url
        assert self.page.evaluate(REPEATED) == [], self.page.url
        assert self.problems == [], self.page.url

    def sign_in(self, name: str) -> None:
        self.open("/sign-in")
        self.page.fill("#email", f"{name}@demo.invalid")
        self.page.fill("#password", PASSWORD)
        self.page.click("main form button")
        self.page.wait_for_url("**/home")
        self.look()

    def press(self, selector: str) -> None:
        self.page.click(selector)
        self.look()


@pytest.fixture
def visitor(chromium, live):
    made: list[Visitor] = []

    def come(size: str, language: str, **options) -> Visitor:
        made.append(Visitor(chromium, live, size, language, **options))
        return made[-1]

    yield come
    for one in made:
        one.context.close()


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh"), ("phone", "en")])
def test_from_workbook_to_verdict(visitor, size, language, workbook, live):
    exporter = visitor(size, language)
    exporter.sign_in("exporter")
    exporter.open("/inventories")
    institution = live.world.organisations["institution"]
    exporter.page.select_option("#institution_id", institution)
    file = {"name": "heat-sink.xlsx", "mimeType": "application/octet-stream", "buffer": workbook}
    exporter.page.set_input_files("#workbook", file)
    exporter.page.click("form[data-upload] button")
    exporter.page.wait_for_url("**/inventories/*")
    exporter.look()
    inventory = exporter.page.url.rsplit("/", 1)[1]

    practitioner = visitor(size, language)
    practitioner.sign_in("practitioner")
    practitioner.open(f"/inventories/{inventory}")
    practitioner.page.select_option("#gwp_set", "AR5")
    practitioner.press("#open-study button")
    study = practitioner.page.url.rsplit("/", 1)[1]
    practitioner.press("form[action$='/assess'] button")
    practitioner.press("tbody a[href^='/datasets/'] >> nth=0")
    practitioner.open(f"/studies/{study}")
    practitioner.press("form[action$='/submit'] button")

    reviewer = visitor(size, language)
    reviewer.sign_in("reviewer")
    reviewer.press(f"main a.button[href='/studies/{study}']")
    reviewer.press("button[value='approve']")

    signatory = visitor(size, language)
    signatory.sign_in("signatory")
    signatory.open(f"/studies/{study}")
    signatory.page.click("form[action$='/issue'] button")
    signatory.page.wait_for_selector("main a.number", timeout=120_000)
    signatory.look()
    number = signatory.page.inner_text("main a.number")
    signatory.open(f"/labels/{number}")
    address = signatory.page.get_attribute("main a.button[href^='/v/']", "href")

    anybody = visitor(size, language)
    anybody.open(address)
    assert anybody.page.inner_text("h1") == {"zh": "本标签有效", "en": "This label is valid"}[language]
    assert number in anybody.page.inner_text(".verdict")
    anybody.open("/")
    anybody.open("/verify")
    anybody.open("/api/docs")


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desktop", "en")])
def test_a_line_gets_another_dataset(visitor, size, language, workbook, live):
    inventory = hand_in(live.world, workbook)
    practitioner = visitor(size, language)
    practitioner.sign_in("practitioner")
    practitioner.open(f"/inventories/{inventory}")
    practitioner.page.select_option("#gwp_set", "AR5")
    practitioner.press("#open-study button")
    study = practitioner.page.url.rsplit("/", 1)[1]
    practitioner.press(f"a[href='/studies/{study}/lines/B3']")
    practitioner.page.fill("#text", {"zh": "木", "en": "wood"}[language])
    practitioner.press(".search-row button")
    practitioner.page.check("input[name=dataset]:not([disabled]) >> nth=0")
    practitioner.page.fill("#reason", " ")
    practitioner.page.click("form[data-busy] .button-main")
    practitioner.page.wait_for_selector("#reason-error")
    practitioner.page.wait_for_load_state()
    assert practitioner.page.evaluate("document.activeElement.id") == "reason"
    assert [text for text in practitioner.problems if "422" not in text] == []
    practitioner.problems.clear()
    assert practitioner.page.is_checked("input[name=dataset]:not([disabled]) >> nth=0")
    practitioner.page.fill("#reason", "pallets of the same wood")
    practitioner.page.click("form[data-busy] .button-main")
    practitioner.page.wait_for_url(f"**/studies/{study}#line-B3")
    practitioner.look()
    assert "pallets of the same wood" in practitioner.page.inner_text("#line-B3")


def test_a_long_table_is_narrowed_while_typing(visitor, workbook, live):
    inventory = hand_in(live.world, workbook)
    exporter = visitor("desktop", "en")
    exporter.sign_in("exporter")
    exporter.open(f"/inventories/{inventory}")
    everything = exporter.page.locator("#inventory-lines tbody tr")
    exporter.page.fill("#inventory-lines-filter", "B3")
    shown = [row for row in everything.all() if row.is_visible()]
    assert everything.count() > 12
    assert [row.get_attribute("id") for row in shown] == ["line-B3"]


def test_verification_page_without_script(visitor, live):
    anybody = visitor("phone", "zh", script=False)
    anybody.page.goto(live.address + "/verify")
    anybody.page.fill("#number", "TB-2026-9999999-X")
    anybody.page.fill("#code", "ZZZZ-ZZZZ")
    anybody.page.click("section:has(#number) button")
    assert anybody.page.inner_text("h1") == "编号与验证码不符"


def test_theme_is_remembered_and_legible(visitor):
    anybody = visitor("desktop", "en")
    anybody.open("/")
    anybody.press("[data-theme-toggle]")
    chosen = anybody.page.get_attribute("html", "data-theme")
    anybody.open("/verify")
    assert anybody.page.get_attribute("html", "data-theme") == chosen == "dark"


def test_keyboard_reaches_the_content_first(visitor):
    anybody = visitor("desktop", "en")
    anybody.open("/verify")
    anybody.page.keyboard.press("Tab")
    assert anybody.page.evaluate("document.activeElement.className") == "skip"
    anybody.page.keyboard.press("Enter")
    assert anybody.page.evaluate("document.activeElement.id") == "main"
