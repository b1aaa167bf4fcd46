"""Updates of background data: compare two releases, see what changes, carry a study over to the new one."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from typing import Any

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from marshmallow import ValidationError

from service.schemas.background import CompareSchema
from service.usecases import release_updates, releases, reopening
from service.usecases.access import Permission, allow, allowed
from service.usecases.release_updates import ImpactView
from service.web import listing
from service.web.background import impact_spec, impacts_spec
from service.web.charts import Chart, chart
from service.web.context import actor, services
from service.web.forms import field_errors, form_data
from service.web.i18n import language

bp = Blueprint("impacts", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/impacts", defaults={"form": "html"})
@bp.get("/impacts.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Comparisons this reader may see, and the form to ask for one."""
    rows = release_updates.list_(actor(), services())
    able = allowed(actor(), Permission.RELEASE_COMPARE)
    installed = [one.identifier for one in releases.list_(actor(), services())] if able else []
    return listing.answer(impacts_spec(), rows, form, "impacts.html", installed=installed, errors={})


@bp.post("/impacts")
@login_required
def compare() -> Any:
    """Ask for a comparison; the work happens in a job."""
    allow(actor(), Permission.RELEASE_COMPARE)
    try:
        command = CompareSchema().load(form_data("old", "new", "threshold_percent"))
    except ValidationError as error:
        sentences = "; ".join(f"{name}: {text}" for name, text in field_errors(error).items())
        title = _("The form is not complete")
        return render_template("error.html", title=title, advice=sentences, status=422, findings=()), 422
    return redirect(url_for("jobs.show", key=release_updates.request(actor(), command, services())), 303)


@bp.get("/impacts/<key>", defaults={"form": "html"})
@bp.get("/impacts/<key>.<any(csv,json):form>")
@login_required
def show(key: str, form: str) -> Any:
    """Before and after: studies and labels of the reader's own, datasets beyond the threshold."""
    view = release_updates.get(actor(), key, services())
    spec = impact_spec(view, may_reopen=form == "html" and allowed(actor(), Permission.STUDY_OPEN))
    return listing.answer(spec, view.rows, form, "impact.html", view=view, charts=distribution(view))


@bp.get("/impacts/<key>.xlsx")
@login_required
def workbook(key: str) -> Any:
    """The comparison as a workbook."""
    from service.web.impact_workbook import impact_workbook

    view = release_updates.get(actor(), key, services())
    data = impact_workbook(view.impact, view.rows, language())
    name = f"{view.impact.old}-{view.impact.new}.xlsx"
    return send_file(BytesIO(data), XLSX, as_attachment=True, download_name=name)


@bp.get("/impacts/<key>/studies/<study>")
@login_required
def reopen(key: str, study: str) -> Any:
    """What of a study's choices would carry over to the new release."""
    view = release_updates.get(actor(), key, services())
    found = reopening.preview(actor(), study, view.impact.new, services())
    return render_template("reopen.html", impact=view.impact, preview=found)


@bp.post("/impacts/<key>/studies/<study>")
@login_required
def open_(key: str, study: str) -> Any:
    """Open the new study."""
    view = release_updates.get(actor(), key, services())
    made = reopening.reopen_on(actor(), study, view.impact.new, services())
    flash(
        ngettext(
            "The new study is open. %(num)d choice was copied.",
            "The new study is open. %(num)d choices were copied.",
            len(made.copied),
        ),
        "good",
    )
    return redirect(url_for("studies.show", key=made.study_id), 303)


def distribution(view: ImpactView) -> tuple[tuple[str, Chart], ...]:
    """For each GWP set, how many datasets change by how much."""
    found = view.impact.summary["datasets"]
    edges = found["edges"]
    names = [_("below %(low)s", low=_percent(edges[0]))]
    names += [f"{_percent(low)} … {_percent(high)}" for low, high in pairwise(edges)]
    names.append(_("above %(high)s", high=_percent(edges[-1])))
    return tuple(
        (
            gwp_set,
            chart(
                [(name, str(count), "") for name, count in zip(names, values["bins"], strict=True) if count],
                str(sum(values["bins"])),
            ),
        )
        for gwp_set, values in sorted(found["sets"].items(), reverse=True)
        if any(values["bins"])
    )


def _percent(share: float) -> str:
    return f"{share * 100:+.0f}%".replace("-", "−")
