"""XML of every format, parsed one way: as data, with nothing in it that acts.

Rules
1. A document type declaration refuses the file, whatever stands in it: entities (and with them the "billion
   laughs" and local or remote files) can be declared nowhere else. It is looked for before parsing and again after.
2. Nothing is loaded: no DTD, no schema, no include, no network.
3. Depth and length of one value keep the limits of libxml2 (256 levels, 10 MB). What is held in memory at a time
   has at most :data:`MAX_NODES` elements and attributes: each takes a hundred times what it takes in the file.
4. The encoding is UTF-8, UTF-16 or a plain superset of ASCII; bytes that do not fit it refuse the file.
   An encoding that could hide a declaration from rule 1 (UTF-7, EBCDIC, UTF-32) is refused.
5. Comments and processing instructions are dropped. Names are compared without their namespace.

Example: ``text(parse(b"<a xmlns='urn:x'><b> 1 </b></a>", "a.xml"), "b") == "1"``. A large file with many equal parts:
``for dataset in each(data, "all.xml", "dataset"): ...`` holds one part at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from databases.notices import SourceRefused, refused

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NUMBER = re.compile(
    r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", re.ASCII | re.IGNORECASE
)
_DECLARED = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ENCODINGS = re.compile(
    r"utf-?8|us-ascii|ascii|iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|gb2312|gbk|gb18030|big5|euc-(jp|kr|cn)|shift_jis",
    re.IGNORECASE,
)
MAX_NODES = 5_000_000
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def parse(data: bytes, name: str) -> Element:
    """The root element of ``data``; ``name`` is the file for the reader of a refusal.

    Raises SourceRefused (``xml-doctype``, ``xml-encoding``, ``xml-damaged``, ``xml-limits``).
    """
    from lxml import etree

    _screen(data, name)
    if data.count(b"<") - data.count(b"</") + data.count(b"=") > MAX_NODES:
        raise refused("xml-limits", name, problem=f"> {MAX_NODES} elements")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error, name) from error
    _no_declaration(root, name)
    return root


def each(data: bytes, name: str, *tags: str) -> Iterator[Element]:
    """Every outermost element with one of these local names, in order, one at a time: use it before taking the next.

    The root itself may be one. Raises SourceRefused as :func:`parse`, where the reading has come to the fault.
    """
    from lxml import etree

    _screen(data, name)
    events = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    inside = held = 0
    checked = False
    try:
        for event, element in events:
            if not checked:
                _no_declaration(element, name)
                checked = True
            if event == "start" and (held := held + 1 + len(element.attrib)) > MAX_NODES:
                raise refused("xml-limits", name, problem=f"> {MAX_NODES} elements")
            if local(element) not in tags:
                continue
            inside += 1 if event == "start" else -1
            if event == "end" and not inside:
                yield element
                _forget(element)
                held = 0
    except etree.XMLSyntaxError as error:
        raise _refusal(error, name) from error


def root_name(data: bytes, name: str) -> str:
    """Local name of the root element, as :func:`root_names`."""
    return root_names(data, name)[1]


def root_names(data: bytes, name: str) -> tuple[str, str]:
    """Namespace and local name of the root element, from the beginning of the file; ``""`` twice where it is no XML.

    To recognise a format: damage further on is left for the reader to tell. Raises SourceRefused for a declaration.
    """
    from lxml import etree

    try:
        _screen(data, name)
    except SourceRefused as error:
        if error.notice.code == "xml-doctype":
            raise
        return "", ""
    if b">" not in data[: 1 << 20]:
        return "", ""
    beginning = _Beginning(data)
    events = etree.iterparse(
        beginning,
        events=("start",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
    )
    found: tuple[str, str] | None = None
    for _ in range(2):  # again after an error: what stands before the damage has been read all the same
        with suppress(etree.XMLSyntaxError):
            for _, element in events:  # to its end, or the parser is never given back
                found = found or (etree.QName(element).namespace or "", local(element))
                beginning.over = True
    return found or ("", "")


class _Beginning:
    """A file for a parser, in small pieces; it ends when it is ``over``, at the latest after a million bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = BytesIO(data[: 1 << 20])
        self.over = False

    def read(self, _size: int) -> bytes:
        """The next piece."""
        return b"" if self.over else self._data.read(4096)


