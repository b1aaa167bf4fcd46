"""A whole release as an openLCA JSON-LD package (olca-schema 2), to be opened in openLCA and read again by us.

Rules
1. Every dataset is a unit process of one unit of its product; every exchange names its supplier as default provider, so
   links are exact. Waste treatments are services with positive inputs, as the release states them.
2. A negative input is an avoided product. An input without a supplier is a product flow that no process makes, marked
   so that it stays unlinked however it is read.
3. Every impact method of the release is an impact category; those of one name before the comma form a method.
4. The same release gives the same bytes with the same zlib: entities by identifier, no dates.
5. The package appears at once and whole, by a rename.

Example: ``write(open_release(path), Path("open-cn.zip"))``.
"""

from __future__ import annotations

import json
import math
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databases import packages
from databases.dataset import Dataset
from databases.exporters.jsonld_entities import TAG, Entities, entity_id, escaped, is_taken, process_id

if TYPE_CHECKING:
    from databases.catalogue import Exchange, Flow
    from databases.release import Release

_EPOCH = (1980, 1, 1, 0, 0, 0)
_LABELS = ("published", "published_unit", "rule", "source", "locator", "certainty")


def write(release: Release, target: Path) -> None:
    """Write ``release`` to the file ``target`` (rules 1 to 5); a file there is replaced. Raises OSError."""
    from olca_schema.zipio import ZipWriter

    with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as folder:
        raw, packed = Path(folder) / "raw.zip", Path(folder) / "packed.zip"
        with ZipWriter(raw) as writer:
            for entity in entities(release):
                writer.write(entity)
        _pack(raw, packed)
        packed.replace(target)


def entities(release: Release) -> Iterator[Any]:
    """Every entity of the package, processes and impact categories first, as objects of ``olca_schema``."""
    known = Entities(release)
    flows = release.catalogue.flows()
    by_code = {flow.code: flow for flow in flows}
    for dataset in release.catalogue.all():
        yield _undated(_process(release, known, dataset, by_code))
    for entity in _methods(release, known, flows):
        yield _undated(entity)
    for _, entity in sorted(known.made.items()):
        yield _undated(entity)


def _undated(entity: Any) -> Any:
    """The library dates every new entity; a release has no date of its own, and rule 4 wants none."""
    entity.last_change = None
    return entity


def _process(release: Release, known: Entities, dataset: Dataset, flows: dict[str, Flow]) -> Any:
    import olca_schema as olca

    product, unit = known.product(dataset), known.unit(dataset.unit)
    exchanges = [
        olca.Exchange(
            internal_id=1,
            amount=1.0,
            flow=product,
            unit=unit.unit,
            flow_property=unit.quantity,
            is_input=False,
            is_avoided_product=False,
            is_quantitative_reference=True,
        )
    ]
    for number, exchange in enumerate(release.catalogue.exchanges(dataset.code), start=2):
        made = _exchange(release, known, exchange, flows)
        made.internal_id = number
        exchanges.append(made)
    return olca.Process(
        id=process_id(release, dataset.code),
        name=dataset.name_en or dataset.name_zh,
        category="/".join(part for part in (dataset.kind, dataset.group) if part),
        description=_paragraphs(
            dataset.note_en, dataset.note_zh, release.catalogue.documentation(dataset.code)
        ),
        process_type=olca.ProcessType.UNIT_PROCESS,
        default_allocation_method=olca.AllocationType.NO_ALLOCATION,
        location=known.place(dataset.place),
        process_documentation=_documentation(release, known, dataset),
        exchanges=exchanges,
        last_internal_id=len(exchanges),
        tags=_tags(dataset),
    )


def _exchange(release: Release, known: Entities, exchange: Exchange, flows: dict[str, Flow]) -> Any:
    import olca_schema as olca

    amount, unit = exchange.amount, known.unit(exchange.unit)
    made = olca.Exchange(
        unit=unit.unit,
        flow_property=unit.quantity,
        is_input=True,
        is_avoided_product=False,
        is_quantitative_reference=False,
        description=_origin(exchange),
    )
    if exchange.kind == "biosphere":
        flow = flows[exchange.flow_or_dataset_code]
        made.flow, made.is_input = known.elementary(flow), is_taken(flow)
    elif exchange.kind == "technosphere":
        supplier = release.catalogue.get(exchange.flow_or_dataset_code)
        made.flow = known.product(supplier)
        made.is_avoided_product = amount < 0
        made.default_provider = olca.Ref(
            ref_type=olca.RefType.Process,
            id=process_id(release, supplier.code),
            name=supplier.name_en or supplier.name_zh,
        )
    else:
        made.flow = known.without_supplier(exchange.flow_or_dataset_code, exchange.unit)
    sign = -1.0 if made.is_avoided_product else 1.0
    made.amount = sign * amount
    made.uncertainty = _uncertainty(exchange, sign)
    return made


