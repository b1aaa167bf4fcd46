"""The guides are executed: every command of CBAM, ledger and claims they show is run, in their order and with their
file names.

What a reader has beforehand is put there: the Commission's blank workbook (not shipped; its command is left out where
the file is not there), a newer workbook of tables, an installation's workbook that is filled in, not blank, an exporter
with an account, and a registry's file.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner
from openpyxl import load_workbook

from service.cli import group
from tests.certificates.ledger.registries.exports import VERRA, as_csv, vcu

ROOT = Path(__file__).parents[1]
TEMPLATE = (
    ROOT.parent
    / "shared"
    / "data"
    / "cbam"
    / "CBAM_Communication_template_for_installations_en_20241213.xlsx"
)
PAGES = (
    "README.md",
    *(
        f"docs/guide/{language}/{name}.md"
        for language in ("en", "zh")
        for name in ("cbam", "ledger", "operating")
    ),
)
COMMAND = re.compile(r"(?:^|`)(?:\.venv/bin/)?tanbiao ((?:cbam|ledger|claim) [^`#\n]+)", re.MULTILINE)
FORMS = (["ledger", "holders"], ["ledger", "correct"])
"""Commands that are shown with words that stand for something else: that they are there is looked at."""
SILENT = (["claim", "sweep"],)
"""Commands that say nothing where nothing happened."""


def commands(page: str) -> list[list[str]]:
    """The words of each command of a page, in code blocks and between backticks."""
    return [shlex.split(found) for found in COMMAND.findall((ROOT / page).read_text(encoding="utf-8"))]


def run(words: list[str]) -> str:
    result = CliRunner().invoke(group, words)
    assert result.exit_code == 0, f"{shlex.join(words)}: {result.output}"
    return result.output


def newer() -> None:
    """A form of the prices with another week in it, under the names the guides use."""
    run(["cbam", "tables", "template", "prices", "-o", "newer.xlsx"])
    book = load_workbook("newer.xlsx")
    sheet = book.worksheets[0]
    head, last = ([cell.value for cell in sheet[row]] for row in (1, sheet.max_row))
    new = {"quarter": None, "week": "52", "price": "81.5"}
    sheet.append([new.get(name, value) for name, value in zip(head, last, strict=True)])
    for name in ("FILE", "benchmarks.xlsx"):
        with Path(name).open("wb") as target:
            book.save(target)


def exporter() -> None:
    """Who imports, and what is imported."""
    run(shlex.split("account organisation --kind exporter --zh 演示铝业 --en Demo --code X-1"))
    person = "account person --organisation X-1 --email exporter@demo.invalid --name 经办人 --role exporter"
    made = CliRunner().invoke(
        group, shlex.split(person), input="correct horse battery\ncorrect horse battery\n"
    )
    assert made.exit_code == 0, made.output
    Path("credits.csv").write_bytes(as_csv(VERRA, [vcu(first) for first in range(1000, 2000, 100)]))


@pytest.fixture(scope="module")
def beforehand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what every reader has, made once."""
    made = tmp_path_factory.mktemp("beforehand")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        patch.setenv("TANBIAO_HOME", str(made / "home"))
        newer()
        exporter()
    return made


@pytest.fixture
def folder(beforehand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(beforehand, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANBIAO_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(("guide", "least"), [("cbam", 9), ("ledger", 5)])
def test_the_guide_shows_the_same_commands_in_both_languages(guide: str, least: int) -> None:
    shown = [
        [
            " ".join(words).replace("--language zh", "--language en")
            for words in commands(f"docs/guide/{one}/{guide}.md")
        ]
        for one in ("en", "zh")
    ]
    assert shown[0] == shown[1]
    assert len(shown[0]) >= least


@pytest.mark.parametrize("guide", ["cbam", "ledger"])
def test_the_guide_names_pages_as_they_are_named(guide: str) -> None:
    """What stands in bold is a word of the pages."""
    with (ROOT / "service/web/translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        listed = [(one.id, one.string) for one in read_po(file) if isinstance(one.id, str)]
    words = {"en": {english.casefold() for english, _ in listed}, "zh": {chinese for _, chinese in listed}}
    for language, known in words.items():
        text = (ROOT / f"docs/guide/{language}/{guide}.md").read_text(encoding="utf-8")
        bold = {one.casefold() if language == "en" else one for one in re.findall(r"\*\*([^*]+)\*\*", text)}
        assert len(bold) > 8
        assert bold - known - {"cbam", "CBAM"} == set()


def runnable(words: list[str]) -> list[str]:
    """A command with the example in its workbook; one of FORMS asks for its help."""
    if words[:2] in FORMS:
        return [*words[:2], "--help"]
    if words[1] == "template" and "--example" not in words:
        return [*words, "--example"]
    return words


def pages_by_commands() -> dict[str, str]:
    """One page of all that have the same commands in the same order to be run, by the names of them all."""
    alike: dict[str, list[str]] = {}
    for page in PAGES:
        alike.setdefault(str([runnable(words) for words in commands(page)]), []).append(page)
    return {" and ".join(pages): pages[0] for pages in alike.values()}


ALIKE = pages_by_commands()


@pytest.mark.parametrize("page", ALIKE.values(), ids=ALIKE)
def test_every_command_of_a_page_runs(folder: None, page: str) -> None:
    shown = commands(page)
    assert shown
    edition = ""
    for words in map(runnable, shown):
        if words[1] == "fill":
            if not TEMPLATE.exists():
                continue
            shutil.copy(TEMPLATE, "communication-template.xlsx")
        words = [edition if word == "EDITION" else word for word in words]
        shown_text = run(words).strip()
        assert shown_text or words in SILENT
        if words[:3] == ["cbam", "tables", "import"]:
            edition = shown_text.splitlines()[-1]
        if "-o" in words:
            assert Path(words[words.index("-o") + 1]).stat().st_size > 1000
