"""Refusals of standing, as ``service.usecases.refusals`` has them: a code, a status, one sentence in each language."""

from __future__ import annotations

from collections.abc import Mapping

from service.usecases.refusals import Refusal

STATES: Mapping[str, str] = {
    "active": "有效",
    "suspended": "已暂停",
    "revoked": "已撤销",
    "superseded": "已被取代",
}
"""The states in Chinese; in English they are called what they are."""


def _with_state(refusal: Refusal, language: str) -> str:
    """Its sentence, with the state in the language asked for."""
    chinese, state = language.startswith("zh"), refusal.details["state"]
    told = STATES.get(state, state) if chinese else state
    return (refusal.zh if chinese else refusal.en).format_map(refusal.details | {"state": told})


class StandingFinal(Refusal):
    """A revoked or superseded label stays so for ever."""

    code = "standing-final"
    zh = "标签{number}{state}，属终局状态，不能再变更。如需继续使用，请重新核查后签发新标签。"
    en = "Label {number} is {state}, and that is final. Review the study again and issue a new label instead."

    def message(self, language: str) -> str:
        """With the state in the language asked for."""
        return _with_state(self, language)


class StandingUnchanged(Refusal):
    """The label stands so already."""

    code = "standing-unchanged"
    zh = "标签{number}目前{state}，无需再次办理。请刷新页面查看其状态记录。"
    en = "Label {number} is {state} already. Reload the page to see what happened to it."

    def message(self, language: str) -> str:
        """With the state in the language asked for."""
        return _with_state(self, language)


class SuspendedByOthers(Refusal):
    """Whoever suspended a label lifts it: a regulator's suspension only a regulator."""

    code = "suspended-by-others"
    status = 403
    zh = "标签{number}由{by}暂停，只能由暂停的一方解除。请与其联系；如需永久停用，可以撤销。"
    en = (
        "Label {number} was suspended by {by}, and only that side can end it. Turn to them; "
        "to end its use for good, revoke it."
    )

    def __init__(self, number: str, by: Mapping[str, str]) -> None:
        self.by = dict(by)
        super().__init__(number=number, by=self.by["en"])

    def message(self, language: str) -> str:
        """With the organisation's name in the language asked for."""
        self.details["by"] = self.by["zh" if language.startswith("zh") else "en"]
        return super().message(language)


class SuccessorUnfit(Refusal):
    """A label is superseded by a newer, active label of the same exporter, and by no other."""

    code = "successor-unfit"
    status = 422
    zh = "标签{other}不能取代{number}：{problem}。请填写同一企业、签发更晚且有效的标签编号。"
    en = (
        "Label {other} cannot take the place of {number}: {problem}. Name a label of the same exporter that was "
        "issued later and is active."
    )


class StatusUnavailable(Refusal):
    """The newest status lists hide something that happened, or are too old, and new ones cannot be signed now."""

    code = "status-unavailable"
    status = 503
    zh = "状态列表暂时不可用：最新的变更尚未签署发布。请稍后重试；运维人员请检查签名密钥并运行 tanbiao status publish。"
    en = (
        "The status lists are not available now: the newest change is not signed yet. Try again later; operators: "
        "check the signing keys and run tanbiao status publish."
    )
