"""CBAM without any data of one's own: which goods are covered, and what each owes on default values."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import login_required

from service.usecases.cbam import defaults
from service.usecases.cbam.defaults import LookUp
from service.usecases.cbam.refusals import DefaultMissing, NotInCbamScope
from service.web import cbam_goods, listing
from service.web.context import actor, services

bp = Blueprint("cbam", __name__, url_prefix="/cbam")


@bp.get("/goods", defaults={"form": "html"})
@bp.get("/goods.<any(csv,json):form>")
@login_required
def goods(form: str) -> Any:
    """Every code of Annex I with its default path, for one country and year."""
    asked = cbam_goods.asked(request.args)
    rows = defaults.table(actor(), asked.country, asked.year, services())
    spec = cbam_goods.goods_spec(asked)
    return listing.answer(spec, rows, form, "cbam/goods.html", asked=asked, **cbam_goods.choices(services()))


@bp.get("/goods/<cn>")
@login_required
def good(cn: str) -> Any:
    """One code: default value, mark-up, free allocation, what is owed, year by year to 2034."""
    asked = cbam_goods.asked(request.args)
    command = LookUp(cn, asked.country, asked.year, request.args.get("variant", ""))
    try:
        page = cbam_goods.good_page(actor(), command, services())
    except (NotInCbamScope, DefaultMissing) as error:
        shown = cbam_goods.none_page(actor(), cn, error, services())
        return render_template("cbam/good_none.html", asked=asked, **shown), 404
    choices = cbam_goods.choices(services())
    return render_template("cbam/good.html", page=page, asked=asked, cg=cbam_goods, **choices)
