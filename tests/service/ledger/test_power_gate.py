"""Electricity by contract stops a study and a label until units are retired for it, and the label remembers them."""

from __future__ import annotations

import shutil
from datetime import date
from types import SimpleNamespace

import pytest

from certificates.ledger.entries import Beneficiary, Purpose, Reverse
from service.usecases import integrity, labels, reviews, studies
from service.usecases.access import administrator
from service.usecases.ledger import power
from service.usecases.ledger.power import Allocate, ChangeBalance, Release
from service.usecases.ledger.refusals import FieldsRefused, PowerLocked, PowerNotCovered
from service.usecases.refusals import NotAllowed, NotFound
from tests.service import world as making
from tests.service.ledger import powermaking as given
from tests.service.ledger.making import account, gec, record, retire
from tests.service.ledger.powermaking import FORM, KWH, YEAR, opened, retired

FOR_THE_YEAR = {"purpose": Purpose.ELECTRICITY_USE, "beneficiary": Beneficiary("演示铝业", "X-1"), **YEAR}


@pytest.fixture(scope="module")
def assessed(stages, tmp_path_factory, open_cn, keys_folder):
    """The file of a store with a study of the inventory by contract, assessed; made once, copied for every test."""
    home = tmp_path_factory.mktemp("contract")
    shutil.copy(stages["populated"], home / "tanbiao.sqlite")
    made = making.open_world(home, open_cn.path.parent, keys_folder)
    making.meet(made)
    given.evidence(made)
    given.contract_study(made, open_cn.identifier)
    made.close()
    return made.database


@pytest.fixture
def world(assessed, tmp_path, open_cn, keys_folder):
    shutil.copy(assessed, tmp_path / "tanbiao.sqlite")
    made = making.open_world(tmp_path, open_cn.path.parent, keys_folder)
    making.meet(made)
    yield made
    made.close()


def line(world, **changes):
    return {"inventory": world.inventory, "line": "E1"} | changes


def allocate(world, balance, *keys):
    return power.allocate(world["exporter"], Allocate(balance, keys), world.services)


def covered(world) -> SimpleNamespace:
    """A balance that covers the line, and its position."""
    balance, key = opened(world, **line(world)), retired(world, 137)
    allocate(world, balance, key)
    return SimpleNamespace(balance=balance, key=key)


def submit(world):
    return studies.submit(world["practitioner"], world.study, world.services)


def approve(world):
    submit(world)
    reviews.decide(world["reviewer"], reviews.Decide(world.study, True, "checked"), world.services)


def issue(world):
    return labels.issue(world["signatory"], world.study, world.services)


def reverse(world, key):
    number = int(key.partition(".")[0])
    day = date(2026, 5, 1)
    record(world, Reverse(on=day, account=account(world, "exporter"), entry=number, reason="wrong"))


def coverage(world, who="practitioner"):
    return power.coverage(world[who], world.study, world.services)


def refusal(act):
    with pytest.raises(PowerNotCovered) as found:
        act()
    return found.value


def test_a_study_goes_to_review_only_when_its_contract_is_covered(world):
    told = refusal(lambda: submit(world))
    assert {name: told.details[name] for name in ("line", "kwh", "covered", "missing", "count")} == {
        "line": "E1",
        "kwh": str(KWH),
        "covered": "0",
        "missing": str(KWH),
        "count": "1",
    }
    assert "!" in told.details["cell"]
    for language, word in (("zh", "尚缺 136600 kWh"), ("en", "136600 kWh are not")):
        assert word in told.message(language)
    balance = opened(world, **line(world))
    allocate(world, balance, retired(world, 100))
    assert refusal(lambda: submit(world)).details["missing"] == "36600"
    assert not coverage(world).complete
    allocate(world, balance, retired(world, 37, 2))
    assert [(one.covered, one.missing, one.dossiers) for one in coverage(world).lines] == [
        (KWH, 0, (balance,))
    ]
    assert submit(world).status == "in-review"


def test_units_of_another_technology_cover_nothing(world):
    balance = opened(world, **line(world))
    allocate(world, balance, retired(world, 137, technology="光伏"))
    told = refusal(lambda: submit(world))
    assert (told.details["covered"], told.lines[0].problems[0].code) == ("0", "unit-other-technology")
    for language, word in (("zh", "光伏"), ("en", "wind")):
        assert word in told.message(language)


def test_the_account_of_the_site_covers_no_product(world):
    allocate(world, opened(world), retired(world, 137))
    assert refusal(lambda: submit(world)).details["covered"] == "0"


@pytest.mark.parametrize("undo", ["reverse", "release"])
def test_what_falls_after_the_review_stops_the_label(world, undo):
    there = covered(world)
    approve(world)
    if undo == "reverse":
        reverse(world, there.key)
    else:
        power.release(world["exporter"], Release(there.balance), world.services)
    assert refusal(lambda: issue(world)).details["covered"] == "0"
    assert labels.list_(world["exporter"], world.services) == ()


def test_an_issued_label_holds_what_covers_it(world):
    there = covered(world)
    approve(world)
    label = issue(world)
    assert [one["kind"] for one in label.statement["chain"]][-2:] == ["review", "power"]
    assert labels.recompute(world["exporter"], label.number, world.services).equal
    assert integrity.check(administrator("test"), world.services) == ()
    services, own = world.services, world["exporter"]
    for act in (
        lambda: power.release(own, Release(there.balance), services),
        lambda: power.change(own, ChangeBalance(there.balance, FORM | line(world)), services),
        lambda: power.close(own, there.balance, services),
        lambda: allocate(world, there.balance, retired(world, 1, 9)),
        lambda: opened(world, **line(world)),
    ):
        with pytest.raises(PowerLocked) as locked:
            act()
        assert locked.value.details == {"label": label.number, "line": "E1"}
    assert power.get(own, there.balance, services).label == label.number
    reverse(world, there.key)
    found = labels.recompute(own, label.number, services)
    assert [(one.path, one.recomputed) for one in found.differences] == [("power.E1.kWh", "0")]
    again = record(world, retire(world, gec(1, 137).span, on=date(2026, 5, 2), **FOR_THE_YEAR)).last
    with pytest.raises(FieldsRefused) as used:
        allocate(world, opened(world, site="二厂"), f"{again}.0")
    assert {one.code for one in used.value.problems} == {"unit-used"}, "the label still counts these units"


def test_coverage_is_seen_by_those_who_see_the_study(world):
    covered(world)
    for who in ("exporter", "practitioner", "reviewer", "signatory"):
        assert coverage(world, who).complete
    for who in ("other-exporter", "rival-practitioner"):
        with pytest.raises(NotFound):
            coverage(world, who)
    with pytest.raises(NotAllowed):
        coverage(world, "regulator")


def test_a_study_without_contracts_needs_no_cover(at):
    world = at("opened")
    assert power.coverage(world["practitioner"], world.study, world.services).lines == ()
