"""The label as a file: what is inside, what is printed, and that no text of a user changes its making."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, astuple, replace
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest

from service.render import label
from service.render.content import UnknownLanguage
from service.render.figures import StatementUnfit
from service.render.label import Evidence, EvidenceMissing, render_label
from service.render.qr import UnfitAddress

HOSTILE = (
    '#import "/etc/passwd": * \\ $x^2$ *bold* _it_ `raw` <tag> @ref // /* #panic("no") \'q\' "q" {{ }} ]['
)
LONG_ZH = (
    "高导热挤压铝合金散热器型材（阳极氧化，黑色，用于新能源汽车车载充电机，含孔位加工与包装）"
    "第十二代改进型号，名称超过六十个汉字"
)
LONG_EN = "Highly conductive extruded aluminium heat-sink profile, anodised, drilled and packed " * 3


def _text(data: bytes) -> str:
    """Text of all pages without white space, by poppler where it is installed."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed: the text layer is not read")
    done = subprocess.run([tool, "-raw", "-", "-"], input=data, capture_output=True, check=True)
    return "".join(done.stdout.decode().replace("\u200b", "").split())


def _pages(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_pdf_a3_with_the_evidence_inside(
    stated: dict[str, Any], evidence: Evidence, language: str
) -> None:
    data = render_label(stated, evidence, language=language)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 2
        credential, bundle = (pdf.attachments[name] for name in ("credential.jwt", "bundle.json"))
        assert credential.get_file().read_bytes() == evidence.credential.encode()
        assert bundle.get_file().read_bytes() == evidence.bundle
        assert credential.get_file().mime_type == "application/vc+jwt"
        assert bundle.get_file().mime_type == "application/json"
        assert credential.obj.AFRelationship == "/Data"
        assert bundle.obj.AFRelationship == "/Supplement"
        assert len(pdf.Root.AF) == 2
        assert "/OutputIntents" in pdf.Root
        assert pdf.Root.Lang == {"zh": "zh-CN", "en": "en-GB"}[language]
        assert stated["number"] in str(pdf.docinfo["/Title"])
        assert str(pdf.docinfo["/Author"]) == stated["issuer"]["name"][language]
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")


def test_the_only_moment_in_the_file_is_the_issue(stated: dict[str, Any], evidence: Evidence) -> None:
    with pikepdf.open(io.BytesIO(render_label(stated, evidence))) as pdf:
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261122063015Z"
        xmp = ElementTree.fromstring(pdf.Root.Metadata.read_bytes())
    moments = [item.text for item in xmp.iter() if item.tag.endswith(("Date", "when"))]
    assert moments
    assert set(moments) == {"2026-11-22T06:30:15Z"}


def test_same_input_same_bytes(stated: dict[str, Any], evidence: Evidence) -> None:
    first = render_label(stated, evidence)
    assert render_label(stated, evidence) == first
    stated["footprint"]["total"] = "12.8"
    assert render_label(stated, evidence) != first


def test_another_process_makes_the_same_bytes(stated: dict[str, Any], evidence: Evidence) -> None:
    script = (
        "import ast, sys; from service.render.label import Evidence, render_label\n"
        "statement, evidence = ast.literal_eval(sys.stdin.read())\n"
        "sys.stdout.buffer.write(render_label(statement, Evidence(*evidence)))"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "SOURCE_DATE_EPOCH": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=repr((stated, astuple(evidence))).encode(),
        capture_output=True,
        env=os.environ | environment,
        check=True,
    )
    assert done.stdout == render_label(stated, evidence)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_fact_is_printed_in_both_languages(
    stated: dict[str, Any], evidence: Evidence, language: str
) -> None:
    text = _text(render_label(stated, evidence, language=language))
    expected = [
        "产品碳足迹标签", "Product Carbon Footprint Label", stated["number"], "12.7", "kgCO2e/1kg",
        "演示零碳服务机构", "Demo Institution", "铝合金散热器型材", "Aluminium heat-sink profile",
        "HS-6063-T5", "GTIN06901234567892", "76042990", "DEMO-001", "演示工厂", "CN-JS", "Jiangsu",
        "2025-01-01–2025-12-31",
        "从摇篮到大门", "Cradle to gate", "原材料获取", "Raw materials", "10.9", "85.8%", "13.4%",
        "0.8%", "12.6", "0.06", "−0.01", "4.2e-12", "电网", "Own generation", "1.42", "13.1",
        "93.3%", "14/15", "99.6%", "0.4%", "自动关联行数", "Lines linked automatically",
        "ISO 14067:2018", "AR6", "open-cn-2026.2", "总值保留3位有效数字",
        "total to 3 significant digits", "演示核查人", "3.1e-15", "0.000000001",
        "2026-11-22 06:30 UTC", "2028-11-21 16:00 UTC", stated["chain"][0]["sha256"][:16],
        stated["chain"][3]["link"][:16], "扫码验真", "Scan to verify", evidence.url,
        "验证码", "Check code", "7K2M-9QXA", "签发时状态：有效，截至2026-11-22 06:30 UTC", "请扫码查询今日状态",
        "Status as of 2026-11-22 06:30 UTC, the issue: active", "ask for today's status",
        "不是碳抵消或碳中和声明", "not an offset or neutrality claim", "也不是国家产品碳足迹标识",
        "not the national product carbon footprint mark", "black-and-white", "黑白打印件",
    ]  # fmt: skip
    missing = [item for item in expected if "".join(item.split()) not in text]
    assert not missing


def test_user_text_is_never_markup(stated: dict[str, Any], evidence: Evidence) -> None:
    stated["product"]["name"] = {"zh": HOSTILE, "en": HOSTILE[::-1]}
    stated["exporter"]["name"]["zh"] = HOSTILE
    stated["issuer"]["name"]["zh"] = HOSTILE
    text = _text(render_label(stated, evidence))
    for item in (HOSTILE, HOSTILE[::-1]):
        assert "".join(item.split()) in text


def test_hostile_text_does_not_break_the_metadata(stated: dict[str, Any], evidence: Evidence) -> None:
    stated["issuer"]["name"]["zh"] = "<a>&amp;\"'" + HOSTILE
    with pikepdf.open(io.BytesIO(render_label(stated, evidence))) as pdf:
        ElementTree.fromstring(pdf.Root.Metadata.read_bytes())
        assert str(pdf.docinfo["/Author"]) == stated["issuer"]["name"]["zh"]


def test_signs_without_glyph_are_marked_and_direction_signs_are_dropped(
    stated: dict[str, Any], evidence: Evidence
) -> None:
    plain = _text(render_label(stated, evidence))
    stated["product"]["name"]["zh"] = "散热\u202e型材\U0001f600"
    text = _text(render_label(stated, evidence))
    assert "散热型材〓" in text
    assert "字库中没有的字符" in text
    assert "字库中没有的字符" not in plain


@pytest.mark.parametrize(
    ("total", "language"),
    [
        ("0.0000123", "zh"),
        ("12345678", "en"),
        ("-3.5", "zh"),
        ("0", "en"),
        ("999999999999999999.0123456789", "zh"),
        ("999999999999999999.0123456789", "en"),
    ],
)
def test_any_number_and_long_names_stay_on_two_pages(
    stated: dict[str, Any], evidence: Evidence, total: str, language: str
) -> None:
    stated["product"]["name"] = {"zh": LONG_ZH, "en": LONG_EN}
    stated["product"]["model"] = "A" * 80
    stated["exporter"]["name"] = {"zh": LONG_ZH, "en": LONG_EN}
    stated["site"]["name"] = LONG_ZH
    footprint = stated["footprint"]
    footprint["total"] = total
    footprint["stages"] = [{"stage": f"stage-{n}", "value": total} for n in range(12)]
    footprint["stages"].append({"stage": "use", "value": "-0.0000123"})
    footprint["parts"]["fossil"] = total
    footprint["notCovered"] = [{"zh": "使用阶段", "en": "Use stage"}] * 3
    stated["chain"] *= 5
    data = render_label(stated, evidence, language=language)
    assert _pages(data) == 2
    text = _text(data)
    grouped = f"{float(total):,.0f}" if total == "12345678" else total.lstrip("-")
    assert grouped.split(".")[-1] in text
    assert "".join(LONG_ZH.split()) in text
    assert "".join(LONG_EN.split()) in text


def test_the_longest_statement_is_whole(stated: dict[str, Any], evidence: Evidence) -> None:
    longest = {"zh": "碳" * 500, "en": "carbon " * 71}
    for name in ("issuer", "exporter", "product"):
        stated[name]["name"] = longest
    stated["footprint"]["notCovered"] = [longest] * 3
    stated["chain"] *= 10
    data = render_label(stated, evidence)
    text = _text(data)
    assert text.count("碳") > 6 * 500
    assert text.count("carbon") >= 6 * 71
    assert _pages(data) >= 2


REQUIRED = [    "number", "issuer.name", "issuer.id", "exporter.name", "exporter.id", "product.name",
    "product.model", "product.cnCode", "product.declaredUnit", "product.massPerDeclaredUnit",
    "site.name", "site.place", "period.start", "period.end", "boundary", "footprint.total",
    "footprint.unit", "footprint.stages", "footprint.parts.aircraft",
    "footprint.totalLocationBased", "method.ruleSet", "method.standards", "method.gwpSet",
    "method.release", "method.engine", "coverage.byLines", "coverage.byMass",
    "coverage.cutOffShare", "coverage.linesAutoLinked", "review.conclusion", "review.reviewer",
    "review.independent", "agreement.relativeDifference", "chain", "issuedAt", "validUntil",
    "electricity",
]  # fmt: skip


@pytest.mark.parametrize("path", REQUIRED)
def test_a_missing_fact_is_refused_by_its_name(stated: dict[str, Any], evidence: Evidence, path: str) -> None:
    *parents, last = path.split(".")
    holder = stated
    for parent in parents:
        holder = holder[parent]
    del holder[last]
    with pytest.raises(StatementUnfit, match=last):
        render_label(stated, evidence)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"credential": ""}, EvidenceMissing),
        ({"credential": "a.b"}, EvidenceMissing),
        ({"credential": "a..c"}, EvidenceMissing),
        ({"bundle": b""}, EvidenceMissing),
        ({"bundle": b"{}"}, EvidenceMissing),
        ({"bundle": b"[1]"}, EvidenceMissing),
        ({"bundle": b"\xff{"}, EvidenceMissing),
        ({"url": "javascript:alert(1)"}, UnfitAddress),
        ({"url": "/v/TB-2026-0000001-K"}, UnfitAddress),
        ({"url": "https://a b.example/"}, UnfitAddress),
        ({"url": "https://user@labels.example/"}, UnfitAddress),
        ({"url": "https://" + "a" * 300}, UnfitAddress),
    ],
)
def test_unfit_evidence_is_refused(
    stated: dict[str, Any], evidence: Evidence, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        render_label(stated, replace(evidence, **changed))


def test_a_third_language_is_refused(stated: dict[str, Any], evidence: Evidence) -> None:
    with pytest.raises(UnknownLanguage):
        render_label(stated, evidence, language="de")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("footprint.total", "NaN"),
        ("footprint.total", "twelve"),
        ("footprint.total", 12.7),
        ("footprint.stages", []),
        ("footprint.stages", "raw"),
        ("issuedAt", "2026-11-22T06:30:15"),
        ("issuedAt", "yesterday"),
        ("review.independent", False),
        ("product.declaredUnit", "1 kg"),
    ],
)
def test_a_fact_in_another_form_is_refused(
    stated: dict[str, Any], evidence: Evidence, path: str, value: Any
) -> None:
    *parents, last = path.split(".")
    holder = stated
    for parent in parents:
        holder = holder[parent]
    holder[last] = value
    with pytest.raises(StatementUnfit):
        render_label(stated, evidence)


