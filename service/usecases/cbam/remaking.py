"""A document that was handed out, made again from what is stored, and held against the hash in the register.

Rules
1. Version, calculation, tables of that day and details come from the store; nothing is calculated anew and nothing is
   written.
2. The file is given only where it has the registered hash. Where software or fonts have changed since, it has not: then
   DocumentDiffers names both hashes, and the figures can still be recomputed.
3. What was filled into somebody else's workbook, and a blank form, cannot be made again: their templates are not kept.

Example: ``again(actor, installation_id, document_id, services).data``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from service.store.records import CbamCalculation, CbamDocument
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import calculating, documents, keeping, recomputing
from service.usecases.cbam.documents import Drawn
from service.usecases.cbam.refusals import DocumentDiffers, TablesGone
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from lca.cbam.report.document import Document
    from service.store.uow import UnitOfWork
    from service.usecases.cbam.keeping import InstallationView

AGAIN = (*documents.KINDS, documents.REQUEST)
"""Kinds that can be made again (rule 3)."""


def again(actor: Actor, key: str, document: str, services: Services) -> Drawn:
    """A registered document of an installation as a file.

    Raises NotAllowed, NotFound, InvalidInput (rule 3), DocumentDiffers (rule 2), TablesGone, EvidenceChanged.
    """
    allow(actor, Permission.CBAM_DOCUMENT)
    with services.uow() as unit:
        installation = keeping.installation_of(actor, unit, key)
        listed = unit.cbam_results.documents(installation.id)
        entry = next((one for one in listed if one.id == document), None)
        if entry is None:
            raise NotFound(noun="document", key=document)
        if entry.kind not in AGAIN:
            raise InvalidInput(field="kind", problem=f"one of {', '.join(AGAIN)}")
        number = next(one.number for one in unit.cbam.versions(installation.id) if one.id == entry.version_id)
        view = keeping.view_of(actor, unit, key, number)
        made = _document(entry, view, unit, services)
    data = documents.rendered(made, entry.language, entry.format)
    found = hashlib.sha256(data).hexdigest()
    if found != entry.sha256:
        raise DocumentDiffers(registered=entry.sha256, found=found)
    return Drawn(entry, data)


def _document(entry: CbamDocument, view: InstallationView, unit: UnitOfWork, services: Services) -> Document:
    """Rule 1."""
    from lca.cbam.report.details import Details, RequestDetails
    from lca.cbam.report.supplier import supplier_request
    from lca.cbam.storage import from_plain

    stated = entry.details["details"]
    if entry.kind == documents.REQUEST:
        return supplier_request(view.data, (entry.details["precursor"],), from_plain(stated, RequestDetails))
    if entry.kind == documents.PLAN:
        tables = _tables(entry.details["tables"], entry, view, unit, services)
        return documents.document_of(entry.kind, view.data, None, tables, from_plain(stated, Details))
    stored = _calculation(entry, view, unit)
    tables = _tables(stored.tables_digest, entry, view, unit, services)
    done = calculating.read(stored)
    return documents.document_of(entry.kind, view.data, done, tables, from_plain(stated, Details))


def _calculation(entry: CbamDocument, view: InstallationView, unit: UnitOfWork) -> CbamCalculation:
    heads = unit.cbam_results.of_installation(view.installation.id)
    wanted = (entry.version_id, entry.calculation_digest)
    head = next((one for one in heads if (one.version_id, one.digest) == wanted), None)
    found = unit.cbam_results.get(head.id) if head else None
    if found is None:
        raise EvidenceChanged(what=f"CBAM calculation {entry.calculation_digest}")
    return found


def _tables(
    digest: str, entry: CbamDocument, view: InstallationView, unit: UnitOfWork, services: Services
) -> Tables:
    found = recomputing.tables_of_day(digest, view.data.period.end, entry.created_at, unit, services)
    if found is None:
        raise TablesGone(digest=digest)
    return found
