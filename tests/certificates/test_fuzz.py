"""Damaged files: always a report, and valid only where the meaning is the same to the last byte."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelmaking import NOW, changed, forge, keyset, label, label_of, leaves, signed_pdf, statement

from certificates import trust
from certificates.pdf.document import Document
from certificates.report import Report
from certificates.verify import verify

TRUST = trust.read(keyset().trust())
FILES = {"pdf": signed_pdf(), "bundle": label().bundle, "credential": label().compact.encode()}
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def same_meaning(kind: str, data: bytes) -> bool:
    """Whether ``data`` says exactly what the genuine file says."""
    if kind == "bundle":
        try:
            return json.loads(data) == json.loads(FILES["bundle"])
        except ValueError:
            return False
    if kind == "pdf":
        (dictionary,) = Document(FILES["pdf"]).signatures()
        start, end = dictionary["Contents"].start, dictionary["Contents"].end
        outside = data[:start] + data[end:] == FILES["pdf"][:start] + FILES["pdf"][end:]
        return outside and data[start:end].lower() == FILES["pdf"][start:end].lower()
    return data == FILES[kind]


def examined(data: bytes) -> Report:
    report = verify(data, TRUST, at=NOW)
    assert report.text("zh") and report.text("en") and json.dumps(report.as_dict())
    assert (report.verdict == "valid") == (
        not report.failed and all(s.ok for s in report.steps if s.number != 13)
    )
    return report


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
    @QUICK
    @given(damaged(FILES[kind]))
    def check(data):
        report = examined(data)
        assert report.verdict != "valid" or same_meaning(kind, data)

    check()


@QUICK
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"%PDF-1.7\n", b"{", b'{"type":"tanbiao-bundle/1",', b"e30.e30."]),
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


@QUICK
@given(
    JSON, st.sampled_from(["credential", "proof", "type", "leaf_index", "tree_size", "hashes", "checkpoint"])
)
def test_any_value_in_the_bundle(value, name):
    data = json.loads(FILES["bundle"])
    place = data if name in data else data["proof"]
    place[name] = value
    report = examined(json.dumps(data).encode())
    assert not report.valid or data == json.loads(FILES["bundle"])
