"""Registries' tables: tried without a trace, recorded all or none, and twice is once."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest

from certificates.ledger.entries import Beneficiary, Purpose, Transfer, from_plain
from certificates.ledger.spans import Span
from service.usecases import integrity, jobs
from service.usecases.access import administrator
from service.usecases.ledger import import_rows, importing, recording
from service.usecases.ledger.importing import Upload
from service.usecases.ledger.refusals import ImportNotReady, TableNotRead
from service.usecases.refusals import InvalidInput, NotFound
from service.worker import run_once
from tests.certificates.ledger.registries.exports import GEC, VERRA, as_csv, as_xlsx, gec, vcu

RETIRED = ("2026-03-05", "演示铝业有限公司", "Environmental Benefit", "用于2025年度碳中和")


@pytest.fixture
def world(at):
    return at("populated")


def upload(*rows, header=VERRA, name="vcus.csv", **more):
    return Upload(name, as_csv(header, rows), **more)


def staged(world, command, who="exporter"):
    return importing.stage(world[who], command, world.services)


def taken(world, command, who="exporter"):
    """Staged and confirmed; the import as it is then."""
    import_id = staged(world, command, who)
    importing.confirm(world[who], import_id, world.services)
    return importing.get(world[who], import_id, world.services)


def outcomes(world, import_id, who="exporter"):
    found = importing.report(world[who], import_id, world.services)
    return [(row.row, row.status, *(one.code for one in row.told)) for row in found.rows]


def tried(world, *rows, who="exporter", **more):
    return outcomes(world, staged(world, upload(*rows, **more), who), who)


def holdings(world, who="exporter"):
    with world.services.uow() as unit:
        found = unit.ledger.holdings(world[who].organisation_id, world.services.clock().date())
        return [(one.position.span.first, one.position.span.last, one.position.state.value) for one in found]


def entries(world):
    import json

    with world.services.uow() as unit:
        return [from_plain(json.loads(one.content)) for one in unit.ledger.stream()]


def test_a_dry_run_leaves_nothing_in_the_ledger(world):
    assert tried(world, vcu(), vcu(2000, retired=RETIRED)) == [(2, "new"), (3, "new")]
    assert entries(world) == []
    with world.services.uow() as unit:
        assert unit.ledger_files.list_(world["exporter"].organisation_id) == ()


def test_good_rows_are_recorded_with_the_file_as_evidence(world):
    command = upload(vcu(), vcu(2000, 50, retired=RETIRED), vcu(3000, quantity="99"))
    done = taken(world, command)
    assert done.state == "recorded"
    assert done.result["counts"] == {"new": 2, "known": 0, "conflict": 0, "rejected": 1}
    assert (done.result["first"], done.result["last"], done.result["differing"]) == (1, 3, 0)
    assert holdings(world) == [(1000, 1099, "held"), (2000, 2049, "retired")]
    recorded = entries(world)
    assert {one.evidence for one in recorded} == {(done.sha256,)}
    retirement = recorded[2]
    assert retirement.beneficiary == Beneficiary("演示铝业有限公司")
    assert retirement.purpose is Purpose.NEUTRALISATION
    assert (retirement.period_start, retirement.period_end) == (date(2026, 1, 1), date(2026, 12, 31))
    with world.services.uow() as unit:
        assert unit.ledger_files.data(world["exporter"].organisation_id, done.sha256) == command.data


def test_a_recorded_import_leaves_a_sound_store(world):
    taken(world, upload(vcu(), vcu(2000, 50, retired=RETIRED)))
    taken(world, upload(vcu(1000, 40, retired=RETIRED), vcu(1040, 60)))
    assert integrity.check(administrator("test"), world.services) == ()


def test_import_twice_is_import_once(world):
    command = upload(vcu(), vcu(2000, retired=RETIRED))
    taken(world, command)
    before = entries(world)
    again = taken(world, command)
    assert again.result["counts"] == {"new": 0, "known": 2, "conflict": 0, "rejected": 0}
    assert entries(world) == before


def test_confirmed_twice_is_recorded_once(world):
    import_id = staged(world, upload(vcu()))
    for _ in range(2):
        assert importing.confirm(world["exporter"], import_id, world.services) == ""
    assert len(entries(world)) == 1


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, (2, "known")),
        ({1: "演示铝业 有限公司"}, (2, "known")),
        ({1: "别的公司"}, (2, "conflict", "row-retired-otherwise")),
        ({0: "2026-03-06"}, (2, "conflict", "row-retired-otherwise")),
    ],
)
def test_a_retirement_that_the_registry_tells_otherwise_is_a_conflict(world, changed, outcome):
    taken(world, upload(vcu(2000, 50, retired=RETIRED)))
    told = tuple(changed.get(place, text) for place, text in enumerate(RETIRED))
    assert tried(world, vcu(2000, 50, retired=told)) == [outcome]


def test_units_split_or_retired_here_since_are_known(world):
    taken(world, upload(vcu(1000, 100)))
    retire_some(world, "1.0", 40)
    assert holdings(world) == [(1000, 1039, "retired"), (1040, 1099, "held")]
    assert tried(world, vcu(1000, 100), vcu(1000, 100)) == [
        (2, "known"),
        (3, "conflict", "row-twice-in-file"),
    ]


def retire_some(world, position, count):
    command = recording.RetireUnits(
        position=position,
        count=count,
        on=date(2026, 5, 1),
        beneficiary=Beneficiary("演示铝业有限公司"),
        purpose=Purpose.OTHER,
        period_start=date(2025, 1, 1),
        period_end=date(2025, 12, 31),
    )
    recording.retire(world["exporter"], command, world.services)


def test_units_held_here_and_retired_in_the_registry_are_retired(world):
    taken(world, upload(vcu(1000, 100)))
    fresh = upload(vcu(1000, 40, retired=RETIRED), vcu(1040, 60))
    assert outcomes(world, staged(world, fresh)) == [(2, "new", "row-retires-held"), (3, "known")]
    taken(world, fresh)
    assert holdings(world) == [(1000, 1039, "retired"), (1040, 1099, "held")]
    assert tried(world, vcu(1000, 40, retired=RETIRED), vcu(1040, 60)) == [(2, "known"), (3, "known")]


CONFLICTS = {
    "another project": (vcu(1000, 100, project="3006"), "row-overlaps-own"),
    "reaches beyond what is here": (vcu(1050, 100), "row-overlaps-own"),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_units_that_are_here_under_other_terms_conflict(world, case):
    row, code = CONFLICTS[case]
    taken(world, upload(vcu(1000, 100)))
    assert tried(world, row) == [(2, "conflict", code)]


def test_units_of_another_holder_conflict_and_the_holder_is_not_named(world):
    taken(world, upload(vcu(1000, 100)), "other-exporter")
    import_id = staged(world, upload(vcu(1050, 10)))
    assert outcomes(world, import_id) == [(2, "conflict", "row-held-elsewhere")]
    told = importing.report_csv(world["exporter"], import_id, world.services).decode("utf-8-sig")
    secret = world["other-exporter"].organisation_id
    assert secret not in told and "演示钢铁" not in told and "Demo Steel" not in told


def test_units_that_went_out_do_not_come_back_by_the_old_file(world):
    command = upload(vcu(1000, 100), acquired_on=date(2026, 2, 1))
    taken(world, command)
    account = world["exporter"].organisation_id
    out = Transfer(on=date(2026, 2, 1), account=account, span=Span("vcs", 1000, 1099), to="outside:买方")
    recording.record(world["exporter"], recording.Record((out,)), world.services)
    assert outcomes(world, staged(world, command)) == [(2, "conflict", "row-went-out")]
    bought_back = replace(command, acquired_on=date(2026, 6, 1))
    assert outcomes(world, staged(world, bought_back)) == [(2, "new")]


def test_a_bad_row_never_blocks_the_good_ones_and_never_half_enters(world):
    """The second row's units could be acquired; its retirement is refused, so nothing of it enters."""
    used = [*gec(7, 绿证状态="已核销"), "2026-10-05", "演示铝业有限公司"]
    header = (*GEC, "绿证核销日期", "绿证核销主体")
    held = [*gec(8), "", ""]
    late = [*gec(9, 电量生产年月="2024-02", 绿证成交日期="2024-05-01", 绿证状态="已核销"), "2026-02-01", "甲"]
    nobody = [*gec(10, 绿证状态="已核销"), "2026-10-05", ""]
    command = upload(used, late, held, nobody, header=header, name="绿证.csv")
    assert outcomes(world, staged(world, command)) == [
        (2, "new"),
        (3, "rejected", "lot-expired"),
        (4, "new"),
        (5, "rejected", "row-beneficiary-missing"),
    ]
    taken(world, command)
    assert [state for *_, state in holdings(world)] == ["retired", "held"]


