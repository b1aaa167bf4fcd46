"""Pages of background data: importing, the report with its lists, updates with their owners, notices."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from databases import build
from service import worker
from service.usecases import release_updates
from service.usecases.access import administrator
from tests.service import background as making
from tests.service.test_release_updates import largest
from tests.service.web.conftest import Site
from tests.service.world import LICENSED

LISTS = (
    *("unlinked", "cut_off", "choices", "allocations", "uncharacterised"),
    *("loops", "troubles", "left_rows", "notices"),
)
FORM = {"name": "own-data", "version": "1", "licence": "CC0 1.0"}


@pytest.fixture
def pages(background, applications) -> Callable[..., Site]:
    """A site over a world whose releases come and go."""

    def make(stage: str = "populated", *, csrf: bool = False, most: int = 0) -> Site:
        world = background(stage)
        if most:
            settings = replace(world.services.settings, import_max_bytes=most)
            world.services = replace(world.services, settings=settings)
        return Site(applications.over(world, csrf=csrf), world)

    return make


def send(client, data: bytes = b"data", filename: str = "own.zip", **changes: str):
    """The body is made here: the client's own leaves temporary files of large ones open."""
    values = FORM | changes | {"source": FileStorage(io.BytesIO(data), filename)}
    boundary, body = encode_multipart(values)
    return client.post("/releases", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_a_source_is_imported_and_its_report_read(pages, monkeypatch, open_cn):
    def import_release(root, source, head, options, *, mapping=None, progress=None):
        return making.clone(open_cn, root, head.name, head.version, report=True)

    monkeypatch.setattr(build, "import_release", import_release)
    at = pages()
    client = at.client("practitioner")
    answer = send(client)
    assert answer.status_code == 303
    waiting = client.get(answer.location).get_data(as_text=True)
    assert "Importing background data" in waiting and "own.zip" in waiting
    worker.run_once(at.world.services)
    done = client.get(answer.location).get_data(as_text=True)
    assert "The release is installed" in done and 'href="/releases/own-data-1#report"' in done
    listed = client.get("/releases").get_data(as_text=True)
    assert "own-data-1" in listed and open_cn.identifier in listed
    page = client.get("/releases/own-data-1").get_data(as_text=True)
    assert "2 inputs found no supplier" in page
    assert client.get("/releases.json").get_json()["total"] == 2


def test_a_refused_source_says_why_on_the_page_of_its_job(pages, monkeypatch):
    from databases.notices import Notice, SourceRefused

    def refuse(*_args: object, **_more: object) -> None:
        raise SourceRefused(
            Notice.error("source-empty", "own.zip"), Notice.error("source-encrypted", "a.xml")
        )

    monkeypatch.setattr(build, "import_release", refuse)
    at = pages()
    client = at.client("practitioner", "zh")
    job = send(client).location
    worker.run_once(at.world.services)
    page = client.get(job).get_data(as_text=True)
    assert "未生成数据版本" in page
    assert "其中没有任何文件" in page and "a.xml" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Not A Name"}, "name"),
        ({"version": "x" * 60}, "version"),
        ({"licence": ""}, "licence"),
        ({"allocation": "luck"}, "allocation"),
        ({"restricted": "true"}, "evidence"),
        ({"url": "javascript:1"}, "url"),
    ],
)
def test_what_was_typed_survives_a_refusal(pages, changes, field):
    client = pages().client("practitioner")
    answer = send(client, **(changes | {"title": "A title kept"}))
    page = answer.get_data(as_text=True)
    assert answer.status_code in (409, 422)
    assert "A title kept" in page
    assert f'id="{field}-error"' in page


@pytest.mark.parametrize(("size", "status"), [(90, 303), (120, 413), (70_000_000, 413)])
def test_a_source_may_be_large_for_those_who_import(pages, size, status):
    at = pages(most=100)
    answer = send(at.client("practitioner"), b"x" * size)
    assert answer.status_code == status
    if status == 413:
        assert "100 bytes" in answer.get_data(as_text=True)
    assert send(at.client("exporter"), b"x" * 90).status_code == 403


