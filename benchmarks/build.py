"""Building a release against ``bw2data.Database.write`` and ``process`` in one run: ``python benchmarks/build.py``.

What is measured, on the same dictionaries in bw2data's shape (fixed seed), each road in a process of its own
1. bw2data: what ``Database(name).write(data)`` does by default, in its three steps: write, make its search index,
   process; into a Brightway directory that is thrown away. Its elementary flows are written beforehand. The ratio
   without its search index is shown too, although ours makes one.
2. Ours, from the same dictionaries to the published release: assemble (links, units, elementary flows matched to the
   climate methods, loops examined, report), datapackages, a score table for every climate method with its residual
   checked, the catalogue with its full-text index, the manifest with every hash, sync to disk, rename. Without
   Python's garbage collector, as in every build of ours.
20,000 activities, each with 10 inputs and 24 emissions; everybody buys from a few hubs and from neighbours, and the
hubs buy from thousands, which closes one large strongly connected core. The roads take turns, and each counts by its
best time, so that whatever else the machine does disturbs the ratio least.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SEED = 20260102
ACTIVITIES, FLOWS, INPUTS, EMISSIONS = 20_000, 2_000, 10, 24
CORE, HUBS, NEIGHBOURS = 5_000, 200, 20
ROUNDS = 2
INDEX = "search index"
DATABASE, ELEMENTARY = "benchmark", "benchmark flows"
GASES = ("Carbon dioxide, fossil", "Methane, fossil", "Dinitrogen monoxide", "Carbon dioxide, biogenic")
Node = dict[str, Any]


def make_inputs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(suppliers, takers, amounts) of ``INPUTS`` an activity, none of itself; each needs less than it makes."""
    takers = np.repeat(np.arange(ACTIVITIES), INPUTS)
    weights = 1 / (np.arange(HUBS) + 5.0)
    suppliers = rng.choice(HUBS, size=len(takers), p=weights / weights.sum())
    neighbour = (np.tile(np.arange(INPUTS), ACTIVITIES) < 2) & (takers >= HUBS)
    suppliers[neighbour] = np.maximum(takers[neighbour] - 1 - rng.integers(0, NEIGHBOURS, neighbour.sum()), 0)
    hub = takers < HUBS
    suppliers[hub] = rng.integers(HUBS, CORE, hub.sum())
    suppliers[suppliers == takers] = HUBS
    amounts = rng.lognormal(-2, 1.5, len(takers))
    sums = np.bincount(takers, amounts, minlength=ACTIVITIES)
    return suppliers, takers, amounts * (rng.uniform(0.2, 0.7, ACTIVITIES) / sums)[takers]


def make_flows() -> dict[tuple[str, str], Node]:
    """Elementary flows to air, a few of them greenhouse gases."""
    names = [*GASES, *(f"Substance {index}" for index in range(len(GASES), FLOWS))]
    return {
        (ELEMENTARY, f"f{index:05}"): {
            "name": name,
            "type": "emission",
            "unit": "kilogram",
            "categories": ("air",),
            "exchanges": [],
        }
        for index, name in enumerate(names)
    }


def make_data(flows: dict[tuple[str, str], Node]) -> dict[tuple[str, str], Node]:
    """Activities with their exchanges, as a reader gives them."""
    rng = np.random.default_rng(SEED)
    suppliers, _, amounts = make_inputs(rng)
    emitted = rng.integers(0, FLOWS, ACTIVITIES * EMISSIONS)
    kilograms = rng.lognormal(-3, 2, len(emitted))
    keys = list(flows)
    data = {(DATABASE, f"a{index:05}"): _activity(index) for index in range(ACTIVITIES)}
    for index, node in enumerate(data.values()):
        part = slice(index * INPUTS, (index + 1) * INPUTS)
        for supplier, amount in zip(suppliers[part].tolist(), amounts[part].tolist(), strict=True):
            node["exchanges"].append(_exchange("technosphere", (DATABASE, f"a{supplier:05}"), amount))
        part = slice(index * EMISSIONS, (index + 1) * EMISSIONS)
        for flow, amount in zip(emitted[part].tolist(), kilograms[part].tolist(), strict=True):
            exchange = _exchange("biosphere", keys[flow], amount)
            node["exchanges"].append(exchange | {"name": flows[keys[flow]]["name"], "categories": ("air",)})
    return data


def _activity(index: int) -> Node:
    name = f"product {index} of industry {index % 97}"
    return {
        "name": name,
        "reference product": name,
        "code": f"a{index:05}",
        "unit": "kilogram",
        "location": "CN",
        "type": "process",
        "filename": "memory",
        "comment": "Invented for the benchmark.",
        "exchanges": [_exchange("production", (DATABASE, f"a{index:05}"), 1.0)],
    }


