"""The data of an installation: every record has a form, what is typed is kept or told, each number traces back."""

from __future__ import annotations

from math import prod

import pytest
from werkzeug.datastructures import MultiDict

from lca.cbam.workbook import changes
from service.usecases.cbam import calculating, editing, installations
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.editing import EditHead, EditRecord
from service.usecases.cbam.records import PARTS
from service.web import cbam_installation_trace as traces
from service.web.cbam_installation_forms import Subject, form_of, typed
from service.web.cbam_installation_records import (
    COLLECTIONS,
    HEAD,
    columns_of,
    record_of,
    records_of,
    shown_columns,
)
from tests.service.web.cbam_site import put


@pytest.fixture
def place(shared_site):
    """(site, exporter's client, address of a new installation)."""
    return shared_site, shared_site.client("exporter"), f"/cbam/installations/{put(shared_site.world)}"


def data_of(at, there):
    return installations.get(at.world["exporter"], there.rsplit("/", 1)[-1], at.world.services).data


def posted(form) -> MultiDict:
    """What a browser sends for a form that nobody touched."""
    made = MultiDict()
    inner = [one for part in form.rows for row in part.rows for one in row]
    for one in (*form.controls, *inner):
        if one.kind == "choices":
            made.setlist(one.name, list(one.value))
        elif one.kind != "truth" or one.value:
            made[one.name] = "on" if one.kind == "truth" else one.value
    for part in form.rows:
        made[f"{part.field}-count"] = str(len(part.rows))
    return made


