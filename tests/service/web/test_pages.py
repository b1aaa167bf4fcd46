"""What the pages say: in both languages, with every number traceable, and refusals with their reasons."""

from __future__ import annotations

import io
import re

import pytest

from service.web.i18n import LANGUAGES

PATHS = {
    "": ["/", "/sign-in", "/verify", "/v/{number}", "/v/TB-2026-9999999-X", "/api/docs"],
    "exporter": ["/home", "/inventories", "/inventories/{inventory}", "/studies/{study}", "/labels/{number}"],
    "practitioner": [
        "/home",
        "/inventories/{inventory}",
        "/studies",
        "/studies/{study}",
        "/datasets?text=铝",
    ],
    "reviewer": ["/home", "/studies/{study}"],
    "signatory": ["/home", "/studies/{study}", "/labels"],
    "regulator": ["/home", "/labels", "/labels/{number}", "/datasets/al-primary-glo-2022"],
}


def page(site, name: str, path: str, language: str) -> str:
    world = site.world
    address = path.format(inventory=world.inventory, study=world.study, number=world.number)
    return site.client(name, language).get(address).get_data(as_text=True)


@pytest.mark.parametrize("stage", ["opened", "approved", "issued"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_one_language(site, stage, language):
    at = site(stage)
    for name, paths in PATHS.items():
        for path in paths:
            if "{number}" in path and stage != "issued":
                continue
            html = page(at, name, path, language)
            assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in html, path
            assert "<main" in html
            assert len(re.findall("<h1", html)) == 1, path
            assert " style=" not in html
            assert not re.search(r"<script(?! src=)", html), path
            assert not re.search(r"\son[a-z]+=", html), path


def test_chinese_pages_hold_no_english_message(site):
    """Words of the templates on a Chinese page are Chinese: the English ids do not shine through."""
    at = site("issued")
    html = page(at, "practitioner", "/studies/{study}", "zh")
    for english in ("Carbon footprint", "Coverage", "Raw materials", "Findings", "Electricity"):
        assert english not in html


def test_every_dataset_and_cell_of_a_study_is_one_click_away(site):
    at = site("issued")
    client = at.client("reviewer")
    html = page(at, "reviewer", "/studies/{study}", "en")
    datasets = set(re.findall(r'href="(/datasets/[^"]+)"', html))
    lines = set(re.findall(rf'href="/inventories/{at.world.inventory}#(line-[^"]+)"', html))
    assert len(datasets) > 5
    assert len(lines) > 20
    for address in datasets:
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address
    inventory = client.get(f"/inventories/{at.world.inventory}").get_data(as_text=True)
    assert {line for line in lines if f'id="{line}"' not in inventory} == set()


def test_all_findings_of_a_bad_workbook_at_once_and_nothing_kept(site, workbook):
    import openpyxl

    at = site("populated")
    client = at.client("exporter", "zh")
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[3]
    sheet["F4"], sheet["F5"] = "很多", -3
    broken = io.BytesIO()
    book.save(broken)
    form = {
        "institution_id": at.world.organisations["institution"],
        "workbook": (io.BytesIO(broken.getvalue()), "a.xlsx"),
    }
    answer = client.post("/inventories", data=form)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "F4" in html
    assert "F5" in html
    assert sheet.title in html
    assert client.get("/inventories.json").get_json()["total"] == 0


def test_errors_stand_at_their_fields(site):
    at = site("populated")
    html = at.client().post("/sign-in", data={"email": "", "password": ""}).get_data(as_text=True)
    assert 'id="email-error"' in html
    assert 'aria-describedby="email-error ' in html
    html = at.client("exporter").post("/inventories", data={}).get_data(as_text=True)
    assert 'id="workbook-error"' in html


def test_return_needs_a_comment(site):
    at = site("opened")
    client = at.client("practitioner")
    study = at.world.study
    assert client.post(f"/studies/{study}/assess").status_code == 303
    assert client.post(f"/studies/{study}/submit").status_code == 303
    reviewer = at.client("reviewer")
    answer = reviewer.post(f"/studies/{study}/decision", data={"decision": "return", "comment": ""})
    assert answer.status_code == 422
    assert 'id="comment-error"' in answer.get_data(as_text=True)
    answer = reviewer.post(f"/studies/{study}/decision", data={"decision": "return", "comment": "scrap?"})
    assert answer.status_code == 303
    assert "scrap?" in client.get(f"/studies/{study}").get_data(as_text=True)


def test_choice_is_kept_and_withdrawn(site):
    at = site("opened")
    client = at.client("practitioner")
    address = f"/studies/{at.world.study}/links"
    missing = client.post(address, data={"key": "M1", "dataset": "al-primary-glo-2022", "reason": ""})
    assert missing.status_code == 422
    kept = client.post(
        address, data={"key": "M1", "dataset": "al-primary-glo-2022", "reason": "ingot, world"}
    )
    assert kept.status_code == 303
    assert kept.headers["Location"].endswith("#line-M1")
    withdrawn = client.post(address, data={"key": "M1", "dataset": "al-primary-glo-2022", "withdraw": "1"})
    assert withdrawn.status_code == 303
    assert client.get(f"/studies/{at.world.study}.json").get_json()["choices"] == []


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"version": "0"}, 409, "The study was changed meanwhile"),
        ({"dataset": "no-such-dataset"}, 422, "no-such-dataset"),
        ({"dataset": ""}, 422, "Choose one of the datasets."),
        ({"key": "M99"}, 422, "The inventory has no line M99."),
    ],
)
def test_a_refused_choice_keeps_what_was_entered(site, changes, status, told):
    at = site("opened")
    client = at.client("practitioner")
    data = {
        "key": "M1",
        "dataset": "al-primary-glo-2022",
        "reason": "ingot of the same alloy",
        "version": "1",
    }
    answer = client.post(f"/studies/{at.world.study}/links", data=data | changes)
    html = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert told in html
    assert ("ingot of the same alloy" in html) == ("key" not in changes)
    assert client.get(f"/studies/{at.world.study}.json").get_json()["choices"] == []