def _exchange(kind: str, key: tuple[str, str], amount: float) -> Node:
    return {"type": kind, "input": key, "amount": amount, "unit": "kilogram", "name": key[1]}


def bw2data_road(folder: Path) -> dict[str, float]:
    """Seconds of bw2data, by step; ``folder`` is its directory."""
    os.environ["BRIGHTWAY2_DIR"] = str(folder)
    import bw2data

    flows = make_flows()
    data = make_data(flows)
    bw2data.projects.set_current("benchmark")
    bw2data.Database(ELEMENTARY).write(flows, searchable=False)
    database = bw2data.Database(DATABASE)
    begin = time.perf_counter()
    database.write(data, process=False, searchable=False)
    written = time.perf_counter()
    database.make_searchable(reset=True)
    indexed = time.perf_counter()
    database.process()
    end = time.perf_counter()
    if len(database) != ACTIVITIES:
        raise SystemExit(f"bw2data holds {len(database)} activities")
    steps = {"write": written - begin, INDEX: indexed - written, "process": end - indexed}
    return steps | {"total": end - begin}


def our_road(folder: Path) -> dict[str, float]:
    """Seconds of ours, by step, from the dictionaries to the published release under ``folder``."""
    from databases.assembly.assemble import assemble
    from databases.assembly.mapping import Repairs
    from databases.assembly.options import Options
    from databases.content import Head
    from databases.importers.shape import Extract
    from databases.publish import publish, write_release
    from databases.release import open_release

    flows = make_flows()
    data = make_data(flows)
    nodes = [{"code": code, **node} for (_, code), node in flows.items()]
    head = Head(name="benchmark", version="1", licence="none")
    steps: list[tuple[str, float]] = []

    def tell(step: str, _fraction: float) -> None:
        steps.append((step, time.perf_counter()))

    gc.disable()  # as the build process does, databases/building.py rule 4
    begin = time.perf_counter()
    extract = Extract("benchmark", "tanbiao", processes=list(data.values()), flows=nodes)
    content = assemble(extract, head, Options(), Repairs(), tell, ("memory", "0" * 64))
    write_release(folder / "work", head, content, tell)
    publish(folder / "work", folder / head.identifier, tell)
    end = time.perf_counter()
    _held_against(folder / head.identifier, open_release(folder / head.identifier).manifest["counts"])
    times = {}
    for (step, start), (_, stop) in zip(steps, [*steps[1:], ("", end)], strict=True):
        times[step] = times.get(step, 0.0) + stop - start
    return times | {"total": end - begin}


def _held_against(folder: Path, counts: dict[str, int]) -> None:
    """The release holds all of it; a fast road that drops something is none."""
    wanted = {"datasets": ACTIVITIES, "exchanges": ACTIVITIES * (INPUTS + EMISSIONS), "unlinked": 0}
    if different := {name: counts[name] for name, value in wanted.items() if counts[name] != value}:
        raise SystemExit(f"{folder.name} holds {different}, not {wanted}")


ROADS: dict[str, Callable[[Path], dict[str, float]]] = {"bw2data": bw2data_road, "ours": our_road}


def in_child(road: str) -> dict[str, float]:
    """One road in a process of its own, with a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            [sys.executable, "-W", "ignore", __file__, "--road", road, "--folder", folder],
            capture_output=True,
            text=True,
            check=False,
        )
    if answer.returncode:
        raise SystemExit(f"{road} failed:\n{answer.stderr[-2000:]}")
    times: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return times


def report(best: dict[str, dict[str, float]]) -> None:
    """The steps of the best round of each road, and the ratio."""
    import bw2data

    version = bw2data.__version__
    version = version if isinstance(version, str) else ".".join(map(str, version))
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, bw2data {version}, seed {SEED}")
    print(
        f"{ACTIVITIES:,} activities, {ACTIVITIES * (INPUTS + EMISSIONS):,} exchanges; best of {ROUNDS} rounds"
    )
    for road, times in best.items():
        print(f"\n{road}")
        for step, seconds in times.items():
            print(f"  {step:<32}{seconds:>8.2f} s")
    without = best["bw2data"]["total"] - best["bw2data"][INDEX]
    print(f"\nwithout bw2data's search index: {without / best['ours']['total']:.1f}")
    print(f"ratio={best['bw2data']['total'] / best['ours']['total']:.1f}")


def main() -> None:
    """Measure both roads in turn and print; with ``--road`` only that one, as JSON."""
    parser = argparse.ArgumentParser(description="Building a release against bw2data.")
    parser.add_argument("--road", choices=sorted(ROADS))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.road:
        print(json.dumps(ROADS[options.road](options.folder)))
        return
    rounds = [{road: in_child(road) for road in ROADS} for _ in range(ROUNDS)]
    report({road: min((times[road] for times in rounds), key=lambda t: t["total"]) for road in ROADS})


if __name__ == "__main__":
    main()
