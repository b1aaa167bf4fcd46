"""Calculations are kept once and compared; documents are registered; comparison, levers, defaults."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from lca.cbam.monitoring import Basis, Period
from lca.cbam.obligation.comparison import Quantity, VerificationCost
from lca.cbam.obligation.prices import Scenario
from lca.cbam.report.details import Details
from lca.cbam.results import Path
from lca.cbam.storage import write_monitoring
from service.usecases import refusals
from service.usecases.cbam import (
    calculating,
    comparing,
    defaults,
    documents,
    installations,
    tables,
)
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.defaults import LookUp
from service.usecases.cbam.documents import Draw
from service.usecases.cbam.installations import Put
from service.usecases.cbam.refusals import (
    DefaultMissing,
    NotInCbamScope,
    TablesNotImported,
    TransitionalData,
    UnknownRecord,
    VariantNeeded,
)
from tests.lca.cbam.making import good, monitoring, process, stream
from tests.service.cbam.conftest import version
from tests.service.cbam.test_versions import edit
from tests.service.test_access import fingerprint


def newer_prices(world) -> bytes:
    """The form of prices with one more, made up."""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(tables.template(world["practitioner"], "prices", world.services)))
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    assert "price" in head
    last = [cell.value for cell in sheet[sheet.max_row]]
    sheet.append(
        [
            {"quarter": None, "week": "52", "price": "81.5"}.get(name, value)
            for name, value in zip(head, last, strict=True)
        ]
    )
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def newer_markup(world) -> bytes:
    """The form of the yearly schedule with a mark-up of its own on iron and steel in 2026."""
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(tables.template(world["practitioner"], "schedule", world.services)))
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    wanted = {"item": "markup", "sector": "iron-steel", "from_year": "2026"}
    (row,) = (
        row
        for row in sheet.iter_rows(min_row=2)
        if wanted == {name: str(row[head.index(name)].value) for name in wanted}
    )
    row[head.index("value")].value = "0.15"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_calculation_is_kept_once(screws):
    who, services = screws["exporter"], screws.services
    first = calculating.calculate(who, Ask(screws.installation), services)
    before = fingerprint(screws)
    again = calculating.calculate(screws["reviewer"], Ask(screws.installation), services)
    assert again.stored == first.stored
    assert again.done == first.done
    assert fingerprint(screws) == before
    mixed = calculating.current(who, Ask(screws.installation, Path.MIXED), services)
    assert mixed.stored is None
    assert fingerprint(screws) == before, "looking writes nothing"
    kept = calculating.calculate(who, Ask(screws.installation, Path.MIXED), services)
    assert (kept.done, kept.digest) == (mixed.done, mixed.digest)
    listed = calculating.history(who, screws.installation, services)
    assert {one.path for one in listed} == {"actual", "mixed"}
    with pytest.raises(refusals.InvalidInput):
        calculating.current(who, Ask(screws.installation, Path.DEFAULT), services)


def test_an_error_stops_it_with_every_finding(screws):
    edit(screws, "streams", "gas", {"shares": [], "emission_factor": None, "ncv": None})
    with pytest.raises(refusals.GateClosed) as caught:
        calculating.calculate(screws["exporter"], Ask(screws.installation), screws.services)
    assert len([one for one in caught.value.findings if one.severity == "error"]) >= 2
    told = calculating.check(screws["exporter"], screws.installation, screws.services)
    assert {one.code for one in told} == {one.code for one in caught.value.findings}


def test_newer_tables_show_what_they_change(screws):
    who, services = screws["exporter"], screws.services
    before = calculating.calculate(who, Ask(screws.installation), services)
    assert not calculating.newer_tables(who, Ask(screws.installation), services).changed
    command = tables.Import(filename="schedule.xlsx", data=newer_markup(screws), published=date(2026, 8, 6))
    seen = tables.preview_import(screws["practitioner"], command, services)
    assert seen.counts == {"schedule": {"added": 0, "removed": 0, "changed": 1}}
    assert not services.settings.cbam_tables.exists() or not any(services.settings.cbam_tables.iterdir())
    made = tables.import_(screws["practitioner"], command, services)
    assert tables.overview(screws["regulator"], services).editions == (made,)
    assert tables.overview(screws["regulator"], services).digest == seen.digest
    change = calculating.newer_tables(who, Ask(screws.installation), services)
    assert change.changed
    assert change.before == before.done
    (good_,) = change.goods
    assert good_.after > good_.before
    after = calculating.calculate(who, Ask(screws.installation), services)
    assert after.stored.id != before.stored.id
    assert len(calculating.history(who, screws.installation, services)) == 2


def test_a_damaged_edition_is_told_and_nothing_calculated(screws):
    from service.usecases import integrity

    command = tables.Import(filename="p.xlsx", data=newer_prices(screws), published=date(2026, 8, 6))
    made = tables.import_(screws["administrator"], command, screws.services)
    assert integrity.check(screws["administrator"], screws.services) == ()
    (table,) = screws.services.settings.cbam_tables.glob(f"{made.name}/*.csv")
    table.write_text(table.read_text().replace("81.5", "1.5"))
    assert any(made.name in one for one in integrity.check(screws["administrator"], screws.services))


@pytest.mark.parametrize(
    ("data", "published", "refusal"),
    [
        (b"nothing", date(2026, 8, 6), TablesNotImported),
        (b"", date(2026, 8, 6), refusals.InvalidInput),
        (b"nothing", date(2027, 8, 6), refusals.InvalidInput),
    ],
)
def test_tables_that_cannot_be_used_change_nothing(screws, data, published, refusal):
    command = tables.Import(filename="x.xlsx", data=data, published=published)
    before = tables.overview(screws["exporter"], screws.services)
    for call in (tables.preview_import, tables.import_):
        with pytest.raises(refusal):
            call(screws["practitioner"], command, screws.services)
    assert tables.overview(screws["exporter"], screws.services) == before


@pytest.mark.parametrize("kind", documents.KINDS)
def test_a_document_is_registered_with_its_hash(screws, kind):
    who, services = screws["practitioner"], screws.services
    details = Details(made_on=date.min, number="N-7", prepared_by="somebody else")
    drawn = documents.draw(who, Draw(screws.installation, kind, "en", "xlsx", details=details), services)
    entry = documents.list_(who, screws.installation, services)
    assert drawn.document in entry
    assert drawn.document.sha256 == hashlib.sha256(drawn.data).hexdigest()
    assert drawn.document.created_by == who.person_id
    stored = {one.digest for one in calculating.history(who, screws.installation, services)} | {""}
    assert drawn.document.calculation_digest in stored
    again = documents.draw(who, Draw(screws.installation, kind, "en", "xlsx", details=details), services)
    assert again.data == drawn.data, "the same version and details give the same file"


@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx"])
def test_a_supplier_is_asked(screws, form):
    command = documents.SupplierRequest(screws.installation, "wire", "en", form)
    drawn = documents.request_supplier(screws["exporter"], command, screws.services)
    assert drawn.data[:4] in (b"PK\x03\x04", b"%PDF")
    assert drawn.document.format == form


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (Draw("", "nothing"), refusals.InvalidInput),
        (Draw("", "summary-report", "fr"), refusals.InvalidInput),
        (Draw("", "summary-report", "en", "html"), refusals.InvalidInput),
        (Draw("", "summary-report", number=7), refusals.NotFound),
    ],
)
def test_a_document_that_there_is_not(screws, command, refusal):
    with pytest.raises(refusal):
        documents.draw(
            screws["exporter"], replace(command, installation_id=screws.installation), screws.services
        )


def test_transitional_data_gives_no_document_and_no_comparison(screws):
    period = Period(date(2025, 1, 1), date(2025, 12, 31))
    content = write_monitoring(monitoring(basis=Basis.TRANSITIONAL, period=period))
    who, services = screws["exporter"], screws.services
    installations.put(who, Put(content, screws.installation, 1), services)
    for kind in documents.KINDS:
        with pytest.raises(TransitionalData):
            documents.draw(who, Draw(screws.installation, kind), services)
    command = comparing.Compare(installation_id=screws.installation, annual={"G": Decimal(1)}, years=(2026,))
    with pytest.raises(TransitionalData):
        comparing.compare(who, command, services)


def test_three_paths_for_what_is_imported(screws):
    who, services = screws["exporter"], screws.services
    (only,) = calculating.current(who, Ask(screws.installation), services).done.goods
    found = comparing.compare(
        who,
        comparing.Compare(
            installation_id=screws.installation,
            quantities=(Quantity(good=only.id, tonnes=Decimal(1000), year=2026, quarter=1),),
            annual={only.id: Decimal(400)},
            years=(2027, 2034),
            scenario=Scenario(name="low", flat=Decimal(60)),
            cost=VerificationCost(eur_per_year=Decimal(5000), source="offer"),
        ),
        services,
    )
    assert {one.year for one in found.totals} == {0, 2026, 2027, 2034}
    assert all(one.eur is not None for one in found.totals)
    assert {saving.verdict.value for saving in found.savings} <= {"worth-it", "not-worth-it"}
    effects = comparing.levers(who, comparing.AskLevers(screws.installation, only.id), services)
    assert effects
    assert all(effect.sentence.message("zh") for effect in effects)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, refusals.InvalidInput),
        ({"annual": {"none": Decimal(1)}, "years": (2026,)}, UnknownRecord),
        ({"annual": {"good": Decimal(1)}}, refusals.InvalidInput),
        ({"annual": {"good": Decimal(1)}, "years": (2025,)}, refusals.InvalidInput),
        ({"annual": {"good": Decimal("NaN")}, "years": (2026,)}, refusals.InvalidInput),
        ({"annual": {"good": Decimal(-1)}, "years": (2026,)}, refusals.InvalidInput),
    ],
)
def test_quantities_that_cannot_be(screws, changes, refusal):
    who, services = screws["exporter"], screws.services
    (only,) = calculating.current(who, Ask(screws.installation), services).done.goods
    annual = {only.id if name == "good" else name: value for name, value in changes.get("annual", {}).items()}
    with pytest.raises(refusal):
        comparing.compare(
            who,
            comparing.Compare(installation_id=screws.installation, **changes | {"annual": annual}),
            services,
        )


def test_default_values_are_looked_up(screws):
    who, services = screws["regulator"], screws.services
    found = defaults.look_up(who, LookUp("7318 15 95", "cn", 2026), services)
    assert (found.default.total, found.markup) == (Decimal("6.375"), Decimal("0.10"))
    rows = defaults.table(who, "CN", 2026, services)
    assert all(row.path for row in rows)
    assert [one.cn for one in defaults.search(who, "7318 15 95", services)] == ["73181595"]
    assert all("screw" in one.name_en.lower() for one in defaults.search(who, "Screw wood", services))
    assert defaults.search(who, "nothing of the sort", services) == ()
    assert defaults.category(who, "iron-or-steel-products", services).slug == "iron-or-steel-products"


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (LookUp("12345678"), NotInCbamScope),
        (LookUp("not a code"), NotInCbamScope),
        (LookUp("25231000"), VariantNeeded),
        (LookUp("27160000"), DefaultMissing),
        (LookUp("73181595", "CHN"), refusals.InvalidInput),
        (LookUp("73181595", "QQ"), refusals.InvalidInput),
        (LookUp("73181595", "CN", 2025), refusals.InvalidInput),
        (LookUp("73181595", "CN", 2035), refusals.InvalidInput),
    ],
)
def test_default_values_that_there_are_not(screws, command, refusal):
    with pytest.raises(refusal) as caught:
        defaults.look_up(screws["exporter"], command, screws.services)
    assert "—" not in caught.value.message("zh") or refusal is NotInCbamScope
    if refusal is VariantNeeded:
        assert set(caught.value.variants) == {"grey", "white"}


def test_two_hundred_streams_and_sixty_goods_go_the_whole_way(screws):
    """Import, edit, recompute and report; how long it takes is measured by ``benchmarks/cbam.py``."""
    who, services = screws["exporter"], screws.services
    goods = tuple(good(f"g{n}", cn=cn) for n, cn in enumerate(codes(services, who)))
    streams = tuple(stream(f"s{n}") for n in range(200))
    data = monitoring(streams=streams, processes=(replace(process(), goods=goods),))
    content = write_monitoring(data)
    key = installations.put(who, Put(content), services).installation_id
    screws.installation = key
    edit(screws, "streams", "s7", {"activity": "101"})
    done = calculating.calculate(who, Ask(key), services).done
    documents.draw(who, Draw(key, "operator-report", "en", "xlsx"), services)
    assert (len(done.goods), len(done.sources)) == (60, 200)
    assert version(screws) == 2


def codes(services, who) -> list[str]:
    found = defaults.search(who, "iron-or-steel-products", services, 1000)
    return [one.cn for one in found if one.cn.startswith("73")][:60]
