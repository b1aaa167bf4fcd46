"""The whole journey: a heat sink from Wuxi, from the workbook to a label that a stranger verifies offline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from certificates.keys.keyset import generate_keyset
from service.demo import verify_standalone
from service.usecases import inventories, jobs, labels, refusals, reviews, studies, verification
from service.worker import run_once
from tests.service import world as making
from tests.service.world import World

ROOT = Path(__file__).parents[2]


def prepare(folder: Path, release_root: Path) -> World:
    now = datetime.now(UTC).replace(microsecond=0)
    names = {"zh": "演示机构", "en": "Demo Institution"}
    keys = generate_keyset("did:web:labels.demo.invalid", names, now, now + timedelta(days=4000))
    keys.save(folder / "keys")
    world = making.open_world(folder / "home", release_root, folder / "keys", making.Clock(now))
    making.populate(world)
    return world


@pytest.fixture
def world(tmp_path: Path, open_cn) -> Iterator[World]:
    world = prepare(tmp_path, open_cn.path.parent)
    yield world
    world.close()


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory, open_cn) -> tuple[bytes, str]:
    """The PDF of a label and the trust file of its issuer."""
    world = prepare(tmp_path_factory.mktemp("issued"), open_cn.path.parent)
    world.inventory = making.hand_in(world, inventories.template("en", example=True))
    making.open_study(world, open_cn.identifier)
    making.approve(world)
    making.issue(world)
    world.close()
    pdf = labels.document(world["exporter"], world.number, world.services)
    world.close()
    return pdf, json.dumps(verification.trust(world.services))


@pytest.fixture
def carried(tmp_path: Path, issued: tuple[bytes, str]) -> Path:
    """A folder of somebody who has the PDF and the trust file and nothing else."""
    pdf, trust = issued
    (tmp_path / "label.pdf").write_bytes(pdf)
    (tmp_path / "trust.json").write_text(trust, encoding="utf-8")
    return tmp_path


def test_from_workbook_to_verdict(world, open_cn, tmp_path):
    services = world.services
    exporter, practitioner = world["exporter"], world["practitioner"]
    reviewer, signatory = world["reviewer"], world["signatory"]

    # The exporter takes the workbook, makes a mistake, is told the cell, corrects it and hands it in.
    filled = inventories.template("zh", example=True)
    to = world.organisations["institution"]
    wrong = inventories.hand_in(exporter, inventories.HandIn("清单.xlsx", spoiled(filled), to), services)
    assert wrong.inventory_id is None
    assert any(finding.place.cell for finding in wrong.findings if finding.severity == "error")
    assert inventories.list_(exporter, services) == ()
    handed = inventories.hand_in(exporter, inventories.HandIn("清单.xlsx", filled, to), services)
    assert handed.inventory_id

    # The practitioner opens a study; every line is linked or cut off with a reason; the footprint is assessed.
    opened = studies.OpenStudy(handed.inventory_id, open_cn.identifier, "AR5")
    study = studies.open_(practitioner, opened, services)
    links = studies.links(practitioner, study, services)
    within = [line for line in links.lines if line.line.kind != "intermediate"]
    assert all(line.dataset or line.line.cutoff_reason for line in within)
    made = studies.assess(practitioner, study, services)
    footprint = made.result["footprint"]
    assert footprint["total"] == pytest.approx(sum(line["value"] for line in footprint["lines"]))
    assert footprint["coverage"]["by_mass"] >= 95

    # The reviewer, who did not model it, approves; the modeller could not have.
    studies.submit(practitioner, study, services)
    with pytest.raises(refusals.NotAllowed):
        reviews.decide(practitioner, reviews.Decide(study, True, ""), services)
    reviews.decide(reviewer, reviews.Decide(study, True, "来源与计算已核对"), services)

    # The signatory asks for the label; the worker issues it; the exporter takes it away.
    job = labels.request_issue(signatory, study, services)
    run_once(services)
    done = jobs.get(signatory, job, services)
    assert done.state == "done", done.message_en
    number = done.result["number"]
    statement = labels.get(exporter, number, services).statement
    stages = [Decimal(stage["value"]) for stage in statement["footprint"]["stages"]]
    assert sum(stages) == Decimal(statement["footprint"]["total"])
    assert Decimal(statement["footprint"]["total"]) == pytest.approx(
        Decimal(footprint["total"]), rel=Decimal("0.001")
    )

    # Anyone verifies: by number, and offline with nothing but the file and the trust file.
    report = verification.by_number(number, services)
    assert report and report.verdict == "valid"
    carry = tmp_path / "carried"
    carry.mkdir()
    (carry / "label.pdf").write_bytes(labels.document(exporter, number, services))
    (carry / "trust.json").write_text(json.dumps(verification.trust(services)), encoding="utf-8")
    code, said = verify_standalone(carry, "zh")
    assert code == 0, said

    # Years later the number is rebuilt from the workbook.
    assert labels.recompute(world["regulator"], number, services).equal


@pytest.mark.parametrize("place", range(8))
def test_one_changed_byte_anywhere_is_no_valid_label(carried, place):
    pdf = (carried / "label.pdf").read_bytes()
    at = len(pdf) * (2 * place + 1) // 16
    (carried / "label.pdf").write_bytes(pdf[:at] + bytes([pdf[at] ^ 0x01]) + pdf[at + 1 :])
    code, said = verify_standalone(carried, "en")
    assert code == 1
    assert "[!!]" in said, "the report names the check that failed"


def test_the_standalone_verifier_needs_no_network_and_no_other_package(carried):
    """Sockets and every package of the service are made unusable before the verifier starts."""
    code = """
import socket, sys
for name in ("service", "lca", "databases", "flask", "sqlalchemy", "pyhanko", "pikepdf", "numpy", "joserfc"):
    sys.modules[name] = None
def refuse(*_args, **_more): raise OSError("no network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from certificates.standalone import main
raise SystemExit(main(["label.pdf", "--trust", "trust.json", "--lang", "en"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=carried,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Valid")


def spoiled(workbook: bytes) -> bytes:
    """The same workbook with words where the first amount was."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(workbook))
    sheet = next(one for one in book if "Inventory" in one.title)
    cell = next(
        cell
        for row in sheet.iter_rows(min_row=3)
        for cell in row
        if isinstance(cell.value, (int, float)) and cell.column > 2
    )
    cell.value = "大约一些"
    target = BytesIO()
    book.save(target)
    return target.getvalue()
