"""Sections of the verification file on the data: streams, meters, terms, balance, precursors, findings, evidence."""

from __future__ import annotations

from collections.abc import Iterator

from lca.cbam.monitoring import Factor, Precursor, SourceStream
from lca.cbam.report import electricity, emissions, figures, goods
from lca.cbam.report import energy as flows
from lca.cbam.report import precursors as bought
from lca.cbam.report.blocks import fields, nothing, number, table, text
from lca.cbam.report.document import Block, Cell, Day, Field, Fields, Words, same
from lca.cbam.report.facts import Facts, emitting
from lca.cbam.report.identity import cn
from lca.cbam.report.words import say, words
from lca.cbam.results import Term


def streams(known: Facts) -> Iterator[Block]:
    """Every source stream with its activity, meter and evidence, then each factor with its source."""
    rows: list[tuple[Cell, ...]] = [
        (
            same(one.id),
            same(one.name),
            say(f"method-{one.method.value}"),
            figures.amount(one.activity),
            same(one.activity_unit),
            same(one.meter) if one.meter else figures.DASH,
            documents(known, one.evidence),
        )
        for one in known.data.streams
    ]
    columns = (
        text("id", 1.0),
        text("stream"),
        text("method", 1.2),
        number("activity"),
        text("unit", 0.9),
        text("meter", 1.0),
        text("evidence", 2.2),
    )
    yield table(columns, rows, say("cap-activity"), "not-streams")
    factors = [row for one in known.data.streams for row in _factors(known, one)]
    heads = (text("id", 1.0), text("factor", 1.3), number("value", weight=1.6))
    yield table(
        (*heads, text("factor-source", 2.0), text("reference"), text("evidence", 2.0)),
        factors,
        say("cap-factors"),
        "not-streams",
    )


def meters(known: Facts) -> Iterator[Block]:
    """Records that several sinks share, with fractions and the recorded reason."""
    rows: list[tuple[Cell, ...]] = []
    for one in emitting(known.data):
        if len(one.shares) > 1:
            rows += [
                (
                    same(one.id),
                    same(one.name),
                    known.name(share.sink),
                    figures.share(share.fraction),
                    same(share.reason) if share.reason else say("no-reason"),
                )
                for share in one.shares
            ]
    columns = (text("id", 1.0), text("stream"), text("sink"), number("share", "%"), text("reason", 2.4))
    yield table(columns, rows, None, "not-shared")


def terms(known: Facts) -> Iterator[Block]:
    """Each emission: its equation, then its terms, one row each."""
    rows: list[tuple[Cell, ...]] = []
    for one in known.done.sources:
        rows.append(
            (
                same(one.id),
                _equation(one.equation),
                same(one.name),
                figures.tonnes(one.emissions_t, "tCO2e"),
                say(f"kind-{one.kind}") if f"kind-{one.kind}" in words() else same(one.kind),
            )
        )
        rows += [_term(term) for term in one.terms]
    columns = (
        text("id", 1.0),
        text("equation", 0.9),
        text("term", 2.2),
        number("value", weight=1.7),
        text("factor-source", 2.4),
    )
    yield table(columns, rows, None, "not-emissions")


def balance(known: Facts) -> Iterator[Block]:
    """Totals of the installation, and where its direct emissions went."""
    yield emissions.total_parts(known)
    rows = [
        (
            emissions.term_name(term.key),
            known.name(term.record) if term.record else figures.DASH,
            figures.specific(term.value),
        )
        for term in known.done.balance.entries
    ]
    columns = (text("term", 2.0), text("record", 2.0), number("emissions", "tCO2e"))
    yield table(columns, rows, say("cap-balance"), "not-emissions")
    yield fields(("difference", figures.specific(known.done.balance.difference_t, "tCO2e")))


def attribution(known: Facts) -> Iterator[Block]:
    """Attribution to processes, activity levels, flows of heat, waste gas, electricity, terms of each process."""
    yield from emissions.attribution(known)
    yield goods.levels(known)
    yield from flows.balances(known)
    rows = [
        (
            same(process.name),
            emissions.term_name(term.key),
            figures.amount(term.value, term.unit),
            same(term.source or "\u2013"),
        )
        for process in known.done.processes
        for term in process.terms
    ]
    columns = (text("process"), text("term", 2.0), number("value", weight=1.7), text("factor-source", 2.0))
    yield table(columns, rows, say("cap-process-terms"), "not-process-terms")


def electricity_sources(known: Facts) -> Iterator[Block]:
    """Sources, factors, and the criteria for actual values."""
    yield electricity.sources(known)
    yield from electricity.factors_by_source(known)
    yield electricity.criteria(known, evidence=True)


