"""The issuer's keys: one for labels, one for the log, one for documents.

Rules
1. Three keys, three uses: label and log Ed25519 (RFC 8032), document EC P-256 with a self-signed certificate
   (PDF readers know no Ed25519). No key does another's work.
2. At rest: one file ``keyset.json`` in a folder of mode 0700, file mode 0600, written whole or not at all,
   never over an existing one. Private keys are PKCS #8, encrypted when a passphrase is given. Keys in clear
   that others of the machine may read are refused on reading.
3. The trust file and the DID document hold public keys only.
4. Nobody but this module reads a private key from disk.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from certificates import limits
from certificates.canonical import NotJson, canonical_bytes, parse
from certificates.encoding import NotEncoded, from_moment_text, moment_text
from certificates.trust import TYPE, is_did, log_name, public_jwk

FILE_NAME = "keyset.json"
_TYPE = "tanbiao-keyset/1"
_ENCRYPTED = "BEGIN ENCRYPTED PRIVATE KEY"
_FIELDS = {"type", "id", "name", "validFrom", "validUntil", "label", "log", "document", "certificate"}

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


class KeySetExists(FileExistsError):
    """There are keys in this folder already; they are never overwritten. Choose another folder."""


class KeySetMissing(FileNotFoundError):
    """There are no keys in this folder. Make them first."""


class KeySetLocked(ValueError):
    """The keys are encrypted and this is not their passphrase."""


class KeySetDamaged(ValueError):
    """The key file is damaged or was written by another program. Restore it from its backup."""


class KeySetExposed(KeySetDamaged):
    """The keys lie in clear in a file that others of this machine may read. Make it yours alone (chmod 600),
    and ask yourself who has read it: such keys may have to be replaced."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """The three private keys of an issuer. ``name`` has zh and en; ``certificate`` is of the document key."""

    issuer_id: str
    name: dict[str, str]
    valid_from: datetime
    valid_until: datetime
    label_key: Ed25519PrivateKey
    log_key: Ed25519PrivateKey
    document_key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def log_name(self) -> str:
        """Origin and key name of the issuer's log: the host of its DID."""
        return log_name(self.issuer_id)

    def kid(self, use: str) -> str:
        """Key identifier, such as ``did:web:labels.example.org#label-1``; ``use`` is label, log or
        document."""
        return f"{self.issuer_id}#{use}-1"

    def private(self, use: str) -> PrivateKey:
        """The private key for ``use``; raises KeyError for another word."""
        keys: dict[str, PrivateKey] = {
            "label": self.label_key,
            "log": self.log_key,
            "document": self.document_key,
        }
        return keys[use]

    def trust(self) -> dict[str, Any]:
        """The public trust file of this issuer alone (``certificates.trust``), for verifiers to pin."""
        keys = [
            {
                "kid": self.kid(use),
                "use": use,
                "jwk": public_jwk(self.private(use).public_key()),
                "validFrom": moment_text(self.valid_from),
                "validUntil": moment_text(self.valid_until),
            }
            for use in ("label", "log", "document")
        ]
        return {"type": TYPE, "issuers": [{"id": self.issuer_id, "name": dict(self.name), "keys": keys}]}

    def did_document(self) -> dict[str, Any]:
        """The did:web document: three JsonWebKey methods (W3C Controlled Identifiers 1.0); label alone
        asserts."""
        methods = [
            {
                "id": self.kid(use),
                "type": "JsonWebKey",
                "controller": self.issuer_id,
                "publicKeyJwk": public_jwk(self.private(use).public_key()),
            }
            for use in ("label", "log", "document")
        ]
        return {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
            "id": self.issuer_id,
            "verificationMethod": methods,
            "assertionMethod": [self.kid("label")],
        }

    def save(self, folder: Path, passphrase: str | None = None) -> Path:
        """Write ``folder/keyset.json`` by rule 2; answers its path. Raises KeySetExists; ValueError if the
        passphrase is empty."""
        content = self._content(_encryption(passphrase))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        target = folder / FILE_NAME
        draft = folder / f".{FILE_NAME}.{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.link(draft, target)
        except FileExistsError as problem:
            raise KeySetExists(f"{target} is there already.") from problem
        finally:
            draft.unlink()
        _sync_folder(folder)
        return target

    @classmethod
    def load(cls, folder: Path, passphrase: str | None = None) -> KeySet:
        """The keys of ``folder``. Raises KeySetMissing, KeySetLocked, KeySetDamaged, KeySetExposed."""
        path = folder / FILE_NAME
        try:
            with path.open("rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                data = parse(stream.read(limits.JSON_BYTES + 1))
        except FileNotFoundError as problem:
            raise KeySetMissing(f"No {FILE_NAME} in {folder}.") from problem
        except OSError as problem:
            raise KeySetDamaged(f"{path} cannot be read: {problem.strerror}.") from problem
        except NotJson as problem:
            raise KeySetDamaged(f"{path} is not JSON.") from problem
        if not isinstance(data, dict) or set(data) != _FIELDS or data["type"] != _TYPE:
            raise KeySetDamaged(f"{path} is not a key set.")
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO) and not _all_encrypted(data):
            raise KeySetExposed(f"{path} holds keys in clear and others may read it: chmod 600 {path}.")
        return _from_content(data, passphrase)

    def _content(self, encryption: serialization.KeySerializationEncryption) -> bytes:
        pem = serialization.Encoding.PEM
        private = {
            use: self.private(use)
            .private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption)
            .decode("ascii")
            for use in ("label", "log", "document")
        }
        return canonical_bytes(
            {
                "type": _TYPE,
                "id": self.issuer_id,
                "name": dict(self.name),
                "validFrom": moment_text(self.valid_from),
                "validUntil": moment_text(self.valid_until),
                "certificate": self.certificate.public_bytes(pem).decode("ascii"),
                **private,
            }
        )


