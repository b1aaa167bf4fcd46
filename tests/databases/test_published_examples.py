"""Published examples and conventions of the field, in every format that can say them, against figures by hand.

Each system is written by :mod:`systemmaking` the way the tools of a format write it, read, assembled and published; the
scores come from the score tables, from ``bw2calc`` on the exported Brightway datapackage, and for one format from a
project that ``bw2io`` itself fills. The sources are named with each example; figures without one are invented.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from systemmaking import CO2, FORMATS, Row, System, Unit, emission

from databases import contributions, packages, units
from databases.assembly.assemble import assemble
from databases.assembly.mapping import Repairs
from databases.assembly.options import Options
from databases.assembly.report import ImportReport
from databases.content import Content, Head
from databases.exporters import datapackage
from databases.importers.recognise import read
from databases.publish import write_release
from databases.release import Release, open_release
from lca.engine import load_bw2calc

TOTAL = "gwp100-ar6.total"
HEAD = Head(name="system", version="1", licence="ours")
IN_AIR = ("resource", "in air")


@dataclass(frozen=True)
class Example:
    """A system with the kg CO2e of one unit of each product, in the unit of the system."""

    source: str
    system: System
    scores: dict[str, float]
    but: tuple[str, ...] = ()


EXAMPLES = {
    "fuel-for-electricity": Example(
        "Heijungs and Suh 2002, The Computational Structure of LCA, ch. 2: 1000 kWh take s = (100, 2) and emit 120 kg",
        [
            Unit("electricity", 10, "kWh", (Row("takes", "fuel", 2, "L"), emission(CO2, 1))),
            Unit(
                "fuel",
                100,
                "L",
                (emission(CO2, 10), Row("draws", "Oil, crude", 50, "kg", ("resource", "in ground"))),
            ),
        ],
        {"electricity": 0.12, "fuel": 0.1},
    ),
    "two-sectors": Example(
        "Miller and Blair 2009, Input-Output Analysis, 2.3: L = ((1.2541, 0.3300), (0.2640, 1.1221))",
        [
            Unit(
                "sector one",
                1,
                "kg",
                (Row("takes", "sector one", 0.15), Row("takes", "sector two", 0.2), emission(CO2, 1)),
            ),
            Unit("sector two", 1, "kg", (Row("takes", "sector one", 0.25), Row("takes", "sector two", 0.05))),
        ],
        {"sector one": 0.95 / 0.7575, "sector two": 0.25 / 0.7575},
    ),
    "waste-treatment": Example(
        "Weidema et al. 2013, ecoinvent 3 overview and methodology: treatment has a negative reference product, and "
        "whoever hands waste over a negative input; the others as in their manuals. 1000 + 0.2 t x 50 kg/t",
        [
            Unit("steel", 1, "t", (Row("waste", "slag", 200, "kg"), emission(CO2, 1000))),
            Unit("slag", 2, "t", (emission(CO2, 100),), treats=True),
        ],
        {"steel": 1010.0, "slag": 50.0},
    ),
    "avoided-product": Example(
        "ISO 14044:2006, 4.3.4.2, system expansion: 10 kg incinerated emit 6 kg and replace 5 kWh at 0.8 kg",
        [
            Unit("power", 1, "kWh", (emission(CO2, 800, "g"),)),
            Unit("rubbish", 10, "kg", (emission(CO2, 6), Row("avoids", "power", 18, "MJ")), treats=True),
            Unit("city", 1, "kg", (Row("waste", "rubbish", 2000, "g"),)),
        ],
        {"power": 0.8, "rubbish": 0.2, "city": 0.4},
    ),
    "more-avoided-than-emitted": Example(
        "ISO 14044:2006, 4.3.4.2: a credit may exceed the burden, and the result is negative",
        [
            Unit("virgin", 1, "kg", (emission(CO2, 10),)),
            Unit("scrap", 1, "t", (emission(CO2, 400), Row("avoids", "virgin", 900, "kg")), treats=True),
        ],
        {"virgin": 10.0, "scrap": -8600.0},
    ),
    "treatment-that-makes-waste": Example(
        "ecoinvent: treatment may hand over its own waste; x = 1 + 0.2 x",
        [Unit("ash", 1, "kg", (Row("waste", "ash", 0.2), emission(CO2, 1)), treats=True)],
        {"ash": 1.25},
    ),
    "own-product-avoided": Example(
        "Heijungs and Suh 2002, ch. 2: what a process gives net is its diagonal; 2 - 0.5 + 0.25 kg for 3 kg CO2",
        [Unit("lime", 2, "kg", (Row("takes", "lime", 0.5), Row("avoids", "lime", 0.25), emission(CO2, 3)))],
        {"lime": 3 / 1.75},
    ),
    "allocation": Example(
        "ISO 14044:2006, 4.3.4.2, step 3: three quarters to cheese and a quarter to whey of 20 + 100 x 0.04 x 27 kg",
        [
            Unit(
                "cheese",
                10,
                "kg",
                (Row("takes", "milk", 100), emission(CO2, 20)),
                co=(("whey", 90, "kg", 0.25),),
                share=0.75,
            ),
            Unit("milk", 1, "kg", (emission("Methane, biogenic", 40, "g"),)),
            Unit("snack", 1, "kg", (Row("takes", "whey", 0.5), Row("takes", "cheese", 200, "g"))),
        ],
        {"cheese": 9.6, "whey": 32 / 90, "milk": 1.08, "snack": 16 / 90 + 1.92},
        but=("brightway",),
    ),
    "biogenic-carbon": Example(
        "ISO 14067:2018, 6.4.9.2: uptake is a removal at -1, biogenic CO2 counts +1, land use change apart",
        [
            Unit(
                "wood",
                1,
                "kg",
                (
                    Row("draws", "Carbon dioxide, in air", 1.8, "kg", IN_AIR),
                    emission("Carbon dioxide, biogenic", 0.3),
                    emission("Carbon dioxide, land transformation", 0.1),
                ),
            )
        ],
        {"wood": -1.4},
    ),
    "gases": Example(
        "IPCC AR6 WG1, table 7.15: 29.8, 27.0, 273 and 25200 kg CO2e/kg over 100 years",
        [
            Unit(
                "air",
                1,
                "kg",
                (
                    emission("Methane, fossil", 1),
                    emission("Methane, biogenic", 1000, "g"),
                    emission("Dinitrogen monoxide", 0.001, "t"),
                    emission("Sulfur hexafluoride", 1),
                ),
            )
        ],
        {"air": 29.8 + 27.0 + 273.0 + 25200.0},
    ),
}
CASES = [(name, form) for name, example in EXAMPLES.items() for form in FORMATS if form not in example.but]


def assembled(form: str, system: System, folder: Path, options: Options | None = None) -> Content:
    """What becomes of a system written in a format."""
    work = folder / "work"
    work.mkdir()
    extract, title, digest = read(FORMATS[form](system, folder), "", work)
    assert extract.format == form
    return assemble(extract, HEAD, options or Options(), Repairs(), lambda *_: None, (title, digest))


def released(content: Content, folder: Path) -> Release:
    """The release of a content."""
    write_release(folder / HEAD.identifier, HEAD, content, lambda *_: None)
    return open_release(folder / HEAD.identifier)


def in_the_units_of(system: System, release: Release, method: str = TOTAL) -> dict[str, float]:
    """Scores by product, for one unit as the system states it: ILCD's are for one of the reference unit."""
    stated = {unit.product: unit.unit for unit in system} | {
        item[0]: item[2] for unit in system for item in unit.co
    }
    table, found = release.scores(method), {}
    for dataset in release.catalogue.all():
        name = dataset.name_en.split(" · ")[-1]
        per = float(units.convert(units.Decimal(1), stated[name], dataset.unit))
        found[name] = per * float(table[dataset.position])
    return found


