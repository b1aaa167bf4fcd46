"""Keys in a token: the URI that names them, and a real software token that signs."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which

import pytest

from certificates import documents
from certificates.keys import pkcs11, trust
from certificates.keys.keyset import KeySet, generate_keyset
from certificates.keys.signer import KeyUnreachable, verify

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=2000)
NOW = BEGIN + timedelta(days=100)
PIN = "48151623"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
MODULE = next((path for path in MODULES if Path(path).exists()), "")


def missing() -> str:
    if not MODULE or which("softhsm2-util") is None:
        return "needs the software token softhsm2"
    try:
        import pkcs11  # noqa: F401
    except ImportError:
        return "needs python-pkcs11 (extra pkcs11)"
    return ""


needs_token = pytest.mark.skipif(bool(missing()), reason=missing() or "there")


# ---------- the URI ----------


def test_a_uri_in_full():
    found = pkcs11.parse(
        "pkcs11:token=Zero%20Carbon;serial=ab12;object=label-2;id=%01%ff;type=private"
        "?module-path=/usr/lib/x.so&pin-source=file:/run/pin"
    )
    assert found == pkcs11.KeyUri(
        "Zero Carbon", "ab12", "label-2", b"\x01\xff", "/usr/lib/x.so", "file:/run/pin"
    )


@pytest.mark.parametrize(
    "text",
    ["pkcs11:token=a;object=b", "pkcs11:serial=a;id=%00", "pkcs11:object=b;token=标"[:-1] + "%E6%A0%87"],
)
def test_the_least_a_uri_says(text):
    assert pkcs11.parse(text).module == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pkcs11:token=a;object=b?pin-value=1234", "PIN"),
        ("pkcs11:token=a;object=b;pin-value=1234", "PIN"),
        ("pkcs11:token=a;object=b?pin-value=12 34", "PIN"),
        ("file:/key.pem", "pkcs11:"),
        ("", "pkcs11:"),
        ("PKCS11:token=a;object=b", "pkcs11:"),
        ("pkcs11:", "no token"),
        ("pkcs11:token=a", "no key"),
        ("pkcs11:object=b", "no token"),
        ("pkcs11:token=;object=b", "no token"),
        ("pkcs11:token=a;object=b;type=public", "private"),
        ("pkcs11:token=a;object=b;object=c", "object"),
        ("pkcs11:token=a;object=b;slot-id=1", "slot-id"),
        ("pkcs11:token=a;object=b;manufacturer=x", "manufacturer"),
        ("pkcs11:token=a;object=b?module-name=x", "module-name"),
        ("pkcs11:token=a;object=b?module-path=/x&module-path=/y", "module-path"),
        ("pkcs11:token=a;object=b;", "unknown"),
        ("pkcs11:token=a;object=b c", "damaged"),
        ("pkcs11:token=a;object=%zz", "damaged"),
        ("pkcs11:token=%ff;object=b", "UTF-8"),
    ],
)
def test_uris_refused(text, says):
    with pytest.raises(pkcs11.NotAKeyUri, match=says) as caught:
        pkcs11.parse(text)
    assert "1234" not in str(caught.value)


def test_the_pin_is_in_no_repr():
    assert PIN not in repr(pkcs11.Tokens(MODULE, PIN))


def test_without_python_pkcs11_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(KeyUnreachable, match="extra pkcs11"):
        pkcs11.Tokens("/x.so", PIN).signer("pkcs11:token=a;object=b", None)


# ---------- a token ----------


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """A token with an EC P-256 key ``ec``, an Ed25519 key ``ed``, a second EC key ``other``, and an RSA key."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        subprocess.run(
            [
                "softhsm2-util",
                "--init-token",
                "--free",
                "--label",
                "labels",
                "--so-pin",
                "1234",
                "--pin",
                PIN,
            ],
            check=True,
            capture_output=True,
        )
        make_keys()
        yield pkcs11.Tokens(MODULE, PIN)


