"""The JSON API of CBAM: who gets in, what comes out, refusals as problems, every operation described."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest

from lca.cbam.storage import write_monitoring
from service.usecases.cbam import documents, installations, tables
from tests.lca.cbam.making import monitoring
from tests.service.api.test_api import basic

PEOPLE = (
    *("nobody", "exporter", "other-exporter", "practitioner"),
    *("rival-practitioner", "reviewer", "signatory", "regulator"),
)
MEMBERS = "401 200 200 200 200 200 200 200"
NOT_REGULATOR = "401 200 200 200 200 200 200 403"
OWN = "401 200 404 200 404 200 200 403"
NOBODYS = "401 404 404 404 404 404 404 403"
EXPORTERS = "401 200 200 403 403 403 403 403"
WORKERS = "401 200 404 200 404 403 403 403"
REFUSED_WORKERS = "401 422 404 422 404 403 403 403"
AT = "/installations/{key}"

GET = {
    "/installations": NOT_REGULATOR,
    AT: OWN,
    f"{AT}/versions": OWN,
    f"{AT}/versions/1/upload": NOBODYS,
    f"{AT}/changes?before=1&after=1": OWN,
    f"{AT}/entered": OWN,
    f"{AT}/workbook?language=en": OWN,
    f"{AT}/findings": OWN,
    f"{AT}/calculation?path=mixed": OWN,
    f"{AT}/calculations": OWN,
    f"{AT}/tables-change": OWN,
    f"{AT}/levers?good={{good}}": OWN,
    f"{AT}/documents": OWN,
    f"{AT}/documents/none/file": "401 404 404 404 404 403 403 403",
    "/fields/streams": MEMBERS,
    "/goods?text=7318": MEMBERS,
    "/goods/73181595/default?country=CN": MEMBERS,
    "/defaults?country=CN&year=2027": MEMBERS,
    "/categories/cement": MEMBERS,
    "/tables": MEMBERS,
    "/tables/prices": MEMBERS,
    "/tables/prices/template": MEMBERS,
    "/shipments": EXPORTERS,
    "/shipments/none": "401 404 404 403 403 403 403 403",
    "/shipments/threshold?year=2026": EXPORTERS,
}
HEAD = {"fields": {"notes": "x"}, "version": 1}
RECORD = {"fields": {}, "version": 1}
SHIPMENT = {"importer": "A", "cn": "73181595", "net_mass_kg": "5", "imported_on": "2026-03-01"}
REPORT = {
    "version": 1, "number": "V", "verifier": "V", "accreditation": "A", "issued": "2027-01-01",
    "accredited_until": "2029-01-01", "start": "2026-01-01", "end": "2026-12-31",
}  # fmt: skip
POST = {
    f"{AT}/share": ("401 200 404 403 403 403 403 403", {"institution_id": "{institution}"}),
    f"{AT}/calculations": (OWN, {"path": "actual"}),
    f"{AT}/recompute": (OWN, {}),
    f"{AT}/comparison": (OWN, {"annual": {"{good}": "1000"}, "years": [2026, 2034]}),
    f"{AT}/preview": (OWN, {"kind": "monitoring-plan"}),
    f"{AT}/documents": (WORKERS, {"kind": "summary-report", "language": "en", "format": "xlsx"}),
    f"{AT}/supplier-request": (WORKERS, {"precursor": "wire", "format": "xlsx"}),
    f"{AT}/communication": (REFUSED_WORKERS, "template"),
    f"{AT}/precursors/wire/supplier": (REFUSED_WORKERS, "file"),
    f"{AT}/precursors/wire/verification": (REFUSED_WORKERS, REPORT),
    f"{AT}/records/streams/none": (REFUSED_WORKERS, RECORD),
    f"{AT}/records/streams/none/remove": (REFUSED_WORKERS, {"version": 1}),
    f"{AT}/records/streams": (REFUSED_WORKERS, RECORD),
    f"{AT}/head/colours": (REFUSED_WORKERS, HEAD),
    f"{AT}/data": (REFUSED_WORKERS, {"content": {}, "version": 1}),
    AT: (REFUSED_WORKERS, "workbook"),
    "/installations": ("401 422 422 403 403 403 403 403", "workbook"),
    "/installations/data": ("401 422 422 403 403 403 403 403", {"content": {}}),
    "/installations/start": ("401 422 422 403 403 403 403 403", {"key": "screws", "year": 2026}),
    "/supplier-returns": ("401 200 200 200 200 403 403 403", "file"),
    "/tables": ("401 403 403 422 422 403 403 403", "file"),
    "/tables/preview": ("401 403 403 422 422 403 403 403", "file"),
    "/shipments": ("401 201 201 403 403 403 403 403", SHIPMENT),
    "/shipments/import": ("401 422 422 403 403 403 403 403", "file"),
    "/shipments/none": ("401 404 404 403 403 403 403 403", SHIPMENT | {"version": 1}),
    "/shipments/none/remove": ("401 404 404 403 403 403 403 403", {"version": 1}),
}


def filled(at, value):
    if isinstance(value, dict):
        return {filled(at, name): filled(at, one) for name, one in value.items()}
    if not isinstance(value, str):
        return value
    world = at.world
    (process,) = monitoring().processes
    return value.format(
        key=world.installation, good=process.goods[0].id, institution=world.organisations["institution"]
    )


def upload(name: str, data: bytes = b"nothing", filename: str = "x.xlsx", **more: str) -> dict:
    return {name: (io.BytesIO(data), filename), "version": "1", "published": "2026-08-06"} | more


@pytest.fixture
def at(site):
    return site("issued")


def client(at, name: str):
    """By session, as the pages: hashing a password for every call would take most of the time."""
    return at.client("" if name == "nobody" else name)


def get(at, path: str, name: str = "exporter"):
    return client(at, name).get("/api/v1/cbam" + filled(at, path), buffered=True)


def post(at, path: str, body, name: str = "exporter"):
    given = {"data": body} if isinstance(body, dict) and "published" in body else {"json": filled(at, body)}
    return client(at, name).post("/api/v1/cbam" + filled(at, path), buffered=True, **given)


@pytest.mark.parametrize("name", PEOPLE)
def test_access(at, name):
    column, got, wanted = PEOPLE.index(name), {}, {}
    for path, row in GET.items():
        wanted[path] = int(row.split()[column])
        got[path] = get(at, path, name).status_code
    for path, (row, body) in POST.items():
        wanted["POST " + path] = int(row.split()[column])
        sent = upload(body) if isinstance(body, str) else body
        got["POST " + path] = post(at, path, sent, name).status_code
    assert got == wanted


def test_every_operation_has_a_row_and_is_described(at):
    spec = at.client().get("/api/openapi.json").get_json()
    described = set()
    for path, item in spec["paths"].items():
        for method in set(item) & {"get", "post"}:
            if path.startswith("/api/v1/cbam/"):
                described.add((path.removeprefix("/api/v1/cbam"), method.upper()))
                assert item[method]["summary"]

    adapter = at.app.url_map.bind("localhost")

    def shape(path: str, method: str) -> str:
        rule, _ = adapter.match("/api/v1/cbam" + filled(at, path).split("?")[0], method, return_rule=True)
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1/cbam")

    rows = {(shape(path, "GET"), "GET") for path in GET} | {(shape(path, "POST"), "POST") for path in POST}
    assert described == rows


def test_from_data_to_document(at):
    made = post(at, "/installations/data", {"content": write_monitoring(monitoring()), "note": "first"})
    assert made.status_code == 201
    key = made.get_json()["installation_id"]
    at.world.installation = key
    edited = post(at, f"{AT}/records/streams/gas", {"version": 1, "fields": {"activity": 120}}).get_json()
    assert (edited["number"], edited["record"], edited["findings"]) == (2, "gas", [])
    (change,) = get(at, f"{AT}/changes?before=1&after=2").get_json()
    assert (change["field"], change["after"]) == ("activity", 120.0)
    assert change["sentence"]["en"]
    show = get(at, AT).get_json()
    assert show["data"]["streams"][0]["activity"] == 120.0
    assert get(at, f"{AT}?number=1").get_json()["data"]["streams"][0]["activity"] == 100.0
    assert get(at, f"{AT}?number=9").status_code == 404
    before = get(at, f"{AT}/calculation").get_json()
    done = post(at, f"{AT}/calculations", {}).get_json()
    assert (before["stored"], done["stored"]) == (False, True)
    assert before["done"] == done["done"]
    assert done["digest"] == get(at, f"{AT}/calculations").get_json()[0]["digest"]
    drawn = post(at, f"{AT}/documents", {"kind": "operator-report", "language": "en", "format": "pdf"})
    assert drawn.data.startswith(b"%PDF")
    assert "operator-report-2026-v2-en.pdf" in drawn.headers["Content-Disposition"]
    listed = get(at, f"{AT}/documents").get_json()
    assert (listed[0]["kind"], listed[0]["length"]) == ("operator-report", len(drawn.data))


def test_a_workbook_goes_around(at):
    book = get(at, f"{AT}/workbook").data
    kept = post(at, AT, upload("workbook", book, "清单.xlsx", note="again"))
    assert (kept.status_code, kept.get_json()["number"]) == (201, 2)
    assert get(at, f"{AT}/versions/2/upload").data == book
    late = post(at, AT, upload("workbook", book))
    assert (late.status_code, late.get_json()["code"]) == (409, "monitoring-changed")
    assert post(at, "/installations", upload("workbook", book)).status_code == 201


def test_refused_data_comes_with_every_finding(at):
    empty = installations.template("zh")
    answer = post(at, "/installations", upload("workbook", empty))
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert len(body["findings"]) > 3
    assert all(one["message"].keys() == {"zh", "en"} for one in body["findings"])
    started = post(at, "/installations/start", {"key": "screws", "year": 2026, "answers": {}}).get_json()
    assert started["code"] == "data-refused"
    post(at, f"{AT}/records/streams/gas", {"version": 1, "fields": {"shares": []}})
    stopped = post(at, f"{AT}/calculations", {})
    assert (stopped.status_code, stopped.get_json()["code"]) == (422, "gate-closed")
    assert stopped.get_json()["findings"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/goods/25231000/default?country=CN", 422, "default-variant-needed"),
        ("/goods/12345678/default?country=CN", 422, "not-in-cbam-scope"),
        ("/goods/27160000/default?country=CN", 422, "default-missing"),
        ("/goods/73181595/default?country=CN&year=2025", 422, "invalid-input"),
        ("/defaults?country=QQ", 422, "invalid-input"),
        ("/categories/none", 404, "not-found"),
        ("/fields/none", 422, "invalid-input"),
        ("/tables/none/template", 404, "not-found"),
        (f"{AT}/calculation?path=default", 422, "invalid-input"),
        (f"{AT}/levers?good=none", 422, "unknown-record"),
    ],
)
def test_refusals_are_problems(at, path, status, code):
    answer = get(at, path)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    if code == "default-variant-needed":
        assert answer.get_json()["variants"] == ["grey", "white"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/installations/data", {}, "content"),
        ("/installations/data", {"content": {}, "more": 1}, "more"),
        ("/installations/start", {"key": "screws", "year": 2025}, "year"),
        (f"{AT}/records/streams/gas", {"fields": {}}, "version"),
        (f"{AT}/records/streams/gas", {"fields": [], "version": 1}, "fields"),
        (f"{AT}/documents", {"kind": "novel"}, "kind"),
        (f"{AT}/documents", {"kind": "summary-report", "format": "html"}, "format"),
        (
            f"{AT}/comparison",
            {"quantities": [{"good": "g", "tonnes": "x", "year": 2026, "quarter": 1}]},
            "quantities",
        ),
        (f"{AT}/precursors/wire/verification", {"version": 1}, "number"),
        ("/shipments", {"cn": "73181595", "imported_on": "2026-03-01"}, "net_mass_kg"),
        ("/shipments", SHIPMENT | {"imported_on": "soon"}, "imported_on"),
    ],
)
def test_shape_errors_name_their_field(at, path, body, field):
    answer = post(at, path, body)
    assert answer.status_code == 422
    assert field in answer.get_json()["fields"]["json"]


def test_amounts_that_are_owed_are_text_and_figures_are_numbers(at):
    found = get(at, "/goods/73181595/default?country=CN").get_json()["result"]
    assert Decimal(found["see"]) == Decimal("7.0125")
    assert found["good"]["cn"] == "73181595"
    rows = get(at, "/defaults?country=CN").get_json()["result"]
    assert len(rows) > 560
    done = get(at, f"{AT}/calculation").get_json()["done"]
    assert isinstance(done["goods"][0]["see_total"], float)


def test_three_paths_by_quarter(at):
    (process,) = monitoring().processes
    quarter = {"good": process.goods[0].id, "tonnes": "1000", "year": 2026, "quarter": 1}
    body = {
        "quantities": [quarter],
        "scenario": {"name": "flat", "flat": "70", "by_year": {"2027": "80"}},
        "cost": {"eur_per_year": "4000", "source": "offer"},
    }
    found = post(at, f"{AT}/comparison", body).get_json()["result"]
    assert {line["path"] for line in found["lines"]} == {"actual", "mixed", "default"}
    assert all(Decimal(total["eur"]) >= 0 for total in found["totals"])
    negative = {"quantities": [quarter | {"tonnes": "-1"}]}
    assert post(at, f"{AT}/comparison", negative).get_json()["code"] == "invalid-input"


def test_documents_take_details(at):
    details = {
        "number": "N-7",
        "plan_date": "2026-01-05",
        "partners": {"steam": "Neighbour"},
        "non_cbam_goods": [{"name": "Scrap boxes", "process": "screws", "quantity_t": 3}],
    }
    body = {"kind": "operator-report", "language": "en", "format": "xlsx", "details": details}
    shown = post(at, f"{AT}/preview", body)
    assert shown.status_code == 200
    assert "N-7" in shown.get_data(as_text=True)
    assert post(at, f"{AT}/documents", body).status_code == 200


def test_tables_are_previewed_and_imported(at):
    from tests.service.cbam.test_results import newer_prices

    at.world.actors["administrator"] = None
    data = newer_prices(at.world)
    seen = post(at, "/tables/preview", upload("file", data), "practitioner")
    assert seen.get_json()["result"]["counts"]["prices"]["added"] == 1
    made = post(at, "/tables", upload("file", data), "practitioner")
    assert made.status_code == 201
    listed = get(at, "/tables", "regulator").get_json()["result"]
    assert [one["name"] for one in listed["editions"]] == [made.get_json()["result"]["name"]]
    assert listed["digest"] == tables.overview(at.world["exporter"], at.world.services).digest
    refused = post(at, "/tables", upload("file", b"nothing"), "practitioner").get_json()
    assert refused["notices"][0]["message"]["zh"]


def test_shipments_are_kept_and_counted(at):
    made = post(at, "/shipments", SHIPMENT | {"net_mass_kg": 60_000}).get_json()
    assert (made["net_mass_kg"], made["version"]) == ("60000", 1)
    path = f"/shipments/{made['id']}"
    changed = post(at, path, SHIPMENT | {"version": 1, "net_mass_kg": "50000.5"}).get_json()
    assert changed["net_mass_kg"] == "50000.5"
    assert post(at, path, SHIPMENT | {"version": 1}).status_code == 409
    found = get(at, "/shipments/threshold").get_json()["result"]
    assert found["standings"][0]["exceeded"] is True
    taken = b"importer,cn,net_mass_kg,imported_on\nA,73181595,1,2026-03-01\n"
    assert post(at, "/shipments/import", upload("file", taken, "x.csv")).get_json()["count"] == 1
    assert len(get(at, "/shipments?importer=A").get_json()) == 2
    assert post(at, f"{path}/remove", {"version": 2}).status_code == 204
    assert get(at, path).status_code == 404


def test_basic_credentials_open_it_too(at):
    answer = at.client().get("/api/v1/cbam/tables", headers=basic("regulator"))
    assert answer.status_code == 200
    assert at.client().get("/api/v1/cbam/tables", headers=basic("regulator", "wrong")).status_code == 401


def test_what_a_supplier_returns(at):
    from tests.service.cbam.test_suppliers import returned

    form = returned(at.world)
    read = post(at, "/supplier-returns", upload("file", form)).get_json()["result"]
    assert read["products"][0]["values"]["see_direct"] == 1.9
    done = post(at, f"{AT}/precursors/wire/supplier", upload("file", form))
    assert (done.status_code, done.get_json()["number"]) == (200, 2)
    report = post(at, f"{AT}/precursors/wire/verification", REPORT | {"version": 2, "use_actual": True})
    assert report.get_json()["number"] == 3
    (wire,) = get(at, AT).get_json()["data"]["precursors"]
    assert (wire["choice"], wire["values"]["report"]["number"]) == ("actual", "V")


def test_every_kind_and_format_of_a_document_is_accepted(at):
    for kind in documents.KINDS:
        assert post(at, f"{AT}/documents", {"kind": kind, "format": "xlsx"}).status_code == 200


HUGE = 10**30


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{AT}?number={HUGE}", 404),
        (f"{AT}/workbook?number=-{HUGE}", 404),
        (f"{AT}/versions/{HUGE}/upload", 404),
        (f"{AT}/changes?before=1&after={HUGE}", 404),
        (f"{AT}/calculation?number={HUGE}", 404),
        (f"{AT}/findings?number={HUGE}", 404),
        (f"{AT}/levers?good=x&number={HUGE}", 404),
        (f"/shipments?year={HUGE}", 422),
        (f"/shipments/threshold?year={HUGE}", 422),
        (f"/goods?limit={HUGE}", 422),
    ],
)
def test_numbers_no_column_holds(at, path, status):
    assert get(at, path).status_code == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('{"content": ' + '{"a": ' * 100_000 + "1" + "}" * 100_000 + "}", 400),
        ('{"content": {"streams": ' + "[" * 100_000 + "]" * 100_000 + "}}", 400),
        ('{"content": {"indirect_stated_t": 1' + "0" * 5000 + "}}", 400),
        ('{"content": {"indirect_stated_t": 1' + "0" * 400 + "}}", 422),
        ('{"content": {"indirect_stated_t": NaN}}', 422),
        ('{"content": {"indirect_stated_t": -Infinity}}', 422),
        ('{"content": {"installation": {"name": "\\ud800"}}}', 422),
        ("{", 400),
    ],
    ids=["deep", "deep list", "5000 digits", "400 digits", "NaN", "Infinity", "half a character", "cut off"],
)
def test_json_nobody_should_send(at, text, status):
    answer = client(at, "exporter").post(
        "/api/v1/cbam/installations/data", data=text, content_type="application/json"
    )
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_a_negative_quantity_is_in_no_document(at):
    other = {"name": "x", "process": "screws", "quantity_t": -1}
    body = {"kind": "operator-report", "format": "xlsx", "details": {"non_cbam_goods": [other]}}
    assert post(at, f"{AT}/documents", body).status_code == 422


def test_recomputation_over_the_api(at):
    (found,) = post(at, f"{AT}/recompute", {}).get_json()
    assert (found["outcome"], found["holds"], found["differences"]) == ("equal", True, [])
