"""eddsa-jcs-2022 by the published vectors where they are at hand, and by our own; sets, chains, and what is refused."""

import copy
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.canonical import canonical_bytes, parse
from certificates.encoding import base58btc
from certificates.keys.signer import FileSigner
from certificates.vc import ProofInvalid, add_proof, multikey
from certificates.vc import dataintegrity as di

W3C = Path(__file__).parents[3] / "shared" / "data" / "vectors" / "vc-di-eddsa"


@pytest.fixture(scope="module")
def vector(vectors):
    return vectors("eddsa-jcs-2022.json")


@pytest.fixture(scope="module")
def signers(vector):
    secrets = (bytes.fromhex(key["secret"]) for key in vector["keys"])
    return [FileSigner(Ed25519PrivateKey.from_private_bytes(secret)) for secret in secrets]


def bare(document):
    return {name: value for name, value in document.items() if name != "proof"}


def test_the_vectors_of_w3c():
    folder = W3C / "eddsa-jcs-2022"
    if not folder.is_dir():
        pytest.skip("the published vectors are not at hand")
    read = {path.name: path.read_bytes() for path in folder.iterdir()}
    document = parse((W3C / "unsigned.json").read_bytes())
    signed, config = parse(read["signedJCS.json"]), parse(read["proofConfigJCS.json"])
    assert canonical_bytes(document) == read["canonDocJCS.txt"]
    assert canonical_bytes(config) == read["proofCanonJCS.txt"]
    data = di.signed_bytes(document, config)
    assert data.hex().encode() == read["combinedHashJCS.txt"]
    assert data[:32].hex().encode() == read["proofHashJCS.txt"]
    assert data[32:].hex().encode() == read["docHashJCS.txt"]
    signature = di.signature_of(signed["proof"])
    assert signature.hex().encode() == read["sigHexJCS.txt"]
    assert "z" + base58btc(signature) == read["sigBTC58JCS.txt"].decode()
    assert bare(signed) == document and di.signed_bytes(signed, signed["proof"]) == data
    key = multikey.from_did_key(config["verificationMethod"])
    assert di.holds(key, signature, data)
    assert not di.holds(key, signature, data[:-1] + b"\0")


def test_our_vector_byte_for_byte(vector, signers):
    proof = vector["secured"]["proof"]
    options = {
        name: value for name, value in proof.items() if name not in ("type", "cryptosuite", "proofValue")
    }
    made = add_proof(vector["document"], signers[0], options)
    assert made == vector["secured"]
    assert canonical_bytes(vector["document"], numbers=True) == vector["canonical_document"].encode()
    assert di.signed_bytes(made, made["proof"]).hex() == vector["hash_data"]
    assert di.signature_of(made["proof"]).hex() == vector["signature"]
    assert [multikey.encode(signer.public) for signer in signers] == [
        key["multikey"] for key in vector["keys"]
    ]


@pytest.mark.parametrize("name", ["proof_set", "proof_chain"])
def test_a_second_proof_joins_the_first(vector, signers, name):
    expected = vector[name]
    second = expected["proof"][1]
    options = {
        name: value for name, value in second.items() if name not in ("type", "cryptosuite", "proofValue")
    }
    assert add_proof(vector["secured"], signers[1], options) == expected
    first = expected["proof"][0]
    assert first == vector["secured"]["proof"]
    earlier = di.previous(second, expected["proof"])
    assert earlier == ([first] if name == "proof_chain" else [])
    data = di.signed_bytes(expected, second, earlier)
    assert di.holds(signers[1].public, di.signature_of(second), data)


def test_a_chain_binds_the_proof_before_it(vector, signers):
    chain = copy.deepcopy(vector["proof_chain"])
    chain["proof"][0]["created"] = "2026-11-22T08:00:03Z"
    second = chain["proof"][1]
    data = di.signed_bytes(chain, second, di.previous(second, chain["proof"]))
    assert not di.holds(signers[1].public, di.signature_of(second), data)


