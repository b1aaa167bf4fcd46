"""Data is stored version by version: locked, chained, stamped, refused as a whole."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest

from lca.cbam.monitoring import Factor, FactorSource
from lca.cbam.storage import monitoring_digest, write_monitoring
from service.usecases import refusals
from service.usecases.cbam import editing, installations
from service.usecases.cbam.editing import AddRecord, EditHead, EditRecord, RemoveRecord
from service.usecases.cbam.installations import HandIn, Put
from service.usecases.cbam.keeping import link
from service.usecases.cbam.refusals import MonitoringChanged, UnknownRecord
from tests.lca.cbam.making import evidence, monitoring, stream
from tests.service.cbam.conftest import version


def data_of(world, number=None):
    return installations.get(world["exporter"], world.installation, world.services, number).data


def edit(world, collection, record, fields, by="exporter", at=None):
    command = EditRecord(
        installation_id=world.installation,
        version=at or version(world),
        collection=collection,
        record=record,
        fields=fields,
    )
    return editing.edit_record(world[by], command, world.services)


def add(world, collection, fields, parent=""):
    command = AddRecord(
        installation_id=world.installation,
        version=version(world),
        collection=collection,
        fields=fields,
        parent=parent,
    )
    return editing.add_record(world["exporter"], command, world.services)


def test_a_version_is_the_next_of_the_one_looked_at(screws):
    done = edit(screws, "streams", "gas", {"activity": "120.5", "name": "Gas"}, by="practitioner")
    assert done.number == 2
    assert data_of(screws).streams[0].activity == 120.5
    assert data_of(screws, 1).streams[0].activity == 100.0
    with pytest.raises(MonitoringChanged) as caught:
        edit(screws, "streams", "gas", {"activity": 1}, at=1)
    assert caught.value.details == {"version": "2"}
    listed = installations.versions(screws["exporter"], screws.installation, screws.services)
    assert [(one.number, one.source, one.content) for one in listed] == [(2, "form", {}), (1, "json", {})]


def test_of_two_at_once_one_is_told(screws):
    told = []

    def work(value):
        try:
            edit(screws, "streams", "gas", {"activity": value}, at=1)
        except MonitoringChanged as refusal:
            told.append(refusal)

    threads = [threading.Thread(target=work, args=(value,)) for value in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 2
    assert version(screws) == 2


def test_versions_are_chained(screws):
    for value in (1, 2):
        edit(screws, "streams", "gas", {"activity": value})
    with screws.services.uow() as unit:
        newest, middle, first = unit.cbam.versions(screws.installation, contents=True)
    assert (first.previous, middle.previous, newest.previous) == ("", first.link, middle.link)
    assert all(link(one) == one.link for one in (newest, middle, first))
    assert link(replace(middle, note="other")) != middle.link
    assert newest.digest == monitoring_digest(data_of(screws))


def test_the_service_says_who_entered_evidence(screws):
    (first,) = data_of(screws).evidence
    assert (first.entered_by, first.entered_on) == ("exporter", date(2026, 11, 22))
    screws.clock.on(86_400)
    forged = evidence("invoice", entered_by="somebody else", entered_on=date(2020, 1, 1))
    content = write_monitoring(replace(data_of(screws), evidence=(first, forged)))
    put = Put(content, screws.installation, 1)
    installations.put(screws["exporter"], put, screws.services)
    kept, added = data_of(screws).evidence
    assert kept == first
    assert (added.entered_by, added.entered_on) == ("exporter", date(2026, 11, 23))
    edit(screws, "evidence", "ledger", {"note": "page 7"}, by="practitioner")
    assert data_of(screws).evidence[0].entered_by == "practitioner"


def test_who_changed_what_last(screws):
    edit(screws, "streams", "gas", {"activity": 3})
    found = installations.entered(screws["exporter"], screws.installation, screws.services)
    assert (found["streams/gas"].number, found["precursors/wire"].number) == (2, 1)
    goods = [name for name in found if name.startswith("goods/")]
    assert len(goods) == 1
    changes = installations.version_diff(screws["exporter"], screws.installation, screws.services, 1, 2)
    assert [(one.sheet, one.record, one.field, one.after) for one in changes] == [
        ("streams", "gas", "activity", 3.0)
    ]


def test_records_come_and_go(screws):
    added = add(screws, "streams", {"name": "Oil", "method": "combustion", "activity": "2"})
    assert added.record == "S1"
    assert {one.place.line for one in added.findings} >= {"S1"}, "what it lacks is told at once"
    process = data_of(screws).processes[0]
    good = add(screws, "goods", {"cn": "73181535", "name": "Bolts", "produced_t": "5"}, parent=process.id)
    assert good.record == "G1"
    use = add(screws, "electricity_uses", {"process": process.id, "amount_mwh": "7"})
    assert use.record == "#1"
    edit(screws, "electricity_uses", "#1", {"amount_mwh": 8})
    for collection, record in (("electricity_uses", "#1"), ("goods", "G1"), ("streams", "S1")):
        command = RemoveRecord(
            installation_id=screws.installation, version=version(screws), collection=collection, record=record
        )
        editing.remove_record(screws["exporter"], command, screws.services)
    assert data_of(screws) == data_of(screws, 1)


def test_the_head_is_edited_part_by_part(screws):
    for part, fields in (
        ("installation", {"city": "Wuxi", "latitude": "31.5"}),
        ("monitoring", {"verifier": "Verifier", "meters_reconciled": "off"}),
        ("fuel_balance", {"cbam_tj": "3.8"}),
        ("quality", {"notes": "checked"}),
        ("period", {"end": "2026-12-31"}),
    ):
        command = EditHead(
            installation_id=screws.installation, version=version(screws), part=part, fields=fields
        )
        editing.edit_head(screws["exporter"], command, screws.services)
    data = data_of(screws)
    assert (data.installation.city, data.installation.latitude) == ("Wuxi", 31.5)
    assert (data.verifier, data.meters_reconciled, data.fuel_balance.cbam_tj) == ("Verifier", False, 3.8)


def test_an_object_appears_and_disappears(screws):
    edit(screws, "streams", "gas", {"ncv.value": "", "ncv.unit": "GJ/1000Nm3", "ncv.reference": ""})
    assert data_of(screws).streams[0].ncv is None
    edit(screws, "streams", "gas", {"emission_factor": None})
    assert data_of(screws).streams[0].emission_factor is None
    with pytest.raises(refusals.InvalidInput, match=r"ncv\.value"):
        edit(screws, "streams", "gas", {"ncv.value": "", "ncv.unit": "GJ/t", "ncv.reference": "report"})
    edit(screws, "streams", "gas", {"ncv.value": "38", "ncv.unit": "GJ/1000Nm3", "ncv.source": "ipcc"})
    assert data_of(screws).streams[0].ncv == Factor(value=38.0, unit="GJ/1000Nm3", source=FactorSource.IPCC)


REFUSED = {
    "not a field": ("streams", "gas", {"colour": "red"}, "colour"),
    "not a number": ("streams", "gas", {"activity": "1,250"}, "activity"),
    "no number at all": ("streams", "gas", {"activity": float("nan")}, "activity"),
    "an endless number": ("streams", "gas", {"activity": "1e999"}, "activity"),
    "needed": ("streams", "gas", {"activity": ""}, "activity"),
    "not a choice": ("streams", "gas", {"method": "guess"}, "method"),
    "a database's factor": ("streams", "gas", {"emission_factor.source": "ecoinvent"}, "emission_factor.source"),
    "a green certificate": ("electricity", "grid", {}, None),
    "not a record": ("streams", "gas", {"shares": ["screws"]}, "shares"),
    "an incomplete record": ("streams", "gas", {"shares": [{"sink": "screws"}]}, "shares#1.fraction"),
    "another id": ("streams", "gas", {"id": "coal"}, "id"),
    "half a character": ("streams", "gas", {"name": "\ud800"}, "streams#1.name"),
    "a control character": ("streams", "gas", {"name": "a\x00b"}, "streams#1.name"),
    "too long a text": ("streams", "gas", {"name": "x" * 10_001}, "streams#1.name"),
    "half an object": ("streams", "gas", {"zero_rating.scheme": 7}, "zero_rating.scheme"),
    "a report by the way": ("precursors", "wire", {"values.see_direct": 1, "values.report.number": "V"}, None),
    "not a collection": ("colours", "gas", {}, "collection"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_fields_that_do_not_fit_are_refused(screws, case):
    collection, record, fields, field = REFUSED[case]
    with pytest.raises((refusals.InvalidInput, UnknownRecord)) as caught:
        edit(screws, collection, record, fields)
    if field:
        assert caught.value.details["field"] == field
    assert version(screws) == 1


def test_an_id_is_used_once(screws):
    with pytest.raises(refusals.InvalidInput, match="used already"):
        add(screws, "streams", {"id": "wire", "name": "Oil", "method": "combustion", "activity": 1})
    with pytest.raises(refusals.InvalidInput, match="needed: name"):
        add(screws, "streams", {"method": "combustion", "activity": 1})
    with pytest.raises(UnknownRecord):
        add(screws, "goods", {"cn": "73181535", "name": "x", "produced_t": 1}, parent="none")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"basis": "definitive"},
        write_monitoring(monitoring()) | {"more": 1},
        write_monitoring(monitoring()) | {"verifier": 7},
        write_monitoring(monitoring()) | {"verifier": "\ud800"},
        write_monitoring(monitoring()) | {"indirect_stated_t": float("inf")},
        write_monitoring(monitoring(streams=(replace(stream(), activity=1.0),))) | {"basis": "lca"},
    ],
)
def test_json_that_is_no_monitoring_data_is_refused(screws, content):
    with pytest.raises(refusals.InvalidInput):
        installations.put(screws["exporter"], Put(content), screws.services)
    assert len(installations.list_(screws["exporter"], screws.services)) == 1


def test_our_workbook_goes_out_and_comes_in_as_it_was(screws):
    who, services = screws["exporter"], screws.services
    name, book = installations.workbook(who, screws.installation, services, "en")
    kept = installations.hand_in(who, HandIn(f"../{name}", book, screws.installation, 1, "again"), services)
    assert (kept.number, kept.kind, kept.findings) == (2, "workbook", ())
    assert installations.upload(who, screws.installation, 2, services) == (name, book)
    assert installations.version_diff(who, screws.installation, services, 1, 2) == ()
    with pytest.raises(refusals.NotFound):
        installations.upload(who, screws.installation, 1, services)


@pytest.mark.parametrize("data", [b"nothing", b"PK\x03\x04 half a zip"])
def test_a_workbook_with_errors_stores_nothing(screws, data):
    who, services = screws["exporter"], screws.services
    kept = installations.hand_in(who, HandIn("x.xlsx", data), services)
    assert not kept.stored
    assert kept.findings
    assert len(installations.list_(who, services)) == 1


def test_an_empty_template_tells_everything_that_is_missing(screws):
    book = installations.template("en")
    kept = installations.hand_in(screws["exporter"], HandIn("x.xlsx", book), screws.services)
    assert not kept.stored
    assert len(kept.findings) > 3
    assert all(one.place.sheet for one in kept.findings)


@pytest.mark.parametrize("size", [0, 16_000_001])
def test_a_file_of_no_or_too_many_bytes_is_not_read(screws, size):
    with pytest.raises(refusals.InvalidInput):
        installations.hand_in(screws["exporter"], HandIn("x.xlsx", b"x" * size), screws.services)


def test_a_conflict_is_told_before_a_large_file_is_read(screws):
    edit(screws, "streams", "gas", {"activity": 3})
    with pytest.raises(MonitoringChanged):
        installations.hand_in(
            screws["exporter"], HandIn("x.xlsx", b"", screws.installation, 1), screws.services
        )
