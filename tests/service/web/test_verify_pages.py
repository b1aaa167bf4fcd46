"""The public pages of verification: what is shown to whom, in which words, without cookies, and on paper and phones."""

from __future__ import annotations

import io
import json
import re

import pytest

from certificates.labelnumber import make, shown_code
from service.usecases import label_exports, labels, standing
from service.usecases.standing import Change
from service.web.i18n import LANGUAGES
from tests.service.claims.sealingmaking import sealing

VALID = {"en": "This label is valid", "zh": "本标签有效"}
REASON = "电表读数存疑 / meter readings in doubt"


@pytest.fixture
def at(site):
    made = site("issued")
    made.code = labels.get(made.world["exporter"], made.world.number, made.world.services).code
    made.address = f"/v/{made.world.number}?c={made.code}"
    return made


def verdict(html: str) -> str:
    return html[html.index('<section class="verdict') : html.index("</section>")]


def text(answer) -> str:
    return answer.get_data(as_text=True)


def change(at, state: str, who: str = "signatory", reason: str = REASON, other: str = "") -> None:
    standing.change(at.world[who], at.world.number, Change(state, reason, other), at.world.services)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_comes_first_then_facts_standing_evidence_and_checks(at, language):
    answer = at.client("", language).get(at.address)
    html = text(answer)
    first = verdict(html)
    assert answer.status_code == 200
    assert VALID[language] in first and at.world.number in first and "2026-11-22 08:00 UTC" in first
    assert ("现在请这样做" if language == "zh" else "What to do now") in first
    assert 'class="verdict verdict-good"' in first and "<svg" in first
    found = at.client().get(f"/v/{at.world.number}.json?c={at.code}").get_json()
    for entry in found["statement"]["chain"]:
        assert entry["sha256"] in html
    for step in found["steps"]:
        assert step["title"][language] in html and step["detail"][language][1:] in html
    places = [
        html.index(mark) for mark in ('class="figure"', 'id="standing"', 'class="links"', 'id="checks"')
    ]
    assert html.index('<section class="verdict') < min(places) and max(places) == html.index('id="checks"')
    assert f"label.pdf?c={at.code}" in html and f"bundle.json?c={at.code}" in html
    assert answer.headers["Link"].startswith(f"</v/{at.world.number}.json?c={at.code}>")


def test_its_json_says_the_same_and_how_it_stands(at):
    found = at.client().get(f"/v/{at.world.number}.json?c={shown_code(at.code).lower()}").get_json()
    assert (found["verdict"], found["noun"], found["standing"]["state"]) == ("valid", "label", "active")
    assert found["standing"]["asOf"] and found["standing"]["until"]
    api = at.client().get(f"/api/v1/verify/{at.world.number}?code={at.code}").get_json()
    assert api == found


STATES = {
    "suspended": ("This label is suspended", "本标签已暂停", "bad"),
    "revoked": ("This label was revoked", "本标签已撤销", "bad"),
}


@pytest.mark.parametrize("state", STATES)
def test_a_changed_standing_is_told_at_once_with_reason_and_side(at, state):
    english, chinese, tone = STATES[state]
    at.world.clock.on(3600)
    change(at, state, "regulator")
    for language, title in (("en", english), ("zh", chinese)):
        html = text(at.client("", language).get(at.address))
        first = verdict(html)
        assert title in first and REASON in first and f"verdict-{tone}" in first
        assert ("市场监管部门" if language == "zh" else "by market regulation") in html
        assert ("演示监管" if language == "zh" else "Demo Authority") in html
        assert at.world["regulator"].person_id not in html and "regulator@" not in html
    assert at.client().get(f"/v/{at.world.number}.json?c={at.code}").get_json()["standing"]["state"] == state


def test_how_it_stood_on_another_day(at):
    at.world.clock.on(3 * 86400)
    change(at, "suspended")
    at.world.clock.on(86400)
    now = text(at.client().get(at.address))
    assert STATES["suspended"][0] in now
    past = text(at.client().get(f"{at.address}&at=2026-11-23"))
    assert VALID["en"] in verdict(past) and "As it stood at" in verdict(past)
    assert "2026-11-23 15:59 UTC" in verdict(past) and REASON not in past
    early = text(at.client().get(f"{at.address}&at=2026-11-01"))
    assert "This label is not valid yet" in verdict(early)
    for wrong in ("2099-01-01", "yesterday"):
        html = text(at.client().get(f"{at.address}&at={wrong}"))
        assert 'id="at-error"' in html and STATES["suspended"][0] in verdict(html)
        refused = at.client().get(f"/v/{at.world.number}.json?c={at.code}&at={wrong}")
        assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid-input")


def shape(html: str, *typed: str) -> str:
    """A page without what was typed."""
    for one in typed:
        html = html.replace(one, "")
    return html