def make_keys():
    import pkcs11 as library
    from pkcs11.util.ec import encode_named_curve_parameters

    with library.lib(MODULE).get_token(token_label="labels").open(rw=True, user_pin=PIN) as session:
        for name in ("ec", "other"):
            curve = {library.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            parameters = session.create_domain_parameters(library.KeyType.EC, curve, local=True)
            parameters.generate_keypair(store=True, label=name, id=name.encode())
        curve = {library.Attribute.EC_PARAMS: bytes.fromhex("06032b6570")}
        parameters = session.create_domain_parameters(library.KeyType.EC_EDWARDS, curve, local=True)
        parameters.generate_keypair(
            store=True, label="ed", mechanism=library.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
        )
        session.generate_keypair(library.KeyType.RSA, 2048, store=True, label="rsa")


EC, ED = "pkcs11:token=labels;object=ec;type=private", "pkcs11:token=labels;object=ed"


@needs_token
@pytest.mark.parametrize(
    ("uri", "algorithm"), [(EC, "ES256"), (ED, "Ed25519"), ("pkcs11:token=labels;id=ec", "ES256")]
)
def test_a_token_signs(token, uri, algorithm):
    signer = token.signer(uri, None)
    assert signer.algorithm == algorithm
    for data in (b"", b"a label", bytes(100_000)):
        made = signer.sign(data)
        assert len(made) == 64
        assert verify(signer.public, made, data)
    assert token.signer(uri, signer.public).sign(b"x")


@needs_token
def test_an_issuer_whose_keys_lie_in_a_token(token, tmp_path):
    """Label and status keys follow in the token; the file holds their names, no PIN, and no private half."""
    made = generate_keyset("did:web:labels.example.org", {"zh": "演示", "en": "Demo"}, BEGIN, END)
    made.save(tmp_path, "words")
    found = KeySet.load(tmp_path, "words", token)
    found = found.rotated("label", NOW, END, uri=f"{ED}?module-path={MODULE}")
    found = found.rotated("document", NOW, END, uri=EC)
    found.replace(tmp_path, "words", NOW)
    text = (tmp_path / "keyset.json").read_text()
    assert PIN not in text
    assert text.count("PRIVATE KEY") == 2 * 4
    again = KeySet.load(tmp_path, "words", token)
    assert again == found
    signer = again.signer("label", NOW)
    assert verify(again.active("label", NOW).public, signer.sign(b"x"), b"x")
    listed = trust.read(again.trust()).issuer("did:web:labels.example.org")
    assert listed is not None
    assert [key.algorithm for key in listed.of_use("label")] == ["Ed25519", "Ed25519"]
    certificate = again.certificate("document-2")
    certificate.verify_directly_issued_by(certificate)


@needs_token
def test_a_token_signs_a_document(token, tmp_path):
    import typst

    (tmp_path / "page.typ").write_text("a label")
    pdf = bytes(typst.compile(str(tmp_path / "page.typ"), format="pdf"))
    made = generate_keyset("did:web:labels.example.org", {"zh": "演示", "en": "Demo"}, BEGIN, END)
    object.__setattr__(made, "tokens", token)
    found = made.rotated("document", NOW, END, uri=EC)
    signed = documents.sign_pdf(pdf, found, NOW)
    from certificates.pdf.signature import open_signed

    check = open_signed(signed)
    assert check.problem == ""
    assert check.by_any([found.key("document-2").public])
    assert not check.by_any([found.key("document-1").public])


@needs_token
@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("pkcs11:token=nowhere;object=ec", "NoSuchToken"),
        ("pkcs11:token=labels;object=nothing", "NoSuchKey"),
        ("pkcs11:token=labels;serial=0;object=ec", "NoSuchToken"),
        ("pkcs11:token=labels;object=rsa", "neither"),
        ("pkcs11:token=labels;object=ec?module-path=/nowhere.so", "token does not do"),
    ],
)
def test_what_a_token_does_not_have(token, uri, says):
    with pytest.raises(KeyUnreachable, match=says):
        token.signer(uri, None)


@needs_token
def test_another_key_under_the_name_is_found_out(token):
    """Somebody made a new key of the same name: what it signs is not handed out."""
    other = token.signer("pkcs11:token=labels;object=other", None).public
    with pytest.raises(KeyUnreachable, match="another key"):
        token.signer(EC, other).sign(b"x")


@needs_token
def test_a_refused_pin_is_tried_once(token):
    wrong = pkcs11.Tokens(MODULE, "00000000")
    with pytest.raises(KeyUnreachable, match="refuses the PIN"):
        wrong.signer(EC, None)
    with pytest.raises(KeyUnreachable, match="not tried again"):
        wrong.signer(EC, None)
    assert token.signer(EC, None).sign(b"x")


@needs_token
def test_no_module_or_no_pin(token):
    for tokens in (pkcs11.Tokens("", PIN), pkcs11.Tokens(MODULE, "")):
        with pytest.raises(KeyUnreachable, match="TANBIAO_PKCS11"):
            tokens.signer(EC, None)


@needs_token
def test_the_pin_from_a_file_of_ones_own(token, tmp_path):
    path = tmp_path / "pin"
    path.write_text(PIN + "\n")
    path.chmod(0o600)
    tokens = pkcs11.Tokens(MODULE, "")
    for form in (str(path), f"file:{path}", f"file://{path}"):
        assert tokens.signer(f"{EC}?pin-source={form}", None).sign(b"x")
    path.chmod(0o640)
    with pytest.raises(KeyUnreachable, match="chmod 600"):
        tokens.signer(f"{EC}?pin-source={path}", None)
    for form, says in (("pin", "whole path"), (str(tmp_path / "none"), "cannot be read")):
        with pytest.raises(KeyUnreachable, match=says):
            tokens.signer(f"{EC}?pin-source={form}", None)


@needs_token
def test_many_threads_sign_one_after_the_other(token):
    from concurrent.futures import ThreadPoolExecutor

    signer = token.signer(EC, None)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(signer.sign, [b"%d" % number for number in range(40)]))
    assert all(verify(signer.public, one, b"%d" % number) for number, one in enumerate(made))


@needs_token
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_process_signs_too(token):
    """A web server forks after the module was opened: the child opens it anew (PKCS#11, 6.6.2)."""
    signer = token.signer(EC, None)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, signer.sign(b"x"))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        made = stream.read()
    os.waitpid(child, 0)
    assert verify(signer.public, made, b"x")
