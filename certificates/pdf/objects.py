"""PDF objects from bytes (ISO 32000-1, 7.3), one at a time, counted against a budget.

Rules
1. What is not plainly an object is refused; nothing is guessed or repaired.
2. A dictionary with a name standing twice is refused: two readers could choose differently.
3. Nesting and the number of tokens are limited (``certificates.limits``), and no pattern looks further ahead
   than it is charged for.
4. Only a string that stands in the file itself has a place there; one from an object stream has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from certificates import limits

_SPACE = re.compile(rb"(?:[\x00\t\n\x0c\r ]+|%[^\r\n]*)*+")
_REGULAR = re.compile(rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]*+")
_NUMBER = re.compile(rb"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})\Z")
_REFERENCE = re.compile(
    rb"([0-9]{1,10})[\x00\t\n\x0c\r ]{1,16}+([0-9]{1,5})[\x00\t\n\x0c\r ]{1,16}+R"
    rb"(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
)
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\x00\t\n\x0c\r ]*+)>")
_LITERAL = re.compile(rb"[^()\\]*+(?:\\.[^()\\]*+)*+", re.DOTALL)
_ESCAPE = re.compile(rb"\\(\r\n|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\x0c",
    b"\r\n": b"",
    b"\n": b"",
    b"\r": b"",
}
_NAME_ESCAPE = re.compile(r"#([0-9A-Fa-f]{2})")


class PdfUnreadable(ValueError):
    """This PDF cannot be read safely: it is damaged, encrypted, too complex, or uses a form that labels do
    not use."""


class Name(str):
    """A name object, without its solidus."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True)
class String:
    """A string object; ``start`` and ``end`` are the places of its delimiters in the file, ``end`` exclusive,
    both -1 for a string from an object stream (rule 4)."""

    value: bytes
    start: int
    end: int
    hexadecimal: bool


class Budget:
    """What may still be read of one file: tokens, bytes passed over, bytes inflated, bytes whose
    predictor is undone, and steps of reading its pages."""

    def __init__(self) -> None:
        self.tokens = limits.PDF_TOKENS
        self.bytes = limits.PDF_BYTES_READ
        self.inflated = limits.PDF_INFLATED_BYTES
        self.predicted = limits.PDF_PREDICTED_BYTES
        self.steps = limits.PDF_PAGE_STEPS

    def token(self) -> None:
        """Count one token; raises PdfUnreadable when there were too many."""
        self.tokens -= 1
        if self.tokens < 0:
            raise PdfUnreadable("The PDF is too complex.")

    def passed(self, count: int) -> None:
        """Count bytes passed over; raises PdfUnreadable when there were too many."""
        self.bytes -= count
        if self.bytes < 0:
            raise PdfUnreadable("The PDF is too complex.")

    def unpredict(self, count: int) -> None:
        """Count bytes whose predictor is undone; raises PdfUnreadable when there were too many."""
        self.predicted -= count
        if self.predicted < 0:
            raise PdfUnreadable("The PDF is too complex.")

    def work(self, count: int) -> None:
        """Count steps of reading pages: tokens, letters, comparisons. Raises PdfUnreadable when there were too many."""
        self.steps -= count
        if self.steps < 0:
            raise PdfUnreadable("The pages are too complex.")