@pytest.mark.parametrize("form", ["", ".json", "/label.pdf", "/bundle.json", "/marks/none"])
@pytest.mark.parametrize("code", ["", "ZZZZ-ZZZZ"])
def test_an_unknown_number_and_a_wrong_code_look_the_same(at, form, code):
    unknown = make(2026, 4711)
    answers = [
        at.client().get(f"/v/{number}{form}", query_string={"c": code} if code else {})
        for number in (at.world.number, unknown)
    ]
    assert answers[0].status_code == answers[1].status_code == (200 if not form and not code else 404)
    pages = [
        shape(text(answer), number)
        for answer, number in zip(answers, (at.world.number, unknown), strict=True)
    ]
    assert pages[0] == pages[1]
    headers = [
        {k: v for k, v in answer.headers.items() if k not in ("X-RateLimit-Reset", "Date")}
        for answer in answers
    ]
    assert headers[0] == headers[1]


def test_a_typing_error_is_named_because_anybody_can_work_it_out(at):
    good, wrong = at.world.number, at.world.number[:-1] + ("A" if at.world.number[-1] != "A" else "B")
    assert 'id="number-error"' not in text(at.client().get(f"/v/{good}"))
    assert 'id="number-error"' in text(at.client().get(f"/v/{wrong}"))


@pytest.mark.parametrize(
    ("who", "shown"), [("exporter", True), ("regulator", True), ("other-exporter", False)]
)
def test_people_who_may_see_the_label_need_no_code(at, who, shown):
    html = text(at.client(who).get(f"/v/{at.world.number}"))
    assert (VALID["en"] in html) is shown


