"""The engine against bw2calc, measured in one run: ``python benchmarks/engine.py`` (a minute on two cores).

What is measured, always on the same synthetic data (fixed seed)
1. ``publish_s``: score tables of 20,000 activities for 25 methods, factorisation and every check included.
2. Products: a looped foreground of 30 processes on that background. Each product is another demand on it.
   bw2calc is tried three ways: naive (a new ``LCA`` for every product), with its factorisation of foreground
   and background kept and only the demand changed (``lcia(demand)``), and the least work its interface allows
   with that factorisation: ``solve_linear_system`` and one product with characterisation and biosphere
   multiplied out beforehand. Our road keeps the factorisation of the foreground likewise, and checks the
   residual of every solve; the row "factorised anew" does without. ``ratio_best`` is bw2calc's fastest way
   over ours with kept factorisation, ``ratio_naive`` its naive way over ours factorised anew. All give the
   same scores to 1e-9, checked before timing.
3. ``million_s``: one million flat bills of materials with ten entries each, for one method.

Ratios are of the best times (least disturbed by whatever else the machine does); medians are shown. bw2calc's
kept factorisation serves one foreground on the background; another foreground costs it the naive time, and us
the row "factorised anew".
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from databases.packages import FIRST_DATASET, FIRST_FLOW, GLOBAL_LOCATION, add_matrix, indices, new_package
from databases.scores import score_tables
from lca import engine

SEED = 20260101
ACTIVITIES, FLOWS, METHODS = 20_000, 2_000, 25
CORE, HUBS, NEIGHBOURS = 5_000, 200, 20
FOREGROUND, EXCHANGES = 30, 5
PRODUCTS, NAIVE_PRODUCTS, OUR_REPEATS = 60, 3, 50
MILLION, ENTRIES = 1_000_000, 10


@dataclass(frozen=True)
class Background:
    """Technosphere (n, n) and biosphere (flows, n) in CSC, and characterisation (methods, flows)."""

    technosphere: Any
    biosphere: Any
    characterisation: np.ndarray


def make_background(rng: np.random.Generator) -> Background:
    """An economy as life-cycle databases have it: everybody buys from a few hubs (power, fuels, freight) and
    from
    neighbours; hubs buy from thousands of others, which closes one large strongly connected core."""
    from scipy import sparse

    columns = np.repeat(np.arange(ACTIVITIES), 10)
    weights = 1 / (np.arange(HUBS) + 5.0)
    rows = rng.choice(HUBS, size=len(columns), p=weights / weights.sum())
    neighbour = (np.tile(np.arange(10), ACTIVITIES) < 2) & (columns >= HUBS)
    rows[neighbour] = np.maximum(columns[neighbour] - 1 - rng.integers(0, NEIGHBOURS, neighbour.sum()), 0)
    hub = columns < HUBS
    rows[hub] = rng.integers(HUBS, CORE, hub.sum())
    rows, columns = rows[rows != columns], columns[rows != columns]
    amounts = rng.lognormal(-2, 1.5, len(rows))
    sums = np.bincount(columns, amounts, minlength=ACTIVITIES)
    amounts *= (rng.uniform(0.2, 0.7, ACTIVITIES) / sums)[columns]
    inputs = sparse.coo_array((-amounts, (rows, columns)), shape=(ACTIVITIES, ACTIVITIES)).tocsc()
    columns = np.repeat(np.arange(ACTIVITIES), 25)
    rows = rng.integers(0, FLOWS, len(columns))
    emitted = rng.lognormal(-3, 2, len(columns))
    biosphere = sparse.coo_array((emitted, (rows, columns)), shape=(FLOWS, ACTIVITIES)).tocsc()
    return Background(
        (sparse.eye_array(ACTIVITIES, format="csc") + inputs).tocsc(),
        biosphere,
        rng.lognormal(0, 2, (METHODS, FLOWS)) * (rng.random((METHODS, FLOWS)) < 0.3),
    )


def make_product(rng: np.random.Generator) -> engine.ForegroundSystem:
    """Thirty processes, each taking from three others, so that loops abound, and five datasets."""
    technosphere = np.diag(rng.uniform(1, 100, FOREGROUND))
    for column in range(FOREGROUND):
        others = rng.choice(np.delete(np.arange(FOREGROUND), column), 2, replace=False)
        for row in {(column + 1) % FOREGROUND, *others.tolist()}:
            technosphere[row, column] -= rng.uniform(0.02, 0.2) * technosphere[row, row]
    demand = np.zeros(FOREGROUND)
    demand[0] = 1.0
    count = FOREGROUND * EXCHANGES
    return engine.ForegroundSystem(
        names=tuple(f"process {index}" for index in range(FOREGROUND)),
        technosphere=technosphere,
        demand=demand,
        positions=rng.choice(ACTIVITIES, count, replace=False),
        columns=np.repeat(np.arange(FOREGROUND), EXCHANGES),
        amounts=rng.lognormal(0, 1, count),
    )


def make_products(first: engine.ForegroundSystem, rng: np.random.Generator) -> list[engine.ForegroundSystem]:
    """Products on one foreground, so that bw2calc may keep its factorisation: other demands."""
    products = []
    for index in range(PRODUCTS):
        demand = np.zeros(FOREGROUND)
        demand[index % FOREGROUND] = rng.uniform(0.5, 2)
        products.append(replace(first, demand=demand))
    return products


def packages(background: Background, product: engine.ForegroundSystem) -> list[Any]:
    """Background, foreground and one method as datapackages in memory: bw2calc reads no disk."""
    base, method = new_package("background"), new_package("method")
    technosphere, biosphere = background.technosphere.tocoo(), background.biosphere.tocoo()
    where = indices(FIRST_DATASET + technosphere.row, FIRST_DATASET + technosphere.col)
    add_matrix(base, "technosphere_matrix", where, technosphere.data)
    where = indices(FIRST_FLOW + biosphere.row, FIRST_DATASET + biosphere.col)
    add_matrix(base, "biosphere_matrix", where, biosphere.data)
    factors = background.characterisation[0]
    flows = np.flatnonzero(factors)
    where = indices(FIRST_FLOW + flows, np.full(len(flows), GLOBAL_LOCATION))
    add_matrix(method, "characterization_matrix", where, factors[flows])
    return [base, engine.foreground_package(product), method]


def demand_of(product: engine.ForegroundSystem) -> dict[int, float]:
    """The product's demand by node id, as bw2calc wants it."""
    ids = engine.foreground_ids(FOREGROUND)
    return {int(node): float(amount) for node, amount in zip(ids, product.demand, strict=True) if amount}


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


