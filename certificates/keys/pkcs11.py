"""Keys in a token (HSM, smart card, a cloud's key service through its PKCS#11 library), named by an RFC 7512 URI.

Rules
1. A key is named by its token (``token`` or ``serial``) and by itself (``object`` or ``id``). ``type``, ``module-path``
   and ``pin-source`` may stand beside; any other attribute is refused, because passing over it could choose another
   key.
2. The URI never holds the PIN: ``pin-value`` is refused. The PIN comes from ``pin-source``, a file that only its owner
   may read, or else from the setting TANBIAO_PKCS11_PIN; the module from ``module-path``, or else from
   TANBIAO_PKCS11_MODULE.
3. Each signature opens a session, signs and closes it, one after the other: logging in counts for a whole process, and
   an HSM that was away is found again by the next signature.
4. A PIN that the token refused is not tried again by this process: a few wrong ones lock a token for ever.
5. ES256 by CKM_ECDSA over SHA-256, Ed25519 by CKM_EDDSA, whatever else the token can. Every signature is checked
   against the public key that the key set holds before it is handed out.
6. The private half is never asked for; the token makes it, by its own tool, at the ceremony.

Example: ``pkcs11:token=labels;object=label-2;type=private?module-path=/usr/lib/softhsm/libsofthsm2.so``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.keys.signer import KeyUnreachable, Signer, algorithm_of, verify
from certificates.keys.trust import PublicKey

_PATH = {"token", "serial", "object", "id", "type"}
_QUERY = {"module-path", "pin-source"}
_ATTRIBUTE = re.compile(r"([a-z-]+)=((?:[A-Za-z0-9._~:\[\]@!$'()*+,=/?|-]|%[0-9A-Fa-f]{2})*)\Z")
_ALONE = threading.RLock()
_process: dict[str, int] = {}
"""The process in which each module was initialised: a child of it must do so anew (PKCS#11, 6.6.2)."""


class NotAKeyUri(ValueError):
    """This is not the PKCS#11 URI of one key. Name its token and the key: pkcs11:token=labels;object=label-2."""


@dataclass(frozen=True, slots=True)
class KeyUri:
    """What a URI names; an attribute that is not there is empty."""

    token: str = ""
    serial: str = ""
    object: str = ""
    id: bytes = b""
    module: str = ""
    pin_source: str = ""


def parse(text: str) -> KeyUri:
    """The URI read by rules 1 and 2; raises NotAKeyUri."""
    if not text.startswith("pkcs11:"):
        raise NotAKeyUri("A key in a token is named by a pkcs11: URI.")
    path, _, query = text.removeprefix("pkcs11:").partition("?")
    found = _attributes(path, ";", _PATH) | _attributes(query, "&", _QUERY)
    if found.get("type", b"private") != b"private":
        raise NotAKeyUri("The URI names no private key: type=private.")
    if not (found.get("token") or found.get("serial")) or not (found.get("object") or found.get("id")):
        raise NotAKeyUri("The URI names no token or no key: pkcs11:token=labels;object=label-2.")
    try:
        words = {name: value.decode("utf-8") for name, value in found.items() if name != "id"}
    except UnicodeDecodeError as problem:
        raise NotAKeyUri("The URI is not UTF-8.") from problem
    return KeyUri(
        words.get("token", ""),
        words.get("serial", ""),
        words.get("object", ""),
        found.get("id", b""),
        words.get("module-path", ""),
        words.get("pin-source", ""),
    )


@dataclass(slots=True)
class Tokens:
    """The way to the tokens: ``module``, the PKCS#11 library, and ``pin``, both for URIs that do not say (rule 2)."""

    module: str = ""
    pin: str = field(default="", repr=False)
    _refused: set[bytes] = field(default_factory=set, init=False, repr=False)

    def signer(self, uri: str, public: PublicKey | None) -> Signer:
        """The signer behind ``uri``. With ``public`` None the token is asked for it; else nothing is opened yet.
        Raises NotAKeyUri, KeyUnreachable."""
        named = parse(uri)
        if public is None:
            with self._session(named) as session:
                public = _public(session, named)
        return TokenSigner(self, named, public)

    @contextlib.contextmanager
    def _session(self, named: KeyUri) -> Iterator[Any]:
        """A session that is logged in (rules 3 and 4)."""
        pkcs11 = _library()
        module, pin = named.module or self.module, _pin(named) or self.pin
        if not module or not pin:
            raise KeyUnreachable(
                "No PKCS#11 module or no PIN: set TANBIAO_PKCS11_MODULE and TANBIAO_PKCS11_PIN."
            )
        tried = hashlib.sha256("\0".join((module, named.token, named.serial, pin)).encode()).digest()
        with _ALONE:
            if tried in self._refused:
                raise KeyUnreachable(
                    "The token refused this PIN before; it is not tried again, so that the token is not locked."
                )
            try:
                with _token(pkcs11, module, named).open(user_pin=pin) as session:
                    yield session
            except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid, pkcs11.PinLocked) as problem:
                self._refused.add(tried)
                raise KeyUnreachable("The token refuses the PIN.") from problem
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as problem:
                said = type(problem).__name__
                raise KeyUnreachable(f"The token does not do what it should: {said}.") from problem


