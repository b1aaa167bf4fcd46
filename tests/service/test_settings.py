"""Settings: the environment, the table in the documentation, the secret."""

from __future__ import annotations

import re
import stat
from dataclasses import fields
from pathlib import Path

import pytest

from service.settings import PREFIX, Settings, from_environment, secret_key_of

TABLE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_documentation_lists_exactly_the_settings():
    documented = re.findall(rf"^\| `{PREFIX}_([A-Z0-9_]+)` \|", TABLE.read_text(encoding="utf-8"), re.M)
    assert documented == [item.name.upper() for item in fields(Settings)]


@pytest.mark.parametrize(
    "name", ["host", "port", "workers", "proxies", "witness_quorum", "job_lease_seconds", "import_max_bytes"]
)
def test_documented_default_is_the_default(name):
    row = re.search(rf"^\| `{PREFIX}_{name.upper()}` \| `([^`]+)`", TABLE.read_text(encoding="utf-8"), re.M)
    assert row and row[1] == str(getattr(Settings(), name))


def test_everything_hangs_on_home(tmp_path, monkeypatch):
    monkeypatch.setenv("TANBIAO_HOME", str(tmp_path / "h"))
    found = from_environment()
    assert found.releases == tmp_path / "h" / "releases"
    assert found.keys == tmp_path / "h" / "keys"
    assert found.database_url == f"sqlite:///{tmp_path / 'h' / 'tanbiao.sqlite'}"
    assert Settings(host="0.0.0.0", port=81).base_url == "http://0.0.0.0:81"
    assert not (tmp_path / "h").exists(), "reading settings makes nothing"


def test_a_passphrase_of_digits_stays_a_text(monkeypatch):
    monkeypatch.setenv("TANBIAO_KEY_PASSPHRASE", "1e5")
    assert from_environment().passphrase == "1e5"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TANBIAO_PROT", "80", "TANBIAO_PROT is not a setting"),
        ("TANBIAO_PORT", "eighty", "TANBIAO_PORT is a whole number"),
        ("TANBIAO_WORKERS", "0", "at least 1"),
        ("TANBIAO_PROXIES", "-1", "at least 0"),
        ("TANBIAO_WITNESSES", "vkey", "A witness is its verifier key"),
        ("TANBIAO_WITNESSES", "a+b+c http://witness.example", "https address"),
        ("TANBIAO_WITNESSES", "a+b+c https://user:secret@witness.example", "https address"),
        ("TANBIAO_WITNESSES", "a+b+c https://witness.example/?q=1", "https address"),
        ("TANBIAO_WITNESSES", "a+b+c https://witness.example:port", "https address"),
        ("TANBIAO_WITNESSES", "a+b+c file:///etc/passwd", "https address"),
        ("TANBIAO_WITNESSES", "a+b+c https://one.example; a+d+e https://two.example", "named twice"),
        ("TANBIAO_WITNESS_QUORUM", "1", "at most their number"),
        ("TANBIAO_WITNESS_QUORUM", "-1", "at least 0"),
        ("TANBIAO_JOB_LEASE_SECONDS", "-5", "at least 1"),
        ("TANBIAO_IMPORT_MAX_BYTES", "0", "at least 1 byte"),
        ("TANBIAO_IMPORT_MAX_BYTES", "2 GB", "TANBIAO_IMPORT_MAX_BYTES is a whole number"),
    ],
)
def test_wrong_settings_are_refused(monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=says):
        from_environment()


def test_witnesses_are_pairs_of_key_and_address():
    found = Settings(
        witnesses="a+b+c https://one.example/w/ ;\n d+e+f http://127.0.0.1:8090;", witness_quorum=2
    )
    assert found.witness_entries == (("a+b+c", "https://one.example/w"), ("d+e+f", "http://127.0.0.1:8090"))
    assert Settings().witness_entries == ()


def test_secrets_are_not_in_the_repr():
    assert "s3cret" not in repr(Settings(secret_key="s3cret", key_passphrase="s3cret", pkcs11_pin="s3cret"))


def test_secret_is_made_once_and_private(tmp_path):
    found = Settings(home=tmp_path / "new")
    secret = secret_key_of(found)
    assert len(secret) >= 48
    assert secret_key_of(found) == secret
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600
    assert secret_key_of(Settings(home=tmp_path / "new", secret_key="given")) == "given"
