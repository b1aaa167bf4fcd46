"""Home: what waits for me, by role."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_login import login_required

from service.usecases import inventories, labels, notices, reviews, studies
from service.usecases.access import Permission, Role, allowed
from service.web import claims_list, claims_words
from service.web.context import actor, services

bp = Blueprint("home", __name__)
RECENT = 5


@bp.get("/home")
@login_required
def home() -> Any:
    """Tasks first, then what is new."""
    who = actor()
    seen = studies.list_(who, services()) if allowed(who, Permission.STUDY_READ) else ()
    handed_in = inventories.list_(who, services()) if allowed(who, Permission.INVENTORY_READ) else ()
    issued = labels.list_(who, services())
    told = notices.list_(who, services()) if allowed(who, Permission.NOTICE_READ) else ()
    with_study = {study.inventory_id for study in seen}
    roles = who.roles
    return render_template(
        "home.html",
        inventories=handed_in,
        labels=issued[:RECENT],
        label_count=len(issued),
        studies=seen,
        unmodelled=[i for i in handed_in if i.id not in with_study] if Role.PRACTITIONER in roles else [],
        modelling=[s for s in seen if s.status in ("draft", "returned")]
        if Role.PRACTITIONER in roles
        else [],
        reviewing=reviews.waiting(who, services()) if Role.REVIEWER in roles else (),
        signing=[s for s in seen if s.status == "approved"] if Role.SIGNATORY in roles else [],
        recent=seen[:RECENT],
        claims=claims_list.tasks(who, services()),
        claim_states=claims_words.STATES,
        unread=[notice for notice in told if notice.read_at is None],
    )
