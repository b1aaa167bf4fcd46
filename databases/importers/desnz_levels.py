"""What a category of the DESNZ flat file means here: kind, group, boundary and flow of its factors.

The boundaries are those the starter release gives to the same factors (``databases/data/datasets``). Where the
document does not say whether the supply of energy is in a figure, the dataset counts as incomplete, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

COMBUSTION, UPSTREAM, GATE, LIFE, COLLECTION, DIRECT = (
    "combustion-only",
    "upstream-only",
    "cradle-to-gate",
    "life-cycle",
    "collection-only",
    "direct-emission",
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """Kind, group and boundary of a dataset; ``flow`` for a figure that is CO2e only; words for its gases."""

    kind: str
    group: str
    boundary: str
    zh: str
    flow: str = "co2e-ar5"
    aircraft: bool = False
    biogenic: bool = False
    radiative: bool = False
    note: str = ""
    known: bool = True

    def gas(self, gas: str) -> str:
        """Code of our flow for a gas of this category."""
        if self.biogenic:
            return {"CO2": "co2-biogenic", "CH4": "ch4-biogenic", "N2O": "n2o-biogenic"}[gas]
        base = {"CO2": "co2-fossil", "CH4": "ch4-fossil", "N2O": "n2o"}[gas]
        return f"{base}-aircraft" if self.aircraft else base


LEVELS = {
    "Fuels": Meaning("fuel", "combustion", COMBUSTION, "燃料燃烧"),
    "Bioenergy": Meaning(
        "fuel",
        "combustion",
        COMBUSTION,
        "生物质能燃烧",
        flow="co2e-ar5-biogenic",
        biogenic=True,
        note="CH4 and N2O of burning only; the biogenic CO2 stands under Outside of scopes",
    ),
    "Outside of scopes": Meaning(
        "fuel",
        "combustion",
        COMBUSTION,
        "范围外生物源二氧化碳",
        flow="co2-biogenic",
        biogenic=True,
        note="biogenic CO2 of burning only; uptake by growth is not in the document",
    ),
    "Refrigerant & other": Meaning(
        "emission", "refrigerants", DIRECT, "制冷剂及其他气体", note="one kilogram released; CO2e only"
    ),
    "Passenger vehicles": Meaning("transport", "passenger transport", COMBUSTION, "客运车辆"),
    "Delivery vehicles": Meaning("transport", "road freight", COMBUSTION, "货运车辆"),
    "SECR kWh pass & delivery vehs": Meaning("transport", "energy use", COMBUSTION, "车辆能耗"),
    "SECR kWh UK electricity for EVs": Meaning("transport", "energy use", COMBUSTION, "电动车能耗"),
    "UK electricity": Meaning("electricity", "generation", COMBUSTION, "英国电力"),
    "UK electricity for EVs": Meaning("transport", "electric vehicles", COMBUSTION, "电动车用电"),
    "UK electricity T&D for EVs": Meaning("transport", "electric vehicles", COMBUSTION, "电动车用电输配损耗"),
    "Heat and steam": Meaning("heat", "combustion", COMBUSTION, "热力与蒸汽"),
    "Transmission and distribution": Meaning("electricity", "transmission", COMBUSTION, "输配损耗"),
    "Business travel- air": Meaning("transport", "air travel", COMBUSTION, "商务出行（航空）"),
    "Business travel- sea": Meaning("transport", "sea travel", COMBUSTION, "商务出行（轮渡）"),
    "Business travel- land": Meaning("transport", "passenger transport", COMBUSTION, "商务出行（陆路）"),
    "Freighting goods": Meaning("transport", "road freight", COMBUSTION, "货物运输"),
    "Managed assets- electricity": Meaning("electricity", "generation", COMBUSTION, "管理资产用电"),
    "Managed assets- vehicles": Meaning("transport", "passenger transport", COMBUSTION, "管理资产车辆"),
    "Homeworking": Meaning(
        "electricity",
        "buildings",
        COMBUSTION,
        "居家办公",
        note="the flat file does not say whether fuel supply is in the figure, so it counts as incomplete",
    ),
    "Hotel stay": Meaning(
        "electricity",
        "buildings",
        COMBUSTION,
        "酒店住宿",
        note="the flat file does not say whether fuel supply is in the figure, so it counts as incomplete",
    ),
    "Material use": Meaning("material", "", GATE, "材料使用"),
    "Waste disposal": Meaning("waste", "recycling", COLLECTION, "废物处理"),
    "Water supply": Meaning("water", "water", LIFE, "自来水供应"),
    "Water treatment": Meaning("water", "water", LIFE, "污水处理"),
    "WTT- UK electricity": Meaning("electricity", "upstream", UPSTREAM, "发电燃料上游"),
    "WTT- bioenergy": Meaning("fuel", "upstream", UPSTREAM, "生物质能上游"),
    "WTT- business travel- air": Meaning("transport", "air travel", UPSTREAM, "航空出行燃料上游"),
    "WTT- business travel- sea": Meaning("transport", "sea travel", UPSTREAM, "轮渡出行燃料上游"),
    "WTT- delivery vehs & freight": Meaning("transport", "road freight", UPSTREAM, "货物运输燃料上游"),
    "WTT- fuels": Meaning("fuel", "upstream", UPSTREAM, "燃料上游"),
    "WTT- heat and steam": Meaning("heat", "upstream", UPSTREAM, "热力与蒸汽上游"),
    "WTT- pass vehs & travel- land": Meaning(
        "transport", "passenger transport", UPSTREAM, "陆路出行燃料上游"
    ),
}

_MODES = (
    ("flight", "air freight"),
    ("ship", "sea freight"),
    ("tanker", "sea freight"),
    ("rail", "rail freight"),
)
_WASTE = {
    "Landfill": ("landfill", LIFE, "填埋"),
    "Incineration with Energy Recovery": ("incineration", COLLECTION, "焚烧收运"),
    "Composting": ("biological treatment", COLLECTION, "堆肥"),
    "Anaerobic digestion": ("biological treatment", COLLECTION, "厌氧消化"),
}
_ROTTING = ("food", "garden", "wood", "paper", "board", "books")
"""Materials whose landfill emissions are mostly biogenic methane, as in the starter release."""


def meaning(key: tuple[str, ...]) -> Meaning:
    """What the factors of (scope, level 1 to 4, column text, unit) are.

    A category that is not known (a later year may add one) counts as incomplete; ``known`` is then False.
    """
    level1, level2, level3, text = key[1], key[2], key[3], key[5]
    found = LEVELS.get(level1)
    if found is None:
        upstream = level1.startswith("WTT")
        return Meaning("material", "", UPSTREAM if upstream else COMBUSTION, level1, known=False)
    if level1 == "Waste disposal":
        return _waste(found, level3, text)
    if level1 == "Outside of scopes" and level2.startswith("Electricity"):
        return replace(found, kind="electricity", group="generation")
    if "district heat" in level2.casefold():
        return replace(found, kind="heat")
    if level1 in ("Freighting goods", "WTT- delivery vehs & freight"):
        mode = next((group for word, group in _MODES if word in level2.casefold()), found.group)
        found = replace(found, group=mode)
    if level1 == "Managed assets- vehicles" and ("HGV" in level2 or "van" in level2.casefold()):
        found = replace(found, group="road freight")
    if found.boundary == COMBUSTION and (level1 == "Business travel- air" or found.group == "air freight"):
        return _flight(found, text)
    return found


def _flight(found: Meaning, text: str) -> Meaning:
    radiative = text == "With RF"
    note = (
        "with radiative forcing: non-CO2 effects at altitude, not the default of ISO 14067"
        if radiative
        else ""
    )
    return replace(found, aircraft=True, flow="co2e-ar5-aircraft", radiative=radiative, note=note)


def _waste(found: Meaning, level3: str, text: str) -> Meaning:
    group, boundary, zh = _WASTE.get(text, ("recycling", COLLECTION, "回收"))
    found = replace(found, group=group, boundary=boundary, zh=zh)
    if group == "landfill" and any(word in level3.casefold() for word in _ROTTING):
        return replace(
            found,
            flow="co2e-ar5-biogenic",
            biogenic=True,
            note="mostly biogenic methane, all of it counted as biogenic",
        )
    if boundary == COLLECTION:
        return replace(found, note="collection and delivery only; the treatment belongs to the next user")
    return found
