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
from certificates.encoding import base64url, from_base64url
from certificates.keys import (
    FILE_NAME,
    KeySet,
    KeySetDamaged,
    KeySetExists,
    KeySetExposed,
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
        lambda data: data | {"name": 5},
        lambda data: data | {"name": {"zh": "演示"}},
        lambda data: data | {"name": {"zh": "演示", "en": ""}},
        lambda data: data | {"validUntil": data["validFrom"]},
        lambda data: data | other_curve(),
        lambda data: data | {"label": unknown_encryption()},
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


def other_curve() -> dict[str, str]:
    """A document key on P-384 with its own certificate: no reader of ours takes it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ISSUED)
        .not_valid_after(ISSUED + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"document": private.decode(), "certificate": made.public_bytes(Encoding.PEM).decode()}


def unknown_encryption() -> str:
    """PKCS #8 of a kind of key that nobody knows."""
    import base64

    body = bytes.fromhex("3010020100300506032a0304" + "0404" + "00000000")
    return f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(body).decode()}\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_keys_in_clear_that_others_may_read_are_refused(tmp_path, mode):
    path = keyset().save(tmp_path)
    path.chmod(mode)
    with pytest.raises(KeySetExposed, match="chmod 600"):
        KeySet.load(tmp_path)
    path.chmod(0o400)
    assert KeySet.load(tmp_path).trust() == keyset().trust()


def test_encrypted_keys_may_lie_where_others_read(tmp_path):
    keyset().save(tmp_path, "yes").chmod(0o644)
    assert KeySet.load(tmp_path, "yes").trust() == keyset().trust()


def test_one_key_in_clear_is_enough_to_be_exposed(tmp_path):
    path = keyset().save(tmp_path / "locked", "yes")
    clear = json.loads(keyset().save(tmp_path / "clear").read_bytes())
    path.write_bytes(canonical_bytes(json.loads(path.read_bytes()) | {"log": clear["log"]}))
    path.chmod(0o644)
    with pytest.raises(KeySetExposed):
        KeySet.load(path.parent, "yes")


@pytest.mark.parametrize("length", [0, 1, 500, -2])
def test_a_file_written_in_part_is_damaged(tmp_path, length):
    path = keyset().save(tmp_path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(KeySetDamaged):
        KeySet.load(tmp_path)


def test_a_folder_or_a_very_large_file_in_its_place_is_damaged(tmp_path):
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(KeySetDamaged, match="cannot be read"):
        KeySet.load(tmp_path)
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / FILE_NAME).write_bytes(b" " * 1_100_000 + b"{}")
    with pytest.raises(KeySetDamaged, match="JSON"):
        KeySet.load(tmp_path / "large")


def test_a_passphrase_of_another_encoding_is_a_passphrase(tmp_path):
    keyset().save(tmp_path, "caf\udce9")
    assert KeySet.load(tmp_path, "caf\udce9").trust() == keyset().trust()
    with pytest.raises(KeySetLocked):
        KeySet.load(tmp_path, "cafe")


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
        lambda data: data["issuers"][0]["keys"][1].update(jwk=data["issuers"][0]["keys"][0]["jwk"]),
        lambda data: data["issuers"][0]["keys"].append(
            data["issuers"][0]["keys"][2] | {"kid": f"{ISSUER}#document-2"}
        ),
        lambda data: data["issuers"].append(other_issuer_with(data["issuers"][0]["keys"][0]["jwk"])),
        lambda data: data["issuers"][0]["keys"][2]["jwk"].update(
            padded(data["issuers"][0]["keys"][2]["jwk"])
        ),
    ],
)
def test_trust_files_refused(edit):
    data = copy.deepcopy(keyset().trust())
    edit(data)
    with pytest.raises(trust.TrustFileInvalid):
        trust.read(data)


def other_issuer_with(jwk):
    """Another issuer that claims somebody's key as its own."""
    stranger = copy.deepcopy(keyset("did:web:labels.example.net").trust()["issuers"][0])
    stranger["keys"][0]["jwk"] = jwk
    return stranger


def padded(jwk):
    """The same point, one coordinate with a zero before it."""
    return {"x": base64url(b"\0" + from_base64url(jwk["x"]))}


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
