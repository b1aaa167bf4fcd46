"""Pages of CBAM installations: begin in three ways, read the result, keep it, share it, see what changed."""

from __future__ import annotations

import io
import json

import pytest

from lca.cbam.storage import write_monitoring
from lca.cbam.workbook import fasteners, template
from service.usecases.cbam import calculating, defaults, editing, installations
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.defaults import LookUp
from service.usecases.cbam.editing import EditRecord
from service.usecases.cbam.installations import Put, Share
from service.web import cbam_installation as pages
from service.web.formats import amount, number
from tests.service.web.cbam_site import handed_in, put, workbook

ANSWERS = {
    "year": "2026",
    "name": "无锡螺丝厂",
    "name_en": "Wuxi Screws",
    "kg-73181588": "5200000",
    "rod_cn": "72139149",
    "rod_kg": "5600000",
    "material_country": "CN",
    "material_data": "none",
    "gas_m3": "500000",
    "gas_state": "20c",
    "gas_ncv": "national",
    "outside_gas": "0",
    "electricity_kwh": "3000000",
    "outside_kwh": "100000",
    "scrap_kg": "300000",
    "heat_treatment": "gas",
    "coating": "none",
}


@pytest.fixture
def place(shared_site):
    """(site, exporter's client, id of a new installation)."""
    return shared_site, shared_site.client("exporter"), put(shared_site.world)


def count(at) -> int:
    return len(installations.list_(at.world["exporter"], at.world.services))


def broken(world) -> str:
    """An installation whose gas meter is not shared in full."""
    plain = json.loads(json.dumps(write_monitoring(fasteners())))
    plain["streams"][0]["shares"][0]["fraction"] = 0.5
    kept = installations.put(world["exporter"], Put(plain), world.services)
    assert kept.installation_id
    return kept.installation_id


def test_without_an_installation_the_list_teaches_how_to_begin(shared_site):
    at = shared_site
    page = at.client("other-exporter").get("/cbam").text
    assert "No installation yet" in page
    for address in ("/cbam/start/screws", "/cbam/start/profiles", "/cbam/start/structures"):
        assert f'href="{address}"' in page
    assert '"/cbam/workbook/zh.xlsx"' in page and '"/cbam/workbook/en.xlsx"' in page
    assert 'action="/cbam"' in page and 'href="/cbam/goods"' in page
    others = at.client("rival-practitioner").get("/cbam").text
    assert "when an exporter shares them" in others and 'action="/cbam"' not in others


@pytest.mark.parametrize(("name", "address"), [("exporter", "/cbam"), ("regulator", "/cbam/goods")])
def test_the_navigation_leads_everybody_to_their_part_of_cbam(shared_site, name, address):
    assert f'<a href="{address}">CBAM</a>' in shared_site.client(name).get("/home").text


def test_the_list_shows_what_each_installation_comes_to(site):
    at = site("populated")
    client, key = at.client("exporter"), put(at.world)
    stopped = broken(at.world)
    rows = client.get("/cbam.json?sort=state").get_json()["items"]
    assert [row["state"] for row in rows] == ["stopped", "warnings"]
    done = calculating.current(at.world["exporter"], Ask(key), at.world.services).done
    leading = max(done.goods, key=lambda good: good.produced_t)
    assert rows[1]["see"] == leading.see_per_tonne
    assert rows[1]["default_share"] == round(leading.default_share * 100, 1)
    assert rows[0]["see"] is None
    page = client.get("/cbam?state=stopped").text
    assert stopped in page and key not in page
    assert client.get("/cbam.csv").text.count("\n") == 3


def test_the_empty_template_and_the_filled_example_are_public(shared_site):
    client = shared_site.client()
    assert client.get("/cbam/workbook/zh.xlsx").data[:2] == b"PK"
    filled = client.get("/cbam/workbook/en.xlsx?example=1")
    assert len(filled.data) > len(template("en"))
    assert client.get("/cbam/workbook/fr.xlsx").status_code == 404


def test_a_workbook_becomes_an_installation_with_its_result(shared_site):
    at = shared_site
    client = at.client("exporter")
    answer = client.post(
        "/cbam", data={"workbook": (io.BytesIO(workbook()), "2026.xlsx"), "note": "first year"}
    )
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Wuxi Example Fasteners" in page and "first year" in page
    assert "kept as version 1" in page


def test_a_workbook_with_errors_leaves_nothing_and_names_every_cell(site):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook()))
    sheet = book["Source streams"]
    head = next(cell for row in sheet.iter_rows() for cell in row if str(cell.value) == "Activity")
    below = next(
        row for row in range(head.row + 1, head.row + 20) if sheet.cell(row, head.column).value is not None
    )
    sheet.cell(below, head.column).value = "much"
    sheet.cell(below + 1, head.column).value = "more"
    saved = io.BytesIO()
    book.save(saved)
    at = site("populated")
    client = at.client("exporter")
    before = count(at)
    answer = client.post("/cbam", data={"workbook": (io.BytesIO(saved.getvalue()), "2026.xlsx")})
    assert answer.status_code == 422
    assert "The workbook was not kept" in answer.text and "Source streams" in answer.text
    for row in (below, below + 1):
        assert f"{sheet.cell(row, head.column).coordinate}</code>" in answer.text
    assert count(at) == before


