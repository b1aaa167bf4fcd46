"""Small, invented contents of releases: figures for tests only."""

from __future__ import annotations

import numpy as np

from databases.catalogue import Flow
from databases.content import BIOSPHERE, TECHNOSPHERE, Content, Exchanges, Method
from databases.dataset import Dataset, Source

SOURCE = Source(
    code="doc", title="A", issuer="B", document_number="", published="", licence="CC0", attribution="", url=""
)
Entry = tuple[int, int, float]


def dataset(position: int, code: str, **values: object) -> Dataset:
    """A complete dataset in kg, made in China in 2024."""
    texts = ("synonyms", "group", "gwp_set", "technology", "note_zh", "note_en", "locator")
    known: dict[str, object] = dict.fromkeys(texts, "") | {
        "name_zh": f"{code} 号",
        "name_en": f"Dataset {code}",
        "kind": "material",
        "place": "CN",
        "year": 2024,
        "unit": "kg",
        "boundary": "cradle-to-gate",
        "complete": True,
        "gwp_set_assumed": False,
        "source": SOURCE,
        "certainty": "P",
    }
    return Dataset(code=code, position=position, **(known | values))  # type: ignore[arg-type]


def flow(code: str, **values: object) -> Flow:
    """An elementary flow to air; fossil CO2 unless said otherwise."""
    known: dict[str, object] = {
        "name_zh": code,
        "name_en": code,
        "formula": "",
        "compartment": "air",
        "cas": "",
        "part": "fossil",
        "gas": "CO2",
        "aircraft": False,
    }
    return Flow(code=code, **(known | values))  # type: ignore[arg-type]


def exchanges(rows: list[tuple[int, int, int, float]], names: list[str] | None = None) -> Exchanges:
    """Columns of (dataset, input, kind, amount); ``names`` of the inputs that have no dataset."""
    rows = rows or []
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    texts = {
        name: [""] * len(rows) for name in ("published", "published_unit", "rule", "locator", "uncertainty")
    }
    return Exchanges(
        dataset=np.array(columns[0], dtype=np.int64),
        input=np.array(columns[1], dtype=np.int64),
        kind=np.array(columns[2], dtype=np.int8),
        amount=np.array(columns[3], dtype=np.float64),
        name=names or [""] * len(rows),
        unit=["kg" if name else "" for name in names] if names else [""] * len(rows),
        source=["doc"] * len(rows),
        certainty=["P"] * len(rows),
        **texts,
    )


def method(identifier: str, factors: list[float], gwp_set: str = "", part: str = "") -> Method:
    """A method in kgCO2e."""
    return Method(
        identifier=identifier,
        title=identifier.upper(),
        unit="kgCO2e",
        factors=np.array(factors, dtype=np.float64),
        gwp_set=gwp_set,
        part=part,
        source="invented",
    )


def content(
    codes: str, inputs: list[Entry], emissions: list[Entry], flows: list[Flow], methods: list[Method]
) -> Content:
    """A content from codes of one letter and entries (supplier or flow, taker, amount)."""
    rows = [(taker, supplier, TECHNOSPHERE, amount) for supplier, taker, amount in inputs]
    rows += [(taker, index, BIOSPHERE, amount) for index, taker, amount in emissions]
    return Content(
        datasets=[dataset(position, code) for position, code in enumerate(codes)],
        flows=flows,
        sources=[SOURCE],
        exchanges=exchanges(sorted(rows, key=lambda row: row[0])),
        methods=methods,
    )
