"""The label's page for signed-in people: its standing and who may change it, its forms, official marks, the list."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from certificates.credential import decode
from certificates.labelnumber import shown_code
from service.usecases import labels
from service.web import label_page
from service.web.i18n import LANGUAGES
from tests.service import world as making
from tests.service.test_marks import picture

WEB = Path(label_page.__file__).parent
REASON = "meter readings in doubt"
SURE = {"sure": "1", "reason": REASON}


@pytest.fixture
def at(site):
    made = site("issued")
    made.label = labels.get(made.world["exporter"], made.world.number, made.world.services)
    made.page = f"/labels/{made.world.number}"
    return made


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_shows_code_address_standing_and_files(at, language):
    html = text(at.client("exporter", language).get(at.page))
    assert shown_code(at.label.code) in html
    assert f"http://localhost/v/{at.world.number}?c={at.label.code}" in html
    assert ("未被暂停、撤销或取代" if language == "zh" else "Neither suspended nor revoked") in html
    for entry in at.label.statement["chain"]:
        assert entry["sha256"] in html
    for form in ("data-integrity", "untp", "passport"):
        assert f"{at.page}/{form}.json" in html


ACTS = {
    "exporter": [],
    "practitioner": [],
    "reviewer": [],
    "signatory": ["suspended", "revoked", "superseded"],
    "regulator": ["suspended", "revoked"],
}
AFTER_REGULATOR = {"exporter": [], "signatory": ["revoked"], "regulator": ["active", "revoked"]}
AFTER_SIGNATORY = {"signatory": ["active", "revoked", "superseded"], "regulator": ["suspended", "revoked"]}


def offered(at, who: str) -> list[str]:
    html = text(at.client(who).get(at.page))
    return re.findall(rf'href="{at.page}/standing/([a-z]+)"', html)


def test_what_is_offered_is_what_can_be_done(at):
    assert {who: sorted(offered(at, who)) for who in ACTS} == {
        who: sorted(acts) for who, acts in ACTS.items()
    }
    assert at.client("regulator").post(f"{at.page}/standing/suspended", data=SURE).status_code == 303
    found = {who: sorted(offered(at, who)) for who in AFTER_REGULATOR}
    assert found == {who: sorted(acts) for who, acts in AFTER_REGULATOR.items()}
    assert at.client("regulator").post(f"{at.page}/standing/active", data=SURE).status_code == 303
    assert at.client("signatory").post(f"{at.page}/standing/suspended", data=SURE).status_code == 303
    found = {who: sorted(offered(at, who)) for who in AFTER_SIGNATORY}
    assert found == {who: sorted(acts) for who, acts in AFTER_SIGNATORY.items()}
    assert at.client("signatory").post(f"{at.page}/standing/revoked", data=SURE).status_code == 303
    assert {who: offered(at, who) for who in ACTS} == {who: [] for who in ACTS}


def test_a_change_is_confirmed_told_and_kept(at):
    client = at.client("signatory")
    form = text(client.get(f"{at.page}/standing/suspended"))
    assert 'name="sure"' in form and 'name="reason"' in form and at.world.number in form
    for data, field in (
        ({"reason": REASON}, "sure"),
        ({"sure": "1", "reason": "short"}, "reason"),
        ({"sure": "1"}, "reason"),
    ):
        answer = client.post(f"{at.page}/standing/suspended", data=data)
        assert answer.status_code == 422 and f'id="{field}-error"' in text(answer)
    assert labels.get(at.world["exporter"], at.world.number, at.world.services).status == "active"
    done = client.post(f"{at.page}/standing/suspended", data=SURE, follow_redirects=True)
    html = text(done)
    assert REASON in html and "Suspended" in html and "Everybody who verifies the label is told so" in html
    assert "Demo Institution" in html


REFUSED = (
    ("exporter", "suspended", SURE, 403, "not-allowed"),
    ("regulator", "superseded", SURE, 403, "not-allowed"),
    ("rival-signatory", "suspended", SURE, 404, "not-found"),
    ("signatory", "active", SURE, 409, "Reload the page"),
    ("signatory", "superseded", SURE, 422, 'id="other-error"|Nothing was changed'),
    ("signatory", "superseded", SURE | {"other": "TB-2026-0000009-0"}, 404, ""),
    ("signatory", "expired", SURE, 404, ""),
)


@pytest.mark.parametrize(("who", "state", "data", "status", "said"), REFUSED)
def test_refusals_are_shown(at, who, state, data, status, said):
    answer = at.client(who).post(f"{at.page}/standing/{state}", data=data)
    assert answer.status_code == status
    if said and "-" not in said.split("|")[0]:
        assert re.search(said, text(answer))
    assert labels.get(at.world["exporter"], at.world.number, at.world.services).status == "active"


def test_forms_of_others_hold_the_same_statement(at):
    client = at.client("exporter")
    leaf = decode(at.label.credential).leaf_bytes
    for form in ("data-integrity", "untp"):
        answer = client.get(f"{at.page}/{form}.json", buffered=True)
        decoded = decode(json.loads(answer.data))
        assert (decoded.form, decoded.leaf_bytes, decoded.statement) == (form, leaf, at.label.statement)
        assert client.get(f"{at.page}/{form}.json", buffered=True).data == answer.data
    passport = json.loads(client.get(f"{at.page}/passport.json", buffered=True).data)
    assert "DigitalProductPassport" in passport["type"]
    assert f"/v/{at.world.number}?c={at.label.code}" in json.dumps(passport)
    assert client.get(f"{at.page}/other.json").status_code == 404


def mark(at, who: str = "exporter", **changes):
    data = {
        "body": "演示认证机构",
        "certificate_number": "CERT-1",
        "picture": (io.BytesIO(picture()), "x.svg"),
    }
    return at.client(who).post(f"{at.page}/marks", data=data | changes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_official_mark_is_shown_only_with_its_number_and_that_it_is_not_ours(at, language):
    assert mark(at).status_code == 303
    public = f"/v/{at.world.number}?c={at.label.code}"
    ours = "neither gives nor checks official marks" if language == "en" else "既不授予也不核查官方标志"
    for who, page in (("exporter", at.page), ("", public)):
        html = text(at.client(who, language).get(page))
        figure = html[html.index('<figure class="official"') : html.index("</figure>")]
        assert "CERT-1" in figure and "演示认证机构" in figure and ours in html
        source = re.search(r'<img src="([^"]+)"', figure)[1].replace("&amp;", "&")
        picture_ = at.client(who).get(source, buffered=True)
        assert (picture_.status_code, picture_.mimetype) == (200, "image/png")
        assert picture_.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in picture_.headers["Content-Security-Policy"]
        if not who:
            assert at.client().get(source.partition("?")[0]).status_code == 404
    key = re.search(r"/marks/([0-9a-f]{32})", text(at.client("exporter").get(at.page)))[1]
    assert at.client("exporter").post(f"{at.page}/marks/{key}/gone").status_code == 303
    assert '<figure class="official"' not in text(at.client().get(public))


def test_what_is_wrong_with_a_mark_is_told_at_its_field(at):
    for changes, field in (
        ({"certificate_number": ""}, "certificate_number"),
        ({"body": ""}, "body"),
        ({"picture": (io.BytesIO(b"<svg/>"), "mark.png")}, "picture"),
    ):
        answer = mark(at, **changes)
        assert answer.status_code == 422 and f'id="{field}-error"' in text(answer)
    assert mark(at, "practitioner").status_code == 403
    assert mark(at, "other-exporter").status_code == 404
    assert 'action="/labels' not in text(at.client("regulator").get(at.page)).replace(
        "/recompute", ""
    ).replace(f'action="{at.page}"', "")


def test_no_mark_of_others_is_drawn_here():
    """Pictures: our own sign, and uploads shown by one macro. Nothing else is drawn or shipped that could be a mark."""
    shipped = {path.name for path in (WEB / "static").iterdir()}
    assert shipped == {"mark.svg", "tanbiao.css", "tanbiao.js"}
    with_pictures = {
        path.name: path.read_text("utf-8").count("<img")
        for path in WEB.rglob("*.html")
        if "<img" in path.read_text("utf-8")
    }
    assert with_pictures == {"verify.html": 1}
    drawn = "".join(
        path.read_text("utf-8") for path in (*WEB.rglob("*.html"), *WEB.rglob("*.svg"), *WEB.rglob("*.css"))
    )
    assert "data:image" not in drawn and "<image" not in drawn and "url(" not in drawn
    signs = re.findall(r"<svg(?:(?!</svg>).)*</svg>", drawn, re.DOTALL)
    assert len(signs) > 10 and not any("<text" in sign and "碳足迹" in sign for sign in signs)


def test_the_list_has_the_standing_with_a_filter_and_csv(at):
    client = at.client("signatory")
    assert client.get("/labels.json?standing=active").get_json()["total"] == 1
    assert client.get("/labels.json?standing=suspended").get_json()["total"] == 0
    client.post(f"{at.page}/standing/suspended", data=SURE)
    row = client.get("/labels.json").get_json()["items"][0]
    assert row["standing"] == "suspended"
    assert client.get("/labels.json?standing=suspended").get_json()["total"] == 1
    rows = list(csv.reader(io.StringIO(text(client.get("/labels.csv")).removeprefix("\ufeff"))))
    assert rows[1][rows[0].index("Standing")] == "suspended"
    assert "已暂停" in text(at.client("signatory", "zh").get("/labels"))
    client.post(f"{at.page}/standing/active", data=SURE)
    at.world.clock.on(3 * 366 * 86400)
    assert client.get("/labels.json").get_json()["items"][0]["standing"] == "expired"


def test_a_newer_label_takes_the_place_of_an_older_one(at, workbook, open_cn):
    world, old = at.world, at.world.number
    world.clock.on(86400)
    world.inventory = making.hand_in(world, workbook)
    making.open_study(world, open_cn.identifier)
    making.approve(world)
    newer = making.issue(world)
    client = at.client("signatory")
    assert f'<option value="{newer}"' in text(client.get(f"/labels/{old}/standing/superseded"))
    assert f'value="{old}"' not in text(client.get(f"/labels/{newer}/standing/superseded"))
    missing = client.post(f"/labels/{old}/standing/superseded", data=SURE)
    assert missing.status_code == 422 and 'id="other-error"' in text(missing)
    world.clock.on(60)
    assert client.post(f"/labels/{old}/standing/superseded", data=SURE | {"other": newer}).status_code == 303
    html = text(at.client("", "zh").get(f"/v/{old}?c={at.label.code}"))
    first = html[html.index('<section class="verdict') : html.index("</section>")]
    assert "本标签已被更新的标签取代" in first and newer in first and REASON in first
    found = at.client().get(f"/v/{old}.json?c={at.label.code}").get_json()
    assert (found["verdict"], found["standing"]["state"]) == ("superseded", "superseded")
