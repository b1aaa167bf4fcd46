"""Damaged files: always a report, and valid only where the meaning is the same to the last byte."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelmaking import (
    CODE,
    NOW,
    NUMBER,
    WITNESS,
    changed,
    cosigned,
    forge,
    genuine,
    keyset,
    label,
    label_of,
    leaves,
    lists,
    report,
    signed_pdf,
    statement,
    watched,
    world,
)
from test_pack import known

from certificates import bundle, credential
from certificates.canonical import canonical_bytes
from certificates.keys import trust
from certificates.log import checkpoint, proof
from certificates.pdf.document import Document
from certificates.report import Report
from certificates.verify import verify

TRUST = trust.read(watched())
ENVELOPE = credential.decode(genuine()).envelope
DOCUMENT = canonical_bytes(credential.issue_document(statement(), keyset(), ENVELOPE), numbers=True)
FILES = {
    "pdf": signed_pdf(),
    "bundle": cosigned().bundle,
    "credential": label().compact.encode(),
    "document": DOCUMENT,
}
HELD = known(now=NOW)
"""What the verifier holds: with it the bare credential can be valid."""
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def same_meaning(kind: str, data: bytes) -> bool:
    """Whether ``data`` says exactly what the genuine file says."""
    if kind in ("bundle", "document"):
        try:
            return json.loads(data) == json.loads(FILES[kind])
        except ValueError:
            return False
    if kind == "pdf":
        (dictionary,) = Document(FILES["pdf"]).signatures()
        start, end = dictionary["Contents"].start, dictionary["Contents"].end
        outside = data[:start] + data[end:] == FILES["pdf"][:start] + FILES["pdf"][end:]
        return outside and data[start:end].lower() == FILES["pdf"][start:end].lower()
    return data == FILES[kind]


def examined(data: bytes, **asked) -> Report:
    """The same file by three verifiers: one who holds nothing, one who holds a pack, one who trusts nobody."""
    for known_ in (None, HELD):
        found = verify(data, TRUST, at=NOW, known=known_, **asked)
        assert found.text("zh") and found.text("en") and json.dumps(found.as_dict())
        passed = not found.failed and all(s.ok for s in found.steps if s.number not in (14, 15))
        assert (found.verdict == "valid") == passed and [s.number for s in found.steps] == list(range(1, 18))
    assert not verify(data, None, at=NOW).valid
    return found


@pytest.mark.parametrize("kind", FILES)
def test_the_files_are_as_they_should_be(kind):
    trusted = trust.read(keyset().trust())
    assert verify(FILES[kind], trusted, at=NOW, known=HELD).valid


@st.composite
def damaged(draw, original: bytes) -> bytes:
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.sampled_from(["set", "bit", "cut", "insert", "remove", "copy"]))
        if kind == "set" and data:
            data[place] = draw(st.integers(0, 255))
        elif kind == "bit" and data:
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del data[place:]
        elif kind == "insert":
            data[place:place] = draw(st.binary(min_size=1, max_size=8))
        elif kind == "remove":
            del data[place : place + draw(st.integers(1, 64))]
        else:
            start = draw(st.integers(0, max(0, len(data) - 1)))
            data[place:place] = data[start : start + draw(st.integers(1, 200))]
    return bytes(data)


@pytest.mark.parametrize("kind", FILES)
def test_damaged_files(kind):
    @settings(QUICK, max_examples=40 if kind == "pdf" else 100)
    @given(damaged(FILES[kind]))
    def check(data):
        report = examined(data)
        assert report.verdict != "valid" or same_meaning(kind, data)

    check()


@QUICK
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [b"", b"%PDF-1.7\n", b"{", b'{"type":"tanbiao-bundle/2",', b'{"credentialSubject":', b"e30.e30."]
    ),
)
def test_noise(data, start):
    assert not examined(start + data).valid


EDGES = [
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31",
    "0001-01-01",
    "9" * 18,
    "-" + "9" * 18 + "." + "9" * 40,
    "0." + "0" * 39 + "1",
    "999999999",
    "significant-digits:15",
    "100.0",
    "did:web:" + "a:" * 100 + "a",
    "TB-9999-9999999-Z",
    "{0}{issuer}%s",
    "x" * 500,
    "\U0001f600" * 250,
]


@QUICK
@given(
    st.lists(st.tuples(st.sampled_from([path for path, _ in leaves(statement())]), st.sampled_from(EDGES))),
    st.dictionaries(
        st.sampled_from(["alg", "kid", "iss", "typ", "crit", "jwk"]), st.sampled_from(EDGES), max_size=1
    ),
)
def test_statements_at_the_edge_of_what_their_form_allows(changes, header):
    """Signed by the right key, so that nothing but the statement itself is in question."""
    made = statement()
    for path, value in changes:
        made = changed(path, value, made)
    report = examined(label_of(forge(made, keyset(), header)).bundle)
    assert report.valid == (report.statement == made and not report.failed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


PLACES = ["credential", "proof", "type", "statuses", "issuer", "accreditation", "zzz"]


@QUICK
@given(JSON, st.sampled_from(PLACES))
def test_any_value_in_the_bundle(value, name):
    data = json.loads(FILES["bundle"]) | {name: value}
    found = examined(json.dumps(data).encode())
    unread = name in ("issuer", "accreditation") and found.statement is not None
    assert not found.valid or unread or data == json.loads(FILES["bundle"])


@QUICK
@given(JSON, st.sampled_from(["credential", "proof"]), st.integers(0, 2))
def test_any_value_in_a_status_list(value, name, place):
    data = json.loads(FILES["bundle"])
    data["statuses"][place][name] = value
    assert not examined(json.dumps(data).encode()).valid


@QUICK
@given(st.data())
def test_any_value_anywhere_in_a_credential_object(data):
    """The Data Integrity form, whose every place is open to whoever writes JSON."""
    whole = json.loads(DOCUMENT)
    path, _ = data.draw(st.sampled_from(leaves(whole)))
    other = changed(path, data.draw(JSON), whole)
    found = examined(json.dumps(other).encode())
    assert not found.valid or other == whole


@QUICK
@given(st.data())
def test_damaged_proofs(data):
    """Lines left out, doubled, swapped or spelled otherwise in the text of a proof."""
    lines = cosigned().proof.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["drop", "double", "swap", "text", "space"]))
        if kind == "drop" and len(lines) > 1:
            del lines[place]
        elif kind == "double":
            lines.insert(place, lines[place])
        elif kind == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
        elif kind == "text":
            lines[place] = data.draw(st.text(max_size=60))
        else:
            lines[place] += " "
    whole = json.loads(FILES["bundle"]) | {"proof": "\n".join(lines) or "x"}
    examined(json.dumps(whole).encode())
    alone = verify(json.dumps(whole).encode(), TRUST, at=NOW)
    assert not alone.valid or meaning(whole["proof"]) == meaning(cosigned().proof)


def meaning(text):
    """What a proof says, whatever the order and number of its signature lines."""
    read = proof.read(text)
    body, lines = checkpoint.parts(read.checkpoint)
    return read.index, read.hashes, body, set(lines)


@QUICK
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_number_and_code_that_somebody_types(number, code):
    found = examined(FILES["bundle"], number=number, code=code)
    assert not found.valid
    assert verify(FILES["bundle"], TRUST, at=NOW, number=NUMBER, code=CODE).valid


@QUICK
@given(st.lists(st.sampled_from(["active", "suspended", "revoked", "superseded"]), min_size=3, max_size=3))
def test_mixtures_of_lists_are_never_milder_than_the_gravest_that_fits(states):
    """Each of the three lists from another state: a contradiction is stale, and active needs all three clear."""
    mixed = [lists(keyset(), state)[place] for place, state in enumerate(states)]
    verdict = report(world(listed=mixed).bundle).verdict
    clear = states[0] == "active" and states[1] != "revoked" and states[2] != "superseded"
    assert (verdict == "valid") == clear
    assert verdict in ("valid", "suspended", "revoked", "superseded", "stale")


def test_a_bundle_reads_back_as_it_was_written():
    packed = bundle.unpack(json.loads(FILES["bundle"]))
    assert bundle.pack(packed) == FILES["bundle"] and packed.proof == cosigned().proof
    assert WITNESS in packed.proof
