"""Every route x everybody: what they get. A new route without a row fails."""

from __future__ import annotations

import io

import pytest

PEOPLE = (
    *("nobody", "exporter", "other-exporter", "practitioner"),
    *("rival-practitioner", "reviewer", "signatory", "regulator"),
)

PUBLIC = "200 200 200 200 200 200 200 200"
UNKNOWN_TO_ALL = "404 404 404 404 404 404 404 404"
MEMBERS = "302 200 200 200 200 200 200 200"
NOT_REGULATOR = "302 200 200 200 200 200 200 403"
OWN = "302 200 404 200 404 200 200 403"
OWN_OR_LAW = "302 200 404 200 404 200 200 200"
WITH_CODE = "404 200 404 200 404 200 200 200"
NOBODYS = "302 404 404 404 404 404 404 404"
NOBODYS_NOT_REGULATOR = "302 404 404 404 404 404 404 403"
NOBODYS_EDITED = "302 404 404 404 404 403 403 403"
EXPORTERS = "302 200 200 403 403 403 403 403"
PRACTITIONERS = "302 403 403 200 200 403 403 403"
STAGED_TABLES = "302 403 403 404 404 403 403 403"
OFFICERS = "302 403 403 403 403 403 403 200"
OFFICERS_NONE = "302 403 403 403 403 403 403 404"
CBAM_WORK = "302 200 404 200 404 403 403 403"
NOBODYS_FILE = "302 404 404 404 404 403 403 403"
LEDGER_WORK = "302 200 200 200 200 403 403 403"
NOBODYS_SIGNED = "302 403 403 403 403 403 404 403"
LEDGER_WORK_REFUSED = "302 422 422 422 422 403 403 403"

