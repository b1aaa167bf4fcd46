"""A rendered label, signed, still carries its evidence and is found valid; with another byte it is not."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest

from certificates import credential, documents
from certificates.credential import Envelope
from service import digitallink
from service.render.label import Evidence, render_label
from tests.certificates import labelmaking


def signed(stated: dict[str, Any], language: str) -> bytes:
    """The label as it is issued, at the address that the service gives."""
    keys = labelmaking.keyset()
    envelope = Envelope(labelmaking.BASE, labelmaking.CODE, labelmaking.PLACE)
    made = labelmaking.world(credential.issue(stated, keys, envelope), keys)
    url = digitallink.link(labelmaking.BASE, stated["number"], labelmaking.CODE, stated["product"]["gtin"])
    evidence = Evidence(made.compact, made.bundle, url, labelmaking.CODE)
    return documents.sign_pdf(render_label(stated, evidence, language=language), keys, labelmaking.ISSUED)


@pytest.fixture(scope="module")
def label() -> bytes:
    """The plain one."""
    return signed(labelmaking.statement(), "zh")


@pytest.mark.parametrize("gtin", ["", "06901234567892"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_signed_label_is_valid(language: str, gtin: str) -> None:
    stated = labelmaking.changed(("product", "gtin"), gtin)
    report = labelmaking.report(signed(stated, language), number=stated["number"], code=labelmaking.CODE)
    assert [step.code for step in report.steps if step.ok is not True] == []
    assert report.verdict == "valid"
    assert report.statement == stated


def test_signing_keeps_pages_attachments_and_conformance(label: bytes) -> None:
    with pikepdf.open(io.BytesIO(label)) as pdf:
        assert len(pdf.pages) == 2
        assert sorted(pdf.attachments) == ["bundle.json", "credential.jwt"]
        assert len(pdf.Root.AF) == 2
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")


def test_a_changed_page_is_altered(label: bytes) -> None:
    position = label.index(b"/MediaBox")
    changed = label[:position] + b"/mediaBox" + label[position + 9 :]
    assert labelmaking.report(changed).verdict == "altered"
