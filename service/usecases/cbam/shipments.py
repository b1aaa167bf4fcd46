"""What an exporter sends to which importer, and how far each importer is from the threshold of 50 tonnes.

Rules
1. Shipments are the exporter's alone: no institution sees its customers.
2. A shipment may be changed and removed; each time the audit chain keeps that it was, by whom, and the hash of the row
   before and after. Whoever changes it says which version was looked at.
3. A file is taken whole or not at all; every row that is wrong is told. A file whose every row is there already was
   taken before, and is not taken twice.
4. An exporter sees its own shipments only: an importer may import more from others, and the page says so.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from databases.cbam.goods import digits
from lca.findings import Finding
from service.store.records import CbamShipment
from service.usecases.access import Actor, Permission, allow, require_seen
from service.usecases.cbam import shipment_files
from service.usecases.cbam.keeping import installation_of, require_size, require_sound, tables_of
from service.usecases.cbam.refusals import MonitoringChanged
from service.usecases.common import new_id, record
from service.usecases.refusals import InvalidInput
from service.usecases.services import Services

if TYPE_CHECKING:
    from lca.cbam.obligation.threshold import Checked
    from service.store.uow import UnitOfWork

FIRST_YEAR = 2026
LONGEST = 500
MOST_TOLD = 200
"""Findings about a file that are told; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Goods of one CN code to one importer; ``net_mass_kg`` as a decimal or its text, the day of import."""

    importer: str
    cn: str
    net_mass_kg: Decimal | str
    imported_on: date
    eori: str = ""
    origin: str = ""
    installation_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EditShipment:
    """A shipment as it is to be; ``version`` is the one the person looked at."""

    id: str
    version: int
    shipment: Shipment


@dataclass(frozen=True, slots=True)
class Imported:
    """How many shipments were added; none where a finding is an error."""

    count: int
    findings: tuple[Finding, ...] = field(default=())


def list_(
    actor: Actor, services: Services, importer: str = "", year: int | None = None
) -> tuple[CbamShipment, ...]:
    """The exporter's shipments, latest import first. Raises NotAllowed, InvalidInput."""
    allow(actor, Permission.CBAM_SHIPMENTS)
    if year is not None and not 1 <= year <= 9999:
        raise InvalidInput(field="year", problem="a calendar year")
    with services.uow() as unit:
        return unit.shipments.list_(actor.organisation_id, importer=importer, year=year)


def get(actor: Actor, key: str, services: Services) -> CbamShipment:
    """One shipment. Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_SHIPMENTS)
    with services.uow() as unit:
        return _of(actor, unit, key)


def add(actor: Actor, command: Shipment, services: Services) -> CbamShipment:
    """Add a shipment. Raises NotAllowed, NotFound (installation), InvalidInput."""
    allow(actor, Permission.CBAM_SHIPMENTS)
    now = services.clock()
    made = _made(actor, command, now)
    with services.uow(write=True) as unit:
        _add(actor, unit, made, now)
        unit.commit()
    return made


def edit(actor: Actor, command: EditShipment, services: Services) -> CbamShipment:
    """Change a shipment (rule 2). Raises NotAllowed, NotFound, MonitoringChanged, InvalidInput."""
    allow(actor, Permission.CBAM_SHIPMENTS)
    now = services.clock()
    made = _made(actor, command.shipment, now)
    with services.uow(write=True) as unit:
        before = _of(actor, unit, command.id)
        _require_installation(actor, unit, made)
        made = replace(made, id=before.id, version=command.version)
        if not unit.shipments.change(made):
            raise MonitoringChanged(version=before.version)
        made = replace(made, version=command.version + 1)
        record(unit, actor, _act(made), now, (digest(before), digest(made)))
        unit.commit()
    return made


def remove(actor: Actor, key: str, version: int, services: Services) -> None:
    """Remove a shipment (rule 2). Raises NotAllowed, NotFound, MonitoringChanged."""
    allow(actor, Permission.CBAM_SHIPMENTS)
    now = services.clock()
    with services.uow(write=True) as unit:
        before = _of(actor, unit, key)
        if not unit.shipments.remove(key, version):
            raise MonitoringChanged(version=before.version)
        record(unit, actor, _act(before), now, (digest(before), ""))
        unit.commit()


def import_file(actor: Actor, filename: str, data: bytes, services: Services) -> Imported:
    """Add every row of a CSV file or workbook, or none (rule 3). Raises NotAllowed, InvalidInput."""
    allow(actor, Permission.CBAM_SHIPMENTS)
    require_size(data, "file")
    now = services.clock()
    made: list[CbamShipment] = []
    findings: list[Finding] = []
    try:
        for row in shipment_files.rows(filename, data):
            found = _row(actor, row, now, made)
            findings += found
    except shipment_files.Unfit as unfit:
        findings += unfit.findings
    if findings or not made:
        return Imported(0, _told(findings) or (Finding.error("cbam-shipment-file-empty"),))
    with services.uow(write=True) as unit:
        there = Counter(_same(one) for one in unit.shipments.list_(actor.organisation_id))
        if Counter(_same(one) for one in made) <= there:
            return Imported(0, (Finding.error("cbam-shipment-file-known", count=len(made)),))
        for one in made:
            _add(actor, unit, one, now)
        unit.commit()
    return Imported(len(made))


def threshold(actor: Actor, year: int, services: Services) -> Checked:
    """Where every importer stands in a year, by the exporter's own shipments (rule 4).

    Raises NotAllowed, InvalidInput.
    """
    from lca.cbam.obligation import threshold as rule

    if year < FIRST_YEAR or year > 9999:
        raise InvalidInput(field="year", problem=f"a year from {FIRST_YEAR}")
    listed = list_(actor, services, year=year)
    given = (
        rule.Shipment(
            importer=one.importer,
            eori=one.eori,
            cn=one.cn,
            mass=one.net_mass_kg,
            on=one.imported_on,
            origin=one.origin,
        )
        for one in listed
    )
    return rule.check(given, year, tables_of(services))


def digest(one: CbamShipment) -> str:
    """SHA-256 of a shipment's row, for the audit chain."""
    fields = [one.id, one.exporter_id, one.importer, one.eori, one.cn, one.origin, str(one.net_mass_kg)]
    fields += [one.imported_on.isoformat(), one.installation_id or "", one.note, str(one.version)]
    fields += [one.changed_by, one.changed_at.isoformat()]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()