OPTIONS = {"verificationMethod": "did:key:z6Mk#z6Mk", "proofPurpose": "assertionMethod"}


@pytest.mark.parametrize(
    ("document", "options"),
    [
        ({}, {"proofPurpose": "assertionMethod"}),
        ({}, {"verificationMethod": "did:key:z6Mk#z6Mk"}),
        ({}, OPTIONS | {"verificationMethod": 5}),
        ({}, OPTIONS | {"created": "2026-11-22"}),
        ({}, OPTIONS | {"created": 5}),
        ({}, OPTIONS | {"expires": "soon"}),
        ({}, OPTIONS | {"created": "2026-11-22T08:00:00Z", "expires": "2026-11-22T08:00:00Z"}),
        ({}, OPTIONS | {"type": "Ed25519Signature2020"}),
        ({}, OPTIONS | {"cryptosuite": "eddsa-rdfc-2022"}),
        ({}, OPTIONS | {"previousProof": "urn:uuid:1"}),
        ({}, OPTIONS | {"previousProof": []}),
        ({}, OPTIONS | {"previousProof": 5}),
        ({"proof": "no"}, OPTIONS),
        ({"proof": []}, OPTIONS),
        ({"proof": [{"id": "urn:1"}, {"id": "urn:1"}]}, OPTIONS | {"previousProof": "urn:1"}),
        ({"proof": [{}] * di.MOST_PROOFS}, OPTIONS),
        ({"proof": [{}] * (di.MOST_PROOFS + 1)}, OPTIONS),
        ({"n": float("nan")}, OPTIONS),
        ({"n": 2**53}, OPTIONS),
    ],
)
def test_no_proof_is_made(document, options, signers):
    with pytest.raises(ProofInvalid):
        add_proof(document, signers[0], options)


def test_only_ed25519_signs_and_verifies(vector):
    signer = FileSigner(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(di.NotForDataIntegrity):
        add_proof({}, signer, OPTIONS)
    assert not di.holds(signer.public, signer.sign(b"x"), b"x")


@pytest.mark.parametrize(
    ("contexts", "of_proof", "right"),
    [
        (["a", "b", "c"], ["a", "b"], True),
        (["a", "b"], ["a", "b"], True),
        ("a", ["a"], True),
        (["a", "b"], ["b"], False),
        (["a"], ["a", "b"], False),
        ([1], [True], False),
        (None, ["a"], False),
    ],
)
def test_the_contexts_begin_with_those_of_the_proof(contexts, of_proof, right):
    """W3C Data Integrity EdDSA Cryptosuites 1.0, 3.3.2: contexts may be injected after those that are signed."""
    document = {"@context": contexts} if contexts is not None else {}
    proof = OPTIONS | {"type": di.TYPE, "cryptosuite": di.CRYPTOSUITE, "@context": of_proof}
    if not right:
        with pytest.raises(ProofInvalid):
            di.signed_bytes(document, proof)
        return
    signed = di.signed_bytes({"@context": of_proof}, proof)
    assert di.signed_bytes(document, proof) == signed


@pytest.mark.parametrize(
    "value", [None, 5, "", "z", "u" + "A" * 86, "z" + "1" * 64 + "1", "z0", "z" + "2" * 129]
)
def test_no_signature(value):
    with pytest.raises(ProofInvalid):
        di.signature_of({"proofValue": value})


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.text("ab@碳"), st.floats(allow_nan=False, allow_infinity=False) | st.text("x碳"), max_size=4
    )
)
def test_whatever_is_signed_verifies_after_a_journey_as_json(vector, signers, content):
    made = add_proof({"content": content}, signers[0], OPTIONS)
    again = parse(json.dumps(made).encode(), numbers=True)
    data = di.signed_bytes(again, again["proof"])
    assert di.holds(signers[0].public, di.signature_of(again["proof"]), data)