@pytest.mark.parametrize(("name", "form"), CASES)
def test_a_published_example(name: str, form: str, tmp_path: Path) -> None:
    example = EXAMPLES[name]
    options = Options(allocation="price") if form == "ecospold2" else Options()
    content = assembled(form, example.system, tmp_path, options)
    release = released(content, tmp_path)
    report = ImportReport.from_dict(release.report())
    assert report.check() == []
    assert (report.unlinked, report.cut_off) == ((), ())
    assert in_the_units_of(example.system, release) == pytest.approx(example.scores, rel=1e-12)
    assert all(dataset.complete for dataset in release.catalogue.all())
    for position in range(len(content.datasets)):
        for view in (contributions.first_tier, contributions.by_process, contributions.by_flow):
            parts = view(release, position, TOTAL)
            assert sum(part.score for part in parts) == pytest.approx(
                release.scores(TOTAL)[position], abs=1e-9
            )


def test_parts_of_biogenic_carbon_are_kept_apart(tmp_path: Path) -> None:
    """ISO 14067:2018, 7.2."""
    release = released(assembled("ecospold2", EXAMPLES["biogenic-carbon"].system, tmp_path), tmp_path)
    parts = {
        part: float(release.scores(f"gwp100-ar6.{part}")[0])
        for part in ("fossil", "biogenic-emissions", "biogenic-removals", "land-use-change")
    }
    assert parts == {
        "fossil": 0.0,
        "biogenic-emissions": 0.3,
        "biogenic-removals": -1.8,
        "land-use-change": 0.1,
    }


