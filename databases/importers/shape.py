"""What every reader gives: inventories in Brightway's shape, before anything is linked.

A process is a dictionary as ``bw2data`` and the strategies of ``bw2io`` know it. Keys that are there always:
``code`` (the file's identifier, else made from its content), ``name``, ``reference product``, ``unit`` and
``location`` as the file writes them (``""`` where it is silent), ``type`` (``"process"``), ``filename`` (file or
sheet and row: where a person finds it) and ``exchanges``. Keys that may be there: ``comment``, ``technology``,
``classifications`` (path, widest first), ``year`` (int: the last year the data stand for), ``source`` (citation),
``cut-off`` (True for a process that the file itself marks as empty or as a cut-off), ``partial`` (true where the
source says that the dataset must not stand alone), ``boundary`` (a boundary of
:data:`databases.facts.BOUNDARIES` where the reader knows it), ``certainty``, ``name zh``, ``gwp_set`` (factors that
are CO2e only), ``kind`` and ``group`` (as in :class:`databases.dataset.Dataset`, where the reader knows better than the
classifier), ``locator`` (page, table, row).

An exchange is a dictionary with ``type``, ``amount`` (float), ``unit``, ``name``; ``type`` is one of

``production``    an output of value. ``reference`` True for the quantitative reference; ``allocation`` its share 0..1
                  where the file states one; ``properties`` of one ``unit``, as far as stated, such as
                  ``{"mass": kg, "energy": MJ, "price": money, "currency": "EUR2005"}``. A process that treats waste
                  has a negative amount, or ``waste`` True.
``technosphere``  an input (amount positive); waste handed over is negative, or positive with ``waste`` True.
``substitution``  an avoided product (amount positive: that much is avoided).
``biosphere``     an elementary flow; a resource taken and an emission given are both positive.

Further keys: ``product`` (identifier of the product flow), ``activity`` (code of the provider, where the file names
one), ``flow`` (identifier of an elementary flow; a node of it is in ``Extract.flows``), ``location``, ``categories``
(path, such as ``("air", "urban air close to ground")``), ``CAS number``, ``comment``, ``shares`` (causal allocation:
share 0..1 of this exchange by ``product``, ``number`` or ``name`` of the products), the uncertainty keys of
``stats_arrays`` (``uncertainty type``, ``loc``, ``scale``, ``shape``, ``minimum``, ``maximum``), ``published`` and
``published unit`` (the text in the source where a reader converted it), ``rule`` (how), ``locator``.

An elementary flow is a dictionary with ``code``, ``name``, ``unit``, ``categories`` and, where known, ``CAS number``,
``formula``, ``synonyms`` (list), ``name zh``, ``identifiers`` (other UUIDs of the same flow).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from databases.notices import Notice

Process = dict[str, Any]
ElementaryFlow = dict[str, Any]
_CAS = re.compile(r"0*([0-9]{2,7}-[0-9]{2}-[0-9])")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one row of a workbook: ``used`` by a process code, or ``left`` for a reason (message code)."""

    where: str
    used: str = ""
    left: str = ""


@dataclass(slots=True)
class Extract:
    """One source as read. ``format`` such as ``ecospold1``; ``reader`` is ``bw2io`` or ``tanbiao``.

    ``rows`` accounts for every row of a workbook; empty for other formats.
    ``head``: what the file says of itself: ``name``, ``version``, ``licence``, ``title``, ``issuer``, ``published``,
    ``url``.
    """

    format: str
    reader: str
    processes: list[Process] = field(default_factory=list)
    flows: list[ElementaryFlow] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)


def cas_number(written: str) -> str:
    """``000124-38-9`` as ``124-38-9``; ``""`` for what is no CAS number (``n.a.``, ``E1730133``)."""
    found = _CAS.fullmatch(written.strip())
    return found[1] if found else ""
