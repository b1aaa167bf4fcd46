"""Suggestions become choices only when somebody confirms them, and what one exporter's study taught stays with it."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from lca.matching import Candidate, Confirmed
from service.store.records import LinkMemoryRecord
from service.usecases import link_memory, refusals, reviews, studies
from service.usecases.inventories import HandIn, hand_in
from service.usecases.link_memory import Asked, plain, reason_of, suggestion
from tests.service import world as making
from tests.service.test_unmatched_lines import HEAD

SHEETS = ("清单 Inventory", "运输 Transport")


def bare(workbook: bytes) -> bytes:
    """The example without any dataset code: every link is left to the names."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    for page in (book[name] for name in SHEETS):
        column = next(n for n in range(1, 40) if str(page.cell(HEAD, n).value or "").startswith("数据集代码"))
        for row in range(HEAD + 1, page.max_row + 1):
            page.cell(row, column).value = None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def world(at, open_cn, workbook):
    """A study of a workbook without dataset codes."""
    found = at("populated")
    found.inventory = making.hand_in(found, bare(workbook))
    making.open_study(found, open_cn.identifier)
    return found


def lines(world, by="practitioner", study=""):
    return {one.key: one for one in studies.links(world[by], study or world.study, world.services).lines}


def confirm(world, *keys, by="practitioner", **more):
    return studies.confirm(world[by], studies.ConfirmLinks(world.study, keys, **more), world.services)


def choose(world, key, dataset, reason="as on the invoice", by="practitioner"):
    command = studies.ChooseDataset(world.study, key, dataset, reason)
    return studies.link(world[by], command, world.services)


def automatic(world) -> list[str]:
    return [key for key, one in lines(world).items() if one.origin == "auto"]


def remembered(world, study="", by="practitioner") -> dict[str, str]:
    found = lines(world, by, study)
    return {
        key: one.candidates[0].dataset.code
        for key, one in found.items()
        if one.candidates and one.candidates[0].confirmed
    }


# ---------- confirming ----------


def test_automatic_links_become_choices_with_a_reason(world):
    keys = automatic(world)
    assert len(keys) > 3
    before = lines(world)
    changed = confirm(world, *keys[:2])
    after = lines(world)
    for key in keys[:2]:
        assert (after[key].origin, after[key].dataset) == ("practitioner", before[key].dataset)
        assert after[key].reason.startswith("已核对自动关联")
    assert after[keys[2]].origin == "auto"
    assert changed.version == 2


def test_a_reason_of_ones_own_is_kept(world):
    key = automatic(world)[0]
    confirm(world, key, reason="checked with the mill certificate")
    assert lines(world)[key].reason == "checked with the mill certificate"


def test_confirming_makes_a_modeller_and_the_approval_falls(world):
    for key, one in lines(world).items():
        if one.dataset is None and one.candidates:
            choose(world, key, one.candidates[0].dataset.code)
    studies.assess(world["practitioner"], world.study, world.services)
    studies.submit(world["practitioner"], world.study, world.services)
    confirm(world, automatic(world)[0], by="all-hands")
    assert studies.get(world["reviewer"], world.study, world.services).study.status == "draft"
    studies.assess(world["practitioner"], world.study, world.services)
    studies.submit(world["practitioner"], world.study, world.services)
    with pytest.raises(refusals.SamePerson):
        reviews.decide(world["all-hands"], reviews.Decide(world.study, True, ""), world.services)


def test_one_act_of_the_audit_chain_whatever_the_number(world):
    confirm(world, *automatic(world))
    with world.services.uow() as unit:
        acts = [event.action for event in unit.audit.events(object_=f"study:{world.study}")]
    assert acts == ["study.open", "study.link"]