GET = {
    "/": "200 302 302 302 302 302 302 302",
    "/sign-in": "200 302 302 302 302 302 302 302",
    "/home": MEMBERS,
    "/trust.json": PUBLIC,
    "/.well-known/did.json": PUBLIC,
    "/contexts/tanbiao-2.jsonld": PUBLIC,
    "/status/1/suspension": PUBLIC,
    "/status/2/refresh": UNKNOWN_TO_ALL,
    "/inventories": NOT_REGULATOR,
    "/inventories.csv": NOT_REGULATOR,
    "/inventories.json": NOT_REGULATOR,
    "/inventories/{inventory}": OWN,
    "/inventories/{inventory}.json": OWN,
    "/inventories/{inventory}/workbook": OWN,
    "/template/zh.xlsx": PUBLIC,
    "/studies": NOT_REGULATOR,
    "/studies.csv": NOT_REGULATOR,
    "/studies.json": NOT_REGULATOR,
    "/studies/{study}": OWN,
    "/studies/{study}.json": OWN,
    "/studies/{study}/lines/M1": "302 403 403 200 404 403 403 403",
    "/log": MEMBERS,
    "/log.json": MEMBERS,
    "/log/labels": MEMBERS,
    "/log/labels.csv": MEMBERS,
    "/log/labels.json": MEMBERS,
    "/log/proofs/{number}.tlog-proof": OWN_OR_LAW,
    "/datasets": MEMBERS,
    "/datasets.csv": MEMBERS,
    "/datasets.json": MEMBERS,
    "/datasets/al-primary-glo-2022": MEMBERS,
    "/datasets/al-primary-glo-2022.json": MEMBERS,
    "/datasets/al-primary-glo-2022/inputs": MEMBERS,
    "/datasets/al-primary-glo-2022/inputs.csv": MEMBERS,
    "/datasets/al-primary-glo-2022/inputs.json": MEMBERS,
    "/datasets/al-primary-glo-2022/contributions": MEMBERS,
    "/datasets/al-primary-glo-2022/contributions.csv": MEMBERS,
    "/datasets/al-primary-glo-2022/contributions.json": MEMBERS,
    "/releases": MEMBERS,
    "/releases.csv": MEMBERS,
    "/releases.json": MEMBERS,
    "/releases/import": "302 403 403 200 200 403 403 403",
    "/releases/{release}": MEMBERS,
    "/releases/{release}.json": MEMBERS,
    "/releases/{release}/report.json": NOBODYS,
    "/releases/{release}/report.xlsx": NOBODYS,
    "/releases/{release}/mapping.xlsx": NOBODYS,
    "/releases/{release}/report/unlinked": NOBODYS,
    "/releases/{release}/report/unlinked.csv": NOBODYS,
    "/releases/{release}/report/unlinked.json": NOBODYS,
    "/impacts": NOT_REGULATOR,
    "/impacts.csv": NOT_REGULATOR,
    "/impacts.json": NOT_REGULATOR,
    "/impacts/none": NOBODYS_NOT_REGULATOR,
    "/impacts/none.csv": NOBODYS_NOT_REGULATOR,
    "/impacts/none.json": NOBODYS_NOT_REGULATOR,
    "/impacts/none.xlsx": NOBODYS_NOT_REGULATOR,
    "/impacts/none/studies/{study}": NOBODYS_NOT_REGULATOR,
    "/cbam/goods": MEMBERS,
    "/cbam/goods.csv": MEMBERS,
    "/cbam/goods.json": MEMBERS,
    "/cbam/goods/73181542": MEMBERS,
    "/cbam/shipments": EXPORTERS,
    "/cbam/shipments.csv": EXPORTERS,
    "/cbam/shipments.json": EXPORTERS,
    "/cbam/shipments/none": "302 404 404 403 403 403 403 403",
    "/cbam/tables": MEMBERS,
    "/cbam/tables.csv": MEMBERS,
    "/cbam/tables.json": MEMBERS,
    "/cbam/tables/prices": MEMBERS,
    "/cbam/tables/prices.csv": MEMBERS,
    "/cbam/tables/prices.json": MEMBERS,
    "/cbam/tables/prices/template.xlsx": MEMBERS,
    "/cbam/tables/import": PRACTITIONERS,
    "/cbam/tables/imports/none": STAGED_TABLES,
    "/cbam/tables/imports/none.csv": STAGED_TABLES,
    "/cbam/tables/imports/none.json": STAGED_TABLES,
    "/cbam/installations/{installation}/compare": OWN,
    "/cbam/installations/{installation}/compare.csv": OWN,
    "/cbam/installations/{installation}/compare.json": OWN,
    "/cbam/installations/{installation}/documents": OWN,
    "/cbam/installations/{installation}/documents.csv": OWN,
    "/cbam/installations/{installation}/documents.json": OWN,
    "/cbam/installations/{installation}/documents/workbook/none": NOBODYS_FILE,
    "/cbam/installations/{installation}/documents/none/file": NOBODYS_FILE,
    "/cbam/installations/{installation}/suppliers": OWN,
    "/cbam/installations/{installation}/suppliers/returns/none": NOBODYS_FILE,
    "/cbam/installations/{installation}/suppliers/report?precursor=wire": CBAM_WORK,
    "/desk": OFFICERS,
    "/desk/checks": OFFICERS,
    "/desk/checks.csv": OFFICERS,
    "/desk/checks.json": OFFICERS,
    "/desk/checks/none": OFFICERS_NONE,
    "/desk/checks/none.csv": OFFICERS_NONE,
    "/desk/checks/none.json": OFFICERS_NONE,
    "/desk/checks/none.xlsx": OFFICERS_NONE,
    "/desk/pack": OFFICERS,
    "/desk/pack.json": OFFICERS,
    "/desk/requests": MEMBERS,
    "/desk/requests.csv": MEMBERS,
    "/desk/requests.json": MEMBERS,
    "/desk/requests/none": NOBODYS,
    "/desk/requests/none.json": NOBODYS,
    "/labels/{number}/evidence": OWN_OR_LAW,
    "/labels/{number}/evidence.json": OWN_OR_LAW,
    "/notices": MEMBERS,
    "/notices.json": MEMBERS,
    "/labels": MEMBERS,
    "/labels.csv": MEMBERS,
    "/labels.json": MEMBERS,
    "/labels/{number}": OWN_OR_LAW,
    "/labels/{number}.json": OWN_OR_LAW,
    "/labels/{number}/document.pdf": OWN_OR_LAW,
    "/labels/{number}/bundle.json": OWN_OR_LAW,
    "/labels/{number}/credential.jwt": OWN_OR_LAW,
    "/labels/{number}/untp.json": OWN_OR_LAW,
    "/labels/{number}/marks/none": NOBODYS,
    "/labels/{number}/standing/suspended": "302 403 403 403 403 403 200 200",
    "/jobs/none": NOBODYS,
    "/jobs/none.json": NOBODYS,
    "/v/{number}": PUBLIC,
    "/v/{number}.json": WITH_CODE,
    "/v/{number}/label.pdf": WITH_CODE,
    "/v/{number}/bundle.json": WITH_CODE,
    "/v/{number}/marks/none": UNKNOWN_TO_ALL,
    "/01/06901234567892": PUBLIC,
    "/c/none": UNKNOWN_TO_ALL,
    "/c/none.json": UNKNOWN_TO_ALL,
    "/c/none/claim.pdf": UNKNOWN_TO_ALL,
    "/c/none/bundle.json": UNKNOWN_TO_ALL,
    "/c/none/credential.jwt": UNKNOWN_TO_ALL,
    "/verify": PUBLIC,
    "/cbam": NOT_REGULATOR,
    "/cbam.csv": NOT_REGULATOR,
    "/cbam.json": NOT_REGULATOR,
    "/cbam/workbook/zh.xlsx": PUBLIC,
    "/cbam/start/screws": EXPORTERS,
    "/cbam/installations/none": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none.json": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/levers/G1": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/workbook": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/versions": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/versions.csv": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/versions/1/2": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/versions/1/2.json": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/versions/1/upload": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/compare-versions": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/data": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/data/streams": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/data/streams.csv": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/data/streams/record/F1": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/data/streams/new": NOBODYS_EDITED,
    "/cbam/installations/none/goods": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/goods.csv": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/processes": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/processes.json": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/processes/P1": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/sources/F1": NOBODYS_NOT_REGULATOR,
    "/claims": NOT_REGULATOR,
    "/claims.csv": NOT_REGULATOR,
    "/claims.json": NOT_REGULATOR,
    "/claims/new": LEDGER_WORK,
    "/claims/none": NOBODYS_NOT_REGULATOR,
    "/claims/none.json": NOBODYS_NOT_REGULATOR,
    "/claims/none/files/none": NOBODYS_NOT_REGULATOR,
    "/claims/none/issue": NOBODYS_SIGNED,
    "/claims/numbers/none/object": "302 403 403 403 403 404 404 404",
    "/ledger": NOT_REGULATOR,
    "/ledger.csv": NOT_REGULATOR,
    "/ledger.json": NOT_REGULATOR,
    "/ledger/acquire": LEDGER_WORK,
    "/ledger/balance": LEDGER_WORK,
    "/ledger/entries": NOT_REGULATOR,
    "/ledger/entries.csv": NOT_REGULATOR,
    "/ledger/entries.json": NOT_REGULATOR,
    "/ledger/entries/0": NOBODYS_NOT_REGULATOR,
    "/ledger/entries/0/reverse": NOBODYS_EDITED,
    "/ledger/export.txt": NOT_REGULATOR,
    "/ledger/files/none": NOBODYS_NOT_REGULATOR,
    "/ledger/imports": NOT_REGULATOR,
    "/ledger/imports.csv": NOT_REGULATOR,
    "/ledger/imports.json": NOT_REGULATOR,
    "/ledger/imports/none": NOBODYS_NOT_REGULATOR,
    "/ledger/imports/none.csv": NOBODYS_NOT_REGULATOR,
    "/ledger/imports/none.json": NOBODYS_NOT_REGULATOR,
    "/ledger/lots/0": NOBODYS_NOT_REGULATOR,
    "/ledger/positions/none": NOBODYS_NOT_REGULATOR,
    "/ledger/positions/none/retire": NOBODYS_EDITED,
    "/ledger/power": NOT_REGULATOR,
    "/ledger/power.csv": NOT_REGULATOR,
    "/ledger/power.json": NOT_REGULATOR,
    "/ledger/power/new": LEDGER_WORK,
    "/ledger/power/none": NOBODYS_NOT_REGULATOR,
    "/ledger/power/none/edit": NOBODYS_NOT_REGULATOR,
    "/ledger/purchases": NOT_REGULATOR,
    "/ledger/purchases.csv": NOT_REGULATOR,
    "/ledger/purchases.json": NOT_REGULATOR,
    "/ledger/purchases/new": LEDGER_WORK,
    "/ledger/purchases/none": NOBODYS_NOT_REGULATOR,
    "/ledger/purchases/none/edit": NOBODYS_NOT_REGULATOR,
    "/api/docs": PUBLIC,
    "/static/tanbiao.css": PUBLIC,
}

