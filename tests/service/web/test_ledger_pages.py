"""The pages of the ledger: what they show, that a refused form keeps everything, and that one account sees no other."""

from __future__ import annotations

import io
import re
from datetime import date
from types import SimpleNamespace

import pytest

from certificates.ledger.entries import Acquire
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.serials import span_of
from service.usecases.ledger import looking, recording
from service.usecases.ledger.recording import Record

PLANT = "WF320700202301001"
TODAY = date(2026, 11, 22)
MONTHS = {"expired": (2024, 10), "soon": (2024, 12), "near": (2025, 1), "later": (2026, 3)}
VCS = "19380-941382555-941382741-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0"


def certificates(account: str, number: int, month: tuple[int, int], count: int) -> Acquire:
    """``count`` certificates of a month, bought once."""
    serial = f"{PLANT}{month[0]}{month[1]:02d}{number:09d}"
    start = date(month[0], month[1], 1)
    end = date(month[0], month[1], 28)
    span = span_of(Kind.GEC, serial, count)
    assert span is not None
    lot = Lot(
        kind=Kind.GEC,
        serial=serial,
        span=span,
        project=PLANT,
        vintage_start=start,
        vintage_end=end,
        name=f"Wind {number}",
        country="CN",
        technology="wind",
        electricity=PLANT,
        transfers=1,
    )
    bought = date(end.year + end.month // 12, end.month % 12 + 1, 15)
    return Acquire(on=bought, account=account, lot=lot)


@pytest.fixture(scope="module")
def ledger(shared_site):
    """An account with certificates of four ages; each test that changes something has lots of its own."""
    actor = shared_site.world["exporter"]
    counts = {"expired": 100, "soon": 200, "near": 300, "later": 400}
    entries = [
        certificates(actor.organisation_id, number, MONTHS[name], counts[name])
        for number, name in enumerate(MONTHS, 1)
    ]
    entries += [certificates(actor.organisation_id, number, (2026, 5), 50) for number in range(10, 18)]
    recording.record(actor, Record(tuple(entries)), shared_site.world.services)
    return SimpleNamespace(site=shared_site, client=shared_site.client("exporter"), actor=actor)


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def lot(ledger, number: int) -> int:
    """The entry that brought the lot ``Wind number``."""
    found = looking.holdings(ledger.actor, TODAY, ledger.site.world.services)
    return next(one.lot.sequence for one in found if one.lot.name == f"Wind {number}")


def position(ledger, number: int) -> str:
    found = looking.holdings(ledger.actor, TODAY, ledger.site.world.services)
    return next(one.position.key for one in found if one.lot.name == f"Wind {number}")


# ---------- looking ----------


def test_the_portfolio_warns_of_what_expires_and_says_which_to_use_first(ledger):
    html = text(ledger.client, "/ledger")
    assert "100 MWh expired before they were used." in html
    assert "200 MWh expire within 30 days." in html
    assert "300 MWh expire in 31 to 90 days." in html
    first = html.split('id="first"')[1]
    assert first.index("Wind 2") < first.index("Wind 3") < first.index("Wind 4")
    assert "Wind 1<" not in first.split("</section>")[0]


def test_filters_narrow_the_list_and_every_row_leads_to_its_lot(ledger):
    rows = ledger.client.get("/ledger.json?state=expired").get_json()["items"]
    assert [(row["name"], row["amount"], row["unit"]) for row in rows] == [("Wind 1", 100, "MWh")]
    assert {row["name"] for row in ledger.client.get("/ledger.json?term=90").get_json()["items"]} == {
        "Wind 3"
    }
    assert f'href="/ledger/lots/{lot(ledger, 1)}#position-' in text(ledger.client, "/ledger?state=expired")
    assert "Wind 1" in ledger.client.get("/ledger.csv?vintage=2024").get_data(as_text=True)


def test_another_day_shows_what_there_was_then(ledger):
    before = ledger.client.get("/ledger.json?on=2025-01-01").get_json()["items"]
    assert {row["name"] for row in before} == {"Wind 1"}
    assert [row["state"] for row in before] == ["held"]
    assert "What your organisation had at the end of Jan 1, 2025" in text(
        ledger.client, "/ledger?on=2025-01-01"
    )
    for no_day in ("2099-01-01", "yesterday"):
        assert "What your organisation has today" in text(ledger.client, f"/ledger?on={no_day}")


def test_a_lot_tells_its_serial_its_units_and_its_history(ledger):
    html = text(ledger.client, f"/ledger/lots/{lot(ledger, 4)}")
    assert "Filing code of the power plant, 17 characters" in html
    assert "400 MWh" in html
    assert "Acquired" in html
    link = re.search(r'data-copy="([0-9a-f]{64})"', html)
    assert link is not None
    assert link[1] in {row["link"] for row in ledger.client.get("/ledger/entries.json").get_json()["items"]}


def test_the_export_is_text_that_names_every_lot(ledger):
    answer = ledger.client.get("/ledger/export.txt")
    assert answer.mimetype == "text/plain"
    assert f"{PLANT}202412000000002" in answer.get_data(as_text=True)


def test_another_account_sees_nothing_of_it(ledger):
    other = ledger.site.client("other-exporter")
    assert other.get("/ledger.json").get_json()["items"] == []
    for path in (
        f"/ledger/lots/{lot(ledger, 4)}",
        f"/ledger/positions/{position(ledger, 4)}",
        f"/ledger/positions/{position(ledger, 4)}/retire",
        f"/ledger/entries/{lot(ledger, 4)}/reverse",
    ):
        assert other.get(path).status_code == 404, path


# ---------- recording ----------


def test_a_pasted_serial_fills_in_what_it_says(ledger):
    data = {"step": "read", "kind": "vcs", "serial": VCS, "note": "kept"}
    html = ledger.client.post("/ledger/acquire", data=data).get_data(as_text=True)
    for field, value in (
        ("amount", "187"),
        ("project", "3005"),
        ("country", "CN"),
        ("vintage_start", "2022-01-01"),
        ("vintage_end", "2022-10-31"),
        ("note", "kept"),
    ):
        assert re.search(rf'name="{field}"[^>]*value="{value}"', html), field
    wrong = ledger.client.post("/ledger/acquire", data=data | {"serial": "4711"})
    assert wrong.status_code == 422
    assert 'id="serial-error"' in wrong.get_data(as_text=True)


GOOD = {
    "step": "record",
    "kind": "vcs",
    "serial": VCS,
    "amount": "187",
    "project": "3005",
    "country": "CN",
    "vintage_start": "2022-01-01",
    "vintage_end": "2022-10-31",
    "tradable": "on",
    "on": "2026-02-01",
    "note": "from the broker",
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"serial": ""}, "serial"),
        ({"serial": "4711"}, "serial"),
        ({"amount": "180"}, "serial"),
        ({"amount": "1.5"}, "amount"),
        ({"project": "3006"}, "project"),
        ({"vintage_end": "2021-10-31"}, "vintage_end"),
        ({"vintage_start": "2022-02-01"}, "vintage_start"),
        ({"on": "2027-01-01"}, "on"),
        ({"on": ""}, "on"),
        ({"transfers": "many"}, "transfers"),
    ],
)
def test_a_refused_acquisition_tells_it_at_the_field_and_keeps_the_rest(ledger, changes, field):
    answer = ledger.client.post("/ledger/acquire", data=GOOD | changes)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in html
    assert 'value="from the broker"' in html


