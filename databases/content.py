"""What a release holds before it is written: the same shape whatever the source was.

Rules
1. Datasets and flows are sorted by code; a dataset's ``position`` is its index. Exchanges are columns of equal
   length, sorted by dataset and, within one, in the source's order.
2. An exchange is for one unit of its dataset's product, whose production is +1. A dataset that treats waste has
   the treatment as its product: amounts that its customers hand over are positive inputs. An avoided product is
   a negative input.
3. An exchange that found no supplier stays, with ``UNLINKED`` or ``CUT_OFF``, so that a reader of the dataset
   sees what is missing. It is in no matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from databases.catalogue import EXCHANGE_KINDS, Flow
from databases.dataset import Dataset, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TECHNOSPHERE, BIOSPHERE, UNLINKED, CUT_OFF = range(4)
KINDS = EXCHANGE_KINDS
"""Word of each kind of exchange, by its number."""
Progress = Callable[[str, float], None]
"""Told the step that begins, and the fraction of the whole (0 to 1) that is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Name, version and licence of a release, and whose document it is.

    ``restricted``: its values are shown only to organisations that hold the licence. ``title``, ``issuer``, ``url``,
    ``attribution`` and ``published`` describe the source as a whole; they may be empty for the project's own tables,
    whose every figure names its document.
    """

    name: str
    version: str
    licence: str
    restricted: bool = False
    title: str = ""
    issuer: str = ""
    url: str = ""
    attribution: str = ""
    published: str = ""

    @property
    def identifier(self) -> str:
        """Folder name of the release, such as ``open-cn-2026.2``."""
        return f"{self.name}-{self.version}"


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Columns of length n (rules 1 to 3).

    ``dataset`` (int64) position of the taker; ``input`` (int64) position of the dataset taken, index of the flow
    emitted, -1 where there is none; ``kind`` (int8); ``amount`` (float64) in the input's own unit. ``name`` and
    ``unit`` are kept for an input that has no dataset and are ``""`` otherwise; the other lists are as in
    :class:`databases.catalogue.Exchange`.
    """

    dataset: NDArray[np.int64]
    input: NDArray[np.int64]
    kind: NDArray[np.int8]
    amount: NDArray[np.float64]
    name: list[str]
    unit: list[str]
    published: list[str]
    published_unit: list[str]
    rule: list[str]
    source: list[str]
    locator: list[str]
    certainty: list[str]
    uncertainty: list[str]

    def __len__(self) -> int:
        return len(self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One impact method: ``factors`` (flows,) per unit of the flow, in ``unit`` of the indicator.

    ``gwp_set`` and ``part`` as in :mod:`databases.release` for climate methods of ours, else empty. ``title`` is the
    name people know it by; ``source`` the document behind the factors.
    """

    identifier: str
    title: str
    unit: str
    factors: NDArray[np.float64] = field(repr=False)
    gwp_set: str = ""
    part: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """All of it. ``files`` are written beside the rest as they are (``report.json``, ``mapping.xlsx``, …).

    ``documentation``: text by position, for datasets that have one. ``origin``: what the release was made from
    (hashes and choices, plain JSON), into the manifest.
    """

    datasets: list[Dataset]
    flows: list[Flow]
    sources: list[Source]
    exchanges: Exchanges
    methods: list[Method]
    documentation: Mapping[int, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    origin: Mapping[str, Any] = field(default_factory=dict)
