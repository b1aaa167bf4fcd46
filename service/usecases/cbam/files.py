"""A workbook calculated, drawn and filled without a store: nothing of it is kept, nobody else can see it.

Rules
1. The rules are those of the stored way (``calculating``, ``documents``); only storing and registering are left out.
2. For the Commission's workbook what it shows itself is set beside our figures, and every difference is told. A
   workbook that shows nothing was compared with nothing, and that is told too.

Example: ``calculate(actor, Workbook("2026.xlsx", data), services).done.totals.direct_t``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lca.cbam.monitoring import Monitoring
from lca.cbam.results import Calculation, Path
from lca.findings import Finding, has_errors
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import documents
from service.usecases.cbam.keeping import require_size, tables_of
from service.usecases.cbam.recognition import COMMUNICATION, kind_of
from service.usecases.refusals import GateClosed, InvalidInput
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from lca.cbam.communication import Difference, Reading


@dataclass(frozen=True, slots=True)
class Workbook:
    """Our workbook or the Commission's, and the path to calculate."""

    filename: str
    data: bytes = field(repr=False)
    path: Path = Path.ACTUAL


@dataclass(frozen=True, slots=True)
class Calculated:
    """What came of a workbook; ``compared`` counts the figures it shows itself, ``differences`` those unlike ours."""

    kind: str
    data: Monitoring
    done: Calculation
    findings: tuple[Finding, ...]
    compared: int = 0
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A workbook as read; ``reading`` is the Commission's where it is one."""

    kind: str
    data: Monitoring
    findings: tuple[Finding, ...]
    locate: Callable[[tuple[Finding, ...]], tuple[Finding, ...]]
    reading: Reading | None = None


def calculate(actor: Actor, command: Workbook, services: Services) -> Calculated:
    """Read and calculate. Raises NotAllowed, InvalidInput, and GateClosed with every finding."""
    from lca.cbam.communication import compare
    from lca.cbam.communication.stated import compared

    allow(actor, Permission.CBAM_TABLES_READ)
    if command.path is Path.DEFAULT:
        raise InvalidInput(field="path", problem="actual or mixed")
    read = _read(command)
    done = _done(read, command.path, services)
    found = (*read.findings, *read.locate(done.findings))
    if read.reading is None:
        return Calculated(read.kind, read.data, done, found)
    count, differences = compared(read.reading, done), compare(read.reading, done)
    return Calculated(read.kind, read.data, done, found, count, differences)


def draw(
    actor: Actor, command: Workbook, wanted: documents.Draw, services: Services
) -> tuple[bytes, tuple[Finding, ...]]:
    """A document of a workbook, and what of its English is Chinese; ``wanted`` names no installation.

    Raises as :func:`calculate`, and TransitionalData.
    """
    allow(actor, Permission.CBAM_TABLES_READ)
    read = _read(command)
    done = None if wanted.kind == documents.PLAN else _done(read, command.path, services)
    today = services.clock().date()
    return documents.drawn(read.data, done, _tables(read.data, services), wanted, today)


def fill(
    actor: Actor, template: bytes, command: Workbook, services: Services
) -> tuple[bytes, tuple[Finding, ...]]:
    """The Commission's workbook filled from another workbook, and what it could not hold.

    Raises as :func:`calculate`.
    """
    found = calculate(actor, command, services)
    require_size(template, "template")
    return documents.filled(template, found.data, found.done)


def _read(command: Workbook) -> _Read:
    """Raises InvalidInput, GateClosed."""
    from lca.cbam import communication, workbook

    require_size(command.data)
    kind = kind_of(command.data)
    if kind == COMMUNICATION:
        reading = communication.read(command.data, command.filename)
        data = _sound(reading.monitoring, reading.findings)
        return _Read(kind, data, reading.findings, tuple, reading)
    own = workbook.read(command.data, command.filename)
    data = _sound(own.monitoring, own.findings)
    return _Read(kind, data, own.findings, lambda found: workbook.located(found, own))


def _sound(data: Monitoring | None, told: tuple[Finding, ...]) -> Monitoring:
    if data is None or has_errors(told):
        raise GateClosed(told)
    return data


def _done(read: _Read, path: Path, services: Services) -> Calculation:
    from lca.cbam.calculate import NotCalculable
    from lca.cbam.calculate import calculate as run

    try:
        return run(read.data, _tables(read.data, services), path)
    except NotCalculable as error:
        raise GateClosed((*read.findings, *read.locate(error.findings))) from error


def _tables(data: Monitoring, services: Services) -> Tables:
    return tables_of(services, data.period.end)