def test_large_sources_pass_the_guard_against_forged_forms(pages):
    """The token is in the body: the larger limit counts before the guard reads it."""
    at = pages(csrf=True)
    client = at.client("practitioner")
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', client.get("/releases/import").get_data(as_text=True)
    )
    large = b"x" * (17 * 1024 * 1024)
    assert send(client, large).status_code == 400
    assert send(client, large, csrf_token=token[1]).status_code == 303
    assert send(at.client(), large).status_code in (302, 400, 413)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_list_of_a_report_is_a_page_a_csv_and_json(pages, open_cn, language):
    at = pages()
    making.clone(open_cn, at.world.services.settings.releases, "own-data", "1", report=True)
    client = at.client("practitioner", language)
    for part in LISTS:
        path = f"/releases/own-data-1/report/{part}"
        page = client.get(path).get_data(as_text=True)
        assert len(re.findall("<h1", page)) == 1, part
        rows = making.REPORT[part]
        assert client.get(f"{path}.json").get_json()["total"] == len(rows)
        text = client.get(f"{path}.csv").get_data(as_text=True)
        assert len(text.splitlines()) == 1 + len(rows)
    assert "'=clinker" in client.get("/releases/own-data-1/report/unlinked.csv").get_data(as_text=True)
    assert client.get("/releases/own-data-1/report/nothing").status_code == 404
    whole = client.get("/releases/own-data-1/report.json").get_json()
    assert whole["unlinked"] == making.REPORT["unlinked"]
    for name in ("report.xlsx", "mapping.xlsx"):
        assert client.get(f"/releases/own-data-1/{name}", buffered=True).data[:2] == b"PK"


def test_lists_are_filtered_and_sorted(pages, open_cn):
    at = pages()
    making.clone(open_cn, at.world.services.settings.releases, "own-data", "1", report=True)
    client = at.client("practitioner")
    path = "/releases/own-data-1/report/unlinked.json"
    assert client.get(f"{path}?reason=unit-conflict").get_json()["items"][0]["name"] == "gypsum"
    names = [row["name"] for row in client.get(f"{path}?sort=exchanges").get_json()["items"]]
    assert names == ["gypsum", "=clinker, grey"]
    nothing = client.get("/releases/own-data-1/report/unlinked?q=zzz").get_data(as_text=True)
    assert 'href="/releases/own-data-1/report/unlinked"' in nothing


def test_restricted_data_says_so_and_shows_nothing(pages, open_cn):
    at = pages()
    making.licensed(at.world, open_cn)
    path = f"/releases/{LICENSED}-1"
    holder, other = at.client("practitioner"), at.client("rival-practitioner")
    assert "Licensed to you" in holder.get(path).get_data(as_text=True)
    page = other.get(path).get_data(as_text=True)
    assert "Your organisation has no licence" in page and "clinker" not in page
    for name in ("/report.json", "/report.xlsx", "/mapping.xlsx", "/report/unlinked", "/report/unlinked.csv"):
        assert other.get(path + name).status_code == 403
    assert other.get("/releases/import?from=" + path.rpartition("/")[2]).status_code == 200


@pytest.fixture
def updated(pages, open_cn):
    at = pages("issued")
    world = at.world
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1", scale={largest(world): 2.0})
    world.old, world.new = open_cn.identifier, "open-cn-2030.1"
    return at


def test_an_update_is_compared_and_its_owners_are_told(updated):
    at = updated
    world, client = at.world, at.client("practitioner")
    form = {"old": world.old, "new": world.new, "threshold_percent": "5"}
    job = client.post("/impacts", data=form).location
    assert "Comparing two releases" in client.get(job).get_data(as_text=True)
    worker.run_once(world.services)
    address = re.search(r'href="(/impacts/[0-9a-f]+)"', client.get(job).get_data(as_text=True))[1]
    page = client.get(address).get_data(as_text=True)
    assert world.number in page and "Study on the new release" in page
    assert "above +50%" in page
    exporter = at.client("exporter")
    home = exporter.get("/home").get_data(as_text=True)
    assert 'id="notices"' in home
    read = re.search(r'action="(/notices/[0-9a-f]+/read)"', home)[1]
    assert exporter.post(read).location == address
    assert 'id="notices"' not in exporter.get("/home").get_data(as_text=True)
    assert world.new in exporter.get("/notices").get_data(as_text=True)
    own = exporter.get(address).get_data(as_text=True)
    assert world.number in own and "Study on the new release" not in own
    assert at.client("other-exporter").get(address).status_code == 404
    rows = client.get(f"{address}.json?kind=label").get_json()["items"]
    assert [row["beyond"] for row in rows] == ["yes"]
    assert "next" not in rows[0]
    assert client.get(f"{address}.csv").get_data(as_text=True).count("\n") >= 3
    assert client.get(f"{address}.xlsx", buffered=True).data[:2] == b"PK"
    assert client.get("/impacts.json").get_json()["total"] == 1


