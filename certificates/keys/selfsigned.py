"""The certificate of a document key: self-signed, because readers of PDF ask for one and no authority is involved.

Any signer makes it, so that a key in a token needs nothing special: the part to be signed is built with a key that
is thrown away, and signed by the right one.
"""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from certificates.keys.signer import Signer, der_signature


def certificate(signer: Signer, name: str, start: datetime, end: datetime) -> x509.Certificate:
    """RFC 5280 certificate for signing documents: digitalSignature and contentCommitment, no CA. Raises
    KeyUnreachable."""
    from asn1crypto.x509 import Certificate

    public = signer.public
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ValueError("Documents are signed with EC P-256.")
    draft = _builder(public, name[:64], start, end).sign(
        ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()
    )
    made = Certificate(
        {
            "tbs_certificate": Certificate.load(draft.public_bytes(serialization.Encoding.DER))[
                "tbs_certificate"
            ],
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature_value": der_signature(signer.sign(draft.tbs_certificate_bytes)),
        }
    )
    return x509.load_der_x509_certificate(made.dump())


def _builder(
    public: ec.EllipticCurvePublicKey, name: str, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
