"""Verify a label or a claim offline: ``python -m certificates.standalone FILE [--trust trust.json]``.

Needs Python and the cryptography package, nothing else: no network, no database, no PDF library.
Exit codes: 0 valid, 1 anything else, 2 wrong usage (no such file, bad trust file, bad date) or nowhere to
write the report: without a report there is no verdict.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from certificates import limits
from certificates.canonical import NotJson, parse
from certificates.encoding import NotEncoded, from_moment_text
from certificates.trust import Trust, TrustFileInvalid
from certificates.trust import read as read_trust
from certificates.verify import verify

_EXAMPLE = """example:
  python -m certificates.standalone TB-2026-0000001-L.pdf --trust trust.json --lang en
exit codes: 0 valid, 1 not valid, 2 wrong usage"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; answers the exit code."""
    for stream in (sys.stdout, sys.stderr):  # help and errors are bilingual; a terminal may know no Chinese
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        data = _read(options.file)
        trust = _trust(options.trust)
        at = datetime.now(UTC) if options.at is None else from_moment_text(options.at)
    except (OSError, TrustFileInvalid, NotJson, NotEncoded) as problem:
        parser.exit(2, f"{parser.prog}: {problem}\n")
    report = verify(data, trust, at=at, number=options.number)
    if options.json:
        text = json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n"
    else:
        text = report.text(options.lang or language(os.environ))
    try:
        _write(text)
    except OSError as problem:
        parser.exit(2, f"{parser.prog}: the report could not be written: {problem}\n")
    return 0 if report.valid else 1


def language(environment: Mapping[str, str]) -> str:
    """``zh`` or ``en`` by LC_ALL, LC_MESSAGES or LANG, the first that is set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="certificates.standalone",
        description="Verify a carbon-footprint label or a neutralisation claim offline / 离线验真碳足迹标签或中和声明",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="PDF, bundle (JSON) or credential (vc+jwt)")
    parser.add_argument("--trust", type=Path, help="trust file of issuers you accept (trust.json)")
    parser.add_argument("--number", help="the number you expect, such as the one printed on the goods")
    parser.add_argument("--at", help="the moment to verify for, such as 2026-11-22T08:00:00Z; default now")
    parser.add_argument("--lang", choices=("zh", "en"), help="language of the report; default from LANG")
    parser.add_argument("--json", action="store_true", help="print the report as JSON in both languages")
    return parser


def _read(path: Path) -> bytes:
    """The file, or one byte more than the limit of it: the verifier refuses that itself."""
    with path.open("rb") as stream:
        return stream.read(limits.FILE_BYTES + 1)


def _write(text: str) -> None:
    """UTF-8 to the standard output, whatever its encoding. Raises OSError when it is closed or full."""
    if sys.stdout is None:
        raise OSError("the output is closed")
    try:
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.buffer.flush()
    except OSError:
        # What is left in the buffer would be tried again, and fail with a traceback, when Python ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        raise


def _trust(path: Path | None) -> Trust | None:
    return read_trust(parse(_read(path))) if path else None


if __name__ == "__main__":
    sys.exit(main())
