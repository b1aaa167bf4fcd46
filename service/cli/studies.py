"""``tanbiao study``: from a workbook to an approved study."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli import base

EXAMPLE = "tanbiao study hand-in list.xlsx --institution DEMO-INSTITUTION --as exporter@demo.invalid"


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("study", cls=base.Group, example=EXAMPLE)
    def study() -> None:
        """Inventories and studies: hand in, open, link, assess, submit, review."""

    _workbooks(study)
    _modelling(study)
    _linking(study)
    _showing(study)
    _review(study)


def _workbooks(study: click.Group) -> None:
    @base.command(study, "template", "tanbiao study template list.xlsx --language zh")
    @click.argument("target")
    @click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    @click.option("--example", is_flag=True, help="Filled with the demonstration product.")
    def template(target: str, language: str, example: bool) -> None:
        """Write the inventory workbook for an exporter to fill."""
        from service.usecases.inventories import template as make

        base.write_file(target, make(language, example=example))

    @base.command(study, "hand-in", EXAMPLE)
    @click.argument("workbook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option(
        "--institution", required=True, metavar="CODE", help="Registration number of the institution."
    )
    @click.option(
        "--leave-unmatched", is_flag=True, help="Leave lines that match no dataset to the institution."
    )
    @base.as_option
    def hand_in(workbook: Path, institution: str, email: str, leave_unmatched: bool) -> None:
        """Hand a workbook to an institution; all problems are listed and nothing is kept when one is an
        error.
        """
        from service.usecases import accounts, inventories
        from service.usecases.access import OrganisationKind

        found = base.services()
        actor = base.acting(email, found)
        known = accounts.organisations(actor, OrganisationKind.INSTITUTION, found)
        chosen = next((one for one in known if one.code == institution), None)
        command = inventories.HandIn(
            workbook.name, workbook.read_bytes(), chosen.id if chosen else institution, leave_unmatched
        )
        result = inventories.hand_in(actor, command, found)
        base.findings(result.findings)
        if result.inventory_id is None:
            raise click.ClickException("Nothing was stored: correct the cells above and hand in again.")
        click.echo(result.inventory_id)

    @base.command(study, "inventories", "tanbiao study inventories --as practitioner@demo.invalid")
    @base.as_option
    @base.json_option
    def inventories_(email: str, as_json: bool) -> None:
        """Inventories handed in by, or to, the acting person's organisation."""
        from service.usecases import inventories

        found = base.services()
        listed = inventories.list_(base.acting(email, found), found)
        rows = [(i.id, i.product_name_zh, i.filename, i.handed_in_at.isoformat()) for i in listed]
        base.show(rows, ("inventory", "product", "file", "handed in"), as_json=as_json)


def _modelling(study: click.Group) -> None:
    @base.command(
        study, "open", "tanbiao study open INVENTORY --release open-cn-2026.2 --as practitioner@demo.invalid"
    )
    @click.argument("inventory")
    @click.option("--release", required=True)
    @click.option("--gwp-set", type=click.Choice(["AR5", "AR6"]), default="AR6", show_default=True)
    @click.option("--rule-set", default="iso-14067-2018", show_default=True)
    @base.as_option
    def open_(inventory: str, release: str, gwp_set: str, rule_set: str, email: str) -> None:
        """Open a study of an inventory on a release."""
        from service.usecases import studies

        found = base.services()
        command = studies.OpenStudy(inventory, release, gwp_set, rule_set)
        click.echo(studies.open_(base.acting(email, found), command, found))

    @base.command(study, "list", "tanbiao study list --as reviewer@demo.invalid --json")
    @base.as_option
    @base.json_option
    def list_(email: str, as_json: bool) -> None:
        """Studies the acting person may see."""
        from service.usecases import studies

        found = base.services()
        listed = studies.list_(base.acting(email, found), found)
        rows = [(s.id, s.product_name_zh, s.status, s.release, s.gwp_set) for s in listed]
        base.show(rows, ("study", "product", "status", "release", "gwp set"), as_json=as_json)


