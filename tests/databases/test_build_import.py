"""An import through the child process: the same source gives the same release, failures publish nothing and say why."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from contentmaking import content, flow, method

from databases import build, building
from databases.assembly.options import Options
from databases.build import BuildFailed, Ecoinvent, IdentifierTaken, import_release
from databases.content import Head
from databases.exporters import datapackage
from databases.facts import FactsInvalid
from databases.gwp_sets import MixedGwpSets
from databases.importers.tables import UnlinkedExchange
from databases.notices import SourceRefused
from databases.publish import write_release
from databases.release import Release, ReleaseDamaged, installed, open_release
from databases.scores import NonProductiveLoop, SingularSystem, SolveInaccurate

HEAD = Head(name="imported", version="1", licence="CC0", restricted=True, title="A source")
TOTAL = "gwp100-ar6.total"


def source_file(folder: Path, amount: float = 0.5, loop: float = 0.1) -> Path:
    """A datapackage of two processes that need each other."""
    given = content(
        "ab",
        [(0, 1, amount), (1, 0, loop)],
        [(0, 0, 3.0)],
        [flow("co2", name_en="Carbon dioxide, fossil", cas="124-38-9")],
        [method(TOTAL, [1.0], "AR6", "total")],
    )
    head = Head(name="made", version=f"{amount}-{loop}", licence="CC0")
    write_release(folder / head.identifier, head, given, lambda *_: None)
    return datapackage.export(open_release(folder / head.identifier), folder / f"{head.version}.zip", TOTAL)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return source_file(tmp_path_factory.mktemp("source"))


def left_behind(root: Path) -> list[str]:
    return sorted(entry.name for entry in root.iterdir() if entry.name != ".build.lock")


@dataclass(frozen=True)
class Imported:
    """One import of the source: its root, the release, and every step as it was told."""

    root: Path
    release: Release
    steps: list[tuple[str, float]]


@pytest.fixture(scope="module")
def imported(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    steps: list[tuple[str, float]] = []
    root = tmp_path_factory.mktemp("imported") / "root"
    release = import_release(root, source, HEAD, Options(), progress=lambda *step: steps.append(step))
    return Imported(root, release, steps)


def test_a_source_becomes_a_release(
    source: Path, imported: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = imported.release
    assert [dataset.code for dataset in release.catalogue.all()] == ["a", "b"]
    assert release.scores(TOTAL).tolist() == pytest.approx([3 / 0.95, 1.5 / 0.95], rel=1e-12)
    assert (release.restricted, release.licence, release.manifest["title"]) == (True, "CC0", "A source")
    assert release.origin["options"] == Options().as_dict()
    assert len(release.origin["source_sha256"]) == 64
    assert release.report()["source"] == source.name
    fractions = [fraction for _, fraction in imported.steps]
    assert fractions == sorted(fractions) and imported.steps[-1] == ("done", 1.0)
    assert {"reading the source", "linking", "solving score tables", "publishing"} <= {
        step for step, _ in imported.steps
    }
    assert left_behind(imported.root) == [HEAD.identifier]

    monkeypatch.setattr(build, "_run_child", lambda *_: pytest.fail("built again"))
    assert import_release(imported.root, source, HEAD, Options()).digest == release.digest


def test_the_same_source_and_choices_give_the_same_release(
    source: Path, imported: Imported, tmp_path: Path
) -> None:
    assert import_release(tmp_path / "two", source, HEAD, Options()).digest == imported.release.digest


def test_another_source_for_the_same_name_is_refused(
    source: Path, imported: Imported, tmp_path: Path
) -> None:
    root, digest = imported.root, imported.release.digest
    mapping = tmp_path / "mapping.json"
    mapping.write_text("{}")
    other = source_file(tmp_path, 0.75)
    for changed in (
        lambda: import_release(root, other, HEAD, Options()),
        lambda: import_release(root, source, HEAD, Options(providers="split")),
        lambda: import_release(root, source, HEAD, Options(), mapping=mapping),
        lambda: import_release(root, source, replace(HEAD, licence="CC BY 4.0"), Options()),
        lambda: import_release(root, source, replace(HEAD, restricted=False), Options()),
    ):
        with pytest.raises(IdentifierTaken) as caught:
            changed()
        assert caught.value.notices[0].code == "build-identifier-taken"
        assert HEAD.identifier in caught.value.notices[0].message("zh")
    assert [release.digest for release in installed(root)] == [digest]


def garbled(tmp_path: Path) -> Path:
    (tmp_path / "x.txt").write_text("nothing of the field")
    return tmp_path / "x.txt"


def traversal(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../../x.xml", "<x/>")
    return tmp_path / "x.zip"


def nodeless(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("datapackage.json", "{}")
    return tmp_path / "x.zip"


REFUSED = {
    "missing": (lambda tmp: tmp / "nothing", "source-missing"),
    "unknown format": (garbled, "source-unknown-format"),
    "traversal": (traversal, "source-name-unsafe"),
    "found by the reader": (nodeless, "datapackage-without-nodes"),
    "loop": (lambda tmp: source_file(tmp, 2.0, 0.6), "assembly-loop"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_source_that_cannot_be_read_is_refused_in_both_languages(name: str, tmp_path: Path) -> None:
    make, code = REFUSED[name]
    root = tmp_path / "root"
    root.mkdir()
    if name == "loop":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("databases.publish._write_scores", lambda folder, _: folder.mkdir())
            given = make(tmp_path)
    else:
        given = make(tmp_path)
    with pytest.raises(SourceRefused) as caught:
        import_release(root, given, HEAD, Options())
    assert caught.value.notice.code == code
    assert caught.value.notice.message("zh") != caught.value.notice.message("en")
    assert left_behind(root) == []


def test_every_reason_of_a_mapping_file_comes_through(source: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"format": "something else"}')
    with pytest.raises(SourceRefused) as caught:
        import_release(tmp_path / "root", source, HEAD, Options(), mapping=mapping)
    assert caught.value.notices[0].code == "mapping-json"
    assert left_behind(tmp_path / "root") == []


@pytest.mark.parametrize(("name", "version"), [("Big", "1"), ("a", "../1"), ("", "1"), ("a" * 100, "1")])
def test_a_name_that_is_no_identifier_is_refused_first(
    name: str, version: str, source: Path, tmp_path: Path
) -> None:
    with pytest.raises(BuildFailed) as caught:
        import_release(tmp_path / "root", source, replace(HEAD, name=name, version=version), Options())
    assert caught.value.notices[0].code == "build-identifier"
    assert not (tmp_path / "root").exists()


def test_a_damaged_release_of_that_name_is_reported(source: Path, tmp_path: Path) -> None:
    (tmp_path / HEAD.identifier).mkdir()
    (tmp_path / HEAD.identifier / "manifest.json").write_text("{}")
    with pytest.raises(ReleaseDamaged):
        import_release(tmp_path, source, HEAD, Options())


def test_a_child_that_crashes_says_so_in_both_languages(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(BuildFailed, match="code 1") as caught:
        import_release(tmp_path / "root", source, HEAD, Options())
    assert [notice.code for notice in caught.value.notices] == ["build-crashed"]
    assert left_behind(tmp_path / "root") == []


LOGIN = Ecoinvent(version="3.11", system_model="cutoff", username="someone", password="s3cret-w0rd")


def test_credentials_go_to_the_child_by_its_standard_input_only(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for the child reads them, looks at what it was told otherwise, and imports a file."""
    stand_in = tmp_path / "child.py"
    stand_in.write_text(f"""
import json, os, sys
from pathlib import Path
login = json.load(sys.stdin)
assert login == {{"username": "someone", "password": "s3cret-w0rd"}}, login
work = Path(sys.argv[-1])
told = " ".join([*sys.argv, *os.environ.values(), *(p.read_text() for p in work.glob("*") if p.is_file())])
assert "s3cret-w0rd" not in told and "someone" not in told
from databases import building
import io
sys.stdin = io.StringIO(json.dumps(login))
building._fetched = lambda work, job, tell: Path({str(source)!r})
sys.exit(building.main([str(work)]))
""")
    real = subprocess.Popen

    def popen(command: list[str], **options: object) -> object:
        return real([sys.executable, str(stand_in), command[-1]], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setenv("PYTHONPATH", str(Path(build.__file__).parents[1]))
    release = import_release(tmp_path / "root", LOGIN, HEAD, Options())  # type: ignore[arg-type]
    assert release.origin["ecoinvent"] == {"version": "3.11", "system_model": "cutoff"}
    assert "s3cret" not in repr(LOGIN) and "someone" not in repr(LOGIN)
    assert all(b"s3cret-w0rd" not in p.read_bytes() for p in release.path.rglob("*") if p.is_file())
    assert import_release(tmp_path / "root", LOGIN, HEAD, Options()).digest == release.digest
    with pytest.raises(IdentifierTaken, match="ecoinvent"):
        import_release(tmp_path / "root", replace(LOGIN, version="3.10"), HEAD, Options())


def test_the_child_fetches_with_the_credentials_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    from databases.importers import ecoinvent

    asked: list[object] = []
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"username": "u", "password": "p"})))
    monkeypatch.setattr(ecoinvent, "fetch", lambda *given, **login: asked.extend([*given, login]) or tmp_path)
    job = {"version": "3.11", "system_model": "cutoff"}
    assert building._fetched(tmp_path, job, lambda *_: None) == tmp_path
    assert asked == ["3.11", "cutoff", tmp_path / "ecoinvent", {"username": "u", "password": "p"}]


