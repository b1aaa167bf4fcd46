"""Global Trade Item Numbers (GTIN-8, -12, -13, -14) with their check digit, and the one form in which a label has them.

The check digit is that of the GS1 General Specifications, 7.9 (modulo 10, weights 3 and 1 from the right); a shorter
GTIN is filled with zeros on the left to 14 digits.

Example: ``padded("6901234567892") == "06901234567892"``.
"""

from __future__ import annotations

LENGTHS = (8, 12, 13, 14)
LINK = "https://id.gs1.org/01/"
"""GS1's own resolver: with a GTIN of 14 digits the identifier of a trade item (GS1 Digital Link)."""


class NotAGtin(ValueError):
    """A GTIN has 8, 12, 13 or 14 digits, the last of them its check digit."""


def check_digit(body: str) -> str:
    """The check digit that follows the digits ``body``."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def valid(text: str) -> bool:
    """True for a GTIN of any of the four lengths whose check digit fits; one of zeros alone names nothing."""
    digits = text.isascii() and text.isdigit() and bool(text.strip("0"))
    return digits and len(text) in LENGTHS and check_digit(text[:-1]) == text[-1]


def padded(text: str) -> str:
    """The 14 digits of a GTIN; raises NotAGtin."""
    if not valid(text):
        raise NotAGtin(f"{text[:20]!r} is not a GTIN.")
    return text.zfill(14)


def stated(value: object) -> bool:
    """True for what a statement may say: the 14 digits of a GTIN, or nothing."""
    return isinstance(value, str) and (value == "" or (len(value) == 14 and valid(value)))
