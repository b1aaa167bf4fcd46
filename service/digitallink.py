"""GS1 Digital Link: the address in the QR code of a label whose product has a GTIN.

Rules
1. A GTIN is written with 14 digits, zeros in front (GS1 Digital Link URI Syntax, 1.x), and its check digit fits
   (``certificates.gtin``).
2. The path ends with the application identifier ``01`` and the GTIN. Of the query, keys of digits alone are application
   identifiers of GS1; ours are words: ``n`` is the number of the label, ``c`` its check code.
3. A GTIN names a product, never a label: without the number and the code no label is found.
4. An address without GTIN is ``BASE/v/NUMBER?c=CODE`` (claims: ``BASE/c/NUMBER``, which need no code).

Example: ``link("https://labels.example", "TB-2026-0000001-L", "7KQ2M9XD", "6901234567892")`` is
``https://labels.example/01/06901234567892?n=TB-2026-0000001-L&c=7KQ2M9XD``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from certificates.gtin import padded
from certificates.labelnumber import CLAIM

IDENTIFIER = "01"
_PATH = re.compile(r"/01/([0-9]{8,14})/?\Z")
_PAGE = re.compile(r"/[vc]/([^/]+)/?\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """What an address of ours names; each part is empty where it does not say it."""

    number: str
    code: str = ""
    gtin: str = ""


def link(base: str, number: str, code: str = "", gtin: str = "") -> str:
    """The address for a QR code (rules 2 and 4). Raises NotAGtin."""
    base = base.rstrip("/")
    if gtin:
        return f"{base}/{IDENTIFIER}/{padded(gtin)}?{urlencode({'n': number, 'c': code})}"
    if number.startswith(f"{CLAIM}-"):
        return f"{base}/c/{number}"
    return f"{base}/v/{number}" + (f"?{urlencode({'c': code})}" if code else "")


def read(text: str) -> Address | None:
    """What an address that somebody pasted or scanned names; None where it is none of ours. Any host: copies of a QR
    code are read wherever the service runs now, and a number from elsewhere is simply not found here.
    """
    try:
        parts = urlsplit(text.strip())
        query = parse_qs(parts.query, max_num_fields=20)
    except ValueError:
        return None
    code = query.get("c", [""])[0]
    if product := _PATH.search(parts.path):
        return Address(query.get("n", [""])[0], code, product[1])
    if page := _PAGE.search(parts.path):
        return Address(page[1], code)
    return None
