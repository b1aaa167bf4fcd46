"""The signature container of a label PDF: CMS SignedData (RFC 5652) as PAdES baseline B writes it (ETSI EN
319 142-1).

Rules
1. One signer, SHA-256, ECDSA on P-256; no content inside (detached); one certificate; nothing unsigned but
   that.
2. Signed attributes: contentType is data, messageDigest is the SHA-256 of the covered bytes,
   signingCertificateV2 (RFC 5035) names the enclosed certificate; each stands once. The signature is over
   their DER as a SET (5.4).
3. The signer's identifier is issuer and serial of the enclosed certificate.
4. The certificate itself is not trusted: the caller tries the keys of its trust file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certificates import limits
from certificates.pdf import der
from certificates.pdf.der import Element, NotDer

_DATA = "1.2.840.113549.1.7.1"
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a container says: digest of the document, signed bytes, and the ECDSA signature in DER."""

    message_digest: bytes
    signed: bytes
    value: bytes

    def by(self, key: ec.EllipticCurvePublicKey) -> bool:
        """True when ``key`` made the signature."""
        try:
            key.verify(self.value, self.signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def read(container: bytes) -> Signature:
    """The signature of a container that may be padded with zero bytes. Raises NotDer for anything rules 1 to
    3 exclude."""
    if len(container) > limits.CMS_BYTES:
        raise NotDer("The container is too long.")
    outer, padding = der.read_one(container)
    if padding.strip(b"\x00"):
        raise NotDer("Something follows the container.")
    kind, wrapped = _exactly(der.children(outer), 2)
    if der.oid(kind) != _SIGNED_DATA:
        raise NotDer("Not signed data.")
    (signed_data,) = _exactly(der.children(wrapped, 0xA0), 1)
    version, digests, content, certificates, signers = _exactly(der.children(signed_data), 5)
    (digest,) = _exactly(der.children(digests, der.SET), 1)
    (content_kind,) = _exactly(der.children(content), 1)
    (certificate,) = _exactly(der.children(certificates, 0xA0), 1)
    (signer,) = _exactly(der.children(signers, der.SET), 1)
    _algorithm(digest, _SHA256)
    if der.content(version, der.INTEGER) != b"\x01" or der.oid(content_kind) != _DATA:
        raise NotDer("Not a detached signature of data.")
    return _signer(signer, certificate)


def _signer(signer: Element, certificate: Element) -> Signature:
    version, identifier, digest, attributes, algorithm, value = _exactly(der.children(signer), 6)
    _algorithm(digest, _SHA256)
    _algorithm(algorithm, _ECDSA_SHA256)
    if der.content(version, der.INTEGER) != b"\x01" or identifier.whole != _identifier(certificate):
        raise NotDer("The signer is not the holder of the certificate.")
    values = _attributes(attributes)
    if der.oid(values[_CONTENT_TYPE]) != _DATA:
        raise NotDer("The content type is another.")
    _check_certificate(values[_SIGNING_CERTIFICATE_V2], certificate)
    signed = bytes([der.SET]) + attributes.whole[1:]
    return Signature(der.content(values[_MESSAGE_DIGEST], der.OCTETS), signed, der.content(value, der.OCTETS))


def _attributes(element: Element) -> dict[str, Element]:
    """Signed attributes by identifier; the three that rule 2 names are there, none twice."""
    found: dict[str, Element] = {}
    for attribute in der.children(element, 0xA0):
        kind, values = _exactly(der.children(attribute), 2)
        name = der.oid(kind)
        if name in found:
            raise NotDer("An attribute stands twice.")
        (found[name],) = _exactly(der.children(values, der.SET), 1)
    if not {_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_CERTIFICATE_V2} <= set(found):
        raise NotDer("A signed attribute is missing.")
    return found


def _check_certificate(attribute: Element, certificate: Element) -> None:
    """RFC 5035, 3: the first ESSCertIDv2, SHA-256 by default, is the hash of the enclosed certificate."""
    lists = der.children(attribute)
    entries = der.children(lists[0]) if lists else []
    parts = der.children(entries[0]) if entries else []
    if parts and parts[0].tag == der.SEQUENCE:
        _algorithm(parts[0], _SHA256)
        parts = parts[1:]
    if not parts or der.content(parts[0], der.OCTETS) != hashlib.sha256(certificate.whole).digest():
        raise NotDer("The certificate is another than the one signed.")


def _identifier(certificate: Element) -> bytes:
    """IssuerAndSerialNumber of a certificate (RFC 5280, 4.1), in DER."""
    body = der.children(der.children(certificate)[0]) if der.children(certificate) else []
    fields = body[1:] if body and body[0].tag == 0xA0 else body
    if len(fields) < 3:
        raise NotDer("The certificate is damaged.")
    inner = fields[2].whole + fields[0].whole
    length = len(inner)
    head = bytes([length]) if length < 0x80 else _long(length)
    return bytes([der.SEQUENCE]) + head + inner


def _long(length: int) -> bytes:
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def _algorithm(element: Element, expected: str) -> None:
    parts = der.children(element)
    absent = len(parts) == 1 or (len(parts) == 2 and parts[1].whole == b"\x05\x00")
    if not parts or der.oid(parts[0]) != expected or not absent:
        raise NotDer("The algorithm is another.")


def _exactly(elements: list[Element], count: int) -> list[Element]:
    if len(elements) != count:
        raise NotDer("There are more or fewer parts than there should be.")
    return elements