def generate_keyset(
    issuer_id: str, name: dict[str, str], valid_from: datetime, valid_until: datetime
) -> KeySet:
    """New keys for a did:web issuer with a name in zh and en, valid from and until (with time zone, whole
    seconds).

    Raises ValueError for another identifier, a missing name, or a period that ends before it starts.
    """
    if not is_did(issuer_id) or not _is_name(name):
        raise ValueError("An issuer has a did:web identifier and a name in zh and en.")
    if valid_until <= valid_from:
        raise ValueError("The keys would end before they start.")
    start, end = (from_moment_text(moment_text(moment)) for moment in (valid_from, valid_until))
    document = ec.generate_private_key(ec.SECP256R1())
    return KeySet(
        issuer_id,
        dict(name),
        start,
        end,
        Ed25519PrivateKey.generate(),
        Ed25519PrivateKey.generate(),
        document,
        _self_signed(document, log_name(issuer_id), start, end),
    )


def _self_signed(
    key: ec.EllipticCurvePrivateKey, name: str, start: datetime, end: datetime
) -> x509.Certificate:
    """RFC 5280 certificate for signing documents: digitalSignature and contentCommitment, no CA."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
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
    public = key.public_key()
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
        .sign(key, hashes.SHA256())
    )


def _encryption(passphrase: str | None) -> serialization.KeySerializationEncryption:
    if passphrase is None:
        return serialization.NoEncryption()
    return serialization.BestAvailableEncryption(_secret(passphrase))


def _secret(passphrase: str) -> bytes:
    """The passphrase's bytes; what a terminal of another encoding handed over passes as it came (PEP 383)."""
    return passphrase.encode("utf-8", "surrogateescape")


def _is_name(name: Any) -> bool:
    texts = list(name.values()) if isinstance(name, dict) else []
    return bool(texts) and set(name) == {"zh", "en"} and all(isinstance(t, str) and t for t in texts)


def _all_encrypted(data: dict[str, Any]) -> bool:
    return all(_ENCRYPTED in str(data[use]) for use in ("label", "log", "document"))


def _from_content(data: dict[str, Any], passphrase: str | None) -> KeySet:
    try:
        label, log, document = (_private(data[use], passphrase) for use in ("label", "log", "document"))
        certificate = x509.load_pem_x509_certificate(data["certificate"].encode("ascii"))
        start, end = from_moment_text(data["validFrom"]), from_moment_text(data["validUntil"])
    except KeySetLocked:
        raise
    except (ValueError, TypeError, AttributeError, NotEncoded, UnsupportedAlgorithm) as problem:
        raise KeySetDamaged("A key, a date or the certificate cannot be read.") from problem
    if not (
        isinstance(label, Ed25519PrivateKey)
        and isinstance(log, Ed25519PrivateKey)
        and isinstance(document, ec.EllipticCurvePrivateKey)
        and isinstance(document.curve, ec.SECP256R1)
        and certificate.public_key() == document.public_key()
        and is_did(data["id"])
        and _is_name(data["name"])
        and start < end
    ):
        raise KeySetDamaged(
            "A key is not of the kind its use asks for, the certificate is of another key, or the name or the"
            " dates are not right."
        )
    return KeySet(data["id"], data["name"], start, end, label, log, document, certificate)


def _private(pem: str, passphrase: str | None) -> Any:
    encrypted = _ENCRYPTED in pem
    if encrypted and not passphrase:
        raise KeySetLocked("The keys are encrypted; give their passphrase.")
    secret = _secret(passphrase) if encrypted and passphrase else None
    try:
        return serialization.load_pem_private_key(pem.encode("ascii"), secret)
    except ValueError as problem:
        if encrypted:
            raise KeySetLocked("This is not the passphrase of the keys.") from problem
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
