"""A claim is as verifiable as a label, by the same steps; neither ever passes for the other."""

import json
from functools import cache

import pytest
from labelmaking import (
    BASE,
    ENVELOPE,
    ISSUED,
    NOW,
    PLACE,
    changed,
    failing,
    forge,
    keyset,
    label,
    label_of,
    leaves,
    report,
)
from labelmaking import statement as label_statement

from certificates import credential, documents, kinds, labelnumber, standalone, texts
from certificates.canonical import canonical_bytes, parse
from certificates.credential import Envelope
from certificates.encoding import base64url, from_base64url, moment_text
from certificates.statement import StatementInvalid
from tests import claimmaking as claims

LABEL, CLAIM = kinds.LABEL, kinds.CLAIM
OWN = Envelope(BASE, "", PLACE)
ADDRESS = f"{BASE}/c/{claims.NUMBER}"


def issue(statement=None, envelope=OWN):
    return credential.issue(statement or claims.statement(), keyset(), envelope)


@cache
def claim():
    """A claim as it is issued, in a log between others."""
    return label_of(issue())


def worn(kind, statement):
    """What of a credential says that it is of that kind."""
    return {"@context": kind.context(BASE), "type": list(kind.credential_types), "name": "x"}


def verdict(compact, **asked):
    return report(label_of(compact).bundle, at=NOW, **asked)


def forged(statement, kind=None):
    """A claim (or a label) signed without any check, as a credential of that kind."""
    envelope = OWN if kinds.of(statement) is CLAIM and "claimant" in statement else ENVELOPE
    return forge(statement, keyset(), payload=worn(kind, statement) if kind else None, envelope=envelope)


@pytest.fixture(scope="module")
def signed_pdf():
    from service.render.claim import render_claim
    from service.render.sealed import Evidence

    evidence = Evidence(claim().compact, claim().bundle, ADDRESS, "")
    return documents.sign_pdf(render_claim(claims.statement(), evidence), keyset(), ISSUED)


def test_the_fixture_is_a_claim():
    assert CLAIM.problems(claims.statement()) == []
    assert CLAIM.problems(claims.statement(retirements=40)) == []


def test_a_claim_is_valid_as_bundle_and_as_pdf(signed_pdf):
    for data in (claim().bundle, signed_pdf):
        found = report(data, at=NOW, number=claims.NUMBER)
        assert found.verdict == "valid" and found.noun == "claim"
        assert found.statement == claims.statement()
        assert [step.number for step in found.steps] == list(range(1, 18))


def test_its_payload_is_canonical_and_says_what_it_is():
    payload = parse(from_base64url(claim().compact.split(".")[1]))
    assert payload["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        f"{BASE}/contexts/tanbiao-2.jsonld",
    ]
    assert payload["type"] == ["VerifiableCredential", "NeutralisationClaim"]
    assert payload["id"] == ADDRESS
    assert payload["credentialSubject"] == {
        "id": f"{ADDRESS}#claim",
        "type": ["NeutralisationStatement"],
        "statement": claims.statement(),
    }
    assert canonical_bytes(payload) == from_base64url(claim().compact.split(".")[1])


def test_its_three_forms_hold_one_payload():
    forms = [
        credential.decode(make(claims.statement(), keyset(), OWN))
        for make in (credential.issue, credential.issue_document, credential.issue_untp)
    ]
    assert len({one.leaf_bytes for one in forms}) == 1
    assert all(one.envelope == OWN and credential.envelope_problem(one) == "" for one in forms)


def test_a_claim_has_no_check_code():
    with pytest.raises(credential.EnvelopeInvalid):
        issue(envelope=ENVELOPE)


def test_nothing_is_shared_by_two_kinds():
    for own in ("noun", "type", "prefix", "path", "credential_types", "contexts"):
        assert len({getattr(kind, own) for kind in kinds.KINDS}) == len(kinds.KINDS)
    assert kinds.of({"type": "tanbiao-claim/2"}) is LABEL and kinds.of([]) is LABEL
    assert kinds.of_number(claims.NUMBER) is CLAIM and kinds.of_number("?") is LABEL


