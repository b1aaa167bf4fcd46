"""Documents: each says whom it is for, is handed out with an entry in the register, and refused with its reason."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from itertools import product

import pytest

from lca.cbam.storage import write_monitoring
from service.usecases.cbam import documents, installations

SENT = {"kind": "summary-report", "language": "en", "format": "xlsx"}


@pytest.fixture
def at(site):
    return site("issued")


def address(at, more="", who="practitioner", language="en"):
    return at.client(who, language), f"/cbam/installations/{at.world.installation}/documents{more}"


def text(at, more="", **who):
    client, path = address(at, more, **who)
    return client.get(path).get_data(as_text=True)


def sent(at, more="", who="practitioner", **data):
    client, path = address(at, more, who)
    return client.post(path, data=data, buffered=True)


def test_only_the_summary_goes_to_the_importer(at):
    html = text(at)
    assert html.count("goes to the importer") == 1
    assert html.count("stays with you and the verifier") == 3
    for kind in documents.KINDS:
        assert f'value="{kind}"' in html


def test_a_document_is_handed_out_and_registered(at):
    made = set()
    for kind, form in product(documents.KINDS, ("xlsx", "docx")):
        answer = sent(at, **SENT | {"kind": kind, "format": form, "token": "abc123"})
        assert answer.status_code == 200
        told = answer.headers["Content-Disposition"]
        assert told.startswith(f"attachment; filename={kind}-2026-v1-en.{form}")
        assert "tanbiao_arrived=abc123" in answer.headers["Set-Cookie"]
        made.add(hashlib.sha256(answer.data).hexdigest())
    listed = documents.list_(at.world["practitioner"], at.world.installation, at.world.services)
    assert made <= {one.sha256 for one in listed}
    html = text(at)
    assert all(digest[:12] in html for digest in made)


def test_a_pdf_of_the_summary_is_one(at):
    assert sent(at, **SENT | {"format": "pdf"}).data[:5] == b"%PDF-"


def test_what_only_a_person_can_state_is_in_the_document(at):
    from openpyxl import load_workbook

    given = {
        "kind": "operator-report",
        "report_number": "R-77",
        "plan_version": "3.1",
        "plan_date": "2026-01-15",
    }
    book = load_workbook(io.BytesIO(sent(at, **SENT | given).data))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert any("R-77" in cell for cell in cells)
    assert any("3.1" in cell for cell in cells)


def test_a_document_that_is_none_is_refused(at):
    before = documents.list_(at.world["practitioner"], at.world.installation, at.world.services)
    for changes in ({"kind": "invoice"}, {"language": "fr"}, {"format": "exe"}, {"plan_date": "soon"}):
        answer = sent(at, **SENT | changes)
        assert answer.status_code == 422
        assert "The document was not made" in answer.get_data(as_text=True)
    after = documents.list_(at.world["practitioner"], at.world.installation, at.world.services)
    assert after == before


def test_the_register_as_csv_and_json(at):
    client, path = address(at)
    items = client.get(f"{path}.json").get_json()["items"]
    assert [item["kind"] for item in items] == ["summary-report"]
    assert items[0]["who"] == "practitioner"
    assert len(items[0]["sha256"]) == 64
    assert "summary-report" in client.get(f"{path}.csv").get_data(as_text=True)


def test_the_letter_and_the_form_for_a_supplier(at):
    letter = sent(at, "/suppliers", precursor="wire", language="zh", format="docx", reply_by="2027-01-31")
    assert (letter.status_code, letter.data[:2]) == (200, b"PK")
    form = sent(at, "/suppliers", precursor="wire", language="en", format="xlsx")
    assert "supplier-form" in form.headers["Content-Disposition"]
    assert sent(at, "/suppliers", precursor="none", language="en", format="docx").status_code == 422
    assert (
        sent(at, "/suppliers", precursor="wire", language="en", format="docx", reply_by="x").status_code
        == 422
    )


def test_a_workbook_that_is_not_the_commissions_is_refused(at, workbook):
    client, path = address(at, "/workbook")
    assert client.post(path, data={}).status_code == 422
    answer = client.post(path, data={"template": (io.BytesIO(workbook), "x.xlsx")})
    assert answer.status_code == 422
    assert "Choose an empty copy of its communication template" in answer.get_data(as_text=True)


def test_a_staged_workbook_is_its_senders_alone(at):
    from service.usecases.cbam import staging

    key = staging.stage(at.world["exporter"], "a.xlsx", b"PK..", at.world.services)
    assert address(at)[0].get(address(at, f"/workbook/{key}")[1]).status_code == 404
    assert sent(at, f"/workbook/{key}").status_code == 404


def test_who_may_read_may_not_make(at):
    html = text(at, who="reviewer")
    assert "Make and download" not in html
    assert "Register of documents" in html
    assert sent(at, who="reviewer", **SENT).status_code == 403


def test_the_chinese_page_is_chinese(at):
    html = text(at, language="zh")
    for english in ("Operator", "Summary", "Monitoring plan", "Make and download", "Register", "Letter"):
        assert english not in html


def test_chinese_left_in_the_english_version_is_told(at):
    assert "Not all of the English version" not in text(at)
    key, services = at.world.installation, at.world.services
    data = installations.get(at.world["exporter"], key, services).data
    processes = (replace(data.processes[0], name="紧固件车间"), *data.processes[1:])
    command = installations.Put(
        write_monitoring(replace(data, processes=processes)), installation_id=key, version=1
    )
    installations.put(at.world["exporter"], command, services)
    html = text(at)
    assert "Not all of the English version" in html and "紧固件车间" in html


def test_a_document_is_fetched_again_and_nothing_is_typed_twice(at):
    at.world.clock.on(seconds=60)
    sent(at, **SENT | {"operator_address": "1 Plant Road", "evidence_handed_over": "1"})
    made = documents.list_(at.world["practitioner"], at.world.installation, at.world.services)[0]
    html = text(at)
    assert f"/documents/{made.id}/file" in html and f"/documents/{made.id}/file" not in text(
        at, who="reviewer"
    )
    assert 'value="1 Plant Road"' in html and 'name="evidence_handed_over" value="1" checked' in html
    client, path = address(at, f"/{made.id}/file")
    assert hashlib.sha256(client.get(path).data).hexdigest() == made.sha256


def test_a_document_that_comes_out_otherwise_is_not_handed_out(at, monkeypatch):
    at.world.clock.on(seconds=60)
    sent(at, **SENT)
    made = documents.list_(at.world["practitioner"], at.world.installation, at.world.services)[0]
    monkeypatch.setattr(documents, "rendered", lambda *_: b"other")
    client, path = address(at, f"/{made.id}/file")
    answer = client.get(path)
    assert answer.status_code == 409 and made.sha256 in answer.get_data(as_text=True)
