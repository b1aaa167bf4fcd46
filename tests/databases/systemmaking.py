"""Small systems, written once and put down in every format of the field by that format's own conventions.

A system is a list of :class:`Unit`; what a format cannot say it says as its own tools do: waste handed over is a
negative input (ecoinvent, Brightway), an output for treatment (EcoSpold 1), a waste flow (openLCA, ILCD) or a row
under "Waste to treatment" (SimaPro); an avoided product is marked, or a negative input (EcoSpold 2, ILCD).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

MASS = "93a60a56-a3c8-11da-a746-0800200b9a66"
PER = {"g": ("kg", 0.001), "kg": ("kg", 1.0), "t": ("kg", 1000.0), "MJ": ("MJ", 1.0), "kWh": ("MJ", 3.6)}
"""Reference unit of ILCD and openLCA for a unit, and how many of it one is; other units are their own."""
CO2 = "Carbon dioxide, fossil"
AIR = ("air", "")


@dataclass(frozen=True)
class Row:
    """An exchange: ``kind`` is takes, waste (handed over), avoids, emits or draws (a resource)."""

    kind: str
    name: str
    amount: float
    unit: str = "kg"
    where: tuple[str, str] = AIR


@dataclass(frozen=True)
class Unit:
    """A process with one product, or with ``co`` (name, amount, unit, share) and the reference's own ``share``.

    ``treats``: the product is waste that it takes.
    """

    product: str
    amount: float
    unit: str
    rows: tuple[Row, ...]
    treats: bool = False
    co: tuple[tuple[str, float, str, float], ...] = ()
    share: float = 1.0
    place: str = "CN"


System = Sequence[Unit]


def uuid(text: str) -> str:
    """One identifier a text, always the same."""
    return str(uuid5(NAMESPACE_URL, f"https://example.org/{text}"))


def emission(name: str, amount: float, unit: str = "kg", where: tuple[str, str] = AIR) -> Row:
    return Row("emits", name, amount, unit, where)


def brightway(system: System, folder: Path) -> Path:
    """The table of bw2io's CSV importer: treatment has a negative product, its customers negative inputs."""
    head = ["name", "amount", "unit", "type", "location", "categories"]
    rows: list[list[object]] = [["Database", "system"]]
    for unit in system:
        rows += [[], ["Activity", unit.product], ["unit", unit.unit], ["location", unit.place]]
        rows += [["code", unit.product], ["reference product", unit.product], ["Exchanges"], head]
        made = -unit.amount if unit.treats else unit.amount
        rows.append([unit.product, made, unit.unit, "production", unit.place, ""])
        for row in unit.rows:
            kind = {"takes": "technosphere", "waste": "technosphere", "avoids": "substitution"}.get(
                row.kind, ""
            )
            place = next((other.place for other in system if other.product == row.name), "")
            amount = -row.amount if row.kind == "waste" else row.amount
            where = "::".join(part for part in row.where if part)
            rows.append(
                [
                    row.name,
                    amount,
                    row.unit,
                    kind or "biosphere",
                    place if kind else "",
                    "" if kind else where,
                ]
            )
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    path = folder / "system.csv"
    path.write_text(target.getvalue(), encoding="utf-8")
    return path