def as_shown(at, data, collection, key, language="en") -> MultiDict:
    with at.app.test_request_context(f"/?lang={language}"):
        part = key if collection == HEAD else ""
        return posted(form_of(Subject(data, collection, record_of(data, collection, key), part)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_table_has_a_page_and_files_with_every_column(place, language):
    at, _, there = place
    client = at.client("exporter", language)
    records = records_of(data_of(at, there))
    assert client.get(f"{there}/data").status_code == 200
    for collection in COLLECTIONS:
        page = client.get(f"{there}/data/{collection}")
        assert page.status_code == 200, collection
        rows = client.get(f"{there}/data/{collection}.json").get_json()["items"]
        assert [row["record"] for row in rows] == [one.key for one in records[collection]]
        head = client.get(f"{there}/data/{collection}.csv").text.splitlines()[0].lstrip("\ufeff")
        assert all(column.name(language) in head for column in columns_of(collection) if column.key != "id")
        assert set(shown_columns(collection)) <= set(columns_of(collection))
    assert client.get(f"{there}/data/head.json").get_json()["total"] > 20
    assert client.get(f"{there}/data/nothing").status_code == 404


def test_every_record_has_a_form_which_kept_as_it_is_changes_nothing(place):
    at, _, there = place
    key, actor = there.rsplit("/", 1)[-1], at.world["exporter"]
    before = data_of(at, there)
    version = 1
    todo = [(name, one.key) for name, listed in records_of(before).items() for one in listed]
    for collection, record in [*todo, *((HEAD, part) for part in PARTS)]:
        data = data_of(at, there)
        with at.app.test_request_context("/?lang=zh"):
            part = record if collection == HEAD else ""
            subject = Subject(data, collection, record_of(data, collection, record), part)
            fields, form = typed(form_of(subject, posted(form_of(subject))))
        assert not form.wrong, (collection, record)
        common = {"installation_id": key, "version": version, "fields": fields}
        if collection == HEAD:
            done = editing.edit_head(actor, EditHead(part=record, **common), at.world.services)
        else:
            command = EditRecord(collection=collection, record=record, **common)
            done = editing.edit_record(actor, command, at.world.services)
        version = done.number
    assert changes(before, data_of(at, there)) == ()
    assert data_of(at, there) == before


def test_forms_of_all_records_open_in_both_languages(place):
    at, _, there = place
    for language in ("zh", "en"):
        client = at.client("exporter", language)
        for collection, listed in records_of(data_of(at, there)).items():
            assert client.get(f"{there}/data/{collection}/new").status_code == 200
            for one in listed[:1]:
                address = f"{there}/data/{collection}/record/{one.key.replace('#', '%23')}"
                assert client.get(address).status_code == 200, address
        for part in PARTS:
            assert client.get(f"{there}/data/head/record/{part}").status_code == 200
    assert client.get(f"{there}/data/streams/record/none").status_code == 404
    assert client.get(f"{there}/data/head/new").status_code == 404


def test_what_is_typed_is_kept_with_who_and_why(place):
    at, client, there = place
    form = as_shown(at, data_of(at, there), "streams", "F1")
    form["activity"], form["version"], form["version-note"] = "５80.5", "1", "read again"
    form["oxidation_factor"] = "99.5 %"
    form["shares-0-fraction"], form["shares-1-fraction"] = "60", "40"
    answer = client.post(f"{there}/data/streams/record/F1", data=form, follow_redirects=True)
    assert "Kept as version 2" in answer.text
    stream = data_of(at, there).streams[0]
    assert (stream.activity, stream.oxidation_factor) == (580.5, 0.995)
    assert [share.fraction for share in stream.shares] == [0.6, 0.4]
    assert stream.shares[0].reason
    assert "version 2" in answer.text and "exporter" in answer.text
    assert "read again" in client.get(f"{there}/versions").text


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("activity", "1,250", "without separators"),
        ("activity", "", "Fill in this field."),
        ("name", "", "Fill in this field."),
        ("activity_unit", "litres", "Choose one of the list."),
        ("oxidation_factor", "all", "without separators"),
        ("shares-0-fraction", "half", "without separators"),
        ("shares-0-sink", "", "Fill in this field."),
        ("ncv.reference", "a contract", "Needed where something else of this group"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(place, field, text, said):
    at, client, there = place
    form = as_shown(at, data_of(at, there), "streams", "F1")
    form["version"], form["meter"], form[field] = "1", "typed before", text
    answer = client.post(f"{there}/data/streams/record/F1", data=form)
    assert answer.status_code == 422
    place_of_error = "ncv.value" if field.startswith("ncv.") else field
    assert said in answer.text.split(f'id="{place_of_error}-error"')[1][:120]
    assert 'value="typed before"' in answer.text
    assert (
        installations.get(
            at.world["exporter"], there.rsplit("/", 1)[-1], at.world.services
        ).installation.version
        == 1
    )


def test_somebody_else_was_quicker_shows_what_changed_and_keeps_what_was_typed(place):
    at, client, there = place
    key = there.rsplit("/", 1)[-1]
    form = as_shown(at, data_of(at, there), "streams", "F1")
    form["version"], form["activity"] = "1", "601"
    command = EditRecord(
        installation_id=key, version=1, collection="streams", record="F2", fields={"activity": "333"}
    )
    editing.edit_record(at.world["exporter"], command, at.world.services)
    answer = client.post(f"{there}/data/streams/record/F1", data=form)
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.text and "from 310 to 333" in answer.text
    assert 'value="601"' in answer.text and 'name="version" value="2"' in answer.text
    form["version"] = "2"
    assert client.post(f"{there}/data/streams/record/F1", data=form).status_code == 303
    assert [one.activity for one in data_of(at, there).streams[:2]] == [601.0, 333.0]


def test_records_are_added_and_taken_out(place):
    at, client, there = place
    good = {"process": "P1", "cn": "73181542", "name": "Screws", "produced_t": "12.5", "version": "1"}
    assert client.post(f"{there}/data/goods/new", data=good).status_code == 303
    added = [one for process in data_of(at, there).processes for one in process.goods if one.cn == "73181542"]
    assert [one.produced_t for one in added] == [12.5]
    missing = client.post(f"{there}/data/goods/new", data={**good, "process": "", "version": "2"})
    assert missing.status_code == 422 and 'value="Screws"' in missing.text
    twice = client.post(f"{there}/data/goods/new", data={**good, "id": "G1", "version": "2"})
    assert twice.status_code == 422 and 'id="id-error"' in twice.text
    use = {"process": "P1", "amount_mwh": "7", "version": "2"}
    assert client.post(f"{there}/data/electricity_uses/new", data=use).status_code == 303
    there_now = f"{there}/data/electricity_uses/record/%233"
    assert client.get(there_now).status_code == 200
    gone = client.post(there_now, data={"version": "3", "remove": "1"}, follow_redirects=True)
    assert "Taken out" in gone.text and len(data_of(at, there).electricity_uses) == 2


def test_more_rows_keep_what_was_typed_and_store_nothing(place):
    at, client, there = place
    form = as_shown(at, data_of(at, there), "streams", "F1")
    form["version"], form["more"], form["name"] = "1", "shares", "half typed"
    answer = client.post(f"{there}/data/streams/record/F1", data=form)
    assert answer.status_code == 200 and 'value="half typed"' in answer.text
    assert answer.text.count('-fraction"') >= 6
    assert data_of(at, there).streams[0].name != "half typed"


def test_the_electricity_pages_say_that_green_certificates_do_not_count(place):
    at, _, there = place
    for language, said in (("en", "Green certificates are not accepted"), ("zh", "不接受绿证")):
        client = at.client("exporter", language)
        for page in ("electricity", "electricity/record/E1", "electricity_uses"):
            assert said in client.get(f"{there}/data/{page}").text


def test_a_record_shows_its_evidence_and_who_entered_it(place):
    _, client, there = place
    page = client.get(f"{there}/data/streams/record/F1").text
    assert "D1 " in page and f"{there}/data/evidence/record/D1" in page
    assert "entered by exporter" in page and "meter GM-1" in page


def test_a_reviewer_looks_and_cannot_edit(place):
    at, client, there = place
    client.post(f"{there}/share", data={"institution_id": at.world.organisations["institution"]})
    reviewer = at.client("reviewer")
    page = reviewer.get(f"{there}/data/streams/record/F1")
    assert page.status_code == 200 and "Keep as a new version" not in page.text
    assert reviewer.post(f"{there}/data/streams/record/F1", data={"version": "1"}).status_code == 403


def test_a_process_is_taken_apart_and_its_terms_add_up(place):
    at, client, there = place
    key = there.rsplit("/", 1)[-1]
    done = calculating.current(at.world["exporter"], Ask(key), at.world.services).done
    for result in done.processes:
        with at.app.test_request_context("/?lang=en"):
            page = traces.process_page(at.world["exporter"], key, result.id, at.world.services)
        terms = sum(step.value for step in page.steps)
        assert terms - result.floored_t == pytest.approx(result.attributed_direct_t)
        assert (page.own + page.embedded) / result.activity_level == pytest.approx(result.see_total)
        shown = client.get(f"{there}/processes/{result.id}").text
        assert all(f"data/precursors/record/{part.id}" in shown for part in result.precursors)
        assert "default value with mark-up" in shown and "actual value, verified" in shown
    rows = client.get(f"{there}/processes.json").get_json()["items"]
    assert [row["see"] for row in rows] == [one.see_total for one in done.processes]
    assert client.get(f"{there}/processes/none").status_code == 404


def test_the_trace_of_an_emission_is_a_product_with_its_sources(place):
    at, client, there = place
    key = there.rsplit("/", 1)[-1]
    with at.app.test_request_context("/?lang=en"):
        page = traces.source_page(at.world["exporter"], key, "F1", at.world.services)
    factors = [step.value for step in page.steps]
    assert prod(factors) / 1000 == pytest.approx(page.emission.emissions_t)
    assert sum(one.percent for one in page.shares) == pytest.approx(100)
    assert sum(one.tonnes for one in page.shares) == pytest.approx(page.emission.emissions_t)
    shown = client.get(f"{there}/sources/F1").text
    assert "Public authority · 发改办气候〔2015〕1722号" in shown and "equation 5, 6" in shown
    assert page.shares[0].reason in shown and f"{there}/processes/P1" in shown
    rows = [step.table for step in page.steps if step.table]
    assert len(rows) == 2 and "38.931" in client.get(rows[0]).text  # one click to the row of the table
    assert client.get(f"{there}/sources/none").status_code == 404
