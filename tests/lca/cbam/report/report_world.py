"""A works in Wuxi for the tests of the documents: furnaces, a boiler, shared meters, three suppliers, CO2 handed over.

Every name that no importer may read begins with ``Hidden``; every such amount has the digits of :data:`AMOUNTS`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import making as m

from databases.cbam.tables import Tables
from lca.cbam.calculate import calculate
from lca.cbam.monitoring import (
    OUTSIDE,
    Evidence,
    Installation,
    Monitoring,
    PrecursorChoice,
    PrecursorUse,
    Quality,
)
from lca.cbam.report.details import Details
from lca.cbam.results import Calculation

DETAILS = Details(made_on=date(2027, 1, 15), number="OER-2026-1", prepared_by="Li Wei")
AMOUNTS = ("731.29", "1207.83", "1153.61", "413.77")
"""Activity data, amounts bought, amounts of electricity."""
EVIDENCE = ("proof",)


def installation(**changes: Any) -> Installation:
    made = {
        "name": "无锡螺丝厂",
        "name_en": "Wuxi Screws, Xishan Works",
        "country": "CN",
        "operator": "Wuxi Screws Co., Ltd.",
        "operator_number": "91320205MA1",
        "address": "88 Dongting Road",
        "city": "Wuxi",
        "post_code": "214101",
        "unlocode": "CNWUX",
        "registry_id": "CBAM-CN-7",
        "latitude": 31.588231,
        "longitude": 120.357642,
        "months_monitored": 12,
    }
    return Installation(**made | changes)


def works(**changes: Any) -> Monitoring:
    """Two processes that share a furnace line and a boiler; wire rod from two suppliers, bars from a third."""
    wire = PrecursorUse(process="bolts", amount=1207.83, evidence=EVIDENCE)
    bars = PrecursorUse(process="bolts", amount=50.0, evidence=EVIDENCE)
    made: dict[str, Any] = {
        "installation": installation(),
        "streams": (
            m.stream("s1", name="Hidden furnace gas", activity=731.29, shares=m.split(screws=0.6, bolts=0.4)),
            m.stream("s2", name="Hidden boiler gas", meter="Hidden-FQ-102", shares=m.all_to("boiler")),
            m.stream("s3", name="Hidden biogas", biomass_fraction=1.0, zero_rating=m.zero_rating()),
            m.carbonate("s4", name="Hidden limestone", shares=m.all_to("bolts")),
        ),
        "transfers": (m.transfer(fossil_t=20.0, shares=m.all_to("bolts")),),
        "units": (m.unit(name="Hidden boiler"),),
        "heat": (
            m.heat("h1", "boiler", "screws", heat_tj=2.0),
            m.heat("h2", "boiler", "bolts", heat_tj=0.9),
            m.heat("h3", "boiler", OUTSIDE, heat_tj=0.4),
        ),
        "electricity": (m.electricity(name="Hidden feeder", supplier="Hidden grid", amount_mwh=413.77),),
        "electricity_uses": (m.power("screws", 413.77),),
        "processes": (
            m.process(),
            m.process(
                "bolts",
                goods=(m.good("bolts-73181542", "73181542", name="Bolts", parameters=(("mn", "0.8"),)),),
            ),
        ),
        "precursors": (
            m.precursor("wire1", purchased=1153.61, supplier="Alpha Wire", installation="Alpha Works"),
            m.precursor(
                "wire2",
                supplier="Beta Wire",
                installation="Beta Works",
                choice=PrecursorChoice.ACTUAL,
                values=m.supplier_values(),
                uses=(wire,),
                purchased=1207.83,
            ),
            m.precursor(
                "bars",
                name="Bars",
                cn="72149110",
                country="IN",
                uses=(bars,),
                purchased=50.0,
                supplier="Gamma",
            ),
        ),
        "quality": Quality(general="Mostly measurements.", assurance="Monthly reconciliation."),
        "evidence": (
            m.evidence(document="Hidden ledger", meter="Hidden-M1"),
            Evidence(id="proof", document="Hidden invoices", sha256="ab" * 32, entered_by="Hidden clerk"),
        ),
    }
    return m.monitoring(**made | changes)


def cement(**changes: Any) -> Monitoring:
    """A grinding plant: cement counts indirect emissions; clinker of its own kiln, electricity of two sources."""
    made: dict[str, Any] = {
        "installation": installation(),
        "streams": (m.stream("coal", name="Coal", shares=m.all_to("kiln")),),
        "processes": (
            m.process(
                "kiln", "cement-clinker", goods=(m.good("clinker", "25231000", name="Clinker", content=1.0),)
            ),
            m.process(
                "mill",
                "cement",
                goods=(m.good("cement", "25232900", name="Portland cement", content=0.8, produced_t=1000.0),),
            ),
        ),
        "own_uses": (m.own_use("kiln", "mill", 800.0),),
        "electricity": (m.electricity(), m.electricity("second", name="Second grid", amount_mwh=100.0)),
        "electricity_uses": (m.power("kiln", 400.0), m.power("mill", 200.0)),
        "precursors": (),
    }
    return m.monitoring(**made | changes)


def done(data: Monitoring, tables: Tables) -> Calculation:
    """The calculation of the data."""
    return calculate(data, tables)


def without(data: Monitoring, **fields: Any) -> Monitoring:
    """The data with other fields."""
    return replace(data, **fields)
