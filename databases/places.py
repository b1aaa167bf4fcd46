"""Places: codes, names, and the order in which data of a wider place stands in for a narrower one.

Rules
1. A place falls back along its parents only: CN-JS, CN, RAS, GLO. It never falls back to a sibling.
2. A code that is not in the table is refused; it does not become GLO.
3. An address that names several places is read by the narrowest of them, the first where two are equally
   narrow. A name of several words counts as a whole: New Jersey is not Jersey.
4. Names that are also part of other words or places (:data:`ONLY_ALONE`) are read only where they stand alone.
5. A source writes places in words of its own: what is in the table by code, name or alias is taken, nothing else
   (``Europe without Switzerland`` is no place of ours, and not Europe either).

Codes are those of ISO 3166-1 (``UK`` for ``GB``), of ISO 3166-2 for the provinces of China and the states of the
US, and the regions of ecoinvent (RER, RNA, RLA, RAF, RAS, RME, OCE, RoW, GLO).

Example: ``fallbacks(parse("无锡")) == ("CN-JS", "CN", "RAS", "GLO")``.
"""

from __future__ import annotations

import csv
import re
import shlex
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

_ALONE = """
加州 南美 拉美 非洲 中东 贝宁 乍得 埃及 加蓬 加纳 马里 苏丹 多哥 巴林 伊朗 约旦 阿曼 也门 不丹 文莱 朝鲜 老挝
蒙古 缅甸 波黑 捷克 丹麦 芬兰 希腊 冰岛 黑山 瑞士 智利 古巴 海地 秘鲁 斐济 关岛 瑙鲁 纽埃 帕劳 汤加
georgia jersey guinea
"""
ONLY_ALONE = frozenset(_ALONE.split())
"""Names of rule 4: 东海地区 is not in Haiti, 巴林左旗 not in Bahrain, Atlanta, Georgia not in the Caucasus."""
_ISO = {"GB": "UK", "HK": "CN-HK", "MO": "CN-MO", "TW": "CN-TW"}
"""Codes of ISO 3166-1 for places that the table has under another; for their names only."""
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One place; ``parent`` is the next wider one, empty for GLO."""

    code: str
    parent: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]


class UnknownPlace(ValueError):
    """The place is not known; give a province, a country or a code such as CN-JS."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"Unknown place {text[:40]!r}; give a province, a country or a code such as CN-JS.")


@cache
def regions() -> dict[str, Region]:
    """Every place by code, in the table's order."""
    text = resources.files("databases").joinpath("data", "places.csv").read_text(encoding="utf-8")
    # A quoted alias may hold a blank, so the column is split as a command line is, not by the csv reader.
    rows = csv.DictReader(text.splitlines(), quoting=csv.QUOTE_NONE)
    found = {}
    for row in rows:
        aliases = tuple(shlex.split(row.pop("aliases")))
        found[row["code"]] = Region(**row, aliases=aliases)
    return found


def region(code: str) -> Region:
    """The place of a code; raises UnknownPlace."""
    try:
        return regions()[code]
    except KeyError:
        raise UnknownPlace(code) from None


def name(code: str, language: str) -> str:
    """Name in ``zh`` or ``en``; the code itself where the table lacks it, as for a place that only a source knows."""
    place = regions().get(code) or regions().get(_ISO.get(code, ""))
    if place is None:
        return code
    return place.name_zh if language == "zh" else place.name_en


def find(text: str) -> str:
    """The code of a place as a source writes it, by code, name or alias (rule 5); empty where there is none."""
    return _table().get(_key(text), "")


def fallbacks(code: str) -> tuple[str, ...]:
    """The place itself and every wider one, narrowest first (rule 1); raises UnknownPlace."""
    chain = [region(code).code]
    while parent := region(chain[-1]).parent:
        chain.append(parent)
    return tuple(chain)


def parse(text: str) -> str:
    """The code of a place as people write it: code, province, country or larger city, Chinese or English.

    An address is read by the places named in it (rule 3): "中国江苏省无锡市" is CN-JS. Raises UnknownPlace.
    """
    if whole := find(text):
        return whole
    named = [*_named_in_words(text), *(_table()[word] for word in _pattern().findall(_plain(text)))]
    if not named:
        raise UnknownPlace(text)
    return max(named, key=lambda code: len(fallbacks(code)))


def _named_in_words(text: str) -> list[str]:
    """Places named in Latin letters, the longest name first at every word (rule 3)."""
    words = re.findall(r"[a-z]+", unicodedata.normalize("NFKC", text).casefold())
    table, named, at = _table(), [], 0
    while at < len(words):
        for size in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            word = "".join(words[at : at + size])
            if len(word) > 3 and word in table and word not in ONLY_ALONE:
                named.append(table[word])
                break
        else:
            size = 1
        at += size
    return named


def _plain(text: str) -> str:
    return re.sub(r"[\s'’]", "", unicodedata.normalize("NFKC", text)).casefold()


def _key(text: str) -> str:
    return re.sub("[,.]", "", _plain(text))


@cache
def _table() -> dict[str, str]:
    table = {}
    for code, place in regions().items():
        for word in (code, place.name_zh, place.name_en, *place.aliases):
            table[_key(word)] = code
    return table


@cache
def _pattern() -> re.Pattern[str]:
    """Chinese names found inside an address; the longer of two names that start together wins."""
    names = [word for word in _table() if not word.isascii() and word not in ONLY_ALONE]
    words = sorted(names, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, words)))
