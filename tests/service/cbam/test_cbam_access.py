# ruff: noqa: E501 - the table is read across
"""Who may do what with CBAM: every use case, every role, own and other organisation. A use case without a row fails."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest

from lca.cbam.storage import write_monitoring
from service.usecases import refusals
from service.usecases.access import PERMISSIONS, Permission, Role
from service.usecases.cbam import (
    calculating,
    comparing,
    defaults,
    documents,
    editing,
    files,
    history,
    installations,
    recomputing,
    remaking,
    shipments,
    staging,
    suppliers,
    tables,
)
from service.usecases.cbam.installations import HandIn, Put, Share, Starter
from tests.lca.cbam.making import monitoring
from tests.service.cbam.conftest import version
from tests.service.test_access import outcomes, row, use_cases

MODULES = (
    *("calculating", "comparing", "defaults", "documents", "editing", "files"),
    *("history", "installations", "recomputing", "remaking", "shipments", "staging", "suppliers", "tables"),
)
DAY = date(2026, 3, 1)


def key(w):
    return {"installation_id": w.installation, "version": version(w)}


def shipment(**changes):
    given = {"importer": "Importer", "cn": "73181595", "net_mass_kg": "100", "imported_on": DAY}
    return shipments.Shipment(**given | changes)


def sent(w):
    """A shipment of the exporter that is there."""
    found = shipments.list_(w["exporter"], w.services)
    return found[0] if found else shipments.add(w["exporter"], shipment(), w.services)


def report(w):
    return suppliers.AddVerification(
        **key(w), precursor="wire", number="V-1", verifier="Verifier", accreditation="A-1", issued=DAY,
        accredited_until=date(2029, 1, 1), start=date(2026, 1, 1), end=date(2026, 12, 31),
    )  # fmt: skip


def import_():
    return tables.Import(filename="x.xlsx", data=b"nothing", published=DAY)


BOOK = files.Workbook("x.xlsx", b"nothing")
DRAW = documents.Draw("", "summary-report", "en", "xlsx")

# fmt: off
TABLE = {
    #                                  own oth pra rev sig r-p r-r r-s reg adm
    "installations.hand_in":          ("+   +   -   -   -   -   -   -   -   -", lambda a, w: installations.hand_in(a, HandIn("x.xlsx", b"x"), w.services)),
    "installations.put":              ("+   +   -   -   -   -   -   -   -   -", lambda a, w: installations.put(a, Put(write_monitoring(monitoring())), w.services)),
    "installations.start":            ("InvalidInput InvalidInput - - - - - - - -", lambda a, w: installations.start(a, Starter("nothing", {}, 2026), w.services)),
    "installations.list_":            ("+   +   +   +   +   +   +   +   -   -", lambda a, w: installations.list_(a, w.services)),
    "installations.get":              ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: installations.get(a, w.installation, w.services)),
    "installations.versions":         ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: installations.versions(a, w.installation, w.services)),
    "installations.upload":           ("?   ?   ?   ?   ?   ?   ?   ?   -   -", lambda a, w: installations.upload(a, w.installation, 1, w.services)),
    "installations.workbook":         ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: installations.workbook(a, w.installation, w.services)),
    "installations.share":            ("+   ?   -   -   -   -   -   -   -   -", lambda a, w: installations.share(a, Share(w.installation, w.organisations["institution"]), w.services)),
    "history.version_diff":           ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: history.version_diff(a, w.installation, w.services, 1, 1)),
    "history.entered":                ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: history.entered(a, w.installation, w.services)),
    "editing.edit_record":            ("+   ?   +   -   -   ?   -   -   -   -", lambda a, w: editing.edit_record(a, editing.EditRecord(**key(w), collection="streams", record="gas", fields={}), w.services)),
    "editing.add_record":             ("+   ?   +   -   -   ?   -   -   -   -", lambda a, w: editing.add_record(a, editing.AddRecord(**key(w), collection="evidence", fields={"document": "Invoice"}), w.services)),
    "editing.remove_record":          ("UnknownRecord ? UnknownRecord - - ? - - - -", lambda a, w: editing.remove_record(a, editing.RemoveRecord(**key(w), collection="streams", record="none"), w.services)),
    "editing.edit_head":              ("+   ?   +   -   -   ?   -   -   -   -", lambda a, w: editing.edit_head(a, editing.EditHead(**key(w), part="quality", fields={"notes": "x"}), w.services)),
    "editing.store":                  ("+   ?   +   -   -   ?   -   -   -   -", lambda a, w: editing.store(a, editing.EditHead(**key(w), part="quality", fields={}), lambda plain: "", w.services)),
    "calculating.calculate":          ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: calculating.calculate(a, calculating.Ask(w.installation), w.services)),
    "calculating.current":            ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: calculating.current(a, calculating.Ask(w.installation), w.services)),
    "calculating.check":              ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: calculating.check(a, w.installation, w.services)),
    "calculating.history":            ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: calculating.history(a, w.installation, w.services)),
    "calculating.newer_tables":       ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: calculating.newer_tables(a, calculating.Ask(w.installation), w.services)),
    "recomputing.recompute":          ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: recomputing.recompute(a, w.installation, w.services)),
    "recomputing.recompute_every":    ("-   -   -   -   -   -   -   -   -   +", lambda a, w: list(recomputing.recompute_every(a, w.services))),
    "comparing.compare":              ("InvalidInput ? InvalidInput InvalidInput InvalidInput ? ? ? - -", lambda a, w: comparing.compare(a, comparing.Compare(installation_id=w.installation), w.services)),
    "comparing.levers":               ("UnknownRecord ? UnknownRecord UnknownRecord UnknownRecord ? ? ? - -", lambda a, w: comparing.levers(a, comparing.AskLevers(w.installation, "none"), w.services)),
    "documents.draw":                 ("+   ?   +   -   -   ?   -   -   -   -", lambda a, w: documents.draw(a, documents.Draw(w.installation, "summary-report", "en", "xlsx"), w.services)),
    "documents.preview":              ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: documents.preview(a, documents.Draw(w.installation, "monitoring-plan"), w.services)),
    "documents.not_english":          ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: documents.not_english(a, w.installation, w.services)),
    "documents.fill_communication":   ("GateClosed ? GateClosed - - ? - - - -", lambda a, w: documents.fill_communication(a, documents.FillCommunication(w.installation, b"nothing"), w.services)),
    "documents.request_supplier":     ("+   ?   +   -   -   ?   -   -   -   -", lambda a, w: documents.request_supplier(a, documents.SupplierRequest(w.installation, "wire", format="xlsx"), w.services)),
    "documents.list_":                ("+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: documents.list_(a, w.installation, w.services)),
    "remaking.again":                 ("NotFound ? NotFound - - ? - - - -", lambda a, w: remaking.again(a, w.installation, "none", w.services)),
    "suppliers.read_return":          ("+   +   +   -   -   +   -   -   -   -", lambda a, w: suppliers.read_return(a, suppliers.ReadReturn("x.xlsx", b"x"), w.services)),
    "suppliers.apply_supplier":       ("GateClosed ? GateClosed - - ? - - - -", lambda a, w: suppliers.apply_supplier(a, suppliers.ApplySupplier(**key(w), precursor="wire", filename="x.xlsx", data=b"x"), w.services)),
    "suppliers.add_verification_report": ("InvalidInput ? InvalidInput - - ? - - - -", lambda a, w: suppliers.add_verification_report(a, report(w), w.services)),
    "defaults.look_up":               ("+   +   +   +   +   +   +   +   +   +", lambda a, w: defaults.look_up(a, defaults.LookUp("73181595"), w.services)),
    "defaults.table":                 ("+   +   +   +   +   +   +   +   +   +", lambda a, w: defaults.table(a, "CN", 2026, w.services)),
    "defaults.search":                ("+   +   +   +   +   +   +   +   +   +", lambda a, w: defaults.search(a, "7318", w.services)),
    "defaults.category":              ("+   +   +   +   +   +   +   +   +   +", lambda a, w: defaults.category(a, "iron-or-steel-products", w.services)),
    "tables.overview":                ("+   +   +   +   +   +   +   +   +   +", lambda a, w: tables.overview(a, w.services)),
    "tables.rows_of":                 ("+   +   +   +   +   +   +   +   +   +", lambda a, w: tables.rows_of(a, "prices", w.services)),
    "staging.stage":                  ("+   +   +   +   +   +   +   +   +   +", lambda a, w: staging.stage(a, "x.xlsx", b"x", w.services)),
    "staging.take":                   ("+   ?   ?   ?   ?   ?   ?   ?   ?   ?", lambda a, w: staging.take(a, staging.stage(w["exporter"], "x.xlsx", b"x", w.services), w.services)),
    "tables.template":                ("+   +   +   +   +   +   +   +   +   +", lambda a, w: tables.template(a, "prices", w.services)),
    "tables.preview_import":          ("-   -   TablesNotImported - - TablesNotImported - - - TablesNotImported", lambda a, w: tables.preview_import(a, import_(), w.services)),
    "tables.import_":                 ("-   -   TablesNotImported - - TablesNotImported - - - TablesNotImported", lambda a, w: tables.import_(a, import_(), w.services)),
    "tables.withdraw":                ("-   -   -   -   -   -   -   -   -   NotFound", lambda a, w: tables.withdraw(a, "none", w.services)),
    "files.calculate":                ("GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed", lambda a, w: files.calculate(a, BOOK, w.services)),
    "files.draw":                     ("GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed", lambda a, w: files.draw(a, BOOK, DRAW, w.services)),
    "files.fill":                     ("GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed GateClosed", lambda a, w: files.fill(a, b"nothing", BOOK, w.services)),
    "shipments.list_":                ("+   +   -   -   -   -   -   -   -   -", lambda a, w: shipments.list_(a, w.services)),
    "shipments.get":                  ("+   ?   -   -   -   -   -   -   -   -", lambda a, w: shipments.get(a, sent(w).id, w.services)),
    "shipments.add":                  ("+   ?   -   -   -   -   -   -   -   -", lambda a, w: shipments.add(a, shipment(installation_id=w.installation), w.services)),
    "shipments.edit":                 ("+   ?   -   -   -   -   -   -   -   -", lambda a, w: shipments.edit(a, shipments.EditShipment(sent(w).id, sent(w).version, shipment()), w.services)),
    "shipments.remove":               ("+   ?   -   -   -   -   -   -   -   -", lambda a, w: shipments.remove(a, sent(w).id, sent(w).version, w.services)),
    "shipments.import_file":          ("+   +   -   -   -   -   -   -   -   -", lambda a, w: shipments.import_file(a, "x.csv", b"importer,cn,net_mass_kg,imported_on\nA,73181595,10,2026-02-01\n", w.services)),
    "shipments.threshold":            ("+   +   -   -   -   -   -   -   -   -", lambda a, w: shipments.threshold(a, 2026, w.services)),
}
# fmt: on
PREPARED = {"shipments.get": sent, "shipments.edit": sent, "shipments.remove": sent}


@pytest.mark.parametrize("case", TABLE)
def test_use_case_by_role_and_organisation(screws, case):
    text, call = TABLE[case]
    expected = row(text)
    PREPARED.get(case, lambda _: None)(screws)
    assert outcomes(screws, expected, lambda actor: call(actor, screws)) == expected


def test_every_use_case_has_a_row():
    assert use_cases("service.usecases.cbam", MODULES) == set(TABLE)


def test_every_module_of_use_cases_is_looked_at():
    from pathlib import Path

    folder = Path(import_module("service.usecases.cbam").__file__).parent
    helpers = {
        "__init__",
        "keeping",
        "recognition",
        "records",
        "refusals",
        "register",
        "shipment_files",
        "soundness",
    }
    assert {path.stem for path in folder.glob("*.py")} == {*MODULES, *helpers}


def test_not_found_says_the_same_for_absent_and_for_others(screws):
    said = []
    for name, wanted in (("other-exporter", screws.installation), ("exporter", "0" * 32)):
        with pytest.raises(refusals.NotFound) as caught:
            installations.get(screws[name], wanted, screws.services)
        said.append(caught.value.message("en").replace(wanted, "…"))
    assert said[0] == said[1]


def test_an_institution_sees_it_only_while_it_is_shared(screws):
    who, services = screws["practitioner"], screws.services
    assert [one.id for one in installations.list_(who, services)] == [screws.installation]
    installations.share(screws["exporter"], Share(screws.installation, ""), services)
    assert installations.list_(who, services) == ()
    with pytest.raises(refusals.NotFound):
        calculating.calculate(who, calculating.Ask(screws.installation), services)
    with pytest.raises(refusals.NotFound):
        installations.share(
            screws["exporter"], Share(screws.installation, screws.organisations["other"]), services
        )


def test_regulator_and_administrator_reach_nothing_but_the_tables():
    for role in (Role.REGULATOR, Role.ADMINISTRATOR):
        mine = {one for one in PERMISSIONS[role] if one.startswith("cbam.")}
        assert mine <= {
            Permission.CBAM_TABLES_READ,
            Permission.CBAM_TABLES_IMPORT,
            Permission.CBAM_TABLES_WITHDRAW,
        }
