"""What somebody does who means harm, or whose program runs wild: bounded, refused, and nobody else is touched."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from lca.cbam.results import Path
from lca.cbam.storage import write_monitoring
from service.usecases import refusals
from service.usecases.cbam import (
    calculating,
    comparing,
    documents,
    editing,
    installations,
    keeping,
    shipments,
    tables,
)
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.installations import Put, Share
from service.usecases.cbam.refusals import MonitoringChanged
from tests.lca.cbam.making import evidence, good, monitoring, process, stream
from tests.service.cbam.test_cbam_access import shipment
from tests.service.cbam.test_results import newer_markup, newer_prices
from tests.service.cbam.test_versions import edit
from tests.service.test_access import fingerprint
from tests.service.test_integrity import problems

BEYOND = (0, -1, 2**31, 2**63, 10**30, -(10**30))


def put(world, data):
    return installations.put(world["exporter"], Put(write_monitoring(data)), world.services)


@pytest.mark.parametrize("number", BEYOND)
def test_a_version_nobody_has_is_not_found(screws, number):
    who, key, services = screws["exporter"], screws.installation, screws.services
    calls = (
        lambda: installations.get(who, key, services, number),
        lambda: installations.upload(who, key, number, services),
        lambda: installations.version_diff(who, key, services, 1, number),
        lambda: installations.version_diff(who, key, services, number, 1),
        lambda: calculating.calculate(who, Ask(key, Path.ACTUAL, number), services),
        lambda: documents.draw(who, documents.Draw(key, "monitoring-plan", number=number), services),
        lambda: comparing.levers(who, comparing.AskLevers(key, "x", number=number), services),
    )
    for call in calls:
        with pytest.raises(refusals.NotFound):
            call()
    made = shipments.add(who, shipment(), services)
    with pytest.raises(MonitoringChanged):
        shipments.remove(who, made.id, number, services)
    with pytest.raises(MonitoringChanged):
        shipments.edit(who, shipments.EditShipment(made.id, number, shipment()), services)


def test_figures_no_plant_has_are_kept_and_stop_only_their_own_calculation(screws):
    kept = put(screws, monitoring(streams=(stream(activity=1e308),)))
    assert {one.code for one in kept.findings} == {"cbam-number-size"}
    with pytest.raises(refusals.GateClosed):
        calculating.calculate(screws["exporter"], Ask(kept.installation_id), screws.services)
    assert calculating.current(screws["exporter"], Ask(screws.installation), screws.services).done.goods


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (
            lambda: monitoring(evidence=tuple(evidence(f"e{n}") for n in range(keeping.MOST_RECORDS + 1))),
            "content",
        ),
        (
            lambda: monitoring(
                processes=(process(goods=tuple(good(f"g{n}") for n in range(keeping.MOST_RECORDS))),)
            ),
            "content",
        ),
        (lambda: monitoring(processes=tuple(process(f"p{n}") for n in range(601))), "processes"),
    ],
    ids=["records", "records inside of records", "processes"],
)
def test_records_are_counted_before_they_are_stored(screws, made, field):
    before = fingerprint(screws)
    with pytest.raises(refusals.InvalidInput) as caught:
        put(screws, made())
    assert caught.value.details["field"] == field
    assert fingerprint(screws) == before


def test_levers_that_are_tried_are_few_and_of_every_kind(screws, monkeypatch):
    data = monitoring(streams=tuple(stream(f"s{n}", name=f"Burner {n}", activity=n + 1.0) for n in range(80)))
    key = put(screws, data).installation_id
    (one,) = data.processes
    ask = comparing.AskLevers(key, one.goods[0].id)
    found = comparing.levers(screws["exporter"], ask, screws.services)
    assert len(found) == comparing.MOST_TRIED
    assert len({effect.lever.kind for effect in found}) >= 3
    tried = {effect.lever.record for effect in found if effect.lever.kind == "less-fuel"}
    assert "s79" in tried, "the largest source first"
    assert "s0" not in tried
    monkeypatch.setattr(comparing, "TRIED_PARTS", 1)
    assert len(comparing.levers(screws["exporter"], ask, screws.services)) == comparing.LEAST_TRIED


def taken_back_after(monkeypatch, world, module, name):
    """The exporter takes the installation back while ``module.name`` is at work for the institution."""
    real = getattr(module, name)

    def slow(*given, **more):
        found = real(*given, **more)
        installations.share(world["exporter"], Share(world.installation, ""), world.services)
        return found

    monkeypatch.setattr(module, name, slow)


def test_taken_back_while_calculating(screws, monkeypatch):
    edit(screws, "streams", "gas", {"activity": 7})
    taken_back_after(monkeypatch, screws, calculating, "computed")
    with pytest.raises(refusals.NotFound):
        calculating.calculate(screws["practitioner"], Ask(screws.installation), screws.services)
    kept = calculating.history(screws["exporter"], screws.installation, screws.services)
    assert len(kept) == 1
    assert problems(screws) == ()


def test_taken_back_while_calculating_what_the_owner_kept_meanwhile(screws, monkeypatch):
    edit(screws, "streams", "gas", {"activity": 7})
    real = calculating.computed

    def slow(view, path, tables):
        found = real(view, path, tables)
        monkeypatch.setattr(calculating, "computed", real)
        calculating.calculate(screws["exporter"], Ask(screws.installation), screws.services)
        installations.share(screws["exporter"], Share(screws.installation, ""), screws.services)
        return found

    monkeypatch.setattr(calculating, "computed", slow)
    with pytest.raises(refusals.NotFound):
        calculating.calculate(screws["practitioner"], Ask(screws.installation), screws.services)


def test_taken_back_while_drawing_and_while_editing(screws, monkeypatch):
    taken_back_after(monkeypatch, screws, documents, "rendered")
    draw = documents.Draw(screws.installation, "summary-report", "en", "xlsx")
    with pytest.raises(refusals.NotFound):
        documents.draw(screws["practitioner"], draw, screws.services)
    assert len(documents.list_(screws["exporter"], screws.installation, screws.services)) == 1
    with pytest.raises(refusals.NotFound):
        edit(screws, "streams", "gas", {"activity": 8}, by="practitioner", at=1)
    assert problems(screws) == ()


def test_a_calculation_of_other_data_is_not_handed_out(screws):
    """Two rows whose contents were exchanged have the right digests and the wrong places."""
    from tests.service.test_integrity import tamper

    edit(screws, "streams", "gas", {"activity": 7})
    calculating.calculate(screws["exporter"], Ask(screws.installation), screws.services)
    first, second = (f"(SELECT id FROM cbam_versions WHERE number = {number})" for number in (1, 2))
    tamper(
        screws,
        f"DELETE FROM cbam_calculations WHERE version_id = {second}",
        f"UPDATE cbam_calculations SET version_id = {second} WHERE version_id = {first}",
    )
    with pytest.raises(refusals.EvidenceChanged):
        calculating.current(screws["exporter"], Ask(screws.installation), screws.services)


ROWS = "importer,cn,net_mass_kg,imported_on\nA,73181595,10,2026-02-01\nA,73181595,10,2026-02-01\n"


def test_a_file_sent_twice_counts_once(screws):
    who, services = screws["exporter"], screws.services
    assert shipments.import_file(who, "x.csv", ROWS.encode(), services).count == 2
    before = fingerprint(screws)
    for text in (ROWS, ROWS.removesuffix("A,73181595,10,2026-02-01\n")):
        again = shipments.import_file(who, "y.csv", text.encode(), services)
        assert (again.count, [one.code for one in again.findings]) == (0, ["cbam-shipment-file-known"])
    assert fingerprint(screws) == before
    more = ROWS + "A,73181595,10,2026-02-01\n"
    assert shipments.import_file(who, "z.csv", more.encode(), services).count == 3
    assert shipments.import_file(screws["other-exporter"], "x.csv", ROWS.encode(), services).count == 2


def test_nobody_refers_to_anothers_installation(screws):
    other = screws["other-exporter"]
    for key in (screws.installation, "0" * 32, "x"):
        with pytest.raises(refusals.NotFound):
            shipments.add(other, shipment(installation_id=key), screws.services)
    mine = shipments.add(other, shipment(), screws.services)
    with pytest.raises(refusals.NotFound):
        shipments.edit(
            other,
            shipments.EditShipment(mine.id, 1, shipment(installation_id=screws.installation)),
            screws.services,
        )


def test_the_same_ids_in_two_installations_do_not_mix(screws):
    """Records, goods and precursors are named inside an installation; another one's are unknown in it."""
    renamed = json.loads(json.dumps(write_monitoring(monitoring())).replace('"gas"', '"flame"'))
    other = installations.put(screws["other-exporter"], Put(renamed), screws.services).installation_id
    who = screws["other-exporter"]
    with pytest.raises(refusals.NotFound):
        installations.get(who, screws.installation, screws.services, 1)
    with pytest.raises(editing.UnknownRecord):
        editing.edit_record(
            who,
            editing.EditRecord(
                installation_id=other, version=1, collection="streams", record="gas", fields={"activity": 1}
            ),
            screws.services,
        )


