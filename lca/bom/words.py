"""The words of the workbook's choice cells, Chinese and English, and how a written word finds its meaning.

A choice cell shows ``原材料 / Raw materials``; either half, the code (``raw-materials``) and the synonyms
below are understood, whatever the case, width or spacing.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import TypeVar

from lca.inventory import Boundary, ElectricitySource, LineKind, Stage

Choice = TypeVar("Choice", bound=StrEnum)

LABELS: dict[StrEnum, tuple[str, str]] = {
    Boundary.CRADLE_TO_GATE: ("从摇篮到大门", "Cradle to gate"),
    Boundary.CRADLE_TO_GRAVE: ("从摇篮到坟墓", "Cradle to grave"),
    Stage.RAW_MATERIALS: ("原材料获取", "Raw materials"),
    Stage.PRODUCTION: ("生产制造", "Production"),
    Stage.DISTRIBUTION: ("分销", "Distribution"),
    Stage.USE: ("使用", "Use"),
    Stage.END_OF_LIFE: ("生命末期", "End of life"),
    LineKind.MATERIAL: ("原辅材料", "Material"),
    LineKind.PACKAGING: ("包装", "Packaging"),
    LineKind.ELECTRICITY: ("电力", "Electricity"),
    LineKind.FUEL: ("燃料", "Fuel"),
    LineKind.HEAT: ("热力", "Heat"),
    LineKind.WATER: ("水", "Water"),
    LineKind.TRANSPORT: ("运输", "Transport"),
    LineKind.WASTE: ("废弃物", "Waste"),
    LineKind.EMISSION: ("直接排放", "Direct emission"),
    LineKind.INTERMEDIATE: ("中间产品", "Intermediate"),
    ElectricitySource.GRID: ("电网", "Grid"),
    ElectricitySource.OWN_GENERATION: ("自发自用", "Own generation"),
    ElectricitySource.DIRECT_LINE: ("直连专线", "Direct line"),
    ElectricitySource.CONTRACT: ("合同购电", "Contract"),
}
"""What each choice is called in the workbook: (Chinese, English)."""

SYNONYMS: dict[StrEnum, tuple[str, ...]] = {
    Boundary.CRADLE_TO_GATE: ("摇篮到大门",),
    Boundary.CRADLE_TO_GRAVE: ("摇篮到坟墓", "全生命周期"),
    Stage.RAW_MATERIALS: ("原材料", "原料", "raw material", "materials"),
    Stage.PRODUCTION: ("生产", "制造", "manufacturing"),
    Stage.DISTRIBUTION: ("运输分销", "销售", "transport to customer"),
    Stage.END_OF_LIFE: ("废弃", "处置", "end-of-life", "eol"),
    LineKind.MATERIAL: ("材料", "原料", "辅料", "物料"),
    LineKind.PACKAGING: ("包装材料", "包材"),
    LineKind.ELECTRICITY: ("电", "用电", "power"),
    LineKind.FUEL: ("燃气", "能源燃料"),
    LineKind.HEAT: ("蒸汽", "热", "steam"),
    LineKind.WATER: ("用水", "自来水", "废水", "污水", "waste water"),
    LineKind.TRANSPORT: ("物流", "freight"),
    LineKind.WASTE: ("废物", "固废"),
    LineKind.EMISSION: ("排放", "emission"),
    LineKind.INTERMEDIATE: ("半成品", "intermediate product"),
    ElectricitySource.GRID: ("市电", "网电", "grid electricity"),
    ElectricitySource.OWN_GENERATION: ("自有光伏", "屋顶光伏", "自发电", "own-generation"),
    ElectricitySource.DIRECT_LINE: ("直供电", "专线"),
    ElectricitySource.CONTRACT: ("绿电合同", "绿电", "购电协议", "ppa"),
}


def label(choice: StrEnum) -> str:
    """The bilingual text of a choice cell, such as ``电网 / Grid``."""
    return " / ".join(LABELS[choice])


def normalise(text: str) -> str:
    """Compatibility form, lower case, letters and digits only: what two spellings of a word share."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def understand(kind: type[Choice], text: str) -> Choice | None:
    """The member meant by ``text``, or None."""
    return _index(kind).get(normalise(text))  # type: ignore[return-value]


def nearest(text: str, known: Iterable[str]) -> str:
    """The known word most like ``text``; empty when none is alike."""
    by_form = {normalise(word): word for word in known}
    found = difflib.get_close_matches(normalise(text), list(by_form), n=1, cutoff=0.5)
    return by_form[found[0]] if found else ""


@cache
def _index(kind: type[StrEnum]) -> dict[str, StrEnum]:
    index: dict[str, StrEnum] = {}
    for member in kind:
        zh, en = LABELS[member]
        for word in (member.value, zh, en, f"{zh}{en}", *SYNONYMS.get(member, ())):
            index[normalise(word)] = member
    return index
