"""The page of a label for signed-in people: how it stands and what they may do about it, marks, and its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for

from certificates.labelnumber import shown_code
from service.store.records import LabelRecord
from service.store.trust_records import OfficialMark
from service.usecases import labels, lookup, marks
from service.usecases.access import Actor, allowed
from service.usecases.lookup import Found
from service.usecases.recomputation import Recomputation
from service.usecases.refusals import Refusal
from service.usecases.standing import Change, Standing, rules
from service.usecases.standing.happened import standing_at
from service.web import words
from service.web.context import actor, services
from service.web.formats import bilingual
from service.web.verify_standing import Happened, happened
from service.web.verify_words import ACTS, STANDINGS, StandingWords


@dataclass(frozen=True, slots=True)
class LabelPage:
    """What the page shows besides the record; ``acts`` are the states this reader may bring the label to."""

    label: LabelRecord
    said: StandingWords
    history: tuple[Happened, ...]
    acts: tuple[str, ...]
    marks: tuple[OfficialMark, ...]
    address: str

    @property
    def code(self) -> str:
        """The check code as it is printed."""
        return shown_code(self.label.code)

    @property
    def entry(self) -> tuple[int, int] | None:
        """Where the label stands in the log, and how large that was at its issue; None where its proof is damaged."""
        from certificates.log.proof import NotAProof, read

        try:
            proof = read(self.label.proof)
        except NotAProof:
            return None
        return proof.index, proof.size

    @property
    def chain_names(self) -> list[str]:
        """What each hash of the evidence stands for."""
        return [words.word(words.CHAIN, entry["kind"]) for entry in self.label.statement["chain"]]

    def mark_address(self, mark: OfficialMark) -> str:
        """Where the picture of an official mark is."""
        return url_for("labels_acts.mark", number=self.label.number, key=mark.id)


def page(number: str) -> LabelPage:
    """Read what the page shows. Raises NotAllowed, NotFound."""
    record = labels.get(actor(), number, services())
    told = lookup.history(Found(record.number, record.code), services())
    now = state(record)
    return LabelPage(
        record,
        STANDINGS[now],
        happened(told),
        acts(actor(), standing_at(told, services().clock()), record.number),
        marks.of(record.number, services()),
        services().verify_url(record.number, record.code, record.statement["product"]["gtin"]),
    )


def rendered(
    number: str,
    *,
    recomputation: Recomputation | None = None,
    errors: Mapping[str, Any] | None = None,
    values: Mapping[str, str] | None = None,
) -> str:
    """The page, with the outcome of a recomputation or what a form lacks."""
    return render_template(
        "label.html",
        page=page(number),
        recomputation=recomputation,
        errors=errors or {},
        values=values or {},
        act_words=ACTS,
    )


def state(record: LabelRecord) -> str:
    """How the label stands now, ``expired`` where nothing but the time ended it."""
    ended = record.status == "active" and record.valid_until <= services().clock()
    return "expired" if ended else record.status


def acts(who: Actor, stands: Standing | None, number: str) -> tuple[str, ...]:
    """The states to which this person may bring a label that stands so; the use case decides again."""
    if stands is None:
        return ()
    able = [name for name, permission in rules.PERMISSIONS.items() if allowed(who, permission)]
    return tuple(name for name in able if _possible(who, stands, name, number))


def successors(who: Actor, record: LabelRecord) -> list[tuple[str, str]]:
    """(number, words) of the labels that may take the place of this one: newer ones of the exporter, in force."""
    rank = (record.issued_at, record.number)
    return [
        (one.number, f"{one.number} · {bilingual(one.statement['product']['name'])}")
        for one in labels.list_(who, services())
        if one.exporter_id == record.exporter_id
        and (one.issued_at, one.number) > rank
        and state(one) == "active"
    ]


def _possible(who: Actor, stands: Standing, name: str, number: str) -> bool:
    try:
        rules.require_side(who, Change(name, ""))
        rules.require(stands, Change(name, ""), who.organisation_kind, number)
    except Refusal:
        return False
    return True