class Lexer:
    """Reads objects of ``data`` from ``position`` on; ``packed`` when that is not the file but an object
    stream.

    Raises PdfUnreadable for a position outside ``data``.
    """

    def __init__(self, data: bytes, position: int, budget: Budget, *, packed: bool = False) -> None:
        if not 0 <= position <= len(data):
            raise PdfUnreadable("An object is not in the file.")
        self.data, self.position, self.budget, self.packed = data, position, budget, packed

    def skip(self) -> None:
        """Pass over white space and comments."""
        match = _SPACE.match(self.data, self.position)
        if match is not None:
            self.budget.passed(match.end() - self.position)
            self.position = match.end()

    def keyword(self, word: bytes) -> bool:
        """Pass over ``word`` when it stands next."""
        self.skip()
        found = self.data.startswith(word, self.position)
        if found:
            self.position += len(word)
        return found

    def integer(self) -> int:
        """A whole number that stands next; raises PdfUnreadable."""
        value = self.read()
        if type(value) is not int or value < 0:
            raise PdfUnreadable("A whole number is missing.")
        return value

    def read(self, depth: int = 0) -> Any:
        """The object that stands next: None, bool, int, float, Name, String, Reference, list or dict."""
        if depth > limits.PDF_DEPTH:
            raise PdfUnreadable("Objects are nested too deeply.")
        self.skip()
        self.budget.token()
        two = self.data[self.position : self.position + 2]
        if two == b"<<":
            return self._dictionary(depth)
        first = two[:1]
        if first == b"[":
            return self._array(depth)
        if first == b"(":
            return self._literal()
        if first == b"<":
            return self._hexadecimal()
        if first == b"/":
            return self._name()
        return self._word()

    def _dictionary(self, depth: int) -> dict[str, Any]:
        self.position += 2
        made: dict[str, Any] = {}
        while not self.keyword(b">>"):
            name = self.read(depth + 1)
            if not isinstance(name, Name) or str(name) in made:
                raise PdfUnreadable("A dictionary has no clear names.")
            made[str(name)] = self.read(depth + 1)
        return made

    def _array(self, depth: int) -> list[Any]:
        self.position += 1
        made: list[Any] = []
        while not self.keyword(b"]"):
            made.append(self.read(depth + 1))
        return made

    def _name(self) -> Name:
        match = _REGULAR.match(self.data, self.position + 1)
        if match is None or len(match[0]) > 512:
            raise PdfUnreadable("A name is too long.")
        self.position = match.end()
        text = match[0].decode("latin-1")
        return Name(_NAME_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text))

    def _hexadecimal(self) -> String:
        match = _HEXADECIMAL.match(self.data, self.position)
        if match is None or len(match[0]) > limits.PDF_STRING_BYTES:
            raise PdfUnreadable("A hexadecimal string is damaged or too long.")
        self.budget.passed(len(match[0]))
        start, self.position = self.position, match.end()
        digits = match[1].translate(None, b"\x00\t\n\x0c\r ")
        return self._string(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")), start, True)

    def _literal(self) -> String:
        start, depth = self.position, 0
        while True:
            self.budget.token()
            match = _LITERAL.match(self.data, self.position)
            if match is not None:
                self.budget.passed(match.end() - self.position)
                self.position = match.end()
            delimiter = self.data[self.position : self.position + 1]
            if delimiter not in (b"(", b")") or self.position - start > limits.PDF_STRING_BYTES:
                raise PdfUnreadable("A string does not end or is too long.")
            depth += 1 if delimiter == b"(" else -1
            self.position += 1
            if depth == 0:
                break
        raw = self.data[start + 1 : self.position - 1]
        self.budget.tokens -= raw.count(b"\\")  # each escape costs as much as a token
        self.budget.token()
        return self._string(unescaped(raw), start, False)

    def _string(self, value: bytes, start: int, hexadecimal: bool) -> String:
        """Rule 4; the string ends at the present position."""
        if self.packed:
            return String(value, -1, -1, hexadecimal)
        return String(value, start, self.position, hexadecimal)

    def _word(self) -> Any:
        reference = _REFERENCE.match(self.data, self.position)
        if reference is not None:
            self.position = reference.end()
            return Reference(int(reference[1]), int(reference[2]))
        match = _REGULAR.match(self.data, self.position)
        word = match[0] if match else b""
        self.position += len(word)
        if word in _WORDS:
            return _WORDS[word]
        if not _NUMBER.match(word):
            raise PdfUnreadable("Something stands where an object should.")
        return float(word) if b"." in word else int(word)


_WORDS: dict[bytes, bool | None] = {b"true": True, b"false": False, b"null": None}


def unescaped(raw: bytes) -> bytes:
    """What stands between the parentheses of a string, without its escapes (ISO 32000-1, 7.3.4.2)."""
    return _ESCAPE.sub(_unescaped, raw) if b"\\" in raw else raw


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    if code[:1].isdigit() and code[0] < 0x38:
        return bytes([int(code, 8) & 0xFF])
    return _ESCAPES.get(code, code)


def text_of(value: Any) -> str:
    """A text string (ISO 32000-1, 7.9.2.2): UTF-16 with mark, else one byte a character. Raises
    PdfUnreadable."""
    if not isinstance(value, String):
        raise PdfUnreadable("A text is missing.")
    if value.value.startswith(b"\xfe\xff"):
        return value.value[2:].decode("utf-16-be", "replace")
    return value.value.decode("latin-1")
