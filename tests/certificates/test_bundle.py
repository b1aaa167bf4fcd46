"""The bundle: what goes in comes out, and nothing else is a bundle."""

import json

import pytest
from labelmaking import ENVELOPE, keyset, label, report, statement

from certificates import bundle, credential
from certificates.canonical import canonical_bytes, parse


def test_round_trip():
    packed = bundle.unpack(parse(label().bundle))
    assert packed.credential == label().compact and packed.proof == label().proof
    assert [(one.credential, one.proof) for one in packed.statuses] == list(label().statuses)
    assert packed.issuer == keyset().did_document() and packed.accreditation is None
    assert bundle.pack(packed) == label().bundle


@pytest.mark.parametrize("make", [credential.issue_document, credential.issue_untp])
def test_a_credential_as_json_in_a_bundle_is_proven_by_the_same_leaf(make):
    made = make(statement(), keyset(), ENVELOPE)
    data = label().packed(credential=made)
    assert bundle.unpack(parse(data, numbers=True)).credential == made
    found = report(data)
    assert found.verdict == "valid" and found.statement == statement()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", "tanbiao-bundle/1"),
        ("more", 1),
        ("credential", 5),
        ("credential", "a.b"),
        ("credential", None),
        ("proof", None),
        ("proof", ""),
        ("proof", {}),
        ("proof", "x" * 30_000),
        ("statuses", None),
        ("statuses", []),
        ("statuses", [5, 5, 5]),
        ("statuses", [{"credential": "a.b.c"}] * 3),
        ("statuses", [{"credential": "no", "proof": "x"}] * 3),
        ("statuses", [{"credential": "a.b.c", "proof": "x", "more": 1}] * 3),
        ("statuses", [{"credential": "a.b.c", "proof": "x"}] * 4),
        ("issuer", "did:web:labels.example.org"),
        ("accreditation", []),
    ],
)
def test_bundles_refused(name, value):
    data = json.loads(label().bundle) | {name: value}
    with pytest.raises(bundle.NotABundle):
        bundle.unpack(data)


@pytest.mark.parametrize("name", ["type", "credential", "proof", "statuses", "issuer", "accreditation"])
def test_no_field_may_be_missing(name):
    data = json.loads(label().bundle)
    del data[name]
    with pytest.raises(bundle.NotABundle):
        bundle.unpack(data)


def test_only_good_parts_are_packed():
    for other in ({"credential": "no"}, {"proof": ""}, {"statuses": ()}, {"issuer": []}):
        with pytest.raises(bundle.NotABundle):
            label().packed(**other)


def test_it_is_canonical():
    assert canonical_bytes(parse(label().bundle)) == label().bundle
