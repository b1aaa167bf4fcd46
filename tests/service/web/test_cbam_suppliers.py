"""Suppliers: a returned file is looked at, applied, and never verified by that; the report is a form of its own."""

from __future__ import annotations

import io
import re

import pytest

from lca.cbam.monitoring import PrecursorChoice
from service.usecases.cbam import installations, staging
from tests.service.cbam.test_suppliers import returned

REPORT = {
    "number": "V-7",
    "verifier": "Verifier GmbH",
    "accreditation": "A-1",
    "issued": "2027-02-01",
    "accredited_until": "2029-01-01",
    "start": "2026-01-01",
    "end": "2026-12-31",
    "categories": "iron-or-steel-products",
    "use_actual": "1",
}


@pytest.fixture
def at(site):
    return site("issued")


def path(at, more=""):
    return f"/cbam/installations/{at.world.installation}/suppliers{more}"


def text(at, more="", who="practitioner", language="en"):
    return at.client(who, language).get(path(at, more)).get_data(as_text=True)


def wire(at):
    view = installations.get(at.world["exporter"], at.world.installation, at.world.services)
    return view.data.precursors[0], str(view.version.number)


def handed_in(at, data: bytes, who="practitioner"):
    return at.client(who).post(path(at), data={"file": (io.BytesIO(data), "form.xlsx")})


def test_what_is_missing_is_said_in_order(at):
    html = text(at)
    assert "The supplier has sent no figures" in html
    assert "Default value with mark-up" in html


def test_a_returned_form_is_seen_then_applied_then_verified(at):
    answer = handed_in(at, returned(at.world))
    assert answer.status_code == 303
    assert wire(at)[0].values is None, "looking stores nothing"
    client, address = at.client("practitioner"), answer.headers["Location"]
    html = client.get(address).get_data(as_text=True)
    assert "not verified by this file" in html
    assert "1.9" in html
    assert "A name in a file verifies nothing" in html
    applied = client.post(address, data={"version": wire(at)[1], "product": "0", "precursor": "wire"})
    assert applied.status_code == 303
    found, version = wire(at)
    assert (found.values.see_direct, found.values.report, found.choice) == (
        1.9,
        None,
        PrecursorChoice.DEFAULT,
    )
    assert "figures without one count for nothing" in text(at)
    report = client.post(path(at, "/report?precursor=wire"), data=REPORT | {"version": version})
    assert report.status_code == 303
    found, _ = wire(at)
    assert (found.values.report.number, found.choice) == ("V-7", PrecursorChoice.ACTUAL)
    assert found.values.report.categories == ("iron-or-steel-products",)
    assert "Verified figures are used" in text(at)


def applied(at):
    answer = handed_in(at, returned(at.world))
    data = {"version": wire(at)[1], "product": "0", "precursor": "wire"}
    at.client("practitioner").post(answer.headers["Location"], data=data)


def test_the_report_form_tells_every_field_at_once_and_keeps_what_was_typed(at):
    applied(at)
    given = {"version": wire(at)[1], "verifier": "Somebody", "start": "2026-12-31", "end": "2026-01-01"}
    answer = at.client("practitioner").post(path(at, "/report?precursor=wire"), data=given)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("number", "accreditation", "issued", "accredited_until", "end"):
        assert f'id="{field}-error"' in html
    assert 'value="Somebody"' in html
    assert wire(at)[0].values.report is None


def test_the_hash_follows_from_the_document_which_is_not_kept(at):
    import hashlib

    applied(at)
    data = REPORT | {"version": wire(at)[1], "document": (io.BytesIO(b"a signed report"), "r.pdf")}
    assert at.client("practitioner").post(path(at, "/report?precursor=wire"), data=data).status_code == 303
    assert wire(at)[0].values.report.sha256 == hashlib.sha256(b"a signed report").hexdigest()
    bad = REPORT | {"version": wire(at)[1], "sha256": "xyz"}
    html = at.client("practitioner").post(path(at, "/report?precursor=wire"), data=bad).get_data(as_text=True)
    assert 'id="sha256-error"' in html


def test_a_file_that_is_none_is_refused(at):
    assert [handed_in(at, data).status_code for data in (b"", b"no workbook", b"PK\x03\x04 broken")] == [
        422
    ] * 3
    assert wire(at)[0].values is None


def test_a_stale_version_is_refused(at):
    location = handed_in(at, returned(at.world)).headers["Location"]
    answer = at.client("practitioner").post(location, data={"version": "0", "precursor": "wire"})
    assert answer.status_code == 409
    assert wire(at)[0].values is None


def test_a_product_of_another_country_is_not_offered(at):
    location = handed_in(at, returned(at.world, A5="IN")).headers["Location"]
    html = at.client("practitioner").get(location).get_data(as_text=True)
    assert "No purchased precursor has this CN code and country" in html


def test_a_returned_file_is_its_senders_alone(at):
    location = handed_in(at, returned(at.world)).headers["Location"]
    assert at.client("exporter").get(location).status_code == 404
    assert at.client("reviewer").get(location).status_code == 403
    assert at.client("practitioner").get(location[:-1] + "z").status_code == 404
    assert at.client("practitioner").get(path(at, "/returns/..%2f..%2ftanbiao.sqlite")).status_code == 404


def test_staged_files_go_after_a_day_and_the_ninth_displaces_the_first(at):
    who, services = at.world["exporter"], at.world.services
    keys = []
    for number in range(9):
        at.world.clock.on(1)
        keys.append(staging.stage(who, f"{number}.xlsx", b"data", services))
    from service.usecases.refusals import NotFound

    with pytest.raises(NotFound):
        staging.take(who, keys[0], services)
    assert staging.take(who, keys[8], services).filename == "8.xlsx"
    at.world.clock.on(staging.SECONDS + 1)
    with pytest.raises(NotFound):
        staging.take(who, keys[8], services)
    staging.stage(at.world["practitioner"], "x", b"data", services)
    assert len([one for one in (services.settings.home / "staged").glob("*/*") if one.is_file()]) == 1


def test_who_may_read_may_not_hand_in(at):
    html = text(at, who="reviewer")
    assert "Purchased precursors" in html
    assert not re.search(r"Look into the file|Write to the supplier", html)
    assert at.client("reviewer").get(path(at, "/report?precursor=wire")).status_code == 403


def test_the_chinese_pages_are_chinese(at):
    applied(at)
    for more in ("", "/report?precursor=wire"):
        html = text(at, more, language="zh")
        for english in ("Purchased", "Verifier&#39;s", "Default value", "Accreditation", "Look into"):
            assert english not in html
