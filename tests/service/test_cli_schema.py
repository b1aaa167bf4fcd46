"""``tanbiao label schema``: UNTP's own schemas, where an operator has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from certificates import credential
from service.cli import group
from tests.certificates.labelmaking import ENVELOPE, genuine, keyset, statement

SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "schemas" / "untp-0.7.0"


def run(tmp_path: Path, document, folder: Path):
    file = tmp_path / "label.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return CliRunner().invoke(group, ["label", "schema", str(file), str(folder)])


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of UNTP are not at hand")
def test_the_profile_fits_and_the_canonical_form_differs_in_its_status_alone(tmp_path):
    fits = run(tmp_path, credential.issue_untp(statement(), keyset(), ENVELOPE), SCHEMAS)
    assert (fits.exit_code, fits.output) == (0, "It fits the schema.\n")
    canonical = run(tmp_path, credential.issue_document(statement(), keyset(), ENVELOPE), SCHEMAS)
    assert canonical.exit_code == 1
    assert [line.split(":")[0] for line in canonical.output.splitlines()] == ["credentialStatus"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "is not JSON"),
        (genuine(), "is not JSON"),
        ({"type": ["VerifiableCredential"]}, "Neither a Digital Conformity Credential"),
        ({"type": ["DigitalConformityCredential"]}, "cannot be read"),
    ],
)
def test_what_cannot_be_checked_is_said(tmp_path, document, said):
    result = run(tmp_path, document, tmp_path)
    assert (result.exit_code, said in result.output) == (2, True), result.output
