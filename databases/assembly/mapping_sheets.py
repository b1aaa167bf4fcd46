"""Sheets, columns and guide of the mapping file, for its writer and its reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from databases.assembly.sheets import Column

FORMAT = "tanbiao-mapping/1"

SHEETS: Mapping[str, Sequence[Column]] = {
    "Links": (
        Column("name", "产品名称", "product name", 44),
        Column("unit", "单位", "unit", 10),
        Column("place", "地域", "place", 10),
        Column("reason", "原因", "reason", 30),
        Column("exchanges", "交换条数", "exchanges", 10),
        Column("amount", "绝对量合计", "sum of amounts", 14),
        Column("taker", "首个使用者", "first taker", 26),
        *(
            column
            for number in (1, 2, 3)
            for column in (
                Column(f"code{number}", f"候选 {number} 代码", f"candidate {number} code", 26),
                Column(f"name{number}", f"候选 {number} 名称", f"candidate {number} name", 36),
                Column(f"place{number}", f"候选 {number} 地域", f"candidate {number} place", 10),
                Column(f"score{number}", f"候选 {number} 相似度", f"candidate {number} score", 10),
            )
        ),
        Column("dataset", "数据集代码", "dataset code", 30, fill_in=True),
        Column("factor", "换算系数", "factor", 12, fill_in=True),
        Column("comment", "备注", "comment", 30, fill_in=True),
        Column("cut_off", "取舍原因", "cut off", 30, fill_in=True),
    ),
    "Allocation": (
        Column("process", "过程代码", "process code", 34),
        Column("name", "过程名称", "process name", 44),
        Column("product", "产品", "product", 40),
        Column("code", "产品数据集代码", "product dataset code", 34),
        Column("rule", "采用的规则", "rule used", 20),
        Column("current", "现份额", "current share", 12),
        Column("share", "填写份额", "share", 12, fill_in=True),
    ),
    "Flows": (
        Column("code", "基本流代码", "flow", 34),
        Column("name", "名称", "name", 40),
        Column("compartment", "环境介质", "compartment", 30),
        Column("cas", "CAS", "CAS", 14),
        Column("unit", "单位", "unit", 10),
        Column("amount", "绝对量合计", "sum of amounts", 14),
        Column("target", "气候流代码", "flow code", 26, fill_in=True),
    ),
    "Codes": (Column("code", "气候流代码", "flow code", 30), Column("name", "名称", "name", 60)),
    "about": (Column("key", "项目", "item", 20), Column("value", "值", "value", 80)),
}
"""Columns by sheet, in the order of the sheets; the reader finds them by their headers in either language."""

GUIDE: Mapping[str, Sequence[str]] = {
    "zh": (
        "映射文件：修补导入时未能关联的内容",
        "1. 只填写黄色列；其他列是数据源的原文，请勿改动。没有填写的行不起作用。",
        "2. Links：在“数据集代码”中填写供应该产品的数据集代码（可用候选之一，也可在数据集列表中查找）。",
        "   单位不同而无法换算时，在“换算系数”中填写：1 个左侧单位等于多少个该数据集的单位；理由写在“备注”中。",
        "   列表中没有的产品也可以修补（已关联，但关联有误或单位有误）：",
        "   在末尾加一行，照数据源原文填写产品名称、单位、地域，再填黄色列。",
        "   若决定不计入，请在“取舍原因”中写明理由，并把“数据集代码”留空。",
        "3. Allocation：为一个过程的每个产品填写份额（0 到 1，合计为 1）。要么全部填写，要么全部留空。",
        "4. Flows：填写对应的气候流代码（见 Codes 工作表）；确认不是温室气体时填 none。",
        "5. 不要使用公式；数字写作数字。保存为 .xlsx，在重新导入同一数据源时一并提交。",
        "6. 本文件随数据版本保存；下一次导出的映射文件会带上已填写的内容。",
    ),
    "en": (
        "Mapping file: repair what an import could not link",
        "1. Fill in the yellow columns only; the others say what the source wrote and must stay.",
        "   A row left blank does nothing.",
        "2. Links: in “dataset code”, give the code of the dataset that supplies the product (a candidate or another).",
        "   Where the units do not convert, give in “factor” how many units of that dataset one unit on the left",
        "   is, and why in “comment”. To leave a product out, write why in “cut off” and no dataset code.",
        "   A product that is not listed, because its link is wrong rather than missing: add a row at the end with",
        "   name, unit and place as the source writes them, and fill in the yellow columns.",
        "3. Allocation: give every product of a process its share (0 to 1, sum 1), or leave all of them empty.",
        "4. Flows: give the code of our climate flow (sheet Codes), or none for what is no greenhouse gas.",
        "5. No formulas; numbers as numbers. Save as .xlsx and hand it in when you import the same source again.",
        "6. The file is kept with the release, and the next one that is exported holds what has been filled in.",
    ),
}
"""Title and lines of the guide sheet."""
