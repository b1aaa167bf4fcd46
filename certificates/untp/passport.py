"""A Digital Product Passport (UNTP 0.7.0) that links to a label: the product as it is passed on.

Rules
1. The passport says of the product only what the label's statement says; the claim in it names the label as evidence,
   by address and by digest.
2. The digest is SHA-256 of the credential's canonical bytes (``decode(…).leaf_bytes``): the same for every form of the
   label, and the very bytes that the log holds.
3. It is signed by the label key that was active when the label was issued, as of then, and stands and falls with the
   label: its status entry is the label's. It is no label, and no reader of labels takes it for one.
4. What UNTP asks for and the statement has not is not invented: without a CN code there is no category, and a place
   that is no country of ISO 3166-1 is ZZ, unknown.

Example: ``product_passport(statement, envelope, leaf_bytes, keys)["credentialSubject"]["performanceClaim"]``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from certificates import gtin
from certificates.encoding import digest_multibase, from_moment_text
from certificates.envelope import Envelope
from certificates.keys.trust import multikey_id
from certificates.statementkind import W3C, both
from certificates.untp import dcc, profile
from certificates.vc import dataintegrity

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet

TYPES = ("DigitalProductPassport", "VerifiableCredential")
_NOMENCLATURE = "https://eur-lex.europa.eu/eli/reg/1987/2658/oj"
_LINK_TYPE = "https://test.uncefact.org/vocabulary/linkTypes/dcc"
_COUNTRY = re.compile(r"(?P<code>[A-Z]{2})(?:-|\Z)")


def product_passport(
    statement: dict[str, Any], envelope: Envelope, leaf_bytes: bytes, keys: KeySet
) -> dict[str, Any]:
    """The signed passport of the label with that statement and envelope. Raises NoActiveKey, KeyUnreachable,
    NotForDataIntegrity (``certificates.vc.dataintegrity``)."""
    issued_at = from_moment_text(statement["issuedAt"])
    key, signer = keys.active("label", issued_at), keys.signer("label", issued_at)
    options = {
        "created": statement["issuedAt"],
        "verificationMethod": multikey_id(key.kid),
        "proofPurpose": "assertionMethod",
    }
    return dataintegrity.add_proof(body(statement, envelope, leaf_bytes), signer, options)


def body(statement: dict[str, Any], envelope: Envelope, leaf_bytes: bytes) -> dict[str, Any]:
    """The passport without proof."""
    address, issuer = envelope.address(dcc.PATH, statement["number"]), statement["issuer"]
    return {
        "@context": [W3C, dcc.CONTEXT],
        "type": list(TYPES),
        "id": f"{address}#passport",
        "name": f"{both(statement['product']['name'])} ({statement['number']})",
        "issuer": {"type": ["CredentialIssuer"], "id": issuer["id"], "name": both(issuer["name"])},
        "validFrom": statement["issuedAt"],
        "validUntil": statement["validUntil"],
        "credentialStatus": profile.entry(envelope.entries()),
        "credentialSubject": _product(statement, address, leaf_bytes),
    }


def _product(statement: dict[str, Any], address: str, leaf_bytes: bytes) -> dict[str, Any]:
    return dcc.product(statement, address) | {
        "idScheme": _scheme(statement),
        "idGranularity": "model",
        "productCategory": _category(statement["product"]["cnCode"]),
        "producedAtFacility": dcc.facility(statement, address),
        "countryOfProduction": {"countryCode": _country(statement["site"]["place"])},
        "relatedParty": [{"role": "exporter", "party": dcc.party(statement)}],
        "performanceClaim": [_claim(statement, address, leaf_bytes)],
    }


def _scheme(statement: dict[str, Any]) -> dict[str, Any]:
    """What the product's identifier is one of: GTINs, or the labels of the issuer."""
    if statement["product"]["gtin"]:
        return {"type": ["IdentifierScheme"], "id": gtin.LINK, "name": "GS1 Global Trade Item Number (GTIN)"}
    issuer = statement["issuer"]
    return {
        "type": ["IdentifierScheme"],
        "id": issuer["id"],
        "name": f"Labels of {both(issuer['name'])}",
    }


def _category(code: str) -> list[dict[str, Any]]:
    if not code:
        return []
    return [
        {
            "code": code,
            "name": f"CN {code}",
            "schemeId": _NOMENCLATURE,
            "schemeName": "Combined Nomenclature, Regulation (EEC) No 2658/87",
        }
    ]


def _country(place: str) -> str:
    """Rule 4."""
    found = _COUNTRY.match(place)
    return found["code"] if found else "ZZ"


def _claim(statement: dict[str, Any], address: str, leaf_bytes: bytes) -> dict[str, Any]:
    """Rules 1 and 2."""
    return {
        "type": ["Claim"],
        "id": f"{address}#claim",
        "name": "Product carbon footprint / 产品碳足迹",
        "referenceCriteria": dcc.criteria(statement),
        "referenceStandard": dcc.standards(statement),
        "claimDate": statement["issuedAt"][:10],
        "applicablePeriod": {
            "startDate": statement["period"]["start"],
            "endDate": statement["period"]["end"],
        },
        "claimedPerformance": dcc.performances(statement),
        "evidence": [
            {
                "linkURL": address,
                "linkName": dcc.name(statement),
                "digestMultibase": digest_multibase(leaf_bytes),
                "mediaType": "application/vc+jwt",
                "linkType": _LINK_TYPE,
            }
        ],
        "conformityTopic": [dcc.TOPIC],
    }
