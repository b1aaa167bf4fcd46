"""Refusals of claims, as ``service.usecases.refusals`` has them: a code, a status, one sentence in each language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from service.usecases.refusals import Refusal, RefusedByFirst

if TYPE_CHECKING:
    from certificates.ledger.claims.results import CheckResult


class ClaimNotReady(RefusedByFirst):
    """A check of the claim is not met; the checklist says what is missing for each."""

    code = "claim-not-ready"
    status = 422
    zh = "声明尚有{count}项检查未通过（{codes}），不能继续。请打开核对清单逐项补充。第一项：{first}"
    en = "{count} checks of the claim are not met ({codes}). Open its checklist and complete them. The first: {first}"

    def __init__(self, results: Iterable[CheckResult]) -> None:
        self.results = tuple(results)
        codes = ", ".join(one.code for one in self.results)
        sentences = [problem.sentence for one in self.results for problem in one.problems]
        super().__init__(sentences, count=len(self.results), codes=codes)


class ClaimWrongState(Refusal):
    """The claim is not in a state that allows this."""

    code = "claim-wrong-state"
    zh = "声明当前状态为“{status}”，此操作需要状态“{wanted}”。请刷新页面查看可做的操作。"
    en = "The claim is {status}; this needs it to be {wanted}. Reload the page to see what can be done now."


class ClaimSamePerson(Refusal):
    """Preparing, reviewing, verifying and signing a claim, and freezing and lifting it, take different people."""

    code = "claim-same-person"
    status = 403
    zh = "您已以“{earlier}”身份参与本声明，不能再以“{wanted}”身份办理。请由其他人员办理。"
    en = "You took part in this claim as {earlier} and cannot act as {wanted}. Ask a colleague who did not."


class ClaimNotHanded(Refusal):
    """A claim is reviewed and signed by an institution that is not the claimant."""

    code = "claim-not-handed"
    status = 422
    zh = "声明须交给声明主体以外的机构复核和签发。请先选择机构。"
    en = "A claim is reviewed and signed by an institution other than the claimant. Choose one first."


class ClaimUndecided(Refusal):
    """A check that a person has to decide has no decision with a reason."""

    code = "claim-undecided"
    status = 422
    zh = "检查项{codes}须由复核人逐项作出认定并写明理由。请补充后再通过复核。"
    en = "A reviewer has to decide {codes} and give a reason for each. Add them, then approve."


class ClaimFallen(RefusedByFirst):
    """What made the claim freeze still holds."""

    code = "claim-fallen"
    zh = "不能解除冻结：{first}请先消除原因。"
    en = "The claim stays frozen: {first} Remove the cause first."

    def __init__(self, causes: Iterable[tuple[str, str]]) -> None:
        self.causes = tuple(causes)
        super().__init__(partial(_in, cause) for cause in self.causes)


class ClaimStatementRefused(RefusedByFirst):
    """The statement of a claim fails its own checks; nothing is issued."""

    code = "claim-statement-refused"
    status = 422
    zh = "声明未通过自检（{count}处）：{first}声明未签发，请修改后重新提交复核。"
    en = "The statement fails its own checks ({count}): {first} Nothing was issued; correct the claim, submit it again."

    def __init__(self, reasons: Iterable[tuple[str, str]]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(partial(_in, reason) for reason in self.reasons)


class ClaimContentUnreadable(Refusal):
    """The content that was sent is not the form of a claim."""

    code = "claim-unreadable"
    status = 422
    zh = "声明内容无法读取（{reason}）。请按接口文档核对字段名称与格式。"
    en = (
        "The content is not that of a claim ({reason}). Compare its fields with the documentation of the API."
    )


class ClaimUnitsGone(Refusal):
    """Units are not kept for this claim any more; nothing is issued."""

    code = "claim-units-gone"
    zh = "持仓“{position}”已不再为本声明保留。请退回声明，重新选择持仓后再提交。"
    en = "Position {position} is not kept for this claim any more. Return the claim, choose its units again, submit it."


def _in(both: tuple[str, str], language: str) -> str:
    """A sentence that is there in Chinese and English."""
    return both[0 if language == "zh" else 1]