def test_the_check_code_stands_beside_the_number_and_under_both_codes(
    stated: dict[str, Any], evidence: Evidence
) -> None:
    assert _text(render_label(stated, evidence)).count("7K2M-9QXA") == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_digital_link_leads_to_the_page(stated: dict[str, Any], evidence: Evidence, language: str) -> None:
    url = f"https://labels.example/01/06901234567892?n={stated['number']}&c=7K2M9QXA"
    data = render_label(stated, replace(evidence, url=url), language=language)
    assert url in _text(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert {str(link.A.URI) for page in pdf.pages for link in page.Annots} == {url}


def test_without_a_gtin_none_is_printed(stated: dict[str, Any], evidence: Evidence) -> None:
    stated["product"]["gtin"] = ""
    assert "GTIN" not in _text(render_label(stated, evidence))


def test_what_is_drawn_is_read_back(
    stated: dict[str, Any], evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drawing that loses a digit on its way to the page is not handed out."""
    monkeypatch.setattr("service.render.content.grouped", lambda value: str(value)[:-1] or "0")
    with pytest.raises(label.LabelNotDrawn, match="do not print what the credential says"):
        render_label(stated, evidence)


def test_a_name_that_says_what_only_the_label_says_is_refused(
    stated: dict[str, Any], evidence: Evidence
) -> None:
    """The words beside a value, in both languages, with another value after them: nobody could tell them apart."""
    stated["product"]["name"] = {"zh": "散热器 型号", "en": "Model HS-1"}
    with pytest.raises(label.LabelNotDrawn, match="does not say"):
        render_label(stated, evidence)


def test_a_failing_typesetter_is_one_sentence(
    stated: dict[str, Any], evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.render.content.printable", lambda text: text)
    stated["site"]["name"] = "\U0001f600"
    with pytest.raises(label.LabelNotDrawn, match="nothing was issued"):
        render_label(stated, evidence)


def test_typst_is_imported_only_when_needed() -> None:
    script = "import sys, service.render.label; sys.exit('typst' in sys.modules or 'segno' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_service_refuses_what_was_not_drawn(stated: dict[str, Any], evidence: Evidence) -> None:
    from service.app import _render
    from service.usecases.refusals import DocumentNotDrawn

    stated["product"]["name"] = {"zh": "散热器 型号", "en": "Model HS-1"}
    with pytest.raises(DocumentNotDrawn) as refused:
        _render(stated, **asdict(evidence))
    assert "型号" in refused.value.message("zh") and "does not say" in refused.value.message("en")
