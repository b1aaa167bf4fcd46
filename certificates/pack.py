"""The offline pack: what an officer takes along to verify labels without a network, signed by the issuer, with an end.

Rules
1. The file is three things: the line ``tanbiao-pack/1``, a line with the manifest as a compact JWS, and the parts of
   the manifest one after another. The manifest has ``type``, ``issuer``, ``madeAt``, ``expiresAt`` and ``parts``, a
   list of name, length in bytes and SHA-256.
2. The parts, in this order: ``leaves`` (the hash of every leaf of the log, 32 bytes each), ``register`` (GZIP of one
   line of JSON for each number that ever changed its standing), ``notes`` (JSON: signed checkpoints with their
   cosignatures, and the current status lists), ``trust`` (the issuer's trust file).
3. A key of use ``status`` of an issuer in the verifier's own trust file signs the manifest, type
   ``tanbiao-pack+jwt``; it is valid when the pack is made and not compromised. Nothing is unpacked before that
   signature and every SHA-256 hold.
4. A pack lasts at most 31 days. Before it is made and after its end it knows nothing.
5. Its newest checkpoint is of exactly its leaves; every checkpoint in it is signed by the log and has the root that the
   leaves give. So a label that is not in the log, and a second view of the log, are seen offline.
6. Its trust file never adds trust. It only tightens what the verifier trusts already: a key that it calls
   compromised, or retired earlier, is so (``tightened``).

For 100,000 labels it has about 3.3 MB, nearly all of it hashes, which do not pack.

Example: ``read(data, trust, now).knowledge`` is what ``certificates.verify`` takes as ``known``.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from certificates import limits
from certificates.canonical import NotCanonical, NotJson, canonical_bytes, parse
from certificates.encoding import NotEncoded, base64url, from_moment_text, moment_text
from certificates.keys.signer import verify
from certificates.keys.trust import Trust, TrustedIssuer, TrustedKey, TrustFileInvalid, public_jwk
from certificates.keys.trust import read as read_trust
from certificates.knowledge import Event, EventRegister, Knowledge, LeafTree
from certificates.log import checkpoint as checkpoints
from certificates.steps.logs import Logs
from certificates.vc import jose

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet

TYPE = "tanbiao-pack/1"
MEDIA_TYPE = "tanbiao-pack+jwt"
LONGEST = timedelta(days=31)
PARTS = ("leaves", "register", "notes", "trust")
_MAGIC = f"{TYPE}\n".encode("ascii")
_FIELDS = {"type", "issuer", "madeAt", "expiresAt", "parts"}
_GZIP = 31  # zlib: a window of 2^15 bytes, with the header and the trailer of RFC 1952


class NotAPack(ValueError):
    """This is not an offline pack, or it is damaged: download it anew."""


class PackNotSigned(ValueError):
    """No issuer of the trust file signed this pack with a key that counts: use the trust file of its issuer, or
    download the pack anew."""


class PackExpired(ValueError):
    """The pack's time is over, or has not begun: download a fresh one, and look at the clock of this device."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a pack: hashes of all leaves (joined), changes of standing by number, checkpoints (the newest of
    exactly these leaves), status lists (compact), and the issuer's trust file."""

    leaf_hashes: bytes = field(repr=False)
    changes: Mapping[str, Sequence[Event]]
    checkpoints: tuple[str, ...]
    lists: tuple[str, ...]
    trust: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as read and verified."""

    issuer_id: str
    made_at: datetime
    expires_at: datetime
    leaves: int
    changed: int
    knowledge: Knowledge
    trust: dict[str, Any]


def write(contents: Contents, keys: KeySet, made_at: datetime, expires_at: datetime) -> bytes:
    """The signed pack (rules 1 to 5). Raises ValueError for a time of more than 31 days or none, NotAPack for
    contents that would not be read back, NoActiveKey, KeyUnreachable."""
    if not timedelta() < expires_at - made_at <= LONGEST:
        raise ValueError("A pack lasts for more than no time and at most 31 days.")
    notes = {"checkpoints": list(contents.checkpoints), "lists": list(contents.lists)}
    parts = {
        "leaves": contents.leaf_hashes,
        "register": gzip.compress(_lines(contents.changes), mtime=0),
        "notes": canonical_bytes(notes),
        "trust": canonical_bytes(contents.trust),
    }
    listed = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in parts.items()
    ]
    manifest = {
        "type": TYPE,
        "issuer": keys.issuer_id,
        "madeAt": moment_text(made_at),
        "expiresAt": moment_text(expires_at),
        "parts": listed,
    }
    made = b"".join([_MAGIC, _signed(manifest, keys, made_at), b"\n", *parts.values()])
    read(made, read_trust(contents.trust), made_at)
    return made


def read(data: bytes, trust: Trust, now: datetime) -> Pack:
    """What the pack knows, for a verifier of ``trust`` at the moment ``now`` of its clock.

    Raises NotAPack, PackNotSigned, PackExpired.
    """
    if len(data) > limits.PACK_BYTES or not data.startswith(_MAGIC):
        raise NotAPack("The file is no offline pack, or too large.")
    end = data.find(b"\n", len(_MAGIC), len(_MAGIC) + limits.CREDENTIAL_BYTES)
    manifest, issuer = _manifest(data[len(_MAGIC) : max(end, 0)], trust)
    made_at, expires_at = (from_moment_text(manifest[name]) for name in ("madeAt", "expiresAt"))
    if not made_at <= now < expires_at:
        raise PackExpired(f"The pack is of {manifest['madeAt']} to {manifest['expiresAt']}.")
    parts = _parts(data, end + 1, manifest["parts"])
    register = EventRegister(made_at, expires_at, _changes(parts["register"]))
    tree = LeafTree(parts["leaves"]) if parts["leaves"] else None
    notes, lists = _notes(parts["notes"])
    if tree is None:
        raise NotAPack("The pack has no leaves.")
    _require_tree(tree, notes, issuer)
    knowledge = Knowledge(
        registers={issuer.id: register},
        trees={issuer.id: tree},
        cosigned={issuer.id: notes},
        lists={issuer.id: lists},
    )
    return Pack(
        issuer_id=issuer.id,
        made_at=made_at,
        expires_at=expires_at,
        leaves=tree.size,
        changed=len(register.changes),
        knowledge=knowledge,
        trust=_trust(parts["trust"], issuer.id),
    )


def tightened(trust: Trust, pack: Pack) -> Trust:
    """Rule 6: the same issuers, keys and witnesses, some of the keys of the pack's issuer compromised or retired by
    it."""
    fresher = read_trust(pack.trust).issuer(pack.issuer_id)
    told = {key.kid: key for key in fresher.keys} if fresher else {}
    issuers = tuple(
        replace(issuer, keys=tuple(_tighter(key, told.get(key.kid)) for key in issuer.keys))
        if issuer.id == pack.issuer_id
        else issuer
        for issuer in trust.issuers
    )
    return replace(trust, issuers=issuers)


def together(packs: Sequence[Pack]) -> Knowledge:
    """What several packs know; of two of one issuer the newer."""
    ordered = sorted(packs, key=lambda pack: pack.made_at)
    return Knowledge(
        registers={name: one for pack in ordered for name, one in pack.knowledge.registers.items()},
        trees={name: one for pack in ordered for name, one in pack.knowledge.trees.items()},
        cosigned={name: one for pack in ordered for name, one in pack.knowledge.cosigned.items()},
        lists={name: one for pack in ordered for name, one in pack.knowledge.lists.items()},
    )


def _signed(manifest: dict[str, Any], keys: KeySet, at: datetime) -> bytes:
    key = keys.active("status", at)
    header = {"alg": key.algorithm, "iss": keys.issuer_id, "kid": key.kid, "typ": MEDIA_TYPE}
    signed = ".".join(base64url(canonical_bytes(part)) for part in (header, manifest)).encode("ascii")
    return signed + b"." + base64url(keys.signer("status", at).sign(signed)).encode("ascii")


def _manifest(line: bytes, trust: Trust) -> tuple[dict[str, Any], TrustedIssuer]:
    """Rule 3. The manifest's form is looked at only when its signature holds."""
    try:
        jws = jose.read(line.decode("ascii"))
    except (UnicodeDecodeError, jose.NotAJws) as problem:
        raise NotAPack("The pack's manifest is damaged.") from problem
    named = jws.payload.get("issuer")
    issuer = trust.issuer(named) if isinstance(named, str) else None
    if issuer is None:
        raise PackNotSigned(f"The pack is of {named!r}, which is not in the trust file.")
    key = issuer.key(str(jws.header.get("kid")), "status")
    expected = {
        "iss": issuer.id,
        "typ": MEDIA_TYPE,
        "alg": key.algorithm if key else "",
        "kid": key.kid if key else "",
    }
    if key is None or jws.header != expected or not verify(key.public, jws.signature, jws.signed):
        raise PackNotSigned("No status key of the issuer signed the pack.")
    manifest = jws.payload
    if set(manifest) != _FIELDS or manifest["type"] != TYPE or not _dated(manifest):
        raise NotAPack("The pack's manifest has other fields, or no dates.")
    if key.compromised_since is not None or not key.valid_at(from_moment_text(manifest["madeAt"])):
        raise PackNotSigned("The key that signed the pack is compromised, or did not count when it was made.")
    return manifest, issuer


