# ruff: noqa: E501, SIM117 - the table is read across; what raises stands alone
"""What the database itself refuses of the ledger on SQLite, and what only the store's own methods tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from certificates.ledger.positions import Change
from service.store.repositories.ledger import LedgerMoved
from service.store.repositories.ledger_uses import PositionTaken
from tests.service.ledger import making
from tests.service.ledger.making import gec, vcs


@pytest.fixture
def world(at):
    world = at("populated")
    making.some(world)
    return world


ROW = "opened_by, place, space, first, last, account, state, kind, lot, transfers, opened_on"
REFUSED = {
    "a position is moved": "UPDATE ledger_positions SET last = last + 1 WHERE opened_by = 5",
    "a position gets another holder": "UPDATE ledger_positions SET account = 'x'",
    "a position is closed with another state": "UPDATE ledger_positions SET closed_by = 9, closed_on = '2026-05-01', state = 'x' WHERE opened_by = 5",
    "a position is closed by an entry on no day": "UPDATE ledger_positions SET closed_by = 9 WHERE opened_by = 5",
    "a position is closed again": "UPDATE ledger_positions SET closed_by = 9, closed_on = '2026-05-01' WHERE opened_by = 1",
    "a position is opened again": "UPDATE ledger_positions SET closed_by = NULL, closed_on = NULL WHERE opened_by = 1",
    "a position is deleted": "DELETE FROM ledger_positions WHERE opened_by = 5",
    "a position begins closed": f"INSERT INTO ledger_positions ({ROW}, closed_by, closed_on) SELECT 9, 0, 'x', 1, 2, account, state, kind, lot, transfers, opened_on, 9, opened_on FROM ledger_positions WHERE opened_by = 5",
    "a position is replaced": f"INSERT OR REPLACE INTO ledger_positions ({ROW}) SELECT 5, 0, 'x', 1, 2, account, state, kind, lot, transfers, opened_on FROM ledger_positions WHERE opened_by = 5",
    "a position is closed in the place of another": "UPDATE OR REPLACE ledger_positions SET closed_by = 9, closed_on = '2026-05-01', rowid = 1 WHERE opened_by = 5",
    "a use is given to another dossier": "UPDATE ledger_uses SET dossier_id = 'x'",
    "a use is ended twice": "UPDATE ledger_uses SET closed_at = '2026-12-01' WHERE closed_at IS NOT NULL",
    "a use is deleted": "DELETE FROM ledger_uses",
    "an open use is replaced": "INSERT OR REPLACE INTO ledger_uses SELECT 'x', opened_by, place, dossier_id, purpose, person_id, at, NULL FROM ledger_uses WHERE closed_at IS NULL",
    "an entry is replaced": "INSERT OR REPLACE INTO ledger_entries SELECT * FROM ledger_entries WHERE sequence = 1",
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_rows_are_closed_once_and_never_changed(world, case):
    with world.services.uow.engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="append-only"):
            connection.execute(sa.text(REFUSED[case]))


@pytest.mark.parametrize("by", [0, 1, -1, 50, -99, 99])
def test_open_positions_share_no_unit(world, by):
    shifted = (
        f"INSERT INTO ledger_positions ({ROW}) SELECT 9, 0, space, first + :by, last + :by, account, state, kind, lot, "
        "transfers, opened_on FROM ledger_positions WHERE kind = 'vcs' AND closed_by IS NULL"
    )
    with world.services.uow.engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="share no unit"):
            connection.execute(sa.text(shifted), {"by": by})
        beside = 100 if by >= 0 else -100
        assert connection.execute(sa.text(shifted), {"by": beside}).rowcount == 1


def test_around_another_is_sharing_too(world):
    wide = (
        f"INSERT INTO ledger_positions ({ROW}) SELECT 9, 0, space, first - 5, last + 5, account, state, kind, lot, "
        "transfers, opened_on FROM ledger_positions WHERE kind = 'vcs' AND closed_by IS NULL"
    )
    with world.services.uow.engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError, match="share no unit"):
            connection.execute(sa.text(wide))


def test_an_entry_is_reversed_once_whoever_writes(world):
    making.everything(world)
    again = "INSERT INTO ledger_entries SELECT 99, kind, account, effective_on, content, link, person_id, at, reverses FROM ledger_entries WHERE reverses IS NOT NULL"
    with world.services.uow.engine.connect() as connection:
        with pytest.raises(sa.exc.IntegrityError):
            connection.execute(sa.text(again))


def test_a_change_that_was_found_out_before_somebody_else_s_is_not_written(world):
    """The store's own guard: the use case compares the head."""
    with world.services.uow() as unit:
        closed = unit.ledger.position("1.0").position
    entry = making.retire(world, closed.span)
    with world.services.uow(write=True) as unit:
        with pytest.raises(LedgerMoved):
            unit.ledger.append([(entry, Change((closed,), ()))], "p", world.clock())


def test_nothing_is_no_entry(world):
    with world.services.uow(write=True) as unit, pytest.raises(ValueError, match="no entry"):
        unit.ledger.append([], "p", world.clock())


def test_uses_are_told_by_dossier_and_by_position(world):
    with world.services.uow(write=True) as unit:
        (use,) = unit.ledger.uses_at(["4.0", "5.0", "9.9", "nonsense"])
        assert unit.ledger.uses_of(use.dossier_id) == (use,)
        assert len(unit.ledger.every_use()) == 2
        with pytest.raises(PositionTaken):
            unit.ledger.use("4.0", use.dossier_id, "power", "p", world.clock())
        for key in ("9.9", "nonsense"):
            with pytest.raises(KeyError):
                unit.ledger.use(key, use.dossier_id, "power", "p", world.clock())
        unit.ledger.release(use.dossier_id, world.clock())
        assert unit.ledger.uses_of(use.dossier_id) == ()


def test_a_book_holds_only_what_the_entries_touch(world):
    with world.services.uow() as unit:
        book = unit.ledger.book([making.retire(world, replace(gec().span, first=401))])
        assert [one.position.key for one in book.known()] == ["2.2"]
        book = unit.ledger.book([making.acquire(world, vcs(1050, 100))])
        assert [one.position.key for one in book.known()] == ["5.0"]
        assert list(unit.ledger.book([making.acquire(world, vcs(5000, 1))]).known()) == []


def test_the_head_of_an_empty_ledger_is_nothing(at):
    with at("populated").services.uow() as unit:
        assert unit.ledger.head() == (0, "")
        assert unit.ledger.entries() == ()
