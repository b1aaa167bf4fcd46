"""Verify labels and claims offline: ``python -m certificates.standalone FILE… [--trust trust.json] [--pack pack]``.

Needs Python and the cryptography package, nothing else: no network, no database, no PDF library.

Rules
1. A FILE is a PDF, a bundle or a credential; a folder stands for every .pdf, .json and .jwt in it and below. One file
   gives its whole report, several give a line each and a last line that counts them.
2. What is known besides the files comes from ``--pack`` (an offline pack, ``certificates.pack``) and ``--status``
   (status lists). A pack that is expired, and a pack or list that no trusted issuer signed, stops the command: it is
   never passed over.
3. Exit codes: 0 all valid, 1 anything else, 2 wrong usage (no such file, bad trust file, pack or date) or nowhere to
   write the report: without a report there is no verdict.
4. ``--at`` is the moment asked about; whether a pack is still in its time is asked of this machine's clock.

Example: ``python -m certificates.standalone shipment/ --trust trust.json --pack week-50.pack``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from certificates import limits
from certificates.canonical import NotJson, parse
from certificates.encoding import NotEncoded, from_moment_text
from certificates.keys.trust import Trust, TrustFileInvalid
from certificates.keys.trust import read as read_trust
from certificates.knowledge import Knowledge
from certificates.pack import NotAPack, PackExpired, PackNotSigned, tightened, together
from certificates.pack import read as read_pack
from certificates.report import Report
from certificates.status import NotAStatusList, StatusList, StatusNotSigned, parsed
from certificates.status import read as read_list
from certificates.texts import entry, harmless
from certificates.verify import verify

_EXAMPLE = """examples:
  python -m certificates.standalone TB-2026-0000001-L.pdf --trust trust.json --lang en
  python -m certificates.standalone shipment/ --trust trust.json --pack week-50.pack --json
exit codes: 0 all valid, 1 not valid, 2 wrong usage"""
_PROGRAM = "certificates.standalone"
_SUFFIXES = (".pdf", ".json", ".jwt")
_WRONG = (
    OSError,
    TrustFileInvalid,
    NotJson,
    NotEncoded,
    NotAPack,
    PackNotSigned,
    PackExpired,
    NotAStatusList,
    StatusNotSigned,
)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Everything but the file: whom to trust, what is known, what is asked."""

    trust: Trust | None
    known: Knowledge
    at: datetime
    number: str | None
    code: str | None

    def report(self, path: Path) -> Report:
        """The report on one file. Raises OSError."""
        return verify(
            _read(path), self.trust, at=self.at, number=self.number, code=self.code, known=self.known
        )


def main(
    arguments: Sequence[str] | None = None, *, prog: str = _PROGRAM, own: dict[str, Any] | None = None
) -> int:
    """Run the command; answers the exit code. ``own`` is the trust file where none is named."""
    for stream in (sys.stdout, sys.stderr):  # help and errors are bilingual; a terminal may know no Chinese
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    parser = _parser(prog)
    options = parser.parse_args(arguments)
    try:
        files = list(_files(options.files))
        verifier = _verifier(options, datetime.now(UTC).replace(microsecond=0), own)
        one = len(files) == 1 and not options.files[0].is_dir()
        reports = ((path, verifier.report(path)) for path in files)
        texts = _whole(reports, options) if one else _many(reports, options)
        code = 0
        for text, valid in texts:
            _write(text)
            code = code if valid else 1
    except OutputLost as problem:
        parser.exit(2, f"{parser.prog}: the report could not be written: {problem}\n")
    except _WRONG as problem:
        parser.exit(2, f"{parser.prog}: {problem}\n")
    return code


class OutputLost(Exception):
    """The standard output is closed or full."""


