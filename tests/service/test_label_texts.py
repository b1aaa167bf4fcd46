"""Texts that end on a label are refused where they are typed, not when the label is issued."""

from __future__ import annotations

import io
from copy import deepcopy

import openpyxl
import pytest

from certificates import forms, statement
from lca.bom.product import PRINTED
from lca.bom.reader import read_workbook
from service.render.label import Evidence, render_label
from service.usecases import accounts, labels
from service.usecases.access import OrganisationKind, Role, administrator
from service.usecases.refusals import InvalidInput
from tests.service import world as making

PATHS = {
    "product_name_zh": ("product", "name", "zh"),
    "product_name_en": ("product", "name", "en"),
    "model": ("product", "model"),
    "cn_code": ("product", "cnCode"),
    "site": ("site", "name"),
}
HIDDEN = ["铝\u200d材", "铝\u202e材", "\u3164", "a\u2066b", "a\u2028b", "a\u00adb\u200e"]


def form_row(sheet, field: str) -> int:
    wanted = {
        "product_name_zh": "产品名称（中文）",
        "product_name_en": "产品名称（英文）",
        "model": "型号",
        "cn_code": "海关编码",
        "site": "生产场所",
    }[field]
    return next(row for row in range(1, 40) if str(sheet.cell(row, 1).value or "").startswith(wanted))


def read(workbook: bytes, field: str, text: str | None):
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book["产品 Product"]
    sheet.cell(form_row(sheet, field), 2).value = text
    out = io.BytesIO()
    book.save(out)
    return read_workbook(out.getvalue(), "x.xlsx")


@pytest.mark.parametrize("field", PRINTED)
def test_the_workbook_and_the_statement_have_one_limit(field, at, workbook):
    world = at("issued")
    stated = deepcopy(labels.get(world["exporter"], world.number, world.services).statement)
    *way, last = PATHS[field]
    target = stated
    for step in way:
        target = target[step]
    for length, good in ((PRINTED[field], True), (PRINTED[field] + 1, False)):
        target[last] = "x" * length
        assert (statement.check(stated) == []) is good
        assert (read(workbook, field, "x" * length).inventory is not None) is good


@pytest.mark.parametrize("text", HIDDEN)
def test_what_a_label_refuses_the_workbook_refuses(text, workbook):
    assert not forms.fits(text)
    codes = [finding.code for finding in read(workbook, "model", text).findings if finding.place.cell]
    assert "text-not-printable-on-label" in codes or "value-missing" in codes


def test_a_line_break_in_a_name_becomes_a_blank(workbook):
    assert read(workbook, "site", "演示工厂\n二车间").inventory.site == "演示工厂 二车间"


def test_a_product_without_a_customs_code_gets_its_label(at, workbook):
    world = at("populated")
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book["产品 Product"]
    sheet.cell(form_row(sheet, "cn_code"), 2).value = None
    out = io.BytesIO()
    book.save(out)
    world.inventory = making.hand_in(world, out.getvalue())
    making.open_study(world, world.services.releases.installed()[0].identifier)
    making.approve(world)
    making.issue(world)
    label = labels.get(world["exporter"], world.number, world.services)
    assert label.statement["product"]["cnCode"] == ""
    evidence = Evidence(
        label.credential, b'{"type": "tanbiao-bundle/2"}', "https://labels.example/v/1", label.code
    )
    drawn = render_label(label.statement, evidence)
    assert drawn.startswith(b"%PDF")


@pytest.mark.parametrize("text", [*HIDDEN, "x" * 501, " "])
def test_names_of_organisations_and_people_are_refused_at_registration(text, at):
    world = at("populated")
    admin = administrator("test")
    wrong = accounts.RegisterOrganisation(OrganisationKind.EXPORTER, text, "Demo", "DEMO-NEW")
    with pytest.raises(InvalidInput):
        accounts.register_organisation(admin, wrong, world.services)
    person = accounts.RegisterPerson(
        world["exporter"].organisation_id,
        "n@demo.invalid",
        text,
        "a long password",
        frozenset({Role.EXPORTER}),
    )
    with pytest.raises(InvalidInput):
        accounts.register_person(admin, person, world.services)
