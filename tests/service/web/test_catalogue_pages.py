"""The pages of the catalogue and of linking: filters with counts, parts of a figure, gaps apart, confirming at once."""

from __future__ import annotations

import re

import pytest

from tests.service import world as making
from tests.service.test_link_memory import bare


def get(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def codeless(workbook) -> bytes:
    """The example without dataset codes."""
    return bare(workbook)


@pytest.fixture
def shown(site):
    """A practitioner at the catalogue, in English."""
    return site("populated").client("practitioner")


# ---------- search ----------


def test_filters_have_counts_and_words(shown):
    html = get(shown, "/datasets?text=铝")
    counts = dict(re.findall(r'<option value="(material|waste|transport|fuel)"[^>]*>[^<]*\((\d+)\)', html))
    assert int(counts["material"]) > 3
    assert re.search(r'<select id="place"', html) and re.search(r'<select id="source"', html)
    found = get(shown, "/datasets?text=铝&kind=material")
    assert f"{counts['material']} dataset" in found


def test_a_list_is_sorted_paged_and_exported_whole(shown):
    total = int(re.search(r"(\d+) datasets", get(shown, "/datasets"))[1])
    assert total > 50
    first = re.findall(r'class="lead"><span><a href="(/datasets/[^"?]+)', get(shown, "/datasets?sort=-year"))
    second = re.findall(
        r'class="lead"><span><a href="(/datasets/[^"?]+)', get(shown, "/datasets?sort=-year&page=2")
    )
    assert len(first) == 50 and second and not set(first) & set(second)
    beyond = get(shown, "/datasets?page=9999")
    assert re.search(r"Page (\d+) of \1\b", beyond)
    rows = shown.get("/datasets.csv").get_data(as_text=True).splitlines()
    assert len(rows) == total + 1
    assert shown.get("/datasets.json").get_json()["total"] == total


@pytest.mark.parametrize("query", ["year=x", "text=" + "x" * 201, "offset=-1"])
def test_a_wrong_query_is_refused(shown, query):
    allowed = "offset" in query  # the page has its own paging and ignores it
    assert shown.get(f"/datasets?{query}").status_code == (200 if allowed else 400)


def test_an_unknown_filter_value_finds_nothing_and_stays_in_the_form(shown):
    html = get(shown, "/datasets?place=XX")
    assert "Nothing matches" in html
    assert '<option value="XX" selected>' in html


# ---------- one dataset ----------


def test_a_dataset_shows_names_and_what_its_figure_is_made_of(shown):
    html = get(shown, "/datasets/al-primary-glo-2022")
    assert "What the figure is made of" in html
    assert '<table class="chart">' in html
    assert "<optgroup" in html
    for view in ("process", "flow"):
        assert '<table class="chart">' in get(shown, f"/datasets/al-primary-glo-2022?view={view}")
    assert get(shown, "/datasets/al-primary-glo-2022?method=no-such&view=no-such")


@pytest.mark.parametrize("view", ["first-tier", "process", "flow"])
def test_parts_are_a_list_with_its_twins(shown, view):
    path = "/datasets/al-primary-glo-2022/contributions"
    html = get(shown, f"{path}?view={view}&method=gwp100-ar5.total")
    assert 'aria-current="true"' in html
    assert 'name="method" value="gwp100-ar5.total"' in html
    items = shown.get(f"{path}.json?view={view}").get_json()["items"]
    assert sum(item["share"] for item in items) == pytest.approx(100)
    assert shown.get(f"{path}.csv?view={view}").get_data(as_text=True).count("\n") == len(items) + 1
    assert shown.get(f"{path}?view=sideways").status_code == 400
    assert shown.get(f"{path}?method=no-such").status_code == 404


def test_all_inputs_are_a_list_with_names(shown):
    path = "/datasets/al-primary-glo-2022/inputs"
    items = shown.get(f"{path}.json").get_json()["items"]
    html = get(shown, path)
    assert items and items[0]["name"] in html
    assert items[0]["code"] in shown.get(f"{path}.csv").get_data(as_text=True)


def test_what_is_missing_stands_apart_and_is_said(site, monkeypatch):
    """One dataset with two gaps: a notice with their number, a table of them, and neither among the inputs."""
    from dataclasses import replace

    from databases.catalogue import Catalogue

    at = site("populated")
    own = Catalogue.inputs

    def inputs(self, code):
        found = own(self, code)
        bare_one = replace(found[0].exchange, flow_or_dataset_code="Pot lining", kind="unlinked", amount=0.5)
        return [*found, replace(found[0], exchange=bare_one, name_zh="Pot lining", name_en="Pot lining")]

    get_ = Catalogue.get
    monkeypatch.setattr(Catalogue, "inputs", inputs)
    monkeypatch.setattr(Catalogue, "get", lambda self, code: replace(get_(self, code), gaps=2))
    html = get(at.client("practitioner"), "/datasets/al-primary-glo-2022")
    assert "2 inputs have no supplier; the figure leaves them out." in html
    gaps = html[html.index('id="gaps"') :]
    assert "Pot lining" in gaps and "Without a supplier" in gaps
    assert "Pot lining" not in html[: html.index('id="gaps"')]


def test_upstream_gaps_are_said(site, monkeypatch):
    from dataclasses import replace

    from databases.catalogue import Catalogue

    get_ = Catalogue.get
    monkeypatch.setattr(Catalogue, "get", lambda self, code: replace(get_(self, code), gaps_upstream=True))
    html = get(site("populated").client("practitioner"), "/datasets/al-primary-glo-2022")
    assert "Somewhere upstream inputs are missing" in html


def test_values_of_a_licensed_release_are_not_on_the_page(site, monkeypatch):
    from databases.release import Release

    at = site("populated")
    monkeypatch.setattr(Release, "restricted", property(lambda self: True))
    client = at.client("practitioner")
    html = get(client, "/datasets/al-primary-glo-2022")
    assert "Values are hidden" in html
    assert "What the figure is made of" not in html
    assert "IPCC AR6, 100 years" not in html
    view = client.get("/datasets/al-primary-glo-2022.json").get_json()
    assert view["scores"] == {} and view["values_hidden"]
    assert {item["exchange"]["amount"] for item in view["inputs"]} == {None}
    assert {item["exchange"]["published"] for item in view["inputs"]} == {""}
    for form in ("csv", "json"):
        text = client.get(f"/datasets/al-primary-glo-2022/inputs.{form}").get_data(as_text=True)
        assert "nan" not in text.casefold()
    assert client.get("/datasets/al-primary-glo-2022/contributions").status_code == 403


# ---------- confirming suggestions ----------


@pytest.fixture
def study(site, open_cn, codeless):
    at = site("populated")
    at.world.inventory = making.hand_in(at.world, codeless)
    making.open_study(at.world, open_cn.identifier)
    return at


def pairs(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+\|[^"]+)"', html)


def test_automatic_links_are_marked_counted_and_confirmed_together(study):
    client, address = study.client("practitioner"), f"/studies/{study.world.study}"
    html = get(client, address)
    lines = pairs(html, "line")
    assert len(lines) == html.count("Confirm this link") > 3
    assert f"{len(lines)} linked automatically, confirmed by nobody" in html
    answer = client.post(f"{address}/confirmations", data={"line": lines[:2], "version": "1"})
    assert answer.status_code == 303
    html = get(client, address)
    assert f"{len(lines) - 2} linked automatically, confirmed by nobody" in html
    assert html.count("Automatic link checked") + html.count("已核对自动关联") == 2
    suggestions = {"suggestion": pairs(html, "suggestion"), "all": "1", "version": "2"}
    assert client.post(f"{address}/confirmations", data=suggestions).status_code == 303
    assert "confirmed by nobody" not in get(client, address)


def test_what_was_confirmed_before_is_offered_with_day_and_person(study, open_cn):
    client, first = study.client("practitioner"), study.world.study
    html = get(client, f"/studies/{first}")
    client.post(f"/studies/{first}/confirmations", data={"line": pairs(html, "line")})
    second = making.open_study(study.world, open_cn.identifier)
    html = get(client, f"/studies/{second}")
    assert "confirmed before on Nov 22, 2026 by practitioner" in html
    line = pairs(html, "line")[0].split("|")[0]
    offered = get(client, f"/studies/{second}/lines/{line}")
    assert offered.index("confirmed before") < offered.index("Fit ")
    exporter = get(study.client("exporter"), f"/studies/{second}")
    assert "confirmed before" not in exporter and 'name="line"' not in exporter


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        ({}, 422, "Tick the lines to confirm first."),
        ({"line": "M1"}, 422, "Tick the lines to confirm first."),
        ({"line": "M1|another-dataset"}, 409, "The study was changed meanwhile"),
        ({"line": "M1|al-primary-glo-2022", "version": "9"}, 409, "The study was changed meanwhile"),
        ({"line": "B2|hdpe-primary-uk-2025"}, 422, "Nothing is suggested for line B2."),
        ({"line": "M99|x"}, 422, "The inventory has no line M99."),
        ({"line": "M1|al-primary-glo-2022", "version": "many"}, 422, "version"),
    ],
)
def test_refused_confirmations_say_why_and_keep_nothing(study, data, status, told):
    client, address = study.client("practitioner"), f"/studies/{study.world.study}"
    answer = client.post(f"{address}/confirmations", data=data)
    assert answer.status_code == status
    assert told in answer.get_data(as_text=True)
    assert client.get(f"{address}.json").get_json()["choices"] == []


@pytest.mark.parametrize(
    ("name", "status"), [("exporter", 403), ("reviewer", 403), ("rival-practitioner", 404)]
)
def test_who_may_not_confirm_on_the_page(study, name, status):
    data = {"line": "M1|al-primary-glo-2022"}
    answer = study.client(name).post(f"/studies/{study.world.study}/confirmations", data=data)
    assert answer.status_code == status


def test_a_dataset_with_gaps_says_so_where_it_is_offered(study, monkeypatch):
    from databases import catalogue

    made = catalogue.Dataset
    monkeypatch.setattr(catalogue, "Dataset", lambda **values: made(**{**values, "gaps": 4}))
    study.world.services.releases.open(
        study.world.services.releases.installed()[0].identifier
    ).catalogue._known.clear()
    html = get(study.client("practitioner"), f"/studies/{study.world.study}/lines/M1")
    assert "4 inputs have no supplier; the figure leaves them out." in html
    assert "inputs missing -5%" in html
