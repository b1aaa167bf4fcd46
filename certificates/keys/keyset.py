"""The issuer's keys over time: for labels, status lists, the log and documents.

Rules
1. Four uses, no key does another's work: label and status Ed25519 or ES256, log Ed25519, document ES256 with a
   certificate. A fifth, sm2, is off unless somebody adds it (``certificates.keys.sm2``).
2. At every moment the newest key of a use that is valid and not compromised signs; there may be none.
3. Keys are added, ended, or marked as compromised, never removed: old labels stay verifiable, and no private key is
   lost. Each change makes a new key set; :meth:`KeySet.replace` takes it to disk.
4. At rest: ``keyfile`` says how the file is written. Private keys are PKCS #8, encrypted when a passphrase
   is given, or lie in a token. Keys in clear that others of the machine may read are refused on reading.
5. What is written is read back before it counts. A changed file holds every key of the one it replaces.
6. The trust file and the DID document hold public keys only.

Example: ``KeySet.load(folder, passphrase).rotated("label", now, until).replace(folder, passphrase, now)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.canonical import NotJson, canonical_bytes, parse
from certificates.encoding import from_moment_text, moment_text
from certificates.keys import diddocument, keyfile, sm2
from certificates.keys.key import Key, read_stored
from certificates.keys.keyfile import FILE_NAME, KeySetChanged, KeySetDamaged, KeySetExists, KeySetMissing
from certificates.keys.pkcs8 import Passphrase, PrivateKey, WrongPassphrase, is_encrypted
from certificates.keys.pkcs11 import Tokens
from certificates.keys.selfsigned import certificate
from certificates.keys.signer import FileSigner, KeyUnreachable, Signer
from certificates.keys.sm2 import Sm2PrivateKey, Sm2Signer
from certificates.keys.trust import (
    ALGORITHMS,
    TYPE,
    Accreditation,
    Witness,
    is_did,
    is_name,
    log_name,
    read_accreditation,
    thumbprint,
)

__all__ = [
    "FILE_NAME",
    "Key",
    "KeySet",
    "KeySetChanged",
    "KeySetDamaged",
    "KeySetExists",
    "KeySetExposed",
    "KeySetLocked",
    "KeySetMissing",
    "KeyUnreachable",
    "NoActiveKey",
    "generate_keyset",
]

_TYPE = "tanbiao-keyset/2"
_FIELDS = {"type", "id", "name", "accreditation", "keys"}
_NEEDED = ("label", "status", "log", "document")


class KeySetLocked(ValueError):
    """The keys are encrypted and this is not their passphrase."""


class KeySetExposed(KeySetDamaged):
    """The keys lie in clear in a file that others of this machine may read. Make it yours alone (chmod 600),
    and ask yourself who has read it: such keys may have to be replaced."""


class NoActiveKey(LookupError):
    """No key of this use may sign now: its dates are past or it is compromised. Make a new one (tanbiao keys
    rotate)."""


class NoSuchKey(LookupError):
    """The key set has no key of this name. Look at tanbiao keys list."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """Every key an issuer has or had. ``name`` has zh and en; ``private`` holds the private halves of file keys by
    kid."""

    issuer_id: str
    name: dict[str, str]
    accreditation: Accreditation | None
    keys: tuple[Key, ...]
    private: Mapping[str, PrivateKey] = field(repr=False, compare=False)
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)
    made_from: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        if not is_did(self.issuer_id) or not is_name(self.name):
            raise ValueError("An issuer has a did:web identifier and a name in zh and en.")
        if any(key.kid != self._kid(key.use, key.number) for key in self.keys):
            raise ValueError("A key is named after another issuer or another use.")
        for listed in ([key.kid for key in self.keys], [thumbprint(key.public) for key in self.keys]):
            if len(set(listed)) != len(listed):
                raise ValueError("A key stands twice.")
        if any((key.kid in self.private) == bool(key.uri) for key in self.keys):
            raise ValueError("A key has one private half, in the file or in a token.")
        if not set(_NEEDED) <= {key.use for key in self.keys}:
            raise ValueError("A key set has keys for labels, status lists, the log and documents.")

    @property
    def log_name(self) -> str:
        """Origin and key name of the issuer's log: the host of its DID."""
        return log_name(self.issuer_id)

    def active(self, use: str, at: datetime) -> Key:
        """The key that signs at ``at`` (rule 2). Raises NoActiveKey."""
        usable = [key for key in self.keys if key.use == use and key.usable_at(at)]
        if not usable:
            raise NoActiveKey(f"No key for {use} is valid at {moment_text(at)}.")
        return max(usable, key=lambda key: (key.valid_from, key.number))

    def signer(self, use: str, at: datetime) -> Signer:
        """The signer of :meth:`active`. Raises NoActiveKey; KeyUnreachable when it signs, for a token that does not
        answer."""
        key = self.active(use, at)
        if key.uri:
            return self.tokens.signer(key.uri, key.public)
        return _file_signer(self.private[key.kid])

    def key(self, kid: str) -> Key:
        """The key of that id; its fragment, such as ``label-1``, serves as well. Raises NoSuchKey."""
        found = next((key for key in self.keys if kid in (key.kid, key.kid.partition("#")[2])), None)
        if found is None:
            raise NoSuchKey(f"There is no key {kid}.")
        return found

    def certificate(self, kid: str) -> x509.Certificate:
        """The certificate of a document key. Raises NoSuchKey."""
        found = self.key(kid).certificate
        if found is None:
            raise NoSuchKey(f"Key {kid} has no certificate.")
        return found

    def trust(self, witnesses: Sequence[Witness] = (), quorum: int = 0) -> dict[str, Any]:
        """The public trust file of this issuer alone (``certificates.keys.trust``), for verifiers to pin."""
        held = self.accreditation
        issuer = {
            "id": self.issuer_id,
            "name": dict(self.name),
            "accreditation": None if held is None else held.as_dict(),
            "keys": [key.trusted() for key in self.keys],
        }
        listed = [witness.as_dict() for witness in witnesses]
        return {"type": TYPE, "issuers": [issuer], "witnesses": listed, "policy": {"witnesses": quorum}}

    def did_document(self) -> dict[str, Any]:
        """The did:web document (``certificates.keys.diddocument``)."""
        return diddocument.of(self.issuer_id, self.keys)

    def rotated(
        self, use: str, at: datetime, until: datetime, *, uri: str = "", algorithm: str | None = None
    ) -> KeySet:
        """With a new key for ``use`` from ``at`` until ``until``; the keys it follows end at ``at``. ``uri`` names a
        key that lies in a token already; ``algorithm`` is that of the key before when not said.

        Raises ValueError for an algorithm the use does not have or dates that do not fit, KeyUnreachable,
        sm2.Sm2Unavailable.
        """
        start, end = _second(at), _second(until)
        former = [key for key in self.keys if key.use == use]
        wanted = algorithm or (former[-1].algorithm if former and not uri else "")
        ended = tuple(
            replace(key, valid_until=start) if key in former and key.valid_until > start else key
            for key in self.keys
        )
        number = 1 + max((key.number for key in former), default=0)
        made, private = _made(self._kid(use, number), use, (start, end), wanted, (uri, self.tokens))
        held = {**self.private, **({} if private is None else {made.kid: private})}
        return replace(self, keys=(*ended, made), private=held)

    def retired(self, kid: str, at: datetime) -> KeySet:
        """With that key ending at ``at``. Raises NoSuchKey; ValueError for a moment outside its dates."""
        key, end = self.key(kid), _second(at)
        if not key.valid_from < end < key.valid_until:
            raise ValueError(f"Key {key.kid} is not valid at {moment_text(end)}; it cannot be retired then.")
        return self._with(replace(key, valid_until=end))

    def compromised(self, kid: str, since: datetime) -> KeySet:
        """With that key marked: from ``since`` on nothing it signed counts by its own dates, and it never signs
        again. An earlier moment may follow, a later one never. Raises NoSuchKey, ValueError."""
        key, moment = self.key(kid), _second(since)
        if key.compromised_since is not None and moment > key.compromised_since:
            raise ValueError(f"Key {key.kid} is compromised since earlier already.")
        return self._with(replace(key, compromised_since=moment))

    def accredited(self, accreditation: Accreditation | None) -> KeySet:
        """With another accreditation, or none."""
        return replace(self, accreditation=accreditation)

    def save(self, folder: Path, passphrase: str | None = None) -> Path:
        """Write ``folder/keyset.json``, which must not be there; answers its path. Raises KeySetExists; ValueError if
        the passphrase is empty."""
        return keyfile.create(folder, self._checked(passphrase))

    def replace(self, folder: Path, passphrase: str | None, at: datetime) -> Path:
        """Take the place of the file this key set was loaded from (rules 3 and 5); answers where the old file stays,
        under the passphrase it had. Raises KeySetChanged, KeySetMissing, KeySetDamaged; ValueError if the passphrase
        is empty."""
        return keyfile.replace(folder, self._checked(passphrase), made_from=self.made_from, at=at)

    @classmethod
    def load(cls, folder: Path, passphrase: str | None = None, tokens: Tokens | None = None) -> KeySet:
        """The keys of ``folder``. Raises KeySetMissing, KeySetLocked, KeySetDamaged, KeySetExposed."""
        content, exposed = keyfile.read(folder)
        found = _read(content, passphrase or None, folder / FILE_NAME)
        if exposed and not _encrypted(content):
            path = folder / FILE_NAME
            raise KeySetExposed(f"{path} holds keys in clear and others may read it: chmod 600 {path}.")
        return replace(found, tokens=tokens or Tokens(), made_from=keyfile.digest(content))

    def _checked(self, passphrase: str | None) -> bytes:
        """The file's content, read back (rule 5)."""
        held, box = self.accreditation, Passphrase(passphrase)
        content = canonical_bytes(
            {
                "type": _TYPE,
                "id": self.issuer_id,
                "name": dict(self.name),
                "accreditation": None if held is None else held.as_dict(),
                "keys": [key.stored(self.private.get(key.kid), box) for key in self.keys],
            }
        )
        if _read(content, passphrase, Path(FILE_NAME)).trust() != self.trust():
            raise KeySetDamaged("What would be written is not what was meant.")
        return content

    def _with(self, changed: Key) -> KeySet:
        keys = tuple(changed if key.kid == changed.kid else key for key in self.keys)
        return replace(self, keys=keys)

    def _kid(self, use: str, number: int) -> str:
        return f"{self.issuer_id}#{use}-{number}"


