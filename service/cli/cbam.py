"""``tanbiao cbam``: goods, default values, calculations and documents from a workbook, without a store."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.cli import base, cbam_tables

if TYPE_CHECKING:
    from lca.cbam.obligation.default_path import Row
    from service.usecases.cbam.files import Calculated, Workbook
    from service.usecases.services import Services

PATHS = ("actual", "mixed")
KINDS = {
    "operator": "operator-report",
    "summary": "summary-report",
    "plan": "monitoring-plan",
    "verification": "verification-file",
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
COLUMNS = ("cn", "variant", "name", "default", "mark-up", "see", "sefa", "net", "per", "from", "mark")


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("cbam", cls=base.Group, example="tanbiao cbam default 7318159590 --country CN --year 2026")
    def cbam() -> None:
        """Embedded emissions for the EU's carbon border adjustment mechanism."""

    _goods(cbam)
    _default(cbam)
    _table(cbam)
    _calculate(cbam)
    _documents(cbam)
    _recompute(cbam)
    cbam_tables.register(cbam)


def _goods(cbam: click.Group) -> None:
    @base.command(cbam, "goods", "tanbiao cbam goods 731815")
    @click.argument("text", nargs=-1, required=True)
    @click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
    @base.json_option
    def goods(text: tuple[str, ...], limit: int, as_json: bool) -> None:
        """Goods in scope whose code begins with the digits, or whose names hold every word."""
        from service.usecases.cbam import defaults

        found = defaults.search(base.administrator(), " ".join(text), base.services(store=False), limit)
        chinese = base.language() == "zh"
        rows = [
            (
                one.cn,
                one.name_zh if chinese else one.name_en,
                one.category,
                one.unit.value,
                ", ".join(one.gases),
            )
            for one in found
        ]
        base.show(rows, ("cn", "name", "category", "unit", "gases"), as_json=as_json)
        if not found:
            raise click.ClickException("No good of Annex I to Regulation (EU) 2023/956 fits.")


def _default(cbam: click.Group) -> None:
    @base.command(cbam, "default", "tanbiao cbam default 7318159590 --country CN --year 2026")
    @click.argument("cn")
    @click.option(
        "--country", default="", help="ISO code of the country of origin; without it the highest value."
    )
    @click.option("--year", type=int, default=None, help="Year of import; this year where not given.")
    @click.option("--variant", default="", help="white or grey, where the code has both.")
    @base.json_option
    def default(cn: str, country: str, year: int | None, variant: str, as_json: bool) -> None:
        """What a good owes on default values: emissions, free allocation, certificates per tonne."""
        from service.schemas.plain import plain
        from service.usecases.cbam import defaults
        from service.usecases.cbam.defaults import LookUp

        found = base.services(store=False)
        command = LookUp(cn, country, year or this_year(found), variant)
        path = defaults.look_up(base.administrator(), command, found)
        if as_json:
            click.echo(json.dumps(plain(path), ensure_ascii=False, indent=2))
            return
        rows = [
            ("default value", f"{path.default.total:f}", path.default.source),
            ("mark-up", f"{path.markup * 100:f} %", ""),
            ("embedded emissions", f"{path.see:f}", ""),
            ("free allocation", f"{path.sefa:f}", f"benchmark {path.benchmark:f} {path.route}"),
            ("certificates", f"{path.net:f}", f"mark {path.mark}"),
        ]
        click.echo(f"{path.good.cn} {path.good.name_en}; tCO2e per {path.basis.value}; {path.year}")
        base.show(rows, ("", "value", "source"), as_json=False)
        base.findings(path.findings)


def _table(cbam: click.Group) -> None:
    @base.command(cbam, "table", "tanbiao cbam table --country CN --year 2026 --csv")
    @click.option("--country", required=True, help="ISO code of the country of origin.")
    @click.option("--year", type=int, default=None, help="Year of import; this year where not given.")
    @click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
    @base.json_option
    def table(country: str, year: int | None, as_csv: bool, as_json: bool) -> None:
        """Certificates per tonne on default values for every code of Annex I."""
        from service.usecases.cbam import defaults

        found = base.services(store=False)
        rows = defaults.table(base.administrator(), country, year or this_year(found), found)
        cells = [table_cells(row) for row in rows]
        if as_csv:
            out = csv.writer(sys.stdout, lineterminator="\n")
            out.writerow(COLUMNS)
            out.writerows(cells)
            return
        base.show(cells, COLUMNS, as_json=as_json)


def table_cells(row: Row) -> tuple[str, ...]:
    """A row of the table as text; without figures where there is no default value."""
    head = (row.good.cn, row.variant, row.good.name_en)
    path = row.path
    if path is None:
        return (*head, "", "", "", "", "", "", "none", "")
    numbers = (path.default.total, path.markup, path.see, path.sefa, path.net)
    where = path.fallback or path.country
    return (*head, *(f"{number:f}" for number in numbers), path.basis.value, where, path.mark)


def this_year(found: Services) -> int:
    """The current year, or the nearest one that has rules."""
    from service.usecases.cbam.defaults import YEARS

    return min(max(found.clock().year, YEARS[0]), YEARS[-1])


