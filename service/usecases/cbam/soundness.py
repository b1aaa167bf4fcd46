"""CBAM's part of the check of the whole store (``service.usecases.integrity``).

Rules
1. Versions: numbered from 1 without a gap up to the installation's version; content, upload and link are what their
   hashes say; each link holds the one before.
2. Calculations and documents: content and hashes as stored, of a version that is there; a document rests on a
   calculation of its own version.
3. Acts: every version, calculation, document and sharing is the work of exactly one event by the same person at the
   same moment, and every such event left its work; an installation is shared with whom it was shared last.
4. Installations: whose it is, who opened it and when, and its names are what its versions and their people say.
5. Shipments: each row is what its last event left.
6. Tables: every installed edition was imported and holds what its manifest says; every imported one is installed.
7. Figures are not computed anew here: that is ``recomputing``.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.store.records import AuditRecord, CbamInstallation, CbamVersion
from service.usecases.access import Permission
from service.usecases.cbam import register, shipments, tables
from service.usecases.cbam.keeping import link, names_of, read
from service.usecases.refusals import EvidenceChanged

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services

Act = tuple[str, str, str, datetime, str]
"""Permission, object, person, moment, digest after."""
_WORKS = frozenset(
    {Permission.CBAM_OPEN, Permission.CBAM_EDIT, Permission.CBAM_CALCULATE, Permission.CBAM_DOCUMENT}
)


def problems(unit: UnitOfWork, services: Services) -> Iterator[str]:
    """Every contradiction, as a sentence that names the row."""
    kept: list[Act] = []
    versions: dict[str, CbamVersion] = {}
    for installation in unit.cbam.every():
        listed = unit.cbam.versions(installation.id, contents=True)[::-1]
        yield from _versions(installation, listed, unit)
        yield from _installation(installation, listed, unit)
        kept += [_act(one) for one in listed]
        versions |= {one.id: one for one in listed}
    yield from _results(unit, versions, kept)
    events = [event for event in unit.audit.events() if event.action.startswith("cbam.")]
    yield from _acts(events, kept)
    yield from _sharing(events, unit.cbam.every())
    yield from _shipments(events, unit)
    yield from _editions(events, services)


def _versions(
    installation: CbamInstallation, listed: Iterable[CbamVersion], unit: UnitOfWork
) -> Iterator[str]:
    """Rule 1."""
    previous, number = "", 0
    for number, one in enumerate(listed, 1):
        where = f"version {one.number} of CBAM installation {installation.id}"
        if one.number != number or one.previous != previous:
            yield f"{where} does not follow from the one before"
        if _digest(one.content) != one.digest:
            yield f"content of {where} is not what its digest says"
        upload = unit.cbam.upload(one.id)
        if one.upload_sha256 != (hashlib.sha256(upload).hexdigest() if upload is not None else ""):
            yield f"file of {where} is not what was handed in"
        if link(one) != one.link:
            yield f"{where} is not what was stored"
        previous = one.link
    if number != installation.version:
        yield f"CBAM installation {installation.id} is at version {installation.version} and has {number}"


def _results(unit: UnitOfWork, versions: dict[str, CbamVersion], kept: list[Act]) -> Iterator[str]:
    """Rule 2; adds the acts of what is there."""
    known: dict[str, set[str]] = defaultdict(lambda: {""})
    for made in unit.cbam_results.every():
        known[made.version_id].add(made.digest)
        name = f"cbam-calculation:{made.id}"
        kept.append((Permission.CBAM_CALCULATE, name, made.created_by, made.created_at, made.digest))
        of = versions.get(made.version_id)
        stated = made.content if isinstance(made.content, dict) else {}
        if _digest(made.content) != made.digest:
            yield f"CBAM calculation {made.id} is not what its digest says"
        elif of is None or stated.get("monitoring_digest") != of.digest:
            yield f"CBAM calculation {made.id} is not of the version it stands at"
        elif (stated.get("path"), stated.get("tables_digest"), stated.get("engine")) != (
            made.path,
            made.tables_digest,
            made.engine,
        ):
            yield f"CBAM calculation {made.id} is not of the path, tables or engine it names"
    for document in unit.cbam_results.documents():
        name, after = f"cbam-document:{document.id}", register.mark(document)
        kept.append((Permission.CBAM_DOCUMENT, name, document.created_by, document.created_at, after))
        resting = known[document.version_id]
        if document.version_id not in versions or document.calculation_digest not in resting:
            yield f"CBAM document {document.id} is of a version or calculation that is not there"


def _acts(events: Iterable[AuditRecord], kept: Iterable[Act]) -> Iterator[str]:
    """Rule 3, first half."""
    done = Counter((e.action, e.object, e.person_id, e.at, e.after) for e in events if e.action in _WORKS)
    there = Counter(kept)
    for action, object_, *_ in sorted((done - there).keys()):
        yield f"{action} on {object_} was done and is not in the store as it was done"
    for action, object_, *_ in sorted((there - done).keys()):
        yield f"{action} on {object_} is in the store and was not done so"


def _sharing(events: Iterable[AuditRecord], installations: Iterable[CbamInstallation]) -> Iterator[str]:
    """Rule 3, second half."""
    last = {e.object: e.after for e in events if e.action == Permission.CBAM_SHARE}
    for one in installations:
        if last.get(f"cbam:{one.id}", "") != (one.institution_id or ""):
            yield f"CBAM installation {one.id} is not shared with whom it was shared last"


def _installation(
    installation: CbamInstallation, listed: Sequence[CbamVersion], unit: UnitOfWork
) -> Iterator[str]:
    """Rule 4; what the versions themselves lack is rule 1's to tell."""
    where = f"CBAM installation {installation.id}"
    opener = unit.people.get(installation.created_by)
    if opener is None or opener.organisation_id != installation.exporter_id:
        yield f"{where} is not of the organisation of whoever opened it"
    if not listed:
        return
    if (listed[0].created_by, listed[0].created_at) != (installation.created_by, installation.created_at):
        yield f"{where} was not opened by whom, or when, it says"
    try:
        named = names_of(read(listed[-1]))
    except EvidenceChanged:
        return
    if named != {name: getattr(installation, name) for name in named}:
        yield f"{where} is not named as its newest version says"


