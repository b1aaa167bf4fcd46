"""A workbook that a supplier sent back, as data of a purchased precursor. Nothing in it is ever taken as verified.

Rules
1. Each row of ``Summary_Products`` with a CN code and shown values is one product, with the installation's identity and
   period. ``Summary_Communication`` repeats the same figures; it is read where a supplier sends nothing else.
2. Values become ``PrecursorValues`` without a verification report: the template's verifier fields name a verifier and
   are no report. Without a report the default value applies in the definitive period (Annex II A.1 point 4), and
   :func:`missing` says so.
3. No verified emissions exist for anything produced before 2026 (Q&A 5.20): such a workbook is refused for goods of
   2026 and later.
4. Values per tonne of product become values per functional unit only for goods counted in tonnes; for clinker and
   nitrogen the content is needed, and told.

Example: ``as_values(precursors(reading)[0]).report is None``, always.

Annexes are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from lca.cbam.communication.model import ProductRow, Reading, SupplierProduct
from lca.cbam.monitoring import Monitoring, PrecursorValues
from lca.findings import Finding, Place

FIRST_YEAR = 2026
_BY_CONTENT = frozenset({"cement", "nitric-acid", "ammonia", "urea", "mixed-fertilisers"})
"""Categories whose functional unit is clinker or nitrogen (Article 4), where the template counts tonnes."""


def precursors(reading: Reading) -> tuple[SupplierProduct, ...]:
    """The products of a supplier's workbook that can serve as precursors (rule 1); empty where nothing is shown."""
    data = reading.monitoring
    if data is None:
        return reading.communicated
    found = (_product(row, data) for row in reading.products)
    return tuple(one for one in found if one is not None)


def _product(row: ProductRow, data: Monitoring) -> SupplierProduct | None:
    if not row.cn or row.see_direct is None:
        return None
    route = next((process.route for process in data.processes if process.id == row.process), "")
    return SupplierProduct(
        row=row.row,
        cn=row.cn,
        name=row.name,
        category=row.category,
        route=route,
        country=data.installation.country,
        installation=data.installation.name_en,
        unlocode=data.installation.unlocode,
        period=data.period,
        see_direct=row.see_direct,
        see_indirect=row.see_indirect or 0.0,
        electricity_mwh=row.electricity_mwh,
        electricity_factor=row.electricity_factor,
        electricity_source=row.electricity_source,
        default_share=row.default_share or 0.0,
        parameters=row.parameters,
        verifier=data.verifier,
    )


def as_values(product: SupplierProduct) -> PrecursorValues:
    """The values as the supplier states them, without a verification report (rule 2)."""
    return PrecursorValues(
        see_direct=product.see_direct,
        see_indirect=product.see_indirect,
        electricity_mwh=product.electricity_mwh,
        electricity_factor=product.electricity_factor,
        period=product.period,
        default_share=min(1.0, max(0.0, product.default_share)),
        report=None,
        reference=f"{product.installation}, {product.period.start.isoformat()} – {product.period.end.isoformat()}",
    )


def missing(product: SupplierProduct, year: int) -> tuple[Finding, ...]:
    """What keeps the values from counting as actual ones for goods made in ``year`` (rules 2 to 4).

    An ERROR means that they cannot be used for that year at all.
    """
    place, name = Place("Summary_Products", product.row), product.name
    found = []
    if year >= FIRST_YEAR and product.period.start.year < FIRST_YEAR:
        span = f"{product.period.start.isoformat()} – {product.period.end.isoformat()}"
        found.append(Finding.error("cbam-supplier-period", place, name=name, period=span, year=year))
    found.append(
        Finding.warning("cbam-supplier-unverified", place, name=name, verifier=product.verifier or "—")
    )
    if product.default_share > 0:
        share = f"{product.default_share * 100:.4g}"
        found.append(Finding.note("cbam-supplier-defaults", place, name=name, share=share))
    if product.category in _BY_CONTENT:
        found.append(Finding.warning("cbam-supplier-content", place, name=name, category=product.category))
    if not product.country:
        found.append(Finding.warning("cbam-supplier-country", place, name=name))
    return tuple(found)
