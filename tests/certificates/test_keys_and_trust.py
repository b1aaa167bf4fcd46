"""Keys over time, their file, and the trust file that names them."""

import copy
import json
import stat
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.canonical import canonical_bytes
from certificates.encoding import base64url, from_base64url, moment_text
from certificates.keys import keyfile, pkcs8, trust
from certificates.keys.keyset import (
    FILE_NAME,
    KeySet,
    KeySetChanged,
    KeySetDamaged,
    KeySetExists,
    KeySetExposed,
    KeySetLocked,
    KeySetMissing,
    NoActiveKey,
    NoSuchKey,
    generate_keyset,
)
from certificates.keys.signer import verify

NAME = {"zh": "演示机构", "en": "Demo Institution"}
ISSUER = "did:web:labels.example.org"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=2000)
DAY = timedelta(days=1)
NOW = BEGIN + 100 * DAY
USES = ("label", "status", "log", "document")


@cache
def keyset(issuer: str = ISSUER) -> KeySet:
    return generate_keyset(issuer, NAME, BEGIN, END)


@pytest.fixture
def quick(monkeypatch):
    """A passphrase derived in one round instead of 600,000."""
    monkeypatch.setattr(pkcs8, "ROUNDS", 1)


# ---------- the life of keys ----------


def test_a_year_of_an_issuer():
    """
    2026-01-01  four keys
    2026-04-11  a new label key follows the first
    2026-07-20  the second label key is found stolen on 07-10; a third follows
    """
    first = keyset()
    assert [key.kid for key in first.keys] == [f"{ISSUER}#{use}-1" for use in USES]
    second = first.rotated("label", NOW, END)
    assert second.active("label", NOW - DAY).kid.endswith("#label-1")
    assert second.active("label", NOW).kid.endswith("#label-2")
    assert second.key("label-1").valid_until == NOW
    stolen = second.compromised("label-2", NOW + 90 * DAY)
    with pytest.raises(NoActiveKey, match="label"):
        stolen.signer("label", NOW + 100 * DAY)
    third = stolen.rotated("label", NOW + 100 * DAY, END)
    assert third.active("label", NOW + 100 * DAY).kid.endswith("#label-3")
    listed = trust.read(third.trust()).issuer(ISSUER)
    assert listed is not None
    assert [key.compromised_since for key in listed.of_use("label")] == [None, NOW + 90 * DAY, None]
    assert {use: third.active(use, NOW + 100 * DAY).kid[-1] for use in USES} == {
        "label": "3",
        "status": "1",
        "log": "1",
        "document": "1",
    }


@pytest.mark.parametrize("use", USES)
def test_the_key_that_signs_is_the_one_that_is_told(use):
    found = keyset().rotated(use, NOW, END)
    for moment in (NOW - DAY, NOW, NOW + DAY):
        signer, key = found.signer(use, moment), found.active(use, moment)
        assert signer.public == key.public
        assert signer.algorithm == key.algorithm
        assert verify(key.public, signer.sign(b"x"), b"x")


def test_a_compromised_key_never_signs_again_whatever_the_date():
    found = keyset().compromised("status-1", NOW)
    for moment in (BEGIN, NOW - DAY, NOW, END - DAY):
        with pytest.raises(NoActiveKey):
            found.signer("status", moment)
    assert found.compromised("status-1", NOW - DAY).key("status-1").compromised_since == NOW - DAY
    with pytest.raises(ValueError, match="earlier"):
        found.compromised("status-1", NOW + DAY)


def test_an_older_key_signs_again_when_the_newer_is_compromised_and_the_older_still_valid():
    """Rule 2 of keys: the newest that may sign. A rotation ends the older, so only a key that waits can do this."""
    waiting = keyset().rotated("label", NOW, END)
    assert waiting.compromised("label-2", NOW).active("label", NOW - DAY).kid.endswith("label-1")


def test_document_keys_have_certificates_for_their_dates():
    found = keyset().rotated("document", NOW, END)
    for number, (start, end) in {1: (BEGIN, END), 2: (NOW, END)}.items():
        made = found.certificate(f"{ISSUER}#document-{number}")
        assert made.public_key() == found.key(f"document-{number}").public
        assert (made.not_valid_before_utc, made.not_valid_after_utc) == (start, end)
        made.verify_directly_issued_by(made)
        usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
        assert usage.content_commitment
        assert not usage.key_cert_sign
    with pytest.raises(NoSuchKey):
        found.certificate("label-1")