def _same(one: CbamShipment) -> tuple[object, ...]:
    """What two rows of files that say the same have in common."""
    return (one.importer, one.eori, one.cn, one.origin, one.net_mass_kg, one.imported_on, one.note)


def _of(actor: Actor, unit: UnitOfWork, key: str) -> CbamShipment:
    found = unit.shipments.get(key)
    require_seen(actor, "shipment", key, (found.exporter_id, "") if found else None)
    assert found is not None  # noqa: S101 - require_seen refused None
    return found


def _add(actor: Actor, unit: UnitOfWork, made: CbamShipment, now: datetime) -> None:
    _require_installation(actor, unit, made)
    unit.shipments.add(made)
    record(unit, actor, _act(made), now, ("", digest(made)))


def _require_installation(actor: Actor, unit: UnitOfWork, made: CbamShipment) -> None:
    if made.installation_id is not None:
        installation_of(actor, unit, made.installation_id)


def _act(one: CbamShipment) -> tuple[str, str]:
    return Permission.CBAM_SHIPMENTS, f"cbam-shipment:{one.id}"


def _made(actor: Actor, command: Shipment, now: datetime) -> CbamShipment:
    """A row of a command. Raises InvalidInput."""
    cn = digits(command.cn)
    if not (cn.isascii() and cn.isdigit() and len(cn) in (8, 10)):
        raise InvalidInput(field="cn", problem="8 digits of the CN, or 10 of TARIC")
    texts = {name: getattr(command, name).strip() for name in ("importer", "eori", "origin", "note")}
    for name, text in texts.items():
        if len(text) > LONGEST:
            raise InvalidInput(field=name, problem=f"at most {LONGEST} characters")
    require_sound(texts)
    if not (texts["importer"] or texts["eori"]):
        raise InvalidInput(field="importer", problem="needed: a name, or an EORI number")
    return CbamShipment(
        id=new_id(),
        exporter_id=actor.organisation_id,
        importer=texts["importer"],
        eori=texts["eori"].upper(),
        cn=cn,
        origin=texts["origin"].upper(),
        net_mass_kg=_mass(command.net_mass_kg),
        imported_on=command.imported_on,
        installation_id=command.installation_id or None,
        note=texts["note"],
        changed_by=actor.person_id,
        changed_at=now,
        version=1,
    )


def _mass(value: Decimal | str) -> Decimal:
    try:
        mass = Decimal(value.strip()) if isinstance(value, str) else value
    except InvalidOperation as error:
        raise InvalidInput(field="net_mass_kg", problem="a number of kilograms such as 24000.5") from error
    if not mass.is_finite() or not 0 < mass < Decimal(10) ** 12 or mass.as_tuple().exponent < -6:  # type: ignore[operator]
        raise InvalidInput(field="net_mass_kg", problem="more than 0 kilograms, with at most 6 decimals")
    return Decimal(f"{mass:f}")


def _row(
    actor: Actor, row: shipment_files.Row, now: datetime, made: list[CbamShipment]
) -> tuple[Finding, ...]:
    """Add the shipment of a row of a file to ``made``, or tell all that is wrong with it."""
    cells = row.cells
    on = shipment_files.day(cells.get("imported_on", ""))
    mass = shipment_files.mass(cells.get("net_mass_kg", ""), row.comma)
    wrong = [name for name, value in (("imported_on", on), ("net_mass_kg", mass)) if value is None]
    texts = {name: cells.get(name, "") for name in ("importer", "eori", "cn", "origin", "note")}
    given = Shipment(**texts, net_mass_kg=mass or "1", imported_on=on or date(FIRST_YEAR, 1, 1))
    try:
        one = _made(actor, given, now)
    except InvalidInput as refusal:
        wrong.append(refusal.details["field"])
    if not wrong:
        made.append(one)
    return tuple(
        Finding.error(
            _row_code(name, cells), row.place(name), field=name, text=cells.get(name, "")[:40] or "—"
        )
        for name in wrong
    )


def _row_code(name: str, cells: dict[str, str]) -> str:
    known = {"cn": "cn", "net_mass_kg": "mass", "imported_on": "date"}
    missing = name == "importer" and not cells.get(name)
    return f"cbam-shipment-row-{'importer' if missing else known.get(name, 'text')}"


def _told(findings: list[Finding]) -> tuple[Finding, ...]:
    """The first findings, and how many more there are."""
    more = len(findings) - MOST_TOLD
    closing = (Finding.error("cbam-shipment-more", count=more),) if more > 0 else ()
    return (*findings[:MOST_TOLD], *closing)
