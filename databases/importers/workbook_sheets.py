"""The columns of our factor workbook: one table for the template, the guide and the reader."""

from __future__ import annotations

from dataclasses import dataclass

from databases.facts import BOUNDARIES, CERTAINTIES, KINDS

DATASETS = "数据集 Datasets"
EXCHANGES = "交换 Exchanges"
GUIDE = "说明 Guide"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``needed``: a row without it is an error. ``choices``: the only words it may hold."""

    key: str
    zh: str
    en: str
    hint_zh: str
    hint_en: str
    needed: bool = False
    choices: tuple[str, ...] = ()
    width: int = 16

    @property
    def header(self) -> str:
        """The head of the column in both languages."""
        return f"{self.zh} {self.en}"

    def hint(self, language: str) -> str:
        """What to write, in ``zh`` or ``en``."""
        return self.hint_zh if language == "zh" else self.hint_en


DATASET_COLUMNS = (
    Column(
        "code",
        "编号",
        "code",
        "小写字母、数字和连字符，如 steel-bar-2024；不可重复",
        "Small letters, digits and hyphens, such as steel-bar-2024; used once",
        True,
        width=22,
    ),
    Column("name_zh", "中文名称", "name zh", "给人看的名称", "The name people read", True, width=28),
    Column("name_en", "英文名称", "name en", "给人看的名称", "The name people read", True, width=28),
    Column("synonyms", "同义词", "synonyms", "用 | 分隔", "Separated by |", width=24),
    Column("kind", "类型", "kind", "从列表中选", "Choose from the list", True, tuple(sorted(KINDS))),
    Column("group", "分组", "group", "自由填写，如 metals", "Free text, such as metals"),
    Column(
        "place",
        "地点",
        "place",
        "国家、省份或代码，如 中国、江苏、CN-JS、GLO",
        "A country, a province or a code, such as China, CN-JS, GLO",
        True,
    ),
    Column(
        "year",
        "数据年份",
        "year",
        "数据代表的年份，四位数字",
        "The year the data stand for, four digits",
        True,
        width=10,
    ),
    Column(
        "unit",
        "单位",
        "unit",
        "一个数据集的计量单位，如 kg、kWh、tkm、m3",
        "The unit of one dataset, such as kg, kWh, tkm, m3",
        True,
        width=10,
    ),
    Column(
        "boundary",
        "边界",
        "boundary",
        "从列表中选；combustion-only、upstream-only 等不完整",
        "Choose from the list; combustion-only, upstream-only and the like are not complete",
        True,
        tuple(sorted(BOUNDARIES)),
        22,
    ),
    Column("technology", "技术", "technology", "工艺、路线", "Process or route"),
    Column(
        "source_title",
        "来源标题",
        "source title",
        "数字出自哪份文件",
        "The document the figures are from",
        True,
        width=32,
    ),
    Column("issuer", "发布者", "issuer", "发布机构", "Who issued it", True, width=20),
    Column(
        "document_number", "文号", "document number", "公告号、报告号", "Number of the announcement or report"
    ),
    Column(
        "published",
        "发布日期",
        "published",
        "YYYY、YYYY-MM 或 YYYY-MM-DD",
        "YYYY, YYYY-MM or YYYY-MM-DD",
        width=12,
    ),
    Column("licence", "许可", "licence", "使用许可", "Licence of the figures", True, width=20),
    Column("url", "网址", "url", "以 https:// 开头", "Begins with https://", width=24),
    Column("locator", "出处", "locator", "页码、表号或行号", "Page, table or row", True, width=24),
    Column(
        "certainty",
        "可信度",
        "certainty",
        "P 原文核对，S、S2 二手，M 记忆，D 推导",
        "P read in the original, S or S2 second hand, M from memory, D derived",
        True,
        tuple(sorted(CERTAINTIES)),
        10,
    ),
    Column("note", "备注", "note", "其他需要说明的", "Anything else to tell", width=32),
)
"""One row a dataset."""

EXCHANGE_COLUMNS = (
    Column(
        "dataset",
        "数据集编号",
        "dataset code",
        "数据集表中的编号",
        "A code of the datasets sheet",
        True,
        width=22,
    ),
    Column(
        "input",
        "投入",
        "input",
        "另一数据集的编号，或一种气体，如 CO2 fossil、CH4 fossil、N2O、CO2e AR5",
        "The code of another dataset, or a gas such as CO2 fossil, CH4 fossil, N2O, CO2e AR5",
        True,
        width=26,
    ),
    Column(
        "amount",
        "数量",
        "amount",
        "每一单位数据集的数量；吸收写 CO2 uptake 的正数",
        "Amount for one unit of the dataset; uptake is a positive amount of CO2 uptake",
        True,
        width=14,
    ),
    Column(
        "unit",
        "数量单位",
        "amount unit",
        "气体用质量单位；投入用可换算到该数据集单位的单位",
        "A unit of mass for a gas; one that converts to the unit of the dataset taken",
        True,
        width=12,
    ),
    Column(
        "uncertainty",
        "不确定度",
        "uncertainty",
        "几何标准差（对数正态），不小于 1；不知道就留空",
        "Geometric standard deviation (lognormal), 1 or more; empty where unknown",
        width=14,
    ),
    Column(
        "locator",
        "数字出处",
        "amount locator",
        "这个数字的页码、表号或行号；空则用数据集的出处",
        "Page, table or row of this number; empty: that of the dataset",
        width=28,
    ),
)
"""One row an input or emission."""

SHEETS = {"datasets": (DATASETS, DATASET_COLUMNS), "exchanges": (EXCHANGES, EXCHANGE_COLUMNS)}
"""Sheet key -> (name, columns)."""

GASES = {
    "co2-fossil": ("CO2 fossil", "CO2 化石", "CO2"),
    "ch4-fossil": ("CH4 fossil", "CH4 化石", "CH4"),
    "n2o": ("N2O",),
    "co2-biogenic": ("CO2 biogenic", "CO2 生物源"),
    "co2-biogenic-uptake": ("CO2 uptake", "CO2 吸收"),
    "ch4-biogenic": ("CH4 biogenic", "CH4 生物源"),
    "co2-luc": ("CO2 land use change", "CO2 土地利用变化"),
    "co2-fossil-aircraft": ("CO2 aircraft", "CO2 航空"),
    "co2e-ar5": ("CO2e AR5", "CO2 当量 AR5"),
    "co2e-ar5-biogenic": ("CO2e AR5 biogenic", "CO2 当量 AR5 生物源"),
    "co2e-ar5-aircraft": ("CO2e AR5 aircraft", "CO2 当量 AR5 航空"),
}
"""Code of our flow -> short words for it; every code, name and formula of the flow table works as well."""
