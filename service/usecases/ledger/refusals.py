"""Refusals of the ledger, made as ``service.usecases.refusals`` says: code, status, a sentence in each language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from certificates.ledger.fields import FieldProblem
from certificates.ledger.power_lines import LineCover
from certificates.ledger.problems import Problem
from service.usecases.ledger.sheets import Told
from service.usecases.refusals import Refusal, RefusedByFirst


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What is wrong with one of the entries that were to be recorded: the ``number``-th, from 1, of this kind."""

    number: int
    kind: str
    problem: Problem


class LedgerRefused(RefusedByFirst):
    """Entries contradict the ledger; nothing was recorded."""

    code = "ledger-refused"
    zh = "未登记任何分录（共{count}个问题）。第{number}条：{first}"
    en = "Nothing was recorded ({count} problems). Entry {number}: {first}"

    def __init__(self, contradictions: Iterable[Contradiction]) -> None:
        self.contradictions = tuple(contradictions)
        sentences = [one.problem.sentence for one in self.contradictions]
        super().__init__(sentences, number=self.contradictions[0].number)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all problems, in order."""
        return tuple(one.problem.code for one in self.contradictions)


class EvidenceUnknown(Refusal):
    """An entry names evidence that the organisation has not stored."""

    code = "evidence-unknown"
    status = 422
    zh = "未找到哈希值为“{sha256}”的证明文件。请先上传该文件，再登记分录。"
    en = "No evidence with the hash {sha256} is stored. Upload the file first, then record the entry."


class AlreadyUsed(Refusal):
    """The units are used for something else already; units are used once."""

    code = "already-used"
    zh = "持仓“{position}”已用于其他用途，同一单位只能使用一次。请选择其他持仓。"
    en = (
        "Position {position} is used for something else already, and units are used once. Choose another one."
    )


class PositionClosed(Refusal):
    """A later entry closed the position; its units are in another one now."""

    code = "position-closed"
    zh = "持仓“{position}”已被后续分录变更。请刷新后从当前持仓中选择。"
    en = "Position {position} was changed by a later entry. Reload and choose one that is there now."


class DossierChanged(Refusal):
    """Somebody stored a newer version of this purchase, power balance or claim in the meantime."""

    code = "dossier-changed"
    zh = "在您操作期间该档案已有更新（现为第{version}版）。请刷新后在新版上重做。"
    en = "This was changed meanwhile (it is now at version {version}). Reload it and try again."


class FieldsRefused(RefusedByFirst):
    """A form of the ledger breaks rules; ``problems`` name every field, its rule and what to do next."""

    code = "fields-refused"
    status = 422
    zh = "共有{count}处需要更正。第一处：{first}"
    en = "{count} fields must be corrected. The first: {first}"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__([problem.sentence for problem in self.problems])


class PowerNotCovered(Refusal):
    """Electricity by contract is not wholly covered by units retired for it; ``lines`` tell each line."""

    code = "power-not-covered"
    status = 422
    zh = (
        "条目“{line}”（{cell}）的合同电力共 {kwh} kWh，已由核销单位抵扣 {covered} kWh，尚缺 {missing} kWh"
        "（共{count}个条目不足）。请由出口企业在“绿电平衡”中分配同一技术、以其名义核销的单位，"
        "或将未抵扣部分改为电网电力条目。{first}"
    )
    en = (
        "Of the {kwh} kWh by contract of line {line} ({cell}), {covered} kWh are covered by retired units and "
        "{missing} kWh are not ({count} lines lack cover). Let the exporter allocate units of that technology, retired "
        "in its name, or make the rest a line of grid electricity. {first}"
    )

    def __init__(self, lines: Sequence[LineCover]) -> None:
        self.lines = tuple(lines)
        one = self.lines[0]
        super().__init__(
            line=one.need.line,
            cell=one.need.cell or "—",
            kwh=f"{one.need.kwh:f}",
            covered=f"{one.covered:f}",
            missing=f"{one.missing:f}",
            count=len(self.lines),
            first=self._first("en"),
        )

    def message(self, language: str) -> str:
        """With the first reason why allocated units do not count, in the language asked for."""
        self.details["first"] = self._first(language)
        return super().message(language).strip()

    def _first(self, language: str) -> str:
        return next((found.sentence(language) for one in self.lines for found in one.problems), "")


class PowerLocked(Refusal):
    """A label rests on this line's cover, so its balances stay as they are."""

    code = "power-locked"
    zh = "标签“{label}”以清单条目“{line}”的绿电平衡为依据，不能更改或释放。如需更正，请提交新的清单并重新签发。"
    en = (
        "Label {label} rests on the balances of line {line}: they are neither changed nor released. Hand in a new "
        "inventory and issue anew to correct it."
    )


class StillAllocated(Refusal):
    """A balance with positions allocated to it is not closed."""

    code = "still-allocated"
    zh = "该平衡仍分配有{count}个持仓，不能关闭。请先释放全部持仓。"
    en = "{count} positions are allocated to this balance. Release them first, then close it."


class TableNotRead(RefusedByFirst):
    """A registry's file could not be read as a whole; ``problems`` tell everything that is wrong with it."""

    code = "table-not-read"
    status = 422
    zh = "文件未能读取（共{count}个问题）。{first}"
    en = "The file was not read ({count} problems). {first}"

    def __init__(self, problems: Sequence[Told]) -> None:
        self.problems = tuple(problems)
        super().__init__([problem.message for problem in self.problems])


class ImportNotReady(Refusal):
    """An import is still being read, or its file was refused: there is no report to show or to confirm."""

    code = "import-not-ready"
    zh = "该导入尚无核对报告（状态：{state}）。请等待读取完成；如文件被拒绝，请更正后重新上传。"
    en = (
        "The import has no report yet (state: {state}). Wait until it is read; correct a file that was refused and "
        "upload it again."
    )
