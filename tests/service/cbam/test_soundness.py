# ruff: noqa: E501
"""``db check`` names what was changed in CBAM's rows; the rows themselves cannot be changed by a statement."""

from __future__ import annotations

from datetime import date

import pytest

from service.usecases import refusals
from service.usecases.cbam import calculating, installations, recomputing, shipments, tables
from service.usecases.cbam.calculating import Ask
from tests.service.cbam.test_cbam_access import shipment
from tests.service.cbam.test_results import newer_prices
from tests.service.cbam.test_versions import edit
from tests.service.test_integrity import OTHER, RIVAL, problems, tamper

CONTENT = (
    "UPDATE cbam_versions SET content = json_set(content, '$.streams[0].activity', 1.0) WHERE number = 1"
)
LAST_EVENT = "DELETE FROM audit_events WHERE sequence = (SELECT max(sequence) FROM audit_events)"

TAMPERING = {
    "what was monitored": (CONTENT, "content of version 1 of CBAM installation"),
    "content of another form": ("UPDATE cbam_versions SET content = '[]' WHERE number = 2", "content of version 2"),
    "who stored it": (f"UPDATE cbam_versions SET created_by = {OTHER} WHERE number = 2", "version 2 of CBAM installation"),
    "when it was stored": ("UPDATE cbam_versions SET created_at = '2020-01-01 00:00:00.000000' WHERE number = 1", "version 1 of CBAM installation"),
    "its year": ("UPDATE cbam_versions SET year = 2030 WHERE number = 1", "is not what was stored"),
    "its findings": ("UPDATE cbam_versions SET findings = '[1]' WHERE number = 1", "is not what was stored"),
    "a file that was not handed in": ("UPDATE cbam_versions SET upload = x'00' WHERE number = 1", "is not what was handed in"),
    "the last version": ("DELETE FROM cbam_versions WHERE number = 2", "is at version 2 and has 1"),
    "the first version": (("DELETE FROM cbam_documents", "DELETE FROM cbam_calculations", "DELETE FROM cbam_versions WHERE number = 1"), "does not follow from the one before"),
    "the number of versions": ("UPDATE cbam_installations SET version = 1", "is at version 1 and has 2"),
    "the last version as if it never was": (("DELETE FROM cbam_versions WHERE number = 2", "UPDATE cbam_installations SET version = 1"), "cbam.edit on cbam:"),
    "all that, and the last event": (("DELETE FROM cbam_versions WHERE number = 2", "UPDATE cbam_installations SET version = 1", LAST_EVENT), "The audit chain is broken at event"),
    "a result": ("UPDATE cbam_calculations SET content = json_set(content, '$.totals.direct_t', 1.0)", "is not what its digest says"),
    "the tables it names": ("UPDATE cbam_calculations SET tables_digest = 'x'", "is not of the path, tables or engine it names"),
    "the version it is of": ("UPDATE cbam_calculations SET version_id = (SELECT id FROM cbam_versions WHERE number = 2)", "is not of the version it stands at"),
    "a calculation": (("DELETE FROM cbam_calculations"), "cbam.calculate on cbam-calculation:"),
    "the hash of a document": ("UPDATE cbam_documents SET sha256 = 'x'", "cbam.document on cbam-document:"),
    "a document": ("DELETE FROM cbam_documents", "cbam.document on cbam-document:"),
    "what a document rests on": ("UPDATE cbam_documents SET calculation_digest = 'x'", "is of a version or calculation that is not there"),
    "when it was calculated": ("UPDATE cbam_calculations SET created_at = '2020-01-01 00:00:00.000000'", "cbam.calculate on cbam-calculation:"),
    "what kind of document it is": ("UPDATE cbam_documents SET kind = 'operator-report'", "cbam.document on cbam-document:"),
    "the file name of a document": ("UPDATE cbam_documents SET filename = 'x'", "cbam.document on cbam-document:"),
    "when a document was handed out": ("UPDATE cbam_documents SET created_at = '2020-01-01 00:00:00.000000'", "cbam.document on cbam-document:"),
    "the version a document is of": ("UPDATE cbam_documents SET version_id = (SELECT id FROM cbam_versions WHERE number = 2)", "is of a version or calculation that is not there"),
    "whose it is": ("UPDATE cbam_installations SET exporter_id = (SELECT id FROM organisations WHERE code = 'X-2')", "is not of the organisation of whoever opened it"),
    "who opened it": (f"UPDATE cbam_installations SET created_by = {OTHER}", "was not opened by whom, or when, it says"),
    "its name": ("UPDATE cbam_installations SET name_en = 'x'", "is not named as its newest version says"),
    "its country": ("UPDATE cbam_installations SET country = 'TR'", "is not named as its newest version says"),
    "the mass of a shipment": ("UPDATE cbam_shipments SET net_mass_kg = '1'", "is not what it was left as"),
    "who changed a shipment": (f"UPDATE cbam_shipments SET changed_by = {OTHER}", "is not what it was left as"),
    "a shipment": ("DELETE FROM cbam_shipments", "is gone"),
    "whom it is shared with": (f"UPDATE cbam_installations SET institution_id = {RIVAL}", "is not shared with whom it was shared last"),
    "nobody shares it": ("UPDATE cbam_installations SET institution_id = NULL", "is not shared with whom it was shared last"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
def test_the_check_names_what_was_changed(screws, what):
    edit(screws, "streams", "gas", {"activity": 7})
    shipments.add(screws["exporter"], shipment(), screws.services)
    sql, says = TAMPERING[what]
    tamper(screws, *([sql] if isinstance(sql, str) else sql))
    found = problems(screws)
    assert any(says in problem for problem in found), found


def test_an_intact_store_has_no_problem(screws):
    edit(screws, "streams", "gas", {"activity": 7}, by="practitioner")
    calculating.calculate(screws["signatory"], Ask(screws.installation), screws.services)
    share = installations.Share(screws.installation, screws.organisations["rival"])
    installations.share(screws["exporter"], share, screws.services)
    installations.share(screws["exporter"], installations.Share(screws.installation, ""), screws.services)
    kept, gone = (shipments.add(screws["exporter"], shipment(), screws.services) for _ in range(2))
    shipments.edit(
        screws["exporter"], shipments.EditShipment(kept.id, 1, shipment(note="x")), screws.services
    )
    shipments.remove(screws["exporter"], gone.id, 1, screws.services)
    assert problems(screws) == ()


def test_an_edition_that_came_or_went_by_itself_is_told(screws):
    command = tables.Import(filename="p.xlsx", data=newer_prices(screws), published=date(2026, 8, 6))
    made = tables.import_(screws["practitioner"], command, screws.services)
    assert problems(screws) == ()
    root = screws.services.settings.cbam_tables
    (root / made.name).rename(root.parent / "elsewhere")
    assert problems(screws) == (f"edition {made.name} of the CBAM tables was imported and is not installed",)
    tables.import_(screws["practitioner"], command, screws.services)
    assert problems(screws) == (), "imported again it is the same edition"
    tamper(screws, "DELETE FROM audit_events WHERE action = 'cbam.tables-import'")
    assert f"edition {made.name} of the CBAM tables is installed and nobody imported it" in problems(screws)


def test_a_withdrawn_edition_is_not_missed_and_its_calculations_still_hold(screws):
    command = tables.Import(filename="p.xlsx", data=newer_prices(screws), published=date(2026, 8, 6))
    made = tables.import_(screws["practitioner"], command, screws.services)
    calculating.calculate(screws["exporter"], Ask(screws.installation), screws.services)
    tables.withdraw(screws["administrator"], made.name, screws.services)
    assert problems(screws) == ()
    assert made.name not in {
        one.name for one in tables.overview(screws["exporter"], screws.services).editions
    }
    found = recomputing.recompute(screws["exporter"], screws.installation, screws.services)
    assert found and all(one.holds for one in found)


def test_changed_data_is_not_read(screws):
    calculating.calculate(screws["exporter"], Ask(screws.installation), screws.services)
    tamper(screws, "UPDATE cbam_calculations SET content = json_set(content, '$.totals.direct_t', 1.0)")
    with pytest.raises(refusals.EvidenceChanged, match="CBAM calculation"):
        calculating.current(screws["exporter"], Ask(screws.installation), screws.services)
    tamper(screws, CONTENT)
    with pytest.raises(refusals.EvidenceChanged, match="version 1"):
        installations.get(screws["exporter"], screws.installation, screws.services)