def _shipments(events: Iterable[AuditRecord], unit: UnitOfWork) -> Iterator[str]:
    """Rule 5."""
    last = {e.object: (e.person_id, e.after) for e in events if e.action == Permission.CBAM_SHIPMENTS}
    there = {f"cbam-shipment:{one.id}": one for one in unit.shipments.every()}
    for name, one in there.items():
        if last.get(name) != (one.changed_by, shipments.digest(one)):
            yield f"{name} is not what it was left as"
    for name, (_, after) in sorted(last.items()):
        if after and name not in there:
            yield f"{name} is gone"


def _editions(events: Iterable[AuditRecord], services: Services) -> Iterator[str]:
    """Rule 6."""
    broken = tables.damaged(services)
    yield from broken
    if broken:
        return
    imported: set[str] = set()
    for event in events:
        name = event.object.partition(":")[2]
        if event.action == Permission.CBAM_TABLES_IMPORT:
            imported.add(name)
        elif event.action == Permission.CBAM_TABLES_WITHDRAW:
            imported.discard(name)
    there = set(tables.installed(services))
    for name in sorted(imported - there):
        yield f"edition {name} of the CBAM tables was imported and is not installed"
    for name in sorted(there - imported):
        yield f"edition {name} of the CBAM tables is installed and nobody imported it"


def _act(version: CbamVersion) -> Act:
    action = Permission.CBAM_EDIT if version.previous else Permission.CBAM_OPEN
    return action, f"cbam:{version.installation_id}", version.created_by, version.created_at, version.link


def _digest(content: Any) -> str:
    """The digest, or nothing for content of another form."""
    from lca.cbam.storage import digest

    try:
        return digest(content)
    except (ValueError, TypeError):
        return ""
