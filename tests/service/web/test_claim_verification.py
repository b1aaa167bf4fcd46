"""A claim on the pages of verification: by number and by file, in both languages, never called a label."""

from __future__ import annotations

import io

import pytest

from service.usecases import verification
from tests.service.claims.sealingmaking import sealing


@pytest.fixture
def at(site):
    made = site("issued")
    made.claim = sealing(made.world)
    return made


def upload(at, data: bytes, language: str = "en", **more: str) -> str:
    form = {"file": (io.BytesIO(data), "claim.pdf"), **more}
    answer = at.client("", language).post("/verify", data=form, content_type="multipart/form-data")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_by_number_by_file_and_what_is_wrong_with_a_file(at):
    number, services = at.claim.number, at.world.services
    pdf = verification.published_document(number, services)
    assert pdf is not None
    for language, genuine, title in (
        ("en", "This claim is valid", "Retired carbon credits"),
        ("zh", "本声明有效", "碳信用注销明细"),
    ):
        for html in (
            at.client("", language).get(f"/v/{number}").get_data(as_text=True),
            upload(at, pdf, language),
        ):
            assert genuine in html and title in html and html.count("<h1") == 1
            for row in at.claim.statement["retirements"]:
                assert row["serial"] in html and row["retiredOn"] in html
            assert (
                f"/c/{number}" in html and "N20" in html and at.claim.statement["chain"][0]["sha256"] in html
            )
            assert " style=" not in html

    changed = pdf.replace(b"/MediaBox", b"/mediaBox", 1)
    html = upload(at, changed)
    assert "This claim was altered" in html and "Failed check" in html and "It is not confirmed" in html
    assert "This file belongs to another claim" in upload(at, pdf, number=at.world.number)


def test_its_twin_for_programs_and_its_files(at):
    number = at.claim.number
    found = at.client().get(f"/v/{number}.json").get_json()
    assert (found["verdict"], found["noun"]) == ("valid", "claim")
    assert found["statement"] == at.claim.statement
    api = at.client().get(f"/api/v1/verify/{number}").get_json()
    assert api["noun"] == "claim" and api["steps"] == found["steps"]
    assert at.client().get(f"/v/{number}/label.pdf").data.startswith(b"%PDF-")
    assert at.client().get(f"/v/{number}/bundle.json").data.startswith(b"{")


def test_a_number_typed_or_pasted_finds_it_and_an_unknown_one_is_said(at):
    number = at.claim.number
    for typed in (number.lower(), f"http://localhost/c/{number}", f" {number} "):
        answer = at.client().get("/verify", query_string={"number": typed})
        assert answer.status_code == 303 and answer.location.endswith(number)
    answer = at.client().get("/v/TC-2026-9999999-X")
    assert answer.status_code == 404 and "No such claim" in answer.get_data(as_text=True)


def test_an_upload_that_is_neither_says_so(at):
    assert "neither a label nor a claim" in upload(at, b"hello")
