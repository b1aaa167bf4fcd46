"""SM2 beside the other signatures: the adapter, and what a verifier says with and without its library."""

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from shutil import which

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.encoding import base64url
from certificates.keys import pkcs8, second, sm2, trust
from certificates.keys.keyset import KeySet, NoActiveKey, generate_keyset
from certificates.keys.signer import verify

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=2000)
NOW = BEGIN + timedelta(days=100)
ISSUER = "did:web:labels.example.org"
needs_library = pytest.mark.skipif(not sm2.available(), reason="needs the library gmssl (extra sm)")


def plain() -> KeySet:
    return generate_keyset(ISSUER, {"zh": "演示机构", "en": "Demo"}, BEGIN, END)


@cache
def keyset() -> KeySet:
    return plain().rotated("sm2", NOW, END, algorithm="SM2")


def issuer(keys: KeySet) -> trust.TrustedIssuer:
    found = trust.read(keys.trust()).issuer(ISSUER)
    assert found is not None
    return found


def test_off_by_default():
    keys = plain()
    assert second.sign(keys, b"x", NOW) is None
    assert "sm2" not in {key.use for key in keys.keys}
    with pytest.raises(NoActiveKey):
        keys.signer("sm2", NOW)


@needs_library
def test_a_second_signature_and_what_a_verifier_says():
    member = second.sign(keyset(), b"the credential", NOW)
    assert member is not None
    assert member["kid"] == f"{ISSUER}#sm2-1"
    trusted = issuer(keyset())
    assert second.verify(member, b"the credential", trusted, NOW) == "good"
    assert second.verify(member, b"another", trusted, NOW) == "bad"
    assert second.verify(member, b"the credential", trusted, END) == "bad"
    assert second.verify(member, b"the credential", trusted, BEGIN) == "bad"
    assert second.verify(member, b"the credential", issuer(plain()), NOW) == "bad"
    stolen = issuer(keyset().compromised("sm2-1", NOW))
    assert second.verify(member, b"the credential", stolen, NOW) == "bad"


@needs_library
@pytest.mark.parametrize(
    "member",
    [
        None,
        [],
        {},
        {"kid": f"{ISSUER}#sm2-1"},
        {"kid": f"{ISSUER}#sm2-1", "value": 5},
        {"kid": f"{ISSUER}#sm2-1", "value": "=="},
        {"kid": f"{ISSUER}#sm2-1", "value": ""},
        {"kid": f"{ISSUER}#sm2-1", "value": base64url(bytes(64))},
        {"kid": f"{ISSUER}#sm2-1", "value": base64url(b"\xff" * 64)},
        {"kid": f"{ISSUER}#label-1", "value": base64url(bytes(64))},
        {"kid": [], "value": base64url(bytes(64))},
        {"kid": f"{ISSUER}#sm2-1", "value": base64url(bytes(64)), "more": 1},
    ],
)
def test_other_members_are_bad(member):
    assert second.verify(member, b"x", issuer(keyset()), NOW) == "bad"


@needs_library
def test_without_the_library_a_verifier_says_so_and_an_issuer_cannot_sign(monkeypatch):
    member, trusted = second.sign(keyset(), b"x", NOW), issuer(keyset())
    monkeypatch.setattr(sm2, "available", lambda: False)
    assert second.verify(member, b"x", trusted, NOW) == "unchecked"
    assert not verify(keyset().active("sm2", NOW).public, bytes(64), b"x")
    assert second.sign(plain(), b"x", NOW) is None
    with pytest.raises(sm2.Sm2Unavailable, match="extra sm"):
        second.sign(keyset(), b"x", NOW)
    with pytest.raises(sm2.Sm2Unavailable):
        plain().rotated("sm2", NOW, END, algorithm="SM2")
    assert issuer(keyset()).of_use("sm2")


@needs_library
@pytest.mark.parametrize("passphrase", [None, "words"])
def test_the_key_is_kept_with_the_others(tmp_path, monkeypatch, passphrase):
    monkeypatch.setattr(pkcs8, "ROUNDS", 2)
    keyset().save(tmp_path, passphrase)
    loaded = KeySet.load(tmp_path, passphrase)
    assert loaded == keyset()
    member = second.sign(loaded, b"x", NOW)
    assert second.verify(member, b"x", issuer(keyset()), NOW) == "good"
    assert "sm2" not in str(loaded.did_document())


