"""What a reader of the CBAM pages is told: newer tables, wrong answers, names in two languages, where a figure is."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from databases import places
from lca.findings import Finding, in_language
from service.usecases.cbam import calculating, installations, tables
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.installations import HandIn
from service.web import formats
from tests.service.cbam.test_results import newer_markup
from tests.service.web.cbam_site import put
from tests.service.web.test_cbam_installations import ANSWERS


def text(html: str) -> str:
    """The words of a page, one blank between them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def newer(site):
    """(site, path of an installation that was calculated before a table was imported)."""
    at = site("populated")
    key = put(at.world)
    calculating.calculate(at.world["exporter"], Ask(key), at.world.services)
    command = tables.Import(filename="schedule.xlsx", data=newer_markup(at.world), published=date(2026, 8, 6))
    tables.import_(at.world["practitioner"], command, at.world.services)
    return at, f"/cbam/installations/{key}", key


def test_figures_by_newer_tables_say_so_and_what_changes(newer):
    at, path, key = newer
    change = calculating.newer_tables(at.world["exporter"], Ask(key), at.world.services)
    html = text(at.client("exporter", "en").get(path).text)
    assert "The figures below are calculated with them and not kept yet" in html
    good = next(one for one in change.goods if one.before != one.after)
    before, after = formats.amount(good.before, 6), formats.amount(good.after, 6)
    assert f"{before} {after} {(good.after - good.before) / good.before * 100:+.1f} %" in html
    assert "schedule.xlsx" in html
    assert "will differ from earlier ones" in at.client("exporter", "en").get(f"{path}/documents").text
    calculating.calculate(at.world["exporter"], Ask(key), at.world.services)
    kept = text(at.client("exporter", "en").get(path).text)
    assert "were calculated with them and kept" in kept and "not kept yet" not in kept


def test_data_of_the_transitional_period_are_offered_no_report_they_cannot_give(shared_site):
    from dataclasses import replace

    from lca.cbam.monitoring import Basis, Period
    from lca.cbam.workbook import fasteners, write

    world = shared_site.world
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    older = replace(fasteners(), basis=Basis.TRANSITIONAL, period=year)
    kept = installations.hand_in(world["exporter"], HandIn("2025.xlsx", write(older, "en")), world.services)
    assert kept.installation_id, [one.message("en") for one in kept.findings]
    html = (
        shared_site.client("exporter", "en").get(f"/cbam/installations/{kept.installation_id}/documents").text
    )
    assert "These data give no report of the definitive period" in html
    assert 'name="kind"' not in html and 'name="template"' in html
    there = f"/cbam/installations/{kept.installation_id}/documents"
    asked = {"kind": "summary-report", "language": "en", "format": "pdf"}
    refused = shared_site.client("exporter", "zh").post(there, data=asked)
    assert refused.status_code == 422
    assert "不能用于正式期的排放报告摘要" in refused.text and "summary-report”" not in refused.text


def test_a_wizard_names_its_codes_and_gathers_what_is_missing(shared_site):
    client = shared_site.client("exporter", "zh")
    page = client.get("/cbam/start/screws").text
    assert "六角头螺钉、螺栓，非不锈钢，抗拉强度 ≥ 800 MPa" in page
    for code, name in (("GB", "英国"), ("HK", "香港"), ("TW", "台湾")):
        assert f">{name} ({code})</option>" in page
    asked = ANSWERS | {"coating": "", "kg-73181588": "1000 吨", "cn-0": "76041010", "other-kg-0": "500"}
    answer = client.post("/cbam/start/screws", data=asked)
    assert answer.status_code == 422
    assert "有 2 处需要填写或改正" in answer.text and 'href="#coating"' in answer.text
    assert "1000 吨" in answer.text and "“76041010”" in answer.text  # both faults of one question
    assert "Saleable goods" not in answer.text and "填 0" not in text(answer.text).split("镀锌在哪里做")[-1]


def test_structures_of_sections_alone_need_no_plate(shared_site):
    answers = {
        name: value
        for name, value in ANSWERS.items()
        if name not in ("kg-73181588", "rod_cn", "rod_kg", "heat_treatment")
    }
    answers |= {
        "scrap_kg": "20000",
        "kg-73089059": "900000",
        "plate_kg": "0",
        "section_kg": "920000",
        "section_cn": "72163390",
    }
    answer = shared_site.client("exporter", "zh").post("/cbam/start/structures", data=answers)
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>([^<]+)', answer.text)
    page = shared_site.client("exporter", "zh").get(answer.headers["Location"]).text
    assert "其他主要由板材制成的结构体及部件" in page and "天然气 / Natural gas" not in text(page)
    assert "Natural gas" in shared_site.client("exporter", "en").get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("both", "zh", "en"),
    [
        ("天然气 / Natural gas", "天然气", "Natural gas"),
        ("燃烧 / Combustion; 质量平衡 / Mass balance", "燃烧; 质量平衡", "Combustion; Mass balance"),
        ("gas (本厂 / Here)", "gas (本厂 / Here)", "gas (本厂 / Here)"),
        ("甲厂 / 乙厂", "甲厂 / 乙厂", "甲厂 / 乙厂"),
        ("tCO2e / t", "tCO2e / t", "tCO2e / t"),
    ],
)
def test_a_name_in_two_languages_is_said_in_one(both, zh, en):
    assert (in_language(both, "zh"), in_language(both, "en")) == (zh, en)
    told = Finding.warning("cbam-joint-free-allocation", name="x", covered=both)
    assert f"（{zh}）" in told.message("zh") and f"({en})" in told.message("en")


def test_countries_of_iso_have_names_and_china_comes_first(shared_site):
    assert places.name("GB", "en") == "United Kingdom" and places.name("QQ", "en") == "QQ"
    with shared_site.app.test_request_context("/?lang=zh"):
        ordered = formats.by_name([("ZW", "津巴布韦"), ("AL", "阿尔巴尼亚"), ("CN", "中国")])
    assert [code for code, _ in ordered] == ["CN", "AL", "ZW"]  # by sound: 阿 before 津


def test_a_default_value_leads_to_its_row(shared_site):
    client = shared_site.client("exporter", "en")
    page = client.get(f"/cbam/installations/{put(shared_site.world)}/processes/P1").text
    (row,) = set(re.findall(r'href="(/cbam/tables/defaults[^"]+)"', page))
    listed = client.get(row.replace("&amp;", "&").replace("/defaults", "/defaults.json")).get_json()["items"]
    (only,) = [one for one in listed if one["cn"] == "7213"]
    assert Decimal(str(only["total"])) > 3 and only["country"] == "CN"
