import re
from datetime import datetime
from pathlib import Path

import pytest
from labelmaking import (
    LISTED,
    NOW,
    WEEK,
    changed,
    forge,
    keyset,
    label,
    label_of,
    lists,
    report,
    signed_pdf,
    statement,
    world,
)

import certificates
from certificates import limits, texts
from certificates.keys import trust
from certificates.knowledge import STATES
from certificates.report import VERDICTS, Report, Standing
from certificates.steps.checks import CHECKS
from certificates.verify import verify

SOURCE = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted(Path(certificates.__file__).parent.rglob("*.py"))
)


def test_every_text_is_in_both_languages_and_used():
    tables = texts.tables()
    for name in ("word", "detail", "problem", "verdict"):
        for code, entry in tables[name].items():
            assert entry["zh"] and entry["en"], code
            pieces = re.findall(r"\{(\w+)\}", entry["zh"]), re.findall(r"\{(\w+)\}", entry["en"])
            assert sorted(pieces[0]) == sorted(pieces[1]), code
            made = re.sub("-(pdf|bundle|credential)$", "", code)
            assert f'"{code}"' in SOURCE or made in ("readable", "format") or _of_a_state(code), code


def _of_a_state(code):
    """Codes that are put together from a state: ``state-active``, ``status-revoked-undated``."""
    found = re.fullmatch(r"(state|status)-([a-z]+)(-undated)?", code)
    return found is not None and found[2] in STATES


def test_every_text_that_is_asked_for_is_there():
    """Every reason that a step answers has its sentence; so have all states."""
    tables = texts.tables()
    reasons = set(re.findall(r'Outcome\((?:True|False|None|\w+), "([a-z-]+)"', SOURCE))
    assert len(reasons) > 30 and reasons <= set(tables["detail"])
    assert {f"state-{state}" for state in STATES} <= set(tables["word"])
    assert {"-".join(("status", state, *more)) for state in STATES[1:] for more in ((), ("undated",))} <= set(
        tables["detail"]
    )
    assert set(tables["verdict"]) == set(VERDICTS)
    assert set(tables["step"]) == {"readable", "format", *(code for _, code, _ in CHECKS)}
    for entry in tables["step"].values():
        assert set(entry) == {"title_zh", "title_en", "meaning_zh", "meaning_en"}


def test_the_steps_are_numbered_as_the_docstring_says():
    from certificates import verify as module

    documented = re.findall(r"^ ?(\d+)\. ([a-z-]+)", module.__doc__.partition("Rules")[0], re.MULTILINE)
    expected = [(1, "readable"), (2, "format"), *((number, code) for number, code, _ in CHECKS)]
    assert [(int(number), code) for number, code in documented] == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"x" * (limits.FILE_BYTES + 1), "too-large"),
        (b"hello", "unknown-kind"),
        (b"\x00\xff\x80", "unknown-kind"),
        (b"PK\x03\x04", "unknown-kind"),
        (b"{", "json-unreadable"),
        (b'{"a":1.5}', "not-a-bundle"),
        (b'{"a":01}', "json-unreadable"),
        (b'{"a":1,"a":1}', "json-unreadable"),
        (b'{"credentialSubject":{}}', "not-a-credential"),
        (b'{"a":' * 1000, "json-unreadable"),
        (b"{}", "not-a-bundle"),
        (b"%PDF-", "pdf-unreadable"),
        (b"a.b.c", "not-a-credential"),
        (b"a" * (limits.CREDENTIAL_BYTES + 10), "unknown-kind"),
        (label().compact.encode() + b"\n\n", "unknown-kind"),
    ],
)
def test_what_cannot_be_read_is_an_answer(data, reason):
    report = verify(data, keyset().trust(), at=NOW)
    assert report.verdict == "unreadable" and report.statement is None
    (failed,) = report.failed
    assert failed.reason == reason and failed.number in (1, 2)
    assert all(step.ok is None for step in report.steps if step.number > failed.number)
    assert report.text("zh") and report.text("en")


