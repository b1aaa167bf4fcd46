"""Direct emissions of an installation, source by source, and their totals (Annex II B, eq. 4).

Rules
1. Source streams are those of :mod:`lca.cbam.streams`, everything else of :mod:`lca.cbam.point_sources`.
2. Factors left out are filled in by :mod:`lca.cbam.factors`; without a factor there is no result.
3. Emissions and zero-rated biogenic CO2 are told apart: their sum is all CO2. Transfers are signed.
4. Nothing is rounded.

Example: ``source_emissions(data, tables)[0].emissions_t`` for 100 x 1000 Nm3 of gas with 38 GJ per 1000 Nm3 and
56 tCO2/TJ is 100 x 38 / 1000 x 56 = 212.8.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from databases.cbam.tables import Tables
from lca.cbam.factors import resolve
from lca.cbam.monitoring import MeasuredSource, Monitoring, OtherSource, PfcSource, SourceStream, Transfer
from lca.cbam.point_sources import measured_emission, other_emission, pfc_emission, transfer_emission
from lca.cbam.results import SourceEmission, Totals
from lca.cbam.streams import stream_emission

Source = SourceStream | MeasuredSource | PfcSource | OtherSource | Transfer


def source_emissions(data: Monitoring, tables: Tables) -> tuple[SourceEmission, ...]:
    """Streams, measured sources, PFC, other sources, transfers, each in the order of the data.

    Raises ``lca.cbam.streams.FactorMissing``, a ValueError, for data that ``lca.cbam.checks`` finds in error.
    """
    country = data.installation.country
    return (
        *(stream_emission(one, resolve(one, tables, country), data.basis) for one in data.streams),
        *(measured_emission(one, tables, data.basis) for one in data.measured),
        *(pfc_emission(one, tables) for one in data.pfc),
        *(other_emission(one) for one in data.other),
        *(transfer_emission(one) for one in data.transfers),
    )


def totals(
    data: Monitoring, sources: Sequence[SourceEmission], electricity_mwh: float, indirect_t: float
) -> Totals:
    """The installation's balance (eq. 4) in tCO2e and TJ; ``sources`` are those of ``data``, the rest is given."""

    def of(records: Iterable[Source]) -> float:
        ids = {record.id for record in records}
        return math.fsum(one.emissions_t for one in sources if one.id in ids)

    return Totals(
        calculated_t=of(data.streams),
        measured_t=of(data.measured),
        pfc_t=of(data.pfc),
        other_t=of(data.other),
        transfers_t=of(data.transfers),
        co2_t=math.fsum(one.emissions_t for one in sources if one.gas == "CO2"),
        n2o_t=math.fsum(one.emissions_t for one in sources if one.gas == "N2O"),
        biomass_t=math.fsum(one.biomass_t for one in sources if one.gas == "CO2"),
        direct_t=math.fsum(one.emissions_t for one in sources),
        indirect_t=indirect_t,
        electricity_mwh=electricity_mwh,
        energy_tj=math.fsum(one.energy_tj for one in sources),
        biomass_energy_tj=math.fsum(one.biomass_energy_tj for one in sources),
    )
