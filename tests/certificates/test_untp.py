"""A label in the words of UNTP 0.7.0: honest, whole, and as UNTP's own schema wants it where that is at hand."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelmaking import BASE, CODE, ENVELOPE, ISSUED, NOW, NUMBER, changed, keyset, statement

from certificates import credential, gtin
from certificates.canonical import canonical_bytes
from certificates.credential import decode
from certificates.encoding import digest_multibase
from certificates.keys.signer import verify
from certificates.statementkind import OWN_CONTEXT
from certificates.untp import dcc, passport, pins, profile, schemas
from certificates.vc import dataintegrity
from certificates.verify import verify as verify_file

ADDRESS = f"{BASE}/v/{NUMBER}?c={CODE}"
FOLDER = Path(__file__).parents[3] / "shared" / "data" / "schemas" / "untp-0.7.0"
GTIN = "06901234567892"


@pytest.fixture
def folder():
    if not FOLDER.is_dir():
        pytest.skip("the schemas of UNTP are not at hand")
    return FOLDER


def labels():
    """Labels that differ in what UNTP's form depends on."""
    yield statement()
    yield changed(("product", "gtin"), GTIN)
    yield changed(("product", "cnCode"), "")
    yield changed(("site", "place"), "GLO")
    yield changed(("boundary",), "cradle-to-grave")


def with_accreditation():
    return credential.Envelope(BASE, CODE, ENVELOPE.place, ("CNAS", "CNAS V000"))


def test_the_untp_profile_is_as_untps_schema_wants_it(folder):
    for made in labels():
        for envelope in (ENVELOPE, with_accreditation()):
            assert schemas.schema_problems(credential.issue_untp(made, keyset(), envelope), folder) == []


def test_the_canonical_form_differs_in_its_status_alone(folder):
    for made in labels():
        found = schemas.schema_problems(credential.payload(made, ENVELOPE), folder)
        assert len(found) == 1 and found[0].startswith("credentialStatus: ")


def test_the_passport_is_as_untps_schema_wants_it(folder):
    for made in labels():
        document = passport.product_passport(made, ENVELOPE, b"x", keyset())
        assert schemas.schema_problems(document, folder) == []


def test_a_broken_credential_is_found_by_the_schema(folder):
    made = credential.issue_untp(statement(), keyset(), ENVELOPE)
    for path, value in (
        (("assessorLevel",), "independent"),
        (("attestationType",), "blessing"),
        (("conformityAssessment", 0, "assessmentDate"), "soon"),
        (("issuedToParty",), {}),
    ):
        wrong = made | {"credentialSubject": changed(path, value, made["credentialSubject"])}
        assert schemas.schema_problems(wrong, folder)


def test_a_schema_counts_only_with_its_digest(folder, tmp_path):
    made = credential.issue_untp(statement(), keyset(), ENVELOPE)
    with pytest.raises(schemas.SchemaNotHad):
        schemas.schema_problems(made, tmp_path)
    target = tmp_path / "ConformityCredential.json"
    content = json.loads((folder / target.name).read_bytes())
    target.write_text(json.dumps(content, indent=7), encoding="utf-8")
    assert schemas.schema_problems(made, tmp_path) == []  # white space does not matter
    for text in (json.dumps(content | {"required": []}), "[1]", "no json", '{"a": 1, "a": 1}'):
        target.write_text(text, encoding="utf-8")
        with pytest.raises(schemas.SchemaNotHad):
            schemas.schema_problems(made, tmp_path)
    with pytest.raises(ValueError, match="Neither"):
        schemas.schema_problems({"type": ["VerifiableCredential"]}, tmp_path)


def test_every_pinned_document_is_the_one_at_hand(folder):
    for pin in pins.documents():
        assert schemas.load(folder, pin.file)
        assert len(pin.canonical) == 64 and pin.address.startswith("https://") and pin.source


