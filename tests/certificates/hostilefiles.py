"""Files built to hurt a verifier, other than PDFs: small to write, dear to read. Each with what a thief, or a mad
issuer, would need for it: nothing, or the issuer's own keys."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache

from labelmaking import (
    BASE,
    ISSUED,
    NOW,
    WEEK,
    WITNESS,
    changed,
    forge,
    genuine,
    keyset,
    label,
    label_of,
    lists,
    sign,
    statement,
    world,
)
from test_pack import resigned

from certificates import limits, status
from certificates.canonical import canonical_bytes
from certificates.encoding import base64url, moment_text
from certificates.log import checkpoint, proof


@cache
def files() -> dict[str, bytes]:
    """The bytes of each of :data:`FILES`."""
    found = dict((*_json(), *_bundles(), *_lists(), *_proofs(), *_statements()))
    assert tuple(found) == FILES
    return found


FILES = (
    "brackets",
    "brackets-20-mb",
    "objects",
    "open-string",
    "quotes",
    "empty-lists",
    "empty-objects",
    "names",
    "digits",
    "fraction",
    "exponents",
    "surrogates",
    "spaces",
    "dots",
    "compact-of-depth",
    "methods",
    "document-deep",
    "accreditation-large",
    "credential-large",
    "statement-large",
    "list-bomb",
    "list-of-ones",
    "list-members",
    "proof-of-64",
    "proof-of-lines",
    "checkpoint-of-lines",
    "checkpoint-of-witnesses",
    "chain-long",
    "stages-many",
    "electricity-long",
    "digits-in-a-quantity",
)


@cache
def pack_of(name: str) -> bytes:
    """One of :data:`PACKS`, which the issuer itself signed; nothing of it is unpacked before that is seen."""
    place, part = PACKS[name]
    return _with_part(place, part())


def _register_of_many_lines() -> bytes:
    event = {"state": "suspended", "since": "2026-12-01T00:00:00Z", "reason": "x" * 40}
    line = canonical_bytes({"number": "#", "events": [event]})
    return gzip.compress(b"".join(line.replace(b"#", b"%d" % number) + b"\n" for number in range(90_000)))


def _register_of_one_number() -> bytes:
    return gzip.compress((canonical_bytes({"number": "x", "events": []}) + b"\n") * 300_000, 9)


def _many_notes() -> bytes:
    return canonical_bytes({"checkpoints": [label().log.checkpoint(keyset())] * 2_000, "lists": []})


PACKS: dict[str, tuple[int, Callable[[], bytes]]] = {
    "register-bomb": (1, lambda: gzip.compress(bytes(250_000_000), 9)),  # more than a reader may map
    "register-of-no-lines": (1, lambda: gzip.compress(b"\n" * limits.PACK_REGISTER_BYTES, 9)),
    "register-of-many-lines": (1, _register_of_many_lines),
    "register-of-one-number": (1, _register_of_one_number),
    "register-of-depth": (1, lambda: gzip.compress((b'{"number":' + b"[" * 900_000 + b"\n") * 20, 9)),
    "leaves-of-another-tree": (0, lambda: bytes(32) * 500_000),
    "notes-of-depth": (2, lambda: b"[" * 900_000),
    "notes-many": (2, _many_notes),
    "trust-of-depth": (3, lambda: b"[" * 900_000),
}
"""Name of a pack, the part of it that is replaced, and by what."""


def _with_part(place: int, data: bytes) -> bytes:
    kept: list[bytes] = []

    def parts(rest: bytes) -> bytes:
        return b"".join(data if number == place else part for number, part in enumerate(_cut(rest)))

    def edit(manifest: dict) -> dict:
        entry = manifest["parts"][place]
        kept[:] = [str(one["bytes"]).encode() for one in manifest["parts"]]
        entry.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        return manifest

    def _cut(rest: bytes) -> Iterator[bytes]:
        for length in map(int, kept):
            yield rest[:length]
            rest = rest[length:]

    return resigned(edit, parts=parts)


def _json() -> Iterator[tuple[str, bytes]]:
    most = limits.JSON_BYTES - 100
    yield "brackets", b"{" + b"[" * most
    yield "brackets-20-mb", b"{" * (limits.FILE_BYTES - 1)
    yield "objects", b'{"a":' * (most // 5)
    yield "open-string", b'{"' + b"\\" * most
    yield "quotes", b'{"a":"' + b'\\"' * (most // 2)
    yield "empty-lists", b'{"a":[' + b"[]," * (most // 3) + b"[]]}"
    yield "empty-objects", b'{"a":[' + b"{}," * (most // 3) + b"{}]}"
    yield "names", b"{" + b",".join(b'"%d":0' % number for number in range(90_000)) + b"}"
    yield "digits", b'{"a":' + b"9" * most + b"}"
    yield "fraction", b'{"a":0.' + b"1" * most + b"}"
    yield "exponents", b'{"a":[' + b"1e308," * (most // 6) + b"0]}"
    yield "surrogates", b'{"a":"' + b"\\ud800" * (most // 6) + b'"}'
    yield "spaces", b" " * 1_000_000 + b"{}"
    yield "dots", b"a." * 500_000
    yield "compact-of-depth", b"e30." + base64url(b"[" * 100_000).encode() + b".e30"


def _bundles() -> Iterator[tuple[str, bytes]]:
    whole = json.loads(label().bundle)
    method = {"id": f"{keyset().issuer_id}#label-1-multikey", "publicKeyMultibase": "z" + "1" * 40}
    for name, issuer in (
        ("methods", {"id": keyset().issuer_id, "verificationMethod": [method | {"id": "x"}] * 9_000}),
        ("document-deep", json.loads('{"a":' * 12 + "1" + "}" * 12)),
    ):
        yield name, json.dumps(whole | {"issuer": issuer}).encode()
    yield "accreditation-large", json.dumps(whole | {"accreditation": {"x": "y" * 900_000}}).encode()
    yield "credential-large", json.dumps(whole | {"credential": "a." * 40_000 + "a"}).encode()
    large = forge(changed(("exporter", "name", "en"), "x" * 100_000), keyset())
    yield "statement-large", json.dumps(whole | {"credential": large}).encode()


def _lists() -> Iterator[tuple[str, bytes]]:
    """Status lists that the issuer's own key signed."""
    for name, bits in (("list-bomb", b"\0" * 40_000_000), ("list-of-ones", b"\xff" * 1_000_000)):
        packed = "u" + base64url(gzip.compress(bits, 9))
        yield name, world(listed=[_list(packed), *lists(keyset())[1:]]).bundle
    twice = gzip.compress(bytes(16_384)) * 400
    yield "list-members", world(listed=[_list("u" + base64url(twice)), *lists(keyset())[1:]]).bundle


