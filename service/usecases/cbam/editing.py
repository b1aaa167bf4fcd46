"""One record of an installation's data is changed, added or removed: each time the next version of the whole.

Rules
1. A record is named by its id, or by ``#n``, its place from 1, in the collections whose records have none.
2. The id of a record stays: others refer to it. Nothing that refers to a removed record is repaired; the findings name
   what hangs in the air.
3. Whatever the fields hold is read once more as a whole, as strictly as stored data is.
4. A verifier's report on a precursor is no field among others: it is added by ``suppliers.add_verification_report``,
   and may only be taken away here.

Example: ``edit_record(actor, EditRecord(key, 3, "streams", "S1", {"activity": "1250.5"}), services)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Protocol

from lca.cbam.monitoring import Monitoring, PrecursorValues
from lca.findings import Finding
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import records
from service.usecases.cbam.keeping import (
    Draft,
    InstallationView,
    keep,
    require_version,
    tables_of,
    view_of,
)
from service.usecases.cbam.records import FieldInfo, fields_of
from service.usecases.cbam.refusals import UnknownRecord
from service.usecases.inventories import file_name
from service.usecases.refusals import InvalidInput
from service.usecases.services import Services

__all__ = [
    "AddRecord",
    "EditHead",
    "EditRecord",
    "Edited",
    "FieldInfo",
    "RemoveRecord",
    "add_record",
    "edit_head",
    "edit_record",
    "fields_of",
    "remove_record",
]

LETTERS = {
    "streams": "S",
    "measured": "M",
    "pfc": "F",
    "other": "O",
    "transfers": "T",
    "units": "U",
    "heat": "H",
}
LETTERS |= {
    "waste_gas": "W",
    "electricity": "E",
    "processes": "P",
    "goods": "G",
    "precursors": "R",
    "evidence": "D",
}
"""With what letter the id of a new record begins; the collections not named here have no ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRecord:
    """New values for some fields of a record; ``version`` is the one the person looked at."""

    installation_id: str
    version: int
    collection: str
    record: str
    fields: Mapping[str, Any] = field(repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRecord:
    """A new record; ``parent`` is the process of a good."""

    installation_id: str
    version: int
    collection: str
    fields: Mapping[str, Any] = field(repr=False)
    parent: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRecord:
    """A record to be left out of the next version."""

    installation_id: str
    version: int
    collection: str
    record: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditHead:
    """New values for a part of the head: one of ``records.PARTS``."""

    installation_id: str
    version: int
    part: str
    fields: Mapping[str, Any] = field(repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """The version that was stored, the record it is about, and what the checks say of the data now."""

    number: int
    record: str
    findings: tuple[Finding, ...]


Change = Callable[[dict[str, Any]], str]
"""Changes plain monitoring data in place; returns the record it was about."""


def edit_record(actor: Actor, command: EditRecord, services: Services) -> Edited:
    """Change fields of one record. Raises NotAllowed, NotFound, MonitoringChanged, UnknownRecord, InvalidInput."""

    def change(plain: dict[str, Any]) -> str:
        infos = _infos(command.collection)
        listed, place = find(plain, command.collection, command.record)
        before = listed[place]
        listed[place] = records.changed(before, infos, command.fields)
        if listed[place].get("id") != before.get("id"):
            raise InvalidInput(field="id", problem="it stays as it is: others refer to it")
        _require_no_report(before, listed[place])
        return command.record

    return store(actor, command, change, services)


def add_record(actor: Actor, command: AddRecord, services: Services) -> Edited:
    """Add a record, with an id where its kind has one. Raises as :func:`edit_record`."""

    def change(plain: dict[str, Any]) -> str:
        infos = _infos(command.collection)
        given = dict(command.fields)
        if command.collection in LETTERS and not given.get("id"):
            given["id"] = _new_id(plain, LETTERS[command.collection])
        made = records.changed(records.blank(infos), infos, given)
        records.require_whole(made, infos)
        _require_no_report({}, made)
        if "id" in made and made["id"] in _ids(plain):
            raise InvalidInput(field="id", problem=f"{made['id']} is used already")
        listed = _listed(plain, command.collection, command.parent)
        listed.append(made)
        return str(made.get("id") or f"#{len(listed)}")

    return store(actor, command, change, services)


def remove_record(actor: Actor, command: RemoveRecord, services: Services) -> Edited:
    """Leave a record out of the next version. Raises as :func:`edit_record`."""

    def change(plain: dict[str, Any]) -> str:
        _infos(command.collection)
        listed, place = find(plain, command.collection, command.record)
        del listed[place]
        return command.record

    return store(actor, command, change, services)


def edit_head(actor: Actor, command: EditHead, services: Services) -> Edited:
    """Change the identification, the period, the words on quality, the fuel balance or a single value.

    Raises as :func:`edit_record`.
    """

    def change(plain: dict[str, Any]) -> str:
        if command.part not in records.PARTS:
            raise InvalidInput(field="part", problem=f"one of {', '.join(records.PARTS)}")
        infos = fields_of(command.part)
        if command.part == "monitoring":
            plain.update(records.changed(plain, infos, command.fields))
        else:
            plain[command.part] = records.changed(plain[command.part], infos, command.fields)
        return command.part

    return store(actor, command, change, services)


class OnVersion(Protocol):
    """What every command that changes data says: of which installation, which version was looked at, and why."""

    @property
    def installation_id(self) -> str:
        """The installation."""
        ...

    @property
    def version(self) -> int:
        """The version the person looked at."""
        ...

    @property
    def note(self) -> str:
        """Why, in the person's words."""
        ...


def store(
    actor: Actor,
    command: OnVersion,
    change: Change,
    services: Services,
    source: str = "form",
    upload: tuple[str, bytes] | None = None,
) -> Edited:
    """Apply a change to the newest data and store it as the next version (rule 3), with the file it came from.

    Raises as :func:`edit_record`.
    """
    from lca.cbam.storage import write_monitoring

    allow(actor, Permission.CBAM_EDIT)
    now = services.clock()
    with services.uow(write=True) as unit:
        view = view_of(actor, unit, command.installation_id)
        require_version(view.installation, command.version)
        plain = write_monitoring(view.data)
        plain = _lists(plain)
        about = change(plain)
        data = whole(plain)
        filename, given = (file_name(upload[0]), upload[1]) if upload else ("", None)
        draft = Draft(data, source, filename, given, note=command.note)
        made = keep(actor, unit, view.installation, draft, now)
        unit.commit()
    return Edited(made.number, about, found_in(data, services))


def found_in(data: Monitoring, services: Services) -> tuple[Finding, ...]:
    """What the checks say of the data, with the tables in force at the end of its period."""
    from lca.cbam.checks import check

    return check(data, tables_of(services, data.period.end))


def whole(plain: Mapping[str, Any]) -> Monitoring:
    """Monitoring data from plain JSON. Raises InvalidInput naming what does not fit."""
    from lca.cbam.storage import NotMonitoring, read_monitoring

    try:
        return read_monitoring(plain)
    except NotMonitoring as error:
        raise InvalidInput(field="content", problem=str(error)[:1000]) from error


def find(plain: dict[str, Any], collection: str, record: str) -> tuple[list[dict[str, Any]], int]:
    """The list a record stands in, and its place in it (rule 1). Raises UnknownRecord."""
    lists = [one["goods"] for one in plain["processes"]] if collection == "goods" else [plain[collection]]
    for listed in lists:
        for place, one in enumerate(listed):
            if one.get("id", f"#{place + 1}") == record:
                return listed, place
    raise UnknownRecord(collection=collection, record=record)


def named(view: InstallationView, collection: str, record: str) -> dict[str, Any]:
    """One record of a version as plain JSON. Raises UnknownRecord."""
    from lca.cbam.storage import write_monitoring

    listed, place = find(_lists(write_monitoring(view.data)), collection, record)
    return listed[place]


def plain_values(values: PrecursorValues) -> dict[str, Any]:
    """A supplier's values as plain JSON, as they stand inside of monitoring data."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return value.isoformat() if isinstance(value, date) else value

    found: dict[str, Any] = plain(asdict(values))
    return found


def _require_no_report(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Rule 4."""
    new = (after.get("values") or {}).get("report")
    if new is not None and new != (before.get("values") or {}).get("report"):
        raise InvalidInput(
            field="values.report", problem="a verifier's report is added by itself, with its dates"
        )


def _infos(collection: str) -> tuple[FieldInfo, ...]:
    if collection not in records.collections():
        raise InvalidInput(field="collection", problem=f"one of {', '.join(records.collections())}")
    return fields_of(collection)


def _listed(plain: dict[str, Any], collection: str, parent: str) -> list[dict[str, Any]]:
    if collection != "goods":
        found: list[dict[str, Any]] = plain[collection]
        return found
    listed, place = find(plain, "processes", parent)
    goods: list[dict[str, Any]] = listed[place]["goods"]
    return goods


def _ids(plain: dict[str, Any]) -> set[str]:
    def every() -> Iterator[str]:
        for name in LETTERS:
            if name != "goods":
                yield from (one["id"] for one in plain[name])
        for process in plain["processes"]:
            yield from (good["id"] for good in process["goods"])

    return set(every())


def _new_id(plain: dict[str, Any], letter: str) -> str:
    taken, number = _ids(plain), 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


def _lists(plain: Any) -> Any:
    """The same JSON with lists that can be changed."""
    if isinstance(plain, dict):
        return {name: _lists(value) for name, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_lists(one) for one in plain]
    return plain