POST = {
    "/sign-in": "422 302 302 302 302 302 302 302",
    "/sign-out": "302 302 302 302 302 302 302 302",
    "/verify": "422 422 422 422 422 422 422 422",
    "/inventories": "302 422 422 403 403 403 403 403",
    "/studies": "302 403 403 303 404 403 403 403",
    "/studies/{study}/links": "302 403 403 409 404 403 403 403",
    "/studies/{study}/confirmations": "302 403 403 409 404 403 403 403",
    "/studies/{study}/assess": "302 403 403 409 404 403 403 403",
    "/studies/{study}/submit": "302 403 403 409 404 403 403 403",
    "/studies/{study}/decision": "302 403 403 403 403 409 403 403",
    "/studies/{study}/issue": "302 403 403 403 403 403 409 403",
    "/releases": "302 403 403 422 422 403 403 403",
    "/impacts": "302 403 403 422 422 403 403 403",
    "/impacts/none/studies/{study}": NOBODYS_NOT_REGULATOR,
    "/cbam/shipments": "302 422 422 403 403 403 403 403",
    "/cbam/shipments/file": "302 422 422 403 403 403 403 403",
    "/cbam/shipments/none": "302 404 404 403 403 403 403 403",
    "/cbam/tables/import": "302 403 403 422 422 403 403 403",
    "/cbam/tables/imports/none": STAGED_TABLES,
    "/cbam/installations/{installation}/documents": "302 422 404 422 404 403 403 403",
    "/cbam/installations/{installation}/documents/workbook": "302 422 404 422 404 403 403 403",
    "/cbam/installations/{installation}/documents/workbook/none": NOBODYS_FILE,
    "/cbam/installations/{installation}/documents/suppliers": "302 422 404 422 404 403 403 403",
    "/cbam/installations/{installation}/suppliers": "302 422 404 422 404 403 403 403",
    "/cbam/installations/{installation}/suppliers/returns/none": NOBODYS_FILE,
    "/cbam/installations/{installation}/suppliers/report?precursor=wire": "302 422 404 422 404 403 403 403",
    "/desk/checks": "302 403 403 403 403 403 403 422",
    "/desk/pack": OFFICERS,
    "/desk/requests/none/answer": "302 404 404 403 403 403 404 403",
    "/desk/requests/none/parts/workbook": OFFICERS_NONE,
    "/labels/{number}/evidence": "302 403 403 403 403 403 403 422",
    "/notices/none/read": NOBODYS,
    "/labels/{number}/recompute": OWN_OR_LAW,
    "/labels/{number}/marks": "302 422 404 403 403 403 422 403",
    "/labels/{number}/marks/none/gone": "302 404 404 403 403 403 404 403",
    "/labels/{number}/standing/suspended": "302 403 403 403 403 403 422 422",
    "/cbam": "302 422 422 403 403 403 403 403",
    "/cbam/start/screws": "302 422 422 403 403 403 403 403",
    "/cbam/installations/none/calculate": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/recompute": NOBODYS_NOT_REGULATOR,
    "/cbam/installations/none/share": "302 404 404 403 403 403 403 403",
    "/cbam/installations/none/workbook": NOBODYS_EDITED,
    "/cbam/installations/none/data/streams/record/F1": NOBODYS_EDITED,
    "/cbam/installations/none/data/streams/new": NOBODYS_EDITED,
    "/claims/new": LEDGER_WORK_REFUSED,
    "/claims/none/subject": NOBODYS_NOT_REGULATOR,
    "/claims/none/submit": NOBODYS_NOT_REGULATOR,
    "/claims/none/withdraw": NOBODYS_NOT_REGULATOR,
    "/claims/none/decision": "302 403 403 403 403 404 403 403",
    "/claims/none/issue": NOBODYS_SIGNED,
    "/claims/none/lift": NOBODYS_SIGNED,
    "/claims/numbers/none/object": "302 403 403 403 403 404 404 404",
    "/ledger/acquire": LEDGER_WORK_REFUSED,
    "/ledger/balance": LEDGER_WORK_REFUSED,
    "/ledger/entries/0/reverse": NOBODYS_EDITED,
    "/ledger/imports": LEDGER_WORK_REFUSED,
    "/ledger/imports/none": NOBODYS_EDITED,
    "/ledger/positions/none/retire": NOBODYS_EDITED,
    "/ledger/power/new": LEDGER_WORK_REFUSED,
    "/ledger/power/none/close": NOBODYS_NOT_REGULATOR,
    "/ledger/power/none/edit": NOBODYS_NOT_REGULATOR,
    "/ledger/power/none/units": NOBODYS_NOT_REGULATOR,
    "/ledger/purchases/budget": LEDGER_WORK_REFUSED,
    "/ledger/purchases/new": LEDGER_WORK_REFUSED,
    "/ledger/purchases/none/cancel": NOBODYS_NOT_REGULATOR,
    "/ledger/purchases/none/edit": NOBODYS_NOT_REGULATOR,
    "/ledger/purchases/none/lots": NOBODYS_NOT_REGULATOR,
}

