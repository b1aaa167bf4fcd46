"""The standalone verifier: its command, and that it needs nothing but the standard library and cryptography."""

import ast
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from labelmaking import (
    CODE,
    ISSUED,
    ISSUER,
    NOW,
    NUMBER,
    OTHER_NUMBER,
    WEEK,
    changed,
    forge,
    keyset,
    label,
    label_of,
    lists,
    signed_pdf,
    statement,
)
from test_pack import contents

import certificates
from certificates import pack, standalone
from certificates.encoding import moment_text
from certificates.knowledge import Event

AT = moment_text(NOW)

ISOLATED = """
import sys
from importlib.abc import MetaPathFinder

ALLOWED = set(sys.stdlib_module_names) | {"cryptography", "certificates", "_cffi_backend"}

class Blocked(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED:
            raise ImportError(f"{name} is not for the standalone verifier")
        return None

sys.path.insert(0, sys.argv.pop(1))
sys.meta_path.insert(0, Blocked())
for name in [name for name in sys.modules if name.partition(".")[0] not in ALLOWED and name != "__main__"]:
    del sys.modules[name]
try:
    import joserfc
except ImportError:
    pass
else:
    raise SystemExit("the block does not work")
from certificates.standalone import main
code = main(sys.argv[1:])
named = "joserfc rfc8785 pyhanko pikepdf numpy asn1crypto typst lca service databases".split()
known = sorted({name.partition(".")[0] for name in sys.modules} & set(named))
raise SystemExit(f"imported {known}" if known else code)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    (folder / "label.pdf").write_bytes(signed_pdf())
    (folder / "bundle.json").write_bytes(label().bundle)
    (folder / "credential.jwt").write_bytes(label().compact.encode())
    (folder / "keys.json").write_text(json.dumps(keyset().trust()), encoding="utf-8")
    (folder / "label.pack").write_bytes(pack.write(contents(), keyset(), NOW, NOW + WEEK))
    long_ago = ISSUED - timedelta(days=9)
    old = pack.write(contents(), keyset(), long_ago, long_ago + timedelta(days=1))
    (folder / "old.pack").write_bytes(old)
    (folder / "empty").mkdir()
    (folder / "bad.json").write_text('{"type": "tanbiao-trust/2", "issuers": []}', encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "code", "verdict"),
    [("label.pdf", 0, "valid"), ("bundle.json", 0, "valid"), ("credential.jwt", 1, "incomplete")],
)
def test_needs_only_the_standard_library_and_cryptography(files, name, code, verdict):
    root = str(Path(certificates.__file__).parents[1])
    command = [sys.executable, "-I", "-c", ISOLATED, root, str(files / name)]
    done = subprocess.run(
        [*command, "--trust", str(files / "keys.json"), "--at", AT, "--json"],
        capture_output=True,
        check=False,
        cwd=files,
    )
    assert done.stderr == b"" and done.returncode == code
    report = json.loads(done.stdout)
    assert report["verdict"] == verdict and report["at"] == AT
    assert len(report["steps"]) == 17


def test_import_closure_by_reading_the_source():
    """Every module that standalone reaches imports, at its top, the standard library, cryptography or its own kind."""
    root = Path(certificates.__file__).parents[1]
    todo, seen = ["certificates.standalone", "certificates"], set()
    while todo:
        name = todo.pop()
        path = root / (name.replace(".", "/") + ".py")
        path = path if path.exists() else root / name.replace(".", "/") / "__init__.py"
        if name in seen or not path.exists():
            continue
        seen.add(name)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                found = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            for imported in found:
                top = imported.partition(".")[0]
                assert top in sys.stdlib_module_names or top in ("cryptography", "certificates"), (
                    name,
                    imported,
                )
                if top == "certificates":
                    todo.append(imported)
    assert {"certificates.verify", "certificates.pdf.cms", "certificates.log.merkle"} <= seen


def run(capfd, *arguments):
    code = standalone.main([str(argument) for argument in arguments])
    return code, capfd.readouterr().out


def test_report_in_both_languages(files, capfd):
    common = (files / "label.pdf", "--trust", files / "keys.json", "--at", AT)
    code, text = run(capfd, *common, "--lang", "zh")
    assert code == 0 and text.startswith("有效") and NUMBER in text and "12.35 kgCO2e / 1 kg" in text
    code, text = run(capfd, *common, "--lang", "en", "--number", OTHER_NUMBER)
    assert code == 1 and text.startswith("Other number") and " 8 [!!] Number" in text


def test_no_trust_file_is_not_valid(files, capfd):
    code, text = run(capfd, files / "bundle.json", "--at", AT, "--lang", "en")
    assert code == 1 and text.startswith("Unknown issuer") and "no key inside a label counts" in text


def test_now_is_the_default(files, capfd):
    code, text = run(capfd, files / "bundle.json", "--trust", files / "keys.json", "--json")
    report = json.loads(text)
    assert (code == 0) == (report["verdict"] == "valid")
    assert report["verdict"] in ("valid", "expired", "not-yet-valid", "stale")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["missing.pdf"],
        ["bundle.json", "--trust", "missing.json"],
        ["bundle.json", "--trust", "bad.json"],
        ["bundle.json", "--trust", "label.pdf"],
        ["bundle.json", "--at", "yesterday"],
        ["bundle.json", "--at", ""],
        ["bundle.json", "--lang", "de"],
        ["bundle.json", "--pack", "label.pack"],
        ["bundle.json", "--trust", "keys.json", "--pack", "missing.pack"],
        ["bundle.json", "--trust", "keys.json", "--pack", "label.pdf"],
        ["bundle.json", "--trust", "keys.json", "--pack", "old.pack"],
        ["bundle.json", "--trust", "keys.json", "--status", "label.pdf"],
        ["bundle.json", "missing.pdf", "--trust", "keys.json"],
        ["empty"],
    ],
)
def test_wrong_usage(files, arguments, monkeypatch, capsys):
    monkeypatch.chdir(files)
    with pytest.raises(SystemExit) as stopped:
        standalone.main(arguments)
    assert stopped.value.code == 2
    assert "certificates.standalone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
        ({}, "en"),
    ],
)
def test_language(environment, language):
    assert standalone.language(environment) == language


def command(*arguments, environment=None, **streams):
    """The command in a process of its own, as a terminal runs it."""
    root = str(Path(certificates.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-m", "certificates.standalone", *map(str, arguments)],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", **(environment or {})},
        stderr=subprocess.PIPE,
        check=False,
        **streams,
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp936", "utf-8"])
def test_any_terminal_gets_help_and_report(files, encoding):
    environment = {"PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    done = command("--help", environment=environment, stdout=subprocess.PIPE)
    assert done.returncode == 0 and b"--trust" in done.stdout and not done.stderr
    wanted = ("label.pdf", "--trust", files / "keys.json", "--at", AT, "--lang", "zh")
    done = command(files / wanted[0], *wanted[1:], environment=environment, stdout=subprocess.PIPE)
    assert done.returncode == 0 and done.stdout.decode("utf-8").startswith("有效") and not done.stderr
    done = command("不存在.pdf", environment=environment, stdout=subprocess.PIPE)
    assert done.returncode == 2 and b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_report_that_cannot_be_written_is_no_verdict(files):
    wanted = (files / "label.pdf", "--trust", files / "keys.json", "--at", AT)
    with Path("/dev/full").open("wb") as full:
        done = command(*wanted, stdout=full)
    assert done.returncode == 2 and b"could not be written" in done.stderr
    assert b"Traceback" not in done.stderr and b"Exception ignored" not in done.stderr


def test_a_closed_output_is_no_verdict(files, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(SystemExit) as stopped:
        standalone.main([str(files / "label.pdf"), "--trust", str(files / "keys.json"), "--at", AT])
    assert stopped.value.code == 2 and "closed" in capsys.readouterr().err


@pytest.mark.parametrize("number", [NUMBER.lower(), "ＴＢ－２０２６－０００００01－Ｌ", f" {NUMBER}"])
def test_a_number_as_people_type_it(files, capfd, number):
    code, text = run(
        capfd, files / "label.pdf", "--trust", files / "keys.json", "--at", AT, "--number", number
    )
    assert code == 0, text


def test_names_of_files_and_numbers_may_be_no_text(files):
    done = command(
        files / "label.pdf", "--trust", files / "keys.json", "--number", b"\xff".decode("utf-8", "surrogateescape"),
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert done.returncode == 1 and not done.stderr
    done = command(b"\xff.pdf".decode("utf-8", "surrogateescape"), stdout=subprocess.PIPE)
    assert done.returncode == 2 and b"Traceback" not in done.stderr


# ---------- many files ----------


@pytest.fixture
def shipment(tmp_path):
    """A folder as customs gets it: some labels, one of them changed, and papers that are none."""
    other = label_of(forge(changed(("number",), OTHER_NUMBER), keyset()))
    forged = label().packed(credential=forge(changed(("footprint", "total"), "12.34"), keyset()))
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a.pdf").write_bytes(signed_pdf())
    (tmp_path / "b.JSON").write_bytes(other.bundle)
    (tmp_path / "deep" / "er" / "c.json").write_bytes(forged)
    (tmp_path / "packing list.txt").write_bytes(b"not looked at")
    return tmp_path


def test_a_folder_gives_a_line_for_each_file(files, shipment, capfd):
    common = (shipment, "--trust", files / "keys.json", "--at", AT, "--lang", "en")
    code, text = run(capfd, *common)
    lines = text.splitlines()
    assert code == 1 and len(lines) == 4
    assert lines[0].startswith("valid") and NUMBER in lines[0] and lines[0].endswith("a.pdf")
    assert lines[1].startswith("valid") and OTHER_NUMBER in lines[1]
    assert lines[2].startswith("altered") and "deep/er/c.json" in lines[2]
    assert lines[3] == "3 files: altered 1, valid 2"
    code, text = run(capfd, *common, "--json")
    listed = json.loads(text)
    assert code == 1 and [one["verdict"] for one in listed] == ["valid", "valid", "altered"]
    assert listed[0]["file"].endswith("a.pdf") and listed[0]["statement"]["number"] == NUMBER


def test_several_files_are_valid_when_each_is(files, shipment, capfd):
    common = ("--trust", files / "keys.json", "--at", AT, "--lang", "zh")
    code, text = run(capfd, shipment / "a.pdf", shipment / "b.JSON", *common)
    assert code == 0 and text.splitlines()[-1] == "2 文件: valid 2"
    (shipment / "deep" / "er" / "c.json").unlink()
    code, text = run(capfd, shipment, *common)
    assert code == 0 and len(text.splitlines()) == 3


def test_names_of_files_cannot_steer_a_terminal(files, tmp_path, capfd):
    for name in ("a\x1b[2J.json", "b\nvalid.json"):
        (tmp_path / name).write_bytes(label().bundle)
    code, text = run(capfd, tmp_path, "--trust", files / "keys.json", "--at", AT)
    assert code == 0 and "\x1b" not in text and len(text.splitlines()) == 3


# ---------- what is known besides the files ----------


@pytest.fixture
def today(monkeypatch):
    """The clock of the machine stands at the day of the tests' labels."""

    class Clock(standalone.datetime):
        @classmethod
        def now(cls, zone=None):
            return NOW.astimezone(zone)

    monkeypatch.setattr(standalone, "datetime", Clock)


