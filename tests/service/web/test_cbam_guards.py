"""The CBAM pages against hostile names, addresses and installations: nothing runs, and nobody else's page falls."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from lca.cbam.storage import NotMonitoring, read_monitoring, write_monitoring
from lca.cbam.workbook import fasteners
from service.usecases.cbam import installations
from service.usecases.cbam.installations import Put, Share

HOSTILE = '=HYPERLINK("http://evil.invalid","x")<script>alert(1)</script>\'"><img src=x>{{7*7}}#panic("x")'
IDENTIFIERS = {"id", "sink", "process", "origin", "destination", "good", "cn", "category", "country", "route"}


def poisoned() -> dict:
    """The example with every text that is no identifier hostile; what must be a choice or a day stays."""
    first = json.loads(json.dumps(write_monitoring(fasteners())))

    def poison(value, name=""):
        if isinstance(value, dict):
            return {key: poison(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [poison(one, name) for one in value]
        return HOSTILE if isinstance(value, str) and name not in IDENTIFIERS else value

    made = poison(first)
    for _ in range(50):
        try:
            read_monitoring(made)
            return made
        except NotMonitoring as error:
            for place in re.findall(r"@ \$\.?([^;]*)", str(error)):
                *way, last = (int(part) if part.isdigit() else part for part in re.findall(r"\w+", place))
                into, source = made, first
                for part in way:
                    into, source = into[part], source[part]
                into[last] = source[last]
    raise AssertionError("the example is not to be poisoned")


def shared(at, content) -> str:
    world = at.world
    key = installations.put(world["exporter"], Put(content), world.services).installation_id
    institution = world.organisations["institution"]
    installations.share(world["exporter"], Share(key, institution), world.services)
    return key


def addresses(at, key: str, content: dict) -> list[str]:
    """Every page and file about an installation that is read with GET."""
    kinds = [name for name, value in content.items() if isinstance(value, list) and value]
    goods = [one["id"] for process in content["processes"] for one in process["goods"]]
    values = {
        "key": [key], "number": ["1"], "before": ["1"], "after": ["1"], "form": ["csv", "json"],
        "collection": kinds, "record": ["#1", "installation"], "good": goods[:1],
        "process": [content["processes"][0]["id"]], "source": [one["id"] for one in content["streams"]],
    }  # fmt: skip
    found = []
    for rule in at.app.url_map.iter_rules():
        if not (rule.rule.startswith("/cbam") and "GET" in rule.methods) or not rule.arguments <= set(values):
            continue
        made = [rule.rule]
        for name in re.findall(r"<(?:[^:>]+:)?(\w+)>", rule.rule):
            where = rf"<(?:[^:>]+:)?{name}>"
            chosen = [one for one in values[name] if name != "form" or one in rule.rule]
            made = [re.sub(where, lambda _, one=one: quote(one), path) for path in made for one in chosen]
        found += made
    assert len(found) > 50
    return found


def test_hostile_names_run_nowhere(site):
    at, content = site("issued"), poisoned()
    key, client = shared(at, content), at.client("practitioner")
    for path in addresses(at, key, content):
        answer = client.get(path, buffered=True)
        assert answer.status_code < 500, path
        text = answer.get_data(as_text=True) if answer.mimetype in ("text/html", "text/csv") else ""
        if answer.mimetype == "text/csv":
            cells = [cell for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))], path
        else:
            assert "<script>alert" not in text, path
            assert "<img src=x" not in text, path
            assert "49#panic" not in text, path


def test_hostile_names_are_text_in_every_file(site):
    at, content = site("issued"), poisoned()
    key, client = shared(at, content), at.client("practitioner")
    files = {"workbook": client.get(f"/cbam/installations/{key}/workbook").data}
    for kind in ("operator-report", "summary-report", "monitoring-plan", "verification-file"):
        for form in ("xlsx", "docx", "pdf"):
            sent = {"kind": kind, "language": "en", "format": form, "report_number": HOSTILE}
            answer = client.post(f"/cbam/installations/{key}/documents", data=sent)
            assert answer.status_code in (200, 422), (kind, form)
            if form == "xlsx" and answer.status_code == 200:
                files[kind] = answer.data
    for form in ("xlsx", "docx", "pdf"):
        sent = {"precursor": content["precursors"][0]["id"], "language": "en", "format": form}
        answer = client.post(f"/cbam/installations/{key}/documents/suppliers", data=sent)
        assert answer.status_code == 200
        assert re.fullmatch(r'attachment; filename="?[\w.-]+"?', answer.headers["Content-Disposition"])
        files[f"supplier {form}"] = answer.data if form == "xlsx" else b""
    for name, data in files.items():
        for sheet in load_workbook(io.BytesIO(data)) if data else ():
            for row in sheet.iter_rows():
                for cell in row:
                    told = f"{cell.value} {cell.hyperlink.target if cell.hyperlink else ''}"
                    assert "evil" not in told or (cell.data_type == "s" and not cell.hyperlink), name


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["streams"][0].update(activity=1e308),
        lambda m: m["streams"][0].update(activity=1e15),
        lambda m: [good.update(produced_t=5e-324) for one in m["processes"] for good in one["goods"]],
        lambda m: [good.update(produced_t=1e-30) for one in m["processes"] for good in one["goods"]],
        lambda m: m["period"].update(start="0001-01-01", end="9999-12-31"),
        lambda m: m["streams"].extend(m["streams"]),
    ],
    ids=["1e308", "1e15", "5e-324", "1e-30", "every day there is", "twice"],
)
def test_one_wild_installation_takes_no_page_of_the_institution_down(site, change):
    at, content = site("issued"), json.loads(json.dumps(write_monitoring(fasteners())))
    change(content)
    key, client = shared(at, content), at.client("practitioner")
    for path in ["/cbam", "/cbam.csv", "/cbam.json", *addresses(at, key, content)]:
        assert client.get(path, buffered=True).status_code < 500, path


def test_addresses_with_numbers_nobody_has(site):
    at = site("issued")
    client, huge = at.client("exporter"), 10**30
    base = f"/cbam/installations/{at.world.installation}"
    for path in (
        f"?version={huge}",
        f"/versions/{huge}/1",
        f"/versions/1/{huge}",
        f"/versions/{huge}/upload",
    ):
        assert client.get(base + path).status_code == 404, path
    assert client.post(f"{base}/recompute?version={huge}").status_code == 404


def test_every_post_wants_its_token(site):
    at = site("issued", csrf=True)
    client, looked = at.client("exporter"), 0
    for rule in at.app.url_map.iter_rules():
        if rule.rule.startswith("/cbam") and "POST" in rule.methods:
            path = re.sub(r"<[^>]+>", "x", rule.rule)
            assert client.post(path).status_code == 400, path
            looked += 1
    assert looked > 15


def test_kept_results_are_computed_anew_on_the_page(site):
    at = site("issued")
    client, base = at.client("reviewer"), f"/cbam/installations/{at.world.installation}"
    assert "Compute kept results anew" in client.get(base).get_data(as_text=True)
    answer = client.post(f"{base}/recompute?version=1", follow_redirects=True)
    assert "every kept result came out the same" in answer.get_data(as_text=True)
    assert at.client("rival-reviewer").post(f"{base}/recompute").status_code == 404
