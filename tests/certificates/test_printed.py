"""Step 15: the pages print the statement's values, each beside its name, and nothing that differs."""

import copy
import tomllib
from decimal import Decimal
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelmaking import (
    ADDRESS,
    CODE,
    NUMBER,
    OTHER_NUMBER,
    changed,
    drawn,
    label,
    label_pdf,
    leaves,
    plain_pdf,
    report,
    signed_pdf,
    statement,
)
from pdfmaking import paged
from printedmaking import edited, line, paint, painted, shown, signed

from certificates.pdf.document import Document
from certificates.pdf.text import Line, Printed
from certificates.steps import foreign, printed
from certificates.steps.sheet import Figure, Phrase, Sheet, bare
from certificates.steps.wording import Words, grouped, minute


def told(result):
    """The reason of step 15 and the value in it."""
    step = next(step for step in result.steps if step.code == "printed")
    return step.ok, step.reason


def judged(stated, code=CODE):
    return printed._compared(shown(), stated, code, (ADDRESS,))


# ---- What must be printed -------------------------------------------------------------------------------------------


def test_the_genuine_label_prints_everything():
    result = report(signed_pdf())
    assert result.verdict == "valid" and told(result) == (True, "printed-right")


NOT_PRINTED = {("type",), ("electricity",), ("review", "independent"), ("footprint", "unit")}
"""What no page prints: the version, and what is the same on every label (a label of another unit is none)."""


def test_every_value_of_a_statement_is_looked_for():
    """Whatever is changed in the statement, the pages no longer print it."""
    for path, value in leaves(statement()):
        if path in NOT_PRINTED or not isinstance(value, str) or path[-1] == "kind" or value == "":
            continue
        other = another(path, value)
        outcome = judged(changed(path, other))
        assert outcome.ok is False, (path, value, other)
        assert outcome.reason in ("printed-missing", "printed-other")


def another(path, value):
    """Another value of the same form: the last digit or letter changed."""
    known = {
        "stage": "use",
        "boundary": "cradle-to-grave",
        "source": "contract",
        "conclusion": "refused",
        "issuedAt": "2026-11-22T08:01:00Z",
        "validUntil": "2028-11-22T08:00:00Z",
        "rounding": "significant-digits:3",
    }
    if path[-1] in known:
        return known[path[-1]]
    if path[-1] in ("sha256", "link"):
        return ("1" if value[0] != "1" else "2") + value[1:]
    return value[:-1] + ("1" if value[-1] != "1" else "2")


def test_a_list_of_one_more_or_another_check_code_is_missed():
    stated = statement()
    stated["footprint"]["notCovered"] = [{"zh": "使用阶段", "en": "Use stage"}]
    assert dict(judged(stated).values) == {"field": "footprint.notCovered[0]"}
    stated = statement()
    stated["product"]["gtin"] = "06901234567892"
    assert dict(judged(stated).values) == {"field": "product.model"}
    assert dict(judged(statement(), "7K2M9QXB").values) == {"field": "code"}


def test_the_step_names_the_field():
    result = report(label_pdf(label(), printed=changed(("footprint", "totalLocationBased"), "12.41")))
    assert result.verdict == "altered"
    assert told(result) == (False, "printed-missing")
    (step,) = result.failed
    assert "footprint.totalLocationBased" in step.detail["en"]


def test_a_pdf_that_prints_nothing_of_it():
    files = {name: document_file(name) for name in ("credential.jwt", "bundle.json")}
    assert told(report(signed(plain_pdf(files)))) == (False, "printed-missing")


def document_file(name):
    document = Document(signed_pdf())
    return document.content(document.attachments()[name])


def test_a_bundle_has_no_pages():
    assert told(report(label().bundle)) == (None, "not-a-pdf")


def test_without_a_statement_there_is_nothing_to_look_for():
    from labelmaking import forge, keyset, world

    odd = world(forge({"type": "tanbiao-label/2"}, keyset()))
    pdf = signed(plain_pdf({"credential.jwt": odd.compact.encode(), "bundle.json": odd.bundle}))
    assert told(report(pdf)) == (None, "no-statement")