def test_a_stated_beneficiary_stands_in_where_the_registry_names_nobody(world):
    silent_row = vcu(retired=("2026-03-05", "", "", ""))
    assert tried(world, silent_row) == [(2, "rejected", "row-beneficiary-missing")]
    stated = Beneficiary("演示铝业有限公司", "91320200MA00000000")
    taken(world, upload(silent_row, beneficiary=stated))
    assert entries(world)[1].beneficiary == stated
    assert "stated by the account holder" in entries(world)[1].note


def test_what_happened_since_the_dry_run_is_told(world):
    import_id = staged(world, upload(vcu(1000), vcu(2000)))
    taken(world, upload(vcu(1000, 10)), "other-exporter")
    importing.confirm(world["exporter"], import_id, world.services)
    result = importing.get(world["exporter"], import_id, world.services).result
    assert result["differing"] == 1
    assert [list(one) for one in result["differs"]] == [["CSV", 2, "new", "conflict"]]
    assert holdings(world) == [(2000, 2099, "held")]


def test_rows_are_judged_again_where_the_ledger_moves_before_the_lock(world, monkeypatch):
    import_id = staged(world, upload(vcu(1000), vcu(2000)))
    judged_now = import_rows.judged_now

    def slowly(*arguments):
        found = judged_now(*arguments)
        monkeypatch.undo()
        taken(world, upload(vcu(1000, 10)), "other-exporter")
        return found

    monkeypatch.setattr(import_rows, "judged_now", slowly)
    importing.confirm(world["exporter"], import_id, world.services)
    assert holdings(world) == [(2000, 2099, "held")]


