"""Item 35: the parameters each aggregated goods category reports (Annex IV point 2), and what a good states of them.

Keys are those of ``Good.parameters``; the clinker ratio and the nitrogen content follow from ``Good.content`` where no
parameter says otherwise.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lca.cbam.monitoring import Good
from lca.cbam.report import figures
from lca.cbam.report.blocks import blank, nothing, plain, table, text
from lca.cbam.report.document import Block, Cell, Number, same
from lca.cbam.report.facts import Facts
from lca.cbam.report.identity import cn
from lca.cbam.report.words import say, words

_STEEL = ("mn", "cr", "ni", "other-alloys")
_SCRAP = ("scrap-t", "scrap-preconsumer")
REQUIRED: dict[str, tuple[str, ...]] = {
    "calcined-clay": (),
    "cement-clinker": (),
    "cement": ("clinker-ratio",),
    "aluminous-cement": (),
    "hydrogen": (),
    "urea": ("urea-purity", "n-total"),
    "nitric-acid": ("concentration", "n-total"),
    "ammonia": ("concentration", "n-total"),
    "mixed-fertilisers": ("n-ammonium", "n-nitrate", "n-urea", "n-organic", "n-total"),
    "sintered-ore": (),
    "pig-iron": ("reducing-agent", *_STEEL),
    "alloys": ("mn", "cr", "ni", "carbon"),
    "direct-reduced-iron": ("reducing-agent", *_STEEL),
    "crude-steel": ("reducing-agent", *_STEEL, *_SCRAP),
    "iron-or-steel-products": ("reducing-agent", *_STEEL, *_SCRAP),
    "unwrought-aluminium": (*_SCRAP, "non-aluminium"),
    "aluminium-products": (*_SCRAP, "non-aluminium"),
    "electricity": (),
}
"""Keys by category; ``alloys`` joins ferro-manganese, ferro-chromium and ferro-nickel: each names its own metal."""
UNITS = {"reducing-agent": "", "scrap-t": "t/t"}
"""Units by key where it is not mass percent."""
ALLOYS = {"720211": "mn", "720219": "mn", "720241": "cr", "720249": "cr", "720260": "ni"}
"""Which metal a ferro-alloy's CN subheading asks for."""


def required(category: str, code: str) -> tuple[str, ...]:
    """Keys the good's category reports; a ferro-alloy reports its own metal and carbon."""
    keys = REQUIRED.get(category, ())
    metal = ALLOYS.get(code.replace(" ", "")[:6])
    return (metal, "carbon") if category == "alloys" and metal else keys


def sector_parameters(facts: Facts) -> tuple[Block, ...]:
    """Item 35: every good with the parameters of its category; what is not stated is left to the operator."""
    rows: list[tuple[Cell, ...]] = []
    without: list[str] = []
    for process in facts.data.processes:
        for good in process.goods:
            keys = required(process.category, good.cn)
            stated = dict(good.parameters) | _derived(process.category, good)
            for key in (*keys, *(key for key in stated if key not in keys)):
                rows.append(
                    (
                        cn(good.cn),
                        same(good.name),
                        _label(key),
                        _value(key, stated),
                        same(UNITS.get(key, "%")),
                    )
                )
            if not keys:
                without.append(good.name)
    columns = (text("cn", 1.2), text("good"), text("parameter", 2.4), text("value", 1.4), text("unit", 0.7))
    found: list[Block] = [table(columns, rows)] if rows else []
    if without:
        found.append(plain("no-parameters", goods=", ".join(without)) if rows else nothing("not-parameters"))
    return tuple(found) or (nothing("not-goods"),)


def _derived(category: str, good: Good) -> dict[str, str]:
    """Clinker ratio in percent and total nitrogen in percent follow from the content, unless stated."""
    stated = dict(good.parameters)
    if good.content is None:
        return {}
    if category == "cement" and "clinker-ratio" not in stated:
        return {"clinker-ratio": f"{figures.amount(100.0 * good.content).value:f}"}
    nitrogen = category in ("urea", "nitric-acid", "ammonia", "mixed-fertilisers")
    if nitrogen and "n-total" not in stated:
        return {"n-total": f"{figures.amount(good.content / 10.0).value:f}"}
    return {}


def _label(key: str) -> Cell:
    return say(f"parameter-{key}") if f"parameter-{key}" in words() else same(key)


def _value(key: str, stated: dict[str, str]) -> Cell:
    value = stated.get(key, "")
    if not value:
        return blank()
    try:
        return Number(Decimal(value))
    except InvalidOperation:
        return same(value)
