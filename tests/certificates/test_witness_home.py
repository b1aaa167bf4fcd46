"""The folder of a witness: what it keeps, that it never starts again from nothing, and who may read it."""

from __future__ import annotations

import json
import stat
import threading
from datetime import timedelta

import pytest
from logmaking import LOG_KEY, NOON, ORIGIN, WITNESS, MemoryLog, log_of, signer

from certificates.encoding import base64_standard
from certificates.keys import vkey
from certificates.log import cosignature
from certificates.log.witness_home import (
    REFUSED_KEPT,
    Refusals,
    WitnessExists,
    WitnessHome,
    WitnessUnusable,
)

LOG = log_of(9)
LOG_VKEY = vkey.VerifierKey(ORIGIN, LOG_KEY.public, vkey.LOG).text


def body(old: int, size: int) -> bytes:
    hashes = LOG.consistency(old, size) if old else []
    return "\n".join([f"old {old}", *map(base64_standard, hashes), "", LOG.checkpoint(size)]).encode()


@pytest.fixture
def home(tmp_path):
    return WitnessHome.create(tmp_path / "w", WITNESS, [LOG_VKEY], None, in_clear=True)


def unshown(size: int) -> bytes:
    """A checkpoint of the log with a wrong proof from size 4."""
    return f"old 4\n{base64_standard(bytes(32))}\n\n{LOG.checkpoint(size)}".encode()


def opened(home_path):
    return WitnessHome(home_path, None)


def test_it_signs_and_remembers_over_a_restart(home, tmp_path):
    assert home.watched()[0].seen is None
    answer = home.witness().add_checkpoint(body(0, 4), NOON)
    assert cosignature.seen_at(LOG.checkpoint(4) + answer.body, WITNESS, home.key.public) == NOON
    again = opened(tmp_path / "w")
    (watched,) = again.watched()
    assert watched.origin == ORIGIN and watched.seen.stated.size == 4 and watched.seen.at == NOON
    assert again.witness().add_checkpoint(body(0, 4), NOON).body == "4\n"
    assert again.witness().add_checkpoint(body(4, 9), NOON).status == 200


