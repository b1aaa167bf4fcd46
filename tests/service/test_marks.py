"""Official marks: kept with body and certificate number, replaced, taken away, and never by others."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from service.usecases import marks
from service.usecases.access import administrator
from service.usecases.integrity import check
from service.usecases.marks import MOST, AddMark
from service.usecases.refusals import InvalidInput, NotAllowed, NotFound
from tests.service.test_labels import tamper


def picture(colour: str = "red", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(out, kind)
    return out.getvalue()


def add(world, who: str = "exporter", **changes):
    values = {
        "number": world.number,
        "body": "演示认证机构",
        "certificate_number": "CERT-1",
        "picture": picture(),
    }
    return marks.add(world[who], AddMark(**(values | changes)), world.services)


@pytest.fixture
def world(at):
    return at("issued")


def test_a_mark_is_kept_replaced_and_taken_away(world):
    first = add(world, body="  演示认证机构 \n")
    assert (first.body, first.media_type) == ("演示认证机构", "image/png")
    other = add(world, "signatory", certificate_number="CERT-2")
    newer = add(world, picture=picture("blue", "JPEG"))
    assert [(one.id, one.media_type) for one in marks.of(world.number, world.services)] == [
        (newer.id, "image/jpeg"),
        (other.id, "image/png"),
    ]
    with pytest.raises(NotFound):
        marks.one(world.number, first.id, world.services)
    assert marks.one(world.number, newer.id, world.services).image == newer.image
    marks.take_away(world["exporter"], world.number, newer.id, world.services)
    assert [one.id for one in marks.of(world.number, world.services)] == [other.id]
    with pytest.raises(NotFound):
        marks.take_away(world["exporter"], world.number, newer.id, world.services)
    again = add(world)
    assert {one.id for one in marks.of(world.number, world.services)} == {other.id, again.id}
    with world.services.uow() as unit:
        done = [event for event in unit.audit.events() if event.action == "label.mark"]
    assert len(done) == 5 and all(event.object == f"label-mark:{world.number}" for event in done)
    assert check(administrator("test"), world.services) == ()


WHO = {
    "exporter": None,
    "signatory": None,
    "all-hands": None,
    "other-exporter": NotFound,
    "rival-signatory": NotFound,
    "practitioner": NotAllowed,
    "reviewer": NotAllowed,
    "regulator": NotAllowed,
}


@pytest.mark.parametrize("who", WHO)
def test_who_may_show_and_take_away_a_mark(world, who):
    there = add(world, certificate_number="CERT-0")
    refusal = WHO[who]
    if refusal is None:
        add(world, who)
        marks.take_away(world[who], world.number, there.id, world.services)
        return
    with pytest.raises(refusal):
        add(world, who)
    with pytest.raises(refusal):
        marks.take_away(world[who], world.number, there.id, world.services)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", ""),
        ("body", "x" * 201),
        ("body", "a\u202eb"),
        ("certificate_number", " "),
        ("picture", b""),
        ("picture", b"<svg/>"),
        ("picture", picture()[:-5]),
    ],
)
def test_a_mark_without_its_number_or_picture_is_refused(world, field, value):
    with pytest.raises(InvalidInput) as refused:
        add(world, **{field: value})
    assert refused.value.details["field"] == field
    assert marks.of(world.number, world.services) == ()


def test_a_label_has_few_marks(world):
    for serial in range(MOST):
        add(world, certificate_number=f"CERT-{serial}")
    with pytest.raises(InvalidInput):
        add(world, certificate_number="CERT-9")
    assert add(world, certificate_number="CERT-0")


def test_an_unknown_label_has_no_mark(world):
    with pytest.raises(NotFound):
        add(world, number="TB-2026-0000009-0")
    assert marks.of("TB-2026-0000009-0", world.services) == ()


@pytest.mark.parametrize(
    "change", ["image = x'00'", "certificate_number = 'CERT-9'", "body = 'another'", "person_id = 'x'"]
)
def test_a_mark_that_was_changed_behind_the_software_is_found(world, change):
    add(world)
    tamper(world, f"UPDATE official_marks SET {change}")
    found = check(administrator("test"), world.services)
    assert sum("label.mark" in problem for problem in found) == 2, "one is gone, another is there"
