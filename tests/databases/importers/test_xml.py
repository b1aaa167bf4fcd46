"""XML is data: whatever acts in it refuses the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from databases.importers import xml
from databases.notices import SourceRefused

LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY a0 "ha">'
    + b"".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, 10))
    + b"]><a>&a9;</a>"
)
REFUSED = {
    "billion laughs": (LAUGHS, "xml-doctype"),
    "external entity": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>', "xml-doctype"),
    "network entity": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "http://example.org/">]><a>&b;</a>', "xml-doctype"),
    "parameter entity": (b'<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/hostname">%b;]><a/>', "xml-doctype"),
    "external subset": (b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "xml-doctype"),
    "plain declaration": (b"<!DOCTYPE a><a/>", "xml-doctype"),
    "declaration behind a comment": (
        b"<?xml version='1.0'?><!-- <a> --><?b <c?><!DOCTYPE a><a/>",
        "xml-doctype",
    ),
    "declaration behind a mark": (b"\xef\xbb\xbf<!DOCTYPE a><a/>", "xml-doctype"),
    "declaration in UTF-16": ("<!DOCTYPE a><a/>".encode("utf-16"), "xml-doctype"),
    "UTF-7": (b"<?xml version='1.0' encoding='UTF-7'?>+ADw-a/+AD4-", "xml-encoding"),
    "UTF-32": ("<a/>".encode("utf-32"), "xml-encoding"),
    "EBCDIC": ("<?xml version='1.0' encoding='cp037'?><a/>".encode("cp037"), "xml-encoding"),
    "UTF-16 without a mark": ("<a/>".encode("utf-16-le"), "xml-encoding"),
    "UTF-7 behind a thousand blanks": (
        b"<?xml version='1.0'" + b" " * 2000 + b"encoding='UTF-7'?>+ADw-a/+AD4-",
        "xml-encoding",
    ),
    "half a UTF-16 letter": ("<a/>".encode("utf-16") + b"x", "xml-encoding"),
    "no UTF-8": (b"<a>\xff\xfe</a>", "xml-encoding"),
    "declared otherwise": (b"<?xml version='1.0' encoding='utf-16'?><a/>", "xml-encoding"),
    "deep": (b"<a>" * 5000 + b"</a>" * 5000, "xml-limits"),
    "a very long text": (b"<a>" + b"x" * 10_500_000 + b"</a>", "xml-limits"),
    "a very long attribute": (b'<a b="' + b"x" * 10_500_000 + b'"/>', "xml-limits"),
    "unknown entity": (b"<a>&b;</a>", "xml-damaged"),
    "cut short": (b"<a><b>", "xml-damaged"),
    "two roots": (b"<a/><a/>", "xml-damaged"),
    "nothing": (b"", "xml-damaged"),
    "no XML": (b"name,unit\n", "xml-damaged"),
    "control character": (b"<a>\x01</a>", "xml-damaged"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_what_acts_or_is_broken_is_refused_on_both_roads(data: bytes, code: str) -> None:
    for reading in (lambda: xml.parse(data, "a.xml"), lambda: list(xml.each(data, "a.xml", "a"))):
        with pytest.raises(SourceRefused) as refusal:
            reading()
        assert refusal.value.notice.code == code
        assert refusal.value.notice.where == "a.xml"
        assert refusal.value.notice.message("zh") != refusal.value.notice.message("en")


def test_no_file_is_read_for_an_entity(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("told")
    for declaration in (
        f'<!ENTITY b SYSTEM "{tmp_path}/secret">',
        f'<!ENTITY % b SYSTEM "{tmp_path}/secret">%b;',
    ):
        with pytest.raises(SourceRefused) as refusal:
            xml.parse(f"<!DOCTYPE a [{declaration}]><a>&b;</a>".encode(), "a.xml")
        assert "told" not in str(refusal.value)


def test_an_include_and_a_stylesheet_stay_words() -> None:
    data = b"""<?xml-stylesheet href="http://example.org/a.xsl"?><a xmlns:xi="http://www.w3.org/2001/XInclude">
    <xi:include href="file:///etc/hostname"/></a>"""
    root = xml.parse(data, "a.xml")
    assert [(xml.local(item), item.text) for item in root] == [("include", None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "big5", "shift_jis"])
def test_the_encodings_of_real_files_are_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    data = f"<?xml version='1.0' encoding='{declared}'?><a>中文</a>".encode(encoding)
    assert xml.parse(data, "a.xml").text == "中文"
    assert [item.text for item in xml.each(data, "a.xml", "a")] == ["中文"]
    assert xml.root_name(data, "a.xml") == "a"


def test_a_doctype_inside_a_text_is_a_text() -> None:
    assert xml.parse(b"<a><![CDATA[<!DOCTYPE html>]]></a>", "a.xml").text == "<!DOCTYPE html>"


def test_each_gives_the_outermost_parts_one_by_one_and_lets_go() -> None:
    data = b"<all xmlns='urn:x'>" + b"<b>1</b><skip/><b>2<c><b>inner</b></c></b>" * 50 + b"</all>"
    seen = []
    for item in xml.each(data, "a.xml", "b"):
        assert len(list(item.itersiblings(preceding=True))) <= 2
        seen.append(item.text)
    assert seen == ["1", "2"] * 50


def test_each_tells_of_damage_where_it_comes_to_it() -> None:
    parts = xml.each(b"<all><b>1</b>" + b" " * 100_000 + b"<b>2", "a.xml", "b")
    assert next(parts).text == "1"
    with pytest.raises(SourceRefused, match="incomplete or damaged"):
        next(parts)


def test_names_are_read_without_their_namespace() -> None:
    root = xml.parse(
        b"""<r xmlns="urn:x" xmlns:y="urn:y" y:id="7" plain=" p ">
        <a><b xml:lang="de"> zwei </b><b xml:lang="en">two</b><b/></a>
        <a><b xml:lang="en-US">second</b><!-- no --></a></r>""",
        "r.xml",
    )
    assert xml.root_names(b"<r xmlns='urn:x'/>", "r.xml") == ("urn:x", "r")
    assert (xml.attribute(root, "id"), xml.attribute(root, "plain"), xml.attribute(root, "none")) == (
        "7",
        "p",
        "",
    )
    assert xml.text(root, "a", "b") == "zwei"
    assert xml.text(root, "a", "none") == xml.text(None, "a") == xml.attribute(None, "a") == ""
    assert xml.child(root, "none") is None
    assert [item.text for item in xml.children(root, "a", "b")] == [" zwei ", "two", None, "second"]
    assert xml.texts(root, "a", "b") == {"de": "zwei", "en": "two", "en-us": "second"}
    assert xml.preferred({"de": "zwei", "en-us": "two"}, "en") == "two"
    assert xml.preferred({"de": "zwei"}, "zh", "en") == "zwei"
    assert xml.preferred({}) == ""


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1.0),
        (" -1.5E-3 ", -0.0015),
        (".5", 0.5),
        ("5.", 5.0),
        ("INF", float("inf")),
        ("-Infinity", float("-inf")),
    ],
)
def test_numbers_as_xml_schema_writes_them(written: str, value: float) -> None:
    assert xml.number(written) == value


@pytest.mark.parametrize("written", ["", "1_000", "１", "1,5", "0x10", "1 2", "one", "1e", "--1"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert xml.number(written) is None


def test_nan_is_a_number_that_is_not() -> None:
    assert repr(xml.number("NaN")) == "nan"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"a,b", b"<", b"\xff\xfe<\0", b"<a", b"{}"])
def test_what_is_no_xml_has_no_root(data: bytes) -> None:
    assert xml.root_names(data, "x") == ("", "")


def test_what_is_held_at_a_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements and attributes together; what has been read and given back counts no more."""
    monkeypatch.setattr(xml, "MAX_NODES", 10)
    parts = b"<a>" + b"<b><c d='' e=''/></b>" * 20 + b"</a>"
    assert len(list(xml.each(parts, "a.xml", "b"))) == 20
    assert len(xml.parse(b"<a>" + b"<b/>" * 9 + b"</a>", "a.xml")) == 9
    for data in (
        parts,
        b"<a>" + b"<b/>" * 10 + b"</a>",
        b"<a " + b" ".join(b"b%d=''" % n for n in range(10)) + b"/>",
    ):
        with pytest.raises(SourceRefused) as whole:
            xml.parse(data, "a.xml")
        with pytest.raises(SourceRefused) as piece:
            list(xml.each(data, "a.xml", "z"))
        assert whole.value.notice.code == piece.value.notice.code == "xml-limits"


def test_looking_at_many_files_keeps_none_of_them() -> None:
    """A build runs without garbage collector: a parser in a circle of references would stay until its end."""
    import gc

    gc.collect()
    gc.disable()
    try:
        for _ in range(200):
            assert xml.root_names(b"<a xmlns='urn:x'><b/></a>", "a.xml") == ("urn:x", "a")
            assert xml.root_name(b"<a><b></c>", "a.xml") == "a"
        assert gc.collect() < 400
    finally:
        gc.enable()