def test_an_acquisition_with_its_evidence_is_in_the_account_and_the_file_comes_back(ledger):
    given = GOOD | {"file": (io.BytesIO(b"statement"), "对账单.pdf")}
    done = ledger.client.post("/ledger/acquire", data=given)
    assert done.status_code == 303
    html = text(ledger.client, done.location)
    assert "Sectoral scope" in html
    address = re.search(r'href="(/ledger/files/[0-9a-f]{64})">对账单.pdf', html)
    assert address is not None
    answer = ledger.client.get(address[1])
    assert answer.data == b"statement"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    again = ledger.client.post("/ledger/acquire", data=GOOD)
    assert again.status_code == 422
    assert 'id="serial-error"' in again.get_data(as_text=True)


def test_evidence_chosen_with_a_refused_form_is_not_chosen_again(ledger):
    key = position(ledger, 10)
    data = {"amount": "9999", "on": "2026-11-01", "file": (io.BytesIO(b"proof"), "proof.pdf")}
    html = ledger.client.post(f"/ledger/positions/{key}/retire", data=data).get_data(as_text=True)
    assert "There are only 50 MWh in this position." in html
    assert re.search(r'name="evidence" value="[0-9a-f]{64}" checked><span>proof.pdf', html)


def test_a_part_is_retired_in_the_own_name(ledger):
    key = position(ledger, 11)
    form = text(ledger.client, f"/ledger/positions/{key}/retire")
    assert 'value="演示铝业"' in form
    data = {
        "amount": "20",
        "on": "2026-11-01",
        "beneficiary": "演示铝业",
        "code": "X-1",
        "purpose": "electricity-use",
        "period_start": "2026-01-01",
        "period_end": "2026-12-31",
        "reference": "HX-1",
    }
    done = ledger.client.post(f"/ledger/positions/{key}/retire", data=data)
    assert done.status_code == 303
    html = text(ledger.client, done.location)
    assert "演示铝业 (X-1)" in html
    rows = [row for row in ledger.client.get("/ledger.json").get_json()["items"] if row["name"] == "Wind 11"]
    assert sorted((row["state"], row["amount"]) for row in rows) == [("held", 30), ("retired", 20)]
    assert ledger.client.get(f"/ledger/positions/{key}/retire").status_code == 409


