"""Signing and checking, whatever the kind of key; keys as text."""

import subprocess
from shutil import which

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.keys import pkcs8
from certificates.keys.signer import FileSigner, algorithm_of, der_signature, raw_signature, verify

PRIVATE = {"Ed25519": Ed25519PrivateKey.generate(), "ES256": ec.generate_private_key(ec.SECP256R1())}
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize("algorithm", PRIVATE)
def test_what_is_signed_holds_and_nothing_else(algorithm):
    signer = FileSigner(PRIVATE[algorithm])
    made = signer.sign(b"a label")
    assert signer.algorithm == algorithm == algorithm_of(signer.public)
    assert len(made) == 64
    assert verify(signer.public, made, b"a label")
    assert not verify(signer.public, made, b"a label ")
    for other in PRIVATE:
        if other != algorithm:
            assert not verify(PRIVATE[other].public_key(), made, b"a label")


def test_es256_of_rfc_7515_appendix_a3():
    """RFC 7515, A.3: the example's public key and signature, r || s."""
    from certificates.encoding import from_base64url
    from certificates.keys.trust import key_from_jwk

    public = key_from_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        }
    )
    signed = (
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
        "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    signature = from_base64url(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    )
    assert verify(public, signature, signed.encode())
    assert not verify(public, der_signature(signature), signed.encode())
    assert raw_signature(der_signature(signature)) == signature


@pytest.mark.parametrize("algorithm", PRIVATE)
@pytest.mark.parametrize(
    "signature",
    [b"", bytes(64), bytes(63), bytes(65), b"\xff" * 64, bytes(32) + b"\x01" * 32, None, "text", 5],
)
def test_no_signature_is_false_and_never_an_error(algorithm, signature):
    assert not verify(PRIVATE[algorithm].public_key(), signature, b"x")


@pytest.mark.parametrize("data", [None, "text", 5])
def test_no_bytes_is_false_and_never_an_error(data):
    for private in PRIVATE.values():
        assert not verify(private.public_key(), FileSigner(private).sign(b"x"), data)
    assert not verify(None, bytes(64), b"x")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PRIVATE)), st.binary(max_size=40), st.integers(0, 511))
def test_one_bit_of_a_signature(algorithm, data, bit):
    signer = FileSigner(PRIVATE[algorithm])
    made = bytearray(signer.sign(data))
    assert verify(signer.public, bytes(made), data)
    made[bit // 8] ^= 1 << bit % 8
    assert not verify(signer.public, bytes(made), data)


def test_numbers_of_es256_are_below_the_order():
    signer = FileSigner(PRIVATE["ES256"])
    made = signer.sign(b"x")
    r, s = int.from_bytes(made[:32], "big"), int.from_bytes(made[32:], "big")
    assert 0 < r < ORDER
    for bad in (made[:32] + ORDER.to_bytes(32, "big"), bytes(32) + made[32:], made[:32] + bytes(32)):
        assert not verify(signer.public, bad, b"x")
    if s + ORDER < 2**256:
        assert not verify(signer.public, made[:32] + (s + ORDER).to_bytes(32, "big"), b"x")


# ---------- keys as text ----------


def numbers(private):
    return private.private_bytes_raw() if hasattr(private, "private_bytes_raw") else private.private_numbers()


@pytest.mark.parametrize("passphrase", [None, "words", "演示口令", "caf\udce9"])
@pytest.mark.parametrize("algorithm", PRIVATE)
def test_text_and_back(monkeypatch, algorithm, passphrase):
    monkeypatch.setattr(pkcs8, "ROUNDS", 2)
    private = PRIVATE[algorithm]
    text = pkcs8.Passphrase(passphrase).lock(private)
    assert pkcs8.is_encrypted(text) == (passphrase is not None)
    assert numbers(pkcs8.Passphrase(passphrase).open(text)) == numbers(private)


def test_every_key_has_its_own_vector_and_all_share_one_derivation(monkeypatch):
    monkeypatch.setattr(pkcs8, "ROUNDS", 2)
    derived = []
    real = pkcs8.hashlib.pbkdf2_hmac

    def counted(name, secret, salt, rounds):
        derived.append((salt, rounds))
        return real(name, secret, salt, rounds)

    monkeypatch.setattr(pkcs8.hashlib, "pbkdf2_hmac", counted)
    box = pkcs8.Passphrase("words")
    texts = [box.lock(PRIVATE["Ed25519"]) for _ in range(5)]
    assert len(set(texts)) == 5
    reader = pkcs8.Passphrase("words")
    assert all(numbers(reader.open(text)) == numbers(PRIVATE["Ed25519"]) for text in texts)
    assert len(derived) == 2
    assert pkcs8.Passphrase("words").lock(PRIVATE["Ed25519"]) not in texts
    assert len({salt for salt, _ in derived}) == 2


def test_the_derivation_is_slow_by_default():
    assert pkcs8.ROUNDS == 600_000


@pytest.mark.skipif(which("openssl") is None, reason="needs the command openssl")
@pytest.mark.parametrize("algorithm", PRIVATE)
def test_openssl_opens_it(tmp_path, algorithm):
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = tmp_path / "key.pem"
    path.write_text(pkcs8.Passphrase("some words").lock(PRIVATE[algorithm]))
    done = subprocess.run(
        ["openssl", "pkey", "-in", path, "-passin", "pass:some words"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert numbers(load_pem_private_key(done.stdout.encode(), None)) == numbers(PRIVATE[algorithm])
    assert numbers(load_pem_private_key(path.read_bytes(), b"some words")) == numbers(PRIVATE[algorithm])


def test_keys_of_openssl_are_opened_when_they_are_of_our_kind(monkeypatch):
    """PBES2 as cryptography writes it: the same scheme with fewer rounds."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    text = PRIVATE["ES256"].private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"words")
    )
    assert numbers(pkcs8.Passphrase("words").open(text.decode())) == numbers(PRIVATE["ES256"])


@pytest.mark.parametrize("passphrase", [None, "other"])
def test_a_wrong_passphrase(monkeypatch, passphrase):
    monkeypatch.setattr(pkcs8, "ROUNDS", 2)
    text = pkcs8.Passphrase("words").lock(PRIVATE["ES256"])
    with pytest.raises(pkcs8.WrongPassphrase):
        pkcs8.Passphrase(passphrase).open(text)


def test_an_empty_passphrase():
    with pytest.raises(ValueError, match="empty"):
        pkcs8.Passphrase("")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    ],
)
def test_no_private_key(text):
    with pytest.raises(pkcs8.NotAPrivateKey):
        pkcs8.Passphrase("words").open(text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_encrypted_key_never_opens_as_another(place, value):
    import base64

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pkcs8, "ROUNDS", 2)
        patch.setattr(pkcs8, "_MOST_ROUNDS", 1000)
        lines = pkcs8.Passphrase("words").lock(PRIVATE["Ed25519"]).splitlines()
        data = bytearray(base64.b64decode("".join(lines[1:-1])))
        data[place % len(data)] = value
        changed = base64.b64encode(bytes(data)).decode()
        try:
            found = pkcs8.Passphrase("words").open(f"{lines[0]}\n{changed}\n{lines[-1]}\n")
        except (pkcs8.WrongPassphrase, pkcs8.NotAPrivateKey):
            return
    assert found.public_key() != PRIVATE["Ed25519"].public_key() or numbers(found) == numbers(
        PRIVATE["Ed25519"]
    )
