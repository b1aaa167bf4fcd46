"""A witness as an application, and as commands; the guide's commands in their order."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from certificates.keys import vkey
from certificates.keys.keyset import generate_keyset
from certificates.log import checkpoint, cosignature
from certificates.log.witness import REQUEST_BYTES
from certificates.log.witness_home import WitnessHome
from service.app import build_services, prepare_store
from service.cli import group
from service.settings import Settings
from service.usecases import translog
from service.witness import READ_RATE, SUBMIT_RATE, create_witness

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ORIGIN = "labels.demo.invalid"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def keys():
    names = {"zh": "演示机构", "en": "Demo Institution"}
    return generate_keyset(
        f"did:web:{ORIGIN}", names, START - timedelta(days=1), START + timedelta(days=9000)
    )


@pytest.fixture
def home(tmp_path, keys) -> WitnessHome:
    log_key = vkey.of_log(ORIGIN, translog.log_keys(keys)[0]).text
    return WitnessHome.create(tmp_path / "w", "w.example/1", [log_key], None, in_clear=True)


@pytest.fixture
def client(home):
    return create_witness(home, now=lambda: START).test_client()


def signed(keys, size: int = 1) -> str:
    return checkpoint.sign(ORIGIN, size, bytes(32), keys.signer("log", START))


def add(client, text: str, old: int = 0):
    return client.post("/add-checkpoint", data=f"old {old}\n\n{text}".encode())


# ---------- the application ----------


def test_it_signs_and_shows_what_it_signed(client, home, keys):
    answer = add(client, signed(keys))
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    text = signed(keys) + answer.get_data(as_text=True)
    assert cosignature.seen_at(text, home.key.name, home.key.public) == START
    assert client.get(f"/checkpoint/{ORIGIN}").get_data(as_text=True) == text
    (log,) = client.get("/checkpoint.json").get_json()["logs"]
    assert (log["size"], log["signedAt"], log["checkpoint"]) == (1, "2026-11-22T08:00:00Z", text)
    for language, word in (("zh", "日志见证方"), ("en", "Witness of transparency logs")):
        page = client.get(f"/?lang={language}").get_data(as_text=True)
        assert word in page and home.key.text in page and text.split("\n")[2] in page


def test_before_the_first_signature_it_says_so(client):
    assert "Nothing was signed of this log yet" in client.get("/?lang=en").get_data(as_text=True)
    assert client.get("/checkpoint.json").get_json()["logs"][0]["size"] == 0
    assert client.get(f"/checkpoint/{ORIGIN}").status_code == 404
    assert client.get("/checkpoint/other.example").status_code == 404


def test_refusals_have_the_status_and_the_type_of_the_specification(client, keys):
    add(client, signed(keys))
    conflict = add(client, signed(keys))
    assert (conflict.status_code, conflict.content_type, conflict.data) == (409, "text/x.tlog.size", b"1\n")
    assert add(client, signed(keys, 2), 1).status_code == 422
    assert add(client, "x").status_code == 400
    assert client.post("/add-checkpoint", data=b"x" * (REQUEST_BYTES + 1)).status_code == 413
    assert client.get("/add-checkpoint").status_code == 405
    assert "refused and kept as evidence: 1" in client.get("/?lang=en").get_data(as_text=True)


def test_its_answers_are_guarded(client):
    for path in ("/", "/checkpoint.json", "/style.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff" and "Set-Cookie" not in headers
    page = client.get("/").get_data(as_text=True)
    assert "<script" not in page and "style=" not in page


def test_requests_are_limited(client):
    allowed = int(SUBMIT_RATE.split()[0])
    codes = [add(client, "x").status_code for _ in range(allowed + 1)]
    assert codes == [400] * allowed + [429]
    assert int(READ_RATE.split()[0]) > allowed and client.get("/").status_code == 200


def test_a_damaged_folder_signs_nothing(client, home, tmp_path, keys, caplog):
    (tmp_path / "w" / "state.json").write_text("{}")
    answer = add(client, signed(keys))
    assert answer.status_code == 500 and str(tmp_path) not in answer.get_data(as_text=True)
    assert client.get("/").status_code == 500
    assert "signs nothing" in caplog.text


# ---------- the commands ----------


@pytest.fixture
def installation(tmp_path, keys, monkeypatch) -> Path:
    """An institution with a log of two entries, as the commands find it by the environment."""
    settings = Settings(home=tmp_path / "home")
    prepare_store(settings)
    keys.save(settings.keys)
    services = build_services(settings)
    with services.uow(write=True) as unit:
        for number in range(2):
            translog.append(
                unit, b"%d" % number, f"status:1/revocation/{number}", services.keys.keyset(), START
            )
        unit.commit()
    services.uow.close()
    monkeypatch.setenv("TANBIAO_HOME", str(settings.home))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return tmp_path


def run(command: str, code: int = 0, **more) -> str:
    result = CliRunner().invoke(group, shlex.split(command), **more)
    assert result.exit_code == code, f"{command}: {result.output}"
    return result.output


def guide_commands(language: str) -> list[str]:
    text = (ROOT / "docs" / "guide" / language / "witness.md").read_text(encoding="utf-8")
    found = re.findall(r"(?:^|`|[A-Z_]+=\S+ )tanbiao ((?:log|witness) [^`\n]+)", text, re.MULTILINE)
    return list(dict.fromkeys(found))


def test_the_guide_says_the_same_in_both_languages():
    assert guide_commands("en") == guide_commands("zh")
    assert {one.split()[1] for one in guide_commands("en")} == {
        "vkey",
        "init",
        "serve",
        "show",
        "cosign",
        "compare",
    }


def test_the_commands_of_the_guide(installation, keys, monkeypatch):
    folder = installation / "witness"
    monkeypatch.setenv("TANBIAO_KEY_PASSPHRASE", "kept in the safe")
    for command in guide_commands("en"):
        done = command.replace("/srv/witness", str(folder)).replace("$LOG_VKEY", vkey_of(keys))
        if done.startswith("witness serve"):
            done = "witness serve --help"
        if done.startswith("log compare"):
            (installation / "checkpoint.txt").write_text(run("log show --json") and newest())
            done = f"log compare {installation / 'checkpoint.txt'}"
        run(done)


def vkey_of(keys) -> str:
    return vkey.of_log(ORIGIN, translog.log_keys(keys)[0]).text


def newest() -> str:
    return str(json.loads(run("log show --json"))["checkpoint"])


def test_a_log_is_shown_and_proved(installation, keys):
    assert run("log vkey").strip() == vkey_of(keys)
    assert run("log show").startswith(f"{ORIGIN}\n2\n")
    assert "No label TB-2026-0000001-L" in run("log proof TB-2026-0000001-L", 1)


@pytest.mark.parametrize(
    ("size", "says", "code"), [(2, "same", 0), (1, "another root", 1), (3, "put back", 1)]
)
def test_a_log_is_compared_with_what_somebody_else_kept(installation, keys, size, says, code):
    text = newest() if size == 2 else signed(keys, size)
    assert says in run("log compare -", code, input=text)


def test_what_is_no_checkpoint_of_this_log_is_said(installation, keys):
    assert "not a checkpoint of this log" in run("log compare -", 1, input="text")
    assert "no key of this log" in run("log compare -", 1, input=newest().replace("\n2\n", "\n3\n"))


def test_without_witnesses_nobody_is_asked(installation):
    assert run("log cosign --json").strip() == "[]"


def test_a_witness_is_made_once_and_shown(installation, keys):
    folder = installation / "w"
    made = run(f"witness init {folder} --name w.example/1 --log {vkey_of(keys)} --in-clear").strip()
    assert vkey.read(made, vkey.WITNESS).name == "w.example/1"
    assert run(f"witness show {folder}").startswith(made)
    assert json.loads(run(f"witness show {folder} --json"))["logs"][0]["size"] == 0
    assert "never overwritten" in run(f"witness init {folder} --name w --log {vkey_of(keys)} --in-clear", 1)
    assert "passphrase" in run(f"witness init {folder}2 --name w --log {vkey_of(keys)}", 1)
    assert "verifier keys" in run(f"witness init {folder}2 --name w --log x --in-clear", 1)
    (folder / "state.json").unlink()
    assert "Never put an older state back" in run(f"witness show {folder}", 1)
