"""Hostile PDFs: always an answer, never an exception, and never more than the promised time and memory."""

import subprocess
import sys
from pathlib import Path

import hostilepdf
import pytest
from labelmaking import ISSUED, documents, keyset, report, rewritten, signed_pdf, unsigned_pdf

import certificates
from certificates import limits
from certificates.pdf import der
from certificates.pdf.document import Document
from certificates.pdf.objects import Budget, Lexer, PdfUnreadable, Reference
from certificates.pdf.signature import open_signed
from certificates.pdf.xref import read_index

BEYOND = hostilepdf.xref_stream(9, b"\1" + b"\xff" * 8 + b"\0", b"1 1")
NO_EXCEPTION = {
    "offset-beyond-any-file": b"%PDF-1.7\n" + BEYOND + hostilepdf.ending(9),
    "container-needs-container": hostilepdf.chained_containers(400),
    "identifier-of-4400-digits": hostilepdf.signed_with(
        hostilepdf.der(0x30, hostilepdf.der(6, b"\xff" * 2200 + b"\x7f") + hostilepdf.der(0xA0, b""))
    ),
}


@pytest.mark.parametrize("name", NO_EXCEPTION)
def test_a_hostile_file_is_an_answer(name):
    result = report(NO_EXCEPTION[name])
    assert result.verdict in ("unreadable", "altered") and result.failed


def test_a_reference_is_not_sought_far_ahead():
    """The pattern of a reference is tried at every number: what it passes over is not charged, so it is
    short."""
    assert Lexer(b"5" + b" " * 16 + b"0 R", 0, Budget()).read() == Reference(5, 0)
    assert Lexer(b"5" + b" " * 17 + b"0 R", 0, Budget()).read() == 5
    with pytest.raises(PdfUnreadable):
        Lexer(b"[5" + b" " * 17 + b"0 R]", 0, Budget()).read()


@pytest.mark.parametrize("position", [-1, 4, 2**64])
def test_nothing_is_read_outside_the_data(position):
    with pytest.raises(PdfUnreadable):
        Lexer(b"abc", position, Budget())


def test_an_object_stream_does_not_rest_on_another():
    with pytest.raises(PdfUnreadable, match="rests on"):
        Document(hostilepdf.chained_containers(2)).signatures()


def test_entries_count_over_all_revisions():
    few, many = hostilepdf.revisions(10, 5_000), hostilepdf.revisions(11, 5_000)
    assert len(read_index(few, Budget()).places) == 5_000
    with pytest.raises(PdfUnreadable, match="too many objects"):
        read_index(many, Budget())


def test_predictors_share_one_allowance():
    once, often = (hostilepdf.revisions(count, 4_000, columns=1) for count in (1, 2 + 1_500_000 // 80_000))
    assert read_index(once, Budget()).entries == 4_000
    with pytest.raises(PdfUnreadable):
        read_index(often, Budget())
    budget = Budget()
    budget.unpredict(limits.PDF_PREDICTED_BYTES)
    with pytest.raises(PdfUnreadable, match="complex"):
        budget.unpredict(1)


@pytest.mark.parametrize("parameters", [b"8 0 R", b"[null null]", b"/Predictor", b"[8 0 R]"])
def test_parameters_of_a_filter_are_understood_or_refused(parameters):
    import zlib

    data = zlib.compress(b"abc")
    stream = b"<</Filter/FlateDecode/DecodeParms %s/Length %d>>\nstream\n%s\nendstream"
    pdf = hostilepdf.packed_pdf({1: b"<<>>", 2: stream % (parameters, len(data), data)})
    with pytest.raises(PdfUnreadable, match="packed"):
        Document(pdf).content(Reference(2, 0))


def test_an_attachment_with_two_contents_is_refused():
    """One reader takes F, another UF: they would show two credentials."""

    def edit(document):
        specification = document.Root.Names.EmbeddedFiles.Names[1]
        specification.EF.UF = document.make_stream(b"another")

    pdf = documents.sign_pdf(rewritten(unsigned_pdf(), edit), keyset(), ISSUED)
    with pytest.raises(PdfUnreadable, match="not clear"):
        Document(pdf).attachments()
    assert report(pdf).verdict == "unreadable"


def test_a_signature_in_an_object_stream_stands_nowhere_in_the_file():
    """Its place in the unpacked stream is not a place in the file, whatever bytes of the file stand there."""
    document = Document(hostilepdf.same_place(1, b"<4141>"))
    text = document.resolve(Reference(100, 0))
    assert text.value == b"AA" and (text.start, text.end) == (-1, -1)


def test_the_earlier_revision_is_read_from_what_is_left(monkeypatch):
    """Two revisions of one file do not cost twice the limits."""
    data, seen = signed_pdf() + b"\n", []
    plain = Document.__init__

    def spied(self, data, budget=None):
        plain(self, data, budget)
        seen.append(self.budget)

    monkeypatch.setattr(Document, "__init__", spied)
    assert open_signed(data).problem == "added-after"
    assert len(seen) == 2 and seen[0] is seen[1]


@pytest.mark.parametrize("arc", [b"\xff" * 18 + b"\x7f", b"\x84" + b"\x80" * 18 + b"\x00"])
def test_an_arc_beyond_128_bits_is_refused(arc):
    with pytest.raises(der.NotDer, match="long"):
        der.oid(der.Element(der.OID, arc, arc))


def test_an_arc_of_128_bits_is_read():
    arc = b"\x83" + b"\xff" * 17 + b"\x7f"
    assert der.oid(der.Element(der.OID, arc, arc)) == f"2.{2**128 - 1 - 80}"


CHILD = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from certificates.verify import verify

trust = json.loads(Path(sys.argv[2], "keys.json").read_text())
for path in sorted(Path(sys.argv[2]).glob("*.bin")):
    data = path.read_bytes()
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent) + 1 + int(sys.argv[3]), resource.RLIM_INFINITY))
    print(path.stem, flush=True)
    verdict = verify(data, trust, at=datetime(2026, 12, 22, tzinfo=UTC)).verdict
    assert verdict in ("unreadable", "altered"), (path.stem, verdict)
    del data
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""
SECONDS, MEGABYTES = 5, 200


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads its memory as Linux tells it")
def test_no_file_takes_more_than_the_promised_time_and_memory(tmp_path):
    """In a process of its own, which the system ends after 5 s of computing on one file.

    Its peak is read from /proc: that of getrusage begins with what the parent held before the fork.
    """
    import json

    (tmp_path / "keys.json").write_text(json.dumps(keyset().trust()))
    for name, data in hostilepdf.dear_files().items():
        (tmp_path / f"{name}.bin").write_bytes(data)
    root = str(Path(certificates.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", CHILD, root, str(tmp_path), str(SECONDS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
    assert int(done.stdout.split()[-1]) < MEGABYTES * 1024