def test_a_study_goes_on_with_the_new_release(updated):
    at = updated
    world, client = at.world, at.client("practitioner")
    command = release_updates.Compare(world.old, world.new)
    made = release_updates.impact(administrator("test"), command, world.services)
    address = f"/impacts/{made.id}/studies/{world.study}"
    assert world.new in client.get(address).get_data(as_text=True)
    answer = client.post(address)
    assert answer.status_code == 303
    assert world.new in client.get(answer.location).get_data(as_text=True)
    assert at.client("rival-practitioner").get(address).status_code == 404


@pytest.mark.parametrize("text", ["x", "-1", "100000"])
def test_a_threshold_that_is_none(updated, text):
    at = updated
    form = {"old": at.world.old, "new": at.world.new, "threshold_percent": text}
    assert at.client("practitioner").post("/impacts", data=form).status_code == 422


def test_pages_speak_one_language(updated, open_cn):
    at = updated
    making.clone(open_cn, at.world.services.settings.releases, "own-data", "1", report=True)
    command = release_updates.Compare(at.world.old, at.world.new)
    impact = release_updates.impact(administrator("test"), command, at.world.services).id
    paths = (
        *("/releases", "/releases/import", "/releases/own-data-1", "/impacts", f"/impacts/{impact}"),
        *("/notices", f"/impacts/{impact}/studies/{at.world.study}"),
    )
    for language in ("zh", "en"):
        client = at.client("practitioner", language)
        for path in paths:
            html = client.get(path).get_data(as_text=True)
            assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in html, path
            assert len(re.findall("<h1", html)) == 1, path
            assert " style=" not in html
            if language == "zh":
                for english in ("Background data", "Import report", "Threshold", "Release"):
                    assert english not in re.sub(r"<code>.*?</code>", "", html), (path, english)


def test_the_api_imports_compares_and_tells(pages, monkeypatch, open_cn):
    from tests.service.api.test_api import basic

    def import_release(root, source, head, options, *, mapping=None, progress=None):
        return making.clone(open_cn, root, head.name, head.version, report=True)

    monkeypatch.setattr(build, "import_release", import_release)
    at = pages("issued")
    client, who = at.client(), basic("practitioner")
    values = FORM | {"source": FileStorage(io.BytesIO(b"x" * 17_000_000), "own.zip")}
    boundary, data = encode_multipart(values)
    form = f"multipart/form-data; boundary={boundary}"
    queued = client.post("/api/v1/releases", data=data, headers=who, content_type=form)
    assert queued.status_code == 202
    worker.run_once(at.world.services)
    job = client.get(f"/api/v1/jobs/{queued.get_json()['job_id']}", headers=who).get_json()
    assert job["result"]["release"] == "own-data-1"
    found = {one["identifier"]: one for one in client.get("/api/v1/releases", headers=who).get_json()}
    assert found["own-data-1"]["has_report"] and not found["own-data-1"]["restricted"]
    report = client.get("/api/v1/releases/own-data-1/report", headers=who).get_json()
    assert report["counts"]["unlinked"] == 2
    body = {"old": open_cn.identifier, "new": "own-data-1", "threshold_percent": 0}
    queued = client.post("/api/v1/impacts", json=body, headers=who)
    worker.run_once(at.world.services)
    impact = client.get(f"/api/v1/impacts/{queued.get_json()['job_id']}", headers=who).get_json()
    assert [row["kind"] for row in impact["rows"]] == ["label"]
    assert json.loads(json.dumps(impact["datasets"]))["gone"] == 0
    assert client.get("/api/v1/notices", headers=basic("exporter")).get_json() == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_damaged_release_is_told_on_the_list(pages, open_cn, language):
    at = pages()
    broken = making.clone(open_cn, at.world.services.settings.releases, "broken", "1").path
    (broken / "manifest.json").write_text(json.dumps({"format": "tanbiao-release/1"}))
    client = at.client("practitioner", language)
    for address in ("/releases", "/datasets", "/impacts", "/home"):
        assert client.get(address).status_code == 200
    page = client.get("/releases").get_data(as_text=True)
    assert {"zh": "已损坏：broken-1", "en": "Damaged: broken-1"}[language] in page
    assert open_cn.identifier in page
    assert client.get("/releases/broken-1").status_code == 409
    assert [one["release"] for one in client.get("/releases.json").get_json()["items"]] == [
        open_cn.identifier
    ]


