"""What both EcoSpold readers share: tallies of notices, codes, years, CAS numbers, uncertainty.

Rules
1. Each kind of trouble is one notice with a count and an example, however often it happens.
2. The amount of an exchange is the number that the file writes as its amount, to the last digit; a distribution beside
   it never changes it. Where it is no finite number, the text is kept as ``published``.
3. A distribution counts only when its parameters are finite and in order; a lognormal one is centred on the amount,
   as ``bw2io.strategies.set_lognormal_loc_value`` does.
4. The year is the last one that the data stand for: the end of the period where it is sensible (1950 to five years
   after the file was written, or 2050), else its beginning, else the last sensible year in the period's text.
5. A code is given once: who comes later gets one made from its content.
"""

from __future__ import annotations

import hashlib
import math
import re
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from databases.importers import xml
from databases.importers.shape import Process
from databases.importers.sources import SourceFiles
from databases.notices import Notice, Severity

Raw = dict[str, Any]

UNDEFINED, LOGNORMAL, NORMAL, UNIFORM, TRIANGULAR = 0, 2, 3, 4, 5
"""Numbers of the distributions in ``stats_arrays``."""

_CAS = re.compile(r"(?<!\d)0*(\d{2,7})(-?)(\d\d)\2(\d)(?!\d)")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(Z|[+-]\d\d:\d\d)?(T.*)?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_EARLIEST, _LATEST = 1950, 2050


class Tally:
    """Counts troubles by code and keeps the first example of each (rule 1)."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[Severity, int, str, dict[str, object]]] = {}

    def add(self, severity: Severity, code: str, where: str, /, **details: object) -> None:
        """One more of ``code``."""
        severity, count, first, kept = self._counts.get(code, (severity, 0, where, details))
        self._counts[code] = (severity, count + 1, first, kept)

    def notices(self) -> list[Notice]:
        """One notice a code, in the order of first occurrence, with ``count``."""
        return [
            Notice(
                severity,
                code,
                where,
                tuple(sorted((name, str(value)) for name, value in ({"count": count} | details).items())),
            )
            for code, (severity, count, where, details) in self._counts.items()
        ]


class Codes:
    """Gives every process its own code (rule 5)."""

    def __init__(self, tally: Tally) -> None:
        self._given: set[str] = set()
        self._ordinals: dict[tuple[str, ...], int] = {}
        self._tally = tally

    def give(self, process: Process, wanted: str) -> str:
        """``wanted``, or a code from the content where it is empty or taken."""
        if wanted and wanted not in self._given:
            self._given.add(wanted)
            return wanted
        code = "ecospold-code-twice" if wanted else "ecospold-code-missing"
        self._tally.add(Severity.WARNING, code, process["filename"], code=wanted)
        said = (process["name"], process["location"], process["unit"], wanted)
        made = wanted
        while not made or made in self._given:
            ordinal = self._ordinals.get(said, 0)
            self._ordinals[said] = ordinal + 1
            made = fingerprint(*said, ordinal)
        self._given.add(made)
        return made


def fingerprint(*parts: object) -> str:
    """16 hexadecimal digits that stand for these texts, the same in every run."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode("utf-8", "replace")).hexdigest()[:16]


def edition(files: SourceFiles, name: str) -> int:
    """1 or 2 for a member that is EcoSpold, else 0; known by the root's namespace, else by what the root holds."""
    head = files.head(name)
    namespace, local = xml.root_names(head, name)
    if local.casefold() != "ecospold":
        return 0
    if namespace.casefold().endswith("ecospold02"):
        return 2
    if namespace.casefold().endswith("ecospold01"):
        return 1
    return 2 if b"ctivityDataset" in head else 1


def members(files: SourceFiles, wanted: int, *suffixes: str) -> tuple[list[str], int]:
    """Members that are of this edition, and how many with these suffixes are not."""
    names = files.matching(*suffixes)
    found = [name for name in names if edition(files, name) == wanted]
    return found, len(names) - len(found)


