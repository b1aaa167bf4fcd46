"""The public page of a claim: everything the statement must say, how it stands today, in both languages."""

from __future__ import annotations

import re

import pytest

from service.usecases.claims import standings
from service.usecases.claims.standings import Object
from service.web.i18n import LANGUAGES
from tests.service.claims import making as claims
from tests.service.web.conftest import Applications


@pytest.fixture(scope="module")
def applications(compiled):
    return Applications(compiled)


@pytest.fixture
def page(claimed, applications):
    """A claim and a reader without an account."""
    made = claimed("issued")
    app = applications.over(made.world)

    def get(address: str, language: str = "en"):
        client = app.test_client()
        client.set_cookie("tanbiao_lang", language)
        return client.get(address.format(number=made.number))

    return made, get


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_everything(page, language):
    made, get = page
    answer = get("/c/{number}", language)
    html = answer.get_data(as_text=True)
    with made.world.services.uow() as unit:
        stated = unit.claims.get(made.number).statement
    assert answer.status_code == 200
    assert len(re.findall("<h1", html)) == 1 and " style=" not in html
    assert ("本声明有效" if language == "zh" else "This claim is in force") in html
    row = stated["retirements"][0]
    for said in (row["serial"], row["link"], row["retiredOn"], stated["claimant"]["code"], made.number):
        assert said in html
    for said in (stated["subject"]["name"][language], stated["footprint"]["verifier"]["accreditation"]):
        assert said in html
    assert f'href="#entry-{row["entry"]}"' in html and 'class="qr"' in html
    assert made.world.organisations["own"] not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_frozen_claim_says_so_at_once(page, language):
    made, get = page
    claims.reverse(made.world, made.position)
    html = get("/c/{number}", language).get_data(as_text=True)
    assert ("本声明已冻结" if language == "zh" else "This claim is frozen") in html
    assert ("服务自动发现" if language == "zh" else "found by the service") in html
    found = get("/c/{number}.json").get_json()
    assert found["standing"] == "frozen"
    assert [one["code"] for one in found["grounds"]] == ["N18-retirement-reversed"]
    assert [one["stands"] for one in found["trace"]] == [False]


def test_an_objection_is_published_with_its_reason(page):
    made, get = page
    command = Object(made.number, "objection", "数据来源存疑")
    standings.object_(made.world["regulator"], command, made.world.services)
    html = get("/c/{number}").get_data(as_text=True)
    assert "数据来源存疑" in html and made.world["regulator"].person_id not in html


def test_files_json_and_numbers_as_people_write_them(page):
    made, get = page
    assert get("/c/{number}/claim.pdf").data.startswith(b"%PDF")
    assert get("/c/{number}/bundle.json").get_json()["credential"]
    assert get("/c/{number}/credential.jwt").data.count(b".") == 2
    found = get("/c/{number}.json").get_json()
    assert (found["number"], found["standing"]) == (made.number, "in-force")
    assert found["waterfall"][0]["step"] == "footprint"
    answer = get(f"/c/{made.number.lower()}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/c/{made.number}")
    for address in ("/c/TC-2026-0000009-0", "/c/TC-2026-0000009-0.json", "/c/none/claim.pdf"):
        assert get(address).status_code == 404