def test_es256_for_labels():
    found = generate_keyset(ISSUER, NAME, BEGIN, END, label_algorithm="ES256")
    assert {key.use: key.algorithm for key in found.keys} == {
        "label": "ES256",
        "status": "ES256",
        "log": "Ed25519",
        "document": "ES256",
    }
    assert found.rotated("label", NOW, END).active("label", NOW).algorithm == "ES256"
    assert found.rotated("label", NOW, END, algorithm="Ed25519").active("label", NOW).algorithm == "Ed25519"


@pytest.mark.parametrize(
    "change",
    [
        lambda: keyset().rotated("log", NOW, END, algorithm="ES256"),
        lambda: keyset().rotated("document", NOW, END, algorithm="Ed25519"),
        lambda: keyset().rotated("label", NOW, END, algorithm="SM2"),
        lambda: keyset().rotated("everything", NOW, END),
        lambda: keyset().rotated("label", NOW, NOW),
        lambda: keyset().rotated("label", BEGIN, END),
        lambda: keyset().retired("label-1", BEGIN),
        lambda: keyset().retired("label-1", END),
        lambda: generate_keyset("did:key:z", NAME, BEGIN, END),
        lambda: generate_keyset(ISSUER, {"zh": "x"}, BEGIN, END),
        lambda: generate_keyset(ISSUER, {"zh": "", "en": ""}, BEGIN, END),
        lambda: generate_keyset(ISSUER, NAME, BEGIN, BEGIN),
        lambda: generate_keyset(ISSUER, NAME, BEGIN, END, label_algorithm="SM2"),
        lambda: generate_keyset(ISSUER, NAME, BEGIN.replace(tzinfo=None), END.replace(tzinfo=None)),
        lambda: keyset().rotated("label", NOW, END, uri="pkcs11:token=x;object=y?pin-value=1234"),
    ],
)
def test_changes_refused(change):
    with pytest.raises(ValueError, match=r".{20}"):
        change()


@pytest.mark.parametrize("kid", ["label-2", "", "did:web:other.example#label-1"])
def test_unknown_keys(kid):
    with pytest.raises(NoSuchKey):
        keyset().retired(kid, NOW)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(USES), st.integers(1, 1900)), max_size=6))
def test_at_every_moment_at_most_one_key_of_a_use_is_valid(rotations):
    found = keyset()
    for use, day in sorted(rotations, key=lambda one: one[1]):
        start = BEGIN + day * DAY
        if all(key.valid_from < start for key in found.keys if key.use == use):
            found = found.rotated(use, start, END)
    for use in USES:
        keys = [key for key in found.keys if key.use == use]
        assert all(former.valid_until == later.valid_from for former, later in pairwise(keys))
        assert found.active(use, END - DAY) == keys[-1]
    assert trust.read(found.trust()).issuer(ISSUER) is not None
    assert set(found.private) == {key.kid for key in found.keys}


# ---------- the file ----------


@pytest.mark.parametrize("passphrase", [None, "演示口令 1"])
def test_round_trip_and_modes(tmp_path, passphrase):
    folder = tmp_path / "keys"
    accredited = trust.Accreditation("CNAS", "V1", (("en", "Footprints"), ("zh", "足迹")), BEGIN, END)
    made = keyset().rotated("document", NOW, END).compromised("log-1", NOW).accredited(accredited)
    path = made.save(folder, passphrase)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [item.name for item in folder.iterdir()] == [FILE_NAME]
    loaded = KeySet.load(folder, passphrase)
    assert loaded == made
    assert loaded.signer("label", NOW).sign(b"x") == made.signer("label", NOW).sign(b"x")
    assert (b"BEGIN PRIVATE KEY" in path.read_bytes()) == (passphrase is None)
    assert path.read_bytes().count(b"BEGIN ENCRYPTED PRIVATE KEY") == (0 if passphrase is None else 5)


