"""The pages of claims: made step by step beside its checks, decided, signed, frozen; a refused form loses nothing."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from certificates.ledger.claims.model import Both
from certificates.ledger.claims.rules import CODES
from service.usecases.claims import drafting
from service.web import claims_checks, claims_picture
from service.web.claims_forms import LABELS
from service.web.i18n import LANGUAGES
from tests.service.claims import making
from tests.service.claims.conftest import claim_stages, claimed  # noqa: F401 - fixtures
from tests.service.web.conftest import Applications, Site

STEPS = tuple(LABELS)


@pytest.fixture
def pages(claimed, applications):  # noqa: F811
    """``pages("drafted")``: a claim that has come so far, and browsers for everybody."""

    def at(stage: str):
        made = claimed(stage)
        return made, Site(applications.over(made.world), made.world)

    return at


@pytest.fixture(scope="module")
def applications(compiled):
    return Applications(compiled)


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def claim_of(made):
    return drafting.get(made.world["exporter"], made.claim, made.world.services)


def empty(made) -> str:
    command = drafting.OpenClaim("空白声明", {})
    return drafting.open_(made.world["exporter"], command, made.world.services).id


def to_decide(made) -> str:
    """A draft in which a reduction is taken off, which a person has to confirm; another batch than the claim's."""
    batch = making.batch(made.world, made.position)
    taken_off = replace(batch.reductions, deducted_t=Decimal("0.1"))
    other = replace(batch.subject, name=Both("另一批", "Another batch"))
    return making.draft(made.world, replace(batch, reductions=taken_off, subject=other))


# ---------- looking ----------


