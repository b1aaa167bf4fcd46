"""The printed words of the CBAM documents, read once from the ``words*.toml`` beside this module.

Rules
1. A text is written once, in both languages, under one key; a key that is missing is an error of ours, never blank.
2. Placeholders take text, or :class:`Words` whose language follows the sentence's.

Example: ``say("not-one-source")``; ``say("precursor-from", name="Wire rod", country=country("CN"))``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from lca.cbam.report.document import Words


@cache
def words() -> dict[str, Words]:
    """Every text by key. Raises ValueError when a key is written twice or lacks a language."""
    merged: dict[str, Words] = {}
    for entry in sorted(resources.files("lca.cbam.report").iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        for key, texts in tomllib.loads(entry.read_text(encoding="utf-8")).items():
            if key in merged or set(texts) != {"zh", "en"}:
                raise ValueError(f"{entry.name}: {key!r} is repeated or lacks zh or en")
            merged[key] = Words(texts["zh"], texts["en"])
    return merged


def say(key: str, **details: object) -> Words:
    """The text of a key with its placeholders filled; raises LookupError for a key without words."""
    found = words().get(key)
    if found is None:
        raise LookupError(f"No words for {key!r}: add it to lca/cbam/report/words*.toml")
    if not details:
        return found
    return Words(
        *(
            found.of(language).format_map({name: _in(value, language) for name, value in details.items()})
            for language in ("zh", "en")
        )
    )


def joined(parts: list[Words]) -> Words:
    """Several texts as one list: ``、`` in Chinese, ``, `` in English."""
    return Words("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _in(value: object, language: str) -> str:
    return value.of(language) if isinstance(value, Words) else str(value)
