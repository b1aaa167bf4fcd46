"""Status lists of ours: the states as bits, what is written, what is read, and what is refused, each for its reason."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import status
from certificates.canonical import canonical_bytes
from certificates.encoding import base64url, from_base64url
from certificates.keys.signer import FileSigner
from certificates.keys.trust import TrustedIssuer, TrustedKey

BASE = "https://labels.example.org"
ISSUER = "did:web:labels.example.org"
START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@dataclass
class Keys:
    """An issuer with one key, of the use that a test wants."""

    key: TrustedKey
    private: FileSigner
    issuer_id: str = ISSUER

    def active(self, use: str, at: datetime) -> TrustedKey:
        assert use == "status" and self.key.valid_at(at)
        return self.key

    def signer(self, use: str, at: datetime) -> FileSigner:
        return self.private

    def issuer(self, **changes: object) -> TrustedIssuer:
        return TrustedIssuer(self.issuer_id, (("en", "x"), ("zh", "x")), (replace(self.key, **changes),))


def keys(algorithm: str = "Ed25519", number: int = 1) -> Keys:
    private = (
        Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        if algorithm == "Ed25519"
        else ec.derive_private_key(number, ec.SECP256R1())
    )
    signer = FileSigner(private)
    key = TrustedKey(
        f"{ISSUER}#status-1",
        "status",
        signer.public,
        START - timedelta(days=1),
        START + timedelta(days=3650),
    )
    return Keys(key, signer)


def issue(by: Keys, set_: tuple[int, ...] = (), **changes: object) -> str:
    given = {
        "base": BASE,
        "list_": 1,
        "purpose": "suspension",
        "bits": status.set_bits(set_),
        "valid_from": START,
        "valid_until": START + WEEK,
    } | changes
    where = status.address(given.pop("base"), given.pop("list_"), given.pop("purpose"))
    return status.issue(by, where, given.pop("bits"), **given)


@pytest.mark.parametrize(
    ("state", "suspension", "revocation", "refresh"),
    [
        ("active", False, False, False),
        ("suspended", True, False, False),
        ("revoked", True, True, False),
        ("superseded", True, False, True),
        (None, False, True, False),
        (None, False, False, True),
        (None, False, True, True),
        (None, True, True, True),
    ],
)
def test_three_bits_are_one_state_or_a_contradiction(state, suspension, revocation, refresh):
    flags = {"suspension": suspension, "revocation": revocation, "refresh": refresh}
    assert status.state_of(flags) == state
    if state:
        assert status.purposes_of(state) == {name for name, flag in flags.items() if flag}


def test_whoever_knows_little_says_little():
    assert status.state_of({"suspension": True}) == "suspended"
    assert status.state_of({"suspension": False}) == "active"
    assert status.state_of({}) is None
    assert status.state_of({"revocation": False, "refresh": False}) is None
    assert status.state_of({"suspension": False, "message": False}) is None


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_a_list_is_read_as_it_was_issued(algorithm):
    by = keys(algorithm)
    compact = issue(by, (0, 77, 131_071), list_=3, purpose="revocation")
    found = status.read(compact, by.issuer())
    assert (found.address, found.list_, found.purpose) == (f"{BASE}/status/3/revocation", 3, "revocation")
    assert [index for index in (0, 1, 76, 77, 78, 131_071) if found.flag(index)] == [0, 77, 131_071]
    assert (found.valid_from, found.valid_until, found.issuer_id) == (START, START + WEEK, ISSUER)
    assert found.leaf_bytes == from_base64url(compact.split(".")[1])
    with pytest.raises(status.NotAStatusList):
        found.flag(131_072)


def test_the_payload_is_that_of_the_standard():
    header, payload, _ = issue(keys()).split(".")
    assert json.loads(from_base64url(header)) == {
        "alg": "Ed25519",
        "iss": ISSUER,
        "kid": f"{ISSUER}#status-1",
        "typ": "vc+jwt",
    }
    assert json.loads(from_base64url(payload)) == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": f"{BASE}/status/1/suspension",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER,
        "validFrom": "2026-11-22T08:00:00Z",
        "validUntil": "2026-11-29T08:00:00Z",
        "credentialSubject": {
            "id": f"{BASE}/status/1/suspension#list",
            "type": "BitstringStatusList",
            "statusPurpose": "suspension",
            "encodedList": "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA",
        },
    }


def test_a_list_counts_in_its_window_and_never_from_the_day_its_key_was_lost():
    by = keys()
    compact = issue(by)
    found = status.read(compact, by.issuer())
    second = timedelta(seconds=1)
    moments = (START - second, START, START + WEEK - second, START + WEEK)
    assert [found.counts_at(moment) for moment in moments] == [False, True, True, False]
    lost = START + timedelta(days=2)
    found = status.read(compact, by.issuer(compromised_since=lost))
    assert (found.valid_until, found.counts_at(lost - second), found.counts_at(lost)) == (lost, True, False)
    with pytest.raises(status.StatusNotSigned):
        status.read(compact, by.issuer(compromised_since=START))


def spelled(compact: str, change) -> str:
    """The payload changed and signed again by the same key: form alone is wrong."""
    by = keys()
    head, body, _ = compact.split(".")
    payload = json.loads(from_base64url(body))
    change(payload)
    signed = f"{head}.{base64url(canonical_bytes(payload))}"
    return f"{signed}.{base64url(by.private.sign(signed.encode()))}"


def headed(compact: str, **changes: str) -> str:
    """The header changed and signed again by the same key."""
    by = keys()
    head, body, _ = compact.split(".")
    header = json.loads(from_base64url(head)) | changes
    signed = f"{base64url(canonical_bytes(header))}.{body}"
    return f"{signed}.{base64url(by.private.sign(signed.encode()))}"


def subject(**changes: object):
    return lambda payload: payload["credentialSubject"].update(changes)


def outer(**changes: object):
    return lambda payload: payload.update(changes)


NOT_A_LIST = {
    "nothing": lambda c: "",
    "two parts": lambda c: c.rpartition(".")[0],
    "longer than is read": lambda c: c + "A" * 70_000,
    "payload is not base64url": lambda c: c.replace(".", ".=", 1),
    "another purpose than its address": lambda c: spelled(c, subject(statusPurpose="revocation")),
    "purpose of the standard that is not ours": lambda c: spelled(
        c,
        lambda p: (
            p.update(id=f"{BASE}/status/1/message"),
            subject(statusPurpose="message", id=f"{BASE}/status/1/message#list")(p),
        ),
    ),
    "list number 0": lambda c: spelled(
        c,
        lambda p: (
            p.update(id=f"{BASE}/status/0/suspension"),
            subject(id=f"{BASE}/status/0/suspension#list")(p),
        ),
    ),
    "ttl": lambda c: spelled(c, subject(ttl=1000)),
    "a field more": lambda c: spelled(c, outer(name="x")),
    "another context": lambda c: spelled(
        c, outer(**{"@context": ["https://www.w3.org/2018/credentials/v1"]})
    ),
    "another type": lambda c: spelled(c, outer(type=["VerifiableCredential"])),
    "no dates": lambda c: spelled(c, outer(validFrom=None)),
    "a day without time": lambda c: spelled(c, outer(validUntil="2026-11-29")),
    "ends before it starts": lambda c: spelled(c, outer(validUntil="2026-11-22T08:00:00Z")),
    "too few entries": lambda c: spelled(c, subject(encodedList=short())),
    "more entries than ours": lambda c: spelled(c, subject(encodedList=status.encode(bytes(16_385)))),
    "a second gzip member": lambda c: spelled(c, subject(encodedList=twice())),
    "an issuer with a name": lambda c: spelled(c, outer(issuer={"id": ISSUER})),
    "header parameter more": lambda c: headed(c, jku="https://evil.example"),
    "header number": lambda c: headed(c, typ=1),
    "not canonical": lambda c: ".".join(
        [
            c.split(".")[0],
            base64url(b" " + from_base64url(c.split(".")[1])),
            c.split(".")[2],
        ]
    ),
}


def short() -> str:
    import gzip

    return "u" + base64url(gzip.compress(bytes(16_383), mtime=0))


def twice() -> str:
    packed = from_base64url(status.encode(bytes(16_384))[1:])
    return "u" + base64url(packed + packed)


@pytest.mark.parametrize("what", NOT_A_LIST)
def test_what_is_no_list_of_ours_is_refused(what):
    by = keys()
    with pytest.raises(status.NotAStatusList):
        status.read(NOT_A_LIST[what](issue(by)), by.issuer())


def signed_by_another(compact: str) -> str:
    signed = compact.rpartition(".")[0]
    return f"{signed}.{base64url(keys(number=2).private.sign(signed.encode()))}"


NOT_SIGNED = {
    "signed by another key": (signed_by_another, {}),
    "one bit of the signature": (lambda c: c[:-4] + ("AAAA" if c[-4:] != "AAAA" else "BBBB"), {}),
    "a digit changed": (
        lambda c: ".".join(
            [
                c.split(".")[0],
                base64url(from_base64url(c.split(".")[1]).replace(b"11-29", b"12-29")),
                c.split(".")[2],
            ]
        ),
        {},
    ),
    "another algorithm": (lambda c: headed(c, alg="ES256"), {}),
    "no algorithm": (lambda c: headed(c, alg="none"), {}),
    "another type of token": (lambda c: headed(c, typ="JWT"), {}),
    "unknown key": (lambda c: headed(c, kid=f"{ISSUER}#status-2"), {}),
    "header of another issuer": (lambda c: headed(c, iss="did:web:evil.example"), {}),
    "payload of another issuer": (lambda c: spelled(c, outer(issuer="did:web:evil.example")), {}),
    "a label key": (lambda c: c, {"use": "label"}),
    "a log key": (lambda c: c, {"use": "log"}),
    "a key that begins later": (lambda c: c, {"valid_from": START + timedelta(seconds=1)}),
    "a key that was retired": (lambda c: c, {"valid_until": START}),
    "a key that was compromised": (lambda c: c, {"compromised_since": START - timedelta(hours=1)}),
}


@pytest.mark.parametrize("what", NOT_SIGNED)
def test_what_no_status_key_signed_is_refused(what):
    change, of_key = NOT_SIGNED[what]
    by = keys()
    with pytest.raises(status.StatusNotSigned):
        status.read(change(issue(by)), by.issuer(**of_key))


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "message"},
        {"list_": 0},
        {"base": "labels.example.org"},
        {"bits": bytes(16_385)},
        {"bits": bytes(10)},
        {"valid_until": START},
    ],
)
def test_nothing_is_signed_that_would_not_be_read(changes):
    with pytest.raises(status.NotAStatusList):
        issue(keys(), **changes)


def test_every_purpose_has_its_address():
    by = keys()
    for list_, purpose in itertools.product((1, 12), status.PURPOSES):
        found = status.read(issue(by, list_=list_, purpose=purpose), by.issuer())
        assert found.address == status.address(BASE, list_, purpose)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 131_071), max_size=50))
def test_the_bits_that_were_set_are_read_and_no_others(indexes):
    by = keys()
    found = status.read(issue(by, tuple(indexes)), by.issuer())
    assert {
        index
        for byte, value in enumerate(found.bits)
        if value
        for index in range(byte * 8, byte * 8 + 8)
        if found.flag(index)
    } == indexes


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from("Aa0-_.=~ é"))
def test_a_changed_character_is_an_answer_and_never_another_error(place, character):
    by = keys()
    compact = issue(by, (5,))
    place %= len(compact)
    changed = compact[:place] + character + compact[place + 1 :]
    if changed == compact:
        return
    with pytest.raises((status.NotAStatusList, status.StatusNotSigned)):
        status.read(changed, by.issuer())
