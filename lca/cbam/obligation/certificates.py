"""How many certificates one good owes: embedded emissions less free allocation, never below zero.

Rules
1. ``certificates = max(0, M x (SEE - SEFA) - carbon price deduction)``, one certificate per tCO2e (Q&A 3.7).
2. Per good. What one good falls short of zero is never set against another (Q&A 4.32); a total is a plain sum.
3. ``M`` counts what SEE and SEFA are per: tonnes of product, for cement goods tonnes of clinker contained
   (:func:`basis_of`). Goods whose functional unit is the nitrogen content are declared per tonne of product (Article
   6(2)(b)), as their default values and benchmarks are.
4. SEE enters with five decimals at most (Implementing Regulation (EU) 2025/2547, Annex II A.1 point 8). Free
   allocation and the number of certificates are not rounded: no act we hold says how.
5. A carbon price paid abroad is deducted by a draft only (Ares(2026)4841230 under Article 9(5)). It needs
   ``draft=True``; the result is then labelled a draft. Effective price per unit of the good, net of rebates and free
   allowances, over the yearly reference price, times the quantity; never more than what is owed before it. Default
   values leave no room for it: a price actually paid is deducted from actual emissions only (Article 9(1) and (4)).

Example: 100 t with SEE 3.5057 and SEFA 1.33575 owe 216.995 certificates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from databases.cbam.goods import FunctionalUnit
from lca.cbam import rounding
from lca.cbam.monitoring import CarbonPrice
from lca.cbam.obligation.figures import Figure, exact, weakest
from lca.cbam.results import Path
from lca.findings import Finding

ZERO = Decimal(0)
DRAFT_SOURCE = "Draft under Article 9(5), Ares(2026)4841230 of 13.5.2026, not law"


class CarbonPriceNotLaw(ValueError):
    """The deduction of a carbon price follows a draft that is not law: ask for it with ``draft=True``."""


class Basis(StrEnum):
    """What a declared value is per, and the quantity therefore counts (rule 3)."""

    TONNE = "t"
    TONNE_CLINKER = "t clinker"
    MEGAWATT_HOUR = "MWh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One good to be declared. ``quantity``, ``see`` and ``sefa`` are in and per ``basis``; SEE unrounded."""

    good: str
    cn: str
    quantity: Decimal
    basis: Basis
    see: Decimal
    sefa: Decimal
    path: Path
    marks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.quantity < 0 or self.sefa < 0:
            raise ValueError(f"{self.good}: a quantity or a free allocation is never negative.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePaid:
    """A carbon price effectively paid per unit of the basis, in EUR, and the reference price in EUR per certificate.

    ``reference`` is the average of the year's certificate prices; the Commission publishes it, we do not guess it.
    """

    effective: Decimal
    reference: Decimal
    source: str = ""

    def __post_init__(self) -> None:
        if self.effective < 0 or self.reference <= 0:
            raise ValueError("A price paid is not negative, and the yearly reference price is positive.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Certificates of one good. ``embedded`` = M x SEE, ``adjustment`` = M x SEFA, all in tCO2e, unrounded.

    ``draft`` is True where a deduction by the draft is in the number: such a number is never declared.
    """

    good: str
    cn: str
    path: Path
    quantity: Decimal
    basis: Basis
    see: Decimal
    sefa: Decimal
    embedded: Decimal
    adjustment: Decimal
    deduction: Decimal
    certificates: Decimal
    draft: bool
    mark: str
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...] = ()


def certificates(good: Declared, *, paid: PricePaid | None = None, draft: bool = False) -> Owed:
    """What one good owes (rules 1 to 5). Raises CarbonPriceNotLaw for a price paid without ``draft=True``."""
    if paid is not None and not draft:
        raise CarbonPriceNotLaw(CarbonPriceNotLaw.__doc__)
    see = rounding.see(good.see)
    embedded, adjustment = good.quantity * see, good.quantity * good.sefa
    before = max(ZERO, embedded - adjustment)
    findings: list[Finding] = []
    deduction = ZERO
    if paid is not None and good.path is Path.DEFAULT:
        findings.append(Finding.warning("cbam-price-paid-on-default", name=good.good))
    elif paid is not None:
        deduction = min(before, paid.effective / paid.reference * good.quantity)
        findings.append(Finding.warning("cbam-price-paid-draft", name=good.good))
    applied = paid if deduction else None
    return Owed(
        good=good.good,
        cn=good.cn,
        path=good.path,
        quantity=good.quantity,
        basis=good.basis,
        see=see,
        sefa=good.sefa,
        embedded=embedded,
        adjustment=adjustment,
        deduction=deduction,
        certificates=before - deduction,
        draft=applied is not None,
        mark=weakest((*good.marks, "?") if applied is not None else good.marks),
        figures=_figures(good, see, deduction, applied),
        findings=tuple(findings),
    )


def total(owed: Iterable[Owed]) -> Decimal:
    """Certificates of several goods: the sum of what each owes alone (rule 2)."""
    return sum((one.certificates for one in owed), ZERO)


def basis_of(unit: FunctionalUnit) -> Basis:
    """What is declared for goods of a functional unit (rule 3)."""
    if unit is FunctionalUnit.TONNE_CLINKER:
        return Basis.TONNE_CLINKER
    return Basis.MEGAWATT_HOUR if unit is FunctionalUnit.KWH else Basis.TONNE


def effective_price(price: CarbonPrice, units_per_basis: Decimal) -> Decimal:
    """EUR effectively paid per unit of the basis, by the draft: what is covered less what was rebated or given free.

    ``units_per_basis`` functional units of the good per unit of the basis (kg N per t; 1 elsewhere).
    """
    net = max(ZERO, exact(price.covered_t) - exact(price.rebate_t))
    return exact(price.price) * exact(price.eur_rate) * net * units_per_basis


def quantity_in_basis(tonnes: Decimal, unit: FunctionalUnit, content: Decimal | None) -> Decimal | None:
    """Tonnes of product as ``M``: for cement times the clinker content; None where that is not known."""
    if unit is FunctionalUnit.TONNE_CLINKER:
        return None if content is None else tonnes * content
    return tonnes


def _figures(good: Declared, see: Decimal, deduction: Decimal, paid: PricePaid | None) -> tuple[Figure, ...]:
    per = f"tCO2e/{good.basis.value}"
    mark = weakest(good.marks)
    made = [
        Figure(key="quantity", value=good.quantity, unit=good.basis.value, source="importer", mark="P"),
        Figure(key="see", value=see, unit=per, source="Implementing Regulation (EU) 2025/2547", mark=mark),
        Figure(
            key="sefa", value=good.sefa, unit=per, source="Implementing Regulation (EU) 2025/2620", mark=mark
        ),
    ]
    if paid is not None:
        made.append(
            Figure(key="price-deduction", value=deduction, unit="tCO2e", source=DRAFT_SOURCE, mark="?")
        )
    return tuple(replace(figure, record=good.good) for figure in made)