def _origin(exchange: Exchange) -> str | None:
    """What was printed, how the amount follows from it and where it stands, as one line a fact."""
    lines = [f"{label}: {value}" for label in _LABELS if (value := getattr(exchange, label))]
    return "\n".join(lines) or None


def _uncertainty(exchange: Exchange, sign: float) -> Any:
    """The distribution of an exchange (keys of ``stats_arrays``) as openLCA has it; None for none."""
    import olca_schema as olca

    if not exchange.uncertainty:
        return None
    given = json.loads(exchange.uncertainty)
    kind = given.get("uncertainty type")
    low, high = (sign * given.get(key, math.nan) for key in ("minimum", "maximum"))
    low, high = (high, low) if sign < 0 else (low, high)
    kinds = olca.UncertaintyType
    if kind == 2 and "scale" in given and exchange.amount:
        return olca.Uncertainty(
            distribution_type=kinds.LOG_NORMAL_DISTRIBUTION,
            geom_mean=sign * exchange.amount,
            geom_sd=math.exp(given["scale"]),
        )
    if kind == 3 and {"loc", "scale"} <= given.keys():
        return olca.Uncertainty(
            distribution_type=kinds.NORMAL_DISTRIBUTION, mean=sign * given["loc"], sd=given["scale"]
        )
    if kind in (4, 5) and not math.isnan(low + high):
        middle = {"mode": sign * given.get("loc", exchange.amount)} if kind == 5 else {}
        name = kinds.TRIANGLE_DISTRIBUTION if kind == 5 else kinds.UNIFORM_DISTRIBUTION
        return olca.Uncertainty(distribution_type=name, minimum=low, maximum=high, **middle)
    return None


def _documentation(release: Release, known: Entities, dataset: Dataset) -> Any:
    import olca_schema as olca

    year = f"{dataset.year:04d}" if dataset.year else ""
    return olca.ProcessDocumentation(
        valid_from=f"{year}-01-01" if year else None,
        valid_until=f"{year}-12-31" if year else None,
        technology_description=dataset.technology or None,
        sources=[known.source(dataset.source)],
        publication=known.source(dataset.source),
        restrictions_description=_paragraphs(release.licence, dataset.source.licence),
        project_description=f"{release.identifier}, sha256 {release.digest}",
    )


def _tags(dataset: Dataset) -> list[str]:
    """What openLCA has no field for; commas would split a tag in openLCA, so they are written as ``%2C``."""
    told = {
        "code": dataset.code,
        "kind": dataset.kind,
        "group": dataset.group,
        "boundary": dataset.boundary,
        "certainty": dataset.certainty,
        "locator": dataset.locator,
        "name-zh": dataset.name_zh,
        "partial": "" if dataset.complete else "yes",
    }
    return [f"{TAG}{key}={escaped(value)}" for key, value in told.items() if value]


def _paragraphs(*parts: str) -> str | None:
    return "\n\n".join(dict.fromkeys(part for part in parts if part)) or None


def _methods(release: Release, known: Entities, flows: list[Flow]) -> Iterator[Any]:
    """Impact categories and the methods that hold them (rule 3)."""
    import olca_schema as olca

    methods: dict[str, list[Any]] = {}
    for identifier, told in sorted(release.methods.items()):
        title = told.get("title") or identifier
        factors = packages.load_characterisation(release.datapackage_paths([identifier])[1], len(flows))
        category = olca.ImpactCategory(
            id=entity_id("method", f"{release.identifier}/{identifier}"),
            name=title,
            code=identifier,
            ref_unit=told["unit"],
            description=told.get("source") or None,
            impact_factors=[
                _factor(known, flow, float(factor))
                for flow, factor in zip(flows, factors, strict=True)
                if factor
            ],
        )
        methods.setdefault(title.partition(",")[0], []).append(category.to_ref())
        yield category
    for title, categories in sorted(methods.items()):
        key = entity_id("methods", f"{release.identifier}/{title}")
        yield olca.ImpactMethod(id=key, name=title, impact_categories=categories)


def _factor(known: Entities, flow: Flow, value: float) -> Any:
    import olca_schema as olca

    unit = known.unit(flow.unit)
    return olca.ImpactFactor(
        flow=known.elementary(flow), flow_property=unit.quantity, unit=unit.unit, value=value
    )


def _pack(raw: Path, packed: Path) -> None:
    """The same members, sorted by name and without dates (rule 4)."""
    with zipfile.ZipFile(raw) as given, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(given.namelist()):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            made.writestr(entry, given.read(name))
