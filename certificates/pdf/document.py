"""A PDF as its catalogue sees it: objects by reference, attached files, and the one signature.

Rules
1. Only what the catalogue reaches counts: attachments through Names/EmbeddedFiles, signatures through
   AcroForm/Fields. Bytes that merely look like an attachment (in a picture, a text, an old revision) are
   never read.
2. An attachment's name stands once, and is the same in the name tree and in the attachment; a file with two of them is
   refused.
3. Every loop is bounded: references, name trees, field trees, object streams.
4. What an object stream needs to be unpacked does not stand in an object stream (ISO 32000-1, 7.5.7).
5. An attachment has one content: where a specification names two streams, they are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certificates import limits
from certificates.pdf.objects import Budget, Lexer, PdfUnreadable, Reference, text_of
from certificates.pdf.xref import read_index, stream_bytes


class Document:
    """A PDF file opened for reading; raises PdfUnreadable for one that cannot be read safely.

    ``budget`` is given when another revision of the same file was read before: both share it.
    """

    def __init__(self, data: bytes, budget: Budget | None = None) -> None:
        self.data = data
        self.budget = budget or Budget()
        self.index = read_index(data, self.budget)
        self._objects: dict[int, Any] = {}
        self._packed: dict[int, dict[int, tuple[int, bytes]]] = {}
        self._unpacking = False
        self.catalogue = self.dictionary(self.index.trailer.get("Root"))

    def attachments(self) -> dict[str, Reference]:
        """Attached files by name, as references to their streams (:meth:`content`). Raises PdfUnreadable."""
        found: dict[str, Reference] = {}
        names = self.dictionary(self.catalogue.get("Names"), {})
        for key, specification in self._tree(names.get("EmbeddedFiles"), 0):
            files = self.dictionary(specification.get("EF"), {})
            stream = files.get("F", files.get("UF"))
            if files.get("UF", stream) != stream:  # rule 5: one reader would take this, another that
                raise PdfUnreadable("The attached files are not clear.")
            name = text_of(self.resolve(specification.get("UF", specification.get("F"))))
            if not isinstance(stream, Reference) or name in found or text_of(self.resolve(key)) != name:
                raise PdfUnreadable("The attached files are not clear.")
            found[name] = stream
            if len(found) > limits.PDF_ATTACHMENTS:
                raise PdfUnreadable("Too many files are attached.")
        return found

    def content(self, reference: Reference) -> bytes:
        """The unpacked bytes of a stream. Raises PdfUnreadable."""
        lexer, dictionary = self._at(reference)
        if not isinstance(dictionary, dict):
            raise PdfUnreadable("A stream is missing.")
        return stream_bytes(self.data, lexer, dictionary, self.resolve(dictionary.get("Length")), self.budget)

    def signatures(self) -> list[dict[str, Any]]:
        """The signature dictionaries of all signature fields that are filled. Raises PdfUnreadable."""
        form = self.dictionary(self.catalogue.get("AcroForm"), {})
        fields = self.resolve(form.get("Fields", []))
        found: list[dict[str, Any]] = []
        for entry in fields if isinstance(fields, list) else []:
            self._fields(entry, None, 0, found)
        return found

    def resolve(self, value: Any) -> Any:
        """The object a reference stands for, any other value as it is. Raises PdfUnreadable."""
        for _ in range(8):
            if not isinstance(value, Reference):
                return value
            value = self._object(value)
        raise PdfUnreadable("A reference leads in a circle.")

    def dictionary(self, value: Any, otherwise: dict[str, Any] | None = None) -> dict[str, Any]:
        """The dictionary that ``value`` is or refers to; ``otherwise`` where there is none. Raises PdfUnreadable."""
        found = self.resolve(value)
        if found is None and otherwise is not None:
            return otherwise
        if not isinstance(found, dict):
            raise PdfUnreadable("A dictionary is missing.")
        return found

    def _tree(self, node: Any, depth: int) -> Iterator[tuple[Any, dict[str, Any]]]:
        if depth > limits.PDF_DEPTH:
            raise PdfUnreadable("A name tree is too deep.")
        branch = self.dictionary(node, {})
        self.budget.token()
        names, kids = (self.resolve(branch.get(key, [])) for key in ("Names", "Kids"))
        if not isinstance(names, list) or not isinstance(kids, list):
            raise PdfUnreadable("A name tree is damaged.")
        for key, value in zip(names[::2], names[1::2], strict=False):
            self.budget.token()
            yield key, self.dictionary(value)
        for kid in kids:
            yield from self._tree(kid, depth + 1)

    def _fields(self, node: Any, kind: Any, depth: int, found: list[dict[str, Any]]) -> None:
        if depth > limits.PDF_DEPTH:
            raise PdfUnreadable("The form is too deep.")
        self.budget.token()
        field = self.dictionary(node)
        kind = self.resolve(field.get("FT", kind))
        if kind == "Sig" and field.get("V") is not None:
            found.append(self.dictionary(field["V"]))
        kids = self.resolve(field.get("Kids", []))
        for kid in kids if isinstance(kids, list) else []:
            self._fields(kid, kind, depth + 1, found)

    def _object(self, reference: Reference) -> Any:
        number = reference.number
        if number not in self._objects:
            kind, place, position = self.index.places.get(number, ("free", 0, 0))
            if kind == "free":
                self._objects[number] = None
            elif kind == "at":
                self._objects[number] = self._at(reference)[1]
            else:
                self._objects[number] = self._from_packed(number, place, position)
        return self._objects[number]

    def _at(self, reference: Reference) -> tuple[Lexer, Any]:
        kind, place, generation = self.index.places.get(reference.number, ("free", 0, 0))
        lexer = Lexer(self.data, place, self.budget)
        if kind != "at" or generation != reference.generation:
            raise PdfUnreadable("An object is not where it should be.")
        if (lexer.integer(), lexer.integer()) != (reference.number, generation) or not lexer.keyword(b"obj"):
            raise PdfUnreadable("An object is not where it should be.")
        return lexer, lexer.read()

    def _from_packed(self, number: int, container: int, position: int) -> Any:
        objects = self._packed.get(container)
        if objects is None:
            objects = self._packed[container] = self._unpack(container)
        offset, data = objects.get(number, (-1, b""))
        if offset < 0:
            raise PdfUnreadable("A packed object is not where it should be.")
        del position  # the number decides; the position is only a hint (ISO 32000-1, 7.5.8.3)
        return Lexer(data, offset, self.budget, packed=True).read()

    def _unpack(self, container: int) -> dict[int, tuple[int, bytes]]:
        if self._unpacking:
            raise PdfUnreadable("An object stream rests on an object stream.")
        self._unpacking = True
        try:
            return self._unpacked(container)
        finally:
            self._unpacking = False

    def _unpacked(self, container: int) -> dict[int, tuple[int, bytes]]:
        reference = Reference(container, 0)
        _, dictionary = self._at(reference)
        data = self.content(reference)
        count, first = (self.resolve(dictionary.get(name)) for name in ("N", "First"))
        if dictionary.get("Type") != "ObjStm" or type(count) is not int or type(first) is not int:
            raise PdfUnreadable("An object stream is damaged.")
        lexer = Lexer(data, 0, self.budget, packed=True)
        pairs = [(lexer.integer(), lexer.integer()) for _ in range(count)]
        if len({number for number, _ in pairs}) != len(pairs) or first < 0:
            raise PdfUnreadable("An object stream is damaged.")
        return {number: (first + offset, data) for number, offset in pairs}