def test_files_are_its_owners_alone(home, tmp_path):
    home.witness().add_checkpoint(body(0, 4), NOON)
    home.witness().add_checkpoint(body(4, 9).replace(b"old 4\n", b"old 4\n" + b"A" * 43 + b"=\n"), NOON)
    assert stat.S_IMODE((tmp_path / "w").stat().st_mode) == 0o700
    files = [path for path in (tmp_path / "w").rglob("*") if path.is_file()]
    assert len(files) == 4 and {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_key_is_encrypted_unless_asked_in_clear(tmp_path):
    with pytest.raises(WitnessUnusable, match="passphrase"):
        WitnessHome.create(tmp_path / "a", WITNESS, [LOG_VKEY], None)
    made = WitnessHome.create(tmp_path / "a", WITNESS, [LOG_VKEY], "words")
    assert "ENCRYPTED" in (tmp_path / "a" / "key.pem").read_text()
    assert WitnessHome(tmp_path / "a", "words").key == made.key
    for wrong in (None, "other"):
        with pytest.raises(WitnessUnusable, match=r"key\.pem"):
            WitnessHome(tmp_path / "a", wrong)


def test_a_witness_is_never_written_over(home, tmp_path):
    with pytest.raises(WitnessExists):
        WitnessHome.create(tmp_path / "w", WITNESS, [LOG_VKEY], None, in_clear=True)


@pytest.mark.parametrize(
    ("name", "logs"),
    [("a b", [LOG_VKEY]), ("", [LOG_VKEY]), (WITNESS, []), (WITNESS, ["x"]), (WITNESS, [LOG_VKEY + "="])],
)
def test_what_makes_no_witness(tmp_path, name, logs):
    with pytest.raises(WitnessUnusable):
        WitnessHome.create(tmp_path / "x", name, logs, None, in_clear=True)
    assert not (tmp_path / "x").exists()


def edited(path, change):
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def put_back(folder):
    """An operator who wants the witness to forget edits its state: size 4 stands for size 9."""
    edited(
        folder / "state.json",
        lambda data: data["logs"][ORIGIN].update(
            checkpoint=LOG.checkpoint(4) + "— witness.example.gov/w1 AAAAAAAA\n"
        ),
    )


@pytest.mark.parametrize(
    "damage",
    [
        put_back,
        lambda folder: (folder / "state.json").unlink(),
        lambda folder: (folder / "state.json").write_text("{}"),
        lambda folder: (folder / "state.json").write_text("not json"),
        lambda folder: (folder / "state.json").write_bytes(b"\xff"),
        lambda folder: edited(folder / "state.json", lambda data: data.update(logs=[])),
        lambda folder: edited(folder / "state.json", lambda data: data["logs"].update({ORIGIN: 1})),
        lambda folder: edited(
            folder / "state.json", lambda data: data["logs"][ORIGIN].update(at="yesterday")
        ),
        lambda folder: edited(
            folder / "state.json", lambda data: data["logs"][ORIGIN].update(at="2020-01-01T00:00:00Z")
        ),
        lambda folder: edited(
            folder / "state.json", lambda data: data["logs"][ORIGIN].update(checkpoint="x")
        ),
        lambda folder: (folder / "key.pem").unlink(),
        lambda folder: (folder / "key.pem").write_text("key"),
        lambda folder: (folder / "witness.json").write_text("[]"),
        lambda folder: edited(folder / "witness.json", lambda data: data.update(name="other.example")),
        lambda folder: edited(folder / "witness.json", lambda data: data.update(logs=[1])),
        lambda folder: edited(
            folder / "witness.json",
            lambda data: data.update(logs=[vkey.VerifierKey(ORIGIN, signer(9).public, vkey.LOG).text]),
        ),
    ],
)
def test_a_damaged_witness_is_not_started(home, tmp_path, damage):
    home.witness().add_checkpoint(body(0, 9), NOON)
    damage(tmp_path / "w")
    with pytest.raises(WitnessUnusable):
        opened(tmp_path / "w")


def test_a_state_that_goes_away_while_it_runs_stops_it(home, tmp_path):
    home.witness().add_checkpoint(body(0, 9), NOON)
    (tmp_path / "w" / "state.json").unlink()
    with pytest.raises(WitnessUnusable):
        home.witness().add_checkpoint(body(0, 9), NOON)


def test_a_log_is_added_by_hand_and_one_taken_away_is_remembered(home, tmp_path):
    home.witness().add_checkpoint(body(0, 9), NOON)
    other = vkey.VerifierKey("other.example", signer(5).public, vkey.LOG).text
    edited(tmp_path / "w" / "witness.json", lambda data: data.update(logs=[other]))
    assert [one.origin for one in opened(tmp_path / "w").watched()] == ["other.example"]
    edited(tmp_path / "w" / "witness.json", lambda data: data.update(logs=[other, LOG_VKEY]))
    assert [one.seen and one.seen.stated.size for one in opened(tmp_path / "w").watched()] == [None, 9]


def test_only_the_newest_refusals_are_kept(home, tmp_path, monkeypatch):
    monkeypatch.setattr("certificates.log.witness_home.REFUSED_KEPT", 3)
    home.witness().add_checkpoint(body(0, 4), NOON)
    for size in (5, 6, 7, 8, 9):
        assert home.witness().add_checkpoint(unshown(size), NOON + timedelta(seconds=size)).status == 422
    assert home.refusals() == Refusals(kept=3, forks=0, pending=3)
    assert REFUSED_KEPT == 100
    kept = sorted((tmp_path / "w" / "refused").iterdir())
    assert [json.loads(path.read_text())["at"][-3:] for path in kept] == ["07Z", "08Z", "09Z"]


def test_wrong_proofs_of_a_stranger_neither_push_a_fork_out_nor_stay_an_alarm(home, tmp_path, monkeypatch):
    """The log's newest checkpoint is public: anybody can send it with a wrong proof, as often as allowed."""
    monkeypatch.setattr("certificates.log.witness_home.REFUSED_KEPT", 3)
    home.witness().add_checkpoint(body(0, 4), NOON)
    other = MemoryLog(*(b"other %d" % one for one in range(4))).checkpoint()
    assert home.witness().add_checkpoint(f"old 4\n\n{other}".encode(), NOON).status == 409
    for _ in range(9):
        assert home.witness().add_checkpoint(unshown(8), NOON).status == 422
    assert home.refusals() == Refusals(kept=2, forks=1, pending=1)
    for size in (5, 6, 7, 8):
        home.witness().add_checkpoint(unshown(size), NOON)
    assert home.refusals() == Refusals(kept=4, forks=1, pending=3)
    home.witness().add_checkpoint(body(4, 9), NOON)
    assert home.refusals() == opened(tmp_path / "w").refusals() == Refusals(kept=4, forks=1, pending=0)


def test_many_at_once_leave_one_growing_log(home, tmp_path):
    """Eight threads over two openings of the folder, as two processes would be."""
    witnesses = [home.witness(), opened(tmp_path / "w").witness()]
    answers = []

    def run(number):
        answers.append(witnesses[number % 2].add_checkpoint(body(0, number + 1), NOON).status)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [409] * 7
