"""What a supplier returns becomes values, never verified ones; a verifier's report is an act of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from lca.cbam.monitoring import Period, PrecursorChoice
from lca.cbam.report.supplier_form import supplier_form
from lca.cbam.storage import write_monitoring
from service.usecases import refusals
from service.usecases.cbam import calculating, installations, suppliers
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.installations import Put
from service.usecases.cbam.refusals import UnknownRecord
from service.usecases.cbam.suppliers import (
    AddVerification,
    ApplySupplier,
    ReadReturn,
    ReturnedProduct,
)
from tests.lca.cbam.making import monitoring, precursor
from tests.service.cbam.conftest import version
from tests.service.cbam.test_versions import data_of

ANSWERS = {
    "A1": "Mill Co", "A2": "Mill", "A5": "CN", "C1": 1.9, "C2": 0.2, "D1": "2026-01-01", "D2": "2026-12-31",
    "D3": "yes", "E1": "V-7", "E2": "Verifier", "E3": "A-1", "E4": "2027-02-01", "E5": "2029-01-01", "E6": "2026-01-01",
    "E7": "2026-12-31", "E8": "iron-or-steel-products",
}  # fmt: skip


def returned(world, **answers) -> bytes:
    """Our form as a supplier fills it in, with a verifier's report."""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(supplier_form(data_of(world).precursors[0])))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        code = row[0].value
        if code in ANSWERS or code in answers:
            row[2].value = (ANSWERS | answers)[code]
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def apply(world, data: bytes, **changes):
    given = {"precursor": "wire", "filename": "form.xlsx", "data": data, "version": version(world)}
    command = ApplySupplier(installation_id=world.installation, **given | changes)
    return suppliers.apply_supplier(world["exporter"], command, world.services)


def verify(world, **changes):
    given = {
        "precursor": "wire", "number": "V-7", "verifier": "Verifier", "accreditation": "A-1",
        "issued": date(2027, 2, 1), "accredited_until": date(2029, 1, 1),
        "start": date(2026, 1, 1), "end": date(2026, 12, 31),
    }  # fmt: skip
    command = AddVerification(installation_id=world.installation, version=version(world), **given | changes)
    return suppliers.add_verification_report(world["exporter"], command, world.services)


def test_a_returned_form_is_never_verified_by_itself(screws):
    """Though it names a verifier's report, and the precursor was on actual values."""
    form = returned(screws)
    read = suppliers.read_return(screws["exporter"], ReadReturn("form.xlsx", form), screws.services)
    (product,) = read.products
    assert product.stated_report is not None
    assert version(screws) == 1, "reading stores nothing"
    apply(screws, form)
    (wire,) = data_of(screws).precursors
    assert (wire.values.see_direct, wire.values.report, wire.choice) == (1.9, None, PrecursorChoice.DEFAULT)
    assert (wire.supplier, wire.installation) == ("Mill Co", "Mill")
    who, services = screws["exporter"], screws.services
    assert installations.upload(who, screws.installation, 2, services) == ("form.xlsx", form)
    part = calculating.current(who, Ask(screws.installation), services).done.processes[0].precursors[0]
    assert part.basis != "actual"


def test_new_values_leave_an_old_report_behind(screws):
    apply(screws, returned(screws))
    verify(screws, use_actual=True)
    assert data_of(screws).precursors[0].values.report.number == "V-7"
    apply(screws, returned(screws, C1=1.1))
    (wire,) = data_of(screws).precursors
    assert (wire.values.see_direct, wire.values.report, wire.choice) == (1.1, None, PrecursorChoice.DEFAULT)


def test_a_report_is_added_and_actual_values_chosen_by_a_person(screws):
    apply(screws, returned(screws))
    document = b"the report"
    verify(screws, document=document)
    (wire,) = data_of(screws).precursors
    assert (len(wire.values.report.sha256), wire.choice) == (64, PrecursorChoice.DEFAULT)
    verify(screws, use_actual=True, categories=("iron-or-steel-products",))
    assert data_of(screws).precursors[0].choice is PrecursorChoice.ACTUAL
    newest = installations.versions(screws["exporter"], screws.installation, screws.services)[0]
    assert newest.source == "verification"


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"A5": "DE"}, refusals.InvalidInput),
        ({"B1": "76012080"}, refusals.InvalidInput),
        ({"D1": "2025-01-01"}, refusals.GateClosed),
        ({"C1": "much"}, refusals.GateClosed),
    ],
)
def test_somebody_elses_or_old_figures_are_refused(screws, answers, refusal):
    with pytest.raises(refusal):
        apply(screws, returned(screws, **answers))
    assert version(screws) == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"precursor": "none"}, UnknownRecord),
        ({"product": 1}, refusals.InvalidInput),
        ({"product": -1}, refusals.InvalidInput),
        ({"data": b""}, refusals.InvalidInput),
        ({"data": b"PK nothing"}, refusals.GateClosed),
    ],
)
def test_what_cannot_be_applied(screws, changes, refusal):
    with pytest.raises(refusal):
        apply(screws, **{"data": returned(screws)} | changes)
    assert version(screws) == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"precursor": "none"}, UnknownRecord),
        ({"number": " "}, refusals.InvalidInput),
        ({"verifier": ""}, refusals.InvalidInput),
        ({"accreditation": ""}, refusals.InvalidInput),
        ({"end": date(2025, 1, 1)}, refusals.InvalidInput),
        ({"sha256": "abc"}, refusals.InvalidInput),
        ({"document": b""}, refusals.InvalidInput),
    ],
)
def test_a_report_that_is_none(screws, changes, refusal):
    apply(screws, returned(screws))
    with pytest.raises(refusal):
        verify(screws, **changes)
    assert version(screws) == 2


def test_a_report_needs_values_to_be_about(screws):
    content = write_monitoring(monitoring(precursors=(replace(precursor(), values=None),)))
    installations.put(screws["exporter"], Put(content, screws.installation, 1), screws.services)
    with pytest.raises(refusals.InvalidInput, match="no values"):
        verify(screws)


def test_figures_per_tonne_become_figures_per_functional_unit(screws, monkeypatch):
    """Urea is counted in kilograms of nitrogen: without its content nobody knows what a tonne stands for."""
    values = suppliers.PrecursorValues(
        see_direct=0.92, see_indirect=0.46, period=Period(date(2026, 1, 1), date(2026, 12, 31))
    )
    product = ReturnedProduct(
        name="Urea", cn="31021012", country="CN", supplier="", installation="Works", installation_id="",
        unlocode="", route="", values=values, per_tonne=True, verifier="", stated_report=None,
    )  # fmt: skip
    monkeypatch.setattr(suppliers, "_read", lambda _: suppliers.Return("communication", (product,), ()))
    urea = replace(precursor(), cn="31021012", category="urea", content=None)
    for content, wanted in ((None, None), (460.0, 0.002)):
        changed = monitoring(precursors=(replace(urea, content=content),))
        put = Put(write_monitoring(changed), screws.installation, version(screws))
        installations.put(screws["exporter"], put, screws.services)
        if wanted is None:
            with pytest.raises(refusals.InvalidInput, match="content"):
                apply(screws, b"x")
        else:
            apply(screws, b"x")
            stored = data_of(screws).precursors[0].values
            assert (stored.see_direct, stored.see_indirect) == (pytest.approx(wanted), pytest.approx(0.001))
