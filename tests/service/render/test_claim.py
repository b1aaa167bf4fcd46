"""The claim as a file: what is printed, what is inside, and that it grows with its retirements."""

from __future__ import annotations

import copy
import io
import json
import shutil
import subprocess
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from certificates import credential, documents
from certificates.credential import Envelope
from certificates.ledger.claims import rules
from certificates.pdf.document import Document
from certificates.steps.printed import judge
from service.render.claim import render_claim
from service.render.content import UnknownLanguage
from service.render.figures import StatementUnfit
from service.render.sealed import Evidence, EvidenceMissing
from tests import claimmaking
from tests.certificates import labelmaking

HOSTILE = '#import "/etc/passwd": * \\ $x^2$ *bold* _it_ `raw` <tag> @ref // /* #panic("no") \'q\' {{ }} ]['
LONG_ZH = "高导热挤压铝合金散热器型材（阳极氧化，黑色，用于新能源汽车车载充电机，含孔位加工与包装）" * 3
LONG_EN = "Highly conductive extruded aluminium heat-sink profile, anodised and packed " * 4
EVIDENCE = Evidence(
    "aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl",
    json.dumps({"type": "tanbiao-bundle/2", "name": "碳标\n"}).encode(),
    claimmaking.ADDRESS,
)


def text(data: bytes) -> str:
    """Text of all pages without white space, by poppler where it is installed."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed: the text layer is not read")
    done = subprocess.run([tool, "-raw", "-", "-"], input=data, capture_output=True, check=True)
    return "".join(done.stdout.decode().replace("\u200b", "").split())


def pages(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)


def lacking(data: bytes, expected: list[str]) -> list[str]:
    printed = text(data)
    return [item for item in expected if "".join(item.split()) not in printed]


@pytest.fixture
def stated() -> dict[str, Any]:
    return claimmaking.statement()


def tier(stated: dict[str, Any]) -> dict[str, Any]:
    """The same claim under a rule set that does not speak of neutrality."""
    return stated | {"ruleSet": stated["ruleSet"] | {"key": "vcmi-platinum"}}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_that_n16_asks_for_is_printed(stated: dict[str, Any], language: str) -> None:
    stated["electricity"] = [claimmaking.electricity()]
    first = stated["retirements"][0]
    data = render_claim(stated, EVIDENCE, language=language)
    assert lacking(data, [
        "中和声明", "Neutralisation statement", stated["number"], "演示铝业（无锡）有限公司", "91320200MA1DEMO001",
        "铝型材散热器 2025 年批次", "Aluminium heat-sink profiles, batch of 2025", "从摇篮到大门", "Cradle to gate",
        "1 kg of profile at the gate", "演示无锡工厂", "2025-01-01 – 2025-12-31", "产品批次", "Businesses",
        "1,235", "−35", "1,200", "900", "−1,200", "100.0 %", "97.2 %", "2022: 1,500 tCO2e", "120 tCO2e",
        "12.35 kgCO2e × 100,000", "TB-2026-0000001-L", "−2", "1,231",
        first["serial"], f"{first['first']} – {first['last']}", first["project"], "2024-01-01 – 2024-12-31",
        first["retiredOn"], "600", "Verified Carbon Standard (VCS)", first["reference"],
        stated["retirements"][1]["serial"],
        "ISO 14068-1:2023", "演示核查机构", "CNAS V000", "演示核查员", "合理保证", "Unmodified opinion", "2027-12-31",
        "2026-12-31", "N01", "N20", "通过", "Passed", "不适用", "Retired in the claimant's name", "演示signatory",
        "A1B2C3D4E5F6G7H8I202506012345678", "11,500.5 kWh", "12 MWh", "2026-11-22 08:00 UTC",
        stated["wording"]["zh"], stated["wording"]["en"], stated["chain"][1]["link"][:16], claimmaking.ADDRESS,
        "扫码验真", "Scan to verify", "不是任何主管部门的标识", "no mark of any authority", "冻结或撤回",
    ]) == []  # fmt: skip


@pytest.mark.parametrize("key", ["iso-14068-1-2023", "vcmi-platinum"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_word_is_printed_that_the_rule_set_forbids(
    stated: dict[str, Any], key: str, language: str
) -> None:
    """The document's own words: names are their owners' (the issuer's may say what it likes)."""
    stated["issuer"]["name"] = {"zh": "演示机构", "en": "Demo Institution"}
    stated["ruleSet"]["key"] = key
    printed = "".join(
        one for one in text(render_claim(stated, EVIDENCE, language=language)).casefold() if one.isalnum()
    )
    for word in rules.forbidden_words(rules.rule_set(key)):
        assert "".join(one for one in word.casefold() if one.isalnum()) not in printed, word


def test_a_tier_is_not_called_neutral(stated: dict[str, Any]) -> None:
    printed = text(render_claim(tier(stated), EVIDENCE))
    assert "价值链外减缓声明" in printed and "Beyond-value-chainmitigationstatement" in printed
    assert "中和声明" not in printed and "Neutralisation" not in printed and "抵消不等于" not in printed


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_pdf_a3_with_the_evidence_inside(stated: dict[str, Any], language: str) -> None:
    with pikepdf.open(io.BytesIO(render_claim(stated, EVIDENCE, language=language))) as pdf:
        files = {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}
        assert files == {"credential.jwt": EVIDENCE.credential.encode(), "bundle.json": EVIDENCE.bundle}
        assert stated["number"] in str(pdf.docinfo["/Title"])
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261122080000Z"
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")


def test_same_input_same_bytes(stated: dict[str, Any]) -> None:
    first = render_claim(stated, EVIDENCE)
    assert render_claim(copy.deepcopy(stated), EVIDENCE) == first
    stated["nextUpdate"] = "2027-01-31"
    assert render_claim(stated, EVIDENCE) != first


@pytest.mark.parametrize("language", ["zh", "en"])
def test_forty_retirements_and_long_names_are_all_there(language: str) -> None:
    stated = claimmaking.statement(40)
    stated["subject"]["name"] = {"zh": LONG_ZH, "en": LONG_EN}
    stated["subject"]["boundary"] = {"zh": LONG_ZH, "en": LONG_EN}
    stated["subject"]["sites"] = [f"{LONG_ZH[:40]}{n}" for n in range(30)]
    stated["claimant"]["name"] = LONG_ZH
    data = render_claim(stated, EVIDENCE, language=language)
    rows = [row[name] for row in stated["retirements"] for name in ("serial", "project", "reference")]
    assert lacking(data, [*rows, LONG_ZH, LONG_EN, *stated["subject"]["sites"]]) == []
    assert 3 < pages(data) < 12


def test_one_retirement_takes_three_pages() -> None:
    assert pages(render_claim(claimmaking.statement(1), EVIDENCE)) == 3


def test_the_longest_statement_is_whole() -> None:
    stated = claimmaking.statement(100)
    stated["wording"] = {"zh": "碳" * 20_000, "en": "carbon " * 2_800}
    stated["subject"]["name"] = stated["subject"]["boundary"] = {"zh": "碳" * 500, "en": "carbon " * 70}
    stated["subject"]["sites"] = ["厂" * 200] * 100
    stated["evidence"] = [{"what": "reductions", "sha256": "e" * 64, "by": "人" * 200}] * 500
    printed = text(render_claim(stated, EVIDENCE))
    assert printed.count("碳") > 21_000 and printed.count("厂") >= 20_000 and printed.count("人") >= 100_000


def test_a_decision_is_printed_with_who_took_it_and_why(stated: dict[str, Any]) -> None:
    person = {"id": "p", "name": "演示复核人"}
    stated["checks"][3] |= {"outcome": "review", "decision": {"person": person, "reason": "计划已核对"}}
    assert lacking(render_claim(stated, EVIDENCE), ["人工判定", "演示复核人: 计划已核对"]) == []


def test_beneficiaries_stand_once_or_each(stated: dict[str, Any]) -> None:
    assert text(render_claim(stated, EVIDENCE)).count("受益人") == 1
    stated["retirements"][1]["beneficiary"] = "演示铝业旧名"
    printed = text(render_claim(stated, EVIDENCE))
    assert printed.count("受益人") == 2 and "演示铝业旧名" in printed


def test_user_text_is_never_markup(stated: dict[str, Any]) -> None:
    stated["claimant"]["name"] = HOSTILE
    stated["subject"]["name"] = {"zh": HOSTILE, "en": HOSTILE[::-1]}
    stated["retirements"][0]["reference"] = HOSTILE
    stated["wording"]["zh"] = HOSTILE * 3
    assert lacking(render_claim(stated, EVIDENCE), [HOSTILE, HOSTILE[::-1], HOSTILE * 3]) == []


def test_signs_without_glyph_are_marked(stated: dict[str, Any]) -> None:
    stated["claimant"]["name"] = "演示\u202e铝业\U0001f600"
    assert lacking(render_claim(stated, EVIDENCE), ["演示铝业〓", "字库中没有的字符"]) == []


REQUIRED = [
    "number", "issuer.name", "issuer.id", "claimant.name", "subject.name", "subject.boundary", "subject.type",
    "period.start", "period.end", "audience", "markets", "ruleSet.key", "ruleSet.standards", "footprint.total",
    "footprint.unit", "footprint.number", "footprint.sha256", "footprint.assurance", "footprint.verifier.body",
    "footprint.verifier.conclusion", "footprint.parts.aircraft", "reductions.deducted", "reductions.baselineYear",
    "reductions.planSha256", "unabated", "residual", "toOffset", "offset", "share", "remainder", "retirements",
    "checks", "people", "evidence", "chain", "nextUpdate", "wording", "issuedAt", "validUntil", "electricity",
]  # fmt: skip


@pytest.mark.parametrize("path", REQUIRED)
def test_a_missing_fact_is_refused_by_its_name(stated: dict[str, Any], path: str) -> None:
    *parents, last = path.split(".")
    holder = stated
    for parent in parents:
        holder = holder[parent]
    del holder[last]
    with pytest.raises(StatementUnfit, match=last):
        render_claim(stated, EVIDENCE)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"credential": ""}, EvidenceMissing),
        ({"bundle": b"{}"}, EvidenceMissing),
    ],
)
def test_unfit_evidence_is_refused(
    stated: dict[str, Any], changed: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        render_claim(stated, replace(EVIDENCE, **changed))


def test_a_third_language_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(UnknownLanguage):
        render_claim(stated, EVIDENCE, language="de")


def test_an_unknown_rule_set_is_refused(stated: dict[str, Any]) -> None:
    stated["ruleSet"]["key"] = "pas-9999"
    with pytest.raises(StatementUnfit, match="pas-9999"):
        render_claim(stated, EVIDENCE)


@pytest.mark.parametrize("retirements", [2, 100])
def test_the_signed_claim_is_valid_and_altered_with_another_byte(retirements: int) -> None:
    stated, keys = claimmaking.statement(retirements), labelmaking.keyset()
    compact = credential.issue(stated, keys, Envelope(labelmaking.BASE, "", labelmaking.PLACE))
    made = labelmaking.world(compact, keys)
    drawn = render_claim(stated, Evidence(compact, made.bundle, claimmaking.ADDRESS))
    signed = documents.sign_pdf(drawn, keys, claimmaking.ISSUED)
    report = labelmaking.report(signed, number=stated["number"])
    assert report.verdict == "valid" and report.statement == stated and report.noun == "claim"
    position = signed.index(b"/MediaBox")
    changed = signed[:position] + b"/mediaBox" + signed[position + 9 :]
    assert labelmaking.report(changed).verdict == "altered"


AMOUNTS = [
    ("footprint", "total"), ("reductions", "deducted"), ("reductions", "reduced"), ("reductions", "baselineTotal"),
    ("unabated",), ("residual",), ("offset",), ("share",), ("remainder",), ("toOffset",), ("nextUpdate",),
    ("period", "end"), ("claimant", "name"), ("subject", "name", "en"), ("footprint", "verifier", "body"),
    ("retirements", 1, "serial"), ("retirements", 0, "quantity"), ("retirements", 1, "retiredOn"),
    ("retirements", 0, "last"), ("footprint", "parts", "fossil"), ("people", "verifier", "name"), ("issuedAt",),
]  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> bytes:
    """The claim as it is stated, drawn once: the statements to judge it by are changed afterwards."""
    return render_claim(claimmaking.statement(), EVIDENCE)


@pytest.mark.parametrize("path", AMOUNTS, ids=lambda path: ".".join(map(str, path)))
def test_every_amount_of_a_claim_is_looked_for(
    drawn: bytes, stated: dict[str, Any], path: tuple[Any, ...]
) -> None:
    place: Any = stated
    for step in path[:-1]:
        place = place[step]
    value = place[path[-1]]
    place[path[-1]] = value.replace("08:00", "08:01") if path == ("issuedAt",) else f"{value[:-1]}7"
    assert judge(Document(drawn), stated, "", (claimmaking.ADDRESS,)).reason == "printed-missing"