def test_handing_in_nothing_says_so_at_the_field(place):
    _, client, key = place
    for address in ("/cbam", f"/cbam/installations/{key}/workbook"):
        answer = client.post(address, data={})
        assert answer.status_code == 422 and 'id="workbook-error"' in answer.text


def test_a_corrected_workbook_is_the_next_version_unless_somebody_was_quicker(place):
    at, client, key = place
    address = f"/cbam/installations/{key}/workbook"
    given = client.get(address)
    assert given.data[:2] == b"PK"
    answer = client.post(address, data={"workbook": (io.BytesIO(given.data), "again.xlsx"), "version": "1"})
    assert answer.status_code == 303
    assert installations.get(at.world["exporter"], key, at.world.services).installation.version == 2
    late = client.post(address, data={"workbook": (io.BytesIO(given.data), "late.xlsx"), "version": "1"})
    assert late.status_code == 409 and "changed meanwhile" in late.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_answers_become_a_first_draft_that_can_be_calculated(shared_site, language):
    at = shared_site
    client = at.client("exporter", language)
    answer = client.post("/cbam/start/screws", data=ANSWERS)
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.status_code == 200 and 'id="result"' in page.text
    assert ("初稿已保存" if language == "zh" else "first draft is kept") in page.text


def test_wrong_answers_are_told_at_their_questions_and_survive(shared_site):
    at = shared_site
    client = at.client("exporter")
    before = count(at)
    wrong = ANSWERS | {"gas_m3": "plenty", "rod_cn": "", "cn-0": "84011000", "other-kg-0": "5"}
    answer = client.post("/cbam/start/screws", data=wrong)
    assert answer.status_code == 422
    for field in ("gas_m3-error", "rod_cn-error", "goods-error"):
        assert f'id="{field}"' in answer.text
    assert 'value="plenty"' in answer.text and 'value="5200000"' in answer.text
    assert 'value="84011000"' in answer.text and 'value="Wuxi Screws"' in answer.text
    assert count(at) == before
    assert client.post("/cbam/start/screws", data=ANSWERS | {"year": "2024"}).status_code == 422
    assert client.get("/cbam/start/cars").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_the_figures_of_the_calculation(place, language):
    at, _, key = place
    page = at.client("exporter", language).get(f"/cbam/installations/{key}").text
    done = calculating.current(at.world["exporter"], Ask(key), at.world.services).done
    with at.app.test_request_context(f"/?lang={language}"):
        for good in done.goods:
            assert amount(good.see_total, 6) in page
        assert number(done.goods[0].sefa) in page
        assert amount(done.totals.direct_t, 5) in page
    for part in ("result", "goods", "flow", "levers", "balance", "tables", "share", "hand-in"):
        assert f'id="{part}"' in page
    assert 'class="sankey"' in page
    assert f"/cbam/installations/{key}/sources/F1" in page
    assert f"/cbam/installations/{key}/processes/P1" in page
    assert f"/cbam/installations/{key}/data/precursors/record/R1" in page


def test_certificates_on_own_data_and_on_default_values_stand_side_by_side(place):
    at, _, key = place
    world = at.world
    with at.app.test_request_context("/?lang=en"):
        lines = {line.result.id: line for line in _overview(at, key).goods}
    for line in lines.values():
        path = defaults.look_up(world["exporter"], LookUp(line.result.cn, "CN", 2026), world.services)
        assert line.default == path.net
        assert line.actual == max(0, line.see - line.sefa)
        assert line.saved == line.default - line.actual


def test_the_list_of_goods_holds_the_figures_in_full(place):
    at, client, key = place
    done = calculating.current(at.world["exporter"], Ask(key), at.world.services).done
    rows = client.get(f"/cbam/installations/{key}/goods.json").get_json()["items"]
    assert [(row["good"], row["see"], row["see_per_tonne"]) for row in rows] == [
        (good.id, good.see_total, good.see_per_tonne) for good in done.goods
    ]
    assert client.get(f"/cbam/installations/{key}/goods").status_code == 200
    assert client.get(f"/cbam/installations/{key}/goods.csv?q=M12").text.count("\n") == 3
    assert client.get(f"/cbam/installations/{broken(at.world)}/goods").status_code == 200


def test_flows_end_where_they_began(place):
    at, _, key = place
    with at.app.test_request_context("/?lang=en"):
        page = _overview(at, key)
    into, out = {}, {}
    for band in page.drawing.bands:
        out[band.link.source] = out.get(band.link.source, 0.0) + band.link.value
        into[band.link.target] = into.get(band.link.target, 0.0) + band.link.value
    middle = into.keys() & out.keys()
    assert {"p:P1", "p:P2"} <= middle
    for node in middle:
        assert into[node] == pytest.approx(out[node], rel=1e-9)


