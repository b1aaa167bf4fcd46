"""Confirmations are remembered and offered again: what a practitioner chose for a line stands first the next time.

Rules
1. A memory belongs to one institution and one exporter together: the names of an exporter's materials are its trade
   secrets. It is offered on studies of the same pair only, and to people of the institution only.
2. Its key is the line's name (width, case and blanks apart), its kind (with the source of electricity), the dimension
   of its unit and its place; it names a dataset of a release by name, whatever the release's version.
3. A memory is offered where the study's release still has the dataset and it could be chosen for the line. It is a
   candidate, the first one, and never a link: somebody confirms it, line by line or many at once.
4. A choice that is withdrawn or replaced counts no longer; a dataset that stands on no line any more is forgotten.

Example: ``offered(unit, study, release, linked)``.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service.store.records import ChoiceRecord, LinkMemoryRecord, StudyRecord

if TYPE_CHECKING:
    from databases.release import Release
    from lca.inventory import Inventory, Leg, Line
    from lca.linking import LinkedLine
    from lca.matching import Candidate, Wanted
    from service.store.uow import UnitOfWork

_SAID = re.compile(r"^(?:与 [\d-]{10} 的确认相同：|As confirmed on [\d-]{10}: )")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a memory is found by (rule 2)."""

    name: str
    kind: str
    dimension: str
    place: str

    @property
    def key(self) -> str:
        """SHA-256 (hex) of the four."""
        fields = [self.name, self.kind, self.dimension, self.place]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def asked(line: Line, leg: Leg | None, wanted: Wanted) -> Asked:
    """The key of a line, or of one of its legs."""
    from databases import units

    source = line.electricity_source
    kind = f"{line.kind.value}:{source.value}" if source else line.kind.value
    dimension = units.dimension(wanted.unit)
    return Asked(plain(wanted.name), "transport" if leg else kind, dimension, wanted.place)


def plain(name: str) -> str:
    """A name with width, case and blanks apart: ``" 6063 铝棒"`` and ``"６０６３铝棒"`` are the same."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def replace_choice(
    unit: UnitOfWork,
    study: StudyRecord,
    release: Release,
    inventory: Inventory,
    before: ChoiceRecord | None,
    after: ChoiceRecord | None,
) -> None:
    """Forget the choice before, remember the one after (rule 4); either may be None."""
    from lca.linking import looked_for

    either = after or before
    item = looked_for(inventory).get(either.key) if either else None
    if item is None:  # a choice for what needs no dataset
        return
    found = asked(*item)
    if before is not None:
        unit.memory.forget(_record(study, release, found, before))
    if after is not None:
        unit.memory.remember(_record(study, release, found, after))


def offered(
    unit: UnitOfWork, study: StudyRecord, release: Release, lines: Iterable[LinkedLine]
) -> tuple[LinkedLine, ...]:
    """The lines with what was confirmed before as their first candidates (rules 1 and 3)."""
    lines = tuple(lines)
    keys = {line.key: asked(line.line, line.leg, line.wanted).key for line in lines if line.wanted}
    found = unit.memory.recall(study.institution_id, study.exporter_id, release.name, set(keys.values()))
    people = unit.people.names({record.person_id for record in found})

    def first(line: LinkedLine) -> LinkedLine:
        records = [record for record in found if record.key == keys.get(line.key)]
        remembered = [
            candidate for record in records if (candidate := _candidate(record, line, study, release, people))
        ]
        codes = {candidate.dataset.code for candidate in remembered}
        others = (candidate for candidate in line.candidates if candidate.dataset.code not in codes)
        return replace(line, candidates=(*remembered, *others)) if remembered else line

    return tuple(map(first, lines))


def suggestion(line: LinkedLine) -> Candidate | None:
    """What can be confirmed for a line as it stands: what was confirmed before, else the automatic link; nothing where
    somebody chose already.
    """
    if line.origin not in ("", "auto"):
        return None
    first = line.candidates[0] if line.candidates else None
    if first is not None and first.confirmed is not None:
        return first
    if line.origin != "auto" or line.dataset is None:
        return None
    code = line.dataset.code
    return next((one for one in line.candidates if one.dataset.code == code), None)


def reason_of(candidate: Candidate, language: str) -> str:
    """The reason that a confirmation of a suggestion is kept with."""
    before = candidate.confirmed
    chinese = language.startswith("zh")
    if before is None:
        score = f"{candidate.score:.2f}"
        return f"已核对自动关联（得分 {score}）" if chinese else f"Automatic link checked (score {score})"
    day = before.at[:10]
    said = f"与 {day} 的确认相同：" if chinese else f"As confirmed on {day}: "
    return (said + _SAID.sub("", before.reason))[:1000]  # it does not grow with every study


def _candidate(
    record: LinkMemoryRecord, line: LinkedLine, study: StudyRecord, release: Release, people: dict[str, str]
) -> Candidate | None:
    from databases.catalogue import UnknownDataset
    from lca.matching import Confirmed, admits, candidate

    if line.wanted is None:
        return None
    try:
        dataset = release.catalogue.get(record.dataset)
    except UnknownDataset:
        return None
    if not admits(line.wanted, dataset) or dataset.gwp_set not in ("", study.gwp_set):
        return None
    by = people.get(record.person_id, "")
    said = Confirmed(record.at.isoformat(timespec="seconds"), by, record.reason, record.times)
    return replace(candidate(line.wanted, dataset), confirmed=said)


def _record(study: StudyRecord, release: Release, found: Asked, choice: ChoiceRecord) -> LinkMemoryRecord:
    return LinkMemoryRecord(
        institution_id=study.institution_id,
        exporter_id=study.exporter_id,
        release=release.name,
        key=found.key,
        dataset=choice.dataset,
        name=found.name,
        kind=found.kind,
        dimension=found.dimension,
        place=found.place,
        reason=choice.reason,
        person_id=choice.person_id,
        at=choice.at,
        times=1,
    )