def test_the_terms_that_are_known_of_contexts_are_those_they_define(folder):
    import tomllib

    known = tomllib.loads(
        (Path(dcc.__file__).parents[1] / "vc" / "contexts.toml").read_text(encoding="utf-8")
    )
    for pin in pins.documents():
        if pin.file.endswith(".jsonld"):
            defined = schemas.load(folder, pin.file)["@context"]
            entry = known[pin.address]
            plain = {name for name in defined if not name.startswith("@") and name[:1].isupper()}
            assert plain <= set(entry["terms"]) <= set(defined)
            assert entry["protected"] is defined["@protected"] and entry["vocabulary"] is (
                "@vocab" in defined
            )


def test_our_own_context_gives_our_words_a_meaning_and_takes_none_from_others(folder):
    path = Path(dcc.__file__).parents[1] / OWN_CONTEXT.lstrip("/")
    own = json.loads(path.read_text(encoding="utf-8"))["@context"]
    assert own["statement"]["@type"] == "@json" and own["@protected"] is True
    words = {name for name in own if not name.startswith("@")}
    assert words == {"CarbonFootprintLabel", "NeutralisationClaim", "NeutralisationStatement", "statement"}
    for pin in pins.documents():
        if pin.file.endswith(".jsonld"):
            assert not words & set(schemas.load(folder, pin.file)["@context"])


def subject(made=None, envelope=ENVELOPE):
    return dcc.attestation(made or statement(), envelope, ADDRESS)


def test_it_says_who_assessed_what_and_by_whose_authority():
    made = subject()
    assert (made["assessorLevel"], made["assessmentLevel"]) == ("3rdParty", "no-endorsement")
    assert made["attestationType"] == "verification" and "authorisation" not in made
    assert made["issuedToParty"] == {
        "type": ["Party"],
        "id": "did:web:labels.example.org/exporters/DEMO-0001",
        "name": "Demo Aluminium / 演示铝业",
        "registeredId": "DEMO-0001",
    }
    assert made["referenceScheme"]["id"] == "urn:tanbiao:rules:iso-14067-2018"
    assert made["referenceProfile"]["id"] == "urn:tanbiao:rules:iso-14067-2018:2026.1"
    accredited = subject(envelope=with_accreditation())
    assert accredited["assessmentLevel"] == "authority-benchmark"
    assert accredited["authorisation"][0]["issuingAuthority"]["name"] == "CNAS"


def test_the_review_it_rests_on_is_independent_by_form():
    from certificates.statement import check

    assert check(changed(("review", "independent"), False))


def test_the_figures_with_their_units():
    found = {
        one["metric"]["id"].removeprefix("urn:tanbiao:metric:"): (
            one["measure"]["value"],
            one["measure"]["unit"],
        )
        for one in subject()["conformityAssessment"][0]["assessedPerformance"]
    }
    per = "carbon-footprint:cradle-to-gate:1%20kg"
    assert found == {
        per: (12.35, "KGM"),
        f"{per}:raw-materials": (10.2, "KGM"),
        f"{per}:production": (2.15, "KGM"),
        f"{per}:location-based": (12.4, "KGM"),
        "coverage:lines": (96.6, "P1"),
    }


def test_standards_by_urn_where_the_edition_is_known():
    assert [(one["id"], one["name"]) for one in dcc.standards(statement())] == [
        ("urn:iso:std:iso:14067:ed-1", "ISO 14067:2018"),
        ("urn:tanbiao:standard:GB%2FT%2024067-2024", "GB/T 24067-2024"),
    ]
    other = changed(("method", "standards", "en"), "ISO 14067:2030")
    assert dcc.standards(other)[0]["id"] == "urn:tanbiao:standard:ISO%2014067%3A2030"


def test_the_product_by_its_gtin_where_it_has_one():
    assert dcc.product(statement(), ADDRESS)["id"] == f"{ADDRESS}#product"
    numbered = dcc.product(changed(("product", "gtin"), GTIN), ADDRESS)
    assert numbered["id"] == f"https://id.gs1.org/01/{GTIN}" and numbered["modelNumber"] == "HS-60"


