"""Power balances as they are kept: what is allocated once, given back, seen, and counted in the account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from certificates.ledger.entries import Purpose, Reverse
from service.usecases.ledger import dossiers, power, power_account
from service.usecases.ledger.power import Allocate, ChangeBalance, Release
from service.usecases.ledger.refusals import (
    DossierChanged,
    EvidenceUnknown,
    FieldsRefused,
    StillAllocated,
)
from service.usecases.refusals import NotAllowed, NotFound
from tests.service import world as making
from tests.service.ledger import powermaking as given
from tests.service.ledger.making import account, record
from tests.service.ledger.powermaking import FORM, opened, retired


@pytest.fixture
def world(at):
    made = at("populated")
    given.evidence(made)
    return made


def allocate(world, balance, *keys, who="exporter", **more):
    return power.allocate(world[who], Allocate(balance, tuple(keys), **more), world.services)


def release(world, balance, *keys):
    return power.release(world["exporter"], Release(balance, tuple(keys)), world.services)


def seen(world, balance, who="exporter"):
    return power.get(world[who], balance, world.services)


def refused(act):
    with pytest.raises(FieldsRefused) as refusal:
        act()
    assert refusal.value.message("zh") and refusal.value.message("en")
    return sorted({one.code for one in refusal.value.problems})


def test_units_are_allocated_and_given_back(world):
    balance, first, second = opened(world), retired(world, 100), retired(world, 37, 2)
    assert allocate(world, balance, first).status == "part-covered"
    assert allocate(world, balance, second, version=2).status == "covered"
    found = seen(world, balance)
    assert (found.cover.allocated, found.cover.covered, found.cover.uncovered) == (137_000, 136_600, 0)
    with world.services.uow() as unit:
        assert [one.purpose for one in unit.ledger.uses_of(balance)] == ["account", "account"]
    assert release(world, balance, first).status == "part-covered"
    assert release(world, balance).status == "open"
    assert allocate(world, opened(world, site="二厂"), first, second).status == "covered"


def test_a_unit_is_in_one_balance_only(world):
    one, other, key = opened(world), opened(world, site="二厂"), retired(world, 100)
    allocate(world, one, key)
    assert refused(lambda: allocate(world, other, key)) == ["unit-used"]
    assert refused(lambda: allocate(world, one, key)) == ["unit-twice", "units-too-many"]


def test_all_that_speaks_against_allocating_is_told_at_once(world):
    balance = opened(world)
    other = retired(
        world, 1, purpose=Purpose.OTHER, vintage_start=date(2024, 12, 1), vintage_end=date(2024, 12, 31)
    )
    theirs = retired(world, 5, 3, who="other-exporter")
    many = retired(world, 138, 4)
    found = refused(lambda: allocate(world, balance, other, theirs, "99.0", "x", many))
    assert found == ["unit-other-generation", "unit-other-purpose", "unit-unknown", "units-too-many"]
    assert refused(lambda: allocate(world, balance)) == ["needed"]
    assert refused(lambda: release(world, balance)) == ["unit-unknown"]
    assert refused(lambda: release(world, balance, many)) == ["unit-unknown"]


def test_a_reversed_retirement_covers_nothing(world):
    balance, key = opened(world), retired(world, 100)
    allocate(world, balance, key)
    number = int(key.partition(".")[0])
    record(
        world, Reverse(on=date(2026, 5, 1), account=account(world, "exporter"), entry=number, reason="wrong")
    )
    found = seen(world, balance)
    assert (found.cover.covered, [one.code for one in found.problems]) == (0, ["unit-not-retired"])
    assert release(world, balance).status == "open"


def test_a_change_keeps_what_is_allocated_fitting(world):
    balance, key = opened(world), retired(world, 137)
    allocate(world, balance, key)

    def change(version=None, **changes):
        command = ChangeBalance(balance, FORM | changes, "meter read anew", version)
        return power.change(world["exporter"], command, world.services)

    assert change(consumption_kwh="136999.5").status == "covered"
    assert refused(lambda: change(consumption_kwh="136000")) == ["units-too-many"]
    assert refused(lambda: change(place="DE")) == ["unit-other-market"]
    assert refused(lambda: change(place="Wuxi")) == ["not-a-place"]
    assert refused(lambda: change(inventory="i", line="E1")) == ["target-fixed"]
    with pytest.raises(DossierChanged):
        change(version=2)
    with pytest.raises(EvidenceUnknown):
        change(evidence=["f" * 64])


def test_a_sites_periods_never_overlap(world):
    opened(world, period_end="2025-06-30")
    assert refused(lambda: opened(world, period_start="2025-06-30")) == ["period-overlaps"]
    later = opened(world, period_start="2025-07-01")
    assert refused(lambda: opened(world)) == ["period-overlaps"]
    power.close(world["exporter"], later, world.services)
    opened(world, period_start="2025-07-01", site=" 一厂 ")


def test_a_balance_is_closed_when_nothing_is_allocated(world):
    balance, key = opened(world), retired(world, 5)
    allocate(world, balance, key)
    with pytest.raises(StillAllocated):
        power.close(world["exporter"], balance, world.services)
    release(world, balance)
    assert power.close(world["exporter"], balance, world.services).status == "closed"
    assert power_account.account(world["exporter"], 2025, world.services).sites == ()


def test_what_fits_stands_first_among_the_candidates(world):
    balance = opened(world)
    bad, good = retired(world, 5, purpose=Purpose.OTHER), retired(world, 5, 2)
    used = retired(world, 5, 3)
    allocate(world, balance, used)
    found = power.candidates(world["exporter"], balance, world.services)
    assert [(one.unit.position, [p.code for p in one.problems]) for one in found] == [
        (good, []),
        (bad, ["unit-other-purpose"]),
    ]


def test_the_account_tells_both_methods_side_by_side(world):
    # 一厂 136,600 kWh, 100,000 of them covered: 36,600 x 0.6096 = 22,311.36; 136,600 x 0.5827 = 79,596.82.
    # 二厂 1,000 kWh in Shanghai, nothing covered: 609.6; 573.7.
    allocate(world, opened(world), retired(world, 100))
    opened(world, site="二厂", place="CN-SH", consumption_kwh="1000", period_end="2025-01-31")
    opened(world, site="三厂", period_start="2026-01-01", period_end="2026-01-31")
    found = power_account.account(world["exporter"], 2025, world.services)
    assert [(one.site, one.emissions.market_kg, one.emissions.location_kg) for one in found.sites] == [
        ("一厂", Decimal("22311.36"), Decimal("79596.82")),
        ("二厂", Decimal("609.6"), Decimal("573.7")),
    ]
    assert (found.market_kg, found.location_kg) == (Decimal("22920.96"), Decimal("80170.52"))
    residual, average = found.sites[0].emissions.residual, found.sites[0].emissions.average
    assert (residual.value, residual.year, residual.number) == (Decimal("0.6096"), 2023, "公告2025年第47号")
    assert (average.place, average.year, average.is_of_the_year) == ("CN-JS", 2023, False)
    assert found.cover.uncovered == 37_600


@pytest.mark.parametrize(
    ("place", "year", "value", "of"),
    [
        ("CN-RESIDUAL", 2026, "0.6096", 2023),
        ("CN-RESIDUAL", 2022, "0.5856", 2022),
        ("CN-XZ", 2024, "0.2472", 2023),
    ],
)
def test_a_factor_is_of_the_year_or_the_newest_before(place, year, value, of):
    found = power_account.factor(place, year)
    assert (found.value, found.year) == (Decimal(value), of)
    assert bool(found.reason_zh and found.reason_en) is (place == "CN-XZ")


def test_where_nothing_is_published_no_amount_is_told(world):
    assert power_account.factor("CN-HK", 2025) is None
    opened(world, place="DE")
    opened(world, site="二厂")
    found = power_account.account(world["exporter"], 2025, world.services)
    assert (found.market_kg, found.location_kg) == (None, None)


def test_balances_are_the_organisations_own(world):
    balance = opened(world)
    assert [one.dossier.id for one in power.list_(world["exporter"], world.services)] == [balance]
    for who in ("other-exporter", "practitioner", "reviewer"):
        assert power.list_(world[who], world.services) == ()
        with pytest.raises(NotFound):
            seen(world, balance, who)
    with pytest.raises(NotFound):
        allocate(world, balance, "1.0", who="other-exporter")
    with pytest.raises(NotAllowed):
        opened(world, "reviewer")


# ---------- lines of products ----------


@pytest.fixture
def handed_in(world):
    world.inventory = making.hand_in(world, given.contract_workbook())
    return world


def line(world, **changes):
    return {"inventory": world.inventory, "line": "E1"} | changes


LINES = [
    ({"line": "E2"}, ["no-contract-line"]),
    ({"inventory": "f" * 32}, ["no-such-inventory"]),
    ({"place": "CN-SH"}, ["place-differs"]),
    ({"period_end": "2026-01-31"}, ["period-outside"]),
    ({"consumption_kwh": "136600.5"}, ["more-than-line"]),
    ({"place": "CN", "consumption_kwh": "136601"}, ["more-than-line", "place-differs"]),
]


@pytest.mark.parametrize(("changes", "problems"), LINES)
def test_a_balance_fits_its_line(handed_in, changes, problems):
    assert refused(lambda: opened(handed_in, **line(handed_in, **changes))) == problems


def test_several_balances_share_a_line_and_its_institution_sees_them(handed_in):
    world = handed_in
    first = opened(world, **line(world, period_end="2025-06-30", consumption_kwh="100000"))
    assert refused(lambda: opened(world, **line(world))) == ["more-than-line"]
    second = opened(world, **line(world, period_start="2025-07-01", consumption_kwh="36600"))
    key = retired(world, 37)
    allocate(world, second, key)
    assert {one.dossier.id for one in power.list_(world["practitioner"], world.services)} == {first, second}
    assert seen(world, second, "reviewer").cover.covered == 36_600
    assert power.list_(world["rival-practitioner"], world.services) == ()
    with pytest.raises(NotAllowed):
        power.release(world["practitioner"], Release(second), world.services)
    with world.services.uow() as unit:
        assert unit.ledger.uses_of(second)[0].purpose == f"product:{world.inventory}/E1"
        assert list(dossiers.problems(unit)) == []


def test_a_unit_of_a_product_stays_out_of_the_account(handed_in):
    world = handed_in
    product, own, key = opened(world, **line(world)), opened(world), retired(world, 137)
    allocate(world, product, key)
    assert refused(lambda: allocate(world, own, key)) == ["unit-used"]
    (site,) = power_account.account(world["exporter"], 2025, world.services).sites
    assert (site.cover.covered, site.cover.uncovered, site.product_kwh) == (0, 136_600, 136_600)
    assert site.emissions.market_kg == Decimal("83271.36")
