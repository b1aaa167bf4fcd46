"""A job's page: how far it is, and where its result lies. Polls with script, refreshes itself without."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_login import login_required

from service.schemas.results import JobSchema
from service.usecases import jobs
from service.web import words
from service.web.background_words import STEPS
from service.web.context import actor, services

bp = Blueprint("jobs", __name__)


@bp.get("/jobs/<key>", defaults={"form": "html"})
@bp.get("/jobs/<key>.<any(json):form>")
@login_required
def show(key: str, form: str) -> Any:
    """Progress, and the result once there is one."""
    job = jobs.get(actor(), key, services())
    if form == "json":
        return JobSchema().dump(job)
    return render_template("job.html", job=job, steps={**words.JOB_STEPS, **STEPS})
