"""Why a use case says no: one class a condition, one sentence a class in Chinese and English.

Rules
1. A refusal is raised before anything is written; the unit of work rolls back on its way out.
2. ``code`` is stable (API, jobs and tests rely on it); ``status`` is the HTTP status pages and API answer
   with.
3. The sentence states what is wrong and what to do next; ``details`` fill its placeholders. A ``problem`` and a
   ``noun`` are given in English and told in Chinese by the table of ``service.usecases.problems``.

Example: ``raise WrongState(status="draft", wanted="approved")``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from lca.findings import Finding
from service import usecases
from service.usecases.problems import chinese

if TYPE_CHECKING:
    from databases.notices import Notice


class Refusal(Exception):
    """The request cannot be carried out as it stands."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    zh: ClassVar[str] = "无法按此请求办理。"
    en: ClassVar[str] = "The request cannot be carried out as it stands."

    def __init__(self, **details: object) -> None:
        self.details: dict[str, str] = {name: str(value) for name, value in details.items()}
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``."""
        if not language.startswith("zh"):
            return self.en.format_map(_Known(self.details))
        words = {name: chinese(self.details[name]) for name in ("problem", "noun") if name in self.details}
        return self.zh.format_map(_Known(self.details | words))


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


class RefusedByFirst(Refusal):
    """Several things are wrong: the sentence has their ``count`` and the ``first`` one's own sentence."""

    def __init__(self, sentences: Iterable[Callable[[str], str]], **details: object) -> None:
        """``sentences`` give what is wrong, in the language asked for (zh, en)."""
        self._sentences = tuple(sentences)
        super().__init__(**{"count": len(self._sentences), "first": self._told("en")} | details)

    def message(self, language: str) -> str:
        """The count and the first sentence, both in the language asked for."""
        self.details["first"] = self._told("zh" if language.startswith("zh") else "en")
        return super().message(language)

    def _told(self, language: str) -> str:
        return self._sentences[0](language) if self._sentences else "—"


class RefusedByNotices(Refusal):
    """What was read has ``notices``: the first one's own sentence is the problem."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        self.notices = tuple(notices)
        super().__init__()

    def message(self, language: str) -> str:
        """With the first notice's own sentence, in the language asked for."""
        self.details["problem"] = self._first("zh" if language.startswith("zh") else "en")
        return super().message(language)

    def _first(self, language: str) -> str:
        if not self.notices:
            return "—"
        first = self.notices[0]
        return (f"{first.where}: " if first.where else "") + first.message(language)


class NotAllowed(Refusal):
    """Your role does not allow this action."""

    code = "not-allowed"
    status = 403
    zh = "您的角色不能执行此操作。请联系本机构担任相应角色的人员。"
    en = "Your role does not allow this action. Ask a colleague whose role does."


class NotFound(Refusal):
    """There is no such object, or it is not yours to see."""

    code = "not-found"
    status = 404
    zh = "没有找到{noun}“{key}”,或者您无权查看。请核对编号。"
    en = "No {noun} {key!s} was found, or it is not yours to see. Check the number."


class SignInRefused(Refusal):
    """The address or the password is wrong."""

    code = "sign-in-refused"
    status = 401
    zh = "邮箱或密码不正确。请核对后重试。"
    en = "The address or the password is wrong. Check both and try again."


class InvalidInput(Refusal):
    """A field does not hold what it must."""

    code = "invalid-input"
    status = 422
    zh = "字段“{field}”的内容无效：{problem}。"
    en = "The field {field} is not valid: {problem}"


class EmailTaken(Refusal):
    """Another account already uses this address."""

    code = "email-taken"
    zh = "邮箱“{email}”已注册。请换一个邮箱或直接登录。"
    en = "The address {email} already has an account. Use another one or sign in."


class WrongState(Refusal):
    """The study is not in a state that allows this."""

    code = "wrong-state"
    zh = "研究当前状态为“{status}”,此操作需要状态“{wanted}”。"
    en = "The study is {status}; this action needs it to be {wanted}."


class StudyChanged(Refusal):
    """Somebody changed the study in the meantime."""

    code = "study-changed"
    zh = "在您操作期间研究已被他人修改(现为第{version}版)。请刷新后重试。"
    en = "The study was changed meanwhile (it is now at version {version}). Reload it and try again."


class SamePerson(Refusal):
    """The person who models, the one who reviews and the one who signs must differ."""

    code = "same-person"
    status = 403
    zh = "您已以“{earlier}”身份参与本研究,不能再作为“{wanted}”。建模、核查、签发须由不同人员完成。"
    en = "You took part in this study as {earlier} and cannot act as {wanted}: three different people are needed."


class UnknownLine(Refusal):
    """The inventory has no such line or leg."""

    code = "unknown-line"
    status = 422
    zh = "清单中没有条目“{key}”。"
    en = "The inventory has no line {key}."


class UnknownDataset(Refusal):
    """The release has no such dataset."""

    code = "unknown-dataset"
    status = 422
    zh = "数据版本“{release}”中没有数据集“{dataset}”。请用搜索选择。"
    en = "Release {release} has no dataset {dataset}. Choose one with the search."


class NothingToConfirm(Refusal):
    """Nothing is suggested for this line, so there is nothing to confirm."""

    code = "nothing-to-confirm"
    status = 422
    zh = "条目“{key}”没有可确认的建议。请为它选择数据集。"
    en = "Nothing is suggested for line {key}. Choose a dataset for it."