def test_editions_do_not_fill_the_disk(screws, monkeypatch):
    services = screws.services
    first = tables.Import(filename="p.xlsx", data=newer_prices(screws), published=date(2026, 8, 6))
    tables.import_(screws["practitioner"], first, services)
    monkeypatch.setattr(tables, "MOST_EDITIONS", 1)
    second = tables.Import(filename="m.xlsx", data=newer_markup(screws), published=date(2026, 8, 6))
    for who in ("rival-practitioner", "administrator"):
        with pytest.raises(refusals.InvalidInput, match="installed already"):
            tables.import_(screws[who], second, services)
    assert tables.preview_import(screws["practitioner"], second, services).counts
    assert len(tables.overview(screws["exporter"], services).editions) == 1


def test_an_import_of_anothers_institution_is_told_and_changes_nothing_kept(screws):
    who, services = screws["exporter"], screws.services
    before = calculating.calculate(who, Ask(screws.installation), services).stored
    command = tables.Import(filename="m.xlsx", data=newer_markup(screws), published=date(2026, 8, 6))
    tables.import_(screws["rival-practitioner"], command, services)
    change = calculating.newer_tables(who, Ask(screws.installation), services)
    assert change.changed
    (kept,) = calculating.history(who, screws.installation, services)
    assert replace(kept, content=before.content) == before


def test_a_plan_of_goods_out_of_scope_is_refused_with_findings(screws):
    one = process(goods=(good(cn="99999999"),), category="nothing")
    key = put(screws, monitoring(processes=(one,))).installation_id
    for form in documents.FORMATS:
        with pytest.raises(refusals.GateClosed) as caught:
            documents.draw(
                screws["exporter"], documents.Draw(key, documents.PLAN, format=form), screws.services
            )
        assert "cbam-cn-out-of-scope" in {finding.code for finding in caught.value.findings}