def ecospold1(system: System, folder: Path) -> Path:
    """One file; treatment is a service with a positive product, handed over by output group 3."""
    groups = {
        "takes": "<inputGroup>5</inputGroup>",
        "waste": "<outputGroup>3</outputGroup>",
        "avoids": "<outputGroup>1</outputGroup>",
        "emits": "<outputGroup>4</outputGroup>",
        "draws": "<inputGroup>4</inputGroup>",
    }
    numbers: dict[str, int] = {}

    def exchange(name: str, amount: float, unit: str, group: str, where: tuple[str, str]) -> str:
        number = numbers.setdefault(name, len(numbers) + 1)
        return (
            f'<exchange number="{number}" category="{where[0]}" subCategory="{where[1]}" name="{name}"'
            f' unit="{unit}" meanValue="{amount!r}">{group}</exchange>'
        )

    datasets = []
    for unit in system:
        group = "<outputGroup>0</outputGroup>" if not unit.co else "<outputGroup>2</outputGroup>"
        data = [exchange(unit.product, unit.amount, unit.unit, group, ("p", ""))]
        data += [
            exchange(name, amount, measure, "<outputGroup>2</outputGroup>", ("p", ""))
            for name, amount, measure, _ in unit.co
        ]
        for row in unit.rows:
            where = row.where if row.kind in ("emits", "draws") else ("p", "")
            data.append(exchange(row.name, row.amount, row.unit, groups[row.kind], where))
        if unit.co:
            others = "".join(
                f"<referenceToInputOutput>{numbers[row.name]}</referenceToInputOutput>" for row in unit.rows
            )
            for name, share in (
                (unit.product, unit.share),
                *((name, share) for name, _, _, share in unit.co),
            ):
                data.append(
                    f'<allocation referenceToCoProduct="{numbers[name]}" allocationMethod="-1"'
                    f' fraction="{100 * share!r}">{others}</allocation>'
                )
        datasets.append(
            f'<dataset number="{numbers[unit.product]}" generator="t" timestamp="2024-05-01T12:00:00">'
            "<metaInformation><processInformation>"
            f'<referenceFunction name="{unit.product}" unit="{unit.unit}" amount="1"/>'
            f'<geography location="{unit.place}"/></processInformation></metaInformation>'
            f"<flowData>{''.join(data)}</flowData></dataset>"
        )
    path = folder / "system.xml"
    path.write_text(
        f'<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01">{"".join(datasets)}</ecoSpold>',
        encoding="utf-8",
    )
    return path


def ecospold2(system: System, folder: Path) -> Path:
    """A zip of .spold files: treatment by negative reference, waste and credits by negative inputs, all by link.

    The format has no shares; co-products have prices in their proportion.
    """

    def between(name: str, amount: float, unit: str, group: str, link: str = "") -> str:
        linked = f' activityLinkId="{uuid(link)}"' if link else ""
        return (
            f'<intermediateExchange id="{uuid(name + group)}" amount="{amount!r}"'
            f' intermediateExchangeId="{uuid("product " + name)}"{linked}>'
            f"<name>{name}</name><unitName>{unit}</unitName>{group}</intermediateExchange>"
        )

    def priced(price: float, group: str) -> str:
        return (
            f'<property propertyId="{uuid("price")}" amount="{price!r}"><name>price</name>'
            f"<unitName>EUR2005</unitName></property><outputGroup>{group}</outputGroup>"
        )

    makers = {
        name: unit.product for unit in system for name in (unit.product, *(item[0] for item in unit.co))
    }
    files = {}
    for unit in system:
        made = -unit.amount if unit.treats else unit.amount
        data = [
            between(
                unit.product,
                made,
                unit.unit,
                priced(unit.share / unit.amount, "0") if unit.co else "<outputGroup>0</outputGroup>",
            )
        ]
        data += [
            between(name, amount, measure, priced(share / amount, "2"))
            for name, amount, measure, share in unit.co
        ]
        for row in unit.rows:
            if row.kind in ("emits", "draws"):
                group = (
                    "<outputGroup>4</outputGroup>" if row.kind == "emits" else "<inputGroup>4</inputGroup>"
                )
                data.append(
                    f'<elementaryExchange id="{uuid(row.name + unit.product)}" amount="{row.amount!r}"'
                    f' elementaryExchangeId="{uuid("flow " + row.name + "".join(row.where) + row.unit)}">'
                    f"<name>{row.name}</name><unitName>{row.unit}</unitName><compartment>"
                    f"<compartment>{row.where[0]}</compartment>"
                    f"<subcompartment>{row.where[1] or 'unspecified'}</subcompartment></compartment>"
                    f"{group}</elementaryExchange>"
                )
            else:
                amount = row.amount if row.kind == "takes" else -row.amount
                data.append(
                    between(row.name, amount, row.unit, "<inputGroup>5</inputGroup>", makers[row.name])
                )
        files[f"datasets/{uuid(unit.product)}.spold"] = (
            '<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02"><activityDataset><activityDescription>'
            f'<activity id="{uuid(unit.product)}"><activityName>{unit.product}</activityName></activity>'
            f"<geography><shortname>{unit.place}</shortname></geography></activityDescription>"
            f"<flowData>{''.join(data)}</flowData></activityDataset></ecoSpold>"
        )
    return packed(folder / "system-es2.zip", files)


