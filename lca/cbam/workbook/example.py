"""A maker of fasteners in Wuxi, fully filled in: the example workbook. Company, suppliers and figures are invented.

Two processes (bolts, nuts) made of wire rod bought from two suppliers, one with a verifier's report and one on default
values; annealing and hot-dip galvanising with natural gas, pickling baths heated by a gas boiler, grid electricity.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from lca.cbam.monitoring import (
    Basis,
    ElectricityKind,
    ElectricitySource,
    ElectricityUse,
    Evidence,
    Factor,
    FactorSource,
    FuelBalance,
    Good,
    HeatFlow,
    Installation,
    Method,
    Monitoring,
    Period,
    Precursor,
    PrecursorChoice,
    PrecursorUse,
    PrecursorValues,
    Process,
    Quality,
    Share,
    SourceStream,
    TechnicalUnit,
    UnitKind,
    VerificationReport,
)
from lca.cbam.storage import read_monitoring, write_monitoring
from lca.cbam.workbook.writer import write

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
STEEL = "iron-or-steel-products"
WIRE_ROD = "72139149"


def example(language: str) -> bytes:
    """The example workbook in ``zh`` or ``en``. Raises ValueError for another language."""
    return write(fasteners(language), language)


def fasteners(language: str = "zh") -> Monitoring:
    """The data of the example, names and notes in ``zh`` or ``en``."""
    return _works() if language == "zh" else read_monitoring(_said(write_monitoring(_works())))


def _said(part: Any) -> Any:
    """The same with every text that ``example.toml`` has in English."""
    if isinstance(part, str):
        return english().get(part, part)
    if isinstance(part, Mapping):
        return {key: _said(value) for key, value in part.items()}
    return [_said(one) for one in part] if isinstance(part, list | tuple) else part


@cache
def english() -> dict[str, str]:
    """Texts of the example in English; a test keeps the list complete."""
    text = resources.files("lca.cbam.workbook").joinpath("example.toml").read_text(encoding="utf-8")
    return {one["zh"]: one["en"] for one in tomllib.loads(text)["texts"]}


def _works() -> Monitoring:
    return Monitoring(
        basis=Basis.DEFINITIVE,
        period=YEAR,
        installation=_installation(),
        processes=_processes(),
        streams=_streams(),
        units=(
            TechnicalUnit(
                id="B1",
                name="酸洗热水锅炉",
                kind=UnitKind.BOILER,
                net_heat_tj=4.6,
                heat_efficiency=0.9,
                fuel_category="G10",
                heat_medium="hot-water",
                built=2019,
                evidence=("D4",),
            ),
        ),
        heat=(
            HeatFlow(id="H1", origin="B1", destination="P1", heat_tj=3.1, evidence=("D4",)),
            HeatFlow(id="H2", origin="B1", destination="P2", heat_tj=1.5, evidence=("D4",)),
        ),
        electricity=(_grid(),),
        electricity_uses=(
            ElectricityUse(process="P1", amount_mwh=2510.0, evidence=("D2",)),
            ElectricityUse(process="P2", amount_mwh=1310.0, evidence=("D2",)),
        ),
        precursors=(_verified_rod(), _default_rod()),
        fuel_balance=FuelBalance(cbam_tj=38.98),
        quality=Quality(
            general="燃气、电力和盘条均按表计或过磅计量；热值取国家清单值。",
            default_justification="第二家盘条供应商没有核查报告。",
            assurance="每月由财务与车间两人核对发票和表计。",
        ),
        evidence=_evidence(),
    )


def _grid() -> ElectricitySource:
    return ElectricitySource(
        id="E1",
        name="国网江苏电力",
        kind=ElectricityKind.GRID,
        amount_mwh=3820.0,
        factor=Factor(
            value=0.5366,
            unit="tCO2/MWh",
            source=FactorSource.PUBLIC_AUTHORITY,
            reference="示例值，请改为适用的电网因子并注明出处",
        ),
        country="CN",
        supplier="国网江苏省电力有限公司",
        evidence=("D2",),
    )


def _installation() -> Installation:
    return Installation(
        name="无锡示例紧固件有限公司一厂",
        name_en="Wuxi Example Fasteners Co., Ltd., Plant 1",
        country="CN",
        operator="Wuxi Example Fasteners Co., Ltd.",
        operator_number="91320200MA0EXAMPLE",
        address="No. 1 Shili Road, Xishan District",
        city="Wuxi",
        post_code="214000",
        economic_activity="Manufacture of fasteners",
        unlocode="CN WUX",
        latitude=31.59,
        longitude=120.36,
        contact_name="Li Hua",
        contact_email="cbam@example.com",
        contact_phone="+86 510 0000 0000",
        months_monitored=12,
    )


def _processes() -> tuple[Process, ...]:
    bolts = (
        Good(
            id="G1",
            cn="73181588",
            name="8.8 级六角头螺栓",
            produced_t=5200.0,
            sold_t=5200.0,
            parameters=(("scrap-t", "0"),),
            evidence=("D3",),
        ),
        Good(
            id="G2",
            cn="73181595",
            name="法兰面螺栓",
            produced_t=1300.0,
            sold_t=1300.0,
            parameters=(("scrap-t", "0"),),
            evidence=("D3",),
        ),
    )
    nuts = (
        Good(id="G3", cn="73181692", name="六角螺母 M12 及以下", produced_t=2100.0, evidence=("D3",)),
        Good(id="G4", cn="73181699", name="六角螺母 M12 以上", produced_t=1400.0, evidence=("D3",)),
    )
    return (
        Process(id="P1", name="螺栓", category=STEEL, goods=bolts, evidence=("D3",)),
        Process(id="P2", name="螺母", category=STEEL, goods=nuts, evidence=("D3",)),
    )


def _streams() -> tuple[SourceStream, ...]:
    by_weight = "退火炉共用一块燃气表，按进炉重量分摊（生产记录 D3）"
    by_dipped = "镀锌线共用一块燃气表，按镀锌重量分摊（生产记录 D3）"
    return (
        _gas(
            "F1",
            "天然气（退火炉）",
            560.0,
            (
                Share(sink="P1", fraction=0.65, reason=by_weight),
                Share(sink="P2", fraction=0.35, reason=by_weight),
            ),
        ),
        _gas(
            "F2",
            "天然气（热镀锌线）",
            310.0,
            (
                Share(sink="P1", fraction=0.7, reason=by_dipped),
                Share(sink="P2", fraction=0.3, reason=by_dipped),
            ),
        ),
        _gas("F3", "天然气（酸洗热水锅炉）", 131.3, (Share(sink="B1", fraction=1.0),)),
    )


def _gas(key: str, name: str, amount: float, shares: tuple[Share, ...]) -> SourceStream:
    return SourceStream(
        id=key,
        name=name,
        method=Method.COMBUSTION,
        activity=amount,
        activity_unit="1000Nm3",
        material="natural-gas",
        shares=shares,
        meter=f"GM-{key[1:]}",
        evidence=("D1",),
    )


def _verified_rod() -> Precursor:
    report = VerificationReport(
        number="EX-2026-0017",
        verifier="Example Verification GmbH",
        accreditation="D-VS-00000",
        issued=date(2027, 2, 20),
        accredited_until=date(2029, 12, 31),
        period=YEAR,
        categories=(STEEL,),
    )
    values = PrecursorValues(
        see_direct=2.041,
        see_indirect=0.062,
        sefa=1.29,
        period=YEAR,
        produced_in_period_shown=True,
        report=report,
        reference="供应商 2026 年运营者排放报告摘要",
    )
    return Precursor(
        id="R1",
        name="盘条（甲厂）",
        cn=WIRE_ROD,
        category=STEEL,
        country="CN",
        choice=PrecursorChoice.ACTUAL,
        values=values,
        uses=(PrecursorUse(process="P1", amount=4480.0), PrecursorUse(process="P2", amount=2050.0)),
        purchased=6530.0,
        route="C",
        supplier="示例钢铁有限公司",
        installation="Example Steel Works, Wire Rod Mill",
        evidence=("D5", "D6"),
    )


def _default_rod() -> Precursor:
    return Precursor(
        id="R2",
        name="盘条（乙厂）",
        cn=WIRE_ROD,
        category=STEEL,
        country="CN",
        uses=(PrecursorUse(process="P1", amount=2350.0), PrecursorUse(process="P2", amount=1790.0)),
        purchased=4140.0,
        supplier="示例金属贸易有限公司",
        evidence=("D5",),
    )


def _evidence() -> tuple[Evidence, ...]:
    return (
        Evidence(
            id="D1", document="燃气公司月度结算单 2026-01 至 2026-12", meter="GM-1、GM-2、GM-3", period=YEAR
        ),
        Evidence(id="D2", document="电费账单与车间分表记录 2026", meter="EM-1", period=YEAR),
        Evidence(id="D3", document="生产日报与过磅记录 2026", period=YEAR),
        Evidence(id="D4", document="锅炉热量表月度记录 2026", meter="HM-1", period=YEAR),
        Evidence(id="D5", document="盘条采购发票与入库单 2026", period=YEAR),
        Evidence(id="D6", document="核查报告 EX-2026-0017（甲厂）", period=YEAR),
    )
