"""Numbers of labels, ``TB-2026-0000001-L``, and of claims, ``TC-2026-0000001-X``: prefix, year, serial and one check
character.

The check character is that of ISO/IEC 7064, MOD 37,36, over the letters and digits before it without
hyphens: it catches every single wrong character and almost every swap of neighbours when a number is typed
by hand.

A label's check code is eight characters of Crockford's base32 from a good source of chance (40 bits), printed beside
the number in two groups of four: who knows only the number, which counts up, has not seen the label. Numbers are
guessed, codes are not.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_FORM = re.compile(r"([A-Z]{2})-([0-9]{4})-([0-9]{7})-([0-9A-Z])\Z")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011", " -\t")
CODE_LENGTH = 8
LABEL, CLAIM = "TB", "TC"
"""The prefixes: what is numbered."""


class SerialOutOfRange(ValueError):
    """A number has a year from 2000 to 9999 and a serial from 1 to 9,999,999."""


def make(year: int, serial: int, prefix: str = LABEL) -> str:
    """The number of the ``serial``-th label (or claim) of ``year``; raises SerialOutOfRange."""
    if not 2000 <= year <= 9999 or not 1 <= serial <= 9_999_999:
        raise SerialOutOfRange(f"No number for year {year}, serial {serial}.")
    body = f"{prefix}{year:04d}{serial:07d}"
    return f"{prefix}-{year:04d}-{serial:07d}-{check_character(body)}"


def valid(text: str, prefix: str = LABEL) -> bool:
    """True for a number of what the prefix stands for, in full form, whose check character fits."""
    return well_formed(text, prefix) and check_character(text.replace("-", "")[:-1]) == text[-1]


def typed(text: str) -> str:
    """A number as a person types it, in the form it is printed: full-width characters of a Chinese keyboard
    (Unicode NFKC), small letters, other dashes, spaces around it. What is no number stays none.

    Example: ``typed(" ｔｂ－２０２６－0000001－l ") == "TB-2026-0000001-L"``.
    """
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip().upper()


def well_formed(text: str, prefix: str = LABEL) -> bool:
    """True for the form alone, whatever the check character."""
    found = _FORM.match(text)
    return found is not None and found[1] == prefix


def check_character(body: str) -> str:
    """ISO/IEC 7064 MOD 37,36 for ``body`` (digits and capital letters); raises ValueError for other
    characters."""
    product = 36
    for character in body:
        product = ((product + _ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def new_code() -> str:
    """A fresh check code, eight characters without hyphen."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(CODE_LENGTH))


def valid_code(text: str) -> bool:
    """True for a check code in the form it is kept: eight characters without hyphen."""
    return len(text) == CODE_LENGTH and set(text) <= set(_CROCKFORD)


def shown_code(code: str) -> str:
    """A check code as it is printed.

    Example: ``shown_code("7K2M9QXA") == "7K2M-9QXA"``.
    """
    return f"{code[:4]}-{code[4:]}"


def typed_code(text: str) -> str:
    """A check code as a person types it, in the form it is kept: small letters, spaces, hyphens, full-width characters,
    O for 0, I and L for 1. What is no code stays none.

    Example: ``typed_code("７k2m 9qxa") == "7K2M9QXA"``.
    """
    return typed(text).translate(_LOOKALIKES)
