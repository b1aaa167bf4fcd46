"""Goods of an installation with what they embed and owe, on its own data and on default values.

Example: ``goods_of(actor, found, services)[0].saved`` are the certificates that own data save per unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from lca.cbam.monitoring import Basis
from lca.cbam.obligation.installation import in_year
from lca.cbam.results import GoodResult
from lca.cbam.rounding import see as rounded
from lca.findings import Finding, Severity
from service.usecases.access import Actor
from service.usecases.cbam import defaults
from service.usecases.cbam.calculating import CalculationView
from service.usecases.cbam.defaults import LookUp
from service.usecases.cbam.installations import InstallationView
from service.usecases.cbam.refusals import VariantNeeded
from service.usecases.refusals import Refusal
from service.usecases.services import Services
from service.web.cbam_installation_records import Addresses
from service.web.cbam_installation_trace import calculated
from service.web.formats import amount, own
from service.web.listing import Cell, Column, ListSpec


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A good with certificates per unit of ``basis`` on its own data and on default values; None where unknown."""

    result: GoodResult
    basis: str
    see: Decimal
    sefa: Decimal | None
    actual: Decimal | None
    default: Decimal | None
    default_see: Decimal | None

    @property
    def saved(self) -> Decimal | None:
        """Certificates that own data save per unit; negative where they cost some."""
        if self.actual is None or self.default is None:
            return None
        return self.default - self.actual


def goods_of(actor: Actor, found: CalculationView, services: Services) -> tuple[GoodLine, ...]:
    """Goods with certificates on both paths; data of the transitional period owe nothing."""
    data, done = found.view.data, found.done
    year = done.period.end.year
    yearly = in_year(data, done, year, found.tables) if done.basis is Basis.DEFINITIVE else {}
    lines = []
    for good in done.goods:
        own = yearly.get(good.id)
        by_default = _by_default(actor, good.cn, data.installation.country, year, services) if own else None
        see = rounded(float(own.see)) if own else rounded(good.see_total)
        sefa = own.sefa if own else None
        lines.append(
            GoodLine(
                result=good,
                basis=own.basis.value if own else good.unit,
                see=see,
                sefa=sefa,
                actual=None if sefa is None else max(Decimal(0), see - sefa),
                default=by_default.net if by_default else None,
                default_see=by_default.see if by_default else None,
            )
        )
    return tuple(lines)


def _by_default(actor: Actor, cn: str, country: str, year: int, services: Services) -> Any:
    """The default path of a good, of its first variant where it has several; None where there is none."""
    try:
        return defaults.look_up(actor, LookUp(cn, country, year), services)
    except VariantNeeded as error:
        return defaults.look_up(actor, LookUp(cn, country, year, error.variants[0]), services)
    except Refusal:
        return None


def goods_page(
    actor: Actor, key: str, services: Services
) -> tuple[InstallationView, tuple[GoodLine, ...], tuple[Finding, ...]]:
    """The version, its goods, and the findings that stop the calculation. Raises NotAllowed, NotFound."""
    found, view, told = calculated(actor, key, services)
    if found is None:
        return view, (), tuple(one for one in told if one.severity is Severity.ERROR)
    return view, goods_of(actor, found, services), ()


def goods_spec(key: str, links: Addresses, *, whole: bool) -> ListSpec:
    """The list of an installation's goods with their results; files (``whole``) have name and unit as columns."""

    def figure(name: str, title: Any, value: Callable[[GoodLine], Any]) -> Column:
        def raw(line: GoodLine) -> float | None:
            found = value(line)
            return None if found is None else float(found)

        def shown(line: GoodLine) -> Cell:
            per = f"/{line.result.unit}" if name == "see" and line.result.unit != "t" else ""
            return Cell(amount(value(line), 6), per)

        return Column(name, title, raw, shown, numeric=True)

    return ListSpec(
        endpoint="cbam_data.goods",
        values={"key": key},
        filename="cbam-results",
        columns=(
            Column("good", _l("Good"), lambda g: g.result.id, lambda g: _good_cell(g, links)),
            Column("cn", _l("CN code"), lambda g: g.result.cn),
            *((Column("name", _l("Name"), lambda g: g.result.name),) if whole else ()),
            Column(
                "process",
                _l("Production process"),
                lambda g: g.result.process,
                lambda g: _process_cell(g, links),
            ),
            figure("produced_t", _l("Produced, t"), lambda g: g.result.produced_t),
            *((Column("unit", _l("Unit"), lambda g: g.result.unit),) if whole else ()),
            figure("see", _l("SEE per unit, tCO₂e"), lambda g: g.result.see_total),
            figure("see_per_tonne", _l("SEE per tonne, tCO₂e"), lambda g: g.result.see_per_tonne),
            figure("sefa", _l("Free allocation, tCO₂e"), lambda g: g.sefa),
            figure("certificates", _l("Certificates, your data"), lambda g: g.actual),
            figure("certificates_default", _l("Certificates, default"), lambda g: g.default),
            figure("default_share", _l("On default values, %"), lambda g: g.result.default_share * 100),
        ),
    )


def _good_cell(line: GoodLine, links: Addresses) -> Cell:
    return Cell(line.result.id, own(line.result.name), links.of(line.result.id))


def _process_cell(line: GoodLine, links: Addresses) -> Cell:
    return Cell(line.result.process, href=links.process(line.result.process))
