"""Installations for the tests of what is owed: a screw works, a steel works with a loop, cement, urea."""

from __future__ import annotations

from dataclasses import replace

from making import (
    carbon,
    carbonate,
    electricity,
    good,
    monitoring,
    own_use,
    power,
    precursor,
    process,
    stream,
    supplier_values,
)

from lca.cbam.monitoring import Monitoring, Precursor, PrecursorChoice, PrecursorUse, Share


def verified(**changes: object) -> Precursor:
    """Wire rod with a verifier's report: 2.0 tCO2e/t and 1.2 of free allocation."""
    made = {"choice": PrecursorChoice.ACTUAL, "values": supplier_values()} | changes
    return precursor(**made)


def to(sink: str) -> tuple[Share, ...]:
    return (Share(sink=sink, fraction=1.0),)


def screw_works(**changes: object) -> Monitoring:
    """Gas and verified wire rod: SEE 0.2128 + 1.05 x 2.0."""
    return monitoring(**{"precursors": (verified(),)} | changes)


def two_suppliers() -> Monitoring:
    """Rod from a verified supplier and from one without a report, averaged."""
    uses = (PrecursorUse(process="screws", amount=350.0, evidence=("ledger",)),)
    second = precursor("rod", uses=uses, purchased=350.0)
    first = verified(uses=(replace(uses[0], amount=700.0),), purchased=700.0)
    return monitoring(precursors=(first, second))


def steel_works() -> Monitoring:
    """Steel for screws and rod; clippings of the screws' process go back as steel products: a loop."""
    steel = process(
        "steel",
        category="crude-steel",
        route="C",
        goods=(good("steel-72071114", "72071114", name="Billets", produced_t=1200.0),),
    )
    rod = process("rod", goods=(good("rod-72139110", "72139110", name="Rod", produced_t=1100.0),))
    return monitoring(
        streams=(
            stream("gas", shares=to("screws")),
            stream("furnace", activity=400.0, shares=to("steel")),
            carbon("coke", 500.0, 0.88, shares=to("steel")),
        ),
        processes=(steel, rod, process()),
        own_uses=(
            own_use("steel", "rod", 1150.0),
            own_use("rod", "screws", 1050.0),
            own_use("screws", "rod", 20.0),
        ),
        precursors=(
            precursor(
                "iron",
                name="Pig iron",
                cn="72011019",
                category="pig-iron",
                uses=(PrecursorUse(process="steel", amount=900.0, evidence=("ledger",)),),
                purchased=900.0,
            ),
        ),
    )


def cement_works() -> Monitoring:
    """Grey Portland cement of 70 % bought clinker, and electricity that counts."""
    clinker = precursor(
        "clinker",
        name="Clinker",
        cn="25231000",
        category="cement-clinker",
        variant="grey",
        uses=(PrecursorUse(process="mill", amount=700.0, evidence=("ledger",)),),
        purchased=700.0,
    )
    made = good("cement-25232900", "25232900", name="Cement", content=0.7)
    return monitoring(
        streams=(stream("gas", activity=10.0, shares=to("mill")),),
        processes=(process("mill", category="cement", goods=(made,)),),
        electricity=(electricity(amount_mwh=60.0),),
        electricity_uses=(power("mill", 60.0),),
        precursors=(clinker,),
    )


def urea_works() -> Monitoring:
    """Urea with 460 kg N per tonne of product from bought ammonia of 823."""
    ammonia = precursor(
        "ammonia",
        name="Ammonia",
        cn="28141000",
        category="ammonia",
        content=823.0,
        uses=(PrecursorUse(process="urea", amount=570.0 * 823.0, evidence=("ledger",)),),
        purchased=570.0 * 823.0,
    )
    made = good("urea-31021019", "31021019", name="Urea", content=460.0)
    return monitoring(
        streams=(stream("gas", activity=10.0, shares=to("urea")), carbonate(activity=1.0, shares=to("urea"))),
        processes=(process("urea", category="urea", goods=(made,)),),
        electricity=(electricity(amount_mwh=60.0),),
        electricity_uses=(power("urea", 60.0),),
        precursors=(ammonia,),
    )


WORKS = {
    "screws": screw_works,
    "two suppliers": two_suppliers,
    "steel with a loop": steel_works,
    "cement": cement_works,
    "urea": urea_works,
}
