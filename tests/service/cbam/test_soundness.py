# ruff: noqa: E501
"""``db check`` names what was changed in CBAM's rows; the rows themselves cannot be changed by a statement."""

from __future__ import annotations

import pytest

from service.usecases import refusals
from service.usecases.cbam import calculating, installations
from service.usecases.cbam.calculating import Ask
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
    "whom it is shared with": (f"UPDATE cbam_installations SET institution_id = {RIVAL}", "is not shared with whom it was shared last"),
    "nobody shares it": ("UPDATE cbam_installations SET institution_id = NULL", "is not shared with whom it was shared last"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
def test_the_check_names_what_was_changed(screws, what):
    edit(screws, "streams", "gas", {"activity": 7})
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
    assert problems(screws) == ()


def test_changed_data_is_not_read(screws):
    calculating.calculate(screws["exporter"], Ask(screws.installation), screws.services)
    tamper(screws, "UPDATE cbam_calculations SET content = json_set(content, '$.totals.direct_t', 1.0)")
    with pytest.raises(refusals.EvidenceChanged, match="CBAM calculation"):
        calculating.current(screws["exporter"], Ask(screws.installation), screws.services)
    tamper(screws, CONTENT)
    with pytest.raises(refusals.EvidenceChanged, match="version 1"):
        installations.get(screws["exporter"], screws.installation, screws.services)