def test_a_large_file_is_read_and_recorded_by_jobs(world, monkeypatch):
    monkeypatch.setattr(importing, "SMALL_BYTES", 100)
    monkeypatch.setattr(importing, "SMALL_ROWS", 1)
    import_id = staged(world, upload(vcu(1000), vcu(2000)))
    who, services = world["exporter"], world.services
    assert importing.get(who, import_id, services).state == "reading"
    with pytest.raises(ImportNotReady):
        importing.confirm(who, import_id, services)
    run_once(services)
    assert importing.get(who, import_id, services).state == "ready"
    job_id = importing.confirm(who, import_id, services)
    assert importing.confirm(who, import_id, services) == job_id, "it waits once"
    run_once(services)
    job = jobs.get(who, job_id, services)
    assert (job.state, job.result["last"]) == ("done", 2)
    assert len(entries(world)) == 2
    assert jobs.run(job, services) is None, "run again, it does no harm"
    assert len(entries(world)) == 2


def test_a_large_file_that_cannot_be_read_is_refused_with_everything(world, monkeypatch):
    monkeypatch.setattr(importing, "SMALL_BYTES", 10)
    import_id = staged(world, Upload("x.csv", b"a,b,c\n1,2,3\n"))
    run_once(world.services)
    found = importing.get(world["exporter"], import_id, world.services)
    assert (found.state, [one.code for one in found.problems]) == ("refused", ["table-columns-missing"])
    assert [one.state for one in importing.list_(world["exporter"], world.services)] == ["refused"]


