"""Refusals of the desk, made as ``service.usecases.refusals`` says: code, status, a sentence in each language."""

from __future__ import annotations

from collections.abc import Sequence

from service.usecases.ledger.sheets import Told
from service.usecases.refusals import Refusal, RefusedByFirst


class ListNotRead(RefusedByFirst):
    """What was handed in for a bulk check could not be read as a whole; ``problems`` tell everything wrong with it."""

    code = "list-not-read"
    status = 422
    zh = "文件未能读取（共{count}个问题）。{first}"
    en = "The file was not read ({count} problems). {first}"

    def __init__(self, problems: Sequence[Told]) -> None:
        self.problems = tuple(problems)
        super().__init__([problem.message for problem in self.problems])


class ChecksWaiting(Refusal):
    """The authority has too many bulk checks under way."""

    code = "checks-waiting"
    status = 429
    zh = "贵单位已有 {most} 个批量核验在等待或进行中。请待其中一个结束后再提交。"
    en = "Your authority has {most} bulk checks waiting or running. Hand in the next one when one of them has ended."


class CheckNotDone(Refusal):
    """A bulk check is not finished, so there is nothing to export yet."""

    code = "check-not-done"
    zh = "批量核验尚未完成。请等待其完成后再导出。"
    en = "The bulk check is not finished. Wait until it is, then export."


class NothingToPack(Refusal):
    """Nothing was ever issued here, so an offline pack would know nothing."""

    code = "nothing-to-pack"
    zh = "本平台尚未签发任何标签或声明，离线核验包没有内容。请在首次签发之后领取。"
    en = "Nothing was issued here yet, so a pack would know nothing. Take one after the first label."


class AlreadyAsked(Refusal):
    """The authority's earlier request for this label's evidence waits for its answer."""

    code = "already-asked"
    zh = "贵单位就标签“{number}”提出的查阅请求尚未得到答复。请等待答复。"
    en = "Your authority's earlier request for the evidence of {number} waits for its answer. Wait for it."


class AlreadyAnswered(Refusal):
    """A request for evidence has one answer, and this one has it."""

    code = "already-answered"
    zh = "该查阅请求已有答复，不能再次答复。如需更改，请监管机构重新提出请求。"
    en = "This request has its answer and gets no second one. To change it, let the authority ask again."


class NoLegalBasis(Refusal):
    """Evidence is opened by legal duty only where the request states the law that asks for it."""

    code = "no-legal-basis"
    status = 422
    zh = "该请求未写明法律依据，不能依法定义务开放；只能由出口企业决定。"
    en = "The request states no legal basis, so no duty opens it: the exporter decides."


class EvidenceSealed(Refusal):
    """The evidence was not opened to the authority: no answer yet, or a refusal."""

    code = "evidence-sealed"
    status = 403
    zh = "证据仍处于封存状态：请求尚未获准。请等待答复，或写明法律依据重新请求。"
    en = "The evidence stays sealed: the request was not granted. Wait for the answer, or ask again with a legal basis."


class GrantOver(Refusal):
    """The time for which the evidence was opened is over."""

    code = "grant-over"
    status = 403
    zh = "查阅期限已于 {until} 结束。如仍需查阅，请重新提出请求。"
    en = "The evidence was open until {until}. Ask again if it is still needed."
