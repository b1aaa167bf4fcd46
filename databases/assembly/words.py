"""Words of the report and the mapping file for people: every code of an import in Chinese and English."""

from __future__ import annotations

WORDS = {
    # why an input is not linked
    "no-supplier": ("没有数据集供应", "no dataset supplies it"),
    "several-suppliers": (
        "有多个供应数据集，而所选规则要求唯一",
        "several supply it and only a unique one was allowed",
    ),
    "unit-conflict": ("单位不相容", "the units do not fit"),
    "cut-off-by-file": ("数据源自身取舍", "cut off by the file"),
    "cut-off-by-mapping": ("由映射文件取舍", "cut off by the mapping file"),
    "mapped-to-nothing": ("映射文件所指数据集不存在", "the mapping file names a dataset that is not there"),
    "unallocated-co-product": ("未分得份额的共生产品", "a co-product that was given no share"),
    "self-supply": ("过程消耗的不少于自身产出", "the process would take at least what it makes"),
    "singular-loop": (
        "所在循环用尽自身产出，没有确定的结果",
        "in a loop that uses up all it makes, so that nothing is determined",
    ),
    "supplier-without-output": ("供应数据集没有可用的产出", "its supplier has no usable output"),
    # rules
    "as-file": ("按文件", "as the file says"),
    "mass": ("按质量", "by mass"),
    "energy": ("按能量", "by energy"),
    "price": ("按价格", "by price"),
    "mapping": ("映射文件", "mapping file"),
    "all-to-reference": ("全部归参考产品", "all to the reference product"),
    "best": ("地域和年份最近", "nearest in place and year"),
    "split": ("平均分摊", "equal shares"),
    "strict": ("唯一时才关联", "unique only"),
    "climate": ("仅气候变化", "climate change only"),
    "all": ("全部方法", "all methods"),
    # what is wrong with a dataset
    "self-loop": ("消耗自身产品", "takes its own product"),
    "zero-reference": ("参考量为零", "reference amount is zero"),
    "negative-reference": ("参考量为负", "reference amount is negative"),
    "no-reference": ("没有参考流", "no reference flow"),
    "duplicate-identifier": ("标识重复", "identifier used twice"),
    "not-finite": ("数量不是有效数字", "an amount is no number"),
    "unknown-unit": ("未知单位", "unknown unit"),
    "unknown-place": ("未知地域", "unknown place"),
    "energy-balance": (
        "耗电量为供电量的两倍以上（疑 kWh、MJ 混用）",
        "takes more than twice the power it supplies (kWh taken for MJ?)",
    ),
    "loop-upstream": (
        "上游有近奇异循环（几乎耗尽自身产出）",
        "a loop upstream uses nearly all that it makes",
    ),
    "empty": ("没有输入输出", "no exchanges"),
    # what was done about it
    "kept": ("保留", "kept as it is"),
    "left-out": ("未采用", "left out"),
    "no-score": ("保留但无因子", "kept without a score"),
    "not-complete": ("保留，但不可用于清单行", "kept, stands for no line"),
    "treatment": ("作为废物处理", "read as waste treatment"),
    "numbered": ("另行编号", "kept under a numbered code"),
    # counts
    "processes_read": ("读入的过程", "processes read"),
    "datasets": ("数据集", "datasets"),
    "complete": ("其中可用于清单行", "of which may stand for a line"),
    "with_gaps": ("其中有输入缺失", "of which lack inputs"),
    "co_products": ("分配得到的共生产品", "co-products by allocation"),
    "merged": ("合并", "merged"),
    "merged_technosphere": ("合并过程的产品输入", "product inputs of merged processes"),
    "exchanges_read": ("读入的交换", "exchanges read"),
    "production": ("产出", "outputs"),
    "technosphere": ("产品输入", "product inputs"),
    "avoided": ("其中避免产品", "of which avoided products"),
    "biosphere": ("基本流", "elementary exchanges"),
    "not_finite": ("无效数量", "amounts that are no number"),
    "linked": ("已关联", "linked"),
    "unlinked": ("未关联", "unlinked"),
    "cut_off": ("取舍", "cut off"),
    "unscaled": ("无可用输出的过程的输入", "inputs of processes without a usable output"),
    "flow_unit_conflicts": ("单位不相容的基本流交换", "elementary exchanges whose units do not fit"),
    "assumed_fossil": ("假定为化石来源的流", "flows assumed to be fossil"),
    "assumed_air": ("假定排入大气的流", "flows assumed to go to air"),
    "flows": ("基本流种类", "elementary flows"),
    "flows_characterised": ("其中有气候因子", "of which with a climate factor"),
    # steps of matching
    "identifier": ("按标识", "by identifier"),
    "cas": ("按 CAS 号", "by CAS number"),
    "name": ("按名称和环境介质", "by name and compartment"),
    "synonym": ("按同义名", "by synonym"),
    "none": ("无因子", "without a factor"),
    "lcia-identifier": ("其他方法：按标识", "other methods: by identifier"),
    "lcia-cas": ("其他方法：按 CAS 号", "other methods: by CAS number"),
    "lcia-name": ("其他方法：按名称和环境介质", "other methods: by name and compartment"),
    "lcia-synonym": ("其他方法：按同义名", "other methods: by synonym"),
    "lcia-mapping": ("其他方法：按映射文件", "other methods: by mapping file"),
    "lcia-none": ("其他方法：无因子", "other methods: without a factor"),
    # choices
    "allocation": ("分配", "allocation"),
    "providers": ("供应数据集", "providers"),
    "methods": ("方法", "methods"),
    "format": ("指定的格式", "format asked for"),
    "default_place": ("默认地域", "default place"),
    "called": ("文件名", "file name"),
    # severities
    "error": ("必须解决", "error"),
    "warning": ("请核对", "warning"),
    "note": ("提示", "note"),
}
"""(Chinese, English) by code."""


def word(code: str, language: str) -> str:
    """The word for a code in ``zh`` or ``en``; the code itself where it has none."""
    found = WORDS.get(code)
    if found is None:
        return code
    return found[0] if language == "zh" else found[1]
