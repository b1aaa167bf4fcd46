"""The officers' desk in a real browser: a list, the pack for a border post without a network, and sealed evidence."""

from __future__ import annotations

import json

import pytest

from certificates import standalone
from service.usecases import labels, verification
from tests.service.browser.test_journey import Visitor

pytestmark = pytest.mark.browser
SIZES = [("desktop", "en"), ("phone", "zh")]


@pytest.fixture
def issued(at, house):
    """A running service with an issued label."""
    with house.serving(at("issued")) as live:
        live.number = live.world.number
        yield live


@pytest.fixture
def visitor(chromium, issued):
    made: list[Visitor] = []

    def come(name: str, size: str, language: str) -> Visitor:
        made.append(Visitor(chromium, issued, size, language))
        made[-1].sign_in(name)
        return made[-1]

    yield come
    for one in made:
        one.context.close()


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_a_list_is_checked_and_the_border_post_checks_without_a_network(
    visitor, issued, size, language, tmp_path, capsys
):
    officer = visitor("regulator", size, language)
    officer.press("header nav a[href='/desk']")
    officer.press("main nav a[href='/desk/checks']")
    listed = f"number\n{issued.number}\nTB-2026-0999999-X\nthe one with the torn corner\n"
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": listed.encode()}
    officer.page.set_input_files("#file", file)
    officer.page.click("form[data-upload] button")
    officer.page.wait_for_selector("#rows", timeout=60_000)
    officer.look()
    rows = officer.page.locator("#rows tbody tr")
    assert rows.count() == 3
    assert {"zh": "有效", "en": "Valid"}[language] in rows.nth(0).inner_text()
    officer.open("/desk/pack")
    with officer.page.expect_download() as coming:
        officer.page.click("form[data-download] button")
    coming.value.save_as(tmp_path / "pack")
    officer.page.wait_for_selector("tbody .hash")
    officer.look()

    (tmp_path / "trust.json").write_text(json.dumps(verification.trust(issued.world.services)))
    pdf = labels.document(issued.world["exporter"], issued.number, issued.world.services)
    (tmp_path / "label.pdf").write_bytes(pdf)
    now = issued.world.services.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    trusted = ["--trust", str(tmp_path / "trust.json"), "--pack", str(tmp_path / "pack")]
    given = [str(tmp_path / "label.pdf"), *trusted, "--at", now]
    assert standalone.main([*given, "--json"]) == 0
    assert '"valid"' in capsys.readouterr().out


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_sealed_evidence_is_asked_for_opened_and_every_look_is_shown(visitor, issued, size, language):
    officer = visitor("regulator", size, language)
    officer.open(f"/labels/{issued.number}/evidence")
    officer.page.fill("#purpose", "Does the recycled share stand in the bill of materials?")
    officer.press("#ask button")
    exporter = visitor("exporter", size, language)
    exporter.open(f"/labels/{issued.number}/evidence")
    exporter.press("#requests h3 a")
    exporter.press("form[action$='/answer'] button")
    request = exporter.page.url
    officer.page.goto(request)
    officer.look()
    officer.press("#parts form:has(input[name=as]) button >> nth=0")
    assert officer.page.locator("table tbody tr").count() > 3, "the part itself is read"
    exporter.page.goto(request)
    exporter.look()
    assert exporter.page.locator("#seen tbody tr").count() == 1
