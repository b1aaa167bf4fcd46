"""Shipments are the exporter's alone; files are taken whole; the threshold is told per importer."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest

from service.usecases import refusals
from service.usecases.cbam import shipments
from service.usecases.cbam.refusals import MonitoringChanged
from service.usecases.cbam.shipments import EditShipment, Shipment

GIVEN = {
    "importer": "Importer GmbH",
    "cn": "7318 15 95",
    "net_mass_kg": "24000.5",
    "imported_on": date(2026, 3, 1),
}
HEAD = "importer,EORI,CN code,Net mass (kg),Date,Note\n"


def add(world, **changes):
    return shipments.add(world["exporter"], Shipment(**GIVEN | changes), world.services)


def test_a_shipment_is_added_changed_and_removed(screws):
    who, services = screws["exporter"], screws.services
    made = add(screws, eori="de123", origin="cn", installation_id=screws.installation)
    assert (made.cn, made.net_mass_kg, made.eori, made.origin) == (
        "73181595",
        Decimal("24000.5"),
        "DE123",
        "CN",
    )
    assert shipments.get(who, made.id, services) == made
    changed = shipments.edit(who, EditShipment(made.id, 1, Shipment(**GIVEN | {"note": "late"})), services)
    assert (changed.version, changed.note, changed.id) == (2, "late", made.id)
    for call in (
        lambda: shipments.edit(who, EditShipment(made.id, 1, Shipment(**GIVEN)), services),
        lambda: shipments.remove(who, made.id, 1, services),
    ):
        with pytest.raises(MonitoringChanged):
            call()
    shipments.remove(who, made.id, 2, services)
    assert shipments.list_(who, services) == ()
    with services.uow() as unit:
        events = unit.audit.events(object_=f"cbam-shipment:{made.id}")
    assert [bool(event.before) for event in events] == [False, True, True]
    assert (events[0].after, events[1].after) == (events[1].before, events[2].before)


@pytest.mark.parametrize(
    "changes",
    [
        {"cn": "7318"},
        {"cn": "７３１８１５９５"},
        {"importer": " "},
        {"importer": "x" * 501},
        {"importer": "a\x00b"},
        {"net_mass_kg": "much"},
        {"net_mass_kg": "0"},
        {"net_mass_kg": "-1"},
        {"net_mass_kg": "NaN"},
        {"net_mass_kg": "1e15"},
        {"net_mass_kg": "0.1234567"},
    ],
)
def test_a_shipment_that_is_none(screws, changes):
    with pytest.raises(refusals.InvalidInput):
        add(screws, **changes)


def test_lists_are_of_an_importer_and_a_year(screws):
    add(screws)
    add(screws, importer="Other", imported_on=date(2027, 1, 1))
    who, services = screws["exporter"], screws.services
    assert [one.importer for one in shipments.list_(who, services)] == ["Other", "Importer GmbH"]
    assert [one.importer for one in shipments.list_(who, services, year=2026)] == ["Importer GmbH"]
    assert [one.importer for one in shipments.list_(who, services, importer="Other")] == ["Other"]
    assert shipments.list_(screws["other-exporter"], services) == ()
    with pytest.raises(refusals.InvalidInput):
        shipments.list_(who, services, year=10_000)


def test_the_threshold_by_importer(screws):
    add(screws, net_mass_kg="30000")
    add(screws, net_mass_kg="20000.001", imported_on=date(2026, 5, 1))
    add(screws, importer="Other", net_mass_kg="50000")
    found = shipments.threshold(screws["exporter"], 2026, screws.services)
    assert {one.names[0]: one.exceeded for one in found.standings} == {"Importer GmbH": True, "Other": False}
    with pytest.raises(refusals.InvalidInput):
        shipments.threshold(screws["exporter"], 2025, screws.services)


def workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["进口商", "CN编码", "净重kg", "进口日期", "EORI"])
    book.active.append(["进口商甲", 73181595, 24000.5, datetime(2026, 3, 1), None])  # noqa: DTZ001 - a cell has no zone
    book.active.append([None, None, None, None, None])
    book.active.append([None, "76042990", 10, "2026-04-01", "DE1"])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        workbook(),
        (HEAD + "A,,73181595,24000.5,2026-03-01,x\n\n,DE1,76042990,10,2026-04-01,\n").encode("utf-8-sig"),
        (HEAD + "A,,73181595,24000.5,2026-03-01,x\n,DE1,76042990,10,2026-04-01,\n")
        .replace(",", ";")
        .encode(),
    ],
)
def test_a_file_is_taken_whole(screws, data):
    done = shipments.import_file(screws["exporter"], "x", data, screws.services)
    assert (done.count, done.findings) == (2, ())
    listed = shipments.list_(screws["exporter"], screws.services)
    assert [(one.cn, one.net_mass_kg) for one in listed] == [
        ("76042990", Decimal(10)),
        ("73181595", Decimal("24000.5")),
    ]


def test_one_wrong_row_and_none_is_taken(screws):
    rows = "A,,73181595,much,2026-03-01,\nB,,73181595,1,yesterday,\n"
    rows += "C,,73181595,1,2026-03-01,\n,,73181595,1,2026-03-01,\n"
    done = shipments.import_file(screws["exporter"], "x.csv", (HEAD + rows).encode(), screws.services)
    assert done.count == 0
    assert [one.place.row for one in done.findings] == [2, 3, 5]
    assert shipments.list_(screws["exporter"], screws.services) == ()
    empty = shipments.import_file(screws["exporter"], "x.csv", HEAD.encode(), screws.services)
    assert [one.code for one in empty.findings] == ["cbam-shipment-file-empty"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"a,b\n1,2\n",
        b"PK\x03\x04",
        b'importer,cn,net_mass_kg,imported_on\n"' + b"x" * 200_000,
    ],
)
def test_a_file_that_is_none(screws, data):
    if not data:
        with pytest.raises(refusals.InvalidInput):
            shipments.import_file(screws["exporter"], "x", data, screws.services)
        return
    done = shipments.import_file(screws["exporter"], "x", data, screws.services)
    assert done.count == 0 and done.findings
    assert all(one.message(language) for one in done.findings for language in ("zh", "en"))