@pytest.mark.parametrize(
    ("keys", "more", "refusal"),
    [
        ((), {}, refusals.InvalidInput),
        (("M99",), {}, refusals.UnknownLine),
        (("auto", "M99"), {}, refusals.UnknownLine),
        (("open",), {}, refusals.NothingToConfirm),
        (("auto", "open"), {}, refusals.NothingToConfirm),
        (("auto",), {"version": 7}, refusals.StudyChanged),
        (("auto",), {"shown": "another"}, refusals.StudyChanged),
    ],
)
def test_all_or_none(world, keys, more, refusal):
    found = lines(world)
    first = {
        "auto": next(key for key, one in found.items() if one.origin == "auto"),
        "open": next(key for key, one in found.items() if one.wanted and one.dataset is None),
    }
    keys = tuple(first.get(key, key) for key in keys)
    if "shown" in more:
        more = {"shown": ((keys[0], more["shown"]),)}
    with pytest.raises(refusal):
        confirm(world, *keys, **more)
    assert studies.get(world["practitioner"], world.study, world.services).choices == ()
    assert remembered(world) == {}


def test_what_somebody_chose_needs_no_confirmation(world):
    key = automatic(world)[0]
    confirm(world, key)
    with pytest.raises(refusals.NothingToConfirm):
        confirm(world, key)


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        ("exporter", refusals.NotAllowed),
        ("reviewer", refusals.NotAllowed),
        ("signatory", refusals.NotAllowed),
        ("regulator", refusals.NotAllowed),
        ("rival-practitioner", refusals.NotFound),
    ],
)
def test_who_may_not_confirm(world, by, refusal):
    with pytest.raises(refusal):
        confirm(world, automatic(world)[0], by=by)


# ---------- remembering ----------


def test_a_confirmation_is_offered_first_on_the_next_study_and_is_no_link(world, open_cn):
    found = lines(world)
    key = next(key for key, one in found.items() if one.dataset is None and len(one.candidates) > 1)
    second = found[key].candidates[1].dataset.code
    choose(world, key, second)
    making.open_study(world, open_cn.identifier)
    offered = lines(world)[key]
    assert (offered.dataset, offered.origin) == (None, ""), "a memory is a candidate, never a link"
    first = offered.candidates[0]
    assert first.dataset.code == second
    assert (first.confirmed.by, first.confirmed.reason, first.confirmed.times) == (
        "practitioner",
        "as on the invoice",
        1,
    )
    assert first.confirmed.at.startswith("2026-11-22T")
    codes = [candidate.dataset.code for candidate in offered.candidates]
    assert len(codes) == len(set(codes)), "it is offered once"
    confirm(world, key)
    assert lines(world)[key].dataset.code == second
    assert lines(world)[key].reason == "与 2026-11-22 的确认相同：as on the invoice"


def test_a_memory_goes_before_an_automatic_link(world, open_cn):
    found = lines(world)
    key = next(key for key, one in found.items() if one.origin == "auto" and len(one.candidates) > 1)
    other = next(c.dataset.code for c in found[key].candidates if c.dataset != found[key].dataset)
    choose(world, key, other)
    making.open_study(world, open_cn.identifier)
    again = lines(world)[key]
    assert again.origin == "auto" and again.dataset == found[key].dataset
    assert suggestion(again).dataset.code == other


def test_a_memory_changes_no_number(world, open_cn):
    making.open_study(world, open_cn.identifier)
    before = studies.assess(world["practitioner"], world.study, world.services).result["links"]
    confirm(world, *automatic(world))
    making.open_study(world, open_cn.identifier)
    assert studies.assess(world["practitioner"], world.study, world.services).result["links"] == before


def test_withdrawn_and_replaced_choices_are_forgotten(world, open_cn):
    found = lines(world)
    key = next(key for key, one in found.items() if one.dataset is None and len(one.candidates) > 1)
    one, two = (candidate.dataset.code for candidate in found[key].candidates[:2])
    choose(world, key, one)
    assert stored(world) == {one: 1}
    choose(world, key, one, reason="again")
    assert stored(world) == {one: 1}, "the same line counts once"
    choose(world, key, two)
    assert stored(world) == {two: 1}
    first = world.study
    making.open_study(world, open_cn.identifier)
    choose(world, key, two)
    assert stored(world) == {two: 2}
    studies.link(world["practitioner"], studies.ChooseDataset(first, key, "", ""), world.services)
    assert stored(world) == {two: 1}
    studies.link(world["practitioner"], studies.ChooseDataset(world.study, key, "", ""), world.services)
    assert stored(world) == {}


