"""The gate of electricity by contract: a study goes to review, and a label is issued, only when it is wholly covered.

Rules
1. Every line of an inventory that was bought by contract is covered by balances of the exporter for that line, with
   units of the technology of the dataset it is linked to; else :class:`PowerNotCovered` names line, cell and kWh.
2. It is checked on submission and again in the transaction that issues: a retirement reversed or a unit released in
   between stops the label.
3. What the cover rests on is an entry ``power`` of the label's chain: SHA-256 of the canonical JSON of every such line
   with the balances behind it, each with version and link. A label without such lines has no such entry.

Example: ``require(unit, study, inventory, {"E1": dataset.technology})``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from certificates.canonical import sha256_hex
from certificates.ledger.power_lines import LineCover, line_cover
from lca.inventory import Inventory
from service.store.records import AssessmentRecord, StudyRecord
from service.usecases.ledger import power_facts
from service.usecases.ledger.refusals import PowerNotCovered
from service.usecases.pipeline import release_of

if TYPE_CHECKING:
    from databases.release import Release
    from lca.linking import Linked
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services


def covers(
    unit: UnitOfWork, study: StudyRecord, inventory: Inventory, technologies: Mapping[str, str]
) -> tuple[LineCover, ...]:
    """The cover of every line that needs it; ``technologies`` by line key, as the linked datasets name them."""
    lines = power_facts.contract_lines(inventory)
    if not lines:
        return ()
    consumer = power_facts.consumer_of(unit, study.exporter_id)
    balances = [one for _, one in power_facts.allocated_to(unit, study.exporter_id, study.inventory_id)]
    needs = (
        power_facts.need_of(study.inventory_id, inventory, line, technologies.get(line.number, ""))
        for line in lines
    )
    return tuple(line_cover(need, balances, consumer) for need in needs)


def require(
    unit: UnitOfWork, study: StudyRecord, inventory: Inventory, technologies: Mapping[str, str]
) -> None:
    """Rule 1. Raises PowerNotCovered with every line that lacks cover."""
    lacking = [one for one in covers(unit, study, inventory, technologies) if one.missing]
    if lacking:
        raise PowerNotCovered(lacking)


def require_assessed(
    unit: UnitOfWork, study: StudyRecord, assessment: AssessmentRecord, services: Services
) -> None:
    """Rule 1 for a stored assessment, by the datasets it was linked to. Raises PowerNotCovered, ReleaseUnavailable."""
    record = unit.inventories.get(study.inventory_id)
    inventory = Inventory.from_dict(record.content) if record else None
    if inventory is None or not power_facts.contract_lines(inventory):
        return
    require(unit, study, inventory, named_by(assessment, release_of(study, services)))


def named_by(assessment: AssessmentRecord | None, release: Release) -> dict[str, str]:
    """Technologies by line key, of the datasets an assessment was linked to; the empty text where nothing is linked."""
    links = {one["key"]: one["dataset"] for one in assessment.result["links"]} if assessment else {}
    known = {code: release.catalogue.get(code).technology for code in set(links.values()) - {""}}
    return {key: known.get(code, "") for key, code in links.items()}


def technologies(linked: Linked) -> dict[str, str]:
    """Technologies by line key, of linked lines."""
    return {one.key: one.dataset.technology if one.dataset else "" for one in linked.lines}


def digest(unit: UnitOfWork, study: StudyRecord, inventory: Inventory) -> str:
    """Rule 3: 64 hexadecimal digits; the empty text where no line needs cover."""
    lines = power_facts.contract_lines(inventory)
    if not lines:
        return ""
    balances = power_facts.allocated_to(unit, study.exporter_id, study.inventory_id)
    behind = []
    for line in sorted(lines, key=lambda one: one.number):
        dossiers = []
        for record, allocated in balances:
            version = unit.dossiers.version(record.id, record.version)
            if allocated.balance.line == line.number and version is not None:
                dossiers.append({"dossier": record.id, "version": version.number, "link": version.link})
        behind.append({"line": line.number, "balances": dossiers})
    return sha256_hex(behind)