def test_codes_of_a_report_are_named_and_its_lists_saved_by_name(pages, open_cn):
    at = pages()
    root = at.world.services.settings.releases
    two = [dataset.code for dataset in open_cn.catalogue.all()[:2]]
    chosen = making.REPORT["choices"][0] | {"chosen": two, "among": two}
    loop = {"gain": 0.9912344, "members": two}
    making.clone(
        open_cn, root, "own-data", "1", report=making.REPORT | {"choices": [chosen], "loops": [loop]}
    )
    client = at.client("practitioner")
    first = open_cn.catalogue.get(two[0]).name_en
    for part in ("choices", "loops"):
        page = client.get(f"/releases/own-data-1/report/{part}").get_data(as_text=True)
        assert first in page
        assert f'href="/datasets/{two[0]}?release=own-data-1"' in page
    assert "0.991234" in client.get("/releases/own-data-1/report/loops").get_data(as_text=True)
    saved = client.get("/releases/own-data-1/report/choices.csv").headers["Content-Disposition"]
    assert saved.endswith('filename="own-data-1-choices.csv"')


def test_empty_columns_stay_in_the_files_and_leave_the_page(pages, open_cn):
    at = pages()
    placeless = [row | {"place": ""} for row in making.REPORT["unlinked"]]
    report = making.REPORT | {"unlinked": placeless}
    making.clone(open_cn, at.world.services.settings.releases, "own-data", "1", report=report)
    client = at.client("practitioner")
    assert "sort=place" not in client.get("/releases/own-data-1/report/unlinked").get_data(as_text=True)
    assert "place" in client.get("/releases/own-data-1/report/unlinked.json").get_json()["items"][0]


def test_work_under_way_and_failures_are_found_again(pages, monkeypatch):
    from databases.notices import Notice, SourceRefused

    def refuse(*_args: object, **_more: object) -> None:
        raise SourceRefused(Notice.error("source-empty"))

    monkeypatch.setattr(build, "import_release", refuse)
    at = pages()
    client = at.client("practitioner")
    job = send(client).location
    listed = client.get("/releases").get_data(as_text=True)
    assert f'href="{job}"' in listed and "Waiting" in listed
    assert f'href="{job}"' not in at.client("exporter").get("/releases").get_data(as_text=True)
    worker.run_once(at.world.services)
    listed = client.get("/releases").get_data(as_text=True)
    assert f'href="{job}"' in listed and "Failed" in listed


def test_a_version_that_is_taken_is_said_beside_its_field(pages, open_cn):
    at = pages()
    making.clone(open_cn, at.world.services.settings.releases, "own-data", "1")
    answer = send(at.client("practitioner"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'id="version-error"' in page and "Choose the file again" in page


@pytest.mark.parametrize("address", ["/releases/nothing-1", "/datasets/x?release=nothing-1"])
def test_a_release_that_is_not_there_is_not_found(pages, address):
    answer = pages().client("practitioner").get(address)
    assert answer.status_code == 404
    assert "nothing-1 is not installed" in answer.get_data(as_text=True)
