"""The letter that asks one upstream supplier for verified data.

Rules
1. One letter goes to one supplier and names its goods only: no other supplier, no amount bought, no result of ours.
2. It says what is asked, for which period, by when, and why: without a verifier's report the buyer must use default
   values (Annex II A.1 points 4 and 5), which cost more certificates. A figure stands there only if it was passed in.
3. Zh and en say the same; the supplier may answer in the form that goes with it.

Example: ``supplier_request(data, ("wire",), RequestDetails(made_on=today, reply_by=day))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lca.cbam.monitoring import Monitoring, Precursor
from lca.cbam.report import figures
from lca.cbam.report.blocks import plain, table, text
from lca.cbam.report.details import ReportNotPossible, RequestDetails
from lca.cbam.report.document import (
    Block,
    Cell,
    Day,
    Document,
    Field,
    Layout,
    Number,
    Section,
    Words,
    same,
)
from lca.cbam.report.identity import cn
from lca.cbam.report.words import say
from lca.findings import Finding

ASKED = ("see", "sefa", "electricity", "period", "report", "identity")
"""What is asked, one sentence each."""


def supplier_request(data: Monitoring, ids: Sequence[str], details: RequestDetails) -> Document:
    """The letter about the precursors ``ids``. Raises ReportNotPossible for none, unknown ones, several suppliers."""
    chosen = _chosen(data, ids)
    where = data.installation
    supplier = chosen[0]
    buyer = Words(where.name or where.name_en, where.name_en or where.name)
    rows: list[tuple[str, Cell]] = [
        ("to", same(supplier.supplier) if supplier.supplier else figures.stated("", "hint-operator")),
        ("from", buyer),
        ("made-on", Day(details.made_on)),
        ("reply-by", Day(details.reply_by)),
        ("period", figures.period(data.period)),
    ]
    if details.number:
        rows.insert(2, ("number", same(details.number)))
    sections = (
        Section("", same(""), (plain("letter-greeting"),)),
        Section("", say("letter-why-head"), tuple(_why(data, chosen, details))),
        Section("", say("letter-goods-head"), (_goods(chosen),)),
        Section("", say("letter-what-head"), tuple(plain(f"letter-ask-{key}") for key in ASKED)),
        Section("", say("letter-how-head"), tuple(_how(data, details))),
        Section("", same(""), (plain("letter-closing"), plain("letter-signature"))),
    )
    return Document(
        kind="supplier-request",
        title=say("title-supplier-request"),
        clause=say("clause-supplier-request"),
        facts=tuple(Field(say(f"label-{key}"), value) for key, value in rows),
        running=(buyer, figures.period(data.period)),
        notice=say("notice-supplier-request"),
        sections=sections,
        made_on=details.made_on,
        layout=Layout.LETTER,
    )


def _chosen(data: Monitoring, ids: Sequence[str]) -> tuple[Precursor, ...]:
    known = {one.id: one for one in data.precursors}
    if not ids:
        raise ReportNotPossible(Finding.error("cbam-request-nothing"))
    for id in ids:
        if id not in known:
            raise ReportNotPossible(Finding.error("cbam-request-unknown", id=id[:60]))
    chosen = tuple(known[id] for id in dict.fromkeys(ids))
    if len({(one.supplier, one.installation) for one in chosen}) > 1:
        raise ReportNotPossible(Finding.error("cbam-request-suppliers"))
    return chosen


def _why(data: Monitoring, chosen: tuple[Precursor, ...], details: RequestDetails) -> list[Block]:
    found: list[Block] = [plain("letter-why", year=data.period.end.year)]
    names = {one.id: one for one in chosen}
    for id, stated in details.extra_certificates:
        extra = Decimal(stated)
        if id in names and extra > 0:
            figure = f"{Number(extra).value:f}"
            found.append(plain("letter-costs", name=names[id].name, cn=cn(names[id].cn), extra=figure))
    return found


def _goods(chosen: tuple[Precursor, ...]) -> Block:
    rows: list[tuple[Cell, ...]] = [
        (
            cn(one.cn),
            same(one.name),
            figures.stated(one.installation, "hint-installation"),
            figures.country(one.country),
        )
        for one in chosen
    ]
    return table((text("cn", 1.2), text("good", 2.2), text("installation", 2.2), text("country")), rows)


def _how(data: Monitoring, details: RequestDetails) -> list[Block]:
    where = data.installation
    name = details.contact_name or where.contact_name
    email = details.contact_email or where.contact_email
    found: list[Block] = [plain("letter-form", day=details.reply_by.isoformat())]
    if name or email:
        found.append(plain("letter-contact", contact=", ".join(part for part in (name, email) if part)))
    found.append(plain("letter-confidential"))
    return found