def test_the_callers_own_mistakes_are_exceptions():
    with pytest.raises(ValueError, match="time zone"):
        verify(b"", None, at=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(trust.TrustFileInvalid):
        verify(b"", {}, at=NOW)


def test_trust_may_be_read_once():
    assert verify(label().bundle, trust.read(keyset().trust()), at=NOW).valid


def test_as_dict_is_whole_and_json():
    import json

    data = verify(signed_pdf(), keyset().trust(), at=NOW).as_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["kind"] == "pdf" and len(data["steps"]) == 17
    assert data["standing"] == {
        "state": "active",
        "asOf": "2026-12-21T08:00:00Z",
        "until": "2026-12-28T08:00:00Z",
        "since": None,
        "reason": {"zh": "", "en": ""},
    }
    assert data["steps"][0].keys() == {"number", "code", "ok", "reason", "title", "detail", "meaning"}


def test_a_failed_step_is_explained_in_the_text():
    made = label_of(forge(changed(("footprint", "total"), "12.34"), keyset()))
    text = verify(made.bundle, keyset().trust(), at=NOW).text("en")
    assert " 9 [!!] Numbers fit: 2 do not agree" in text or " 9 [!!] Numbers fit: 1 do not agree" in text
    assert "footprint.stages" in text and "do not sum to the total" in text


def test_texts_from_files_cannot_steer_a_terminal():
    made = forge(statement(), keyset(), {"alg": "\x1b[2Jnone{kid}\u202e", "iss": "a\nb"})
    text = verify(label_of(made).bundle, keyset().trust(), at=NOW).text("en")
    assert "\x1b" not in text and "\u202e" not in text and "{kid}" in text
    assert texts.harmless("x" * 300).endswith("…") and len(texts.harmless("x" * 300)) == 201


def test_a_report_has_a_known_verdict_and_steps():
    steps = verify(b"", None, at=NOW).steps
    for arguments in (("fine", steps), ("valid", ())):
        with pytest.raises(ValueError, match="verdict"):
            Report(*arguments, None, "", NOW)
    suspended = Standing("suspended", NOW, NOW + WEEK, None, {"zh": "", "en": ""})
    for standing in (None, suspended):
        with pytest.raises(ValueError, match="as of a moment"):
            Report("valid", steps, None, "", NOW, standing=standing)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_valid_report_says_as_of_when_and_what_the_log_does_not_show(language):
    result = report(label().bundle)
    as_of = "2026-12-21T08:00:00Z"
    assert as_of in result.headline(language) and as_of in result.text(language)
    inclusion = result.steps[10]
    for words in (inclusion.detail[language], inclusion.meaning(language)):
        assert (
            ("不证明" in words or "绝不" in words)
            if language == "zh"
            else ("not that" in words or "never" in words)
        )
    assert "{" not in result.text(language)


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("noun", ["label", "claim", "either"])
def test_every_verdict_says_what_to_do_next(verdict, noun):
    steps = verify(b"", None, at=NOW).steps
    standing = Standing("active", LISTED, LISTED + WEEK, None, {"zh": "", "en": ""})
    made = Report(verdict, steps, None, "", NOW, noun, standing)
    for language in ("zh", "en"):
        assert made.headline(language) and made.next_thing(language)
        assert "{" not in made.headline(language) + made.next_thing(language)


@pytest.mark.parametrize("state", STATES[1:])
def test_the_standing_is_told_with_its_moment(state):
    result = report(world(listed=lists(keyset(), state)).bundle)
    for language in ("zh", "en"):
        assert texts.entry("word", f"state-{state}")[language] in result.text(language)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("演示\u3000铝业", "演示 铝业"),
        ("a\N{NO-BREAK SPACE}b", "a b"),
        ("a\x1b[2J", "a\N{REPLACEMENT CHARACTER}[2J"),
        ("a\u202eb\u2028c", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("x" * 201, "x" * 200 + "…"),
    ],
)
def test_harmless(text, shown):
    assert texts.harmless(text) == shown


def test_the_issuer_is_named_as_the_trust_file_names_it():
    """A trusted issuer may write any name on its labels; the reader sees the pinned one as well."""
    name = {"zh": "另一家演示机构", "en": "Another Demo Institution"}
    result = verify(
        label_of(forge(changed(("issuer", "name"), name), keyset())).bundle, keyset().trust(), at=NOW
    )
    assert result.valid and "Another Demo" in result.text("en")
    assert "Demo Zero-Carbon Institution" in result.steps[2].detail["en"]
    assert "演示零碳服务机构" in result.steps[2].detail["zh"]
