"""Sign in, sign out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, login_required, login_user, logout_user
from marshmallow import ValidationError

from service.guards import guard_guessing
from service.schemas.commands import SignInSchema
from service.usecases import accounts
from service.usecases.refusals import SignInRefused
from service.web.context import actor, services
from service.web.forms import field_errors, form_data
from service.web.i18n import language
from service.web.security import EPOCH, SignedIn

bp = Blueprint("account", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    """The sign-in form; wrong address and wrong password get the same answer."""
    if current_user.is_authenticated:
        return redirect(url_for("home.home"))
    errors: dict[str, str] = {}
    refusal = ""
    if request.method == "POST":
        try:
            data = SignInSchema().load(form_data("email", "password"))
            with guard_guessing(data["email"]):
                person = accounts.sign_in(data["email"], data["password"], services())
        except ValidationError as error:
            errors = field_errors(error)
        except SignInRefused as error:
            refusal = error.message(language())
        else:
            session.clear()
            login_user(SignedIn(person))
            session[EPOCH] = accounts.profile(person, services()).person.session_epoch
            return redirect(_next_address())
    page = render_template("sign_in.html", errors=errors, refusal=refusal, values=request.form)
    return page, 422 if errors else 401 if refusal else 200


@bp.post("/sign-out")
@login_required
def sign_out() -> Any:
    """End the session, and every other session of the person with it."""
    accounts.sign_out(actor(), services())
    logout_user()
    session.clear()
    return redirect(url_for("public.landing"))


def _next_address() -> str:
    """Where the person wanted to go, if that is a path of this site."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    own = (
        wanted.startswith("/")
        and not wanted.startswith(("//", "/\\"))
        and not parts.netloc
        and "\\" not in wanted
    )
    return wanted if own and not parts.scheme else url_for("home.home")