def _dated(manifest: dict[str, Any]) -> bool:
    try:
        start, end = (from_moment_text(manifest[name]) for name in ("madeAt", "expiresAt"))
    except (NotEncoded, TypeError):
        return False
    return timedelta() < end - start <= LONGEST


def _parts(data: bytes, start: int, listed: Any) -> dict[str, bytes]:
    if not isinstance(listed, list) or len(listed) != len(PARTS):
        raise NotAPack("The pack does not have its parts.")
    found: dict[str, bytes] = {}
    for name, entry in zip(PARTS, listed, strict=True):
        if not isinstance(entry, dict) or set(entry) != {"name", "bytes", "sha256"} or entry["name"] != name:
            raise NotAPack("The pack's parts are not those of a pack, in their order.")
        length = entry["bytes"]
        if type(length) is not int or not 0 <= length <= len(data) - start:
            raise NotAPack("The pack is cut off.")
        part = data[start : start + length]
        if hashlib.sha256(part).hexdigest() != entry["sha256"]:
            raise NotAPack(f"The pack's {name} were changed.")
        found[name], start = part, start + length
    if start != len(data):
        raise NotAPack("Something follows the pack's parts.")
    return found


def _lines(changes: Mapping[str, Sequence[Event]]) -> bytes:
    return b"".join(
        canonical_bytes({"number": number, "events": [_event_out(event) for event in events]}) + b"\n"
        for number, events in sorted(changes.items())
        if events
    )


