"""``tanbiao keys``: from the first keys to the day one is compromised, without a store and without losing any."""

from __future__ import annotations

import json
import re
import shlex
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from certificates.keys import pkcs8, pkcs11, sm2, trust, vkey
from certificates.keys.keyset import KeySet
from service import clock, installation
from service.cli import group
from service.cli import keys as commands

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ISSUER = "did:web:labels.example.org"
MAKE = ("generate", "--issuer", ISSUER, "--zh", "演示机构", "--en", "Demo")


class Office:
    """An installation's key folder, its clock, and the commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = BEGIN

    def run(self, *arguments: str, code: int = 0, input: str | None = None) -> str:
        result = CliRunner().invoke(group, ["keys", *arguments], input=input)
        assert result.exit_code == code, result.output
        return result.output.strip()

    def printed(self, *arguments: str):
        return json.loads(CliRunner().invoke(group, ["keys", *arguments]).stdout)

    def states(self) -> dict[str, str]:
        rows = self.printed("list", "--json")
        return {row["kid"].partition("#")[2]: row["state"] for row in rows}

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def office(tmp_path, monkeypatch):
    found = Office(tmp_path / "keys")
    monkeypatch.setattr(clock, "now", lambda: found.now)
    monkeypatch.setattr(pkcs8, "ROUNDS", 2)
    monkeypatch.setenv("TANBIAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TANBIAO_KEYS", str(found.folder))
    monkeypatch.setenv("TANBIAO_KEY_PASSPHRASE", "two halves of a passphrase")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return found


def test_years_of_an_issuer(office):
    """
    2026-01-01  ceremony: four keys, encrypted, fingerprints read aloud
    2027-01-01  the label key is rotated
    2027-06-01  label-2 is found stolen on 05-20: label-3 follows by itself
    2028-01-01  the status key is retired: nothing signs for status until it is rotated
    """
    made = office.run(*MAKE)
    aloud = [line for line in made.splitlines() if "#" in line]
    assert len(aloud) == 4
    assert len(aloud[0].split("  ")[1].split()) == 16
    assert (office.folder / "keyset.json").read_text().count("ENCRYPTED") == 8
    office.now += timedelta(days=365)
    assert office.run("rotate", "label", "--years", "3").endswith("label-2")
    assert office.states() == {
        "label-1": "retired",
        "label-2": "signs",
        "status-1": "signs",
        "log-1": "signs",
        "document-1": "signs",
    }
    office.now += timedelta(days=151)
    said = office.run("compromise", "label-2", "--since", "2027-05-20T00:00:00Z")
    assert said.splitlines()[-1].endswith("#label-3")
    assert "tanbiao keys trust" in said
    assert office.states()["label-2"] == "compromised"
    listed = trust.read(office.printed("trust")).issuer(ISSUER)
    assert [key.compromised_since for key in listed.of_use("label")] == [
        None,
        datetime(2027, 5, 20, tzinfo=UTC),
        None,
    ]
    office.now += timedelta(days=200)
    assert "tanbiao keys rotate status" in office.run("retire", "status-1")
    assert office.states()["status-1"] == "retired"
    assert office.run("rotate", "status").endswith("status-2")
    assert len(office.files()) == 5
    for name in office.files():
        assert stat.S_IMODE((office.folder / name).stat().st_mode) == 0o600
    found = KeySet.load(office.folder, "two halves of a passphrase")
    assert set(found.private) == {key.kid for key in found.keys}
    assert office.printed("did") == found.did_document()


def test_a_key_is_marked_whatever_library_is_missing(office, monkeypatch):
    from certificates.keys import sm2

    if not sm2.available():
        pytest.skip("the library for SM2 is not installed")
    office.run(*MAKE)
    office.run("rotate", "sm2")
    office.now += timedelta(days=1)
    monkeypatch.setattr(sm2, "available", lambda: False)
    said = office.run("compromise", "sm2-1", "--since", "2026-01-01T00:00:00Z")
    assert "tanbiao keys rotate sm2" in said and office.states()["sm2-1"] == "compromised"


def test_the_status_lists_are_to_be_signed_anew(office):
    office.run(*MAKE)
    office.now += timedelta(days=1)
    assert "tanbiao status publish" in office.run("compromise", "status-1", "--since", "2026-01-01T00:00:00Z")
    assert office.states()["status-2"] == "signs"


def test_keys_are_made_encrypted_and_once(office, monkeypatch):
    monkeypatch.delenv("TANBIAO_KEY_PASSPHRASE")
    assert "--in-clear" in office.run(*MAKE, code=1)
    assert not office.folder.exists()
    office.run(*MAKE, "--in-clear", "--algorithm", "ES256")
    assert {row["algorithm"] for row in office.printed("list", "--json")} == {"ES256", "Ed25519"}
    before = (office.folder / "keyset.json").read_bytes()
    assert "already" in office.run(*MAKE, "--in-clear", code=1)
    assert (office.folder / "keyset.json").read_bytes() == before


def test_another_passphrase(office, monkeypatch):
    office.run(*MAKE)
    office.run("passphrase", input="new words\nnew words\n")
    assert "[keys-unavailable]" in office.run("list", code=1)
    monkeypatch.setenv("TANBIAO_KEY_PASSPHRASE", "new words")
    assert office.states()["label-1"] == "signs"
    assert len(office.files()) == 2


def test_an_accreditation_and_back(office):
    office.run(*MAKE)
    assert office.printed("accreditation") is None
    stated = ("--body", "CNAS", "--number", "CNAS V1", "--zh", "足迹", "--en", "Footprints")
    dates = ("--from", "2026-01-01T00:00:00Z", "--until", "2029-01-01T00:00:00Z")
    office.run("accreditation", *stated, *dates)
    assert office.printed("trust")["issuers"][0]["accreditation"]["number"] == "CNAS V1"
    assert office.printed("accreditation")["scope"] == {"zh": "足迹", "en": "Footprints"}
    assert "scope in zh and en" in office.run("accreditation", "--body", "CNAS", code=1)
    office.run("accreditation", "--clear")
    assert office.printed("accreditation") is None


def test_fingerprints_are_the_same_on_both_sides(office, tmp_path):
    made = office.run(*MAKE)
    (tmp_path / "trust.json").write_text(json.dumps(office.printed("trust"), indent=3), encoding="utf-8")
    here = office.run("fingerprint").splitlines()
    there = office.run("fingerprint", str(tmp_path / "trust.json")).splitlines()
    assert here == there[:4] == made.splitlines()[-4:]
    assert there[4].startswith("trust  ")
    (tmp_path / "other.json").write_text("{}")
    assert "Error" in office.run("fingerprint", str(tmp_path / "other.json"), code=1)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("rotate", "log", "--algorithm", "ES256"), "not of the kind"),
        (("rotate", "label", "--uri", "pkcs11:token=a;object=b?pin-value=1"), "PIN does not belong"),
        (("rotate", "label", "--uri", "pkcs11:token=a;object=b"), "TANBIAO_PKCS11_MODULE"),
        (("retire", "label-9"), "no key label-9"),
        (("compromise", "label-1", "--since", "yesterday"), "A moment is UTC"),
        (("compromise", "label-1", "--since", "2036-01-01T00:00:00Z"), "since the past"),
        (("compromise", "label-9", "--since", "2026-01-01T00:00:00Z"), "no key label-9"),
    ],
)
def test_refusals_change_nothing(office, arguments, says):
    office.run(*MAKE)
    office.now += timedelta(days=1)
    before = (office.folder / "keyset.json").read_bytes()
    assert says in office.run(*arguments, code=1)
    assert (office.folder / "keyset.json").read_bytes() == before
    assert office.files() == ["keyset.json"]


def test_refusals_in_chinese(office, monkeypatch):
    office.run(*MAKE)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    for arguments in (("retire", "label-9"), ("compromise", "label-1", "--since", "2036-01-01T00:00:00Z")):
        assert "密钥" in office.run(*arguments, code=1)


def test_before_there_are_keys(office):
    for arguments in (("list",), ("rotate", "label"), ("trust",), ("did",), ("fingerprint",)):
        assert "[keys-unavailable]" in office.run(*arguments, code=1)


def test_every_use_and_algorithm_may_be_said():
    assert commands.USES == trust.USES
    assert set(commands.ALGORITHMS) == {name for names in trust.ALGORITHMS.values() for name in names}


# ---------- the guide ----------

ROOT = Path(__file__).parents[2]


def shown(language: str) -> list[str]:
    """The commands in the code blocks of the guide, in their order."""
    text = (ROOT / "docs" / "guide" / language / "keys.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("tanbiao keys ") for line in "".join(blocks).splitlines() if "tanbiao" in line]


def test_the_guide_shows_the_same_in_both_languages():
    assert len(shown("en")) > 15

    def plain(line: str) -> str:
        return re.sub(r'--(zh|en) (\S+|"[^"]*")', "", line)

    assert [plain(line) for line in shown("en")] == [plain(line) for line in shown("zh")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guide_runs_from_the_first_command_to_the_last(office, tmp_path, monkeypatch, language):
    """Keys in tokens are made elsewhere (tests/certificates/test_pkcs11.py): there the URI is read."""
    monkeypatch.chdir(tmp_path)
    for line in shown(language):
        office.now += timedelta(days=1)
        words, target = shlex.split(line.partition(" > ")[0]), line.partition(" > ")[2]
        if "--uri" in words:
            pkcs11.parse(words[words.index("--uri") + 1])
            continue
        if "sm2" in words and not sm2.available():
            continue
        answer = CliRunner().invoke(group, ["keys", *words], input="new words\nnew words\n")
        assert answer.exit_code == 0, f"{line}: {answer.output}"
        if target:
            Path(target).write_text(answer.stdout, encoding="utf-8")
        if words[0] == "passphrase":
            monkeypatch.setenv("TANBIAO_KEY_PASSPHRASE", "new words")
    assert office.states()["label-2"] == "compromised"
    assert office.states()["label-3"] == "signs"
    stolen = trust.read(json.loads(Path("trust-3.json").read_text(encoding="utf-8"))).issuer(ISSUER)
    assert stolen is not None
    assert stolen.accreditation is not None
    assert [key.compromised_since is None for key in stolen.of_use("label")] == [True, False, True]


# ---------- the running service ----------


def test_a_running_service_signs_with_the_new_key_at_once(office, monkeypatch):
    office.run(*MAKE)
    stored = installation.StoredKeys(office.folder, "two halves of a passphrase")
    first = stored.keyset()
    assert stored.keyset() is first
    office.now += timedelta(days=1)
    office.run("compromise", "label-1", "--since", "2026-01-01T12:00:00Z")
    assert stored.keyset().active("label", office.now).kid.endswith("label-2")
    assert stored.trust()["issuers"][0]["keys"][0]["compromisedSince"] == "2026-01-01T12:00:00Z"


def test_what_is_wrong_with_the_file_is_told_until_it_is_another_one(office):
    from service.usecases.refusals import KeysUnavailable

    stored = installation.StoredKeys(office.folder, "two halves of a passphrase")
    with pytest.raises(KeysUnavailable, match="No keyset"):
        stored.keyset()
    office.run(*MAKE)
    assert stored.keyset()
    wrong = installation.StoredKeys(office.folder, "another")
    for _ in range(2):
        with pytest.raises(KeysUnavailable, match="passphrase"):
            wrong.keyset()
    (office.folder / "keyset.json").write_bytes(b"{")
    with pytest.raises(KeysUnavailable, match="JSON"):
        stored.keyset()


def test_a_file_that_could_not_be_read_just_now_is_tried_again(office, monkeypatch):
    """The file did not change: nothing but trying again would find out."""
    from service.usecases.refusals import KeysUnavailable

    office.run(*MAKE)
    stored = installation.StoredKeys(office.folder, "two halves of a passphrase")
    with monkeypatch.context() as patched:

        def full(*_: object) -> object:
            raise OSError(24, "Too many open files")

        patched.setattr("certificates.keys.keyfile.Path.open", full)
        with pytest.raises(KeysUnavailable, match="Too many open files") as refusal:
            stored.keyset()
    assert ".." not in str(refusal.value)
    assert stored.keyset()


def test_the_trust_file_names_the_configured_witnesses(office):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from service.usecases.refusals import KeysUnavailable

    office.run(*MAKE)
    public = Ed25519PrivateKey.generate().public_key()
    named = vkey.VerifierKey("witness.example.gov/w1", public, vkey.WITNESS).text
    passphrase = "two halves of a passphrase"
    around = installation.KeySurroundings(witnesses=(named,), quorum=1)
    found = trust.read(installation.StoredKeys(office.folder, passphrase, around).trust())
    assert [one.vkey for one in found.witnesses] == [named]
    assert (found.quorum, found.witnesses[0].public) == (1, public)
    wrong = installation.KeySurroundings(witnesses=("witness+00000000+AAAA",))
    with pytest.raises(KeysUnavailable, match="witness"):
        installation.StoredKeys(office.folder, passphrase, wrong).trust()
