"""A rendered label, signed, still carries its evidence and is found valid; with another byte it is not."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest

from certificates import bundle, credential, documents, labelnumber, statement
from certificates.keys import KeySet, generate_keyset
from certificates.log import checkpoint, merkle
from certificates.verify import verify
from service.render.label import render_label

ISSUED = datetime(2026, 11, 22, 6, 30, 15, tzinfo=UTC)
UNTIL = datetime(2028, 11, 21, 16, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
URL = "https://labels.example/v/"


@pytest.fixture(scope="module")
def keys() -> KeySet:
    name = {"zh": "演示零碳服务机构", "en": "Demo Institution"}
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    return generate_keyset("did:web:labels.example", name, start, end)


@pytest.fixture
def signed(stated: dict[str, Any], keys: KeySet) -> bytes:
    """The label as it is issued: credential in a log of one entry, PDF with both, signed."""
    number = stated["number"]
    assert labelnumber.valid(number)
    assert statement.check(stated) == []
    compact = credential.issue(stated, keys, ISSUED, UNTIL, identifier=URL + number)
    leaf = merkle.leaf_hash(compact.encode())
    note = checkpoint.sign(keys.log_name, 1, leaf, keys)
    proof = json.dumps(bundle.make_proof(0, 1, [], note)).encode()
    drawn = render_label(stated, credential=compact, proof=proof, url=URL + number)
    return documents.sign_pdf(drawn, keys)


def test_the_signed_label_is_valid(signed: bytes, keys: KeySet, stated: dict[str, Any]) -> None:
    report = verify(signed, keys.trust(), at=LATER, number=stated["number"])
    assert [step.code for step in report.steps if step.ok is not True] == []
    assert report.verdict == "valid"
    assert report.statement == stated


def test_signing_keeps_pages_attachments_and_conformance(signed: bytes) -> None:
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        assert len(pdf.pages) == 2
        assert sorted(pdf.attachments) == ["credential.jwt", "proof.json"]
        assert len(pdf.Root.AF) == 2
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")


def test_a_changed_page_is_altered(signed: bytes, keys: KeySet) -> None:
    position = signed.index(b"/MediaBox")
    changed = signed[:position] + b"/mediaBox" + signed[position + 9 :]
    assert verify(changed, keys.trust(), at=LATER).verdict == "altered"