def _event_out(event: Event) -> dict[str, Any]:
    reason = event.reason if isinstance(event.reason, str) else dict(event.reason)
    return {"state": event.state, "since": moment_text(event.since), "reason": reason}


def _changes(packed: bytes) -> dict[str, tuple[Event, ...]]:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(packed, limits.PACK_REGISTER_BYTES)
    except zlib.error as problem:
        raise NotAPack("The pack's register is not in the GZIP form.") from problem
    if not unpacker.eof or unpacker.unused_data:
        raise NotAPack("The pack's register is cut off, or larger than is read.")
    found: dict[str, tuple[Event, ...]] = {}
    try:
        for line in io.BytesIO(text):
            entry = parse(line)
            if entry["number"] in found:
                raise NotAPack("A number stands twice in the pack's register.")
            found[entry["number"]] = tuple(_event_in(event) for event in entry["events"])
    except NotAPack:
        raise
    except (NotJson, NotEncoded, ValueError, TypeError, KeyError) as problem:
        raise NotAPack("A line of the pack's register is damaged.") from problem
    return found


def _event_in(entry: dict[str, Any]) -> Event:
    reason = entry["reason"]
    if not isinstance(reason, str) and not all(isinstance(text, str) for text in reason.values()):
        raise ValueError("A reason is text.")
    return Event(entry["state"], from_moment_text(entry["since"]), reason)


def _notes(data: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        notes = parse(data)
        texts = [notes[name] for name in ("checkpoints", "lists")]
    except (NotJson, TypeError, KeyError) as problem:
        raise NotAPack("The pack's notes are damaged.") from problem
    if not all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in texts):
        raise NotAPack("The pack's notes are not lists of texts.")
    return tuple(texts[0]), tuple(texts[1])


def _require_tree(tree: LeafTree, notes: tuple[str, ...], issuer: TrustedIssuer) -> None:
    """Rule 5."""
    logs = Logs(Trust((issuer,)), issuer, Knowledge(trees={issuer.id: tree}, cosigned={issuer.id: notes}), ())
    stated = [checkpoints.read(note) for note in logs.held]
    if len(stated) != len(notes) or max((one.size for one in stated), default=0) != tree.size:
        raise NotAPack("The pack's checkpoints are not signed by the log, or none is of all its leaves.")
    if any(tree.root(one.size) != one.root for one in stated):
        raise NotAPack("The pack's leaves are not those of its checkpoints.")


def _trust(data: bytes, issuer_id: str) -> dict[str, Any]:
    try:
        trust: dict[str, Any] = parse(data)
        named = read_trust(trust).issuer(issuer_id)
    except (NotJson, NotCanonical, TrustFileInvalid) as problem:
        raise NotAPack("The pack's trust file is damaged.") from problem
    if named is None:
        raise NotAPack("The pack's trust file is of another issuer.")
    return trust


def _tighter(key: TrustedKey, told: TrustedKey | None) -> TrustedKey:
    if told is None or public_jwk(told.public) != public_jwk(key.public):
        return key
    since = [one.compromised_since for one in (key, told) if one.compromised_since is not None]
    until = min(key.valid_until, told.valid_until)
    if until <= key.valid_from:
        return replace(key, compromised_since=key.valid_from)
    return replace(key, valid_until=until, compromised_since=min(since, default=None))