def test_every_problem_is_told_in_the_readers_language(ledger):
    key = position(ledger, 12)
    data = {"amount": "5", "on": "2027-01-01", "purpose": "other", "beneficiary": "x"}
    data |= {"period_start": "2026-12-31", "period_end": "2026-01-01"}
    chinese = ledger.site.client("exporter", "zh")
    html = chinese.post(f"/ledger/positions/{key}/retire", data=data).get_data(as_text=True)
    assert "晚于今天" in html
    assert 'id="period_end-error"' in html
    assert "Split it first" not in html


def test_pieces_are_split_frozen_and_reversed(ledger):
    key = position(ledger, 13)
    wrong = ledger.client.post(f"/ledger/positions/{key}/split", data={"pieces": "60", "on": "2026-11-01"})
    assert wrong.status_code == 422
    done = ledger.client.post(f"/ledger/positions/{key}/split", data={"pieces": "10, 15", "on": "2026-11-01"})
    assert done.status_code == 303
    rows = [row for row in ledger.client.get("/ledger.json").get_json()["items"] if row["name"] == "Wind 13"]
    assert sorted(row["amount"] for row in rows) == [10, 15, 25]
    data = {"cause": "dispute", "authority": "the registry", "on": "2026-11-02"}
    assert (
        ledger.client.post(f"/ledger/positions/{position(ledger, 13)}/freeze", data=data).status_code == 303
    )
    html = text(ledger.client, f"/ledger/lots/{lot(ledger, 13)}")
    assert "The units are in dispute" in html
    entry = re.findall(r'href="/ledger/entries/(\d+)/reverse"', html)
    assert len(entry) == 1, "only what nothing followed can be reversed"
    assert "the registry" in text(ledger.client, f"/ledger/entries/{entry[0]}/reverse")
    nameless = ledger.client.post(f"/ledger/entries/{entry[0]}/reverse", data={"on": "2026-11-03"})
    assert 'id="reason-error"' in nameless.get_data(as_text=True)
    data = {"on": "2026-11-03", "reason": "settled"}
    assert ledger.client.post(f"/ledger/entries/{entry[0]}/reverse", data=data).status_code == 303
    assert "settled" in text(ledger.client, f"/ledger/lots/{lot(ledger, 13)}")