def test_a_pack_tells_what_the_file_cannot(files, tmp_path, capfd, today):
    told = {NUMBER: (Event("suspended", NOW, {"zh": "电表存疑", "en": "meter in doubt"}),)}
    data = pack.write(contents(changes=told), keyset(), NOW, NOW + WEEK)
    (tmp_path / "day.pack").write_bytes(data)
    common = ("--trust", files / "keys.json", "--lang", "en")
    code, text = run(capfd, files / "label.pdf", *common)
    assert code == 0 and text.startswith("Valid as of 2026-12-21")
    code, text = run(capfd, files / "credential.jwt", *common, "--pack", files / "label.pack")
    assert code == 0 and text.startswith("Valid as of 2026-12-22")
    code, text = run(capfd, files / "label.pdf", *common, "--pack", tmp_path / "day.pack")
    assert code == 1 and text.startswith("Suspended") and "meter in doubt" in text


def test_fresh_status_lists(files, tmp_path, capfd):
    at = moment_text(NOW + WEEK)
    common = (files / "bundle.json", "--trust", files / "keys.json", "--at", at, "--lang", "en")
    code, text = run(capfd, *common)
    assert code == 1 and text.startswith("Stale")
    paths = []
    for place, compact in enumerate(lists(keyset(), start=NOW + WEEK)):
        paths += ["--status", tmp_path / f"{place}.jwt"]
        (tmp_path / f"{place}.jwt").write_text(compact + "\n", encoding="ascii")
    code, text = run(capfd, *common, *paths)
    assert code == 0 and text.startswith("Valid as of 2026-12-29")


