"""The JSON API of the ledger: who gets in, what comes out, every problem of a refusal, every operation described."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from hashlib import sha256

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from certificates.ledger.entries import plain
from tests.certificates.ledger.registries.exports import VERRA, as_csv, vcu
from tests.service.ledger import making

PEOPLE = (
    *("nobody", "exporter", "other-exporter", "practitioner"),
    *("rival-practitioner", "reviewer", "signatory", "regulator"),
)
READERS = "401 200 200 200 200 200 200 403"
WORKERS = "401 200 200 200 200 403 403 403"
OWN = "401 200 404 404 404 404 404 403"
NOBODYS = "401 404 404 404 404 404 404 403"
NOBODYS_WORK = "401 404 404 404 404 403 403 403"
REFUSED = "401 422 422 422 422 403 403 403"

GET = {
    "/portfolio": READERS,
    "/portfolio?on=2026-03-31": READERS,
    "/holdings?kind=gec&state=held&limit=1": READERS,
    "/entries": READERS,
    "/entries/2": OWN,
    "/entries/99": NOBODYS,
    "/lots/1": "401 200 200 404 404 404 404 403",
    "/positions/5.0": OWN,
    "/positions/none": NOBODYS,
    "/accounts?code=X-2": WORKERS,
    "/export": READERS,
    "/files": READERS,
    "/files/{sha256}": OWN,
    "/files/{sha256}/content": OWN,
    "/imports": READERS,
    "/imports/registries": "401 200 200 200 200 200 200 200",
    "/imports/none": NOBODYS,
    "/imports/none/report": NOBODYS,
    "/imports/none/report.csv": NOBODYS,
    "/purchases": READERS,
    "/purchases/budget": READERS,
    "/purchases/monitoring": READERS,
    "/purchases/costs": READERS,
    "/purchases/none": NOBODYS,
    "/purchases/none/versions": NOBODYS,
    "/power": READERS,
    "/power/account?year=2025": READERS,
    "/power/coverage?study={study}": "401 200 404 200 404 200 200 403",
    "/power/none": NOBODYS,
    "/power/none/candidates": NOBODYS,
}
DAYS = {"period_start": "2026-01-01", "period_end": "2026-01-31"}
RETIRED = {"on": "2026-04-01", "beneficiary": "演示铝业", "purpose": "other"} | DAYS
POST = {
    "/entries": (REFUSED, {"entries": [{}]}),
    "/positions/3.0/retire": ("401 404 201 404 404 403 403 403", RETIRED),
    "/positions/none/transfer": (NOBODYS_WORK, {"on": "2026-04-01", "to": "outside:A"}),
    "/files": ("401 201 201 201 201 403 403 403", "file"),
    "/imports": (REFUSED, "file"),
    "/imports/none/confirm": (NOBODYS_WORK, {}),
    "/purchases": (REFUSED, {"form": {}}),
    "/purchases/budget": (REFUSED, {"form": {}}),
    "/purchases/none": (NOBODYS_WORK, {"form": {"title": "x"}}),
    "/purchases/none/lots": (NOBODYS_WORK, {"add": [1]}),
    "/purchases/none/cancel": (NOBODYS_WORK, {"form": {"on": "2026-03-01", "reason": "x"}}),
    "/power": (REFUSED, {"form": {}}),
    "/power/none": (NOBODYS_WORK, {"form": {}}),
    "/power/none/allocate": (NOBODYS_WORK, {"positions": ["1.0"]}),
    "/power/none/release": (NOBODYS_WORK, {}),
    "/power/none/close": (NOBODYS_WORK, {}),
}


@pytest.fixture
def at(site):
    return site("issued")


def client(at, name: str = "exporter"):
    return at.client("" if name == "nobody" else name)


def filled(at, path: str) -> str:
    return path.format(study=at.world.study, sha256=sha256(b"contract 7").hexdigest())


def get(at, path: str, name: str = "exporter"):
    return client(at, name).get("/api/v1/ledger" + filled(at, path), buffered=True)


def post(at, path: str, body, name: str = "exporter"):
    given = {"data": {"file": (io.BytesIO(b"nothing"), "x.csv")}} if body == "file" else {"json": body}
    return client(at, name).post("/api/v1/ledger" + path, buffered=True, **given)


@pytest.mark.parametrize("name", PEOPLE)
def test_access(at, name):
    column, got, wanted = PEOPLE.index(name), {}, {}
    for path, row in GET.items():
        wanted[path] = int(row.split()[column])
        got[path] = get(at, path, name).status_code
    for path, (row, body) in POST.items():
        wanted["POST " + path] = int(row.split()[column])
        got["POST " + path] = post(at, path, body, name).status_code
    assert got == wanted


def test_every_operation_has_a_row_and_is_described(at):
    spec = at.client().get("/api/openapi.json").get_json()
    described = {
        (path.removeprefix("/api/v1/ledger"), method.upper()): operation["summary"]
        for path, item in spec["paths"].items()
        if path.startswith("/api/v1/ledger/")
        for method, operation in item.items()
        if method in ("get", "post")
    }
    assert all(described.values())
    adapter = at.app.url_map.bind("localhost")

    def shape(path: str, method: str) -> tuple[str, str]:
        rule, _ = adapter.match("/api/v1/ledger" + path.split("?")[0], method, return_rule=True)
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1/ledger"), method

    rows = {shape(path, "GET") for path in GET} | {shape(path, "POST") for path in POST}
    assert set(described) == rows


def test_entries_go_in_as_they_are_stored_and_come_out_so(at):
    world = at.world
    stored = [plain(making.acquire(world, making.gec(7, 12))), plain(making.acquire(world, making.vcs(9001)))]
    without = [{name: value for name, value in one.items() if name != "account"} for one in stored]
    made = post(at, "/entries", {"entries": without})
    assert (made.status_code, made.get_json()["first"], made.get_json()["last"]) == (201, 6, 7)
    listed = get(at, "/entries?first=6").get_json()
    assert [one["entry"] for one in listed] == stored
    one = get(at, "/entries/7").get_json()
    assert (one["entry"], one["link"]) == (stored[1], made.get_json()["link"])
    assert one["person_id"] == world["exporter"].person_id


def test_a_refusal_names_every_problem_of_every_entry_and_records_nothing(at):
    world, before = at.world, get(at, "/entries").get_json()
    again = making.acquire(world)
    gone = making.retire(world, making.gec().span)
    answer = post(at, "/entries", {"entries": [plain(again), plain(gone)]})
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert body["code"] == "ledger-refused"
    assert [(one["where"], one["kind"]) for one in body["problems"]] == [
        ("entries.1", "acquire"),
        ("entries.2", "retire"),
    ]
    assert body["problems"][0]["code"] == "serial-taken"
    for one in body["problems"]:
        assert one["zh"] and one["en"] and one["zh"] != one["en"]
    assert get(at, "/entries").get_json() == before


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"type": "novel"},
        {"type": "acquire", "on": "2026-01-01"},
        {"type": "reverse", "on": "2026-01-01", "entry": 1.5, "reason": "x"},
        {"type": "reverse", "on": "2026-01-01", "entry": 1, "reason": "x", "more": 1},
    ],
)
def test_an_entry_in_another_form_names_its_place(at, entry):
    good = plain(making.acquire(at.world, making.vcs(9001)))
    answer = post(at, "/entries", {"entries": [good, entry]})
    assert answer.status_code == 422
    assert answer.get_json()["fields"]["json"]["entries"]["1"][0] == "unreadable"


def test_nobody_records_in_another_account(at):
    theirs = plain(making.acquire(at.world, making.vcs(9001), "other-exporter"))
    assert post(at, "/entries", {"entries": [theirs]}).get_json()["code"] == "not-found"


def test_what_an_account_has(at):
    found = get(at, "/portfolio").get_json()
    assert found["account"] == at.world["exporter"].organisation_id
    totals = {(one["kind"], one["state"]): (one["amount"], one["unit"]) for one in found["totals"]}
    assert (Decimal(totals[("gec", "held")][0]), totals[("gec", "held")][1]) == (100, "MWh")
    assert totals[("vcs", "held")][1] == "tCO2e"
    assert {one["year"] for one in found["vintages"]} == {2022, 2026}
    assert found["expiring"] == []
    late = get(at, "/portfolio?on=2027-12-01").get_json()
    assert [(one["last"], one["days"]) for one in late["expiring"]] == [("2027-12-31", 30)]
    assert get(at, "/portfolio?on=2026-02-01").get_json()["totals"] == []


def test_holdings_come_page_by_page(at):
    whole = get(at, "/holdings").get_json()
    parts = [get(at, f"/holdings?limit=1&offset={n}").get_json() for n in range(whole["total"])]
    assert [one["holdings"][0]["key"] for one in parts] == [one["key"] for one in whole["holdings"]]
    assert all(one["total"] == whole["total"] == 3 for one in parts)
    (retired,) = get(at, "/holdings?state=retired").get_json()["holdings"]
    assert (retired["first"], retired["last"], retired["units"]) == (101, 400, 300)
    assert retired["used_by"] and retired["lot"]["serial"] == making.gec().serial
    assert get(at, "/holdings?state=lost").status_code == 422
    assert get(at, "/holdings?limit=1000000").status_code == 422


def test_a_lot_tells_what_happened_and_only_its_own_side(at):
    found = get(at, "/lots/1").get_json()
    assert [one["entry"]["type"] for one in found["events"]] == ["acquire", "split", "transfer", "retire"]
    assert all(re.fullmatch("[0-9a-f]{64}", one["link"]) for one in found["events"])
    theirs = get(at, "/lots/1", "other-exporter").get_json()
    assert [(one["entry"]["type"], one["own"], one["person_id"]) for one in theirs["events"]] == [
        ("transfer", False, "")
    ]
    assert "evidence" not in theirs["events"][0]["entry"]


def test_a_part_is_split_off_and_retired_or_handed_on(at):
    held = next(one for one in get(at, "/holdings?state=held&kind=gec").get_json()["holdings"])
    done = post(at, f"/positions/{held['key']}/retire", RETIRED | {"count": 40})
    assert done.status_code == 201
    assert done.get_json()["last"] - done.get_json()["first"] == 1
    rest = next(one for one in get(at, "/holdings?state=held&kind=gec").get_json()["holdings"])
    assert rest["units"] == 60
    account = get(at, "/accounts?code=X-2").get_json()["account"]
    moved = post(at, f"/positions/{rest['key']}/transfer", {"on": "2026-04-01", "to": account})
    assert moved.status_code == 201
    assert get(at, "/holdings?state=held&kind=gec").get_json()["total"] == 0
    late = post(at, f"/positions/{rest['key']}/retire", RETIRED)
    assert (late.status_code, late.get_json()["code"]) == (409, "position-closed")


def test_the_account_reads_as_text(at):
    from certificates.ledger.textform import read

    answer = get(at, "/export")
    assert answer.mimetype == "text/plain"
    assert [one.number for one in read(answer.get_data(as_text=True))] == [1, 2, 3, 4, 5]


def test_files_are_kept_by_their_hash(at):
    upload = {"file": (io.BytesIO(b"invoice 8"), "发票.pdf")}
    made = client(at).post("/api/v1/ledger/files", data=upload).get_json()
    assert (made["filename"], made["media_type"]) == ("发票.pdf", "application/pdf")
    assert get(at, f"/files/{made['sha256']}/content").data == b"invoice 8"
    assert made["sha256"] in {one["sha256"] for one in get(at, "/files").get_json()}
    assert post(at, "/files", {}).get_json()["code"] == "invalid-input"


def test_a_registrys_table_is_tried_then_recorded_once(at):
    table = as_csv(VERRA, [vcu(50_001), vcu(60_001, quantity="99")])
    upload = {"file": (io.BytesIO(table), "vcus.csv"), "registry": "verra", "acquired_on": "2026-03-01"}
    made = client(at).post("/api/v1/ledger/imports", data=upload)
    taken = made.get_json()
    assert (made.status_code, taken["state"], taken["result"]) == (201, "ready", None)
    assert (taken["counts"]["new"], taken["counts"]["rejected"]) == (1, 1)
    report = get(at, f"/imports/{taken['id']}/report?status=rejected").get_json()
    (row,) = report["rows"]
    assert (row["row"], row["told"][0]["code"]) == (3, "serial-quantity-differs")
    assert row["told"][0]["where"] and row["told"][0]["zh"] and row["told"][0]["en"]
    assert get(at, f"/imports/{taken['id']}/report.csv").data.startswith(b"\xef\xbb\xbf")
    assert get(at, f"/imports/{taken['id']}/report?status=odd").status_code == 422
    done = post(at, f"/imports/{taken['id']}/confirm", {}).get_json()
    assert (done["job_id"], done["import"]["state"], done["import"]["result"]["last"]) == ("", "recorded", 6)
    assert post(at, f"/imports/{taken['id']}/confirm", {}).get_json() == done
    refused = post(at, "/imports", "file").get_json()
    assert refused["code"] == "table-not-read"
    assert all(one["code"] and one["zh"] and one["en"] for one in refused["problems"])


def test_a_purchase_from_order_to_delivery(at):
    made = post(at, "/purchases", {"form": making.ORDER})
    assert (made.status_code, made.get_json()["status"]) == (201, "ordered")
    path = f"/purchases/{made.get_json()['id']}"
    assert post(at, f"{path}/lots", {"add": [1], "version": 1}).get_json()["status"] == "delivered"
    found = get(at, path).get_json()
    assert (found["deliveries"][0]["lot"], found["progress"]["missing"]["amount"]) == (1, "0")
    assert get(at, "/purchases/costs").get_json()["result"]["1"] == {"amount": "5.2", "currency": "CNY"}
    late = post(at, f"{path}/lots", {"remove": [1], "version": 1}).get_json()
    assert late["code"] == "dossier-changed"
    plan = {"form": {"year": "2026", "kind": "gec", "currency": "CNY", "amount": "3000"}}
    assert post(at, "/purchases/budget", plan).status_code == 200
    (row,) = get(at, "/purchases/budget?year=2026").get_json()["result"]["rows"]
    assert (row["planned"]["amount"], row["spent"]["amount"]) == ("3000", "2600.00")
    assert len(get(at, f"{path}/versions").get_json()["result"]) == 2
    assert get(at, "/purchases/monitoring").get_json()["result"]["late"] == []


def test_a_form_is_refused_with_every_field(at):
    answer = post(
        at, "/purchases", {"form": making.ORDER | {"kind": "gold", "unit_price": 5.2, "colour": "red"}}
    )
    body = answer.get_json()
    assert (answer.status_code, body["code"]) == (422, "fields-refused")
    assert {(one["where"], one["code"]) for one in body["problems"]} == {
        ("kind", "not-one-of"),
        ("unit_price", "not-a-number"),
        ("colour", "no-such-field"),
    }
    assert all(one["zh"] and one["en"] for one in body["problems"])


def test_electricity_of_a_site_against_retired_units(at):
    from tests.service.ledger import powermaking

    world = at.world
    powermaking.evidence(world)
    position = powermaking.retired(world, 100, 21)
    made = post(at, "/power", {"form": powermaking.FORM}).get_json()
    path = f"/power/{made['id']}"
    fits = [one for one in get(at, f"{path}/candidates").get_json() if not one["problems"]]
    assert [one["unit"]["position"] for one in fits] == [position]
    assert post(at, f"{path}/allocate", {"positions": [position]}).get_json()["status"] == "part-covered"
    found = get(at, path).get_json()
    assert (found["cover"]["covered"], found["cover"]["uncovered"]) == ("100000", "36600")
    assert found["units"][0]["retirement"]["type"] == "retire"
    account = get(at, "/power/account?year=2025").get_json()["result"]
    assert account["cover"]["uncovered"] == "36600"
    taken = post(at, f"{path}/allocate", {"positions": [position]}).get_json()
    assert taken["code"] == "fields-refused" and taken["problems"]
    assert post(at, f"{path}/close", {}).get_json()["code"] == "still-allocated"
    assert post(at, f"{path}/release", {}).get_json()["status"] == "open"
    assert post(at, f"{path}/close", {}).get_json()["status"] == "closed"


def test_coverage_of_a_study_without_contracts_is_complete(at):
    assert get(at, "/power/coverage?study={study}").get_json() == {
        "study_id": at.world.study,
        "complete": True,
        "lines": [],
    }


def large(data: bytes, name: str) -> dict:
    """A form with one file."""
    boundary, encoded = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
    return {"data": encoded, "content_type": f"multipart/form-data; boundary={boundary}"}


@pytest.mark.parametrize(("name", "status"), [("practitioner", 201), ("reviewer", 403), ("regulator", 403)])
def test_whoever_may_record_sends_large_files(at, name, status):
    sent = large(b"%PDF" * 4_500_000, "scan.pdf")
    assert client(at, name).post("/api/v1/ledger/files", **sent).status_code == status


def test_a_file_that_is_too_large_is_told(at):
    answer = client(at).post("/api/v1/ledger/files", **large(b"x" * 21_000_000, "scan.pdf"))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid-input")


def test_a_large_table_comes_in_by_page_too(at):
    table = large(as_csv(VERRA, [vcu(1)]) + b"\r\n" * 8_500_000, "vcus.csv")
    answer = client(at).post("/ledger/imports", **table)
    assert (answer.status_code, "/jobs/" in answer.location) == (303, True)
    assert client(at).post("/ledger/acquire", **table).status_code == 413
