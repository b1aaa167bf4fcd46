"""What an import does with its rows: read them, judge them, record the good ones.

Rules
1. Rows are judged without a lock. Where the ledger moved since, they are judged again under it.
2. File, entries and result are one transaction: all or none, however the process ends.
3. An import that has a result is not recorded again: its result is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from certificates.ledger.days import day_of
from certificates.ledger.entries import Beneficiary, Entry, EntryUnreadable
from certificates.ledger.links import content_of
from certificates.ledger.registries.drafting import Choices
from certificates.ledger.registries.judging import Judged, judge
from service.store.ledger_records import ImportRecord
from service.usecases.access import Actor
from service.usecases.ledger import files, import_reports, recording
from service.usecases.ledger.import_keeping import note, of, options_of, require_report, stored
from service.usecases.ledger.reading import File, Progress, Reading, read
from service.usecases.ledger.recording import Prepared
from service.usecases.ledger.refusals import TableNotRead
from service.usecases.ledger.sheets import Unfit
from service.usecases.refusals import EvidenceChanged
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def try_rows(actor: Actor, import_id: str, services: Services, progress: Progress) -> dict[str, int]:
    """Read and judge a staged file, once, and keep the report: its counts. What cannot be read is noted as refused.

    Raises NotFound, TableNotRead, EvidenceChanged.
    """
    now = services.clock()
    found, data = stored(actor, import_id, services)
    if found.report is not None and "counts" in found.report:
        return dict(found.report["counts"])
    try:
        reading = read_staged(found.filename, data, found, progress)
    except TableNotRead as refused:
        refusal = [[one.code, one.where, one.zh, one.en] for one in refused.problems]
        note(found, found.registry, {"options": options_of(found), "refused": refusal}, services)
        raise
    progress("judging", 0.5)
    tried = with_report(found, reading, judged_now(reading, day_of(now), services)[0])
    assert tried.report is not None  # noqa: S101 - it was just made
    note(tried, tried.registry, tried.report, services)
    return dict(tried.report["counts"])


def record_rows(actor: Actor, import_id: str, services: Services, progress: Progress) -> dict[str, Any]:
    """Read, judge and record all good rows of an import (rules 1 to 3): the result that is kept with it.

    Raises NotFound, ImportNotReady, TableNotRead, EvidenceChanged.
    """
    now = services.clock()
    found, data = stored(actor, import_id, services)
    if found.result is not None:
        return found.result
    report_ = require_report(found)
    reading = read_staged(found.filename, data, found, progress)
    progress("judging", 0.5)
    judged, prepared = judged_now(reading, day_of(now), services)
    progress("recording", 0.7)
    with services.uow(write=True) as unit:
        found = of(actor, unit, import_id)
        if found.result is not None:  # somebody was quicker
            return found.result
        if unit.ledger.head() != prepared.head:
            judged, prepared = _judged(unit, reading, day_of(now))
        result = _recorded(actor, unit, (found, data), prepared, now)
        differing, first_ones = import_reports.differing(report_, judged)
        result |= {"counts": import_reports.counts(judged), "units": import_reports.units(judged)}
        result |= {"differing": differing, "differs": first_ones}
        unit.ledger_imports.finish(import_id, result)
        unit.commit()
    return result


def _recorded(
    actor: Actor, unit: UnitOfWork, file: tuple[ImportRecord, bytes], prepared: Prepared, now: datetime
) -> dict[str, Any]:
    """Rule 2: the file as evidence and the entries; numbers of the first and last entry, 0 for none."""
    found, data = file
    if not prepared.entries:
        return {"first": 0, "last": 0, "link": ""}
    files.store(actor, unit, (found.filename, found.sha256, data), now)
    done = recording.write(actor, unit, prepared, now)
    return {"first": done.first, "last": done.last, "link": done.link}


def judged_now(reading: Reading, today: date, services: Services) -> tuple[list[Judged], Prepared]:
    """Rows judged against the ledger as it is, and the entries of the good ones, ready to be written."""
    with services.uow() as unit:
        return _judged(unit, reading, today)


def _judged(unit: UnitOfWork, reading: Reading, today: date) -> tuple[list[Judged], Prepared]:
    head = unit.ledger.head()
    touched: list[Entry] = [one.acquire for one in reading.drafts if one.acquire is not None]
    try:
        judged = list(judge(reading.drafts, unit.ledger.book(touched), today))
    except (EntryUnreadable, KeyError) as error:
        raise EvidenceChanged(what=f"ledger ({error})") from error
    recorded = [pair for one in judged for pair in one.recorded]
    entries = tuple(entry for entry, _ in recorded)
    return judged, Prepared(
        entries,
        tuple(content_of(entry) for entry in entries),
        today=today,
        head=head,
        changes=tuple(change for _, change in recorded),
    )


def read_staged(filename: str, data: bytes, record: ImportRecord, progress: Progress) -> Reading:
    """Read a file as an import's options say. Raises TableNotRead."""
    options = options_of(record)
    beneficiary, on = options["beneficiary"], options["acquired_on"]
    choices = Choices(
        account=record.organisation_id,
        evidence=(record.sha256,),
        acquired_on=date.fromisoformat(on) if on else None,
        beneficiary=Beneficiary(*beneficiary) if beneficiary else None,
    )
    try:
        return read(File(filename, data, options["registry"]), choices, progress)
    except Unfit as unfit:
        raise TableNotRead(unfit.problems) from unfit


def with_report(record: ImportRecord, reading: Reading, judged: Sequence[Judged]) -> ImportRecord:
    """The import with the report of its dry run."""
    found = ", ".join(dict.fromkeys(one.registry for one in reading.sheets))
    made = import_reports.kept(reading, judged, options_of(record))
    return replace(record, registry=found, report=made)