class UnknownRuleSet(Refusal):
    """There is no such rule set."""

    code = "unknown-rule-set"
    status = 422
    zh = "没有规则集“{rule_set}”。"
    en = "There is no rule set {rule_set}."


class NotAssessed(Refusal):
    """The study has no current assessment."""

    code = "not-assessed"
    zh = "研究尚无当前有效的评估结果。请先计算碳足迹。"
    en = "The study has no current assessment. Assess it first."


class NotApproved(Refusal):
    """No review approves exactly this assessment."""

    code = "not-approved"
    zh = "没有针对当前评估结果的核查通过记录。请重新提交核查。"
    en = "No review approves exactly the current assessment. Submit the study for review again."


class RoadsDiffer(Refusal):
    """The two independent computations do not agree; nothing is issued."""

    code = "roads-disagree"
    zh = "两条独立计算路径的结果不一致:{problem}。标签未签发,请联系系统管理员。"
    en = "The two independent computations disagree: {problem}. Nothing was issued; tell the administrator."


class StatementRefused(Refusal):
    """The statement fails its own checks; nothing is issued."""

    code = "statement-refused"
    status = 500
    zh = "声明未通过自检:{problem}。标签未签发,请联系系统管理员。"
    en = "The statement fails its own checks: {problem}. Nothing was issued; tell the administrator."


class EvidenceChanged(Refusal):
    """Something stored is not what it was when it was stored; nothing is issued."""

    code = "evidence-changed"
    status = 500
    zh = "存储的数据与入库时不一致:{what}。未签发任何标签,请用备份核对并联系系统管理员。"
    en = "Stored data is not what it was: {what}. Nothing was issued; compare with a backup and tell the administrator."


class KeysUnavailable(Refusal):
    """The signing keys cannot be opened."""

    code = "keys-unavailable"
    status = 503
    zh = "无法打开签名密钥:{problem}。请检查 TANBIAO_KEYS 与 TANBIAO_KEY_PASSPHRASE。"
    en = "The signing keys cannot be opened: {problem}. Check TANBIAO_KEYS and TANBIAO_KEY_PASSPHRASE."


class DocumentNotDrawn(Refusal):
    """The document as it would be drawn could not be set or would not verify, so nothing was issued."""

    code = "document-not-drawn"
    status = 422
    zh = "文件未能绘制，或绘制后不能通过核验，因此未予签发：{found}请检查产品、企业与场所的名称中是否有异常文字。"
    en = (
        "The document could not be drawn so that it verifies, and nothing was issued: {found} "
        "Look for unusual text in the names of product, company and site."
    )

    def __init__(self, found: Mapping[str, str]) -> None:
        self.found = dict(found)
        super().__init__()

    def message(self, language: str) -> str:
        """With what was found, in the language asked for."""
        self.details["found"] = self.found["zh" if language.startswith("zh") else "en"]
        return super().message(language)


class WitnessesUnusable(Refusal):
    """The witnesses of the settings cannot be asked."""

    code = "witnesses-unusable"
    status = 503
    zh = "设置中的见证方无法使用:{problem}。请检查 TANBIAO_WITNESSES,向见证方重新索取公钥行。"
    en = "The witnesses of the settings cannot be used: {problem}. Check TANBIAO_WITNESSES; get the verifier key anew."


class WitnessRefused(Refusal):
    """A witness does not sign this log, because it is not the one the witness saw before."""

    code = "witness-refused"
    zh = (
        "见证方“{witness}”拒绝为大小为{size}的检查点签名:{problem}。日志可能被改写,或数据库被恢复到旧备份。"
        "在查明原因之前不要签发;请运行 tanbiao db check,并与见证方保存的检查点核对。"
    )
    en = (
        "The witness {witness} does not sign the checkpoint of size {size}: {problem}. The log may be rewritten, "
        "or the store put back to an older backup. Issue nothing until this is explained: run tanbiao db check and "
        "compare with the checkpoint the witness keeps."
    )


class JobInterrupted(Refusal):
    """The worker stopped twice while doing this job."""

    code = "job-interrupted"
    status = 500
    zh = "后台任务两次中断,已停止重试。没有留下部分结果,请重新提交。"
    en = "The worker was interrupted twice and gave up. Nothing half-done was kept; ask again."


class GateClosed(RefusedByFirst):
    """Findings of severity ERROR stop this; each says what to do."""

    code = "gate-closed"
    status = 422
    zh = "存在{count}个必须解决的问题,第一个:{first}"
    en = "{count} problems must be solved first. The first: {first}"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__([one.message for one in self.findings if one.severity == "error"])


def every_refusal() -> dict[str, type[Refusal]]:
    """All refusals by code, for the documentation and its test: every module of the use cases is imported for it."""
    for module in pkgutil.walk_packages(usecases.__path__, f"{usecases.__name__}."):
        import_module(module.name)
    found: dict[str, type[Refusal]] = {}
    kinds = list(Refusal.__subclasses__())
    for kind in kinds:
        kinds += kind.__subclasses__()
        if "code" not in vars(kind):
            continue  # what others are made of, or one that says the same in other words
        if kind.code in found:
            raise LookupError(f"Refusal code {kind.code!r} is used twice")
        found[kind.code] = kind
    return found