def _calculate(cbam: click.Group) -> None:
    @base.command(cbam, "template", "tanbiao cbam template -o monitoring.xlsx --language zh")
    @click.option("-o", "--output", "target", required=True)
    @click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    @click.option("--example", is_flag=True, help="Filled in: a maker of bolts and nuts.")
    def template(target: str, language: str, example: bool) -> None:
        """Write the workbook of monitoring data for an installation to fill."""
        from service.usecases.cbam.installations import template as make

        base.write_file(target, make(language, example=example))

    @base.command(cbam, "calculate", "tanbiao cbam calculate monitoring.xlsx --path mixed --json")
    @click.argument("file", type=FILE)
    @click.option("--path", type=click.Choice(PATHS), default="actual", show_default=True)
    @base.json_option
    def calculate(file: Path, path: str, as_json: bool) -> None:
        """Calculate our workbook or the Commission's; of that, every figure it shows otherwise is listed."""
        from service.schemas.plain import plain
        from service.usecases.cbam import files

        done = files.calculate(base.administrator(), _workbook(file, path), base.services(store=False))
        if as_json:
            shown = {
                "done": plain(done.done),
                "compared": done.compared,
                "differences": plain(done.differences),
            }
            click.echo(json.dumps(shown | {"findings": plain(done.findings)}, ensure_ascii=False, indent=2))
            return
        _print(done)


def _documents(cbam: click.Group) -> None:
    @base.command(
        cbam,
        "report",
        "tanbiao cbam report monitoring.xlsx --kind summary --language en --format pdf -o summary.pdf",
    )
    @click.argument("file", type=FILE)
    @click.option("--kind", type=click.Choice(list(KINDS)), required=True)
    @click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    @click.option(
        "--format", "form", type=click.Choice(["pdf", "xlsx", "docx"]), default="pdf", show_default=True
    )
    @click.option("--path", type=click.Choice(PATHS), default="actual", show_default=True)
    @click.option("-o", "--output", "target", required=True)
    def report(file: Path, kind: str, language: str, form: str, path: str, target: str) -> None:
        """Write a document of a workbook: operator's report, summary, monitoring plan, verification file."""
        from service.usecases.cbam import files
        from service.usecases.cbam.documents import Draw

        wanted = Draw("", KINDS[kind], language, form)
        command = _workbook(file, path)
        made, told = files.draw(base.administrator(), command, wanted, base.services(store=False))
        base.findings(told)
        base.write_file(target, made)

    @base.command(
        cbam, "fill", "tanbiao cbam fill communication-template.xlsx monitoring.xlsx -o filled.xlsx"
    )
    @click.argument("template", type=FILE)
    @click.argument("file", type=FILE)
    @click.option("-o", "--output", "target", required=True)
    def fill(template: Path, file: Path, target: str) -> None:
        """Fill the Commission's communication workbook from a workbook; its formulas and styles stay."""
        from service.usecases.cbam import files

        found = base.services(store=False)
        command = _workbook(file, PATHS[0])
        made, left_out = files.fill(base.administrator(), template.read_bytes(), command, found)
        base.findings(left_out)
        base.write_file(target, made)


def _recompute(cbam: click.Group) -> None:
    @base.command(cbam, "recompute", "tanbiao cbam recompute 3f0c…")
    @click.argument("installation", default="")
    @click.option(
        "--as", "email", default="", metavar="EMAIL", help="The person who asks; needed to see one's figures."
    )
    @click.option("--version", "number", type=int, default=None, help="Version; the newest where not given.")
    @base.json_option
    def recompute(installation: str, email: str, number: int | None, as_json: bool) -> None:
        """Rebuild stored calculations from their data and the tables of their day. Exit code 1 if one does not hold.

        Without an installation the administrator's check of all of them, which shows no figures.
        """
        from service.usecases.cbam import recomputing

        found = base.services()
        if installation:
            if not email:
                raise click.UsageError("An installation's figures are for its people: name one with --as.")
            done = recomputing.recompute(base.acting(email, found), installation, found, number)
        else:
            done = tuple(recomputing.recompute_every(base.administrator(), found))
        base.show(
            [(one.id, one.number, one.path, one.outcome.value) for one in done],
            ("calculation", "version", "path", "outcome"),
            as_json=as_json,
        )
        for one in () if as_json else done:
            for what in one.differences:
                click.echo(f"{one.id} {what.path}: {what.stated} -> {what.recomputed}")
        raise SystemExit(0 if all(one.holds for one in done) else 1)


def _workbook(file: Path, path: str) -> Workbook:
    from lca.cbam.results import Path as Values
    from service.usecases.cbam.files import Workbook

    return Workbook(file.name, file.read_bytes(), Values(path))


def _print(done: Calculated) -> None:
    from lca.cbam import rounding

    totals = done.done.totals
    click.echo(f"{done.data.installation.name_en or done.data.installation.name}; {done.done.path.value}")
    sums: list[tuple[str, Any]] = [
        ("direct tCO2e", totals.direct_t),
        ("indirect tCO2e", totals.indirect_t),
        ("zero-rated biomass tCO2", totals.biomass_t),
        ("electricity MWh", totals.electricity_mwh),
    ]
    base.show(
        [(name, f"{rounding.tonnes(value):f}") for name, value in sums], ("total", "amount"), as_json=False
    )
    processes = [
        (one.id, one.category, one.unit, *_see(one.see_direct, one.see_indirect, one.see_total))
        for one in done.done.processes
    ]
    base.show(processes, ("process", "category", "per", "direct", "indirect", "counted"), as_json=False)
    goods = [
        (
            one.cn,
            one.name,
            one.unit,
            *_see(one.see_direct, one.see_indirect, one.see_total, one.see_per_tonne),
        )
        for one in done.done.goods
    ]
    base.show(goods, ("cn", "good", "per", "direct", "indirect", "counted", "per tonne"), as_json=False)
    base.findings(done.findings)
    if done.kind == "communication":
        click.echo(f"{done.compared} figures of the workbook compared, {len(done.differences)} differ")
        rows = [(one.figure, one.record, one.stated, one.calculated) for one in done.differences]
        if rows:
            base.show(rows, ("figure", "record", "workbook", "calculated"), as_json=False)


def _see(*values: float) -> tuple[str, ...]:
    from lca.cbam import rounding

    return tuple(f"{rounding.see(value):f}" for value in values)