@settings(max_examples=100, deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**11), max_value=10**11))
def test_a_measure_is_the_very_number_of_the_statement(value):
    from decimal import Decimal

    made = dcc.number(f"{value:f}")
    assert Decimal(repr(made)) == value
    assert isinstance(made, int) == (value == int(value))


def test_the_profile_and_back():
    payload = credential.payload(statement(), ENVELOPE)
    made = profile.profiled(payload)
    assert made["credentialStatus"] == payload["credentialStatus"][0] | {"statusListIndex": 77}
    assert profile.is_profile(made) and not profile.is_profile(payload)
    assert profile.normalised(copy.deepcopy(made)) == payload


def test_the_passport_links_to_the_label_by_address_and_digest():
    leaf = decode(credential.issue(statement(), keyset(), ENVELOPE)).leaf_bytes
    made = passport.product_passport(statement(), ENVELOPE, leaf, keyset())
    claim = made["credentialSubject"]["performanceClaim"][0]
    assert claim["evidence"][0]["linkURL"] == ADDRESS
    assert claim["evidence"][0]["digestMultibase"] == digest_multibase(leaf)
    assert claim["claimedPerformance"] == dcc.performances(statement())
    assert made["credentialStatus"]["statusListCredential"] == f"{BASE}/status/1/suspension"
    assert made["credentialSubject"]["countryOfProduction"] == {"countryCode": "CN"}
    key = keyset().active("label", ISSUED)
    data = dataintegrity.signed_bytes(made, made["proof"])
    assert made["proof"]["verificationMethod"] == f"{key.kid}-multikey"
    assert verify(key.public, dataintegrity.signature_of(made["proof"]), data)


def test_a_passport_is_no_label():
    made = passport.product_passport(statement(), ENVELOPE, b"x", keyset())
    with pytest.raises(credential.CredentialUnreadable):
        decode(made)
    report = verify_file(canonical_bytes(made, numbers=True), keyset().trust(), at=NOW)
    assert report.verdict == "unreadable"


def test_nothing_is_invented_for_a_passport():
    def product(made):
        return passport.body(made, ENVELOPE, b"x")["credentialSubject"]

    assert product(changed(("product", "cnCode"), ""))["productCategory"] == []
    assert product(changed(("site", "place"), "GLO"))["countryOfProduction"] == {"countryCode": "ZZ"}
    assert product(statement())["idScheme"]["id"] == "did:web:labels.example.org"
    assert product(changed(("product", "gtin"), GTIN))["idScheme"]["id"] == gtin.LINK


@pytest.mark.parametrize(
    ("typed", "gtin14"),
    [
        ("6901234567892", GTIN),
        ("96385074", "00000096385074"),
        ("614141000036", "00614141000036"),
        (GTIN, GTIN),
    ],
)
def test_gtins_of_every_length(typed, gtin14):
    assert gtin.valid(typed) and gtin.padded(typed) == gtin14 and gtin.stated(gtin14)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "6901234567893",
        "69012345678921",
        "690123456789",
        "９６３８５０７４",
        "00000000",
        "9638507 ",
        "9638507x",
    ],
)
def test_no_gtin(text):
    assert not gtin.valid(text) and gtin.stated(text) is (text == "")
    with pytest.raises(gtin.NotAGtin):
        gtin.padded(text)


def test_only_14_digits_or_nothing_are_stated():
    assert gtin.stated("") and gtin.stated(GTIN)
    assert not gtin.stated("6901234567892") and not gtin.stated(None) and not gtin.stated(6901234567892)


@given(
    st.text("0123456789", min_size=13, max_size=13).filter(lambda body: body.strip("0")), st.integers(0, 13)
)
def test_a_single_wrong_digit_is_caught(body, place):
    right = body + gtin.check_digit(body)
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    assert gtin.valid(right) and not gtin.valid(wrong)