def test_the_answer_to_a_form_can_be_read_in_the_other_language(site):
    at = site("opened")
    client = at.client("practitioner")
    study = at.world.study
    form = {"key": "M1", "dataset": "", "reason": "ingot", "text": "metal"}
    html = client.post(f"/studies/{study}/links", data=form).get_data(as_text=True)
    assert 'name="text" value="metal"' in html
    address = re.search(r'href="([^"]*lang=zh[^"]*)"', html)
    assert address is not None
    assert client.get(address[1].replace("&amp;", "&")).status_code == 200


def test_a_line_offers_only_datasets_that_could_stand_for_it(site):
    at = site("opened")
    client = at.client("practitioner")
    address = f"/studies/{at.world.study}/lines/W1"
    html = client.get(address, query_string={"text": "water"}).get_data(as_text=True)
    assert 'value="water-supply-uk-2025"' in html
    assert "al-primary" not in html
    nothing = client.get(address, query_string={"text": "zirconium"}).get_data(as_text=True)
    assert "Nothing of this kind matches “zirconium”." in nothing
    assert client.get(f"/studies/{at.world.study}/lines/C1").status_code == 404


def test_a_dataset_in_another_unit_or_gwp_set_cannot_be_chosen(site):
    from lca.bom.example import heat_sink
    from lca.linking import link
    from lca.scope import GwpSet, Scope
    from service.web.linker import obstacle

    at = site("opened")
    release = at.world.services.releases.installed()[0]
    lines = {item.key: item for item in link(heat_sink(), release, Scope(GwpSet.AR5), {}).lines}
    metal = release.catalogue.get("al-primary-glo-2022")
    with at.app.test_request_context("/?lang=en"):
        assert str(obstacle(lines["M1"], metal, metal.gwp_set or "AR5")) == ""
        assert "Counts in kg, the line in m³" in str(obstacle(lines["W1"], metal, "AR5"))
        assert "Counts in kg, the line in t·km" in str(obstacle(lines["M1/1"], metal, "AR5"))
        only = next(item for item in release.catalogue.all("material") if item.gwp_set == "AR5")
        assert str(obstacle(lines["M1"], only, "AR6")) == "Exists for IPCC AR5 only."