def test_never_overwritten(tmp_path):
    path = keyset().save(tmp_path / "keys")
    before = path.read_bytes()
    with pytest.raises(KeySetExists):
        generate_keyset(ISSUER, NAME, BEGIN, END).save(tmp_path / "keys")
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 1


def test_a_change_keeps_the_file_before_it(tmp_path, quick):
    path = keyset().save(tmp_path, "words")
    before = path.read_bytes()
    loaded = KeySet.load(tmp_path, "words")
    kept = loaded.rotated("label", NOW, END).replace(tmp_path, "words", NOW)
    assert kept.name == "keyset.json.20260411T000000Z"
    assert kept.read_bytes() == before
    assert [stat.S_IMODE(one.stat().st_mode) for one in (kept, path)] == [0o600, 0o600]
    again = KeySet.load(tmp_path, "words")
    assert again.active("label", NOW).kid.endswith("label-2")
    assert [key.kid[-1] for key in again.keys if key.use == "label"] == ["1", "2"]
    assert again.signer("label", NOW - DAY).sign(b"x") == keyset().signer("label", NOW).sign(b"x")
    second = again.retired("status-1", NOW).replace(tmp_path, "words", NOW)
    assert second.name == "keyset.json.20260411T000000Z.2"
    assert sorted(one.name for one in tmp_path.iterdir()) == [FILE_NAME, kept.name, second.name]


def test_a_linked_file_is_changed_where_it_lies(tmp_path):
    """Keys on an encrypted disk stay there, and whoever else links to them sees the change."""
    safe, folder = tmp_path / "safe", tmp_path / "keys"
    keyset().save(safe)
    folder.mkdir()
    (folder / FILE_NAME).symlink_to(safe / FILE_NAME)
    kept = KeySet.load(folder).rotated("label", NOW, END).replace(folder, None, NOW)
    assert (folder / FILE_NAME).is_symlink() and [one.name for one in folder.iterdir()] == [FILE_NAME]
    assert kept.parent == safe and not kept.is_symlink() and b"label-2" not in kept.read_bytes()
    assert KeySet.load(safe).active("label", NOW).kid.endswith("label-2")


def test_two_who_change_at_once_do_not_lose_keys(tmp_path):
    keyset().save(tmp_path)
    one, other = KeySet.load(tmp_path), KeySet.load(tmp_path)
    one.rotated("label", NOW, END).replace(tmp_path, None, NOW)
    after = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(KeySetChanged):
        other.rotated("status", NOW, END).replace(tmp_path, None, NOW)
    assert (tmp_path / FILE_NAME).read_bytes() == after
    with pytest.raises(KeySetChanged):
        generate_keyset(ISSUER, NAME, BEGIN, END).replace(tmp_path, None, NOW)


def test_a_change_that_breaks_off_leaves_the_old_file(tmp_path, monkeypatch):
    path = keyset().save(tmp_path)
    before = path.read_bytes()
    loaded = KeySet.load(tmp_path)

    def broken(self, target):
        raise OSError("no space")

    monkeypatch.setattr(keyfile.Path, "replace", broken)
    with pytest.raises(OSError, match="no space"):
        loaded.rotated("label", NOW, END).replace(tmp_path, None, NOW)
    assert path.read_bytes() == before
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


def test_another_passphrase(tmp_path, quick):
    keyset().save(tmp_path, "old words")
    kept = KeySet.load(tmp_path, "old words").replace(tmp_path, "new words", NOW)
    assert KeySet.load(tmp_path, "new words") == keyset()
    with pytest.raises(KeySetLocked):
        KeySet.load(tmp_path, "old words")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / FILE_NAME).write_bytes(kept.read_bytes())
    assert KeySet.load(tmp_path / "kept", "old words") == keyset()