FORMS = {
    "/impacts": {"old": "{release}", "new": "{release}"},
    "/studies": {"inventory_id": "{inventory}", "release": "{release}", "gwp_set": "AR5"},
    "/studies/{study}/links": {"key": "M1", "dataset": "al-primary-glo-2022", "reason": "the same metal"},
    "/studies/{study}/confirmations": {"line": "M1|al-primary-glo-2022"},
    "/studies/{study}/decision": {"decision": "approve"},
}


def expected(table: dict[str, str]) -> list[tuple[str, str, int]]:
    return [
        (path, name, int(status))
        for path, row in table.items()
        for name, status in zip(PEOPLE, row.split(), strict=True)
    ]


def filled(site, text: str) -> str:
    world = site.world
    release = world.services.releases.installed()[0].identifier
    known = {"inventory": world.inventory, "study": world.study, "number": world.number}
    return text.format(**known, release=release, installation=world.installation)


@pytest.mark.parametrize("name", PEOPLE)
def test_reading(site, name):
    at = site("issued")
    client = at.client("" if name == "nobody" else name)
    got = {
        path: client.get(filled(at, path), buffered=True).status_code
        for path, who, _ in expected(GET)
        if who == name
    }
    assert got == {path: status for path, who, status in expected(GET) if who == name}