def simapro(system: System, folder: Path) -> Path:
    """A CSV export: waste treatments have a section of their own, shares are percentages of the products."""
    sections = {
        "takes": "Materials/fuels",
        "waste": "Waste to treatment",
        "avoids": "Avoided products",
        "emits": "Emissions to air",
        "draws": "Resources",
    }
    lines = ["{SimaPro 9.1.1.1}", "{processes}", "{CSV separator: Semicolon}", "{Decimal separator: .}", ""]
    for unit in system:
        lines += ["Process", "", "Category type", "waste treatment" if unit.treats else "material", ""]
        lines += ["Process identifier", uuid(unit.product)[:20], "", "Process name", unit.product, ""]
        if unit.treats:
            lines += [
                "Waste treatment",
                f"{unit.product};{unit.unit};{unit.amount!r};All waste types;Waste;",
                "",
            ]
        else:
            shares = ((unit.product, unit.amount, unit.unit, unit.share), *unit.co)
            lines += [
                "Products",
                *(
                    f"{name};{measure};{amount!r};{100 * share!r};not defined;Things;"
                    for name, amount, measure, share in shares
                ),
                "",
            ]
        for kind, section in sections.items():
            lines.append(section)
            for row in unit.rows:
                if row.kind == kind:
                    sub = f"{row.where[1]};" if kind in ("emits", "draws") else ""
                    lines.append(f"{row.name};{sub}{row.unit};{row.amount!r};Undefined;0;0;0;")
            lines.append("")
        lines += ["End", ""]
    path = folder / "system-simapro.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def jsonld(system: System, folder: Path) -> Path:
    """An openLCA package, schema 2: waste is a flow type; the treatment's reference is an input."""
    flows: dict[str, dict[str, object]] = {}
    measures = _measures(system)
    files: dict[str, str] = {"olca-schema.json": '{"version": 2}'}
    for reference, units in measures.items():
        group = {
            "@type": "UnitGroup",
            "@id": uuid("group " + reference),
            "name": f"Units like {reference}",
            "units": [
                {
                    "@id": uuid("unit " + name),
                    "name": name,
                    "conversionFactor": factor,
                    "isRefUnit": name == reference,
                }
                for name, factor in units.items()
            ],
        }
        files[f"unit_groups/{group['@id']}.json"] = json.dumps(group)
        quantity = {
            "@type": "FlowProperty",
            "@id": uuid("property " + reference),
            "name": f"Amount in {reference}",
        }
        files[f"flow_properties/{quantity['@id']}.json"] = json.dumps(
            quantity | {"unitGroup": {"@id": group["@id"]}}
        )

    def exchange(number: int, row: Row, kind: str, *, taken: bool, provider: str = "") -> dict[str, object]:
        path = "/".join(part for part in row.where if part)
        elementary = kind == "ELEMENTARY_FLOW"
        key = f"{kind} {row.name}" + (f" {path} {row.kind}" if elementary else "")
        root = "Elementary flows/Resource" if row.kind == "draws" else "Elementary flows/Emission to"
        reference = PER.get(row.unit, (row.unit, 1.0))[0]
        flows[key] = {
            "@type": "Flow",
            "@id": uuid(key),
            "name": row.name,
            "flowType": kind,
            "category": f"{root}{'/' if row.kind == 'draws' else ' '}{row.where[1] or row.where[0]}"
            if elementary
            else "Things",
            "flowProperties": [
                {
                    "isRefFlowProperty": True,
                    "conversionFactor": 1.0,
                    "flowProperty": {"@id": uuid("property " + reference)},
                }
            ],
        }
        made: dict[str, object] = {
            "internalId": number,
            "isInput": taken,
            "amount": row.amount,
            "flow": {"@id": uuid(key), "name": row.name, "flowType": kind},
            "unit": {"@id": uuid("unit " + row.unit), "name": row.unit},
            "flowProperty": {"@id": uuid("property " + reference)},
        }
        return made | ({"defaultProvider": {"@id": uuid("process " + provider)}} if provider else {})

    for unit in system:
        main = Row("", unit.product, unit.amount, unit.unit)
        first = exchange(1, main, "WASTE_FLOW" if unit.treats else "PRODUCT_FLOW", taken=unit.treats)
        rows = [first | {"isQuantitativeReference": True}]
        shares = [(unit.product, unit.share)]
        for name, amount, measure, share in unit.co:
            rows.append(exchange(len(rows) + 1, Row("", name, amount, measure), "PRODUCT_FLOW", taken=False))
            shares.append((name, share))
        for row in unit.rows:
            kind = {"waste": "WASTE_FLOW", "emits": "ELEMENTARY_FLOW", "draws": "ELEMENTARY_FLOW"}
            there = any(other.product == row.name for other in system)
            made = exchange(
                len(rows) + 1,
                row,
                kind.get(row.kind, "PRODUCT_FLOW"),
                taken=row.kind in ("takes", "draws", "avoids"),
                provider=row.name if there else "",
            )
            rows.append(made | ({"isAvoidedProduct": True} if row.kind == "avoids" else {}))
        entity: dict[str, object] = {
            "@type": "Process",
            "@id": uuid("process " + unit.product),
            "name": unit.product,
            "location": {"@id": uuid("location " + unit.place), "name": unit.place},
            "exchanges": rows,
        }
        if unit.co:
            entity["defaultAllocationMethod"] = "PHYSICAL_ALLOCATION"
            entity["allocationFactors"] = [
                {
                    "allocationType": "PHYSICAL_ALLOCATION",
                    "product": {"@id": uuid(f"PRODUCT_FLOW {name}")},
                    "value": share,
                }
                for name, share in shares
            ]
        files[f"processes/{entity['@id']}.json"] = json.dumps(entity)
    files |= {f"flows/{flow['@id']}.json": json.dumps(flow) for flow in flows.values()}
    return packed(folder / "system-olca.zip", files)