def _overview(at, key):
    return pages.overview(at.world["exporter"], key, at.world.services)


def test_what_stops_the_calculation_leads_to_the_record_to_mend(shared_site):
    at = shared_site
    key = broken(at.world)
    client = at.client("exporter")
    page = client.get(f"/cbam/installations/{key}").text
    assert "1 problem stops the calculation" in page
    assert f'href="/cbam/installations/{key}/data/streams/record/F1"' in page
    assert 'id="result"' not in page and "Calculate and keep" not in page
    answer = client.post(f"/cbam/installations/{key}/calculate", follow_redirects=True)
    assert answer.status_code == 200 and "cannot be calculated yet: solve" in answer.text
    for part in ("processes", "processes/P1", "sources/F1", "data", "data/streams/record/F1"):
        assert client.get(f"/cbam/installations/{key}/{part}").status_code == 200


def test_a_calculation_is_kept_and_says_so(place):
    at, client, key = place
    assert "calculated to look at, not kept" in client.get(f"/cbam/installations/{key}").text
    answer = client.post(f"/cbam/installations/{key}/calculate", follow_redirects=True)
    assert "calculated and kept" in answer.text
    stored = calculating.history(at.world["exporter"], key, at.world.services)
    assert stored[0].digest[:12] in answer.text and stored[0].tables_digest[:12] in answer.text


def test_what_lowers_the_number_names_effect_and_record(place):
    _, client, key = place
    page = client.get(f"/cbam/installations/{key}/levers/G1").text
    assert "Material from scrap" in page and "Less fuel or material" in page and "%" in page
    assert f"/cbam/installations/{key}/data/streams/record/F1" in page
    assert client.get(f"/cbam/installations/{key}/levers/none").status_code == 404


def test_an_installation_is_shared_and_taken_back(place):
    at, client, key = place
    there = f"/cbam/installations/{key}"
    helper = at.client("practitioner")
    assert helper.get(there).status_code == 404
    institution = at.world.organisations["institution"]
    answer = client.post(f"{there}/share", data={"institution_id": institution}, follow_redirects=True)
    assert "The institution sees the installation now" in answer.text
    seen = helper.get(there)
    assert seen.status_code == 200 and 'id="share"' not in seen.text
    assert at.client("reviewer").get(f"{there}/data").text.count("Add<") == 0
    assert at.client("rival-practitioner").get(there).status_code == 404
    assert at.client("other-exporter").get(there).status_code == 404
    client.post(f"{there}/share", data={"institution_id": ""})
    assert helper.get(there).status_code == 404


def test_versions_and_what_changed_between_two(place):
    at, client, _ = place
    key = handed_in(at.world)
    command = EditRecord(
        installation_id=key,
        version=1,
        collection="streams",
        record="F1",
        fields={"activity": "580"},
        note="read again",
    )
    editing.edit_record(at.world["exporter"], command, at.world.services)
    there = f"/cbam/installations/{key}"
    rows = client.get(f"{there}/versions.json").get_json()["items"]
    assert [(row["number"], row["source"], row["note"]) for row in rows] == [
        (2, "form", "read again"),
        (1, "workbook", ""),
    ]
    (change,) = client.get(f"{there}/versions/1/2.json").get_json()["items"]
    assert (change["record"], change["before"], change["after"]) == ("Source streams F1", "560", "580")
    assert "560" in client.get(f"{there}/versions/1/2").text
    chosen = client.get(f"{there}/compare-versions?before=1&after=2")
    assert chosen.location.endswith("/versions/1/2")
    assert client.get(f"{there}/versions/1/upload").data == workbook()
    assert client.get(f"{there}/versions/2/upload").status_code == 404
    old = client.get(f"{there}?version=1").text
    assert "an earlier version" in old and "Calculate and keep" not in old
    assert client.get(f"{there}/versions/1/9").status_code == 404
    assert client.get(f"{there}?version=9").status_code == 404


def test_the_installation_as_json_is_its_data(place):
    at, client, key = place
    plain = client.get(f"/cbam/installations/{key}.json").get_json()
    view = installations.get(at.world["exporter"], key, at.world.services)
    assert plain["version"]["digest"] == view.version.digest


def test_another_exporter_cannot_share_or_calculate(place):
    at, _, key = place
    other = at.client("other-exporter")
    assert other.post(f"/cbam/installations/{key}/calculate").status_code == 404
    assert other.post(f"/cbam/installations/{key}/share").status_code == 404
    command = Share(key, at.world.organisations["institution"])
    installations.share(at.world["exporter"], command, at.world.services)
    assert at.client("practitioner").post(f"/cbam/installations/{key}/share").status_code == 403
