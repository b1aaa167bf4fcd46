"""The text of pages as a person sees it: what is read, and everything that is refused because it could show something
else."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfmaking import CATALOGUE, CMAP, COMPOSITE, DESCENDANT, PAGE, codes, paged, shown, stream

from certificates import limits
from certificates.pdf.document import Document
from certificates.pdf.marks import NotPlain
from certificates.pdf.objects import PdfUnreadable
from certificates.pdf.text import read


def text(pdf: bytes) -> list[str]:
    return [line.text for line in read(Document(pdf)).lines]


def refusal(pdf: bytes) -> str:
    """The reason why a PDF is not plain, or ``unreadable``."""
    try:
        read(Document(pdf))
    except NotPlain as problem:
        return problem.reason
    except PdfUnreadable:
        return "unreadable"
    return ""


def with_page(more: bytes, content: bytes = shown("total 12.35"), **other: bytes) -> bytes:
    """A page with further entries."""
    return paged(content, page=PAGE[:-2] + more + b">>", **other)


def with_catalogue(more: bytes, **other: bytes) -> bytes:
    return paged(shown("total 12.35"), catalogue=CATALOGUE[:-2] + more + b">>", **other)


RESOURCES = b"<</Font<</F 5 0 R>>%s>>"


def with_resources(more: bytes, content: bytes, **other: bytes) -> bytes:
    page = PAGE.replace(b"<</Font<</F 5 0 R>>>>", RESOURCES % more)
    return paged(content, page=page, **other)


FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>>>"

READ = {
    "Tj": (shown("total 12.35"), ["total 12.35"]),
    "literal": (b"BT /F 10 Tf 50 700 Td (\\000t\\000o\\000(\\000\\)) Tj ET".replace(b"000(", b"000\\("), ["to()"]),
    "TJ": (b"BT /F 10 Tf 50 700 Td [%s -20 %s] TJ ET" % (codes("12"), codes(".35")), ["12.35"]),
    "TJ-apart": (b"BT /F 10 Tf 50 700 Td [%s -4000 %s] TJ ET" % (codes("12"), codes("35")), ["12", "35"]),
    "lines": (
        b"BT /F 10 Tf 14 TL 50 700 Td %s Tj %s ' T* %s Tj ET" % (codes("a"), codes("b"), codes("c")),
        ["a", "b", "c"],
    ),
    "spaced": (b'BT /F 10 Tf 14 TL 50 700 Td 0 1 %s " ET' % codes("ab"), ["ab"]),
    "TD": (b"BT /F 10 Tf 0 -20 TD 50 720 Td %s Tj T* %s Tj ET" % (codes("a"), codes("b")), ["a", "b"]),
    "goes-on": (shown("12", (50, 700)) + shown(".35", (62, 700)), ["12.35"]),
    "apart": (shown("12", (50, 700)) + shown("35", (90, 700)), ["12", "35"]),
    "state": (b"q 2 0 0 2 0 0 cm 0.2 g BT /F 5 Tf 25 350 Td %s Tj ET Q" % codes("ab"), ["ab"]),
    "rgb": (b"0.04 0.36 0.27 rg " + shown("ab"), ["ab"]),
    "span": (b"/Span<</ActualText<FEFF00610062>>>BDC " + shown("ab") + b"EMC", ["ab"]),
    "span-break": (b"/Span<</ActualText<FEFF00610062200B>>>BDC " + shown("ab") + b"EMC", ["ab"]),
    "artifact": (b"/Artifact BMC " + shown("1 / 2") + b"EMC", ["1 / 2"]),
    "light-box": (b"0.95 g 40 690 100 30 re f 0 g " + shown("ab"), ["ab"]),
    "rule-below": (shown("ab") + b"0 G 0.5 w 50 697 m 200 697 l S", ["ab"]),
    "no-text": (b"0 g 10 10 20 20 re f", []),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_text_is_read(name):
    content, lines = READ[name]
    assert text(paged(content)) == lines


def test_a_page_of_several_packed_streams():
    packed = {
        f"o{number}": stream(zlib.compress(data), b"/Filter/FlateDecode")
        for number, data in ((10, shown("one")), (11, shown("two", (50, 600))))
    }
    page = PAGE.replace(b"/Contents 4 0 R", b"/Contents[10 0 R 11 0 R]")
    assert text(paged(b"", page=page, **packed)) == ["one", "two"]


def test_a_form_shows_what_it_holds():
    inner = stream(shown("within"), FORM)
    assert text(with_resources(b"/XObject<</X 10 0 R>>", b"q 1 0 0 1 0 -50 cm /X Do Q", o10=inner)) == [
        "within"
    ]


def test_pages_inherit():
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>>>>>"
    page = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"
    assert text(paged(shown("ab"), pages=pages, page=page)) == ["ab"]


def test_language_links_and_pages():
    link = (
        b"/Annots[<</Type/Annot/Subtype/Link/Rect[1 2 3 4]/Border[0 0 0]/A<</S/URI/URI(https://a.example/)>>>>"
        b"<</Subtype/Link/Rect[1 2 3 4]/Border[0 0 0]/Dest[3 0 R/Fit]>>]"
    )
    found = read(Document(with_page(link, catalogue=CATALOGUE[:-2] + b"/Lang(zh-CN)>>")))
    assert (found.language, found.links, found.pages) == ("zh-CN", ("https://a.example/",), 1)


def placed(value: bytes) -> bytes:
    return b"BT /F 10 Tf %s %s Tj ET" % (value, codes("12.35"))


HIDDEN = {
    "mode-3": placed(b"3 Tr 50 700 Td"),
    "mode-7": placed(b"7 Tr 50 700 Td"),
    "mode-1": placed(b"1 Tr 50 700 Td"),
    "white": b"1 g " + shown("12.35"),
    "white-rgb": b"1 1 1 rg " + shown("12.35"),
    "pale": b"0.6 g " + shown("12.35"),
    "size-0": shown("12.35", size=0),
    "size-1": shown("12.35", size=1),
    "size-negative": shown("12.35", size=-10),
    "scaled-away": b"0.01 0 0 0.01 0 0 cm " + shown("12.35", (5000, 70000)),
    "outside-left": shown("12.35", (-100, 700)),
    "outside-right": shown("12.35", (590, 700)),
    "outside-below": shown("12.35", (50, -20)),
    "outside-above": shown("12.35", (50, 799)),
    "turned": placed(b"0 1 -1 0 50 700 Tm"),
    "mirrored": placed(b"-1 0 0 1 200 700 Tm"),
    "slanted": placed(b"1 0 0.5 1 50 700 Tm"),
    "flattened": placed(b"1 0 0 0.1 50 700 Tm"),
    "stretched": placed(b"10 Tz 50 700 Td"),
    "clipped": b"0 0 1 1 re W n " + shown("12.35"),
    "clipped-even-odd": b"0 0 1 1 re W* n " + shown("12.35"),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_text_is_refused(name):
    assert refusal(paged(HIDDEN[name])) == "page-hidden"


STATES = {
    "transparent": b"/ca 0",
    "half": b"/ca 0.5",
    "blended": b"/BM/Screen",
    "masked": b"/SMask<</S/Alpha>>",
    "knocked": b"/TK true",
    "font": b"/Font[5 0 R 1]",
}


@pytest.mark.parametrize("name", STATES)
def test_graphics_states_that_change_what_is_seen_are_refused(name):
    state = b"/ExtGState<</G<<%s>>>>" % STATES[name]
    assert refusal(with_resources(state, b"/G gs " + shown("12.35"))) == "page-hidden"
    still = b"/ExtGState<</G<</Type/ExtGState/ca 1/CA 1/BM/Normal/SMask/None>>>>"
    assert text(with_resources(still, b"/G gs " + shown("12.35"))) == ["12.35"]


COVERED = {
    "white-box-after": shown("12.35") + b"1 g 40 690 100 30 re f",
    "black-box-after": shown("12.35") + b"0 g 40 690 100 30 re f",
    "stroke-after": shown("12.35") + b"1 G 20 w 40 702 m 200 702 l S",
    "dark-box-before": b"0.2 g 40 690 100 30 re f " + shown("12.35"),
    "half-covered": shown("12.35") + b"1 g 65 690 10 30 re f",
    "text-over-text": shown("12.35") + shown("99.99"),
    "text-half-over": shown("12.35") + shown("99", (62, 700)),
    "text-over-higher": shown("12.35", size=20) + shown("99", (52, 705)),
    "box-in-form": shown("12.35"),
}


@pytest.mark.parametrize("name", COVERED)
def test_covered_text_is_refused(name):
    if name == "box-in-form":
        form = stream(b"1 g 40 690 100 30 re f", b"/Subtype/Form/BBox[0 0 600 800]")
        pdf = with_resources(b"/XObject<</X 10 0 R>>", COVERED[name] + b"/X Do", o10=form)
    else:
        pdf = paged(COVERED[name])
    assert refusal(pdf) == "page-covered"


ORDER = {
    "back-within-string": b"BT /F 10 Tf 50 700 Td [%s 1800 %s] TJ ET" % (codes("2"), codes("1")),
    "negative-spacing": b"BT /F 10 Tf -6 Tc 50 700 Td %s Tj ET" % codes("12.35"),
    "set-left-later": shown("2.35", (56, 700)) + shown("1", (50, 700)),
    "set-between": shown("1", (50, 700)) + shown("35", (62, 700)) + shown("2", (56, 700)),
    "other-text-between": shown("12", (50, 700)) + shown("x", (50, 500)) + shown(".35", (62, 700)),
}


@pytest.mark.parametrize("name", ORDER)
def test_letters_in_another_order_than_that_of_sight_are_refused(name):
    assert refusal(paged(ORDER[name])) in ("page-order", "page-covered")


def test_letters_of_no_width_are_refused():
    assert refusal(paged(shown("12"), descendant=DESCENDANT.replace(b"/DW 600", b"/DW 0"))) == "page-hidden"


DRAWINGS = {
    "slanted-line": b"50 700 m 60 720 l S",
    "curve": b"50 700 m 60 730 80 730 90 700 c f",
    "v-curve": b"50 700 m 60 730 90 700 v f",
    "many-corners": b"".join(b"%d 10 m %d 12 %d 12 %d 10 c f " % (x, x, x + 2, x + 2) for x in range(70)),
    "many-boxes": b"".join(b"%d 700 5 5 re " % (7 * n) for n in range(12)) + b"f",
    "turned-box": b"0.7 0.7 -0.7 0.7 100 100 cm 0 0 20 20 re f",
    "line-without-start": b"50 700 l S",
    "slanted-closing": b"50 700 m 60 700 l 60 720 l f",
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawings_that_could_be_letters_are_refused(name):
    assert refusal(paged(DRAWINGS[name])) == "page-drawing"


def test_the_square_code_may_have_many_parts():
    modules = b"".join(b"%d %d 3 3 re " % (100 + 5 * x, 100 + 5 * y) for x in range(12) for y in range(12))
    assert text(paged(b"0 g " + modules + b"f")) == []


FONTS = {
    "simple": {"font": b"<</Type/Font/Subtype/TrueType/BaseFont/Arial>>"},
    "type-3": {"font": b"<</Type/Font/Subtype/Type3/CharProcs<<>>/Encoding<<>>>>"},
    "other-encoding": {"font": COMPOSITE.replace(b"Identity-H", b"UniGB-UCS2-H")},
    "vertical": {"font": COMPOSITE.replace(b"Identity-H", b"Identity-V")},
    "no-map": {"font": COMPOSITE.replace(b"/ToUnicode 7 0 R", b"")},
    "two-descendants": {"font": COMPOSITE.replace(b"[6 0 R]", b"[6 0 R 6 0 R]")},
    "not-embedded": {"descendant": DESCENDANT.replace(b"/FontFile2 8 0 R", b"")},
    "other-glyphs": {"descendant": DESCENDANT.replace(b"/CIDToGIDMap/Identity", b"/CIDToGIDMap 8 0 R")},
    "contradiction": {
        "cmap": CMAP.replace(b"endbfrange", b"endbfrange 1 beginbfchar <0031> <0032> endbfchar")
    },
    "no-codespace": {"cmap": CMAP.replace(b"codespacerange", b"nothing")},
    "one-byte-codes": {"cmap": CMAP.replace(b"<0000> <FFFF>", b"<00> <FF>")},
    "used-map": {"cmap": b"/Other usecmap " + CMAP},
    "rest-in-section": {"cmap": CMAP.replace(b"<0020>\nend", b"<0020> <0031>\nend")},
    "range-backwards": {"cmap": CMAP.replace(b"<0020> <007E>", b"<007E> <0020>")},
    "half-a-letter": {"cmap": CMAP.replace(b"<0020>\nend", b"<D800>\nend")},
    "letter-unmapped": {"cmap": CMAP.replace(b"<007E>", b"<0030>")},
}


@pytest.mark.parametrize("name", FONTS)
def test_fonts_that_are_not_clear_are_refused(name):
    assert refusal(paged(shown("12.35"), **FONTS[name])) == "page-letters"


def test_a_list_of_texts_for_a_range():
    cmap = CMAP.replace(b"<0020> <007E> <0020>", b"<0031> <0032> [<0041> <00660069>]")
    assert text(paged(shown("12"), cmap=cmap)) == ["Afi"]


@pytest.mark.parametrize(
    ("actual", "reason"),
    [
        (b"<FEFF00390039>", "page-letters"),
        (b"<FEFF>", "page-letters"),
        (b"(ab)", ""),
        (b"<FEFF0061FF42>", ""),
    ],
    ids=["other", "none", "same", "wide-form"],
)
def test_the_text_beside_the_letters_is_theirs(actual, reason):
    assert refusal(paged(b"/Span<</ActualText %s>>BDC %s EMC" % (actual, shown("ab")))) == reason


def test_the_text_beside_the_letters_may_stand_in_the_resources():
    pdf = with_resources(b"/Properties<</P<</ActualText(99)>>>>", b"/Span/P BDC %s EMC" % shown("12"))
    assert refusal(pdf) == "page-letters"


IMAGE = stream(
    b"\0", b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
)
PICTURES = {
    "image": with_resources(b"/XObject<</X 10 0 R>>", b"/X Do", o10=IMAGE),
    "postscript": with_resources(b"/XObject<</X 10 0 R>>", b"/X Do", o10=stream(b"", b"/Subtype/PS")),
    "inline": paged(b"BI /W 1 /H 1 /BPC 8 /CS /G ID \0 EI"),
    "shading": paged(b"/S sh"),
    "pattern-resource": with_resources(b"/Pattern<</P 10 0 R>>", shown("12")),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_refused(name):
    assert refusal(PICTURES[name]) == "page-picture"


COLOURS = {
    "pattern": with_resources(b"", b"/Pattern cs /P scn " + shown("12")),
    "separation": with_resources(
        b"/ColorSpace<</C[/Separation/Black/DeviceGray 10 0 R]>>", b"/C cs 1 scn " + shown("12")
    ),
    "other-profile": with_resources(
        b"/ColorSpace<</C[/ICCBased 10 0 R]>>",
        b"/C cs 0 scn " + shown("12"),
        o10=stream(b"turned round", b"/N 1"),
    ),
    "default-gray": with_resources(b"/ColorSpace<</DefaultGray[/ICCBased 10 0 R]>>", shown("12")),
    "cmyk": with_resources(b"", b"/DeviceCMYK cs 0 0 0 1 scn " + shown("12")),
    "too-few": paged(b"/DeviceRGB cs 0 scn " + shown("12")),
}


@pytest.mark.parametrize("name", COLOURS)
def test_colours_whose_light_is_not_known_are_refused(name):
    assert refusal(COLOURS[name]) == "page-colour"


LAYERS = {
    "properties": with_catalogue(b"/OCProperties<</OCGs[10 0 R]/D<<>>>>", o10=b"<</Type/OCG/Name(a)>>"),
    "content": paged(b"/OC/L BDC " + shown("12") + b"EMC"),
    "group": with_resources(b"/Properties<</P 10 0 R>>", b"/Span/P BDC EMC", o10=b"<</Type/OCG/Name(a)>>"),
    "form": with_resources(
        b"/XObject<</X 10 0 R>>", b"/X Do", o10=stream(shown("12"), FORM + b"/OC<</Type/OCG/Name(a)>>")
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_refused(name):
    if name == "content":
        pdf = with_resources(b"/Properties<</L<</Type/X>>>>", b"/OC/L BDC " + shown("12") + b"EMC")
        assert refusal(pdf) == "page-layer"
    else:
        assert refusal(LAYERS[name]) == "page-layer"


def annotation(body: bytes) -> bytes:
    return with_page(b"/Annots[<</Type/Annot" + body + b">>]")


ACTIVE = {
    "free-text": annotation(b"/Subtype/FreeText/Rect[0 0 9 9]/Contents(1.27)"),
    "stamp": annotation(b"/Subtype/Stamp/Rect[0 0 9 9]/AP<</N 8 0 R>>"),
    "file": annotation(b"/Subtype/FileAttachment/Rect[0 0 9 9]/FS<<>>"),
    "link-shown": annotation(b"/Subtype/Link/Rect[0 0 9 9]/Border[0 0 0]/AP<</N 8 0 R>>/A<</S/URI/URI(a)>>"),
    "link-script": annotation(b"/Subtype/Link/Rect[0 0 9 9]/Border[0 0 0]/A<</S/JavaScript/JS(a)>>"),
    "link-then": annotation(b"/Subtype/Link/Rect[0 0 9 9]/Border[0 0 0]/A<</S/URI/URI(a)/Next<<>>>>"),
    "widget": annotation(b"/Subtype/Widget/FT/Tx/Rect[0 0 0 0]/V(1.27)"),
    "signature-seen": annotation(b"/Subtype/Widget/FT/Sig/Rect[0 0 99 99]"),
    "page-action": with_page(b"/AA<</O<<>>>>"),
    "open-action": with_catalogue(b"/OpenAction<</S/JavaScript/JS(a)>>"),
    "more-actions": with_catalogue(b"/AA<<>>"),
    "script": with_catalogue(b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(a)>>]>>>>"),
    "outline-action": with_catalogue(b"/Outlines<</First<</Title(a)/A<</S/URI/URI(a)>>>>>>"),
    "xfa": with_catalogue(b"/AcroForm<</Fields[]/XFA 8 0 R>>"),
    "field": with_catalogue(b"/AcroForm<</Fields[<</FT/Tx/T(a)/V(1.27)>>]>>"),
    "two-fields": with_catalogue(b"/AcroForm<</Fields[<</FT/Sig/T(a)>><</FT/Sig/T(b)>>]>>"),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIVE)
def test_what_acts_or_lies_over_the_page_is_refused(name):
    assert refusal(ACTIVE[name]) == "page-active"


UNUSUAL = {
    "portfolio": with_catalogue(b"/Collection<<>>"),
    "full-screen": with_catalogue(b"/PageMode/FullScreen"),
    "viewer-hides": with_catalogue(b"/ViewerPreferences<</HideToolbar true>>"),
    "usage-rights": with_catalogue(b"/Perms<</UR3<<>>>>"),
    "renditions": with_catalogue(b"/Names<</Renditions<<>>>>"),
    "unknown-entry": with_catalogue(b"/Beads 5"),
    "turned": with_page(b"/Rotate 180"),
    "unit": with_page(b"/UserUnit 10"),
    "thumbnail": with_page(b"/Thumb 8 0 R"),
    "group": with_page(b"/Group<</S/Transparency>>"),
    "lasting": with_page(b"/Dur 1"),
    "no-border": annotation(b"/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(a)>>"),
    "unknown-operator": paged(b"1 2 3 xyz"),
    "operands": paged(b"1 2 cm"),
    "unrestored": paged(b"q " + shown("12")),
    "restored-twice": paged(b"q Q Q"),
    "text-open": paged(b"BT /F 10 Tf"),
    "text-in-text": paged(b"BT BT ET ET"),
    "text-outside": paged(b"/F 10 Tf %s Tj" % codes("12")),
    "mark-open": paged(b"/Span<<>>BDC"),
    "mark-closed-twice": paged(b"EMC"),
    "dashes": paged(b"[3]0 d"),
    "compatibility": paged(b"BX EX"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_no_label_has_is_refused(name):
    assert refusal(UNUSUAL[name]) == "page-unusual"


def test_another_crop_box_is_refused():
    assert refusal(with_page(b"/CropBox[0 0 600 650]")) == "page-hidden"
    assert text(with_page(b"/CropBox[0 0 600 800]")) == ["total 12.35"]


def test_a_form_larger_than_what_is_seen_of_it():
    form = stream(shown("12.35", (50, 700)), FORM.replace(b"[0 0 600 800]", b"[0 0 100 100]"))
    assert refusal(with_resources(b"/XObject<</X 10 0 R>>", b"/X Do", o10=form)) == "page-hidden"


def test_forms_in_circles_are_stopped():
    form = stream(b"/X Do", b"/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>>>")
    assert refusal(with_resources(b"/XObject<</X 10 0 R>>", b"/X Do", o10=form)) == "page-unusual"


@pytest.mark.parametrize(
    "pages",
    [
        b"<</Type/Pages/Kids[2 0 R]>>",
        b"<</Type/Pages/Kids[3 0 R 3 0 R]>>",
        b"<</Type/Pages/Kids 5>>",
        b"<</Type/Pages>>",
    ],
    ids=["circle", "twice", "number", "none"],
)
def test_damaged_page_trees(pages):
    assert refusal(paged(shown("a"), pages=pages)) in ("unreadable", "pages-many", "page-unusual")


def test_too_many_pages():
    kids = b" ".join(b"%d 0 R" % number for number in range(100, 101 + limits.PDF_PAGES))
    more = {f"o{number}": PAGE for number in range(100, 101 + limits.PDF_PAGES)}
    assert refusal(paged(b"", pages=b"<</Type/Pages/Kids[" + kids + b"]>>", **more)) == "pages-many"


BAD = {
    "not-an-instruction": b"BT )",
    "open-string": b"BT (abc",
    "open-array": b"[1 2",
    "closed-array": b"1 ]",
    "array-in-array": b"[[1]] TJ",
    "open-dictionary": b"/Span<</A 1",
    "operands-at-end": b"1 2 3",
    "many-operands": b"1 " * 100 + b"cm",
}


@pytest.mark.parametrize("name", BAD)
def test_damaged_instructions(name):
    assert refusal(paged(BAD[name])) == "unreadable"


def test_a_stream_kept_in_another_file_is_refused():
    pdf = paged(
        b"", page=PAGE.replace(b"/Contents 4 0 R", b"/Contents 10 0 R"), o10=stream(b"", b"/F(other.bin)")
    )
    assert refusal(pdf) == "unreadable"


DEAR = {
    "letters": b"BT /F 10 Tf 50 700 Td " + (codes("12") + b" Tj ") * 1 + b"ET " + b"q Q " * 900_000,
    "pieces": b"".join(shown("a", (50 + n % 50 * 10, 700)) for n in range(20_000)),
    "areas": b"0 0 600 800 re f " * 20_000
    + b"".join(shown("a", (50, 10 + n % 79 * 10)) for n in range(2_000)),
}


@pytest.mark.parametrize("name", DEAR)
def test_what_is_dear_to_read_is_stopped(name):
    content = stream(zlib.compress(DEAR[name]), b"/Filter/FlateDecode")
    pdf = paged(b"", page=PAGE.replace(b"/Contents 4 0 R", b"/Contents 10 0 R"), o10=content)
    document = Document(pdf)
    with pytest.raises((PdfUnreadable, NotPlain)):
        read(document)
    assert document.budget.steps > -limits.PDF_PAGE_STEPS


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20), max_size=20
    )
)
def test_what_stands_on_lines_of_its_own_is_read_as_it_stands(lines):
    content = b"".join(shown(line, (40, 780 - 20 * place)) for place, line in enumerate(lines))
    assert text(paged(content)) == lines


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_instructions_are_read_or_refused(junk, place):
    base = (
        shown("total 12.35")
        + b"q 0.2 g 10 10 50 1 re f Q /Span<</MCID 1>>BDC "
        + shown("x", (50, 600))
        + b"EMC"
    )
    refusal(paged(base[:place] + junk + base[place:]))
