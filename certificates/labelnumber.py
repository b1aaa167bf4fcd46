"""Label numbers: ``TB-2026-0000001-L``, year, serial and one check character.

The check character is that of ISO/IEC 7064, MOD 37,36, over the letters and digits before it without
hyphens: it catches every single wrong character and almost every swap of neighbours when a number is typed
by hand.
"""

from __future__ import annotations

import re
import unicodedata

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_FORM = re.compile(r"TB-([0-9]{4})-([0-9]{7})-([0-9A-Z])\Z")


class SerialOutOfRange(ValueError):
    """A label number has a year from 2000 to 9999 and a serial from 1 to 9,999,999."""


def make(year: int, serial: int) -> str:
    """The number of the ``serial``-th label of ``year``; raises SerialOutOfRange."""
    if not 2000 <= year <= 9999 or not 1 <= serial <= 9_999_999:
        raise SerialOutOfRange(f"No label number for year {year}, serial {serial}.")
    body = f"TB{year:04d}{serial:07d}"
    return f"TB-{year:04d}-{serial:07d}-{check_character(body)}"


def valid(text: str) -> bool:
    """True for a number in full form whose check character fits."""
    return well_formed(text) and check_character(text.replace("-", "")[:-1]) == text[-1]


def typed(text: str) -> str:
    """A number as a person types it, in the form it is printed: full-width characters of a Chinese keyboard
    (Unicode NFKC), small letters, other dashes, spaces around it. What is no number stays none.

    Example: ``typed(" ｔｂ－２０２６－0000001－l ") == "TB-2026-0000001-L"``.
    """
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip().upper()


def well_formed(text: str) -> bool:
    """True for the form alone, whatever the check character."""
    return _FORM.match(text) is not None


def check_character(body: str) -> str:
    """ISO/IEC 7064 MOD 37,36 for ``body`` (digits and capital letters); raises ValueError for other
    characters."""
    product = 36
    for character in body:
        product = ((product + _ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - product) % 36]