def test_what_drives_the_number_is_said_in_words(site):
    at = site("issued")
    html = page(at, "exporter", "/studies/{study}", "en")
    assert "What drives the number" in html
    said = re.search(r"Together they make ([0-9.]+)% of the footprint", html)
    shares = [float(share) for share in re.findall(r"A tenth less lowers the footprint by ([0-9.]+)%", html)]
    assert said is not None
    assert sum(shares) * 10 == pytest.approx(float(said[1]), abs=2)
    assert "recycled material" in html


def test_the_chosen_institution_survives_a_refused_workbook(site):
    at = site("populated")
    institution = at.world.organisations["institution"]
    form = {"institution_id": institution, "workbook": (io.BytesIO(b"no workbook"), "x.xlsx")}
    html = at.client("exporter").post("/inventories", data=form).get_data(as_text=True)
    assert f'value="{institution}" selected' in html


def test_the_comment_of_a_return_stands_on_top_until_it_is_mended(site):
    at = site("opened")
    practitioner, reviewer = at.client("practitioner"), at.client("reviewer")
    address = f"/studies/{at.world.study}"
    practitioner.post(f"{address}/assess")
    practitioner.post(f"{address}/submit")
    reviewer.post(f"{address}/decision", data={"decision": "return", "comment": "which alloy?"})
    html = practitioner.get(address).get_data(as_text=True)
    assert html.index("Returned by the reviewer") < html.index('id="footprint"')
    practitioner.post(f"{address}/submit")
    assert "Returned by the reviewer" not in practitioner.get(address).get_data(as_text=True)


def test_recompute_says_equal(site):
    at = site("issued")
    html = at.client("regulator").post(f"/labels/{at.world.number}/recompute").get_data(as_text=True)
    assert "The number was rebuilt and is the same." in html


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.invalid/", "//elsewhere.invalid", "/\\elsewhere.invalid", "javascript:alert(1)"],
)
def test_sign_in_never_leads_elsewhere(site, wanted):
    from tests.service.world import PASSWORD

    client = site("populated").client()
    form = {"email": "exporter@demo.invalid", "password": PASSWORD}
    answer = client.post("/sign-in", query_string={"next": wanted}, data=form)
    assert answer.headers["Location"] == "/home"


def test_wrong_password_and_unknown_address_look_the_same(site):
    client = site("populated").client()
    forms = [
        {"email": "exporter@demo.invalid", "password": "wrong"},
        {"email": "no@demo.invalid", "password": "wrong"},
    ]
    pages = [client.post("/sign-in", data=form) for form in forms]
    assert [page.status_code for page in pages] == [401, 401]
    texts = [re.sub(r'value="[^"]*"', "", page.get_data(as_text=True)) for page in pages]
    assert texts[0] == texts[1]


def test_a_workbook_with_unmatched_lines_may_be_left_to_the_institution(site, workbook):
    from tests.service.test_unmatched_lines import nonsense

    at = site("populated")
    client = at.client("exporter", "zh")
    form = {"institution_id": at.world["practitioner"].organisation_id}

    def hand(**extra):
        data = form | extra | {"workbook": (io.BytesIO(nonsense(workbook)), "清单.xlsx")}
        return client.post("/inventories", data=data)

    refused = hand()
    html = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "zzqx-9000" in html and 'name="leave_unmatched"' in html
    assert "没有数据集的行交由服务机构选定" in html
    assert hand(leave_unmatched="true").status_code == 303
    spoiled = client.post("/inventories", data=form | {"workbook": (io.BytesIO(b"x"), "x.xlsx")})
    assert 'name="leave_unmatched"' not in spoiled.get_data(as_text=True)
