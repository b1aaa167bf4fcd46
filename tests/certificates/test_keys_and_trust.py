import copy
import json
import stat
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from labelmaking import ISSUED, ISSUER, keyset

from certificates import trust
from certificates.canonical import canonical_bytes
from certificates.encoding import from_base64url
from certificates.keys import (
    FILE_NAME,
    KeySet,
    KeySetDamaged,
    KeySetExists,
    KeySetLocked,
    KeySetMissing,
    generate_keyset,
)

NAME = {"zh": "演示机构", "en": "Demo Institution"}


def test_rfc_8037_key_thumbprint_and_signature(vectors):
    vector = vectors("rfc8037.json")
    private = Ed25519PrivateKey.from_private_bytes(from_base64url(vector["private_jwk"]["d"]))
    assert trust.public_jwk(private.public_key()) == vector["public_jwk"]
    assert canonical_bytes(vector["public_jwk"]).decode() == vector["thumbprint_input"]
    public = trust.key_from_jwk(vector["public_jwk"])
    assert isinstance(public, Ed25519PublicKey)
    public.verify(from_base64url(vector["signature"]), vector["signing_input"].encode())
    assert private.sign(vector["signing_input"].encode()) == from_base64url(vector["signature"])


@pytest.mark.parametrize("passphrase", [None, "演示口令 1"])
def test_round_trip_and_modes(tmp_path, passphrase):
    folder = tmp_path / "keys"
    path = keyset().save(folder, passphrase)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [item.name for item in folder.iterdir()] == [FILE_NAME]
    loaded = KeySet.load(folder, passphrase)
    assert loaded.trust() == keyset().trust()
    assert loaded.label_key.sign(b"x") == keyset().label_key.sign(b"x")
    assert (b"BEGIN PRIVATE KEY" in path.read_bytes()) == (passphrase is None)


def test_never_overwritten(tmp_path):
    path = keyset().save(tmp_path / "keys")
    before = path.read_bytes()
    with pytest.raises(KeySetExists):
        generate_keyset(ISSUER, NAME, ISSUED, ISSUED + timedelta(days=1)).save(tmp_path / "keys")
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 1


@pytest.mark.parametrize("wrong", [None, "", "no"])
def test_locked_without_its_passphrase(tmp_path, wrong):
    keyset().save(tmp_path, "yes")
    with pytest.raises(KeySetLocked):
        KeySet.load(tmp_path, wrong)


def test_an_empty_passphrase_encrypts_nothing_and_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"[Pp]ass"):
        keyset().save(tmp_path, "")
    assert list(tmp_path.iterdir()) == []


def test_missing(tmp_path):
    with pytest.raises(KeySetMissing):
        KeySet.load(tmp_path)


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data | {"type": "other/1"},
        lambda data: data | {"more": 1},
        lambda data: data | {"label": data["document"]},
        lambda data: data | {"label": 5},
        lambda data: data | {"log": "-----BEGIN PRIVATE KEY-----"},
        lambda data: data | {"validFrom": "yesterday"},
        lambda data: data | {"id": "did:key:z6Mk"},
        lambda data: data | {"certificate": generate_pem()},
    ],
)
def test_damaged(tmp_path, edit):
    path = keyset().save(tmp_path)
    path.write_bytes(canonical_bytes(edit(json.loads(path.read_bytes()))))
    with pytest.raises(KeySetDamaged):
        KeySet.load(tmp_path)


def generate_pem() -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    other = generate_keyset(ISSUER, NAME, ISSUED, ISSUED + timedelta(days=1))
    return other.certificate.public_bytes(Encoding.PEM).decode()


def test_not_json(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"{")
    with pytest.raises(KeySetDamaged):
        KeySet.load(tmp_path)


def test_public_documents_hold_no_private_key():
    text = json.dumps([keyset().trust(), keyset().did_document()])
    assert '"d"' not in text and "PRIVATE" not in text
    document = keyset().did_document()
    assert document["assertionMethod"] == [f"{ISSUER}#label-1"]
    assert {method["type"] for method in document["verificationMethod"]} == {"JsonWebKey"}


def test_trust_round_trip():
    issuer = trust.read(keyset().trust()).issuer(ISSUER)
    assert issuer is not None
    key = issuer.key(keyset().kid("document"), "document")
    assert key is not None and isinstance(key.public, ec.EllipticCurvePublicKey)
    assert key.public == keyset().document_key.public_key()
    assert issuer.key(keyset().kid("document"), "label") is None
    assert not key.valid_at(key.valid_until) and key.valid_at(key.valid_from)


def at(*path):
    def set_(value):
        def edit(data):
            place = data
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value

        return edit

    return set_


KEY = ("issuers", 0, "keys", 0)


@pytest.mark.parametrize(
    "edit",
    [
        at("type")("tanbiao-trust/2"),
        at("more")(1),
        at("issuers")([]),
        at("issuers")({}),
        at("issuers", 0, "keys")([]),
        at("issuers", 0, "id")("did:key:z"),
        at("issuers", 0, "name")({"zh": "x"}),
        at(*KEY, "kid")("did:web:other.example.org#label-1"),
        at(*KEY, "use")("document"),
        at(*KEY, "use")("everything"),
        at(*KEY, "validFrom")("2026-11-12"),
        at(*KEY, "validFrom")(None),
        at(*KEY, "validUntil")("2020-01-01T00:00:00Z"),
        at(*KEY, "jwk")({"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
        at(*KEY, "jwk")({"kty": "OKP", "crv": "Ed448", "x": "AA"}),
        at(*KEY, "jwk")({"kty": "oct", "k": "AA"}),
        at(*KEY, "jwk", "d")("AA"),
        at(*KEY, "jwk", "x")(5),
        at("issuers", 0, "keys", 2, "jwk", "y")("AA"),
        lambda data: data["issuers"].append(copy.deepcopy(data["issuers"][0])),
        lambda data: data["issuers"][0]["keys"].append(data["issuers"][0]["keys"][0]),
    ],
)
def test_trust_files_refused(edit):
    data = copy.deepcopy(keyset().trust())
    edit(data)
    with pytest.raises(trust.TrustFileInvalid):
        trust.read(data)


@pytest.mark.parametrize("data", [None, [], "x", {}, 1])
def test_no_trust_files(data):
    with pytest.raises(trust.TrustFileInvalid):
        trust.read(data)


@pytest.mark.parametrize(
    ("did", "name"),
    [
        ("did:web:labels.example.org", "labels.example.org"),
        ("did:web:localhost%3A8000", "localhost:8000"),
        ("did:web:example.org:park:labels", "example.org/park/labels"),
    ],
)
def test_log_name(did, name):
    assert trust.log_name(did) == name


@pytest.mark.parametrize(
    "did", ["", "did:web:", "did:key:z6", "did:web:a b", "did:web:a#k", "did:web:a\n", None, 5]
)
def test_not_a_did(did):
    assert not trust.is_did(did)
    with pytest.raises(ValueError, match="did:web"):
        trust.log_name(did)


def test_generate_refuses():
    for arguments in (
        ("did:key:z", NAME, ISSUED, ISSUED + timedelta(days=1)),
        (ISSUER, {"zh": "x"}, ISSUED, ISSUED + timedelta(days=1)),
        (ISSUER, {"zh": "", "en": ""}, ISSUED, ISSUED + timedelta(days=1)),
        (ISSUER, NAME, ISSUED, ISSUED),
    ):
        with pytest.raises(ValueError, match=r"issuer|keys"):
            generate_keyset(*arguments)
