"""Keys and moments as the world writes them: base58btc, Multikey, did:key, DID documents, xsd:dateTimeStamp."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from labelmaking import ISSUED, keyset

from certificates.encoding import NotEncoded, base58btc, digest_multibase, from_base58btc
from certificates.keys.trust import Sm2PublicKey, public_jwk
from certificates.vc import methods, moments, multikey, resolver

ED = Ed25519PrivateKey.from_private_bytes(b"\7" * 32).public_key()
P256 = ec.derive_private_key(7, ec.SECP256R1()).public_key()


@given(st.binary(max_size=60))
def test_base58btc_round_trip(data):
    assert from_base58btc(base58btc(data)) == data


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", ""), (b"\0\0", "11"), (b"Hello World!", "2NEpo7TZRRrLZSi2U"), (b"\0\0(\x7f\xb4\xcd", "11233QC4")],
)
def test_base58_as_its_draft_has_it(data, text):
    """draft-msporny-base58, 5: test vectors."""
    assert base58btc(data) == text and from_base58btc(text) == data


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "a b", "é", "1" * 129])
def test_no_base58(text):
    with pytest.raises(NotEncoded):
        from_base58btc(text)


def test_a_digest_as_multibase_says_what_it_is():
    assert digest_multibase(b"").startswith("zQm") and len(digest_multibase(b"")) == 47
    assert from_base58btc(digest_multibase(b"x")[1:])[:2] == b"\x12\x20"


def test_multikeys_and_did_keys():
    for public, begin in ((ED, "z6Mk"), (P256, "zDn")):
        text = multikey.encode(public)
        assert text.startswith(begin)
        assert public_jwk(multikey.decode(text)) == public_jwk(public)
        did = multikey.did_key(public)
        method = resolver()(multikey.method_of(did))
        assert method is not None and method.controller == did
        assert method.purposes == set(methods.RELATIONSHIPS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "z0",
        "6Mk",
        "u" + multikey.encode(ED)[1:],
        multikey.encode(ED)[:-1],
        "z" + base58btc(b"\xed\x01" + b"x"),
        "z" + base58btc(b"\x80\x24" + b"\2" + b"\xff" * 32),
        "z" + base58btc(b"\xec\x01" + bytes(32)),
        "z" + "2" * 2000,
    ],
)
def test_no_multikey(text):
    with pytest.raises(multikey.NotAMultikey):
        multikey.decode(text)
    assert resolver()(f"did:key:{text}#{text}") is None


def test_sm2_has_no_multikey():
    with pytest.raises(multikey.NotAMultikey):
        multikey.encode(Sm2PublicKey(bytes(64)))


def test_a_did_key_has_one_method_only():
    one, other = multikey.encode(ED), multikey.encode(P256)
    assert resolver()(f"did:key:{one}#{other}") is None and resolver()(f"did:key:{one}") is None


def test_the_keys_of_our_own_did_document():
    resolve = resolver(keyset().did_document())
    label = keyset().active("label", ISSUED)
    found = resolve(label.kid)
    assert found is not None and found.controller == keyset().issuer_id
    assert public_jwk(found.public) == public_jwk(label.public) and "assertionMethod" in found.purposes
    assert resolve("did:web:other.example.org#label-1") is None


DID = "did:web:x.example"


def document(**changes):
    method = {
        "id": f"{DID}#1",
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": multikey.encode(ED),
    }
    return {"id": DID, "verificationMethod": [method | changes], "assertionMethod": [f"{DID}#1"]}


def test_dates_of_a_method():
    found = resolver(document(expires="2027-01-01T00:00:00Z", revoked="2028-01-01T00:00:00Z"))(f"{DID}#1")
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 6, 1, tzinfo=UTC)
    assert found is not None
    assert found.counted_at(early, datetime(2027, 6, 1, tzinfo=UTC))
    assert not found.counted_at(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC))
    assert not found.counted_at(early, late)


@pytest.mark.parametrize(
    "changes",
    [
        {"controller": "did:web:other.example"},
        {"id": "did:web:other.example#1"},
        {"id": 5},
        {"publicKeyMultibase": "z6Mk"},
        {"publicKeyMultibase": 5},
        {"expires": "soon"},
        {"publicKeyMultibase": None},
    ],
)
def test_methods_that_are_left_out(changes):
    assert methods.of_document(document(**changes)) == []


def test_a_private_key_in_public_is_nobodys():
    jwk = public_jwk(ED) | {"d": "AAAA"}
    entry = {"id": f"{DID}#1", "controller": DID, "publicKeyJwk": jwk}
    assert methods.of_document({"id": DID, "verificationMethod": [entry]}) == []
    entry["publicKeyJwk"] = public_jwk(P256) | {"kid": "x", "alg": "ES256"}
    assert len(methods.of_document({"id": DID, "assertionMethod": [entry]})) == 1


@pytest.mark.parametrize("value", [None, [], {}, {"id": 5}, {"id": DID, "verificationMethod": [5, None]}])
def test_no_did_document(value):
    assert methods.of_document(value) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T08:00:00Z", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("2026-11-22T16:00:00.5+08:00", datetime(2026, 11, 22, 8, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-22T00:00:00.123456789-14:00", datetime(2026, 11, 22, 14, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_moments(text, moment):
    assert moments.read(text) == moment and moments.read(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "",
        "2026-11-22",
        "2026-11-22T08:00:00",
        "2026-11-22T08:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:01Z",
        "2026-11-22T25:00:00Z",
        "2026-11-22T08:00:60Z",
        "2026-11-22T08:00:00+14:30",
        "2026-11-22 08:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T24:00:00Z",
        "２０２６-11-22T08:00:00Z",
        "2026-11-22T08:00:00Z\n",
        "Sat 25 Feb 2023 07:16:31 PM CST",
    ],
)
def test_no_moments(value):
    with pytest.raises(moments.NotAMoment):
        moments.read(value)


def test_the_times_of_a_proof_may_lack_the_offset():
    assert moments.read("2026-11-22T08:00:00", offset=False) == datetime(2026, 11, 22, 8, tzinfo=UTC)