PROBLEMS = [
    (NonProductiveLoop(["a", "b"]), "build-loop", "a → b"),
    (SingularSystem(["a"]), "build-loop", "a"),
    (SolveInaccurate(2e-6), "build-inaccurate", "2e-06"),
    (MixedGwpSets("steel", ("AR6", "AR5")), "build-mixed-gwp-sets", "AR5, AR6"),
    (OSError(28, "No space left on device"), "build-storage", "No space left"),
    (FactsInvalid(["one.csv:3: x"]), "build-stopped", "one.csv:3"),
    (UnlinkedExchange("No such input: powder"), "build-stopped", "powder"),
]


@pytest.mark.parametrize(("problem", "code", "words"), PROBLEMS)
def test_what_stops_a_build_is_said_in_both_languages(problem: Exception, code: str, words: str) -> None:
    assert isinstance(problem, building.TOLD)
    notice = building._notice(problem)
    assert notice.code == code
    assert words in notice.message("zh") and words in notice.message("en")


def test_an_error_of_our_own_making_shows_its_traceback(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "sitecustomize.py"
    broken.write_text("import databases.publish as p\np.write_release = lambda *_: {}['oops']\n")
    here = Path(build.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{here}")
    with pytest.raises(BuildFailed, match="KeyError: 'oops'") as caught:
        import_release(tmp_path / "root", source, HEAD, Options())
    assert [notice.code for notice in caught.value.notices] == ["build-crashed"]
    assert left_behind(tmp_path / "root") == []


def test_a_source_that_takes_too_much_memory_ends_the_build(source: Path) -> None:
    """In a process of its own: the bound holds for all of it. Afterwards there is none."""
    script = f"""
import resource
from pathlib import Path
from databases import building
before = resource.getrlimit(resource.RLIMIT_DATA)
building.MEMORY, building.MEMORY_PER_BYTE = 50_000_000, 0
try:
    with building._bounded(Path({str(source)!r})):
        bytearray(20_000_000)
        bytearray(200_000_000)
except building.MemoryBound as problem:
    notice = building._notice(problem)
    print(notice.code, notice.message("zh"), notice.message("en"))
assert resource.getrlimit(resource.RLIMIT_DATA) == before
bytearray(200_000_000)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("build-memory") and "50 MB" in done.stdout