@pytest.mark.parametrize(
    ("statement", "kind"),
    [(claims.statement(), LABEL), (label_statement(), CLAIM)],
    ids=["a claim in a label's envelope", "a label in a claim's envelope"],
)
@pytest.mark.parametrize("part", ["@context", "type", "both"])
def test_one_kind_in_the_envelope_of_the_other_is_altered(statement, kind, part):
    other = worn(kind, statement)
    payload = other if part == "both" else {part: other[part]}
    envelope = OWN if kind is LABEL else ENVELOPE
    found = verdict(forge(statement, keyset(), payload=payload, envelope=envelope))
    assert found.verdict == "altered" and failing(found) == {7}


@pytest.mark.parametrize(
    "statement",
    [
        changed(("type",), LABEL.type, claims.statement()),
        changed(("type",), CLAIM.type, label_statement()),
        changed(("type",), "tanbiao-claim/2", claims.statement()),
        changed(("number",), label_statement()["number"], claims.statement()),
        changed(("number",), claims.NUMBER, label_statement()),
    ],
    ids=["type of a label", "type of a claim", "an unknown type", "number of a label", "number of a claim"],
)
@pytest.mark.parametrize("kind", kinds.KINDS, ids=["label's envelope", "claim's envelope"])
def test_one_kind_under_the_name_or_number_of_the_other_is_altered(statement, kind):
    found = verdict(forged(statement, kind))
    assert found.verdict == "altered" and 7 in failing(found)


@pytest.mark.parametrize(
    ("data", "asked"), [(label().bundle, claims.NUMBER), (claim().bundle, label_statement()["number"])]
)
def test_who_asks_for_one_kind_is_not_given_the_other(data, asked):
    found = report(data, at=NOW, number=asked)
    assert found.verdict == "other-number" and failing(found) == {8}


def test_every_changed_leaf_breaks_the_signature():
    head, body, tail = claim().compact.split(".")
    payload = parse(from_base64url(body))
    paths = [path for path, value in leaves(payload["credentialSubject"]) if isinstance(value, str)]
    for path in paths[::7]:
        made = payload | {"credentialSubject": changed(path, "forged", payload["credentialSubject"])}
        found = report(f"{head}.{base64url(canonical_bytes(made))}.{tail}".encode(), at=NOW)
        assert found.verdict == "altered" and 5 in failing(found), path


@pytest.mark.parametrize(
    ("path", "value", "step"),
    [
        (("retirements", 0, "quantity"), "601", 9),
        (("offset",), "1300", 9),
        (("remainder",), "1", 9),
        (("share",), "99.9", 9),
        (("unabated",), "1201", 9),
        (("chain", 1, "sha256"), "0" * 64, 10),
        (("chain", 0, "link"), "0" * 64, 10),
        (("number",), "TC-2026-0000001-0", 8),
        (("retirements",), [], 7),
        (("more",), "x", 7),
    ],
)
def test_a_careless_issuer_is_caught(path, value, step):
    statement = changed(path, value, claims.statement())
    found = verdict(forged(statement))
    assert found.verdict == "altered" and step in failing(found)
    with pytest.raises(StatementInvalid):
        issue(statement)


@pytest.mark.parametrize("missing", CLAIM.evidence)
def test_its_chain_has_what_a_claim_rests_on(missing):
    from certificates import chain

    entries = []
    for entry in claims.evidence():
        if entry["kind"] != missing:
            entries = chain.extend(entries, entry["kind"], entry["sha256"])
    found = verdict(forged(claims.statement() | {"chain": entries}))
    assert failing(found) == {10}


def test_the_report_tells_the_claim_and_that_it_may_be_frozen_since():
    found = report(claim().bundle, at=NOW)
    zh, en = found.text("zh"), found.text("en")
    for said in ("1235 tCO2e", "1200 tCO2e (100.0 %, 2)", "2025-01-01 – 2025-12-31", claims.NUMBER):
        assert said in zh and said in en
    assert "声明编号" in zh and "演示核查机构" in zh and "冻结" in zh
    assert "Claim number" in en and "frozen or withdrawn since" in en and "ISO 14068-1:2023" in en
    assert " label " not in en and "Label" not in en and "标签" not in zh
    inclusion = found.steps[10]
    assert "frozen" in inclusion.detail["en"] and "冻结" in inclusion.meaning("zh")
    assert found.as_dict()["noun"] == "claim"