def test_the_list_filters_sorts_and_exports(pages):
    made, site = pages("issued")
    empty(made)
    client = site.client("exporter")
    assert made.number in text(client, "/claims?state=in-force")
    rows = client.get("/claims.json?state=draft&sort=-title").get_json()["items"]
    assert [row["title"] for row in rows] == ["空白声明"]
    (row,) = client.get("/claims.json?type=product-batch&year=2025").get_json()["items"]
    assert (row["number"], row["state"], row["end"]) == (made.number, "in-force", "2025-12-31")
    assert made.number in client.get("/claims.csv").get_data(as_text=True)
    assert site.client("other-exporter").get("/claims.json").get_json()["items"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_shows_all_checks_and_one_heading(pages, language):
    made, site = pages("drafted")
    client = site.client("exporter", language)
    for key in (made.claim, empty(made)):
        for step in ("", *STEPS):
            html = text(client, f"/claims/{key}?step={step}")
            assert len(re.findall("<h1", html)) == 1 and " style=" not in html
            assert all(f'id="{code}"' in html for code in CODES)


def test_a_missing_part_leads_to_the_field_that_mends_it(pages):
    made, site = pages("drafted")
    client, key = site.client("exporter"), empty(made)
    found = set(re.findall(rf'href="/claims/{key}\?step=(\w+)#([\w]+)"', text(client, f"/claims/{key}")))
    assert {("subject", "name_zh"), ("period", "start"), ("market", "rule_set")} <= found
    for step, field in found:
        assert f'id="{field}"' in text(client, f"/claims/{key}?step={step}"), (step, field)


def test_every_reason_of_a_check_has_a_place_that_mends_it():
    assert {code[:3] for code in claims_checks.MEND} == set(CODES)
    for step, field in claims_checks.MEND.values():
        assert field in LABELS[step]


def test_the_json_of_a_claim_says_what_its_page_says(pages):
    made, site = pages("drafted")
    found = site.client("exporter").get(f"/claims/{made.claim}.json").get_json()
    assert [one["code"] for one in sorted(found["checks"], key=lambda one: one["code"])] == list(CODES)
    assert found["claim"]["rule_set"] == "iso-14068-1-2023"


def test_the_waterfall_hangs_together(pages):
    from service.usecases.claims.checking import Step

    steps = [
        Step("footprint", Decimal(100), Decimal(100)),
        Step("deducted", Decimal(-20), Decimal(80)),
        Step("unabated", Decimal(80), Decimal(80)),
        *(Step("retirement", Decimal(-5), Decimal(80 - 5 * n), f"S{n}") for n in range(1, 13)),
        Step("remainder", Decimal(20), Decimal(20)),
    ]
    bars = claims_picture.bars(steps, Decimal(30))
    assert [one.key for one in bars[:4]] == ["footprint", "deducted", "unabated", "residual"]
    assert (bars[1].start, bars[1].length) == (800.0, 200.0)
    assert sum(one.length for one in bars if one.key.startswith("retirement")) == pytest.approx(600)
    assert bars[-2].amount == "-20"
    assert [one.before for one in bars[1:]] == [one.after for one in bars[:-1]]
    assert claims_picture.bars(()) == ()


# ---------- making ----------


def test_a_draft_is_opened_with_three_answers(pages):
    made, site = pages("drafted")
    client = site.client("exporter")
    wrong = client.post("/claims/new", data={"title": "", "type": "event"})
    assert wrong.status_code == 422
    assert 'value="event" selected' in wrong.get_data(as_text=True)
    data = {"title": "Batch 8", "type": "event", "institution": made.world.organisations["institution"]}
    done = client.post("/claims/new", data=data)
    assert done.status_code == 303
    assert 'value="Batch 8"' in text(client, done.location)


FORMS = {
    "subject": {
        "title": "新名称",
        "type": "service",
        "name_zh": "服务",
        "name_en": "Service",
        "sites": "一厂\n二厂",
    },
    "period": {"start": "2025-01-01", "end": "2025-06-30", "valid_until": "2026-06-30"},
    "reductions": {"baseline_year": "2020", "reduced": "1,200.50", "projects": "厂区造林"},
    "market": {"rule_set": "vcmi-gold", "audience": "consumer", "markets": "cn, eu"},
    "electricity": {"power.1.position": "1.0", "power.1.kwh": "500", "uncovered_kwh": "0"},
    "wording": {"remark_zh": "附言", "remark_en": "A remark"},
}


@pytest.mark.parametrize("step", FORMS)
def test_a_step_is_kept_and_comes_back(pages, step):
    made, site = pages("drafted")
    client, key = site.client("exporter"), empty(made)
    done = client.post(f"/claims/{key}/{step}", data=FORMS[step] | {"version": "1"})
    assert done.status_code == 303
    html = text(client, f"/claims/{key}?step={step}")
    for value in FORMS[step].values():
        assert value.upper() in html.upper() or value.replace(",", "").rstrip("0") in html, value
    kept = drafting.get(made.world["exporter"], key, made.world.services)
    assert kept.record.version == 2
    if step == "reductions":
        assert kept.claim.reductions.reduced_t == Decimal("1200.5")


@pytest.mark.parametrize(
    ("step", "field", "typed"),
    [
        ("subject", "title", ""),
        ("period", "start", "yesterday"),
        ("footprint", "units", "many"),
        ("footprint", "kind", "guess"),
        ("reductions", "reduced", "NaN"),
        ("reductions", "baseline_year", "20x0"),
        ("market", "audience", "everybody"),
        ("electricity", "power.1.kwh", "1e400"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field_and_the_rest_stays(pages, step, field, typed):
    made, site = pages("drafted")
    key = empty(made)
    beside = {
        "subject": {"name_zh": "仍在", "title": "t"},
        "period": {"next_update": "2026-12-01"},
        "footprint": {"kind": "label", "accreditation": "仍在"},
        "reductions": {"projects": "仍在"},
        "market": {"markets": "DE"},
        "electricity": {"power.1.position": "9.0", "power.1.site": "仍在"},
    }[step]
    data = beside | {field: typed, "version": "1"}
    answer = site.client("exporter").post(f"/claims/{key}/{step}", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in html and f'id="{field}' in html
    kept = next(value for name, value in beside.items() if name not in (field, "kind", "power.1.position"))
    assert kept in html
    assert drafting.get(made.world["exporter"], key, made.world.services).record.version == 1


def test_the_slower_of_two_keeps_what_was_typed(pages):
    made, site = pages("drafted")
    client, path = site.client("exporter"), f"/claims/{made.claim}/wording"
    form = {"remark_zh": "甲", "remark_en": "first", "version": "1"}
    assert client.post(path, data=form).status_code == 303
    late = client.post(path, data=form | {"remark_zh": "乙", "remark_en": "second"})
    html = late.get_data(as_text=True)
    assert late.status_code == 409
    assert ">second</textarea>" in html and 'name="version" value="2"' in html
    assert claim_of(made).claim.remark.en == "first"


def test_a_file_chosen_in_a_refused_form_is_not_chosen_again(pages):
    made, site = pages("drafted")
    data = {"baseline_year": "x", "plan_file": (io.BytesIO(b"plan"), "plan-2.pdf"), "version": "1"}
    answer = site.client("exporter").post(f"/claims/{made.claim}/reductions", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(r'value="[0-9a-f]{64}" selected>plan-2\.pdf', html)


def test_evidence_is_added_and_taken_away(pages):
    made, site = pages("drafted")
    client, key = site.client("exporter"), empty(made)
    data = {"version": "1", "what": ["baseline"], "file.baseline": (io.BytesIO(b"ledger 2022"), "2022.xlsx")}
    assert client.post(f"/claims/{key}/evidence", data=data).status_code == 303
    (proof,) = drafting.get(made.world["exporter"], key, made.world.services).claim.evidence
    assert (proof.what, proof.person) == ("baseline", made.world["exporter"].person_id)
    assert client.get(f"/claims/{key}/files/{proof.sha256}").data == b"ledger 2022"
    assert client.get(f"/claims/{key}/files/{'0' * 64}").status_code == 404
    assert client.post(f"/claims/{key}/evidence", data={"version": "2"}).status_code == 303
    assert drafting.get(made.world["exporter"], key, made.world.services).claim.evidence == ()


def test_retired_credits_are_offered_ticked_and_suggested(pages):
    made, site = pages("drafted")
    world, client = made.world, site.client("exporter")
    key = making.draft(world, making.batch(world, units=200))
    wanted = making.needed(world, 200)
    making.credits(world, 700_001, wanted)
    html = text(client, f"/claims/{key}?step=retirements")
    assert f'value="{made.position}"' in html and "fits" in html
    assert "Retire these first" in html and "/retire" in html
    done = client.post(f"/claims/{key}/retirements", data={"retirements": made.position, "version": "1"})
    assert done.status_code == 303
    assert f'value="{made.position}" checked' in text(client, f"/claims/{key}?step=retirements")


def test_a_report_has_a_version_of_its_own(pages):
    made, site = pages("drafted")
    key = empty(made)
    data = {"kind": "report", "number": "VR-1", "report_version": "7", "version": "1"}
    assert site.client("exporter").post(f"/claims/{key}/footprint", data=data).status_code == 303
    assert drafting.get(made.world["exporter"], key, made.world.services).claim.footprint.version == "7"


def test_a_page_of_a_draft_does_not_withdraw_what_was_issued_meanwhile(pages):
    made, site = pages("issued")
    client, seen = site.client("exporter"), claim_of(made).record.version - 1
    done = client.post(f"/claims/{made.claim}/withdraw", data={"reason": "客户不要了", "version": str(seen)})
    assert (done.status_code, claim_of(made).record.status) == (409, "issued")
    assert 'name="version"' in text(client, f"/claims/{made.claim}")


def test_the_period_of_the_footprint_is_taken(pages):
    made, site = pages("drafted")
    client = site.client("exporter")
    form = {"start": "2025-02-01", "end": "2025-02-28", "version": "1"}
    assert client.post(f"/claims/{made.claim}/period", data=form).status_code == 303
    html = client.post(f"/claims/{made.claim}/period", data=form | {"take": "footprint"}).get_data(
        as_text=True
    )
    assert 'value="2025-01-01"' in html and 'value="2025-12-31"' in html


def test_a_practitioner_sees_what_fits_and_no_more_of_the_account(pages):
    made, site = pages("drafted")
    other = making.retired(
        made.world,
        making.credits(made.world, 600_001, 5),
        making.company(made.world).period,
        beneficiary=making.Beneficiary("别人", "X-9"),
    )
    own = text(site.client("exporter"), f"/claims/{made.claim}?step=retirements")
    handed = text(site.client("practitioner"), f"/claims/{made.claim}?step=retirements")
    assert f'value="{other}"' in own and f'value="{other}"' not in handed
    assert f'value="{made.position}" checked' in handed


# ---------- deciding ----------


def test_from_draft_to_public(pages):
    made, site = pages("drafted")
    path = f"/claims/{to_decide(made)}"
    exporter, reviewer = site.client("exporter"), site.client("all-hands")
    assert "Hand in for review" in text(exporter, path)
    assert exporter.post(f"{path}/submit", data={"version": "1"}).status_code == 303
    assert "Claims waiting for your review" in text(reviewer, "/home")
    bare = reviewer.post(f"{path}/decision", data={"decision": "approve", "comment": "仍在"})
    html = bare.get_data(as_text=True)
    assert bare.status_code == 422
    assert 'id="reason.N04-error"' in html and ">仍在</textarea>" in html
    assert reviewer.post(f"{path}/decision", data={"decision": "return"}).status_code == 422
    data = {"decision": "approve", "reason.N04": "the footprint does not contain it", "version": "2"}
    assert reviewer.post(f"{path}/decision", data=data).status_code == 303
    assert reviewer.get(f"{path}/issue").status_code == 403
    signatory = site.client("signatory")
    assert "Claims waiting for a signature" in text(signatory, "/home")
    shown = text(signatory, f"{path}/issue")
    assert (
        "is carbon neutral under ISO 14068-1:2023" in shown and "the footprint does not contain it" in shown
    )
    assert signatory.post(f"{path}/issue", data={"version": "3"}).status_code == 422
    assert signatory.post(f"{path}/issue", data={"version": "3", "sure": "1"}).status_code == 303
    html = text(exporter, path)
    number = re.search(r"TC-\d{4}-\d{7}-\w", html)
    assert number is not None and 'class="qr"' in html and f"/c/{number[0]}/claim.pdf" in html
    assert signatory.get(f"{path}/issue").status_code == 409


def test_a_returned_claim_says_why_and_waits_at_home(pages):
    made, site = pages("submitted")
    path = f"/claims/{made.claim}"
    data = {"decision": "return", "comment": "边界须写明包装"}
    assert site.client("all-hands").post(f"{path}/decision", data=data).status_code == 303
    client = site.client("exporter")
    assert "边界须写明包装" in text(client, path)
    assert "Claims being drafted" in text(client, "/home")


def test_what_cannot_be_submitted_says_what_is_missing(pages):
    made, site = pages("drafted")
    key = making.draft(made.world, making.batch(made.world))
    answer = site.client("exporter").post(f"/claims/{key}/submit", data={"version": "1"})
    assert answer.status_code == 422
    assert "checks of the claim are not met" in answer.get_data(as_text=True)


def test_who_prepared_a_claim_is_told_to_leave_it_to_a_colleague(pages):
    made, site = pages("drafted")
    making.submit(made.world, made.claim, "all-hands")
    html = text(site.client("all-hands"), f"/claims/{made.claim}")
    assert "a colleague takes the next step" in html and 'id="decision"' not in html


def test_withdrawing_asks_for_a_reason(pages):
    made, site = pages("issued")
    client, path = site.client("exporter"), f"/claims/{made.claim}"
    assert 'id="withdraw-error"' in client.post(f"{path}/withdraw", data={}).get_data(as_text=True)
    assert client.post(f"{path}/withdraw", data={"reason": "数据更正"}).status_code == 303
    assert "数据更正" in text(site.client(), f"/c/{made.number}")


def test_a_claim_is_frozen_by_objection_and_lifted_by_another(pages):
    made, site = pages("issued")
    regulator, path = site.client("regulator"), f"/claims/numbers/{made.number}/object"
    bare = regulator.post(path, data={"ground": "", "reason": "存疑"})
    assert bare.status_code == 422 and ">存疑</textarea>" in bare.get_data(as_text=True)
    assert regulator.post(path, data={"ground": "objection", "reason": "存疑"}).status_code == 303
    signatory, page = site.client("signatory"), f"/claims/{made.claim}"
    assert "Frozen claims" in text(signatory, "/home")
    assert "存疑" in text(signatory, page)
    assert signatory.post(f"{page}/lift", data={}).status_code == 422
    assert signatory.post(f"{page}/lift", data={"reason": "已核实"}).status_code == 303
    assert site.client().get(f"/c/{made.number}.json").get_json()["standing"] == "in-force"


def test_a_reversed_retirement_freezes_it_for_everybody_to_see(pages):
    made, site = pages("issued")
    making.reverse(made.world, made.position)
    assert "was reversed" in text(site.client("exporter"), f"/claims/{made.claim}")
    lifted = site.client("signatory").post(f"/claims/{made.claim}/lift", data={"reason": "x"})
    assert lifted.status_code == 409


def test_the_public_page_tells_how_it_stood_on_another_day(pages):
    made, site = pages("issued")
    reader, path = site.client(), f"/c/{made.number}"
    made.world.clock.on(3 * 24 * 3600)
    making.reverse(made.world, made.position)
    stood = {
        "2026-11-21": "not-yet",
        "2026-11-23": "in-force",
        "2026-11-25": "frozen",
        "2030-01-01": "frozen",
    }
    for day, standing in stood.items():
        assert reader.get(f"{path}.json?on={day}").get_json()["standing"] == standing, day
    assert "As it was known on that day" in text(reader, f"{path}?on=2026-11-23")
    assert "This claim is frozen" in text(reader, f"{path}?on=nonsense")
    moved = reader.get(f"{path.lower()}?on=2026-11-23")
    assert moved.location.endswith("?on=2026-11-23")


def test_an_objection_is_offered_to_those_who_may_raise_one(pages):
    made, site = pages("issued")
    link = f"/claims/numbers/{made.number}/object"
    assert link in text(site.client("regulator"), f"/c/{made.number}")
    assert link not in text(site.client("exporter"), f"/c/{made.number}")