def test_a_folder_without_keys_is_not_changed(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(KeySetMissing):
            keyset().replace(folder, None, NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [None, "", "no"])
def test_locked_without_its_passphrase(tmp_path, wrong, quick):
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


def first(**changes):
    """An edit of the first key, which is of the use label."""

    def edit(data):
        data["keys"][0].update(changes)

    return edit


DAMAGES = {
    "another type": lambda data: data.update(type="other/1"),
    "another field": lambda data: data.update(more=1),
    "no keys": lambda data: data.update(keys=[]),
    "no list": lambda data: data.update(keys={}),
    "no log key": lambda data: data["keys"].pop(2),
    "a key twice": lambda data: data["keys"].append(data["keys"][0]),
    "one key, two names": lambda data: data["keys"].append(data["keys"][0] | {"kid": f"{ISSUER}#label-2"}),
    "another use": first(use="status"),
    "unknown use": first(use="all"),
    "another issuer's": first(kid="did:web:other.example#label-1"),
    "a kid without number": first(kid=f"{ISSUER}#label"),
    "another private half": lambda data: data["keys"][0].update(private=data["keys"][1]["private"]),
    "no private half": first(private=None),
    "a number for a key": first(private=5),
    "a broken key": first(private="-----BEGIN PRIVATE KEY-----"),
    "a key of no kind": lambda data: data["keys"][0].update(private=unknown_kind()),
    "token and file": first(uri="pkcs11:token=a;object=b"),
    "a PIN in the URI": first(private=None, uri="pkcs11:token=a;object=b?pin-value=1"),
    "no URI": first(private=None, uri="file:/x"),
    "yesterday": first(validFrom="yesterday"),
    "no period": first(validFrom="2036-01-01T00:00:00Z"),
    "a certificate too many": lambda data: data["keys"][0].update(certificate=data["keys"][3]["certificate"]),
    "no certificate": lambda data: data["keys"][3].update(certificate=None),
    "another certificate": lambda data: data["keys"][3].update(
        certificate=stranger()["keys"][3]["certificate"]
    ),
    "P-384": lambda data: data["keys"][3].update(private=other_curve()),
    "another DID": lambda data: data.update(id="did:key:z6Mk"),
    "a number for a name": lambda data: data.update(name=5),
    "half a name": lambda data: data.update(name={"zh": "演示"}),
    "an empty name": lambda data: data.update(name={"zh": "演示", "en": ""}),
    "half an accreditation": lambda data: data.update(accreditation={"body": "CNAS"}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged(tmp_path, damage):
    path = keyset().save(tmp_path)
    data = json.loads(path.read_bytes())
    DAMAGES[damage](data)
    path.write_bytes(canonical_bytes(data))
    with pytest.raises(KeySetDamaged):
        KeySet.load(tmp_path)


def stranger():
    made = generate_keyset(ISSUER, NAME, BEGIN, END)
    box = pkcs8.Passphrase(None)
    return {"keys": [key.stored(made.private[key.kid], box) for key in made.keys]}


def other_curve() -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP384R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def unknown_kind() -> str:
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
    assert KeySet.load(tmp_path) == keyset()


def test_encrypted_keys_may_lie_where_others_read(tmp_path, quick):
    keyset().save(tmp_path, "yes").chmod(0o644)
    assert KeySet.load(tmp_path, "yes") == keyset()


def test_one_key_in_clear_is_enough_to_be_exposed(tmp_path, quick):
    path = keyset().save(tmp_path / "locked", "yes")
    clear = json.loads(keyset().save(tmp_path / "clear").read_bytes())
    data = json.loads(path.read_bytes())
    data["keys"][2] = clear["keys"][2]
    path.write_bytes(canonical_bytes(data))
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


def test_a_passphrase_of_another_encoding_is_a_passphrase(tmp_path, quick):
    keyset().save(tmp_path, "caf\udce9")
    assert KeySet.load(tmp_path, "caf\udce9") == keyset()
    with pytest.raises(KeySetLocked):
        KeySet.load(tmp_path, "cafe")


# ---------- what is public ----------


def test_public_documents_hold_no_private_key():
    text = json.dumps([keyset().trust(), keyset().did_document()])
    assert '"d"' not in text
    assert "PRIVATE" not in text
    assert "PRIVATE" not in repr(keyset())


def test_did_document_keeps_every_key_with_its_dates():
    found = keyset().rotated("label", NOW, END).compromised("label-1", NOW - DAY)
    document = found.did_document()
    methods = {method["id"]: method for method in document["verificationMethod"]}
    assert set(methods) == {key.kid for key in found.keys} | {
        f"{ISSUER}#{name}-multikey" for name in ("label-1", "label-2", "status-1")
    }
    old = methods[f"{ISSUER}#label-1"]
    assert (old["type"], old["expires"], old["revoked"]) == (
        "JsonWebKey",
        moment_text(NOW),
        moment_text(NOW - DAY),
    )
    assert "revoked" not in methods[f"{ISSUER}#label-2"]
    assert document["assertionMethod"] == [
        f"{ISSUER}#{name}{form}" for name in ("label-1", "status-1", "label-2") for form in ("", "-multikey")
    ]
    multikey = methods[trust.multikey_id(f"{ISSUER}#label-2")]
    assert multikey["type"] == "Multikey"
    assert multikey["publicKeyMultibase"].startswith("z6Mk")
    assert trust.kid_of(multikey["id"]) == trust.kid_of(f"{ISSUER}#label-2") == f"{ISSUER}#label-2"


def test_rfc_8037_key_thumbprint_and_signature(vectors):
    vector = vectors("rfc8037.json")
    private = Ed25519PrivateKey.from_private_bytes(from_base64url(vector["private_jwk"]["d"]))
    assert trust.public_jwk(private.public_key()) == vector["public_jwk"]
    assert canonical_bytes(vector["public_jwk"]).decode() == vector["thumbprint_input"]
    public = trust.key_from_jwk(vector["public_jwk"])
    assert isinstance(public, Ed25519PublicKey)
    assert trust.thumbprint(public) == from_base64url(vector["thumbprint"]).hex()
    assert verify(public, from_base64url(vector["signature"]), vector["signing_input"].encode())
    assert private.sign(vector["signing_input"].encode()) == from_base64url(vector["signature"])


def witness(name: str = "witness.example.gov") -> trust.Witness:
    return trust.Witness(
        (("en", "Office"), ("zh", "监管局")), name, Ed25519PrivateKey.generate().public_key()
    )


def test_trust_round_trip():
    one = witness()
    accredited = trust.Accreditation("CNAS", "V1", (("en", "Footprints"), ("zh", "足迹")), BEGIN, END)
    read = trust.read(keyset().accredited(accredited).trust([one], 1))
    assert (read.witnesses, read.quorum) == ((one,), 1)
    issuer = read.issuer(ISSUER)
    assert issuer is not None
    assert issuer.accreditation == accredited
    key = issuer.key(f"{ISSUER}#document-1", "document")
    assert key is not None
    assert key.public == keyset().key("document-1").public
    assert key.algorithm == "ES256"
    assert issuer.key(f"{ISSUER}#document-1", "label") is None
    assert not key.valid_at(key.valid_until)
    assert key.valid_at(key.valid_from)


def test_a_vkey_of_the_c2sp_form():
    """C2SP tlog-cosignature: key id = SHA-256(name || 0x0A || 0x04 || key)[:4]."""
    import hashlib

    one = witness()
    raw = one.public.public_bytes_raw()
    name, key_id, _ = one.vkey.split("+", 2)
    assert name == "witness.example.gov"
    assert key_id == hashlib.sha256(b"witness.example.gov\n\x04" + raw).hexdigest()[:8]
    assert trust.read_witness(one.vkey, dict(one.name)) == one
    assert dict(trust.read_witness(one.vkey).name) == {"zh": name, "en": name}


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
WITNESS = ("witnesses", 0)
HELD = {
    "body": "CNAS",
    "number": "V1",
    "scope": {"zh": "足迹", "en": "Footprints"},
    "validFrom": "2026-01-01T00:00:00Z",
    "validUntil": "2029-01-01T00:00:00Z",
}


@pytest.mark.parametrize(
    "edit",
    [
        at("type")("tanbiao-trust/1"),
        at("more")(1),
        lambda data: data.pop("witnesses"),
        lambda data: data.pop("policy"),
        at("issuers")([]),
        at("issuers")({}),
        at("issuers", 0, "keys")([]),
        at("issuers", 0, "id")("did:key:z"),
        at("issuers", 0, "name")({"zh": "x"}),
        at("issuers", 0, "name")({"zh": "x", "en": ""}),
        lambda data: data["issuers"][0].pop("accreditation"),
        at("issuers", 0, "accreditation")({}),
        at("issuers", 0, "accreditation")(HELD | {"body": ""}),
        at("issuers", 0, "accreditation")(HELD | {"number": 5}),
        at("issuers", 0, "accreditation")(HELD | {"scope": {"zh": "足迹"}}),
        at("issuers", 0, "accreditation")(HELD | {"validUntil": HELD["validFrom"]}),
        at("issuers", 0, "accreditation")(HELD | {"more": 1}),
        at(*KEY, "kid")("did:web:other.example.org#label-1"),
        at(*KEY, "kid")(5),
        at(*KEY, "use")("document"),
        at(*KEY, "use")("everything"),
        at(*KEY, "use")([]),
        at(*KEY, "validFrom")("2026-11-12"),
        at(*KEY, "validFrom")(None),
        at(*KEY, "validUntil")("2020-01-01T00:00:00Z"),
        at(*KEY, "compromisedSince")("yesterday"),
        at(*KEY, "compromisedSince")(False),
        lambda data: data["issuers"][0]["keys"][0].pop("compromisedSince"),
        at(*KEY, "jwk")({"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
        at(*KEY, "jwk")({"kty": "OKP", "crv": "Ed448", "x": "AA"}),
        at(*KEY, "jwk")({"kty": "oct", "k": "AA"}),
        at(*KEY, "jwk", "d")("AA"),
        at(*KEY, "jwk", "x")(5),
        at("issuers", 0, "keys", 3, "jwk", "y")("AA"),
        at("issuers", 0, "keys", 3, "jwk", "crv")("SM2"),
        at("issuers", 0, "keys", 2, "use")("document"),
        at("issuers", 0, "keys", 3, "use")("log"),
        lambda data: data["issuers"].append(copy.deepcopy(data["issuers"][0])),
        lambda data: data["issuers"][0]["keys"].append(data["issuers"][0]["keys"][0]),
        lambda data: data["issuers"][0]["keys"][1].update(jwk=data["issuers"][0]["keys"][0]["jwk"]),
        lambda data: data["issuers"][0]["keys"].append(
            data["issuers"][0]["keys"][3] | {"kid": f"{ISSUER}#document-2"}
        ),
        lambda data: data["issuers"].append(other_issuer_with(data["issuers"][0]["keys"][0]["jwk"])),
        lambda data: data["issuers"][0]["keys"][3]["jwk"].update(
            padded(data["issuers"][0]["keys"][3]["jwk"])
        ),
        at("policy")({"witnesses": 2}),
        at("policy")({"witnesses": -1}),
        at("policy")({"witnesses": True}),
        at("policy")({"witnesses": "1"}),
        at("policy")({}),
        at("witnesses")({}),
        at(*WITNESS, "name")({"zh": "局"}),
        at(*WITNESS, "vkey")("witness"),
        at(*WITNESS, "vkey")(5),
        lambda data: data["witnesses"][0].update(vkey=other_hash(data["witnesses"][0]["vkey"])),
        lambda data: data["witnesses"][0].update(vkey=log_type(data["witnesses"][0]["vkey"])),
        lambda data: data["witnesses"].append(data["witnesses"][0]),
        lambda data: data["witnesses"].append(witness().as_dict()),
        lambda data: data["witnesses"].append(
            trust.Witness((("en", "x"), ("zh", "x")), "second", keyset().key("log-1").public).as_dict()
        ),
    ],
)
def test_trust_files_refused(edit):
    data = copy.deepcopy(keyset().trust([witness()], 1))
    trust.read(data)
    edit(data)
    with pytest.raises(trust.TrustFileInvalid):
        trust.read(data)


def other_hash(vkey):
    name, _, rest = vkey.split("+", 2)
    return f"{name}+00000000+{rest}"


def log_type(vkey):
    """The same key as a log's own (0x01), its hash right for that."""
    import base64
    import hashlib

    name, _, rest = vkey.split("+", 2)
    raw = b"\x01" + base64.b64decode(rest)[1:]
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
    return f"{name}+{key_id}+{base64.b64encode(raw).decode()}"


def other_issuer_with(jwk):
    """Another issuer that claims somebody's key as its own."""
    other = copy.deepcopy(keyset("did:web:labels.example.net").trust()["issuers"][0])
    other["keys"][0]["jwk"] = jwk
    return other


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