def test_units_go_to_somebody_outside_or_to_an_account_here(ledger):
    key = position(ledger, 14)
    data = {"amount": "50", "on": "2026-11-01", "where": "here", "to_name": "Z-9"}
    unknown = ledger.client.post(f"/ledger/positions/{key}/transfer", data=data)
    assert "No organisation with an account here" in unknown.get_data(as_text=True)
    refused = ledger.client.post(f"/ledger/positions/{key}/transfer", data=data | {"to_name": "X-2"})
    assert refused.status_code in (409, 422), "a certificate is traded once"
    done = ledger.client.post("/ledger/acquire", data=GOOD | {"serial": VCS.replace("9413", "8413")})
    assert done.status_code == 303
    number = done.location.rpartition("/")[2]
    data |= {"amount": "7", "to_name": "X-2"}
    assert ledger.client.post(f"/ledger/positions/{number}.0/transfer", data=data).status_code == 303
    html = text(ledger.client, f"/ledger/lots/{number}")
    assert "Demo Steel" in html
    assert "180 tCO₂e" in html
    received = ledger.site.client("other-exporter")
    assert [row["amount"] for row in received.get("/ledger.json").get_json()["items"]] == [7]
    assert "Units came into your account" in text(received, "/notices")


def test_a_balance_is_recorded_where_it_holds_and_told_where_it_does_not(ledger):
    data = {"kind": "ccer", "expected": "5", "on": "2026-11-01"}
    wrong = ledger.client.post("/ledger/balance", data=data)
    assert wrong.status_code == 422
    assert 'id="expected-error"' in wrong.get_data(as_text=True)
    assert ledger.client.post("/ledger/balance", data=data | {"expected": "0"}).status_code == 303


# ---------- importing ----------

HEAD = "绿证编码,绿证数量,电量生产年月,项目名称,绿证成交日期"


def imported(client, *rows: str, name="绿证.csv"):
    data = {"file": (io.BytesIO("\n".join((HEAD, *rows)).encode()), name)}
    return client.post("/ledger/imports", data=data)


def test_a_file_is_tried_then_recorded(ledger):
    rows = [f"{PLANT}202604{number:09d},10,2026-04,Wind,2026-06-01" for number in (91, 92)]
    staged = imported(ledger.client, *rows, f"{PLANT}BAD,1,2026-04,Wind,2026-06-01")
    assert staged.status_code == 303
    html = text(ledger.client, staged.location)
    assert "Record 2 rows" in html
    assert "Rejected" in html
    assert (
        "Rejected"
        not in text(ledger.client, f"{staged.location}?status=new").split('id="rows"')[1].split("<table")[1]
    )
    assert PLANT in ledger.client.get(f"{staged.location}.csv").get_data(as_text=True)
    assert ledger.client.get(f"{staged.location}.json?status=rejected").get_json()["total"] == 1
    assert ledger.client.post(staged.location).status_code == 303
    assert "in one transaction" in text(ledger.client, staged.location)
    assert len(ledger.client.get("/ledger.json?q=202604").get_json()["items"]) == 2
    again = imported(ledger.client, *rows)
    assert "There is nothing new to record in this file." in text(ledger.client, again.location)
    assert ledger.site.client("other-exporter").get(staged.location).status_code == 404


