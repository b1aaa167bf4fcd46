"""Texts as a cell holds them: what nobody sees is no part of them; what a cell cannot show is in quotation marks.

Example: ``literal(written_text("  a")) == "  a"`` and ``written_text("a") == "a"``.
"""

from __future__ import annotations

import json
import re
import unicodedata

from lca.cbam.workbook.words import normalise

MAX_TEXT = 30_000
"""Characters of a text; a cell holds 32,767."""
MAX_STORED = 10_000
"""Characters of a text that is kept."""
SEPARATORS = ";；、,，\n"
"""What stands between the items of a list."""
BLANKS = frozenset({"/", "-", "--", "—", "——", "n/a", "na", "不适用"})
"""What is written in a cell to say that it is empty."""

_TOTALS = frozenset(
    normalise(word)
    for word in ("合计", "总计", "共计", "小计", "累计", "本页合计", "total", "totals", "subtotal", "sum")
)
_NOTE = re.compile(
    r"(备注|注|说明|制表|填表|填报|编制|审核|复核|note|remark|prepared by|checked by)s?\s*(人|日期)?\s*[:：]",
    re.I,
)
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF))
_ODD = re.compile(
    "[^\t\n\x20-\x7e\xa0-\xac\xae-\u200a\u200c-\u2029\u202f-\u205f\u2061-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    "|_(?=x[0-9A-Fa-f]{4}_)"
)
"""Characters that XML, a spreadsheet or a reader's eye does not keep; ``_x000D_`` is an escape of spreadsheets."""


def unseen(written: str) -> bool:
    """True where a text holds control characters, or ones that turn the direction of what follows."""
    return any(
        (unicodedata.category(sign) == "Cc" and sign not in "\n\t\r") or sign in _TURNING for sign in written
    )


def clean(written: str) -> str:
    """A text without what nobody sees."""
    return written.translate(_UNSEEN).strip()


def literal(written: str) -> str | None:
    """The text inside quotation marks ; None where there are none."""
    if len(written) < 2 or written[0] != '"' or written[-1] != '"':
        return None
    try:
        inner = json.loads(written)
    except ValueError:
        return None
    return inner if isinstance(inner, str) else None


def quoted(value: str) -> str:
    """A text in quotation marks, every odd character escaped."""
    shown = json.dumps(value, ensure_ascii=False)
    return _ODD.sub(lambda match: "".join(f"\\u{unit:04x}" for unit in _utf16(match.group())), shown)


def is_total(written: str) -> bool:
    """True for a word that names a sum; not in quotation marks."""
    return not written.startswith('"') and normalise(written) in _TOTALS


def is_note(written: str) -> bool:
    """True for a text that begins as notes and signatures below a table do."""
    return _NOTE.match(written.strip()) is not None


def written_text(value: str) -> str:
    """What a text cell shows: the text, in quotation marks where it would be read as anything else."""
    odd = not value or clean(value) != value or value.startswith('"') or _ODD.search(value)
    return quoted(value) if odd or is_total(value) or is_note(value) else value


def written_item(value: str) -> str:
    """One item of a list, or a reference: as a text, quoted also where it holds a separator or reads as empty."""
    odd = any(sign in SEPARATORS for sign in value) or value.casefold() in BLANKS
    return quoted(value) if odd else written_text(value)


def limited(written: str) -> str:
    """The text itself. Raises ValueError when it is longer than a cell holds."""
    if len(written) > MAX_TEXT:
        raise ValueError(f"A text of {len(written)} characters does not fit a cell; {MAX_TEXT} do.")
    return written


def _utf16(sign: str) -> list[int]:
    raw = sign.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
