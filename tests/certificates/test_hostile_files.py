"""Hostile bundles, lists, proofs, statements and packs: always an answer, never more than 5 s or 200 MB."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hostilefiles import FILES, PACKS, files, pack_of
from labelmaking import NOW, keyset, label, lists, report, world

import certificates
from certificates import limits, pack
from certificates.keys import trust
from tests.work import within

TRUST = trust.read(keyset().trust())


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_an_answer(name):
    result = report(files()[name])
    harmless = name in ("methods", "checkpoint-of-witnesses")  # noise that changes nothing
    assert result.valid == harmless
    assert result.text("zh") and result.text("en")


@pytest.mark.parametrize("name", PACKS)
def test_a_hostile_pack_is_refused_or_says_nothing(name):
    try:
        read = pack.read(pack_of(name), TRUST, NOW)
    except (pack.NotAPack, pack.PackNotSigned):
        return
    assert name in ("register-of-many-lines", "notes-many") and read.leaves == label().log.size


def test_the_work_for_a_label_does_not_grow_with_the_noise_around_it():
    """Counted in functions entered: a bundle with everything at its limits costs a few times the plain one."""
    plain = within(40_000, lambda: report(label().bundle))
    assert plain.valid
    busy = world(listed=lists(keyset()), others=2_000)
    assert within(40_000, lambda: report(busy.bundle)).valid
    for name in ("methods", "checkpoint-of-lines", "proof-of-64", "accreditation-large"):
        within(400_000, lambda name=name: report(files()[name]))


def test_what_is_refused_for_its_length_is_not_read():
    for data in (
        b"{" * (limits.JSON_BYTES + 1),
        b"%PDF-" * limits.FILE_BYTES,
        b"a" * (limits.FILE_BYTES + 1),
    ):
        within(2_000, lambda data=data: report(data, trust=TRUST))


CHILD = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from certificates import (pack)
from certificates.keys.trust import read
from certificates.verify import verify

at = datetime(2026, 12, 22, 8, tzinfo=UTC)
trust = read(json.loads(Path(sys.argv[2], "keys.json").read_text()))
verify(b"", trust, at=at)
mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (mapped + 200 * 2**20, resource.RLIM_INFINITY))
for path in sorted(Path(sys.argv[2]).glob("*.bin")):
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + 6, resource.RLIM_INFINITY))
    print(path.stem, flush=True)
    data = path.read_bytes()
    if data.startswith(b"tanbiao-pack"):
        try:
            pack.read(data, trust, at)
        except (pack.NotAPack, pack.PackNotSigned):
            pass
    else:
        report = verify(data, trust, at=at)
        assert report.text("zh")
    del data
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads its memory as Linux tells it")
def test_no_file_takes_more_than_the_promised_time_and_memory(tmp_path):
    """In a process of its own that may map 200 MB more than it starts with and compute 5 s for each file."""
    (tmp_path / "keys.json").write_text(json.dumps(keyset().trust()))
    for name, data in (files() | {name: pack_of(name) for name in PACKS}).items():
        (tmp_path / f"{name}.bin").write_bytes(data)
    root = str(Path(certificates.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", CHILD, root, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.returncode, done.stdout[-300:], done.stderr[-2000:])
    assert int(done.stdout.split()[-1]) < 200 * 1024
