"""The catalogue and the confirming of suggestions in a real browser: both sizes and languages, without script too."""

from __future__ import annotations

import pytest

from tests.service import world as making
from tests.service.browser.test_journey import Visitor
from tests.service.test_link_memory import bare
from tests.service.world import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def codeless(workbook) -> bytes:
    """The example without dataset codes."""
    return bare(workbook)


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
def test_from_a_search_to_the_parts_of_a_figure(visitor, size, language):
    reader = visitor(size, language)
    reader.sign_in("regulator")
    reader.open("/datasets")
    reader.page.fill("#text", {"zh": "铝", "en": "aluminium"}[language])
    reader.page.select_option("#kind", "material")
    reader.press(".filters button")
    assert reader.page.locator("tbody tr").count() > 3
    reader.open("/datasets/al-primary-glo-2022")
    reader.press("#contributions nav a >> nth=1")
    assert reader.page.locator("#contributions table.chart tbody tr").count() >= 1
    reader.press("#contributions .card-head a")
    reader.open("/datasets/al-primary-glo-2022/inputs")


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desktop", "en")])
def test_suggestions_are_ticked_and_confirmed(visitor, size, language, codeless, open_cn, live):
    live.world.inventory = making.hand_in(live.world, codeless)
    study = making.open_study(live.world, open_cn.identifier)
    practitioner = visitor(size, language)
    practitioner.sign_in("practitioner")
    practitioner.open(f"/studies/{study}")
    ticks = practitioner.page.locator("input[name=line]")
    count = ticks.count()
    ticks.nth(0).check()
    ticks.nth(1).check()
    practitioner.press("#confirm .button-main")
    assert practitioner.page.locator("input[name=line]").count() == count - 2
    practitioner.press("#confirm button[name=all]")
    assert practitioner.page.locator("#confirm").count() == 0


def test_suggestions_are_confirmed_without_script(visitor, codeless, open_cn, live):
    live.world.inventory = making.hand_in(live.world, codeless)
    study = making.open_study(live.world, open_cn.identifier)
    page = visitor("phone", "en", script=False).page
    page.goto(live.address + "/sign-in")
    page.fill("#email", "practitioner@demo.invalid")
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.goto(f"{live.address}/studies/{study}")
    count = page.locator("input[name=line]").count()
    page.check("input[name=line] >> nth=0")
    page.click("#confirm .button-main")
    page.wait_for_url(f"**/studies/{study}#lines")
    assert page.locator("input[name=line]").count() == count - 1
