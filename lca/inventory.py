"""An inventory: what one product's own processes took in and gave out in a period, as the exporter stated it.

Rules
1. Everything is frozen; a changed inventory is another inventory with another digest.
2. Amounts are exact decimals in the line's own unit, for the whole period; float64 begins in the engine.
3. A line belongs to one process and one life-cycle stage (ISO 14067:2018, 6.3.4); an INTERMEDIATE line takes the
   output of another process of the same inventory, so that loops can be written.
4. Gross amount = net amount x (1 + loss %/100): the loss is bought, carried and paid for too.
5. The digest is SHA-256 over the RFC 8785 form of :meth:`Inventory.as_dict`, in which every number is a string.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import rfc8785

from lca.findings import Place


class Boundary(StrEnum):
    """System boundary (ISO 14067:2018, 6.3.4.2 for partial footprints)."""

    CRADLE_TO_GATE = "cradle-to-gate"
    CRADLE_TO_GRAVE = "cradle-to-grave"


class Stage(StrEnum):
    """Life-cycle stages, in the order in which they are printed."""

    RAW_MATERIALS = "raw-materials"
    PRODUCTION = "production"
    DISTRIBUTION = "distribution"
    USE = "use"
    END_OF_LIFE = "end-of-life"


class LineKind(StrEnum):
    """What a line is; each kind admits datasets of certain kinds and boundaries only (see ``lca.linking``)."""

    MATERIAL = "material"
    PACKAGING = "packaging"
    ELECTRICITY = "electricity"
    FUEL = "fuel"
    HEAT = "heat"
    WATER = "water"
    TRANSPORT = "transport"
    WASTE = "waste"
    EMISSION = "emission"
    INTERMEDIATE = "intermediate"


class ElectricitySource(StrEnum):
    """How the electricity of a line was obtained (ISO 14067:2018, 6.4.9.4)."""

    GRID = "grid"
    OWN_GENERATION = "own-generation"
    DIRECT_LINE = "direct-line"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One transport leg of a line's gross mass. ``distance_km`` in km; ``mode`` is the exporter's own word."""

    number: int
    mode: str
    distance_km: Decimal
    origin: str = ""
    destination: str = ""
    dataset: str = ""
    place: Place = Place()

    def __post_init__(self) -> None:
        if self.distance_km < 0:
            raise ValueError("A transport distance is never negative.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One input or output of a process over the whole period.

    ``amount`` in ``unit`` (canonical unit code of ``databases.units``), before losses; ``dataset`` is the dataset code
    the exporter asked for, if any; ``cutoff_reason`` non-empty means the line is excluded, with ``cutoff_share`` its
    declared share of the product's mass or energy in percent.
    """

    number: str
    process: str
    stage: Stage
    kind: LineKind
    name: str
    amount: Decimal
    unit: str
    loss_percent: Decimal = Decimal(0)
    supplier: str = ""
    origin: str = ""
    electricity_source: ElectricitySource | None = None
    dataset: str = ""
    from_process: str = ""
    cutoff_reason: str = ""
    cutoff_share: Decimal | None = None
    evidence: str = ""
    legs: tuple[Leg, ...] = ()
    place: Place = Place()

    def __post_init__(self) -> None:
        if self.amount < 0 or self.loss_percent < 0:
            raise ValueError(
                "Amounts and losses are never negative; a credit is a modelling choice, not a sign."
            )
        if (self.kind is LineKind.INTERMEDIATE) != bool(self.from_process):
            raise ValueError(
                "An intermediate line names the process it comes from, and only such a line does."
            )

    @property
    def gross_amount(self) -> Decimal:
        """Amount with losses, in ``unit`` (rule 4)."""
        return self.amount * (1 + self.loss_percent / 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a process gave out in the period: ``amount`` in ``unit``. One output a process in this version."""

    process: str
    name: str
    amount: Decimal
    unit: str
    place: Place = Place()

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError("A process has a positive output.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """One product, one period, one site. ``declared_amount`` in ``declared_unit`` is what the footprint refers to.

    ``product_process`` is the process whose output is the product. ``mass_per_declared_unit`` in kg. ``gtin`` has 14
    digits, or none.
    ``workbook_sha256`` is the hash of the file as handed in.
    """

    product_name_zh: str
    product_name_en: str
    model: str
    cn_code: str
    declared_amount: Decimal
    declared_unit: str
    mass_per_declared_unit: Decimal
    period_start: date
    period_end: date
    site: str
    place_code: str
    boundary: Boundary
    product_process: str
    outputs: tuple[Output, ...]
    lines: tuple[Line, ...]
    workbook_sha256: str = ""
    remarks: str = ""
    gtin: str = ""
    extra: tuple[tuple[str, str], ...] = field(default=())

    def __post_init__(self) -> None:
        if self.period_end < self.period_start:
            raise ValueError("The period ends before it starts.")
        processes = [output.process for output in self.outputs]
        if len(set(processes)) != len(processes) or self.product_process not in processes:
            raise ValueError("Each process has one output, and the product's process is among them.")
        if self.declared_amount <= 0 or self.mass_per_declared_unit <= 0:
            raise ValueError("Declared amount and mass per declared unit are positive.")

    def as_dict(self) -> dict[str, Any]:
        """JSON form: numbers as plain decimal strings, dates as ISO 8601, places included."""
        return _plain(asdict(self))  # type: ignore[no-any-return]

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical form (rule 5)."""
        return hashlib.sha256(rfc8785.dumps(self.as_dict())).hexdigest()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Inventory:
        """The inverse of :meth:`as_dict`; raises KeyError, ValueError or decimal.InvalidOperation on damaged data."""
        values = dict(data)
        values["outputs"] = tuple(
            Output(**{**o, "amount": Decimal(o["amount"]), "place": Place(**o["place"])})
            for o in data["outputs"]
        )
        values["lines"] = tuple(_line(line) for line in data["lines"])
        for name in ("declared_amount", "mass_per_declared_unit"):
            values[name] = Decimal(data[name])
        for name in ("period_start", "period_end"):
            values[name] = date.fromisoformat(data[name])
        values["boundary"] = Boundary(data["boundary"])
        values["extra"] = tuple((name, text) for name, text in data["extra"])
        return cls(**values)


def _line(data: dict[str, Any]) -> Line:
    source, share = data["electricity_source"], data["cutoff_share"]
    return Line(
        **{
            **data,
            "stage": Stage(data["stage"]),
            "kind": LineKind(data["kind"]),
            "amount": Decimal(data["amount"]),
            "loss_percent": Decimal(data["loss_percent"]),
            "electricity_source": ElectricitySource(source) if source else None,
            "cutoff_share": Decimal(share) if share is not None else None,
            "place": Place(**data["place"]),
            "legs": tuple(
                Leg(**{**leg, "distance_km": Decimal(leg["distance_km"]), "place": Place(**leg["place"])})
                for leg in data["legs"]
            ),
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