@needs_library
def test_the_example_of_the_standard():
    """GB/T 32918.5-2017, annex A.2: the key pair and the signature over "message digest" with the usual identity."""
    point = bytes.fromhex(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    signature = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )
    public = sm2.Sm2PublicKey(point)
    assert sm2.holds(public, signature, b"message digest")
    assert not sm2.holds(public, signature, b"message digest.")
    secret = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
    private = sm2._with_point(secret)
    assert private.point == point
    assert sm2.holds(public, sm2.Sm2Signer(private).sign(b"x"), b"x")


@needs_library
@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=50), st.integers(0, 511))
def test_one_bit(data, bit):
    private = keyset().private[f"{ISSUER}#sm2-1"]
    assert isinstance(private, sm2.Sm2PrivateKey)
    made = bytearray(sm2.Sm2Signer(private).sign(data))
    assert verify(private.public_key(), bytes(made), data)
    made[bit // 8] ^= 1 << bit % 8
    assert not verify(private.public_key(), bytes(made), data)


@needs_library
def test_a_public_key_that_begins_with_04_is_no_exception():
    """The library strips such digits when it is left to itself."""
    private = next(made for made in iter(sm2.generate, None) if made.point[0] >> 4 in (0, 4))
    assert sm2.holds(private.public_key(), sm2.Sm2Signer(private).sign(b"x"), b"x")


@needs_library
def test_two_signatures_over_the_same_never_share_their_nonce(monkeypatch):
    """Nor does any come from the library's own generator, which is not made for secrets."""
    import gmssl.func

    def never(length):
        raise AssertionError

    monkeypatch.setattr(gmssl.func, "random_hex", never)
    private = sm2.generate()
    made = {sm2.Sm2Signer(private).sign(b"x")[:32] for _ in range(5)}
    assert len(made) == 5


def test_points():
    generator = bytes.fromhex(sm2._GENERATOR)
    assert sm2.on_curve(generator)
    assert not sm2.on_curve(generator[:63] + b"\0")
    assert not sm2.on_curve(generator[:63])
    assert not sm2.on_curve(bytes(64))
    prime = sm2._PRIME
    moved = int.from_bytes(generator[:32], "big") + prime
    assert moved >= 2**256 or not sm2.on_curve(moved.to_bytes(32, "big") + generator[32:])


def test_keys_that_are_none():
    assert sm2.from_pkcs8(b"") is None
    assert sm2.from_pkcs8(sm2._HEAD + bytes(200)) is None
    assert sm2.from_pkcs8(sm2.to_pkcs8(sm2.Sm2PrivateKey(5, bytes(64)))) is None
    assert sm2.from_pkcs8(sm2.to_pkcs8(sm2.Sm2PrivateKey(0, bytes.fromhex(sm2._GENERATOR)))) is None


@needs_library
def test_a_private_half_of_another_key_does_not_sign():
    one, other = sm2.generate(), sm2.generate()
    with pytest.raises(sm2.Sm2Unavailable, match="does not fit"):
        sm2.Sm2Signer(sm2.Sm2PrivateKey(one.secret, other.point)).sign(b"x")


@needs_library
@pytest.mark.skipif(which("openssl") is None, reason="needs the command openssl")
def test_openssl_agrees(tmp_path):
    """OpenSSL reads the key, verifies our signature, and we verify OpenSSL's, over the usual identity."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

    private = sm2.generate()
    (tmp_path / "key.pem").write_text(pkcs8.Passphrase(None).lock(private))
    (tmp_path / "data").write_bytes(b"the credential")
    made = sm2.Sm2Signer(private).sign(b"the credential")
    halves = (int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big"))
    (tmp_path / "ours").write_bytes(encode_dss_signature(*halves))
    identity = ["-digest", "sm3", "-rawin", "-pkeyopt", "distid:1234567812345678"]
    usual = ["openssl", "pkeyutl", "-inkey", "key.pem", "-in", "data", *identity]
    done = subprocess.run(
        [*usual, "-verify", "-sigfile", "ours"], cwd=tmp_path, capture_output=True, text=True
    )
    if "sm3" in done.stderr.lower() and done.returncode:
        pytest.skip("this openssl has no SM2")
    assert done.returncode == 0, done.stdout + done.stderr
    subprocess.run([*usual, "-sign", "-out", "theirs"], cwd=tmp_path, check=True, capture_output=True)
    theirs = b"".join(
        half.to_bytes(32, "big") for half in decode_dss_signature((tmp_path / "theirs").read_bytes())
    )
    assert sm2.holds(private.public_key(), theirs, b"the credential")


def test_sm3_is_there():
    """GB/T 32905-2016, annex A.1."""
    from cryptography.hazmat.primitives import hashes

    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest.finalize().hex() == expected
    assert hashlib.sha256(b"abc").hexdigest() != expected