def test_pages_and_filter_of_a_report(world):
    rows = [vcu(1000 + 10 * n, 10, quantity="" if n % 3 else "11") for n in range(250)]
    import_id = staged(world, upload(*rows))
    page = importing.report(world["exporter"], import_id, world.services, page=3)
    assert (page.page, page.pages, page.total, len(page.rows)) == (3, 3, 250, 50)
    wrong = importing.report(world["exporter"], import_id, world.services, page=9, status="rejected")
    assert (wrong.pages, wrong.total, wrong.counts["rejected"]) == (1, 84, 84)
    assert wrong.units == {"vcs": 1660}
    with pytest.raises(InvalidInput):
        importing.report(world["exporter"], import_id, world.services, status="bad")


@pytest.mark.parametrize("text", ["@SUM(1)", "\uff1dSUM(1)", "\uff0b1"])
def test_the_report_as_csv_holds_no_formula(world, text):
    import_id = staged(world, upload(vcu(**{"Serial Number": text})))
    told = importing.report_csv(world["exporter"], import_id, world.services).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(told)))
    assert rows[1][4] == f"'{text}"
    assert (rows[1][3], rows[1][5]) == ("L2", "serial-not-in-form")


def test_another_organisation_finds_nothing(world):
    import_id = staged(world, upload(vcu()))
    with pytest.raises(NotFound):
        importing.get(world["other-exporter"], import_id, world.services)
    assert importing.list_(world["other-exporter"], world.services) == ()


def test_imports_nobody_confirmed_go_and_recorded_ones_stay(world):
    taken(world, upload(vcu()))
    left = staged(world, upload(vcu(2000)))
    world.clock.on(86_400 * (importing.KEPT_DAYS + 1))
    staged(world, upload(vcu(3000)))
    shown = importing.list_(world["exporter"], world.services)
    assert sorted(one.state for one in shown) == ["ready", "recorded"]
    assert left not in {one.id for one in shown}


def test_a_preview_keeps_nothing(world):
    found = importing.preview(world["exporter"], upload(vcu(), vcu(1000)), world.services)
    assert [row.status for row in found.rows] == ["new", "conflict"]
    assert importing.list_(world["exporter"], world.services) == ()


def test_sheets_of_several_registries_in_one_workbook(world):
    data = as_xlsx(
        ("说明", [["导出说明"]]),
        ("VCU", [["My holdings"], [], VERRA, vcu()]),
        ("绿证", [GEC, gec(1), gec(2)]),
    )
    import_id = staged(world, Upload("all.xlsx", data))
    found = importing.report(world["exporter"], import_id, world.services)
    assert [(one.name, one.registry, one.header_row) for one in found.sheets] == [
        ("VCU", "verra", 3),
        ("绿证", "gec", 1),
    ]
    assert [one.code for one in found.notices] == ["table-columns-ignored", "table-sheet-ignored"]
    assert [(row.sheet, row.row, row.status) for row in found.rows] == [
        ("VCU", 4, "new"),
        ("绿证", 2, "new"),
        ("绿证", 3, "new"),
    ]


REFUSED = {
    "empty": (b"", InvalidInput),
    "no table": (b"hello\n", TableNotRead),
    "header only": (as_csv(VERRA, []), TableNotRead),
    "unclosed quotation mark": (as_csv(VERRA, [vcu()]) + b'"open,', TableNotRead),
    "old workbook": (b"\xd0\xcf\x11\xe0" + bytes(600), TableNotRead),
    "not a workbook": (b"PK\x03\x04 no zip", TableNotRead),
}


@pytest.mark.parametrize("case", REFUSED)
def test_files_that_are_no_table_are_refused(world, case):
    data, refusal = REFUSED[case]
    with pytest.raises(refusal):
        staged(world, Upload("x.csv", data))


def test_an_unknown_registry_is_refused(world):
    with pytest.raises(InvalidInput):
        staged(world, upload(vcu(), registry="nowhere"))