@pytest.mark.parametrize(
    "name", ["two-sectors", "waste-treatment", "more-avoided-than-emitted", "own-product-avoided"]
)
def test_bw2calc_on_the_exported_datapackage(name: str, tmp_path: Path) -> None:
    release = released(assembled("jsonld", EXAMPLES[name].system, tmp_path), tmp_path)
    exported = packages.open_package(datapackage.export(release, tmp_path / "export.zip", TOTAL))
    for dataset in release.catalogue.all():
        demand = {packages.FIRST_DATASET + dataset.position: 1.0}
        calculation = load_bw2calc().LCA(demand, data_objs=[exported])
        calculation.lci()
        calculation.lcia()
        assert calculation.score == pytest.approx(release.scores(TOTAL)[dataset.position], rel=1e-9)


CHILD = """
import contextlib, io, json, socket, sys, warnings

def refuse(*_): raise OSError("no network")

socket.socket.connect = refuse
warnings.simplefilter("ignore")
with contextlib.redirect_stdout(io.StringIO()):
    import bw2calc, bw2data, bw2io
    bw2data.projects.set_current("examples")
    scores = {}
    for number, path in enumerate(sys.argv[2:]):
        importer = bw2io.CSVImporter(path)
        importer.apply_strategies()
        importer.match_database(fields=("name", "unit", "location"))
        name, flows = importer.db_name, {}
        for exchange in (item for dataset in importer.data for item in dataset["exchanges"]):
            if exchange["type"] == "biosphere":
                key = exchange["input"] = (f"flows{number}", f"{exchange['name']}|{exchange['unit']}")
                flows[key] = {"name": exchange["name"], "unit": exchange["unit"], "type": "emission", "exchanges": []}
        bw2data.Database(f"flows{number}").write(flows)
        if list(importer.unlinked):
            raise ValueError(path)
        importer.write_database()
        factors = json.loads(sys.argv[1])
        method = bw2data.Method((f"check{number}",))
        method.register(unit="kg")
        method.write([(key, factors[flow["name"]] * {"gram": 0.001, "kilogram": 1, "ton": 1000}[flow["unit"]])
                      for key, flow in flows.items() if flow["name"] in factors])
        found = {}
        for activity in bw2data.Database(name):
            made = sum(exchange["amount"] for exchange in activity.production())
            calculation = bw2calc.LCA({activity: 1 if made > 0 else -1}, (f"check{number}",))
            calculation.lci()
            calculation.lcia()
            found[activity["name"]] = calculation.score
        scores[path] = found
        del bw2data.databases[name]
print(json.dumps(scores))
"""