def precursors(known: Facts) -> Iterator[Block]:
    """Precursors by process with what each took, then the verifiers' reports behind actual values."""
    rows = [
        (
            same(process.name),
            cn(part.cn) if part.cn else figures.DASH,
            same(part.name),
            say(f"basis-{part.basis}"),
            figures.amount(part.amount),
            figures.specific(part.see_direct),
            figures.specific(part.see_indirect) if part.counted_indirect else say("not-counted"),
            figures.amount(
                part.embedded_direct_t + (part.embedded_indirect_t if part.counted_indirect else 0.0)
            ),
        )
        for process, part in known.parts
    ]
    columns = (
        text("process"),
        text("cn", 1.1),
        text("precursor"),
        text("basis", 1.2),
        number("quantity"),
        number("see-direct", "tCO2e"),
        number("see-indirect", "tCO2e"),
        number("embedded", "tCO2e"),
    )
    yield table(columns, rows, None, "not-precursors")
    yield bought.several_periods(known)
    yield bought.several_installations(known)
    reports = [row for one in known.data.precursors for row in _report(one)]
    heads = (text("precursor"), text("report"), text("verifier"), text("accreditation"), text("period", 2.2))
    yield table(
        (*heads, text("issued", 1.2), text("valid-until", 1.2)), reports, say("cap-reports"), "not-reports"
    )


def findings(known: Facts) -> Iterator[Block]:
    """Everything the calculation had to say, as it was said."""
    rows = [
        (
            say(f"severity-{one.severity.value}"),
            same(one.code),
            same(one.place.describe() or "\u2013"),
            Words(one.message("zh"), one.message("en")),
        )
        for one in known.done.findings
    ]
    columns = (text("severity", 0.8), text("code", 1.3), text("place", 1.2), text("finding", 4.0))
    yield table(columns, rows, None, "not-findings")


def evidence(known: Facts) -> Iterator[Block]:
    """The register: document, meter, period, digest, who entered it and when."""
    rows: list[tuple[Cell, ...]] = [
        (
            same(one.id),
            same(one.document),
            same(one.meter or "\u2013"),
            figures.period(one.period),
            same(one.entered_by or "\u2013"),
            Day(one.entered_on) if one.entered_on else figures.DASH,
            same(one.sha256 or "\u2013"),
        )
        for one in known.data.evidence
    ]
    columns = (
        text("id", 1.0),
        text("document", 1.8),
        text("meter", 1.0),
        text("period", 2.0),
        text("entered-by", 1.2),
        text("entered-on", 1.1),
        text("sha256", 2.2),
    )
    yield table(columns, rows, None, "not-evidence")


def reference_tables(known: Facts) -> Iterator[Block]:
    """Digests of data and tables, and each table with its version and source."""
    done = known.done
    digests = (
        ("engine", done.engine),
        ("data-digest", done.monitoring_digest),
        ("tables-digest", done.tables_digest),
    )
    yield Fields(tuple(Field(say(f"label-{key}"), same(value)) for key, value in digests))
    rows: list[tuple[Cell, ...]] = [
        (same(one.table), same(one.version), same(one.source), same(one.mark), same(one.sha256))
        for one in known.tables.infos
    ]
    columns = (
        text("table"),
        text("version", 1.1),
        text("source", 3.0),
        text("mark", 0.7),
        text("sha256", 2.4),
    )
    yield table(columns, rows, say("cap-tables")) if rows else nothing("not-tables")


def documents(known: Facts, ids: tuple[str, ...]) -> Words:
    """Documents of the evidence by name; says so where there is none."""
    named = {one.id: one.document for one in known.data.evidence}
    return same("; ".join(named.get(id, id) for id in ids)) if ids else say("no-evidence")


def _factors(known: Facts, one: SourceStream) -> Iterator[tuple[Cell, ...]]:
    stated: tuple[tuple[str, Factor | None], ...] = (
        ("ncv", one.ncv),
        ("emission_factor", one.emission_factor),
        ("carbon_content", one.carbon_content),
    )
    done = known.emissions.get(one.id)
    used = {term.key: term for term in done.terms} if done else {}
    for key, factor in stated:
        if factor is not None:
            yield (
                same(one.id),
                emissions.term_name(key),
                figures.amount(factor.value, factor.unit),
                say(f"source-{factor.source.value}"),
                same(factor.reference or "\u2013"),
                documents(known, factor.evidence),
            )
        elif key in used:
            term = used[key]
            source = same(term.source or "\u2013")
            value = figures.amount(term.value, term.unit)
            yield (
                same(one.id),
                emissions.term_name(key),
                value,
                say("source-standard"),
                source,
                figures.DASH,
            )


def _equation(number: str) -> Words:
    """``eq. 5, 6``; a point of the Annex such as ``B.8`` as it is."""
    return say("eq", number=number) if number[:1].isdigit() else same(number or "\u2013")


def _term(term: Term) -> tuple[Cell, ...]:
    value = figures.amount(term.value, "" if term.unit == "1" else term.unit)
    return (figures.EMPTY, figures.EMPTY, emissions.term_name(term.key), value, same(term.source or "\u2013"))


def _report(one: Precursor) -> Iterator[tuple[Cell, ...]]:
    report = one.values.report if one.values else None
    if report is not None:
        yield (
            same(one.name),
            same(report.number),
            same(report.verifier),
            same(report.accreditation),
            figures.period(report.period),
            Day(report.issued),
            Day(report.accredited_until),
        )
