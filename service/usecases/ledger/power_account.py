"""An organisation's electricity account of a year: by site, kWh and scope 2 by both methods.

How it is computed: ``certificates.ledger.scope2``.

Rules
1. The account holds the balances whose target it is; balances of products are told beside it and never added.
2. Factors are the official ones of ``databases.grid_co2``: of the year, or the newest published before it. The residual
   factor is China's; for another market none is known here, and the amount is not told.

Example: ``account(actor, 2025, services).market_kg``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from certificates.ledger import power, scope2
from certificates.ledger.power import Cover
from certificates.ledger.scope2 import Emissions, Factor
from databases.grid_co2 import GridFactorNotPublished, all_factors, grid_co2_factor
from service.usecases.access import Actor, Permission, allow
from service.usecases.ledger import power_facts
from service.usecases.services import Services

RESIDUAL = {"CN": "CN-RESIDUAL"}
"""Where the residual factor of a market stands (rule 2)."""
FIRST_YEAR = min(one.data_year for one in all_factors())


@dataclass(frozen=True, slots=True)
class SiteAccount:
    """A site in a year: kWh, kgCO2 by both methods with their factors, the dossiers they come from.

    ``product_kwh`` is what balances of products cover at this site in the year; it is no part of ``cover`` (rule 1).
    """

    site: str
    place: str
    cover: Cover
    emissions: Emissions
    product_kwh: Decimal
    dossiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """All sites of a year and their sums; an amount is None where one of the sites has none."""

    year: int
    sites: tuple[SiteAccount, ...]

    @property
    def cover(self) -> Cover:
        """kWh of all sites."""
        return _sum([one.cover for one in self.sites])

    @property
    def market_kg(self) -> Decimal | None:
        """kgCO2, market-based."""
        return scope2.added(one.emissions.market_kg for one in self.sites)

    @property
    def location_kg(self) -> Decimal | None:
        """kgCO2, location-based."""
        return scope2.added(one.emissions.location_kg for one in self.sites)


def account(actor: Actor, year: int, services: Services) -> Account:
    """The account of the actor's organisation for a calendar year. Raises NotAllowed, EvidenceChanged."""
    allow(actor, Permission.LEDGER_READ)
    own: dict[tuple[str, str, str], list[tuple[str, Cover]]] = {}
    products: dict[str, Decimal] = {}
    with services.uow() as unit:
        consumer = power_facts.consumer_of(unit, actor.organisation_id)
        for record, balance in power_facts.kept(unit, actor.organisation_id):
            if balance.period_end.year != year:
                continue
            units = power_facts.units_of(unit, actor.organisation_id, balance.positions)
            usable = [one for one in units if not any(power.unit_problems(balance, one, consumer, record.id))]
            found, site = power.cover(balance, usable), balance.site.casefold()
            if balance.inventory:
                products[site] = products.get(site, Decimal(0)) + found.covered
            else:
                own.setdefault((balance.site, balance.place, balance.market), []).append((record.id, found))
    sites = []
    for (site, place, market), parts in sorted(own.items()):
        cover = _sum([one for _, one in parts])
        residual = factor(RESIDUAL[market], year) if market in RESIDUAL else None
        told = scope2.emissions(cover, residual, factor(place, year))
        covered = products.get(site.casefold(), Decimal(0))
        sites.append(SiteAccount(site, place, cover, told, covered, tuple(key for key, _ in parts)))
    return Account(year, tuple(sites))


def factor(place: str, year: int) -> Factor | None:
    """The factor of a place for a year (rule 2), or None where none was published."""
    for data_year in range(year, FIRST_YEAR - 1, -1):
        try:
            found = grid_co2_factor(place, data_year)
        except GridFactorNotPublished:
            continue
        return Factor(
            value=found.factor,
            place=found.place,
            year=found.data_year,
            wanted_year=year,
            document=found.document,
            number=found.number,
            issuer=found.issuer,
            mark=found.certainty,
            reason_zh=found.reason_zh,
            reason_en=found.reason_en,
        )
    return None


def _sum(covers: Sequence[Cover]) -> Cover:
    """kWh of several balances; what one has too much covers nothing of another."""
    return Cover(
        sum((one.consumption for one in covers), Decimal(0)),
        sum((one.allocated for one in covers), Decimal(0)),
        sum((one.covered for one in covers), Decimal(0)),
        sum((one.uncovered for one in covers), Decimal(0)),
    )