def test_brightway_itself_reads_the_same_tables_to_the_same_scores(tmp_path: Path) -> None:
    """``bw2io`` converts no units between activities, so every input is stated in its supplier's; it stores float32."""
    rubbish = replace(
        EXAMPLES["avoided-product"].system[1], rows=(emission(CO2, 6), Row("avoids", "power", 5, "kWh"))
    )
    power, _, city = EXAMPLES["avoided-product"].system
    systems: dict[str, System] = {
        name: EXAMPLES[name].system
        for name in (
            "fuel-for-electricity",
            "two-sectors",
            "treatment-that-makes-waste",
            "own-product-avoided",
        )
    }
    systems["avoided-product"] = [power, rubbish, replace(city, rows=(Row("waste", "rubbish", 2),))]
    systems["biogenic-carbon"] = EXAMPLES["biogenic-carbon"].system
    paths = {}
    for name, system in systems.items():
        (tmp_path / name).mkdir()
        paths[str(FORMATS["brightway"](system, tmp_path / name))] = name
    factors = {
        CO2: 1,
        "Carbon dioxide, biogenic": 1,
        "Carbon dioxide, in air": -1,
        "Carbon dioxide, land transformation": 1,
    }
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(factors), *paths],
        env={**os.environ, "BRIGHTWAY2_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    theirs = {paths[path]: scores for path, scores in json.loads(ran.stdout).items()}
    assert theirs == {name: pytest.approx(EXAMPLES[name].scores, rel=1e-6) for name in systems}


@pytest.mark.parametrize(
    ("taken", "made"),
    [
        ((1, "t"), (1000, "kg")),
        ((3.6, "MJ"), (1, "kWh")),
        ((1, "m3"), (1000, "L")),
        ((1, "tkm"), (1000, "kg*km")),
        ((12, "Item(s)"), (1, "dozen")),
        ((1, "lb"), (0.45359237, "kg")),
    ],
)
def test_an_input_in_another_unit_is_the_same_amount(
    taken: tuple[float, str], made: tuple[float, str], tmp_path: Path
) -> None:
    """SI brochure; the international avoirdupois pound of 1959. Half of what is made is taken, with 7 kg."""
    system = [
        Unit("thing", made[0], made[1], (emission(CO2, 7),)),
        Unit("user", 4, "kg", (Row("takes", "thing", taken[0] / 2, taken[1]),)),
    ]
    release = released(assembled("ecospold1", system, tmp_path), tmp_path)
    (user,) = [dataset for dataset in release.catalogue.all() if dataset.name_en == "user"]
    assert release.scores(TOTAL)[user.position] == pytest.approx(7 / 8, rel=1e-12)
    assert user.gaps == 0


needs = st.lists(st.floats(0, 0.12), min_size=16, max_size=16)


@settings(max_examples=8, deadline=None)
@given(needs=needs, treated=st.lists(st.booleans(), min_size=4, max_size=4), size=st.floats(0.01, 1e4))
def test_one_system_has_the_same_scores_in_every_format(
    needs: list[float], treated: list[bool], size: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any amounts, any reference amount, any of four processes a treatment: (I - A)^T scores = emissions."""
    system = [
        Unit(
            f"thing {column}",
            size,
            "kg",
            (
                *(
                    Row("waste" if treated[row] else "takes", f"thing {row}", needs[4 * row + column] * size)
                    for row in range(4)
                ),
                emission(CO2, (column + 1) * size),
            ),
            treats=treated[column],
        )
        for column in range(4)
    ]
    matrix = np.eye(4) - np.reshape(needs, (4, 4))
    wanted = np.linalg.solve(matrix.T, np.arange(1.0, 5.0))
    for form in FORMATS:
        folder = tmp_path_factory.mktemp(form)
        content = assembled(form, system, folder)
        found = in_the_units_of(system, released(content, folder))
        assert [found[f"thing {index}"] for index in range(4)] == pytest.approx(wanted.tolist(), rel=1e-9), (
            form
        )