def test_a_report_of_a_label_says_nothing_of_claims_and_one_of_neither_names_both():
    text = report(label().bundle).text("en")
    assert "claim" not in text and "label" in text
    assert report(label().bundle).noun == "label"
    unreadable = report(b"hello")
    assert unreadable.noun == "either" and "label or claim" in unreadable.text("en")


def test_the_sentences_of_claims_replace_sentences_there_are():
    tables = texts.tables()
    own = {name: table for name, table in tables.items() if name.endswith("-of-claim")}
    assert own
    for name, table in own.items():
        general = tables[name.removesuffix("-of-claim")]
        for code, entry in table.items():
            assert set(entry) <= set(general[code]), (name, code)
            assert len({key[-2:] for key in entry}) == 2
    for entry in tables["noun"].values():
        assert set(entry) == {"zh", "en"}


@pytest.mark.parametrize("at", ["2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z"])
def test_a_claim_out_of_force_says_so(at):
    from certificates.encoding import from_moment_text

    found = report(claim().bundle, at=from_moment_text(at))
    assert found.verdict == ("not-yet-valid" if at < "2026-11-22" else "expired")
    assert "claim" in found.headline("en") and found.next_thing("en") != found.next_thing("zh")


def test_offline_by_the_standalone_command(tmp_path, signed_pdf, capfd):
    (tmp_path / "claim.pdf").write_bytes(signed_pdf)
    (tmp_path / "trust.json").write_text(json.dumps(keyset().trust()), encoding="utf-8")
    arguments = [str(tmp_path / "claim.pdf"), "--trust", str(tmp_path / "trust.json"), "--lang", "zh"]
    asked = ["--at", moment_text(NOW), "--number", claims.NUMBER.lower()]
    assert standalone.main([*arguments, *asked]) == 0
    text = capfd.readouterr().out
    assert (
        text.startswith("有效")
        and "声明" in text.split("\n")[0]
        and claims.NUMBER in text
        and "1200 tCO2e" in text
    )
    assert standalone.main([*arguments, *asked[:2], "--number", label_statement()["number"]]) == 1


def test_numbers_of_claims_have_a_prefix_of_their_own():
    assert claims.NUMBER.startswith("TC-2026-0000001-")
    assert labelnumber.valid(claims.NUMBER, labelnumber.CLAIM) and not labelnumber.valid(claims.NUMBER)
    assert not labelnumber.valid(labelnumber.make(2026, 1), labelnumber.CLAIM)
    assert not labelnumber.well_formed(claims.NUMBER) and not labelnumber.well_formed("TX-2026-0000001-0")
    assert labelnumber.typed(" ｔｃ－２０２６－0000001－x ") == "TC-2026-0000001-X"


def test_a_claim_with_the_most_retirements_fits_into_a_credential():
    from certificates.bundle import looks_compact
    from certificates.ledger.claims import limits

    assert looks_compact(issue(claims.statement(limits.UNITS)))


HOSTILE = (
    *("", "0", "-1", "9" * 18, "0.0000000000000000000001", "1e5", "NaN", "9999-12-31", "0001-01-01", "碳"),
    *(None, 1, {}, []),
)


def test_whatever_stands_in_a_claim_is_an_answer_never_an_exception():
    """A careless or hostile issuer may sign anything: form and sums find it, and nothing raises."""
    whole = claims.statement() | {"electricity": [claims.electricity()]}
    whole["checks"][2] |= {
        "outcome": "review",
        "decision": {"person": {"id": "p", "name": "n"}, "reason": "r"},
    }
    assert CLAIM.problems(whole) == []
    found = 0
    for path, original in leaves(whole):
        for value in HOSTILE:
            problems = CLAIM.problems(changed(path, value, whole))
            found += bool(problems)
            assert all(one.sentence("zh") and one.sentence("en") for one in problems), (path, original, value)
    assert found > 1000
    for name in whole:
        assert CLAIM.problems({key: value for key, value in whole.items() if key != name})
