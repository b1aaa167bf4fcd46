"""A small, invented set of fact tables to break and to build (for tests only); makes ``contentmaking`` importable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from databases.facts import COLUMNS
from databases.importers import recognise
from databases.importers.shape import Extract

sys.path.insert(0, str(Path(__file__).parent))

USLCI = Path(__file__).parents[3] / "shared" / "data" / "uslci" / "uslci_fy20q4_es1.zip"

TABLES = {
    "sources.csv": ["doc,A document,An issuer,No. 1,2024-01-02,CC0,,"],
    "flows.csv": [
        "co2-fossil,二氧化碳,Carbon dioxide,CO2,air,124-38-9,fossil,CO2,0",
        "co2-flight,二氧化碳（航空）,Carbon dioxide in flight,CO2,air,124-38-9,fossil,CO2,1",
        "ch4-biogenic,甲烷,Methane,CH4,air,74-82-8,biogenic-emissions,CH4,0",
        "co2-uptake,二氧化碳吸收,Carbon dioxide uptake,CO2,air,,biogenic-removals,CO2,0",
        "co2-luc,土地利用变化,Land use change,CO2,air,,land-use-change,CO2,0",
        "co2e-ar5,合计,Together,,air,,fossil,unspecified,0",
        "co2e-ar6,合计,Together,,air,,fossil,unspecified,0",
    ],
    "gwp.csv": [
        f"{gwp_set},{flow},{factor},doc,t,P"
        for gwp_set, ch4 in (("AR5", "28"), ("AR6", "27"))
        for flow, factor in (
            ("co2-fossil", "1"),
            ("co2-flight", "1"),
            ("ch4-biogenic", ch4),
            ("co2-uptake", "-1"),
            ("co2-luc", "1"),
            (f"co2e-{gwp_set.lower()}", "1"),
        )
    ],
    "datasets/one.csv": [
        "power,电力，江苏,Power,市电,electricity,mix,CN-JS,2024,kWh,life-cycle,1,1,grid,doc,t,P,,",
        "billet,6063铝合金圆棒,Billet 6063,铝棒,material,metals,CN,2024,kg,cradle-to-gate,1,0,,doc,t,P,,",
        "scrap,废铝,Scrap,,material,metals,CN,2023,kg,cradle-to-gate,0,0,,doc,t,M,,",
        "flight,航空货运,Air freight,空运,transport,air,GLO,2024,tkm,well-to-wheel,1,0,,doc,t,P,,",
    ],
    "exchanges/one.csv": [
        "power,co2e-ar5,0.5,kgCO2e/kWh,1,1,,doc,t,P",
        "billet,power,14,kWh/kg,1,1,,doc,t,P",
        "billet,co2-fossil,2500,kg/t,1,1000,per t,doc,t,P",
        "billet,scrap,0.25,kg/kg,,,,doc,t,P",
        "scrap,billet,0.1,kg/kg,,,,doc,t,P",
        "scrap,ch4-biogenic,0.01,kg/kg,,,,doc,t,P",
        "scrap,co2-uptake,0.02,kg/kg,,,,doc,t,P",
        "scrap,co2-luc,0.03,kg/kg,,,,doc,t,P",
        "flight,co2-flight,8.1,kg/tkm,1,10,,doc,t,P",
        "flight,co2-fossil,0.1,kg/tkm,,,,doc,t,P",
    ],
}


Write = Callable[[dict[str, list[str]]], Path]


@pytest.fixture(scope="session")
def uslci_extract(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    """USLCI FY20 Q4 as read, once for every test that looks into it; nobody changes it."""
    if not USLCI.is_file():
        pytest.skip("the published archive is not here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIGHTWAY2_DIR", str(tmp_path_factory.mktemp("brightway")))
        return recognise.read(USLCI, "", tmp_path_factory.mktemp("work"))[0]


@pytest.fixture
def tables() -> dict[str, list[str]]:
    """The rows by file, to be changed by a test before ``write_tables``."""
    return {name: list(rows) for name, rows in TABLES.items()}


@pytest.fixture
def write_tables(tmp_path: Path) -> Write:
    """Write rows by file as a folder of fact tables."""

    def write(tables: dict[str, list[str]]) -> Path:
        folder = tmp_path / "facts"
        for name, rows in tables.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            header = COLUMNS[name.split("/")[0].removesuffix(".csv")]
            file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return folder

    return write


@pytest.fixture
def small_facts(write_tables: Write, tables: dict[str, list[str]]) -> Path:
    """The folder of the small tables."""
    return write_tables(tables)
