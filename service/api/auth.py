"""Who calls the API.

Rules
1. HTTP Basic with a person's address and password goes through the same use case as the sign-in page, on every call,
   and wrong passwords count as they do there.
2. Without Basic, the session of the pages counts, and then a state-changing call needs the CSRF token as pages do.
3. Basic is not accepted on a state-changing call that a browser marks as coming from another site: browsers may
   attach remembered Basic credentials by themselves (Fetch Metadata, ``Sec-Fetch-Site``).
4. Public endpoints (verification, trust) are exempt from 1 and, holding no session power, from 2.
5. Who may send a large source, table or file is let in as soon as it is known who calls, before anything reads the
   body.
"""

from __future__ import annotations

from typing import cast

from flask import current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import Forbidden

from service.guards import guard_guessing
from service.uploads import admit_check, admit_source, admit_table
from service.usecases import accounts
from service.usecases.access import Actor
from service.usecases.refusals import SignInRefused
from service.usecases.services import Services

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TAKES_MUCH = {
    "api-releases.import_": admit_source,
    "api-desk.ask_check": admit_check,
    "api-ledger-imports.stage": admit_table,
    "api-ledger-files.keep": admit_table,
}
SAME_SITE = frozenset({"", "none", "same-origin"})


def services() -> Services:
    """The services of this application."""
    return cast(Services, current_app.extensions["tanbiao.services"])


def actor() -> Actor:
    """Who asks; only inside guarded blueprints. Raises SignInRefused for nobody."""
    found = g.get("api_actor")
    if found is None:
        raise SignInRefused
    return cast(Actor, found)


def identify() -> None:
    """Rules 1 to 3 and 5, before every view that is not public. Raises SignInRefused for nobody."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        _refuse_other_sites()
        email, password = basic.username or "", basic.password or ""
        with guard_guessing(email):
            g.api_actor = accounts.sign_in(email, password, services(), via="api")
        _admit()
    elif current_user.is_authenticated:
        g.api_actor = current_user.actor
        _admit()
        if request.method not in SAFE and current_app.config["WTF_CSRF_ENABLED"]:
            current_app.extensions["tanbiao.csrf"].protect()
    else:
        raise SignInRefused


def _admit() -> None:
    admit = TAKES_MUCH.get(request.endpoint or "")
    if admit is not None:
        admit(actor(), services())


def _refuse_other_sites() -> None:
    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site", "") not in SAME_SITE:
        raise Forbidden("Basic credentials are not accepted on a call that another site started.")