def _linking(study: click.Group) -> None:
    @base.command(
        study,
        "link",
        "tanbiao study link STUDY --key M1 --dataset CODE --reason 同类铝材 --as practitioner@demo.invalid",
    )
    @click.argument("study_id", metavar="STUDY")
    @click.option("--key", default="", help="Line (M1) or leg (M1/2); without it the links are listed.")
    @click.option("--dataset", default="", help="Dataset code; without it the choice is withdrawn.")
    @click.option("--reason", default="")
    @base.as_option
    @base.json_option
    def link(study_id: str, key: str, dataset: str, reason: str, email: str, as_json: bool) -> None:
        """List the links of a study, or choose the dataset of one line."""
        from service.usecases import studies

        found = base.services()
        actor = base.acting(email, found)
        if key:
            studies.link(actor, studies.ChooseDataset(study_id, key, dataset, reason), found)
        links = studies.links(actor, study_id, found)
        rows = [
            (one.key, one.line.name, one.dataset.code if one.dataset else "—", one.amount, one.origin)
            for one in links.lines
        ]
        base.show(rows, ("key", "line", "dataset", "amount", "origin"), as_json=as_json)
        if not as_json:
            base.findings(links.findings)

    _confirming(study)

    @base.command(study, "assess", "tanbiao study assess STUDY --as practitioner@demo.invalid")
    @click.argument("study_id", metavar="STUDY")
    @base.as_option
    def assess(study_id: str, email: str) -> None:
        """Compute the footprint."""
        from service.usecases import studies

        found = base.services()
        _print_assessment(studies.assess(base.acting(email, found), study_id, found).result)


def _confirming(study: click.Group) -> None:
    @base.command(
        study, "confirm", "tanbiao study confirm STUDY --key M1 --key M2 --as practitioner@demo.invalid"
    )
    @click.argument("study_id", metavar="STUDY")
    @click.option("--key", "keys", multiple=True, help="Line (M1) or leg (M1/2); may be given again.")
    @click.option("--all", "everything", is_flag=True, help="Every line that has a suggestion.")
    @click.option("--reason", default="")
    @base.as_option
    def confirm(study_id: str, keys: tuple[str, ...], everything: bool, reason: str, email: str) -> None:
        """Accept automatic links, and what was confirmed before for the same exporter, as choices of one's own."""
        from service.usecases import link_memory, studies

        found = base.services()
        actor = base.acting(email, found)
        suggested = {
            line.key: candidate.dataset.code
            for line in studies.links(actor, study_id, found).lines
            if (candidate := link_memory.suggestion(line)) is not None
        }
        wanted = tuple(suggested) if everything else keys
        studies.confirm(actor, studies.ConfirmLinks(study_id, wanted, reason=reason), found)
        for key in wanted:
            click.echo(f"{key} {suggested[key]}")


def _showing(study: click.Group) -> None:
    @base.command(study, "show", "tanbiao study show STUDY --as reviewer@demo.invalid")
    @click.argument("study_id", metavar="STUDY")
    @base.as_option
    def show(study_id: str, email: str) -> None:
        """State, assessment, reviews and label of a study."""
        from service.usecases import studies

        found = base.services()
        view = studies.get(base.acting(email, found), study_id, found)
        click.echo(
            f"{view.study.product_name_zh} · {view.study.status} · {view.study.release} · {view.study.gwp_set}"
        )
        if view.assessment:
            _print_assessment(view.assessment.result)
            click.echo("" if view.current else "The assessment is out of date: assess again.")
        for review in view.reviews:
            click.echo(f"{review.at.isoformat()} {review.decision} {review.comment}")
        if view.label:
            click.echo(f"{view.label.number} {view.label.status}")


def _review(study: click.Group) -> None:
    @base.command(study, "submit", "tanbiao study submit STUDY --as practitioner@demo.invalid")
    @click.argument("study_id", metavar="STUDY")
    @base.as_option
    def submit(study_id: str, email: str) -> None:
        """Hand an assessed study to review."""
        from service.usecases import studies

        found = base.services()
        click.echo(studies.submit(base.acting(email, found), study_id, found).status)

    @base.command(
        study,
        "review",
        'tanbiao study review STUDY --return --comment "M3: 请附运单" --as reviewer@demo.invalid',
    )
    @click.argument("study_id", metavar="STUDY")
    @click.option("--approve/--return", "approve", required=True)
    @click.option("--comment", default="")
    @base.as_option
    def review(study_id: str, approve: bool, comment: str, email: str) -> None:
        """Approve or return a study; not by somebody who modelled it."""
        from service.usecases import reviews

        found = base.services()
        decided = reviews.decide(base.acting(email, found), reviews.Decide(study_id, approve, comment), found)
        click.echo(f"{decided.decision} {decided.assessment_digest}")


def _print_assessment(result: dict[str, object]) -> None:
    from lca.findings import Finding

    rounded, found = result["rounded"], result["findings"]
    if isinstance(found, list):
        base.findings(Finding.from_dict(finding) for finding in found)
    if not isinstance(rounded, dict):
        click.echo("No footprint: the gate is closed.")
        return
    click.echo(f"{rounded['total']} kgCO2e")
    for stage, value in rounded["stages"].items():
        click.echo(f"  {stage:16}{value}")