@dataclass(frozen=True)
class Reference:
    """bw2calc on these packages, with the factorisation kept, and the two ways to use it."""

    calculation: Any
    characterised: np.ndarray

    def documented(self, product: engine.ForegroundSystem) -> float:
        """``lcia(demand)`` on the kept factorisation (what ``redo_lci`` and ``redo_lcia`` have become)."""
        self.calculation.lcia(demand=demand_of(product))
        return float(self.calculation.score)

    def least(self, product: engine.ForegroundSystem) -> float:
        """The least work: build the demand, solve, one dot product."""
        self.calculation.build_demand_array(demand_of(product))
        return float(self.characterised @ self.calculation.solve_linear_system())


def naive(data: list[Any], product: engine.ForegroundSystem) -> float:
    """A new calculation for a product."""
    calculation = engine.load_bw2calc().LCA(demand=demand_of(product), data_objs=data)
    calculation.lci()
    calculation.lcia()
    return float(calculation.score)


def keep_factorisation(data: list[Any], product: engine.ForegroundSystem) -> Reference:
    """Build the matrices and factorise once."""
    calculation = engine.load_bw2calc().LCA(demand=demand_of(product), data_objs=data)
    calculation.lci(factorize=True)
    calculation.lcia()
    characterised = np.asarray(
        (calculation.characterization_matrix @ calculation.biosphere_matrix).sum(axis=0)
    )
    return Reference(calculation, characterised.ravel())


def anew(product: engine.ForegroundSystem, table: np.ndarray) -> float:
    """Our road without the kept factorisation of the foreground."""
    scaling, _ = engine.solve_foreground(product.technosphere, product.demand)
    return float(table[product.positions] @ (scaling[product.columns] * product.amounts))


def million(table: np.ndarray, rng: np.random.Generator) -> float:
    """Seconds for a million flat bills of materials, the first hundred checked against plain loops."""
    indptr = np.arange(0, MILLION * ENTRIES + 1, ENTRIES)
    positions = rng.integers(0, len(table), MILLION * ENTRIES)
    amounts = rng.lognormal(0, 1, MILLION * ENTRIES)
    taken = seconds(lambda: engine.score_flat(indptr, positions, amounts, table))
    scores = engine.score_flat(indptr[:101], positions[: 100 * ENTRIES], amounts[: 100 * ENTRIES], table)
    for bill, value in enumerate(scores):
        rows = slice(bill * ENTRIES, (bill + 1) * ENTRIES)
        expected = sum(a * table[p] for a, p in zip(amounts[rows], positions[rows], strict=True))
        engine.agree({"bill": float(value)}, {"bill": float(expected)})
    return taken


