"""CBAM's part of the check of the whole store (``service.usecases.integrity``).

Rules
1. Versions: numbered from 1 without a gap up to the installation's version; content, upload and link are what their
   hashes say; each link holds the one before.
2. Calculations and documents: content and hashes as stored, of a version that is there.
3. Acts: every version, calculation, document and sharing is the work of exactly one event by the same person, and every
   such event left its work; an installation is shared with whom it was shared last.
4. Tables: every installed edition holds what its manifest says.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from service.store.records import AuditRecord, CbamInstallation, CbamVersion
from service.usecases.access import Permission
from service.usecases.cbam import tables
from service.usecases.cbam.keeping import link

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services

Act = tuple[str, str, str, str]
"""Permission, object, person, digest after."""
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
        kept += [_act(one) for one in listed]
        versions |= {one.id: one for one in listed}
    yield from _results(unit, versions, kept)
    events = [event for event in unit.audit.events() if event.action.startswith("cbam.")]
    yield from _acts(events, kept)
    yield from _sharing(events, unit.cbam.every())
    yield from tables.damaged(services)


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
    known = {""}
    for made in unit.cbam_results.every():
        known.add(made.digest)
        kept.append((Permission.CBAM_CALCULATE, f"cbam-calculation:{made.id}", made.created_by, made.digest))
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
        kept.append(
            (Permission.CBAM_DOCUMENT, f"cbam-document:{document.id}", document.created_by, document.sha256)
        )
        if document.version_id not in versions or document.calculation_digest not in known:
            yield f"CBAM document {document.id} is of a version or calculation that is not there"


def _acts(events: Iterable[AuditRecord], kept: Iterable[Act]) -> Iterator[str]:
    """Rule 3, first half."""
    done = Counter((e.action, e.object, e.person_id, e.after) for e in events if e.action in _WORKS)
    there = Counter(kept)
    for action, object_, _, _ in sorted((done - there).keys()):
        yield f"{action} on {object_} was done and is not in the store as it was done"
    for action, object_, _, _ in sorted((there - done).keys()):
        yield f"{action} on {object_} is in the store and was not done so"


def _sharing(events: Iterable[AuditRecord], installations: Iterable[CbamInstallation]) -> Iterator[str]:
    """Rule 3, second half."""
    last = {e.object: e.after for e in events if e.action == Permission.CBAM_SHARE}
    for one in installations:
        if last.get(f"cbam:{one.id}", "") != (one.institution_id or ""):
            yield f"CBAM installation {one.id} is not shared with whom it was shared last"


def _act(version: CbamVersion) -> Act:
    action = Permission.CBAM_EDIT if version.previous else Permission.CBAM_OPEN
    return action, f"cbam:{version.installation_id}", version.created_by, version.link


def _digest(content: Any) -> str:
    """The digest, or nothing for content of another form."""
    from lca.cbam.storage import digest

    try:
        return digest(content)
    except (ValueError, TypeError):
        return ""
