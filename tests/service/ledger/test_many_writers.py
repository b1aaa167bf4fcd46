"""Many processes at one lot: every unit goes once, every other attempt is refused (how many: ``sizes``)."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from certificates.ledger.positions import State
from service.usecases.access import administrator
from service.usecases.ledger import soundness
from tests.service.ledger import making
from tests.service.ledger.making import acquire, gec, record, split
from tests.service.ledger.sizes import SIZES

ROOT = Path(__file__).parents[3]


def run(world, folder: Path, **plan) -> dict[str, int]:
    """What the processes achieved together."""
    given = {
        "url": world.services.settings.database_url,
        "home": str(folder),
        "organisation": making.account(world, "exporter"),
        "person": world["exporter"].person_id,
        "processes": SIZES.processes,
    }
    path = folder / "plan.json"
    path.write_text(json.dumps(given | plan), "utf-8")
    command = [sys.executable, "-m", "tests.service.ledger.writers", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def every_unit_goes_once(world, folder: Path) -> None:
    """Also for PostgreSQL (``test_postgresql``)."""
    units, processes = SIZES.units, SIZES.processes
    each, lot = units // SIZES.pieces, gec(1, units)
    record(world, acquire(world, lot), split(world, lot.span, *range(each, units, each)))
    receiver = making.account(world, "other-exporter")
    done = run(
        world,
        folder,
        what="take",
        space=lot.span.space,
        units=units,
        receiver=receiver,
        attempts=SIZES.attempts // processes,
    )
    assert done.pop("taken") == units
    assert done.keys() <= {"already-retired", "not-held", "split-first"}, done
    assert sum(done.values()) >= SIZES.attempts - units
    with world.services.uow() as unit:
        found = [one.position for one, _ in positions(unit)]
    assert [one.span.first for one in found] == list(range(1, units + 1))
    assert all(one.span.last < two.span.first for one, two in pairwise(found)), "positions share no unit"
    states = {(one.account, one.state) for one in found}
    assert states == {(making.account(world, "exporter"), State.RETIRED), (receiver, State.HELD)}
    report = soundness.verify(administrator("test"), world.services)
    assert (report.broken_at, report.problems) == (None, ())


def positions(unit):
    """Open positions in order of numbering."""
    known = [(one, kind) for _, one, kind in unit.ledger.every_position() if one.closed_by is None]
    return sorted(known, key=lambda pair: pair[0].position.span)


def every_position_is_used_once(world, folder: Path) -> None:
    """Also for PostgreSQL."""
    count = SIZES.used
    lot = gec(2, count)
    done = record(world, acquire(world, lot), split(world, lot.span, *range(1, count)))
    keys = [f"{done.last}.{place}" for place in range(count)]
    dossiers = [making.purchase(world).id for _ in range(2)]
    found = run(world, folder, what="use", positions=keys, dossiers=dossiers)
    assert found == {"used": count, "already-used": count * (SIZES.processes - 1)}
    with world.services.uow() as unit:
        assert sorted((one.opened_by, one.place) for one in unit.ledger.uses_at(keys)) == [
            (done.last, place) for place in range(count)
        ]


def test_every_unit_of_a_lot_goes_once(at, tmp_path):
    every_unit_goes_once(at("populated"), tmp_path)


def test_a_position_is_used_by_one_of_two_dossiers(at, tmp_path):
    every_position_is_used_once(at("populated"), tmp_path)
