"""A label in the forms of others: the same statement and the same entry of the log, spelled as they read it.

Rules
1. What is exported is made from the credential that was signed, nothing from beside it.
2. ``data-integrity`` and ``untp`` carry a proof by the label key that counted when the label was issued, as of then:
   Ed25519 gives the same bytes every time. Without that key (compromised, gone, of another algorithm) there is none.
3. ``passport`` is a Digital Product Passport as UNTP has it; it names the credential by address and hash.

Example: ``export(actor, "TB-2026-0000001-L", "untp", services)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.usecases import labels
from service.usecases.access import Actor
from service.usecases.refusals import EvidenceChanged, InvalidInput, Refusal
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.credential import Decoded
    from certificates.keys.keyset import KeySet

FORMS = ("data-integrity", "untp", "passport")


class FormUnavailable(Refusal):
    """The label cannot be written in this form: the key that signed it cannot sign it."""

    code = "form-unavailable"
    zh = "标签{number}不能导出为此格式：签发时的标签密钥已泄露、无法使用或不是 Ed25519。请使用 vc+jwt 凭证或验真包。"
    en = (
        "Label {number} cannot be had in this form: the label key of its issue is compromised, out of reach or not "
        "Ed25519. Use the credential (vc+jwt) or the bundle."
    )


def export(actor: Actor, number: str, form: str, services: Services) -> bytes:
    """The label in one of :data:`FORMS`, as canonical JSON. Raises NotAllowed, NotFound, InvalidInput, EvidenceChanged,
    KeysUnavailable, FormUnavailable.
    """
    from certificates.canonical import canonical_bytes
    from certificates.credential import CredentialUnreadable, decode

    record = labels.get(actor, number, services)
    if form not in FORMS:
        raise InvalidInput(field="form", problem=f"one of {', '.join(FORMS)}")
    try:
        decoded = decode(record.credential)
    except CredentialUnreadable as error:
        raise EvidenceChanged(what=f"credential of label {record.number}") from error
    return canonical_bytes(_made(form, decoded, services.keys.keyset(), record.number), numbers=True)


def _made(form: str, decoded: Decoded, keys: KeySet, number: str) -> dict[str, Any]:
    """Rules 1 to 3."""
    from certificates.credential import NotForDataIntegrity, issue_document, issue_untp
    from certificates.keys.keyset import NoActiveKey
    from certificates.keys.signer import KeyUnreachable
    from certificates.untp.passport import product_passport

    statement, envelope = decoded.statement, decoded.envelope
    if envelope is None:
        raise EvidenceChanged(what=f"credential of label {number}")
    try:
        if form == "passport":
            return product_passport(statement, envelope, decoded.leaf_bytes, keys)
        return (issue_document if form == "data-integrity" else issue_untp)(statement, keys, envelope)
    except (NotForDataIntegrity, NoActiveKey, KeyUnreachable) as error:
        raise FormUnavailable(number=number) from error
