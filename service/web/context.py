"""What every view and every template may ask: the services, who is signed in, which parts of the site are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from service.usecases import accounts
from service.usecases.access import Actor, Permission, Role, allowed
from service.usecases.services import Services

THEME_COOKIE = "tanbiao_theme"


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; ``instead`` is where readers without the permission go, if anywhere."""

    endpoint: str
    name: Any
    permission: Permission | None = None
    instead: str = ""


PAGE_OF_FORM = {
    "studies.link": "studies.show",
    "studies.confirm": "studies.show",
    "studies.assess": "studies.show",
    "studies.submit": "studies.show",
    "studies.decide": "studies.show",
    "studies.issue": "studies.show",
    "labels.recompute": "labels.show",
    "labels_acts.add_mark": "labels.show",
    "labels_acts.change": "labels_acts.confirm",
    "labels_acts.take_mark_away": "labels.show",
    "releases.import_": "releases.new",
    "impacts.compare": "impacts.list_",
    "impacts.open_": "impacts.reopen",
    "cbam_documents.draw": "cbam_documents.list_",
    "cbam_documents.fill": "cbam_documents.filling",
    "cbam_documents.supplier": "cbam_documents.list_",
    "cbam_documents.workbook": "cbam_documents.list_",
    "cbam_shipments.add": "cbam_shipments.list_",
    "cbam_shipments.change": "cbam_shipments.edit",
    "cbam_shipments.import_": "cbam_shipments.list_",
    "cbam_suppliers.add_report": "cbam_suppliers.report",
    "cbam_suppliers.apply": "cbam_suppliers.returned",
    "cbam_suppliers.upload": "cbam_suppliers.list_",
    "cbam_tables.install": "cbam_tables.preview",
    "cbam_tables.upload": "cbam_tables.new",
    "cbam_installations.hand_in": "cbam_installations.list_",
    "cbam_installations.begin": "cbam_installations.start",
    "cbam_installations.calculate": "cbam_installations.show",
    "cbam_installations.share": "cbam_installations.show",
    "cbam_installations.next_version": "cbam_installations.show",
    "cbam_data.change": "cbam_data.record",
    "cbam_data.add": "cbam_data.new",
    "claims.add": "claims.new",
    "claims.save": "claims.show",
    "claims.submit": "claims.show",
    "claims.withdraw": "claims.show",
    "claims_acts.decide": "claims.show",
    "claims_acts.issue": "claims_acts.confirm",
    "claims_acts.lift": "claims.show",
    "claims_acts.object_": "claims_acts.objection",
    "desk.take": "desk.pack",
    "desk.upload": "desk.checks",
    "desk_evidence.answer": "desk_evidence.show",
    "desk_evidence.ask": "desk_evidence.label",
    "desk_evidence.take": "desk_evidence.show",
    "ledger_imports.upload": "ledger_imports.list_",
    "ledger_imports.confirm": "ledger_imports.show",
    "ledger_power.add": "ledger_power.new",
    "ledger_power.allocate": "ledger_power.show",
    "ledger_power.change": "ledger_power.edit",
    "ledger_power.close": "ledger_power.show",
    "ledger_purchases.add": "ledger_purchases.new",
    "ledger_purchases.cancel": "ledger_purchases.show",
    "ledger_purchases.change": "ledger_purchases.edit",
    "ledger_purchases.deliver": "ledger_purchases.show",
    "ledger_purchases.plan": "ledger_purchases.list_",
    "ledger_record.acquired": "ledger_record.acquire",
    "ledger_record.acted": "ledger_record.act",
    "ledger_record.reversed_": "ledger_record.reverse",
    "ledger_record.compared": "ledger_record.balance",
}
"""Addresses that only take a form, and the page that shows the form, for the other language of an answered form."""

NAVIGATION = (
    Place("home.home", _l("Home")),
    Place("inventories.list_", _l("Inventories"), Permission.INVENTORY_READ),
    Place("studies.list_", _l("Studies"), Permission.STUDY_READ),
    Place("labels.list_", _l("Labels"), Permission.LABEL_READ),
    Place("cbam_installations.list_", "CBAM", Permission.CBAM_READ, instead="cbam.goods"),
    Place("ledger.portfolio", _l("Portfolio"), Permission.LEDGER_READ),
    Place("claims.list_", _l("Claims"), Permission.CLAIM_READ),
    Place("desk.home", _l("Officers' desk"), Permission.CHECK_BULK),
    Place("log.show", _l("Log"), Permission.LOG_READ),
    Place("datasets.search", _l("Datasets"), Permission.RELEASE_READ),
    Place("releases.list_", _l("Background data"), Permission.RELEASE_READ),
    Place("verification.verify_file", _l("Verify")),
)


def services() -> Services:
    """The services of this application."""
    return cast(Services, current_app.extensions["tanbiao.services"])


def actor() -> Actor:
    """Who asks; only for views behind ``login_required``."""
    return cast(Actor, current_user.actor)


def may(permission: str) -> bool:
    """Whether to show an action; the use case decides again."""
    return current_user.is_authenticated and allowed(current_user.actor, Permission(permission))


def profile() -> accounts.Profile | None:
    """The signed-in person with the organisation, read once a request."""
    if not current_user.is_authenticated:
        return None
    if "profile" not in g:
        g.profile = accounts.profile(current_user.actor, services())
    return cast(accounts.Profile, g.profile)


def names(ids: set[str]) -> dict[str, str]:
    """Names of people by id."""
    return accounts.names(actor(), frozenset(ids), services())


def navigation() -> list[tuple[str, Any, bool]]:
    """(address, name, is current) of every part of the site this reader may enter."""
    if not current_user.is_authenticated:
        return []
    part = (request.endpoint or "").split(".")[0].split("_")[0]  # cbam_shipments is a part of cbam
    entries = []
    for place in NAVIGATION:
        able = place.permission is None or allowed(current_user.actor, place.permission)
        endpoint = place.endpoint if able else place.instead
        if endpoint:
            current = part == endpoint.split(".")[0].split("_")[0]
            entries.append((url_for(endpoint), place.name, current))
    return entries


def language_address(code: str) -> str:
    """This page in another language; for an answered form, the page the form stands on."""
    given = {name: value for name, value in request.args.items() if name[:1] != "_" and name != "endpoint"}
    values = {**given, **(request.view_args or {}), "lang": code}
    if not request.endpoint or request.endpoint == "static":
        return f"?lang={code}"
    return url_for(PAGE_OF_FORM.get(request.endpoint, request.endpoint), **values)


def theme() -> str:
    """``light``, ``dark`` or empty (the device decides)."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in ("light", "dark") else ""


def has_role(role: str) -> bool:
    """Whether the reader acts in this role."""
    return current_user.is_authenticated and Role(role) in current_user.actor.roles


def init_app(app: Flask) -> None:
    """Give these to the templates."""
    app.jinja_env.globals.update(
        navigation=navigation,
        profile=profile,
        may=may,
        theme=theme,
        language_address=language_address,
        has_role=has_role,
    )
