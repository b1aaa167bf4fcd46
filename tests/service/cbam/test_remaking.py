"""A document that was handed out is made again from the store, byte for byte, or refused with the reason."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from lca.cbam.report.details import Details, NonCbamGood
from service.usecases import refusals
from service.usecases.cbam import documents, keeping, register, remaking, tables
from service.usecases.cbam.documents import Draw, SupplierRequest
from service.usecases.cbam.refusals import DocumentDiffers, TablesGone
from service.usecases.services import Services
from tests.service.cbam.test_results import newer_prices
from tests.service.cbam.test_versions import edit
from tests.service.world import World

STATED = Details(
    made_on=date.min,
    number="N-7",
    operator_address="1 Plant Road",
    plan_date=date(2026, 1, 5),
    partners=(("steam", "Neighbour"),),
    non_cbam_goods=(NonCbamGood(name="Boxes", process="screws", quantity_t=3.0),),
    evidence_handed_over=True,
)


def again(world: World, drawn: documents.Drawn, who: str = "exporter", services: Services | None = None):
    return remaking.again(world[who], world.installation, drawn.document.id, services or world.services)


def later(world: World) -> None:
    """Newer data and newer tables."""
    edit(world, "streams", "gas", {"name": "Another name"})
    tables.import_(
        world["practitioner"],
        tables.Import(filename="prices.xlsx", data=newer_prices(world), published=date(2026, 9, 1)),
        world.services,
    )


@pytest.mark.parametrize(("kind", "form"), list(product(documents.KINDS, ("xlsx", "docx"))))
def test_it_comes_out_the_same_after_newer_data_and_tables(screws, kind, form):
    command = Draw(screws.installation, kind, "en", form, details=STATED)
    drawn = documents.draw(screws["practitioner"], command, screws.services)
    later(screws)
    assert again(screws, drawn).data == drawn.data
    newer = documents.draw(screws["practitioner"], command, screws.services)
    assert newer.data != drawn.data


def test_a_pdf_and_a_letter_come_out_the_same(screws):
    command = Draw(screws.installation, "summary-report", "zh", "pdf")
    drawn = documents.draw(screws["exporter"], command, screws.services)
    letter = documents.request_supplier(
        screws["exporter"],
        SupplierRequest(screws.installation, "wire", "en", contact_name="A"),
        screws.services,
    )
    later(screws)
    for one in (drawn, letter):
        assert again(screws, one).data == one.data


def test_another_file_is_not_given_for_it(screws, monkeypatch):
    drawn = documents.draw(
        screws["exporter"], Draw(screws.installation, "summary-report", "en", "xlsx"), screws.services
    )
    monkeypatch.setattr(documents, "rendered", lambda *_: drawn.data + b" ")
    with pytest.raises(DocumentDiffers) as refused:
        again(screws, drawn)
    assert drawn.document.sha256 in refused.value.message("zh")


@pytest.mark.parametrize("kind", ["summary-report", "monitoring-plan"])
def test_tables_that_are_gone_are_told(screws, kind):
    """Made with an edition that was later lost together with what was kept."""
    later(screws)
    drawn = documents.draw(screws["exporter"], Draw(screws.installation, kind, "en", "xlsx"), screws.services)
    shutil.rmtree(keeping.kept_tables(screws.services))
    assert again(screws, drawn).data == drawn.data, "the edition is still there"
    shutil.rmtree(screws.services.settings.cbam_tables)
    with pytest.raises(TablesGone):
        again(screws, drawn)


def test_what_has_no_template_here_is_not_made_again(screws):
    command = SupplierRequest(screws.installation, "wire", format="xlsx")
    drawn = documents.request_supplier(screws["exporter"], command, screws.services)
    with pytest.raises(refusals.InvalidInput):
        again(screws, drawn)


def test_the_register_is_read_by_installation(screws):
    drawn = documents.draw(
        screws["exporter"], Draw(screws.installation, "monitoring-plan", "en", "xlsx"), screws.services
    )
    for who, key in (("other-exporter", screws.installation), ("exporter", "none")):
        with pytest.raises(refusals.NotFound):
            remaking.again(screws[who], key, drawn.document.id, screws.services)


def test_the_mark_of_the_audit_chain_covers_what_was_stated(screws):
    drawn = documents.draw(
        screws["exporter"], Draw(screws.installation, "monitoring-plan", "en", "xlsx"), screws.services
    )
    assert register.mark(replace(drawn.document, details={})) != register.mark(drawn.document)