def generate_keyset(
    issuer_id: str,
    name: dict[str, str],
    valid_from: datetime,
    valid_until: datetime,
    *,
    label_algorithm: str = "Ed25519",
) -> KeySet:
    """New keys of the four uses for a did:web issuer with a name in zh and en, valid from and until (with time zone,
    whole seconds). ``label_algorithm`` is that of the label and the status key, Ed25519 or ES256.

    Raises ValueError for another identifier, a missing name, or a period that ends before it starts.
    """
    if not is_did(issuer_id) or not is_name(name):
        raise ValueError("An issuer has a did:web identifier and a name in zh and en.")
    if valid_until <= valid_from:
        raise ValueError("The keys would end before they start.")
    dates = _second(valid_from), _second(valid_until)
    algorithms = {"label": label_algorithm, "status": label_algorithm, "log": "Ed25519", "document": "ES256"}
    made = [
        _made(f"{issuer_id}#{use}-1", use, dates, algorithm, ("", Tokens()))
        for use, algorithm in algorithms.items()
    ]
    private = {key.kid: half for key, half in made if half is not None}
    return KeySet(issuer_id, dict(name), None, tuple(key for key, _ in made), private)


def _made(
    kid: str, use: str, dates: tuple[datetime, datetime], algorithm: str, place: tuple[str, Tokens]
) -> tuple[Key, PrivateKey | None]:
    """A new key: of the token behind the URI, or made here."""
    uri, tokens = place
    wanted = algorithm or next(iter(ALGORITHMS.get(use, ())), "")
    if use not in ALGORITHMS or (wanted not in ALGORITHMS[use]):
        raise ValueError(f"A key for {use} is not of the kind {wanted}.")
    private = None if uri else _generated(wanted)
    signer = tokens.signer(uri, None) if private is None else _file_signer(private)
    if algorithm and signer.algorithm != algorithm:
        raise ValueError(f"The key in the token is not of the kind {algorithm}.")
    made = certificate(signer, log_name(kid.partition("#")[0]), *dates) if use == "document" else None
    return Key(kid, use, signer.public, *dates, uri=uri, certificate=made), private