# ---- What must not be printed ---------------------------------------------------------------------------------------

FOREIGN = {
    "amount": line("1.27 kgCO2e"),
    "amount-whole": line("127 kgCO2e"),
    "amount-tonnes": line("3 t CO2"),
    "amount-low-2": line("9 kg CO\u2082e"),
    "amount-wide": line("\uff11\uff12\uff17 kgCO2e"),
    "amount-chinese": line("9 千克二氧化碳当量"),
    "amount-after": line("CO2e: 9"),
    "amount-two-lines": line("9") + line(" kgCO2e", (68, 22)),
    "amount-one-by-one": line("1 . 2 7 k g C O 2 e"),
    "amount-loose": b"".join(line(one, (60 + 7.2 * place, 22)) for place, one in enumerate("1.27kgCO2e")),
    "amount-arabic": line("\u0661\u066b\u0662\u0667 kgCO2e"),
    "amount-cyrillic": line("127 kg \u0421\u041e2e"),
    "decimal": line("98.7 %"),
    "decimal-alone": line("11.35"),
    "large-figure": line("128", (300, 650), 30),
    "other-number": line(OTHER_NUMBER),
    "other-number-plain": line(OTHER_NUMBER.replace("-", "").lower()),
    "other-number-before-a-letter": line(f"{OTHER_NUMBER}Issued"),
    "claim-number": line("TC-2026-0000001-4"),
    "day": line("2031-01-01"),
    "day-chinese": line("2031年1月1日"),
    "day-slash": line("2031/1/1"),
    "other-code": line("验证码 Check code AAAA-AAAA"),
    "other-name": line("型号 Model HS-61"),
    "address": line("https://labels.example.com/v/"),
    "address-longer": line("https://labels.example.org.evil.example/v/"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_the_statement_does_not_say_is_found(name):
    """Signed by the issuer's own document key."""
    result = report(painted(FOREIGN[name]))
    assert result.verdict == "altered" and told(result) == (False, "printed-other")


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "12.35 kgCO2e",
        "12.350",
        "2025-12-31",
        "2025年12月31日",
        "型号 Model HS-60",
        "GB/T 24067",
        "7",
        ADDRESS,
    ],
)
def test_what_it_does_say_may_stand_once_more(text):
    assert told(report(painted(line(text)))) == (True, "printed-right")


def test_a_name_may_be_part_of_a_longer_one():
    sheet = Sheet(
        Printed((Line("Review核查结论", 1, 0, 9, 0, 9), Line("Approved", 1, 20, 30, 0, 9)), (), 1, "")
    )
    phrases = [Phrase("a", "Review 核查", ("x",)), Phrase("b", "Review 核查结论", ("Approved",), "beside")]
    stated = foreign.Stated({"footprint": {"total": "1"}}, phrases, ())
    assert foreign.first(sheet, stated) == ""


# ---- What could show something else than the text -------------------------------------------------------------------