def machine() -> str:
    """One line about the machine and the versions."""
    import scipy

    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    version = engine.load_bw2calc().__version__
    version = version if isinstance(version, str) else ".".join(map(str, version))
    return (
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}, "
        f"scipy {scipy.__version__}, bw2calc {version}"
    )


def core_size(matrix: Any) -> int:
    """Activities in the largest strongly connected component."""
    from scipy.sparse.csgraph import connected_components

    _, labels = connected_components(matrix, directed=True, connection="strong")
    return int(np.bincount(labels).max())


NAIVE = "bw2calc, new calculation each time"
DOCUMENTED = "bw2calc, kept factorisation, lcia(demand)"
LEAST = "bw2calc, kept factorisation, least work"
ANEW = "ours, foreground factorised anew"
OURS = "ours, kept factorisation"
STACKED = f"ours, kept factorisation, all {METHODS} methods at once"


def measure_products(
    products: list[engine.ForegroundSystem], data: list[Any], tables: dict[str, np.ndarray]
) -> dict[str, list[float]]:
    """Seconds a product for every way, product by product, so that a busy machine is busy for all of them."""
    reference = keep_factorisation(data, products[0])
    table, stacked = tables["method 0"], engine.stack(tables)
    ways: dict[str, tuple[Callable[[engine.ForegroundSystem], Any], int, int]] = {
        NAIVE: (lambda product: naive(data, product), 1, NAIVE_PRODUCTS),
        DOCUMENTED: (reference.documented, 1, PRODUCTS),
        LEAST: (reference.least, 1, PRODUCTS),
        ANEW: (lambda product: anew(product, table), OUR_REPEATS, PRODUCTS),
        OURS: (
            lambda product: engine.score(product, {"score": table}).scores["score"],
            OUR_REPEATS,
            PRODUCTS,
        ),
        STACKED: (lambda product: engine.score_stacked(product, stacked)[0], OUR_REPEATS, PRODUCTS),
    }
    worst = 0.0
    for index, product in enumerate(products):
        expected = {"score": ways[OURS][0](product)}
        for way, _, count in ways.values():
            if index < count:
                worst = max(worst, engine.agree(expected, {"score": float(way(product))}))
    print(f"all roads agree on {PRODUCTS} products: largest relative difference {worst:.1e}")
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for index, product in enumerate(products):
        for name, (way, repeats, count) in ways.items():
            if index < count:
                taken[name] += [
                    seconds(lambda way=way, product=product: way(product)) for _ in range(repeats)
                ]
    return taken


def main() -> None:
    """Make the data, check that all roads agree, measure, print."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(SEED)
    background = make_background(rng)
    products = make_products(make_product(rng), rng)
    print(machine())
    print(
        f"background {ACTIVITIES:,} activities, "
        f"{background.technosphere.nnz / ACTIVITIES:.1f} technosphere and "
        f"{background.biosphere.nnz / ACTIVITIES:.1f} biosphere entries a column, "
        f"strongly connected core of {core_size(background.technosphere):,}; seed {SEED}"
    )
    characterised = {
        f"method {index}": np.asarray(row @ background.biosphere)
        for index, row in enumerate(background.characterisation)
    }
    tables: dict[str, np.ndarray] = {}
    published = [
        seconds(lambda: tables.update(score_tables(background.technosphere, characterised))) for _ in range(5)
    ]
    taken = measure_products(products, packages(background, products[0]), tables)
    report(taken, min(published), million(tables["method 0"], rng))


def report(taken: dict[str, list[float]], publish: float, flat: float) -> None:
    """The table, and the last line."""
    best = {name: min(times) for name, times in taken.items()}
    title = "a product (30 processes, loops), one method"
    print(f"\n{title:<58}{'runs':>6}{'median':>16}{'best':>16}{'times ours':>12}")
    for name, times in taken.items():
        median = statistics.median(times) * 1e6
        lowest, ratio = best[name] * 1e6, best[name] / best[OURS]
        print(f"{name:<58}{len(times):>6}{median:>13,.1f} µs{lowest:>13,.1f} µs{ratio:>12,.1f}")
    print(f"\nscore tables, {ACTIVITIES:,} activities, {METHODS} methods: {publish:.2f} s")
    print(f"{MILLION:,} flat bills of materials of {ENTRIES} entries: {flat:.2f} s")
    ratio_best, ratio_naive = min(best[DOCUMENTED], best[LEAST]) / best[OURS], best[NAIVE] / best[ANEW]
    print(
        f"ratio_best={ratio_best:.0f} ratio_naive={ratio_naive:.0f} "
        f"publish_s={publish:.2f} million_s={flat:.2f}"
    )


if __name__ == "__main__":
    main()