def test_a_file_that_is_no_registrys_is_refused_with_what_was_looked_for(ledger):
    data = {"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv"), "beneficiary": "somebody"}
    answer = ledger.client.post("/ledger/imports", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "x.csv was not read" in html
    assert 'value="somebody"' in html
    assert 'id="file-error"' in ledger.client.post("/ledger/imports", data={}).get_data(as_text=True)


# ---------- purchases and green power ----------

PURCHASE = {
    "title": "Certificates 2026",
    "kind": "gec",
    "seller": "Wind company",
    "year": "2026",
    "expected": "100",
    "currency": "CNY",
    "unit_price": "5.2",
    "due.1.on": "2026-08-31",
    "due.1.quantity": "100",
    "fees.2.what": "platform",
    "fees.2.amount": "10",
}


def test_a_purchase_is_kept_and_what_came_is_counted(ledger):
    done = ledger.client.post("/ledger/purchases/new", data=PURCHASE)
    assert done.status_code == 303
    assert "100 MWh should have come by Aug 31, 2026" in text(ledger.client, done.location)
    put = ledger.client.post(f"{done.location}/lots", data={"add": str(lot(ledger, 15)), "version": "1"})
    assert put.status_code == 303
    html = text(ledger.client, done.location)
    assert "Partly delivered" in html
    assert "5.30 CNY" in html
    assert "5.30 CNY" in text(ledger.client, "/ledger").split('id="cost"')[1]
    late = ledger.client.post(f"{done.location}/edit", data=PURCHASE | {"version": "1", "seller": "Other"})
    assert late.status_code == 409
    assert 'value="Other"' in late.get_data(as_text=True)
    data = {"on": "2026-11-01", "reason": "", "version": "2"}
    assert 'id="reason-error"' in ledger.client.post(f"{done.location}/cancel", data=data).get_data(
        as_text=True
    )
    assert (
        ledger.client.post(f"{done.location}/cancel", data=data | {"reason": "no supply"}).status_code == 303
    )
    assert [row["status"] for row in ledger.client.get("/ledger/purchases.json").get_json()["items"]] == [
        "cancelled"
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"expected": "many"}, "expected"),
        ({"due.1.quantity": "90"}, "due"),
        ({"due.3.on": "tomorrow"}, "due.3.on"),
        ({"papers.1.kind": "order"}, "papers.1.number"),
    ],
)
def test_a_refused_purchase_tells_it_at_the_field(ledger, changes, field):
    answer = ledger.client.post("/ledger/purchases/new", data=PURCHASE | changes)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}' in html
    assert f'href="#{field}"' in html
    assert 'value="Wind company"' in html


def test_a_budget_shows_what_is_left(ledger):
    data = {"year": "2025", "kind": "gec", "currency": "CNY", "amount": "900"}
    assert ledger.client.post("/ledger/purchases/budget", data=data).status_code == 303
    assert "900 CNY left" in text(ledger.client, "/ledger/purchases")
    assert ledger.client.post("/ledger/purchases/budget", data=data | {"amount": "-1"}).status_code == 422


BALANCE = {
    "site": "Works",
    "place": "CN-JS",
    "period_start": "2026-01-01",
    "period_end": "2026-10-31",
    "consumption_kwh": "60000",
}


def test_retired_units_cover_the_electricity_of_a_site(ledger):
    nothing = ledger.client.post("/ledger/power/new", data=BALANCE)
    assert nothing.status_code == 422
    assert 'id="evidence-error"' in nothing.get_data(as_text=True)
    bill = {"file": (io.BytesIO(b"bill"), "bill.pdf")}
    opened = ledger.client.post("/ledger/power/new", data=BALANCE | bill)
    assert opened.status_code == 303
    key = position(ledger, 16)
    data = {
        "amount": "40",
        "on": "2026-11-01",
        "beneficiary": "演示铝业",
        "purpose": "electricity-use",
        "period_start": "2026-01-01",
        "period_end": "2026-10-31",
    }
    assert ledger.client.post(f"/ledger/positions/{key}/retire", data=data).status_code == 303
    retired = ledger.client.get("/ledger.json?q=Wind 16&state=retired").get_json()["items"]
    assert [row["amount"] for row in retired] == [40]
    html = text(ledger.client, opened.location)
    free = re.findall(r'name="positions" value="([0-9.]+)">', html)
    chosen = next(one for one in free if "Wind 16" in _of(ledger, one))
    units = {"positions": chosen, "version": "1"}
    assert ledger.client.post(f"{opened.location}/units", data=units).status_code == 303
    html = text(ledger.client, opened.location)
    assert "40,000" in html
    assert "Partly covered" in html
    account = text(ledger.client, "/ledger/power")
    assert "12.192 tCO₂" in account, "20,000 kWh by the residual factor of 0.6096"
    back = {"release": chosen, "version": "2"}
    assert ledger.client.post(f"{opened.location}/units", data=back).status_code == 303
    assert ledger.client.post(f"{opened.location}/close", data={"version": "3"}).status_code == 303


def _of(ledger, key: str) -> str:
    """The name of a position's lot."""
    return looking.position(ledger.actor, key, ledger.site.world.services).lot.name