WHITE = b"1 g 0 0 600 850 re f"
BOX = b"1 g 40 300 500 300 re f"
LOOKS = {
    "invisible": (line("1.27 kgCO2e", more="3 Tr"), "page-hidden"),
    "white": (b"1 g " + line("1.27 kgCO2e"), "page-hidden"),
    "tiny": (line("1.27 kgCO2e", size=0.5), "page-hidden"),
    "outside": (line("1.27 kgCO2e", (60, -40)), "page-hidden"),
    "covered-page": (WHITE + b" 0 g " + line("1.27 kgCO2e", (60, 400)), "page-covered"),
    "covered-part": (BOX, "page-covered"),
    "over-text": (line("1.27", (60, 590), 54), "page-covered"),
    "drawn-letter": (b"0 g 60 400 m 70 440 90 440 95 400 c f", "page-drawing"),
    "layer": (b"/OC/L BDC " + line("12.35") + b" EMC", "page-layer"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_looks_are_judged_before_text(name):
    content, reason = LOOKS[name]
    result = report(painted(content))
    assert result.verdict == "altered" and told(result) == (False, reason)


def image(document):
    import pikepdf

    picture = document.make_stream(
        bytes(3), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=1, Height=1,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
    )  # fmt: skip
    document.pages[0].Resources.XObject = pikepdf.Dictionary({"/I": picture})
    document.pages[0].contents_add(b"q 300 0 0 100 60 500 cm /I Do Q")


def more_pages(document):
    """The second page once more."""
    document.pages.append(document.pages[1])


def one_page_less(document):
    del document.pages[1]


def one_page_more(document):
    document.add_blank_page(page_size=(595, 842))
    document.pages[2].Contents = document.make_stream(b"q Q")
    paint(document, line("12.35 kgCO2e"), 2)


def layers(document):
    import pikepdf

    document.Root.OCProperties = pikepdf.Object.parse(b"<</OCGs[]/D<<>>>>")


def script(document):
    import pikepdf

    document.Root.Names.JavaScript = pikepdf.Object.parse(
        b"<</Names[(a)<</S/JavaScript/JS(app.alert(1))>>]>>"
    )


def note(document):
    import pikepdf

    text = pikepdf.Object.parse(
        b"<</Type/Annot/Subtype/FreeText/Rect[60 500 300 560]/Contents(1.27 kgCO2e)/DA(/H 30 Tf)>>"
    )
    document.pages[0].Annots.append(document.make_indirect(text))


def link(document):
    document.pages[0].Annots[0].A.URI = b"https://labels.example.org.evil.example/v/x"


def xfa(document):
    import pikepdf

    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=document.make_stream(b"<xdp/>"))


def cropped(document):
    document.pages[0].CropBox = [0, 400, 595.2756, 841.8898]


def other_file(document):
    import pikepdf

    document.attachments["1.27.txt"] = pikepdf.AttachedFileSpec(document, b"1.27 kgCO2e")


def unlisted(document):
    del document.Root.AF


def renamed(document):
    """The credential under a name beside its own."""
    document.Root.Names.EmbeddedFiles.Names[1].UF = "label.jwt"


def two_letters(document):
    """A font says of one code that it is 1 and that it is 7."""
    for page in document.pages:
        for font in page.Resources.Font.values():
            cmap = font.ToUnicode.read_bytes()
            first = cmap[cmap.index(b"beginbfchar\n") + 12 :].split(b"\n")[0]
            font.ToUnicode.write(
                cmap.replace(b"endcmap", b"1 beginbfchar\n" + first[:6] + b" <0037>\nendbfchar\nendcmap")
            )


def no_language(document):
    del document.Root.Lang


DOCUMENTS = {
    "image": (image, "page-picture"),
    "more-pages": (more_pages, "pages-many"),
    "one-page-more": (one_page_more, "pages-many"),
    "one-page-less": (one_page_less, "printed-missing"),
    "layers": (layers, "page-layer"),
    "script": (script, "page-active"),
    "note": (note, "page-active"),
    "link": (link, "link-other"),
    "xfa": (xfa, "page-active"),
    "cropped": (cropped, "page-hidden"),
    "other-file": (other_file, "attached-other"),
    "unlisted": (unlisted, "attached-other"),
    "two-letters": (two_letters, "page-letters"),
    "no-language": (no_language, "printed-missing"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_that_could_show_something_else(name):
    edit, reason = DOCUMENTS[name]
    result = report(edited(edit))
    assert result.verdict == "altered" and told(result) == (False, reason)


def test_an_attachment_with_two_names_is_refused():
    assert report(edited(renamed)).verdict == "unreadable"


def test_pages_that_cannot_be_read():
    assert printed.judge(Document(paged(b"BT )")), statement(), CODE, (ADDRESS,)).reason == "pages-unreadable"


# ---- A person's text ------------------------------------------------------------------------------------------------

PLAIN = (
    st.text(st.sampled_from("铝型材散热器 abcXYZ019-./（）；·é"), min_size=1, max_size=60)
    .map(str.strip)
    .filter(bool)
)


@settings(max_examples=12, deadline=None)
@given(PLAIN, PLAIN, st.decimals("-1e12", "1e12", places=6), st.sampled_from(["", "06901234567892"]))
def test_whatever_is_drawn_holds(chinese, english, total, gtin):
    """The drawing reads itself back: it raises where the verifier would not find what is printed."""
    stated = copy.deepcopy(statement())
    stated["product"] |= {"name": {"zh": chinese, "en": english}, "model": english, "gtin": gtin}
    stated["exporter"]["name"] = {"zh": english, "en": chinese}
    stated["footprint"]["total"] = f"{Decimal(total) or 0:f}"
    assert drawn(label(), printed=stated).startswith(b"%PDF-")


# ---- Words and figures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "as_printed"),
    [
        ("12345678.90", "12,345,678.90"),
        ("-0.02", "−0.02"),
        ("0.0000000000000031", "3.1e-15"),
        ("0.00", "0.00"),
    ],
)
def test_figures(stated, as_printed):
    assert grouped(stated) == as_printed


def test_moments_and_amounts():
    assert minute("2026-11-22T08:00:15Z") == ["2026-11-22 08:00", "UTC"]
    assert Words("en").amount({"amount": "1", "unit": "piece"}) == ["1", "piece (件)"]
    assert Words("zh").amount({"amount": "1", "unit": "kg"}) == ["1", "kg"]


def test_every_word_stands_in_both_languages():
    tables = tomllib.loads(
        resources.files("certificates").joinpath("printed.toml").read_text(encoding="utf-8")
    )
    for table, words in tables.items():
        for key, texts in words.items():
            assert set(texts) == {"zh", "en"} and all(texts.values()), (table, key)


def sheet(*lines):
    """A sheet of lines (text, left, base), six points to a letter, ten high."""
    made = [Line(text, 1, left, left + 6 * len(text), base, 10) for text, left, base in lines]
    return Sheet(Printed(tuple(made), (), 1, ""))


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([("Total", 0, 100), ("12.35", 200, 100)], True),
        ([("Total", 0, 100), ("12.35", 200, 95)], True),
        ([("Total", 0, 100), ("12.35", 200, 80)], False),
        ([("Total", 0, 100), ("12.35 %", 200, 100)], True),
        ([("Total", 0, 100), ("12.354", 200, 100)], False),
        ([("Total", 0, 100), ("412.35", 200, 100)], False),
        ([("Total", 0, 100), ("12.3", 200, 100), ("5", 400, 100)], False),
        ([("Total", 0, 100), ("12.35", 200, 100), ("4", 400, 100)], True),
        ([("12.35", 200, 100), ("Total", 0, 100)], False),
    ],
)
def test_a_figure_stands_whole_beside_its_name(lines, found):
    assert bool(sheet(*lines).found(Phrase("total", "Total", (Figure("12.35"),), "beside"))) is found


def test_the_mark_for_a_missing_letter():
    name = Phrase("name", "", ("铝\U0001f600材A",))
    assert sheet(("铝〓材A", 0, 0)).found(name)
    assert not sheet(("铝\U0001f600材〓", 0, 0)).found(name)
    assert not sheet(("〓〓材A", 0, 0)).found(name)


def test_a_long_text_goes_on_on_the_next_page():
    long = "a long text of some person that takes more lines than one page has left for all of it"
    parts = [("name", 1), (long[:20], 1), ("1 / 2", 1), (long[20:50], 2), (long[50:], 2)]
    lines = tuple(Line(text, page, 0, 9, 0, 9) for text, page in parts)
    found = Sheet(Printed(lines, (), 2, "")).found(Phrase("text", "name", (long,)))
    assert found == [0]
    assert not Sheet(Printed(lines[:-1], (), 2, "")).found(Phrase("text", "name", (long,)))


def test_white_space_and_invisible_letters_do_not_count():
    assert bare("e\u0301 \u200b\t\u3000x") == "éx"
