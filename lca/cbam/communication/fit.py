"""Where the regulation of the definitive period says otherwise than the template, or asks for what it has no cell for.

Rules
1. The figures follow the regulation; a finding says what the workbook will show instead, with both numbers.
2. What the template has no cell for is told once.
"""

from __future__ import annotations

from lca.cbam.communication import cells
from lca.cbam.communication.plan import Plan
from lca.cbam.monitoring import Allocation, Basis

_CLOSE = 1e-9


def differences(plan: Plan) -> None:
    """Every difference of this data (rules 1 and 2)."""
    if plan.data.basis is Basis.DEFINITIVE:
        plan.tell("note", "cbam-communication-definitive", period=f"{plan.data.period.start.year}")
        plan.tell("note", "cbam-communication-no-cell")
        _processes(plan)
    _codes(plan)
    _molar(plan)
    if plan.data.units:
        plan.tell("note", "cbam-communication-units", count=len(plan.data.units))
    if plan.data.pfc and all(process.category != "unwrought-aluminium" for process in plan.data.processes):
        plan.tell("note", "cbam-communication-pfc-hidden")


def _processes(plan: Plan) -> None:
    for result in plan.done.processes:
        name = plan.names[result.id]
        if result.unit != "t":
            plan.tell("warning", "cbam-communication-unit", result.id, name=name, unit=result.unit)
        lost = result.floored_t / result.activity_level if result.activity_level else 0.0
        shown = result.see_direct + result.see_indirect + lost
        if abs(shown - result.see_total) > _CLOSE * max(1.0, abs(shown)):
            values = {"shown": f"{shown:.6g}", "total": f"{result.see_total:.6g}"}
            plan.tell("warning", "cbam-communication-indirect", result.id, name=name, **values)
        if result.floored_t:
            plan.tell(
                "warning",
                "cbam-communication-floored",
                result.id,
                name=name,
                tonnes=f"{result.floored_t:.6g}",
            )


def _codes(plan: Plan) -> None:
    """CN codes the template does not list: its name and category cells stay empty."""
    known = {str(value) for cell, value in plan.codes.items() if cell.startswith("CN:")}
    for process in plan.data.processes:
        for good in process.goods:
            if known and good.cn.replace(" ", "")[:8] not in known:
                plan.tell("warning", "cbam-communication-cn", good.id, name=good.name, cn=good.cn)


def _molar(plan: Plan) -> None:
    for process in plan.data.processes[: cells.PROCESS_LIST.count]:
        if process.allocation is Allocation.MOLAR:
            plan.tell("warning", "cbam-communication-molar", process.id, name=process.name)