def language(environment: Mapping[str, str]) -> str:
    """``zh`` or ``en`` by LC_ALL, LC_MESSAGES or LANG, the first that is set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Verify carbon-footprint labels and neutralisation claims offline / 离线验真碳足迹标签与中和声明",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="PDF, bundle (JSON), credential, or a folder of them",
    )
    add("--trust", type=Path, help="trust file of issuers you accept (trust.json)")
    add(
        "--pack",
        type=Path,
        action="append",
        default=[],
        help="offline pack of an issuer; may stand several times",
    )
    add("--status", type=Path, action="append", default=[], help="fresh status list; may stand several times")
    add("--number", help="the number you expect, such as the one printed on the goods")
    add("--code", help="the check code you expect, printed beside the number")
    add("--at", help="the moment to verify for, such as 2026-11-22T08:00:00Z; default now")
    add("--lang", choices=("zh", "en"), help="language of the report; default from LANG")
    add("--json", action="store_true", help="print the report as JSON in both languages")
    return parser


def _files(named: Sequence[Path]) -> Iterator[Path]:
    """Rule 1. Raises OSError for a path that is not there and a folder without any such file."""
    for path in named:
        if not path.is_dir():
            path.stat()
            yield path
            continue
        found = sorted(one for one in path.rglob("*") if one.suffix.lower() in _SUFFIXES and one.is_file())
        if not found:
            raise FileNotFoundError(f"no .pdf, .json or .jwt in {path}")
        yield from found


def _verifier(options: argparse.Namespace, now: datetime, own: dict[str, Any] | None) -> Verifier:
    """Rule 2."""
    named = parse(_read(options.trust)) if options.trust else own
    trust = None if named is None else read_trust(named)
    at = now if options.at is None else from_moment_text(options.at)
    if trust is None and options.pack:
        raise PackNotSigned("a pack needs a trust file: say --trust trust.json")
    packs = [read_pack(_read(path, limits.PACK_BYTES), trust, now) for path in options.pack] if trust else []
    for pack in packs:
        trust = tightened(trust, pack) if trust else None
    known = together(packs)
    lists = {name: list(one) for name, one in known.lists.items()}
    for path in options.status:
        listed = _listed(path, trust)
        lists.setdefault(listed.issuer_id, []).append(listed.compact)
    known = replace(known, lists={name: tuple(one) for name, one in lists.items()})
    return Verifier(trust, known, at, options.number, options.code)


def _listed(path: Path, trust: Trust | None) -> StatusList:
    """A status list that a trusted issuer signed. Raises OSError, NotAStatusList, StatusNotSigned."""
    listed = parsed(_read(path).decode("ascii", "replace").strip())
    issuer = trust.issuer(listed.issuer_id) if trust else None
    if issuer is None:
        raise StatusNotSigned(
            f"the status list {path} is of {listed.issuer_id}, which is not in the trust file"
        )
    return read_list(listed.compact, issuer)


def _whole(reports: Iterator[tuple[Path, Report]], options: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    for _, report in reports:
        spoken = options.lang or language(os.environ)
        text = _json(report.as_dict()) + "\n" if options.json else report.text(spoken)
        yield text, report.valid


def _many(reports: Iterator[tuple[Path, Report]], options: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """A line for each file, then how many there are of each verdict; as JSON one list."""
    counted: Counter[str] = Counter()
    for path, report in reports:
        if options.json:
            text = _json({"file": harmless(str(path)), **report.as_dict()})
            yield ("[\n" if not counted else ",\n") + text, report.valid
        else:
            number = report.statement["number"] if report.statement else "–"
            yield f"{report.verdict:<15} {number:<18} {harmless(str(path))}\n", report.valid
        counted[report.verdict] += 1
    if options.json:
        yield "\n]\n", True
    else:
        word = entry("word", "files")[options.lang or language(os.environ)]
        totals = ", ".join(f"{verdict} {count}" for verdict, count in sorted(counted.items()))
        yield f"{sum(counted.values())} {word}: {totals}\n", True


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _read(path: Path, most: int = limits.FILE_BYTES) -> bytes:
    """The file, or one byte more than the limit of it: the verifier refuses that itself."""
    with path.open("rb") as stream:
        return stream.read(most + 1)


def _write(text: str) -> None:
    """UTF-8 to the standard output, whatever its encoding. Raises OutputLost when it is closed or full."""
    if sys.stdout is None:
        raise OutputLost("the output is closed")
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except OSError as problem:
        # What is left in the buffer would be tried again, and fail with a traceback, when Python ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        raise OutputLost(str(problem)) from problem


if __name__ == "__main__":
    sys.exit(main())