class TokenSigner:
    """A signer (``certificates.keys.signer.Signer``) whose private half lies in a token."""

    def __init__(self, tokens: Tokens, named: KeyUri, public: PublicKey) -> None:
        self._tokens = tokens
        self._named = named
        self.public = public
        self.algorithm = algorithm_of(public)

    def sign(self, data: bytes) -> bytes:
        """64 bytes (rule 5). Raises KeyUnreachable."""
        pkcs11 = _library()
        with self._tokens._session(self._named) as session:
            private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, **_chosen(self._named))
            if self.algorithm == "ES256":
                made = private.sign(hashlib.sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA)
            else:
                made = private.sign(data, mechanism=pkcs11.Mechanism.EDDSA)
        if not verify(self.public, bytes(made), data):
            raise KeyUnreachable("The token holds another key under this name.")
        return bytes(made)


def _attributes(text: str, separator: str, known: set[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in text.split(separator) if text else ():
        match = _ATTRIBUTE.match(part)
        name = match[1] if match else part.partition("=")[0]
        if name == "pin-value":
            raise NotAKeyUri(
                "A PIN does not belong in a URI that is stored: use pin-source or TANBIAO_PKCS11_PIN."
            )
        if match is None or name not in known or name in found:
            raise NotAKeyUri(f"The URI has an attribute that is unknown, damaged or there twice: {name}.")
        found[name] = unquote_to_bytes(match[2])
    return found


def _pin(named: KeyUri) -> str:
    """The PIN of ``pin-source``, "" when there is none."""
    if not named.pin_source:
        return ""
    path = Path(named.pin_source.removeprefix("file://").removeprefix("file:"))
    if not path.is_absolute():
        raise KeyUnreachable("pin-source names a file by its whole path.")
    try:
        with path.open(encoding="utf-8") as stream:
            if os.name == "posix" and os.fstat(stream.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyUnreachable("Others may read the file of the PIN: make it yours alone (chmod 600).")
            return stream.read(256).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise KeyUnreachable("The file of the PIN cannot be read.") from problem


def _library() -> Any:
    try:
        import pkcs11
    except ImportError as problem:
        raise KeyUnreachable(
            "Keys in tokens need python-pkcs11: install tanbiao with the extra pkcs11."
        ) from problem
    return pkcs11


def _token(pkcs11: Any, module: str, named: KeyUri) -> Any:
    library = pkcs11.lib(module)
    if _process.setdefault(module, os.getpid()) != os.getpid():
        library.reinitialize()
        _process[module] = os.getpid()
    chosen: dict[str, Any] = {"token_label": named.token} if named.token else {}
    if named.serial:
        chosen["token_serial"] = named.serial.encode()
    return library.get_token(**chosen)


def _chosen(named: KeyUri) -> dict[str, Any]:
    return ({"label": named.object} if named.object else {}) | ({"id": named.id} if named.id else {})


def _public(session: Any, named: KeyUri) -> PublicKey:
    """The public half as the token tells it (CKA_EC_POINT: an OCTET STRING; PKCS#11, 6.3.3 and 6.3.5)."""
    from asn1crypto.core import OctetString

    pkcs11 = _library()
    key = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, **_chosen(named))
    if key.key_type not in (pkcs11.KeyType.EC, pkcs11.KeyType.EC_EDWARDS):
        raise KeyUnreachable("The key in the token is neither EC P-256 nor Ed25519.")
    try:
        raw = bytes(OctetString.load(bytes(key[pkcs11.Attribute.EC_POINT]), strict=True).native)
        if key.key_type == pkcs11.KeyType.EC:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as problem:
        raise KeyUnreachable("The key in the token is neither EC P-256 nor Ed25519.") from problem
