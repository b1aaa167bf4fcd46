"""Import, edit, recompute and report of one installation: ``python benchmarks/cbam.py``.

What is measured, on an installation of 200 source streams, 20 processes and 60 goods (fixed seed)
1. Ours: read our workbook, change one stream, calculate with the precursor chain, and draw the operator's emissions
   report as PDF and as xlsx. Each step is shown; ``seconds`` is their sum, with the tables already open.
2. The peer, where LibreOffice is installed and the Commission's example workbook is at hand (its folder as the only
   argument): opening and recalculating that workbook, which is what people do today. ``ratio`` is its time over
   ours; its installation is smaller (10 streams, 2 processes), so the ratio understates.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lca.cbam.monitoring import (
    Basis,
    ElectricityUse,
    Evidence,
    Factor,
    FactorSource,
    Good,
    Installation,
    Method,
    Monitoring,
    OwnUse,
    Period,
    Precursor,
    PrecursorUse,
    Process,
    Share,
    SourceStream,
)

SEED = 20260101
STREAMS, PROCESSES, GOODS = 200, 20, 60
CODES = ("731815", "731816", "731814", "731821", "731822", "731829", "730890", "732690", "721710", "721720")


def installation() -> Monitoring:
    """The installation measured."""
    from databases.cbam.tables import open_tables

    rng = random.Random(SEED)
    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    goods = [
        one.cn
        for one in open_tables().goods()
        if one.category == "iron-or-steel-products" and one.cn.startswith(CODES)
    ]
    goods += [one.cn for one in open_tables().goods() if one.category == "iron-or-steel-products"]
    codes = list(dict.fromkeys(goods))[:GOODS]
    each = GOODS // PROCESSES
    processes = tuple(
        Process(
            id=f"P{p}",
            name=f"Line {p}",
            category="iron-or-steel-products",
            goods=tuple(
                Good(
                    id=f"G{p}-{g}",
                    cn=codes[p * each + g],
                    name=f"Good {p}-{g}",
                    produced_t=rng.uniform(50, 5000),
                )
                for g in range(each)
            ),
            evidence=("E1",),
        )
        for p in range(PROCESSES)
    )
    streams = tuple(
        SourceStream(
            id=f"S{s}",
            name=f"Burner {s}",
            method=Method.COMBUSTION,
            activity=rng.uniform(1, 400),
            activity_unit="1000Nm3",
            material="natural-gas",
            ncv=Factor(
                value=38.9, unit="GJ/1000Nm3", source=FactorSource.PUBLIC_AUTHORITY, reference="guide"
            ),
            emission_factor=Factor(
                value=56.1, unit="tCO2/TJ", source=FactorSource.NATIONAL_INVENTORY, reference="NIR"
            ),
            shares=(
                Share(sink=f"P{s % PROCESSES}", fraction=0.75, reason="sub-meters"),
                Share(sink=f"P{(s + 7) % PROCESSES}", fraction=0.25, reason="sub-meters"),
            ),
            evidence=("E1",),
        )
        for s in range(STREAMS)
    )
    return Monitoring(
        basis=Basis.DEFINITIVE,
        period=year,
        installation=Installation(
            name="紧固件厂", name_en="Fastener works", country="CN", operator="Fastener Co"
        ),
        streams=streams,
        processes=processes,
        electricity_uses=tuple(
            ElectricityUse(process=p.id, amount_mwh=rng.uniform(10, 900)) for p in processes
        ),
        own_uses=tuple(
            OwnUse(origin=f"P{p}", destination=f"P{p + 1}", amount=rng.uniform(1, 40), good=f"G{p}-0")
            for p in range(PROCESSES - 1)
        ),
        precursors=tuple(
            Precursor(
                id=f"R{p}",
                name=f"Wire rod {p}",
                cn="72139110",
                category="iron-or-steel-products",
                country="CN",
                uses=(
                    PrecursorUse(
                        process=f"P{p}", amount=sum(g.produced_t for g in processes[p].goods) * 1.04
                    ),
                ),
                evidence=("E1",),
            )
            for p in range(PROCESSES)
        ),
        evidence=(Evidence(id="E1", document="Register of meters"),),
    )


def timed(steps: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    """Do ``work`` and keep its seconds."""
    began = time.perf_counter()
    found = work()
    steps[name] = time.perf_counter() - began
    return found


def ours(data: bytes) -> dict[str, float]:
    """Seconds of each step, from the workbook's bytes to both reports."""
    from databases.cbam.tables import open_tables
    from lca.cbam import workbook
    from lca.cbam.calculate import calculate
    from lca.cbam.report.details import Details
    from lca.cbam.report.operator import operator_report
    from service.render import cbam

    tables = open_tables()
    steps: dict[str, float] = {}
    reading = timed(steps, "import", lambda: workbook.read(data, "works.xlsx"))
    if reading.monitoring is None:
        raise SystemExit("\n".join(finding.message("en") for finding in reading.findings))
    first = reading.monitoring.streams[0]
    changed = timed(
        steps,
        "edit",
        lambda: replace(
            reading.monitoring,
            streams=(replace(first, activity=first.activity * 1.1), *reading.monitoring.streams[1:]),
        ),
    )
    done = timed(steps, "calculate", lambda: calculate(changed, tables))
    document = timed(
        steps, "report", lambda: operator_report(changed, done, tables, Details(made_on=date(2027, 2, 1)))
    )
    timed(steps, "pdf", lambda: cbam.pdf(document, "en"))
    timed(steps, "xlsx", lambda: cbam.xlsx(document, "en"))
    return steps


def peer(folder: Path) -> float | None:
    """Seconds LibreOffice takes to open and recalculate the Commission's example; None where either is missing."""
    office = shutil.which("soffice")
    found = sorted(folder.glob("*EAF*.xlsx"))
    if not office or not found:
        return None
    with tempfile.TemporaryDirectory() as work:
        profile = f"-env:UserInstallation=file://{work}/profile"
        command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", work, str(found[0])]
        subprocess.run(command, check=True, capture_output=True)  # the first start makes the profile
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - began


def main() -> None:
    """Measure three times, print the best."""
    from lca.cbam import workbook

    data = workbook.write(installation(), "en")
    runs = [ours(data) for _ in range(3)]
    best = min(runs, key=lambda steps: sum(steps.values()))
    for name, seconds in best.items():
        print(f"{name:<12}{seconds * 1000:8.1f} ms")
    total = sum(best.values())
    print(f"seconds={total:.2f} first={sum(runs[0].values()):.2f} streams={STREAMS} goods={GOODS}")
    theirs = peer(Path(sys.argv[1])) if len(sys.argv) > 1 else None
    if theirs is None:
        print("peer: give the folder of the Commission's examples, and install LibreOffice")
    else:
        print(
            f"peer: {theirs:.1f} s to open and recalculate the Commission's example  ratio={theirs / total:.1f}"
        )


if __name__ == "__main__":
    main()