def _list(encoded: str) -> str:
    where = status.address(BASE, 1, "suspension")
    subject = {
        "id": f"{where}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "suspension",
        "encodedList": encoded,
    }
    payload = {
        "@context": [status.CONTEXT],
        "id": where,
        "type": status.TYPES,
        "issuer": keyset().issuer_id,
        "validFrom": moment_text(NOW - timedelta(days=1)),
        "validUntil": moment_text(NOW + WEEK),
        "credentialSubject": subject,
    }
    head = {
        "alg": "Ed25519",
        "iss": keyset().issuer_id,
        "kid": f"{keyset().issuer_id}#status-1",
        "typ": "vc+jwt",
    }
    signed = f"{base64url(canonical_bytes(head))}.{base64url(canonical_bytes(payload))}"
    return f"{signed}.{base64url(sign('status', signed.encode()))}"


def _proofs() -> Iterator[tuple[str, bytes]]:
    read = proof.read(label().proof)
    hashes = "\n".join(["A" * 43 + "="] * 64)
    body = f"{proof.HEADER}\nindex 0\n{hashes}\n\n"
    yield "proof-of-64", label().packed(proof=body + read.checkpoint)
    yield "proof-of-lines", label().packed(proof=f"{proof.HEADER}\nindex 0\n" + "\n" * 24_000)
    own = checkpoint.key_hash(keyset().log_name, keyset().active("log", ISSUED).public)
    line = checkpoint.signature_line(keyset().log_name, own + bytes(64))
    many = line * (15_000 // len(line))
    yield "checkpoint-of-lines", label().packed(proof=label().proof + many)
    seen = checkpoint.signature_line(WITNESS, bytes(4) + bytes(72)) * 100
    yield "checkpoint-of-witnesses", label().packed(proof=label().proof + seen)


def _statements() -> Iterator[tuple[str, bytes]]:
    """Statements as long as a credential may be, by the issuer's own key."""
    link = statement()["chain"][0]
    stage = {"stage": "raw-materials", "value": "0.01"}
    for name, path, entry, count in (
        ("chain-long", ("chain",), link, 400),
        ("stages-many", ("footprint", "stages"), stage, 300),
        ("electricity-long", ("electricity",), {"source": "grid", "kWh": "1", "value": "1"}, 1_000),
    ):
        compact = forge(changed(path, [entry] * count), keyset())
        assert limits.CREDENTIAL_BYTES / 3 < len(compact) < limits.CREDENTIAL_BYTES, (name, len(compact))
        yield name, label_of(compact).bundle
    digits = changed(("footprint", "total"), "9" * 300 + ".5")
    yield "digits-in-a-quantity", label_of(forge(digits, keyset())).bundle
    assert genuine()
