"""docs/formats.md is executed: its examples go through the code that reads the real thing."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from certificates import bundle, credential, kinds, labelnumber, pack, statement
from certificates.keys import trust
from certificates.ledger import entries, links
from certificates.ledger.book import Book
from certificates.ledger.claims.model import Claim, from_plain, plain
from certificates.ledger.claims.rules import rule_sets
from certificates.ledger.fields import texts
from certificates.ledger.instruments import Kind
from certificates.ledger.power import Balance
from certificates.ledger.purchases import Purchase
from certificates.ledger.registries.tables import common, registries
from certificates.ledger.textform import read
from certificates.log import checkpoint, proof
from certificates.report import VERDICTS
from certificates.verify import verify
from databases.assembly.options import Options
from databases.dataset import Source
from databases.release import check_manifest
from lca.bom.columns import sheets

TEXT = (Path(__file__).parents[1] / "docs" / "formats.md").read_text(encoding="utf-8")


def example(name: str) -> Any:
    found = re.findall(rf"<!-- check: {name} -->\n```json\n(.*?)\n```", TEXT, re.DOTALL)
    assert len(found) == 1, name
    return json.loads(found[0])


def test_the_statement_is_one() -> None:
    assert statement.check(example("statement")) == []


def test_the_credential_is_what_follows_from_the_statement() -> None:
    envelope = credential.Envelope("https://labels.example", "7K2M9QXA", credential.Place(1, 94567))
    made = credential.payload(example("statement"), envelope)
    assert made["credentialSubject"].pop("statement") == example("statement")
    shown = example("credential")
    assert shown["credentialSubject"].pop("statement") == "…the statement…"
    assert shown == made


def test_the_claim_is_one_and_every_field_of_it_is_explained() -> None:
    claim = example("claim")
    assert kinds.of(claim) is kinds.CLAIM and kinds.CLAIM.problems(claim) == []
    table = TEXT.split("| field of a claim | holds |")[1].split("## Credential")[0]
    assert set(claim) - {"type"} <= set(re.findall(r"`([a-zA-Z]+)`", table))


def test_the_ledger_is_one_whose_chain_holds_and_whose_entries_all_may_happen() -> None:
    chain, book = [], Book()
    for row in example("entries"):
        entry = entries.from_plain(row["entry"])
        assert entries.plain(entry) == row["entry"]
        book.record(entry, date.fromisoformat(row["at"][:10]))
        content = links.content_of(entry)
        chain.append(links.Linked(row["sequence"], row["at"], row["by"], content, row["link"]))
    assert links.first_broken(chain) is None
    assert {row["entry"]["type"] for row in example("entries")} == set(entries.KINDS)


def test_the_text_is_the_same_ledger() -> None:
    (text,) = re.findall(r"<!-- check: ledger text -->\n```\n(.*?)```", TEXT, re.DOTALL)
    told = [(one.number, entries.plain(one.entry)) for one in read(text)]
    assert told == [(row["sequence"], row["entry"]) for row in example("entries")]


def listed(head: str) -> set[str]:
    """The names in the first column of the table with this head."""
    rows = TEXT.split(head)[1].split("\n\n")[0]
    return {
        name
        for row in re.findall(r"^\| (.+?) \| ", rows, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }


def test_every_field_of_the_ledger_is_explained() -> None:
    known = {one.name for kind in entries.KINDS.values() for one in fields(kind)}
    assert listed("| field of an entry |") == known | {"type"}
    told = set(re.findall(r"`([a-z-]+)`", TEXT.split("Kinds are ")[1].split(" A position")[0]))
    assert told == {one.value for one in Kind}
    own = {"lots", "cancelled_on", "cancelled_because"}
    assert listed("| field of a purchase |") == {one.name for one in fields(Purchase)} - own
    assert listed("| field of a power balance |") == {one.name for one in fields(Balance)} - {"positions"}
    assert listed("| field of a power balance |") <= set(texts()["labels"])


def test_the_content_of_a_claim_is_one_and_every_field_is_explained() -> None:
    content = example("claim content")
    assert plain(from_plain(content)) == content
    assert listed("| field of a claim's content |") == {one.name for one in fields(Claim)}
    (row,) = re.findall(r"^\| `rule_set` \| (.*) \|$", TEXT, re.MULTILINE)
    in_force = {key for key, one in rule_sets().items() if one.holds_on(date(2026, 11, 22))}
    assert set(re.findall(r"`([\w-]+)`", row)) == in_force


def test_every_field_of_the_statement_is_explained() -> None:
    table = TEXT.split("| field | holds |")[1].split("**Evidence chain.**")[0]
    explained = {name.split(".")[0] for name in re.findall(r"`([a-zA-Z.]+)`", table)}
    assert set(example("statement")) - {"type"} <= explained


def test_the_proof_and_the_trust_file_fit_each_other() -> None:
    (text,) = re.findall(r"<!-- check: tlog-proof -->\n```\n(.*?)```", TEXT, re.DOTALL)
    read = proof.read(text)
    assert proof.text(read) == text
    issuer = trust.read(example("trust")).issuers[0]
    keys = [key.public for key in issuer.of_use("log")]
    assert checkpoint.verify(read.checkpoint, trust.log_name(issuer.id), keys).size == read.size


def test_bundle_report_and_pack_have_the_fields_that_are_explained() -> None:
    explained = [
        re.findall(rf"\| field of a {name} \|.*?\n\n", TEXT, re.DOTALL)[0] for name in ("bundle", "report")
    ]
    named = [
        set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.*?) \|", one, re.MULTILINE))))
        for one in explained
    ]
    assert named[0] == {one.name for one in fields(bundle.Bundle)} | {"type"}
    made = verify(b"", None, at=datetime(2026, 11, 22, tzinfo=UTC))
    assert named[1] == set(made.as_dict())
    assert re.findall(r"`([a-z-]+)`", explained[1].split("`verdict`")[1].split("\n")[0])[:12] == list(
        VERDICTS
    )
    manifest = example("pack")
    assert manifest["type"] == pack.TYPE and tuple(one["name"] for one in manifest["parts"]) == pack.PARTS
    steps = TEXT.split("The steps:")[1].split("\n\n")[0]
    assert re.findall(r"`([a-z-]+)`", steps) == [step.code for step in made.steps]


def test_the_manifest_is_one() -> None:
    text = TEXT.split("<!-- check: manifest -->\n```json\n")[1].split("\n```")[0]
    manifest = check_manifest(text.encode())
    assert set(manifest["methods"]["gwp100-ar6.total"]) == {"gwp_set", "part", "unit", "title", "source"}
    assert Options.from_dict(manifest["origin"]["options"]) == Options()
    assert Source(**manifest["sources"][0]).code == "source"


def test_label_numbers_in_the_text_are_valid() -> None:
    numbers = set(re.findall(r"TB-\d{4}-\d{7}-[0-9A-Z]", TEXT))
    assert numbers
    assert all(labelnumber.valid(number) for number in numbers)


def test_every_sheet_and_column_is_listed() -> None:
    workbook = TEXT.split("## Inventory workbook")[1]
    for sheet in sheets().values():
        part = workbook.split(f"### {sheet.name}\n")[1].split("\n### ")[0]
        listed = re.findall(r"^\| (.+?) \| `(\w+)` \| .+? \| (yes)? *\| ", part, re.MULTILINE)
        assert [(header, key, bool(needed)) for header, key, needed in listed] == [
            (column.header, column.key, column.required) for column in sheet.columns
        ]


def test_every_registry_and_its_columns_are_listed() -> None:
    tables = TEXT.split("## Registries' tables")[1].split("\n## ")[0]
    general = re.findall(r"^\| `(\w+)` \| (.*) \|$", tables.split("\n### ")[1], re.MULTILINE)
    assert {field: tuple(names.split(" · ")) for field, names in general} == common()
    assert re.findall(r"^### `([a-z-]+)`: ", tables, re.MULTILINE) == list(registries())
    for one in registries().values():
        part = tables.split(f"\n### `{one.key}`: ")[1].split("\n### ")[0]
        assert f"Mark {one.mark}: {one.source}." in part
        listed = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", part, re.MULTILINE)
        assert {field: tuple(names.split(" · ")) for field, _, names in listed if names} == one.columns
        assert {field for field, needed, _ in listed if needed} == {
            name for group in one.needed for name in group
        }
