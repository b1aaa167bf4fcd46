"""What stands above every CBAM document: title, the facts that name it, the running head, which language counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lca.cbam.monitoring import Monitoring
from lca.cbam.report import figures
from lca.cbam.report.details import Details
from lca.cbam.report.document import Cell, Day, Document, Field, Section, Words, cells, same, texts
from lca.cbam.report.words import say
from lca.cbam.results import Calculation
from lca.findings import Finding

SHORT = 12
"""Digits of a digest that are printed where it only names something."""


def document(
    kind: str,
    data: Monitoring,
    details: Details,
    sections: Iterable[Section],
    done: Calculation | None = None,
) -> Document:
    """A document with its head. ``kind`` chooses title, clause and notice of the words."""
    where = data.installation
    name = Words(where.name or where.name_en, where.name_en or where.name)
    span = figures.period(data.period)
    rows: list[tuple[str, Cell]] = [
        ("installation", name),
        ("operator", figures.stated(where.operator)),
        ("period", span),
    ]
    if details.number:
        rows.append(("number", same(details.number)))
    rows += [("version", same(details.version)), ("made-on", Day(details.made_on))]
    if (
        details.prepared_by and kind != "summary-report"
    ):  # a person's name is no item of what the importer gets
        rows.append(("prepared-by", same(details.prepared_by)))
    running = [name, span]
    if done is not None:
        rows += [
            ("engine", same(done.engine)),
            ("data-digest", same(done.monitoring_digest)),
            ("tables-digest", same(done.tables_digest)),
        ]
        running.append(say("running-digest", digest=done.monitoring_digest[:SHORT]))
    return Document(
        kind=kind,
        title=say(f"title-{kind}"),
        clause=say(f"clause-{kind}"),
        facts=tuple(Field(say(f"label-{key}"), value) for key, value in rows),
        running=tuple(running),
        notice=say(f"notice-{kind}"),
        sections=tuple(sections),
        made_on=details.made_on,
    )


def not_english(made: Document, names: Collection[str] = ()) -> tuple[Finding, ...]:
    """A warning with the first texts of the English version that are in Chinese script; nothing where there is none.

    ``names`` of people stay as they are written.
    """
    words = (cell.of("en") for cell in cells(made) if isinstance(cell, Words))
    seen = dict.fromkeys(
        text for text in (*words, *texts(made, "en")) if text not in names and any(map(_chinese, text))
    )
    if not seen:
        return ()
    return (Finding.warning("cbam-report-not-english", text="; ".join(list(seen)[:5])),)


def _chinese(char: str) -> bool:
    return (
        "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\U00020000" <= char <= "\U0003ffff"
    )