def through_bw2io(extract: Callable[[], list[Raw]], expected: Sequence[int]) -> tuple[list[Raw], str]:
    """What bw2io's extractor reads, or nothing and its reason for refusing.

    ``expected``: number of exchanges of each dataset; another number counts as refused, as something went missing.
    """
    try:
        # its progress bars, advice and logs are no news of this source
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore")
            found = extract()
    except MemoryError:
        raise
    except (
        Exception
    ) as error:  # any library error over foreign data: the tolerant reader takes over and is told why
        return [], f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
    if [len(raw["exchanges"]) for raw in found] != list(expected):
        return [], "another number of datasets or exchanges than the file holds"
    return found, ""


def amount(written: str) -> tuple[float, bool]:
    """The number a file writes, and whether it is finite; NaN for what is no number (rule 2)."""
    value = xml.number(written)
    return (math.nan, False) if value is None else (value, math.isfinite(value))


def cas_number(written: str) -> str:
    """A CAS number as ``124-38-9``, without leading zeros; ``""`` where there is none or its check digit is wrong.

    Check digit: https://www.cas.org/support/documentation/chemical-substances/checkdig
    """
    match = _CAS.search(written)
    if not match:
        return ""
    first, _, middle, check = match.groups()
    digits = (first + middle)[::-1]
    wrong = sum(place * int(digit) for place, digit in enumerate(digits, 1)) % 10 != int(check)
    return "" if wrong else f"{first.lstrip('0')}-{middle}-{check}"


def year_of(start: str, end: str, said: str, written: str) -> int | None:
    """The year the data stand for (rule 4), or None; the arguments are XML Schema dates, ``said`` is free text."""
    made = _year(written)
    latest = made + 5 if made else _LATEST
    years = [_year(end), _year(start), *sorted((int(year) for year in _YEAR.findall(said)), reverse=True)]
    return next((year for year in years if year is not None and _EARLIEST <= year <= latest), None)


def _year(date: str) -> int | None:
    """Year of a date. The last of December west of Greenwich is New Year's midnight there, with its time dropped.

    openLCA writes the first of January 2010 as ``2009-12-31-07:00``.
    """
    match = _DATE.match(date.strip())
    if not match:
        return int(date) if re.fullmatch(r"[0-9]{4}", date.strip()) else None
    year, month, day, zone, time = match.groups()
    eve = (month, day) == ("12", "31") and zone is not None and zone.startswith("-") and not time
    return int(year) + eve


def uncertainty(raw: Raw, value: float) -> Raw:
    """The keys of ``stats_arrays`` for a distribution as bw2io gives it, around ``value`` (rule 3).

    ``uncertainty type`` 0 where the distribution cannot be used.
    """
    kind = raw.get("uncertainty type", UNDEFINED)
    undefined = {"uncertainty type": UNDEFINED, "loc": value}
    if not math.isfinite(value):
        return undefined
    given = {key: float(raw[key]) for key in ("loc", "scale", "minimum", "maximum") if key in raw}
    if not all(math.isfinite(item) for item in given.values()):
        return undefined
    low, high, loc = (given.get(key, math.nan) for key in ("minimum", "maximum", "loc"))
    if kind == LOGNORMAL and value and given.get("scale", 0) > 0:
        made: Raw = {"loc": math.log(abs(value)), "scale": given["scale"]}
        if value < 0:
            made["negative"] = True
    elif kind == NORMAL and given.get("scale", 0) > 0:
        made = {"loc": value, "scale": given["scale"]}
    elif kind == TRIANGULAR and low < high and low <= loc <= high:
        made = {"loc": loc, "minimum": low, "maximum": high}
    elif kind == UNIFORM and low < high:
        made = {"loc": value, "minimum": low, "maximum": high}
    else:
        return undefined
    return {"uncertainty type": kind} | made
