"""What a claim says, in Chinese and English, made from its facts (``wording.toml``); and what it must not say.

Rules
1. The wording is made, not typed: subject, boundary, period, total, reductions, amount and share offset, each credit
   with programme, project, vintage, serial and day of retirement, standard and version, verifier and conclusion, next
   update (N16). The claimant may add a remark.
2. Nothing is said while one of these is missing.
3. What rests on offsets is never said to be free of carbon or emissions, and only a rule set that speaks of neutrality
   lets it be called neutral. Words are compared without case, width, spaces and signs, in remark, name and boundary.

Example: ``forbidden(replace(claim, remark=Both("零 碳 产品", "Zero-carbon product")), rules)``.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from certificates.ledger.claims.amounts import Amounts, amounts, known
from certificates.ledger.claims.model import Both, Claim, Facts, Opinion, Units
from certificates.ledger.claims.rules import RuleSet, forbidden_words
from certificates.ledger.instruments import instrument
from certificates.ledger.positions import State


def text(claim: Claim, facts: Facts, rules: RuleSet) -> Both:
    """The whole wording (rule 1). Raises ValueError while an element is missing (rule 2)."""
    lacking = missing(claim, facts, rules)
    if lacking:
        raise ValueError(f"The wording lacks {', '.join(lacking)}.")
    return Both(*(_text(claim, facts, rules, language) for language in ("zh", "en")))


def missing(claim: Claim, facts: Facts, rules: RuleSet | None) -> tuple[str, ...]:
    """The elements that cannot be said yet: subject, boundary, period, total, reductions, offset, credits,
    reference, standard, verifier, update."""
    return tuple(element for element, there in _elements(claim, facts, rules) if not there)


def forbidden(claim: Claim, rules: RuleSet | None) -> tuple[str, ...]:
    """The words of rule 3 that the claim's own texts say."""
    own = (claim.remark, claim.subject.name, claim.subject.boundary, claim.subject.unit)
    said = " ".join(_bare(part) for both in own for part in (both.zh, both.en))
    return tuple(word for word in forbidden_words(rules) if _bare(word) in said)


def _elements(claim: Claim, facts: Facts, rules: RuleSet | None) -> Iterator[tuple[str, bool]]:
    subject, reductions, verifier = claim.subject, claim.reductions, claim.footprint.verifier
    sums = amounts(claim, facts, rules)
    yield "subject", bool(claim.claimant.name.strip() and subject.type and subject.name.complete)
    yield "boundary", subject.boundary.complete and any(site.strip() for site in subject.sites)
    yield "period", claim.period.start is not None and claim.period.end is not None
    footprint = claim.footprint
    named = bool(footprint.number.strip() and footprint.version.strip())
    yield "total", named and known(footprint.total_t) is not None
    stated = (reductions.baseline_total_t, reductions.reduced_t, claim.residual_t, sums.unabated)
    year = reductions.baseline_year is not None
    yield "reductions", year and all(known(amount) is not None for amount in stated)
    yield "offset", sums.to_offset is not None and sums.offset > 0
    units = [facts.units.get(key) for key in claim.retirements]
    yield "credits", bool(units) and all(one is not None and _sayable(one) for one in units)
    if rules and rules.references:
        retired = [one.retire for one in units if one is not None]
        yield "reference", all(one is not None and one.reference.strip() for one in retired)
    yield "standard", rules is not None
    said = verifier.body.strip() and verifier.accreditation.strip()
    opinion = verifier.conclusion in (Opinion.UNMODIFIED, Opinion.MODIFIED)
    yield "verifier", bool(said and footprint.assurance and opinion)
    yield "update", claim.next_update is not None


def _sayable(units: Units) -> bool:
    return units.position.state is State.RETIRED and units.retire is not None and bool(units.lot.project)


def _text(claim: Claim, facts: Facts, rules: RuleSet, language: str) -> str:
    sums = amounts(claim, facts, rules)
    remark = getattr(claim.remark, language).strip()
    sentences = [
        _claim(claim, rules, sums, language),
        *_subject(claim, language),
        *_sums(claim, sums, language),
        _credits(claim, facts, language),
        *_basis(claim, language),
        *([remark] if remark else []),
    ]
    return ("" if language == "zh" else " ").join(sentences)


def _claim(claim: Claim, rules: RuleSet, sums: Amounts, language: str) -> str:
    code = claim.claimant.code
    who = _word("code", language).format(code=code) if code else ""
    return _filled(
        "claim",
        f"{'neutral' if rules.neutral else 'tier'}_{language}",
        claimant=claim.claimant.name + who,
        type=_word(str(claim.subject.type), language),
        subject=getattr(claim.subject.name, language),
        start=str(claim.period.start),
        end=str(claim.period.end),
        standard=getattr(rules.name, language),
        share=sums.share,
    )


def _subject(claim: Claim, language: str) -> Iterator[str]:
    subject = claim.subject
    sites = ("、" if language == "zh" else ", ").join(subject.sites)
    yield _filled("boundary", language, boundary=getattr(subject.boundary, language), sites=sites)
    if subject.unit.complete:
        yield _filled("unit", language, unit=getattr(subject.unit, language))


def _sums(claim: Claim, sums: Amounts, language: str) -> Iterator[str]:
    footprint, reductions = claim.footprint, claim.reductions
    total, number, version = footprint.total_t, footprint.number, footprint.version
    yield _filled("total", language, total=total, number=number, version=version)
    yield _filled(
        "reductions",
        language,
        year=str(reductions.baseline_year),
        baseline=reductions.baseline_total_t,
        reduced=reductions.reduced_t,
        unabated=sums.unabated,
        residual=claim.residual_t,
    )
    yield _filled(
        "offset",
        language,
        needed=sums.to_offset,
        offset=sums.offset,
        share=sums.share,
        remainder=sums.remainder,
    )


def _credits(claim: Claim, facts: Facts, language: str) -> str:
    rows = [_credit(facts.units[key], language) for key in claim.retirements]
    return _filled("credit", f"list_{language}", credits=_texts()["credit"][f"between_{language}"].join(rows))


def _credit(units: Units, language: str) -> str:
    lot, span, kind = units.lot, units.position.span, instrument(units.lot.kind)
    reference = units.retire.reference.strip() if units.retire else ""
    return _filled(
        "credit",
        language,
        program=kind.name(language),
        project=lot.project,
        vintage=f"{lot.vintage_start} – {lot.vintage_end}",
        serial=lot.serial,
        first=str(span.first),
        last=str(span.last),
        quantity=kind.quantity(span.count).amount,
        day=str(units.retire.on if units.retire else ""),
        reference=_word("reference", language).format(reference=reference) if reference else "",
    )


def _basis(claim: Claim, language: str) -> Iterator[str]:
    verifier = claim.footprint.verifier
    yield _filled(
        "verifier",
        language,
        body=verifier.body,
        accreditation=verifier.accreditation,
        assurance=_word(str(claim.footprint.assurance), language),
        conclusion=_word(str(verifier.conclusion), language),
    )
    yield _filled("update", language, day=str(claim.next_update))


def _filled(element: str, form: str, **values: Any) -> str:
    shown = {name: value if isinstance(value, str) else f"{value:f}" for name, value in values.items()}
    return str(_texts()[element][form]).format_map(shown)


def _word(key: str, language: str) -> str:
    return str(_texts()["word"][key][language])


def _bare(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())


@cache
def _texts() -> dict[str, Any]:
    source = resources.files("certificates.ledger.claims").joinpath("wording.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
