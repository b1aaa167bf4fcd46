"""Refusals of background data, as ``service.usecases.refusals`` has them: a code, a status, one sentence in each
language.

Example: ``raise ReleaseNotInstalled(release="open-cn-2026.2")``.
"""

from __future__ import annotations

from service.usecases.refusals import Refusal, RefusedByNotices


class ReleaseUnavailable(Refusal):
    """The study's background release is missing, damaged or not the one the study was opened with."""

    code = "release-unavailable"
    zh = "数据版本“{release}”不可用：{problem}。请系统管理员重新安装该版本。"
    en = "Release {release} is not available: {problem}. Ask the administrator to install it again."


class ReleaseNotInstalled(ReleaseUnavailable):
    """No background release of this name and version is installed."""

    status = 404
    zh = "没有安装数据版本“{release}”。已安装的版本见“背景数据”页或命令 tanbiao release list。"
    en = "Release {release} is not installed. See Background data, or tanbiao release list, for those that are."


class LicenceMissing(Refusal):
    """The organisation holds no licence for this restricted release."""

    code = "licence-missing"
    status = 403
    zh = (
        "数据版本“{release}”受许可限制，贵单位尚未登记许可，不能查看或使用其中的数值。"
        "请向系统管理员提供许可凭证（tanbiao release grant）。"
    )
    en = (
        "Release {release} is restricted and your organisation has no licence on record: its values can be "
        "neither seen nor used. Give the administrator evidence of the licence (tanbiao release grant)."
    )


class ReleaseExists(Refusal):
    """A release of this name and version is installed already."""

    code = "release-exists"
    zh = "数据版本“{release}”已安装，且不会被覆盖。请换一个版本号。"
    en = "Release {release} is installed already and is never overwritten. Choose another version."


class ReleaseNameReserved(Refusal):
    """The name belongs to the project or to a release somebody else holds the licence for."""

    code = "release-name-reserved"
    zh = "名称“{name}”已被占用：它属于本平台的数据、其他单位导入的数据，或贵单位未登记许可的受限数据。请换一个名称。"
    en = (
        "The name {name} is taken: by the platform's own data, data another organisation imported, or restricted data "
        "for which yours has no licence on record. Choose another name."
    )


class ImportsWaiting(Refusal):
    """The institution has too many imports under way."""

    code = "imports-waiting"
    status = 429
    zh = "贵单位已有 {most} 个导入任务在等待或进行中。请待其中一个结束后再导入。"
    en = "Your institution has {most} imports waiting or running. Import the next one when one of them has ended."


class ReleaseStaysRestricted(Refusal):
    """Data of this name is restricted; another version of it is not made open."""

    code = "release-stays-restricted"
    status = 422
    zh = "“{name}”是受限数据，新版本不能改为公开。请勾选“受限”并写明许可凭证，或换一个名称。"
    en = "{name} is restricted data and stays so. Mark it as restricted, with evidence, or choose another name."


class LicenceUndeclared(Refusal):
    """A restricted release is imported only with a declaration that the institution holds its licence."""

    code = "licence-undeclared"
    status = 422
    zh = "受限数据须由机构声明持有许可并写明凭证（如合同号）后才能导入。"
    en = (
        "Restricted data is imported only when the institution declares that it holds the licence, with "
        "evidence such as a contract number."
    )


class SourceTooLarge(Refusal):
    """The uploaded source is larger than this installation takes."""

    code = "source-too-large"
    status = 413
    zh = "文件超过上限 {most} 字节。请拆分后再导入，或由管理员用命令行导入。"
    en = (
        "The file is larger than the limit of {most} bytes. Split it, or let the administrator import it on "
        "the command line."
    )


class SourceNotRead(RefusedByNotices):
    """The source could not be read as a whole; nothing was made of it."""

    code = "source-not-read"
    status = 422
    zh = "未生成数据版本：{problem}"
    en = "No release was made: {problem}"


class ReleaseNotBuilt(RefusedByNotices):
    """The build of a release failed; nothing was published."""

    code = "release-not-built"
    status = 422
    zh = "数据版本未能生成，没有留下部分结果：{problem}"
    en = "The release could not be built; nothing half-done was kept: {problem}"


class ReleaseInUse(Refusal):
    """Something rests on this release, so it stays."""

    code = "release-in-use"
    zh = "数据版本“{release}”不能删除：有 {studies} 项研究、{labels} 个标签、{impacts} 次更新影响分析以它为依据。"
    en = "Release {release} cannot be removed: {studies} studies, {labels} labels and {impacts} comparisons rest on it."


class ReleaseBusy(Refusal):
    """A release is being built or installed; until that ends none is removed."""

    code = "release-busy"
    zh = "正在生成或安装数据版本，完成之前不能删除。请稍后重试。"
    en = "A release is being built or installed; until that ends none is removed. Try again later."


class ReleasesNotComparable(Refusal):
    """The two releases cannot be compared."""

    code = "releases-not-comparable"
    status = 422
    zh = "无法比较“{old}”与“{new}”：{problem}"
    en = "{old} and {new} cannot be compared: {problem}"
