"""Shipments: added, changed, removed, handed in as a file; how far each importer is from 50 tonnes."""

from __future__ import annotations

import io

import pytest

ONE = {
    "importer": "Müller GmbH",
    "eori": "DE1234",
    "cn": "7318 15 42",
    "origin": "CN",
    "net_mass_kg": "49999.5",
    "imported_on": "2026-03-31",
    "note": "",
}


@pytest.fixture
def client(site):
    return site("populated").client("exporter")


def added(client, **changes):
    return client.post("/cbam/shipments?year=2026", data=ONE | changes)


def text(client, path="/cbam/shipments?year=2026"):
    return client.get(path).get_data(as_text=True)


def rows(client, year=2026):
    return client.get(f"/cbam/shipments.json?year={year}").get_json()["items"]


def test_a_shipment_is_kept_and_counted(client):
    assert added(client).status_code == 303
    assert [row["cn"] for row in rows(client)] == ["73181542"]
    html = text(client)
    assert "49.9995 of 50 t" in html
    assert "exempt so far" in html
    assert added(client, net_mass_kg="0.5001").status_code == 303
    assert "over since Mar 31, 2026" in text(client)


def test_from_2027_it_is_said_when_certificates_must_be_held(client):
    added(client, imported_on="2026-03-31", net_mass_kg="50001")
    added(client, imported_on="2027-05-04", net_mass_kg="50001")
    assert "certificates to be held" not in text(client)
    assert "certificates to be held from Sep 30, 2027" in text(client, "/cbam/shipments?year=2027")


def test_the_pace_is_told_with_its_day(client):
    added(client)  # 49.9995 t by 22 November
    assert "At the pace of the year so far the limit is passed around Nov 23, 2026" in text(client)
    assert "At the pace" not in text(client, "/cbam/shipments?year=2027")


def test_what_is_dated_ahead_is_told_as_still_to_come(client):
    added(client, imported_on="2026-12-24", net_mass_kg="2000")
    assert "2 t of it still to come" in text(client)


def test_errors_stand_at_their_fields_and_what_was_typed_survives(client):
    for field, value, says in (
        ("cn", "7318", "Give the 8 digits"),
        ("net_mass_kg", "viel", "Give kilograms above 0"),
        ("net_mass_kg", "-1", "Give kilograms above 0"),
        ("imported_on", "31.3.2026", "Give the day of import"),
    ):
        answer = added(client, **{field: value})
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in html
        assert says in html
        assert 'value="Müller GmbH"' in html
    assert rows(client) == []


def test_a_refusal_is_chinese_on_a_chinese_page(site):
    html = added(site("populated").client("exporter", "zh"), cn="7318").get_data(as_text=True)
    assert "请填写8位CN编码" in html
    assert "digits" not in html


def test_a_shipment_is_changed_and_removed_on_the_version_one_looked_at(client):
    added(client)
    address = text(client).split('href="/cbam/shipments/')[1].split('"')[0]
    html = text(client, f"/cbam/shipments/{address}")
    assert 'value="49999.5"' in html
    changed = client.post(f"/cbam/shipments/{address}", data=ONE | {"version": "1", "net_mass_kg": "10"})
    assert changed.status_code == 303
    late = client.post(f"/cbam/shipments/{address}", data=ONE | {"version": "1", "net_mass_kg": "20"})
    assert late.status_code == 409
    assert [row["net_mass_kg"] for row in rows(client)] == [10.0]
    assert client.post(f"/cbam/shipments/{address}", data={"version": "2", "remove": "1"}).status_code == 303
    assert rows(client) == []


def handed_in(client, data: str, name="list.csv"):
    return client.post("/cbam/shipments/file", data={"file": (io.BytesIO(data.encode()), name)})


def test_a_file_is_taken_whole_or_not_at_all(client):
    head = "importer,cn,net_mass_kg,imported_on\n"
    refused = handed_in(client, f"{head}A,73181542,100,2026-02-01\nB,73,x,2026-02-01\n")
    assert refused.status_code == 422
    assert "Give the 8 digits" in refused.get_data(as_text=True)
    assert rows(client) == []
    assert (
        handed_in(client, f"{head}A,73181542,100,2026-02-01\nB,73181542,50,2026-02-03\n").status_code == 303
    )
    assert len(rows(client)) == 2


def test_a_file_that_is_none_is_refused(client):
    assert [handed_in(client, data).status_code for data in ("", "nothing,known\n1,2\n")] == [422, 422]
    assert client.post("/cbam/shipments/file", data={}).status_code == 422


def test_the_dates_of_the_importer_follow_the_year(client):
    assert "Submit the CBAM declaration for imports of 2026 by 2027-09-30" in text(client)
    later = text(client, "/cbam/shipments?year=2027")
    assert "end of quarter 1 of 2027" in later
    assert "2028-09-30" in later


def test_customers_are_the_exporters_alone(site):
    at = site("populated")
    added(at.client("exporter"))
    assert rows(at.client("other-exporter")) == []
    address = text(at.client("exporter")).split('href="/cbam/shipments/')[1].split('"')[0]
    assert at.client("other-exporter").get(f"/cbam/shipments/{address}").status_code == 404
    assert at.client("practitioner").get("/cbam/shipments").status_code == 403