@pytest.mark.parametrize("issuer", [ISSUER, "did:web:labels.example.net"])
def test_a_status_list_that_no_trusted_issuer_signed_stops_the_command(files, tmp_path, capsys, issuer):
    """It is never passed over: whoever hands it in means it to count."""
    compact = lists(keyset(issuer))[0]
    changed_last = compact[:-2] + ("AA" if issuer == ISSUER else compact[-2:])
    (tmp_path / "0.jwt").write_text(changed_last, encoding="ascii")
    for more in ([], ["--trust", str(files / "keys.json")]):
        with pytest.raises(SystemExit) as stopped:
            standalone.main(
                [str(files / "bundle.json"), "--at", AT, "--status", str(tmp_path / "0.jwt"), *more]
            )
        assert stopped.value.code == 2 and "standalone" in capsys.readouterr().err


@pytest.mark.parametrize(("code", "exit_code"), [(CODE, 0), ("7k2m-9qxa", 0), ("7K2M9QXB", 1)])
def test_the_check_code(files, capfd, code, exit_code):
    common = (files / "label.pdf", "--trust", files / "keys.json", "--at", AT, "--number", NUMBER)
    found, text = run(capfd, *common, "--code", code, "--lang", "en")
    assert found == exit_code and text.startswith("Valid" if exit_code == 0 else "Other number")
    assert statement()["number"] in text