def ilcd(system: System, folder: Path) -> Path:
    """A zip of XML: every amount in the flow's reference unit, shares at each exchange, credits as negative inputs."""
    common = 'xmlns:common="http://lca.jrc.it/ILCD/Common" version="1.1"'
    files: dict[str, str] = {}
    for reference in _measures(system):
        group, quantity = uuid("group " + reference), uuid("property " + reference)
        files[f"ILCD/unitgroups/{group}.xml"] = (
            f'<unitGroupDataSet xmlns="http://lca.jrc.it/ILCD/UnitGroup" {common}><unitGroupInformation>'
            f"<dataSetInformation><common:UUID>{group}</common:UUID></dataSetInformation><quantitativeReference>"
            "<referenceToReferenceUnit>0</referenceToReferenceUnit></quantitativeReference></unitGroupInformation>"
            f'<units><unit dataSetInternalID="0"><name>{reference}</name><meanValue>1</meanValue></unit></units>'
            "</unitGroupDataSet>"
        )
        files[f"ILCD/flowproperties/{quantity}.xml"] = (
            f'<flowPropertyDataSet xmlns="http://lca.jrc.it/ILCD/FlowProperty" {common}>'
            f"<flowPropertiesInformation><dataSetInformation><common:UUID>{quantity}</common:UUID>"
            f'<common:name xml:lang="en">Amount in {reference}</common:name></dataSetInformation>'
            f'<quantitativeReference><referenceToReferenceUnitGroup refObjectId="{group}"/></quantitativeReference>'
            "</flowPropertiesInformation></flowPropertyDataSet>"
        )

    def flow(row: Row, kind: str) -> str:
        elementary = kind == "Elementary flow"
        key = f"ilcd {kind} {row.name} {row.kind if elementary else ''} {row.where if elementary else ''}"
        paths = {
            "emits": (
                "Emissions",
                f"Emissions to {row.where[0]}",
                f"Emissions to {row.where[0]}, unspecified",
            ),
            "draws": ("Resources", "Resources from air", "Renewable element resources from air"),
        }
        categories = "".join(
            f'<common:category level="{level}">{part}</common:category>'
            for level, part in enumerate(paths[row.kind] if elementary else ())
        )
        path = (
            "<classificationInformation><common:elementaryFlowCategorization>"
            f"{categories}</common:elementaryFlowCategorization></classificationInformation>"
        )
        reference = PER.get(row.unit, (row.unit, 1.0))[0]
        files[f"ILCD/flows/{uuid(key)}.xml"] = (
            f'<flowDataSet xmlns="http://lca.jrc.it/ILCD/Flow" {common}><flowInformation><dataSetInformation>'
            f'<common:UUID>{uuid(key)}</common:UUID><name><baseName xml:lang="en">{row.name}</baseName></name>'
            f"{path if elementary else ''}</dataSetInformation><quantitativeReference>"
            "<referenceToReferenceFlowProperty>0</referenceToReferenceFlowProperty></quantitativeReference>"
            f"</flowInformation><modellingAndValidation><LCIMethod><typeOfDataSet>{kind}</typeOfDataSet></LCIMethod>"
            '</modellingAndValidation><flowProperties><flowProperty dataSetInternalID="0">'
            f'<referenceToFlowPropertyDataSet refObjectId="{uuid("property " + reference)}"/>'
            "<meanValue>1.0</meanValue></flowProperty></flowProperties></flowDataSet>"
        )
        return uuid(key)

    def exchange(number: int, row: Row, kind: str, shares: Mapping[int, float], *, taken: bool) -> str:
        amount = row.amount * PER.get(row.unit, (row.unit, 1.0))[1]
        split = "".join(
            f'<allocation internalReferenceToCoProduct="{index}" allocatedFraction="{100 * share!r}"/>'
            for index, share in shares.items()
        )
        return (
            f'<exchange dataSetInternalID="{number}"><referenceToFlowDataSet refObjectId="{flow(row, kind)}"/>'
            f"<exchangeDirection>{'Input' if taken else 'Output'}</exchangeDirection>"
            f"<meanAmount>{amount!r}</meanAmount>"
            + (f"<allocations>{split}</allocations>" if split else "")
            + "</exchange>"
        )

    for unit in system:
        main = Row("", unit.product, unit.amount, unit.unit)
        made = [exchange(0, main, "Waste flow" if unit.treats else "Product flow", {}, taken=unit.treats)]
        made += [
            exchange(number, Row("", name, amount, measure), "Product flow", {}, taken=False)
            for number, (name, amount, measure, _) in enumerate(unit.co, 1)
        ]
        shares = (
            {0: unit.share} | {number: item[3] for number, item in enumerate(unit.co, 1)} if unit.co else {}
        )
        kinds = {"waste": "Waste flow", "emits": "Elementary flow", "draws": "Elementary flow"}
        for row in unit.rows:
            signed = Row(
                row.kind, row.name, -row.amount if row.kind == "avoids" else row.amount, row.unit, row.where
            )
            taken = row.kind in ("takes", "draws", "avoids")
            made.append(exchange(len(made), signed, kinds.get(row.kind, "Product flow"), shares, taken=taken))
        identifier = uuid("process " + unit.product)
        files[f"ILCD/processes/{identifier}.xml"] = (
            f'<processDataSet xmlns="http://lca.jrc.it/ILCD/Process" {common}><processInformation><dataSetInformation>'
            f'<common:UUID>{identifier}</common:UUID><name><baseName xml:lang="en">{unit.product}</baseName></name>'
            '</dataSetInformation><quantitativeReference type="Reference flow(s)"><referenceToReferenceFlow>0'
            "</referenceToReferenceFlow></quantitativeReference><geography>"
            f'<locationOfOperationSupplyOrProduction location="{unit.place}"/></geography></processInformation>'
            f"<exchanges>{''.join(made)}</exchanges></processDataSet>"
        )
    return packed(folder / "system-ilcd.zip", files)


def _measures(system: System) -> dict[str, dict[str, float]]:
    """Units in use, by their reference unit, each with how many of it one is."""
    found: dict[str, dict[str, float]] = {}
    for unit in system:
        written = [unit.unit, *(item[2] for item in unit.co), *(row.unit for row in unit.rows)]
        for name in written:
            reference, factor = PER.get(name, (name, 1.0))
            found.setdefault(reference, {reference: 1.0})[name] = factor
    return found


def packed(path: Path, files: Mapping[str, str]) -> Path:
    """A zip of these texts."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in sorted(files.items()):
            archive.writestr(name, text)
    return path


FORMATS: dict[str, Callable[[System, Path], Path]] = {
    "brightway": brightway,
    "ecospold1": ecospold1,
    "ecospold2": ecospold2,
    "simapro": simapro,
    "jsonld": jsonld,
    "ilcd": ilcd,
}