def test_wrong_codes_are_counted_over_page_and_api(at):
    number, client = at.world.number, at.client()
    for guess in range(15):
        assert client.get(f"/v/{number}?c=ZZZZ{guess:04d}").status_code == 404
        assert client.get(f"/api/v1/verify/{number}?code=YYYY{guess:04d}").status_code == 404
    for address in (at.address, f"/v/{number}.json?c={at.code}", f"/api/v1/verify/{number}?code={at.code}"):
        answer = client.get(address)
        assert answer.status_code == 429 and answer.headers["Retry-After"]
    assert client.get(f"/v/{number}").status_code == 200, "asking for the code is no guess"
    assert client.get(at.address, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_right_codes_are_not_counted(at):
    assert {at.client().get(at.address).status_code for _ in range(40)} == {200}


GTIN = "06901234567892"


def test_a_digital_link_shows_the_label_of_that_product_only(at, monkeypatch):
    from dataclasses import replace

    from service.store.repositories.labels import Labels

    real = Labels.get

    def with_gtin(self, number):
        found = real(self, number)
        product = found.statement["product"] | {"gtin": GTIN} if found else {}
        return replace(found, statement=found.statement | {"product": product}) if found else None

    monkeypatch.setattr(Labels, "get", with_gtin)
    query = {"n": at.world.number, "c": at.code}
    client = at.client()
    answer = client.get(f"/01/{GTIN}", query_string=query)
    assert answer.status_code == 200 and at.world.number in verdict(text(answer))
    assert answer.headers["Link"].startswith(f"</v/{at.world.number}.json?c={at.code}>")
    unknown = client.get(f"/v/{make(2026, 4711)}?c={at.code}")
    for gtin in ("04006381333931", "06901234567890", "x", "1" * 40):
        other = client.get(f"/01/{gtin}", query_string=query)
        assert other.status_code == 404
        assert shape(text(other), at.world.number, f"/01/{gtin}").count("<") == text(unknown).count("<")
    asked = client.get(f"/01/{GTIN}")
    assert asked.status_code == 200 and 'id="code"' in text(asked)


@pytest.mark.parametrize(
    "typed",
    [
        "{number}",
        " {lower} ",
        "https://labels.example/v/{number}?c={code}",
        "https://x.example/01/06901234567892?n={number}&c={code}",
    ],
)
def test_the_box_takes_numbers_and_whole_addresses(at, typed):
    number = at.world.number
    value = typed.format(number=number, lower=number.lower(), code=at.code)
    answer = at.client().get(
        "/verify", query_string={"number": value, "code": "" if "://" in typed else at.code}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/v/{number}?c={at.code}")


def upload(at, data: bytes, name: str, language: str = "en", **more: str) -> str:
    form = {"file": (io.BytesIO(data), name), **more}
    answer = at.client("", language).post("/verify", data=form)
    assert answer.status_code == 200
    return text(answer)


def forms(at) -> dict[str, bytes]:
    who, number, services = at.world["exporter"], at.world.number, at.world.services
    made = {
        "label.pdf": labels.document(who, number, services),
        "bundle.json": labels.bundle(who, number, services),
        "credential.jwt": labels.credential(who, number, services).encode(),
    }
    for form in ("data-integrity", "untp"):
        made[f"{form}.json"] = label_exports.export(who, number, form, services)
    return made


def test_every_form_of_a_label_can_be_dropped(at):
    for name, data in forms(at).items():
        html = upload(at, data, name)
        said = verdict(html)
        assert at.world.number in said and name in said
        assert VALID["en"] in said, name
        assert 'id="at"' not in html


def test_a_file_of_a_suspended_label_is_told_as_it_stands_now(at):
    kept = forms(at)
    at.world.clock.on(60)
    change(at, "suspended")
    for name in kept:
        assert STATES["suspended"][0] in verdict(upload(at, kept[name], name))


def test_a_changed_file_is_named_and_nothing_of_it_is_confirmed(at):
    bundle = json.loads(forms(at)["bundle.json"])
    head, payload, signature = bundle["credential"].split(".")
    other = "A" if payload[40] != "A" else "B"
    bundle["credential"] = ".".join([head, payload[:40] + other + payload[41:], signature])
    html = upload(at, json.dumps(bundle).encode(), "bundle.json")
    assert VALID["en"] not in html and "verdict-good" not in html
    pdf = bytearray(forms(at)["label.pdf"])
    pdf[len(pdf) // 2] ^= 1
    first = verdict(upload(at, bytes(pdf), "label.pdf", "zh"))
    assert "未通过" in first and "verdict-bad" in first


def test_a_file_is_compared_with_the_number_typed_beside_it(at):
    html = upload(at, forms(at)["bundle.json"], "bundle.json", number=make(2026, 4711))
    assert "This file belongs to another label" in verdict(html)


def test_claims_are_shown_without_a_code(at):
    claim = sealing(at.world)
    for language, title in (("en", "This claim is valid"), ("zh", "本声明有效")):
        html = text(at.client("", language).get(f"/v/{claim.number}"))
        assert title in verdict(html) and f"/c/{claim.number}" in html
    answer = at.client().get(f"/v/{make(2026, 4711, 'TC')}")
    assert answer.status_code == 404 and "No such claim" in text(answer)


PAGES = (
    "/",
    "/verify",
    "/v/{number}",
    "/v/{number}?c={code}",
    "/v/{number}?c=ZZZZZZZZ",
    "/c/{claim}",
    "/trust.json",
)


def test_strangers_get_no_cookie_and_nothing_from_elsewhere(at):
    claim = sealing(at.world).number
    pages = [page.format(number=at.world.number, code=at.code, claim=claim) for page in PAGES]
    pages += ["/.well-known/did.json", "/contexts/tanbiao-2.jsonld", "/01/06901234567892", f"/c/{claim}.json"]
    pages += [
        f"/v/{at.world.number}/label.pdf?c={at.code}",
        f"/api/v1/verify/{at.world.number}?code={at.code}",
    ]
    for page in pages:
        for language in ("", "lang=en", "lang=zh"):
            client = at.app.test_client()
            answer = client.get(
                page + (("&" if "?" in page else "?") + language if language else ""), buffered=True
            )
            assert "Set-Cookie" not in answer.headers, page
            for address in (
                re.findall(r'(?:src|href|action)="([^"]+)"', text(answer))
                if "html" in answer.mimetype
                else ()
            ):
                assert not re.match(r"(?:[a-z]+:)?//", address), (page, address)
    client = at.app.test_client()
    posted = client.post("/verify?lang=en", data={"file": (io.BytesIO(b"x"), "x.pdf")})
    assert posted.status_code == 200 and "Set-Cookie" not in posted.headers


def test_the_language_asked_for_stays_in_the_addresses_instead(at):
    client = at.app.test_client()
    html = text(client.get(f"{at.address}&lang=zh"))
    assert '<html lang="zh-Hans"' in html
    for address in re.findall(r'<a [^>]*href="(/[^"#]*)"', html):
        if not address.startswith("/api/docs"):
            assert "lang=" in address, address
    assert '<input type="hidden" name="lang" value="zh">' in html
    answer = client.get("/verify", query_string={"number": at.world.number, "code": at.code, "lang": "zh"})
    assert answer.headers["Location"].endswith("&lang=zh")
    assert "Set-Cookie" in client.get("/sign-in?lang=zh").headers


def test_a_verdict_is_neither_stored_nor_indexed(at):
    for address in (at.address, f"/v/{at.world.number}", f"/v/{at.world.number}.json?c={at.code}"):
        headers = at.client().get(address).headers
        assert headers["Cache-Control"] == "no-store" and "noindex" in headers["X-Robots-Tag"]


def test_keys_and_words_are_for_everybody(at):
    client = at.client()
    did, trust = client.get("/.well-known/did.json"), client.get("/trust.json")
    assert did.get_json() == at.world.services.keys.keyset().did_document()
    assert did.get_json()["id"] == trust.get_json()["issuers"][0]["id"]
    context = client.get("/contexts/tanbiao-2.jsonld", buffered=True)
    assert context.mimetype == "application/ld+json" and json.loads(context.data)["@context"]
    for answer in (did, trust, context):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
