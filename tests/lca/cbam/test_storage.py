"""Monitoring data as JSON: exact both ways, with a digest that stays, and nothing unknown let in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from lca.cbam import storage
from lca.cbam.monitoring import (
    Basis,
    Factor,
    FactorSource,
    Good,
    Installation,
    Method,
    Monitoring,
    Period,
    Process,
    Share,
    SourceStream,
)

GAS = SourceStream(
    id="gas",
    name="天然气",
    method=Method.COMBUSTION,
    activity=12.5,
    activity_unit="1000Nm3",
    ncv=Factor(value=38.931, unit="GJ/1000Nm3", source=FactorSource.PUBLIC_AUTHORITY),
    shares=(Share(sink="rolling", fraction=1.0),),
)
MILL = Monitoring(
    basis=Basis.DEFINITIVE,
    period=Period(date(2026, 1, 1), date(2026, 12, 31)),
    installation=Installation(
        name="无锡轧钢", name_en="Wuxi Rolling", country="CN", operator="Wuxi Rolling Co"
    ),
    streams=(GAS,),
    processes=(
        Process(
            id="rolling",
            name="轧制",
            category="iron-or-steel-products",
            goods=(
                Good(id="bolt", cn="73181595", name="螺栓", produced_t=10.0, parameters=(("mn", "0.1"),)),
            ),
        ),
    ),
)


def test_what_is_written_is_read_back() -> None:
    text = json.dumps(storage.write_monitoring(MILL), ensure_ascii=False)
    assert storage.read_monitoring(json.loads(text)) == MILL


def test_the_digest_is_of_the_content_alone() -> None:
    plain = storage.write_monitoring(MILL)
    other_order = json.loads(json.dumps(plain, sort_keys=True))
    assert storage.digest(other_order) == storage.monitoring_digest(MILL)
    changed = replace(MILL, streams=(replace(GAS, activity=12.6),))
    assert storage.monitoring_digest(changed) != storage.monitoring_digest(MILL)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("streams", 0, "activity"), "12.5", "streams[0].activity"),
        (("streams", 0, "activity"), True, "streams[0].activity"),
        (("streams", 0, "method"), "guess", "streams[0].method"),
        (("streams", 0, "ncv", "source"), "ecoinvent", "streams[0].ncv.source"),
        (("streams", 0, "colour"), "blue", "streams[0]"),
        (("period", "end"), "31/12/2026", "period.end"),
        (("installation", "name"), 7, "installation.name"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(
    path: tuple[object, ...], value: object, told: str
) -> None:
    plain = json.loads(json.dumps(storage.write_monitoring(MILL)))
    inside = plain
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    with pytest.raises(storage.NotMonitoring) as refused:
        storage.read_monitoring(plain)
    assert told in str(refused.value)


def test_every_wrong_field_is_told_at_once() -> None:
    plain = json.loads(json.dumps(storage.write_monitoring(MILL)))
    plain["streams"][0]["activity"] = None
    plain["basis"] = "old"
    with pytest.raises(storage.NotMonitoring) as refused:
        storage.read_monitoring(plain)
    assert "activity" in str(refused.value)
    assert "basis" in str(refused.value)


def test_no_number_that_is_none() -> None:
    plain = storage.write_monitoring(MILL)
    plain["streams"][0]["activity"] = float("inf")
    with pytest.raises(storage.NotMonitoring):
        storage.read_monitoring(plain)