def local(element: Element) -> str:
    """Name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, *path: str) -> Iterator[Element]:
    """Elements down a path of local names, all of them, in order; nothing below ``None``."""
    if element is None:
        return
    if not path:
        yield element
        return
    for child in element:
        if local(child) == path[0]:
            yield from children(child, *path[1:])


def child(element: Element | None, *path: str) -> Element | None:
    """The first element down a path of local names, or None."""
    return next(children(element, *path), None)


def text(element: Element | None, *path: str) -> str:
    """Text of the first element down the path, stripped; ``""`` where it is missing or empty."""
    found = child(element, *path)
    return (found.text or "").strip() if found is not None else ""


def texts(element: Element | None, *path: str) -> dict[str, str]:
    """Texts down the path by language (``xml:lang``, ``en`` where none is given); the first of a language counts."""
    found: dict[str, str] = {}
    for item in children(element, *path):
        if value := (item.text or "").strip():
            found.setdefault(item.get(_LANGUAGE, "en").casefold(), value)
    return found


def preferred(by_language: dict[str, str], *languages: str) -> str:
    """The text in the first of these languages that is there, else the first text, else ``""``."""
    for language in languages or ("en",):
        for key, value in by_language.items():
            if key == language or key.startswith(language + "-"):
                return value
    return next(iter(by_language.values()), "")


def attribute(element: Element | None, name: str) -> str:
    """An attribute by its local name, stripped; ``""`` where it is missing."""
    if element is None:
        return ""
    value = element.get(name)
    if value is None:
        ending = "}" + name
        value = next((element.attrib[key] for key in element.attrib if key.endswith(ending)), "")
    return str(value).strip()


def number(written: str) -> float | None:
    """A number as XML Schema writes doubles (``1.5e-3``, ``INF``, ``NaN``); None for anything else."""
    written = written.strip()
    return float(written) if _NUMBER.fullmatch(written) else None


def _screen(data: bytes, name: str) -> None:
    """Rules 1 and 4, on the bytes before the root element."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        if data[2:4] == b"\0\0" or len(data) % 2:
            raise refused("xml-encoding", name, problem="UTF-16")
        prolog = data.decode("utf-16", "replace").encode()
    else:
        prolog = data.removeprefix(b"\xef\xbb\xbf")
        if b"\0" in prolog[:4]:
            raise refused("xml-encoding", name, problem="no byte order mark")
        if (
            declared := _DECLARED.match(prolog[: prolog.find(b">") + 1].lstrip())
        ) and not _ENCODINGS.fullmatch(declared[1].decode()):
            raise refused("xml-encoding", name, problem=declared[1].decode())
    if _declares(prolog):
        raise refused("xml-doctype", name)


def _declares(data: bytes) -> bool:
    """Whether a declaration stands before the root element, past comments and processing instructions."""
    at = 0
    while (at := data.find(b"<", at)) >= 0:
        if data.startswith(b"<!--", at):
            at = data.find(b"-->", at + 4)
        elif data.startswith(b"<?", at):
            at = data.find(b"?>", at)
        else:
            return data.startswith(b"<!", at)
        if at < 0:
            return False
    return False


def _no_declaration(element: Element, name: str) -> None:
    info = element.getroottree().docinfo
    if info.internalDTD is not None or info.externalDTD is not None:
        raise refused("xml-doctype", name)


def _forget(element: Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _refusal(error: SyntaxError, name: str) -> SourceRefused:
    message = str(error.msg or "").partition(", line ")[0].strip()[:160]
    low = message.casefold()
    if "encod" in low or "utf-8" in low or "utf-16" in low or "invalid bytes" in low:
        return refused("xml-encoding", name, problem=message)
    if "depth" in low or "huge" in low or "too long" in low or "limit" in low:
        return refused("xml-limits", name, problem=message)
    if "doctype" in low or ("entity" in low and "not defined" not in low):
        return refused("xml-doctype", name)
    return refused("xml-damaged", name, line=error.lineno or 0, problem=message or "empty")
