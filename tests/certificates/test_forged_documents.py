"""The forgery table, continued: the PDF. Each row is an attack and its own reason; none is valid."""

import pikepdf
import pytest
import tampering
from labelmaking import (
    ISSUED,
    OTHER_NUMBER,
    attachments,
    changed,
    failing,
    forge,
    keyset,
    label,
    label_of,
    plain_pdf,
    report,
    rewritten,
    signed_pdf,
    statement,
    unsigned_pdf,
    world,
)
from printedmaking import edited, genuine, signed
from tampering import parts

from certificates import bundle, documents
from certificates.pdf.document import Document

STRANGER = "did:web:labels.example.net"


def changed_page(pdf):
    """One byte of a text's colour on the page changed, the signature left."""
    place = pdf.index(b"/MediaBox")
    return pdf[:place] + b"/mediaBox" + pdf[place + 9 :]


def stripped(pdf):
    def edit(document):
        del document.Root.AcroForm
        kept = [note for note in document.pages[0].Annots if note.Subtype != "/Widget"]
        document.pages[0].Annots = pikepdf.Array(kept)

    return rewritten(pdf, edit)


def other_label():
    """Another label of the same issuer, just as genuine."""
    return label_of(forge(changed(("exporter", "name", "en"), "Another Company"), keyset()))


def swap(document, made=None):
    for name, content in attachments(made or other_label()).items():
        specification = pikepdf.AttachedFileSpec(document, content)
        document.attachments[name] = specification


def listed(document):
    """The catalogue names the attached files as they are now."""
    names = document.Root.Names.EmbeddedFiles.Names
    document.Root.AF = pikepdf.Array([names[place] for place in range(1, len(names), 2)])


def swapped(document):
    swap(document)
    listed(document)


AFTER = {
    "page-byte": (lambda: changed_page(signed_pdf()), "bytes-changed"),
    "stripped": (lambda: stripped(signed_pdf()), "no-signature"),
    "never-signed": (unsigned_pdf, "no-signature"),
    "line-feed": (lambda: signed_pdf() + b"\n", "added-after"),
    "incremental-saving": (lambda: tampering.updated(signed_pdf(), {9000: b"null"}), "added-after"),
    "annotation-only": (lambda: tampering.annotated(signed_pdf()), "added-after"),
    "same-object-again": (lambda: tampering.same_again(signed_pdf()), "added-after"),
    "shadow-hide": (tampering.shadow_hide, "added-after"),
    "shadow-replace": (tampering.shadow_replace, "added-after"),
    "shadow-hide-and-replace": (tampering.shadow_hide_and_replace, "added-after"),
    "certified-then-annotated": (lambda: tampering.annotated(tampering.certified(genuine())), "added-after"),
    "second-signature": (lambda: tampering.signed_again(signed_pdf(), STRANGER), "several-signatures"),
    "second-own-signature": (lambda: tampering.signed_again(signed_pdf()), "several-signatures"),
    "saved-anew": (lambda: rewritten(signed_pdf(), lambda _: None), "not-whole"),
    "attachments-swapped": (lambda: rewritten(signed_pdf(), swapped), "not-whole"),
    "range-from-1": (lambda: tampering.ranged(by=(1, -1, 0, 0)), "not-whole"),
    "range-gap": (lambda: tampering.ranged(by=(0, 0, 2, -2)), "not-whole"),
    "range-gap-before": (lambda: tampering.ranged(by=(0, -2, 0, 0)), "not-whole"),
    "range-overlapping": (
        lambda: tampering.ranged(numbers=[*parts()[:2], parts()[1], parts()[3]]),
        "not-whole",
    ),
    "range-longer": (lambda: tampering.ranged(by=(0, 0, 0, 1)), "not-whole"),
    "range-shorter": (lambda: tampering.ranged(by=(0, 0, 0, -6)), "added-after"),
    "range-negative": (lambda: tampering.ranged(numbers=[*parts()[:3], -1]), "not-whole"),
    "range-three": (lambda: tampering.ranged(numbers=parts()[:3]), "not-whole"),
    "range-five": (lambda: tampering.ranged(numbers=[0, 1, 2, 3, 4]), "not-whole"),
    "wrapped": (tampering.wrapped, "added-after"),
    "stranger": (lambda: documents.sign_pdf(genuine(), keyset(STRANGER), ISSUED), "document-other-key"),
}