@pytest.mark.parametrize("name", PEOPLE)
def test_writing(site, name):
    at = site("issued")
    got = {}
    for path, who, _ in expected(POST):
        if who == name:
            client = at.client("" if name == "nobody" else name)
            data = {key: filled(at, value) for key, value in FORMS.get(path, {}).items()}
            if path == "/inventories":
                institution = at.world.organisations["institution"]
                data = {"institution_id": institution, "workbook": (io.BytesIO(b"no workbook"), "x.xlsx")}
            got[path] = client.post(filled(at, path), data=data, buffered=True).status_code
    assert got == {path: status for path, who, status in expected(POST) if who == name}


def test_every_route_has_a_row(site):
    at = site("issued")
    adapter = at.app.url_map.bind("localhost")
    seen = {(adapter.match(filled(at, path).partition("?")[0], method="GET")[0], "GET") for path in GET}
    seen |= {(adapter.match(filled(at, path).partition("?")[0], method="POST")[0], "POST") for path in POST}
    routes = {
        (rule.endpoint, method)
        for rule in at.app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
        if not rule.endpoint.startswith(("api-", "health."))
    }
    assert routes == seen


def test_somebody_whose_account_is_gone_is_nobody(site):
    client = site("issued").client()
    with client.session_transaction() as session:
        session["_user_id"] = "0" * 32
    assert client.get("/home").status_code == 302