def stored(world) -> dict[str, int]:
    import sqlalchemy as sa

    from service.store.tables import link_memory as table

    with world.services.uow.engine.connect() as connection:
        return {row.dataset: row.times for row in connection.execute(sa.select(table))}


# ---------- whose memory it is ----------


def test_another_exporter_of_the_same_institution_gets_nothing(world, open_cn, workbook):
    confirm(world, *automatic(world))
    making.open_study(world, open_cn.identifier)
    assert remembered(world)
    world.inventory = making.hand_in(world, bare(workbook), "other-exporter")
    making.open_study(world, open_cn.identifier)
    assert remembered(world) == {}


def test_another_institution_of_the_same_exporter_gets_nothing(world, open_cn, workbook):
    confirm(world, *automatic(world))
    command = HandIn("清单.xlsx", bare(workbook), world.organisations["rival"])
    world.inventory = hand_in(world["exporter"], command, world.services).inventory_id
    making.open_study(world, open_cn.identifier, by="rival-practitioner")
    assert remembered(world, by="rival-practitioner") == {}


def test_the_exporter_is_not_shown_who_confirmed_what(world, open_cn):
    confirm(world, *automatic(world))
    making.open_study(world, open_cn.identifier)
    assert remembered(world, by="reviewer") == remembered(world)
    assert remembered(world, by="exporter") == {}


@pytest.mark.parametrize(
    ("release", "dataset", "offered"),
    [
        ("open-cn", "al-primary-glo-2022", True),
        ("another", "al-primary-glo-2022", False),
        ("open-cn", "no-longer-there", False),
        ("open-cn", "water-supply-uk-2025", False),
    ],
)
def test_only_what_could_be_chosen_is_offered(world, release, dataset, offered):
    """By the release's name whatever its version; a dataset that is gone or cannot stand for the line is left out."""
    with world.services.uow(write=True) as unit:
        study = unit.studies.get(world.study)
        line = lines(world)["M1"]
        asked = link_memory.asked(line.line, line.leg, line.wanted)
        unit.memory.remember(
            LinkMemoryRecord(
                institution_id=study.institution_id,
                exporter_id=study.exporter_id,
                release=release,
                key=asked.key,
                dataset=dataset,
                name=asked.name,
                kind=asked.kind,
                dimension=asked.dimension,
                place=asked.place,
                reason="before",
                person_id=world["practitioner"].person_id,
                at=study.opened_at,
                times=1,
            )
        )
        unit.commit()
    assert ("M1" in remembered(world)) == offered


# ---------- the key and the words ----------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("6063 铝棒", "６０６３铝棒", True),
        ("PE film", "pe  FILM", True),
        ("铝棒", "铝板", False),
    ],
)
def test_a_name_without_width_case_and_blanks(one, other, same):
    assert (plain(one) == plain(other)) == same


@pytest.mark.parametrize("field", ["name", "kind", "dimension", "place"])
def test_every_part_of_the_key_counts(field):
    one = Asked("铝棒", "material", "mass", "CN")
    assert one.key != replace(one, **{field: "other"}).key
    assert one.key == replace(one).key


def test_the_reason_of_a_repeated_confirmation_does_not_grow(open_cn):
    dataset = open_cn.catalogue.by_position(0)
    said = Confirmed("2026-11-22T08:00:00+00:00", "practitioner", "as on the invoice", 1)
    first = reason_of(Candidate(dataset, 0.9, (("text", 1.0),), said), "en")
    again = reason_of(Candidate(dataset, 0.9, (("text", 1.0),), replace(said, reason=first)), "en")
    assert first == again == "As confirmed on 2026-11-22: as on the invoice"
    assert (
        reason_of(Candidate(dataset, 0.876, (("text", 1.0),)), "en") == "Automatic link checked (score 0.88)"
    )
