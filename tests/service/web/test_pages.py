"""What the pages say: in both languages, with every number traceable, and refusals with their reasons."""

from __future__ import annotations

import io
import json
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


def test_verification_page_without_account(site):
    at = site("issued")
    html = page(at, "", "/v/{number}", "en")
    assert "This label is genuine" in html
    assert at.world.number in html
    total = json.loads(at.client().get(f"/v/{at.world.number}.json").data)["statement"]["footprint"]["total"]
    assert total in html


def test_unknown_number_is_said_plainly(site):
    answer = site("issued").client().get("/v/TB-2026-9999999-X")
    assert answer.status_code == 404
    assert "No such label" in answer.get_data(as_text=True)


def test_altered_file_is_refused_by_name(site):
    at = site("issued")
    client = at.client()
    bundle = client.get(f"/v/{at.world.number}/bundle.json", buffered=True).get_json()
    head, payload, signature = bundle["credential"].split(".")
    bundle["credential"] = ".".join(
        [head, payload[:40] + ("A" if payload[40] != "A" else "B") + payload[41:], signature]
    )
    upload = {"file": (io.BytesIO(json.dumps(bundle).encode()), "bundle.json")}
    html = client.post("/verify", data=upload).get_data(as_text=True)
    assert "This label is genuine" not in html
    assert "Failed" in html


def test_true_pdf_verifies_by_upload(site):
    at = site("issued")
    client = at.client()
    pdf = client.get(f"/v/{at.world.number}/label.pdf", buffered=True).data
    html = client.post("/verify", data={"file": (io.BytesIO(pdf), "label.pdf")}).get_data(as_text=True)
    assert "This label is genuine" in html


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


def test_old_version_is_told(site):
    at = site("opened")
    client = at.client("practitioner")
    data = {"key": "M1", "dataset": "al-primary-glo-2022", "reason": "ingot", "version": "0"}
    assert client.post(f"/studies/{at.world.study}/links", data=data).status_code == 409


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


def test_did_document_names_the_label_key(site):
    at = site("issued")
    client = at.client()
    did, trust = client.get("/.well-known/did.json").get_json(), client.get("/trust.json").get_json()
    assert did == at.world.services.keys.keyset().did_document()
    assert did["id"] == trust["issuers"][0]["id"]
