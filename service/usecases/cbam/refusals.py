"""Refusals of CBAM, as ``service.usecases.refusals`` has them: a code, a status, one sentence in each language."""

from __future__ import annotations

from typing import ClassVar

from service.usecases.refusals import Refusal, RefusedByNotices


class MonitoringChanged(Refusal):
    """Somebody stored a newer version of the installation's data in the meantime."""

    code = "monitoring-changed"
    zh = "在您操作期间该装置的数据已有更新(现为第{version}版)。请刷新后在新版上重做。"
    en = "The installation's data was changed meanwhile (it is now at version {version}). Reload it and try again."


class UnknownRecord(Refusal):
    """The installation's data has no such record."""

    code = "unknown-record"
    status = 422
    zh = "该装置的数据“{collection}”中没有记录“{record}”。请刷新后从列表中选择。"
    en = (
        "The installation's {collection} hold no record {record}. Reload the page and choose one of the list."
    )


class TransitionalData(Refusal):
    """Data of the transitional period gives no document of the definitive period."""

    code = "transitional-data"
    status = 422
    zh = "该版数据按过渡期规则（2025年底前）编制，不能用于正式期的{kind}。请提交2026年起的监测数据。"
    en = (
        "This version follows the rules of the transitional period (until the end of 2025) and gives no {kind} of "
        "the definitive period. Hand in monitoring data from 2026 on."
    )
    kinds: ClassVar[dict[str, tuple[str, str]]] = {
        "comparison": ("比较", "comparison"),
        "summary-report": ("排放报告摘要", "summary report"),
        "operator-report": ("运营者排放报告", "operator's report"),
        "monitoring-plan": ("监测计划", "monitoring plan"),
        "verification-file": ("核查资料", "file for the verifier"),
    }

    def __init__(self, kind: str) -> None:
        super().__init__(kind=kind)

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``, the document named in that language."""
        is_zh = language.startswith("zh")
        kind = self.details["kind"]
        return (self.zh if is_zh else self.en).format(
            kind=self.kinds.get(kind, (kind, kind))[0 if is_zh else 1]
        )


class NotInCbamScope(Refusal):
    """The CN code is not in Annex I of Regulation (EU) 2023/956."""

    code = "not-in-cbam-scope"
    status = 422
    zh = "CN编码“{cn}”不在欧盟碳边境调节机制范围内（条例2023/956附件一）。请核对8位编码。相近的编码:{near}"
    en = "CN code {cn} is not in Annex I of Regulation (EU) 2023/956. Check its 8 digits. Codes like it: {near}"


class DefaultMissing(Refusal):
    """The tables hold no default value for this CN code and country."""

    code = "default-missing"
    status = 422
    zh = "参考表中没有CN编码“{cn}”、国家“{country}”的默认值:{problem}"
    en = "The tables hold no default value for CN code {cn} and country {country}: {problem}"


class VariantNeeded(Refusal):
    """The default value of this CN code depends on a variant, which must be named."""

    code = "default-variant-needed"
    status = 422
    zh = "CN编码“{cn}”的默认值按品种区分，请注明其一:{variants}"
    en = "The default value of CN code {cn} depends on the variant. Name one of: {variants}"

    def __init__(self, cn: str, variants: tuple[str, ...]) -> None:
        self.variants = variants
        super().__init__(cn=cn, variants=", ".join(variants))


class TablesNotImported(RefusedByNotices):
    """The workbook of reference tables could not be used; nothing was changed."""

    code = "tables-not-imported"
    status = 422
    zh = "未导入参考表:{problem}"
    en = "The reference tables were not imported: {problem}"


class DocumentDiffers(Refusal):
    """A document made again is not byte for byte the one that was handed out."""

    code = "document-differs"
    status = 409
    zh = (
        "重新生成的文件与登记的不一致（登记的哈希值{registered}，现在为{found}）：程序或字体已更新。"
        "数字可在装置页用“重算”核对。"
    )
    en = (
        "The file made again is not the one that was handed out (registered {registered}, now {found}): the software "
        "or its fonts have changed since. Recompute the installation to check the figures."
    )


class TablesGone(Refusal):
    """The reference tables a stored result rests on are neither kept nor installed any more."""

    code = "tables-gone"
    status = 409
    zh = "当时所用的参考表（{digest}）已不在系统中。请从备份恢复，或重新导入当时的工作簿。"
    en = "The reference tables of that day ({digest}) are gone. Restore a backup, or import that workbook again."