@pytest.mark.parametrize("name", AFTER)
def test_what_was_done_after_the_signature_shows(name):
    """What is printed and attached may be right: it is not what the issuer signed."""
    forgery, reason = AFTER[name]
    result = report(forgery())
    step = next(step for step in result.steps if step.code == "document")
    assert (result.verdict, step.ok, step.reason) == ("altered", False, reason)
    if name not in ("attachments-swapped", "wrapped"):
        assert result.statement == statement() and failing(result) <= {14, 15}


def test_an_object_that_nothing_shows_does_no_harm_until_something_does():
    assert report(tampering.prepared()).verdict == "valid"


def test_a_certification_that_was_left_alone_is_a_signature():
    assert report(tampering.certified(genuine())).verdict == "valid"


def container(pdf=None):
    (dictionary,) = Document(pdf or signed_pdf()).signatures()
    return dictionary["Contents"].value.hex().encode()


FULL = b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
FORGED = {
    "empty": b"<<>>",
    "no-contents": b"<<" + FULL + b"/ByteRange[0 100 200 300]>>",
    "null-contents": b"<<" + FULL + b"/ByteRange[0 100 200 300]/Contents null>>",
    "empty-contents": b"<<" + FULL + b"/ByteRange[0 100 200 300]/Contents<>>>",
    "zero-contents": b"<<" + FULL + b"/ByteRange[0 100 200 300]/Contents<00>>>",
    "text-contents": b"<<" + FULL + b"/ByteRange[0 100 200 300]/Contents(signed)>>",
    "no-range": b"<<" + FULL + b"/Contents<%s>>>",
    "null-range": b"<<" + FULL + b"/ByteRange null/Contents<%s>>>",
    "empty-range": b"<<" + FULL + b"/ByteRange[]/Contents<%s>>>",
    "zero-range": b"<<" + FULL + b"/ByteRange[0 0 0 0]/Contents<%s>>>",
    "negative-range": b"<<" + FULL + b"/ByteRange[-1 -1 -1 -1]/Contents<%s>>>",
    "broken-range": b"<<" + FULL + b"/ByteRange[0.0 100.0 200.0 300.0]/Contents<%s>>>",
    "old-signature": b"<<" + FULL + b"/ByteRange[0 100 200 300]/Contents<%s>>>",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_signature_that_is_none_signs_nothing(name):
    """Universal signature forgery: something stands where the signature should, and a careless reader is content."""
    value = FORGED[name]
    forged = tampering.unsigned_with(value % container() if b"%s" in value else value)
    result = report(forged)
    assert result.verdict == "altered" and 14 in failing(result)
    assert next(step for step in result.steps if step.number == 14).reason == "not-whole"


def test_an_empty_field_is_no_signature():
    result = report(tampering.unsigned_with(b"null"))
    assert result.verdict == "altered" and 14 in failing(result)


def test_the_padding_of_the_container_is_zeros_and_digits():
    pdf = signed_pdf()
    end = pdf.index(b">", pdf.index(b"/Contents <") if b"/Contents <" in pdf else pdf.index(b"/Contents<"))
    for rest, reason in ((b"01", "container"), (b"  ", "not-whole")):
        result = report(pdf[: end - 2] + rest + pdf[end:])
        assert result.verdict == "altered"
        assert next(step for step in result.steps if step.number == 14).reason == reason


# ---- The structure itself -------------------------------------------------------------------------------------------


def looped():
    """The newest section's Prev leads to itself."""
    pdf = tampering.updated(signed_pdf(), {9000: b"null"})
    place = pdf.rindex(b"xref\n9000")
    head, tail = pdf[:place], pdf[place:]
    start = tail.index(b"/Prev ") + 6
    end = tail.index(b">>", start)
    return head + tail[:start] + b"%d" % place + tail[end:]


def headless():
    return b"\n" + signed_pdf()


STRUCTURES = {
    "prev-loop": looped,
    "bytes-before": headless,
    "end-twice": lambda: signed_pdf() + b"%%EOF\n",
    "end-missing": lambda: signed_pdf().rstrip().removesuffix(b"%%EOF"),
    "text-after": lambda: signed_pdf() + b"not a PDF any more",
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_what_readers_repair_differently_is_not_read(name):
    assert report(STRUCTURES[name]()).verdict == "unreadable"


# ---- Signed by the issuer's own document key: only the contents tell ------------------------------------------------


def twice(document):
    names = document.Root.Names.EmbeddedFiles.Names
    names.append(names[0])
    names.append(names[1])


def twice_in_branches(document):
    """The same name once in each branch of the tree."""
    tree = document.Root.Names.EmbeddedFiles
    other = pikepdf.AttachedFileSpec(document, other_label().compact.encode(), filename="credential.jwt")
    first = document.make_indirect(pikepdf.Dictionary(Names=tree.Names))
    second = document.make_indirect(pikepdf.Dictionary(Names=pikepdf.Array(["credential.jwt", other.obj])))
    document.Root.Names.EmbeddedFiles = pikepdf.Dictionary(Kids=pikepdf.Array([first, second]))


def two_contents(document):
    """One reader takes F, another UF: they would show two credentials."""
    document.Root.Names.EmbeddedFiles.Names[1].EF.UF = document.make_stream(b"another")


def beside_the_tree(document):
    """A second credential that only the catalogue's AF names."""
    other = pikepdf.AttachedFileSpec(document, other_label().compact.encode(), filename="credential.jwt")
    document.Root.AF.append(other.obj)


def in_the_other_tree(document):
    """A second credential under a name tree that is not that of attachments."""
    other = pikepdf.AttachedFileSpec(document, other_label().compact.encode(), filename="credential.jwt")
    document.Root.Names.Renditions = pikepdf.Dictionary(Names=pikepdf.Array(["credential.jwt", other.obj]))


def on_the_page(document):
    other = pikepdf.AttachedFileSpec(document, other_label().compact.encode(), filename="credential.jwt")
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.FileAttachment,
        Rect=pikepdf.Array([0, 0, 9, 9]),
        FS=other.obj,
    )
    document.pages[0].Annots.append(document.make_indirect(note))


def only_the_credential(document):
    """The credential of another label, the bundle left: they are of two labels."""
    document.attachments["credential.jwt"] = pikepdf.AttachedFileSpec(
        document, other_label().compact.encode()
    )
    listed(document)


OWN_KEY = {
    "attachments-swapped": (swapped, "altered", {15}, "printed-missing"),
    "credential-swapped": (only_the_credential, "altered", {2}, "attachments-differ"),
    "attachment-twice": (twice, "unreadable", {2}, "attachment-unreadable"),
    "attachment-in-two-branches": (twice_in_branches, "unreadable", {2}, "attachment-unreadable"),
    "attachment-with-two-contents": (two_contents, "unreadable", {2}, "attachment-unreadable"),
    "credential-beside-the-tree": (beside_the_tree, "altered", {15}, "attached-other"),
    "credential-in-another-tree": (in_the_other_tree, "altered", {15}, "page-unusual"),
    "credential-on-the-page": (on_the_page, "altered", {15}, "page-active"),
}


@pytest.mark.parametrize("name", OWN_KEY)
def test_contents_that_do_not_belong_together(name):
    edit, verdict, steps, reason = OWN_KEY[name]
    result = report(edited(edit))
    assert result.verdict == verdict and steps <= failing(result)
    assert reason in {step.reason for step in result.failed}


def test_a_swapped_attachment_signed_by_another_key():
    pdf = documents.sign_pdf(rewritten(genuine(), swapped), keyset(STRANGER), ISSUED)
    result = report(pdf)
    assert result.verdict == "altered" and failing(result) == {14, 15}


def test_an_appended_revision_cannot_put_another_credential_in_the_place_of_the_signed_one():
    other = attachments(other_label())
    references = Document(signed_pdf()).attachments()
    streams = {
        place.number: b"<</Type/EmbeddedFile/Length %d>>\nstream\n%s\nendstream"
        % (len(other[name]), other[name])
        for name, place in references.items()
    }
    pdf = tampering.updated(signed_pdf(), streams)
    newest = Document(pdf)
    assert newest.content(newest.attachments()[bundle.CREDENTIAL_FILE]) == other["credential.jwt"]
    result = report(pdf)
    assert result.verdict == "altered" and failing(result) == {14}
    assert result.statement == statement()


def test_attachments_and_document_must_be_of_one_issue():
    """A signed PDF whose credential is genuine but whose proof is of another label."""
    other = label_of(forge(changed(("number",), OTHER_NUMBER), keyset()))
    mixed = world().packed(proof=other.proof)
    files = {"credential.jwt": label().compact.encode(), "bundle.json": mixed}
    result = report(signed(plain_pdf(files)))
    assert result.verdict == "altered" and 11 in failing(result)