def _generated(algorithm: str) -> PrivateKey:
    if algorithm == "Ed25519":
        return Ed25519PrivateKey.generate()
    return sm2.generate() if algorithm == "SM2" else ec.generate_private_key(ec.SECP256R1())


def _file_signer(private: PrivateKey) -> Signer:
    return Sm2Signer(private) if isinstance(private, Sm2PrivateKey) else FileSigner(private)


def _second(moment: datetime) -> datetime:
    return from_moment_text(moment_text(moment))


def _encrypted(content: bytes) -> bool:
    """True when every private key in the file is encrypted."""
    texts = [entry["private"] for entry in parse(content)["keys"]]
    return all(text is None or is_encrypted(text) for text in texts)


def _read(content: bytes, passphrase: str | None, path: Path) -> KeySet:
    try:
        data = parse(content)
    except NotJson as problem:
        raise KeySetDamaged(f"{path} is not JSON.") from problem
    if not isinstance(data, dict) or set(data) != _FIELDS or data["type"] != _TYPE:
        raise KeySetDamaged(f"{path} is not a key set.")
    box = Passphrase(passphrase)
    try:
        pairs = [read_stored(entry, box) for entry in data["keys"]]
        private = {key.kid: half for key, half in pairs if half is not None}
        held = read_accreditation(data["accreditation"])
        return KeySet(data["id"], data["name"], held, tuple(key for key, _ in pairs), private)
    except WrongPassphrase as problem:
        raise KeySetLocked(str(problem)) from problem
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise KeySetDamaged(f"{path} holds a damaged key, date or certificate.") from problem
