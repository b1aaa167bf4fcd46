"""Forms that record entries: acquire, transfer, split, retire, freeze, reverse, compare a balance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from certificates.ledger.days import day_of
from certificates.ledger.entries import Entry, Purpose, Reverse
from service.usecases.access import Permission, allow
from service.usecases.ledger import looking, lookups, recording
from service.usecases.ledger.recording import Record, Recorded
from service.usecases.ledger.refusals import PositionClosed
from service.usecases.refusals import NotAllowed, NotFound, Refusal
from service.web import ledger_acts, ledger_entries, ledger_page, ledger_rows, ledger_words
from service.web.context import actor, profile, services
from service.web.ledger_acts import ActPage
from service.web.ledger_evidence import Kept, kept_files
from service.web.ledger_forms import Given, refused

bp = Blueprint("ledger_record", __name__, url_prefix="/ledger")


@bp.get("/acquire")
@login_required
def acquire() -> Any:
    """The form of an acquisition."""
    allow(actor(), Permission.LEDGER_RECORD)
    return _acquire_form({"on": day_of(services().clock()).isoformat(), "tradable": "on"})


@bp.post("/acquire")
@login_required
def acquired() -> Any:
    """Read the serial, or record; what was typed survives either."""
    allow(actor(), Permission.LEDGER_RECORD)
    kept = kept_files()
    if request.form.get("step") == "read":
        return _acquire_read(kept)
    given = Given(request.form)
    entry = ledger_entries.acquire(given, actor().organisation_id, kept.hashes)
    done, errors = _recorded(given, kept, entry, ledger_entries.ACQUIRE_LABELS)
    if done is None:
        return _acquire_form(request.form, errors, kept), 422
    flash(_("The units are in your account."), "good")
    return redirect(url_for("ledger.lot", sequence=done.first), 303)


@bp.get("/positions/<key>/<any(retire,transfer,split,freeze):act>")
@login_required
def act(key: str, act: str) -> Any:
    """The form of something that is done with a position; a page that knows amount and period fills them in."""
    allow(actor(), Permission.LEDGER_RECORD)
    page = ActPage(act, _row(key))
    who = profile()
    if who is None:
        abort(401)
    begun = ledger_acts.beginning(page, who.organisation, day_of(services().clock()))
    asked = {name: request.args[name] for name in ledger_acts.ASKED if name in request.args}
    return _act_form(page, {**begun, **asked})


@bp.post("/positions/<key>/<any(retire,transfer,split,freeze):act>")
@login_required
def acted(key: str, act: str) -> Any:
    """Record it; a part of a position is split off first."""
    allow(actor(), Permission.LEDGER_RECORD)
    page, kept, given = ActPage(act, _row(key)), kept_files(), Given(request.form)
    done, errors = _done(page, given, kept)
    if done is None:
        return _act_form(page, request.form, errors, kept), 422
    flash(_("Recorded as entry %(number)s.", number=done.last), "good")
    return redirect(url_for("ledger.lot", sequence=page.row.holding.lot.sequence, _anchor="history"), 303)


@bp.get("/entries/<int:sequence>/reverse")
@login_required
def reverse(sequence: int) -> Any:
    """The form of a reversal, beside what is reversed."""
    allow(actor(), Permission.LEDGER_RECORD)
    return _reverse_form(sequence, {"on": day_of(services().clock()).isoformat()})


@bp.post("/entries/<int:sequence>/reverse")
@login_required
def reversed_(sequence: int) -> Any:
    """Record the reversal."""
    allow(actor(), Permission.LEDGER_RECORD)
    kept, given = kept_files(), Given(request.form)
    on, reason = given.day("on"), given.text("reason", needed=True)
    entry = None
    if on is not None:
        entry = Reverse(
            on=on,
            account=actor().organisation_id,
            entry=sequence,
            reason=reason,
            evidence=kept.hashes,
            note=given.text("note"),
        )
    done, errors = _recorded(given, kept, entry, ledger_acts.LABELS)
    if done is None:
        return _reverse_form(sequence, request.form, errors, kept), 422
    flash(_("Entry %(number)s is reversed.", number=sequence), "good")
    return redirect(url_for("ledger.entry", sequence=done.last), 303)


@bp.get("/balance")
@login_required
def balance() -> Any:
    """The form that compares the ledger with a registry's statement."""
    allow(actor(), Permission.LEDGER_RECORD)
    return _balance_form({"on": day_of(services().clock()).isoformat()})


@bp.post("/balance")
@login_required
def compared() -> Any:
    """Record the assertion where it holds."""
    allow(actor(), Permission.LEDGER_RECORD)
    kept, given = kept_files(), Given(request.form)
    entry = ledger_entries.balance(given, actor().organisation_id, kept.hashes)
    done, errors = _recorded(given, kept, entry, ledger_entries.BALANCE_LABELS)
    if done is None:
        return _balance_form(request.form, errors, kept), 422
    flash(
        _("The ledger says the same as the registry. Recorded as entry %(number)s.", number=done.last), "good"
    )
    return redirect(url_for("ledger.entries"), 303)


Told = tuple[Recorded | None, Mapping[str, Any]]


def _recorded(given: Given, kept: Kept, entry: Entry | None, fields: Mapping[str, Any]) -> Told:
    """Record one entry, unless the form has errors; what is wrong by field."""
    if kept.error:
        given.errors["evidence"] = kept.error
    if given.errors or entry is None:
        return None, given.errors
    return _told(lambda: recording.record(actor(), Record((entry,)), services()), fields)


def _told(do: Callable[[], Recorded], fields: Mapping[str, Any]) -> Told:
    try:
        return do(), {}
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return None, refused(refusal, fields)


def _done(page: ActPage, given: Given, kept: Kept) -> Told:
    """What the form of a position asks for."""
    account, row = actor().organisation_id, page.row
    if page.act == "split":
        return _recorded(given, kept, ledger_acts.split(given, row, account), ledger_acts.LABELS)
    if page.act == "freeze":
        return _recorded(
            given, kept, ledger_acts.freeze(given, row, account, kept.hashes), ledger_acts.LABELS
        )
    if kept.error:
        given.errors["evidence"] = kept.error
    if page.act == "retire":
        retiring = ledger_acts.retire(given, row, kept.hashes)
        if retiring is None or given.errors:
            return None, given.errors
        return _told(lambda: recording.retire(actor(), retiring, services()), ledger_acts.LABELS)
    moving = ledger_acts.transfer(given, row, _receiver(given), kept.hashes)
    if moving is None or given.errors:
        return None, given.errors
    return _told(lambda: recording.transfer(actor(), moving, services()), ledger_acts.LABELS)


def _receiver(given: Given) -> str:
    """The account of the form's receiver: somebody outside by name, or somebody here by registration code."""
    if given.text("where") != "here":
        return ledger_acts.receiver(given)
    try:
        return lookups.account_of(actor(), given.text("to_name"), services())
    except NotFound:
        given.errors["to_name"] = _("No organisation with an account here has this registration code.")
        return ""


def _row(key: str) -> ledger_rows.Row:
    """An open position of the own account, as it stands today. Raises NotFound, PositionClosed."""
    found = looking.position(actor(), key, services())
    if found.closed_by is not None:
        raise PositionClosed(position=key)
    return ledger_rows.rows((found,), day_of(services().clock()))[0]


def _acquire_read(kept: Kept) -> Any:
    values = request.form.to_dict()
    filled, error = ledger_entries.recognised(values.get("kind", ""), values.get("serial", "").strip())
    errors = {"serial": error} if error else {}
    if not values.get("kind"):
        errors["kind"] = _("Choose the kind first.")
    read = [ledger_entries.ACQUIRE_LABELS[name] for name in filled]
    return _acquire_form({**values, **filled}, errors, kept, read), 422 if errors else 200


def _acquire_form(
    values: Mapping[str, str],
    errors: Mapping[str, Any] | None = None,
    kept: Kept | None = None,
    read: Any = None,
) -> str:
    return render_template(
        "ledger/acquire.html",
        values=values,
        errors=errors or {},
        kept=kept.files if kept else (),
        labels=ledger_entries.ACQUIRE_LABELS,
        kinds=ledger_words.kind_options(),
        read=read,
    )


def _act_form(
    page: ActPage,
    values: Mapping[str, str],
    errors: Mapping[str, Any] | None = None,
    kept: Kept | None = None,
) -> str:
    return render_template(
        "ledger/act.html",
        page=page,
        values=values,
        errors=errors or {},
        kept=kept.files if kept else (),
        labels=ledger_acts.LABELS,
        purposes=[(one.value, ledger_words.PURPOSES[one.value]) for one in Purpose],
        causes=tuple(ledger_words.CAUSES.items()),
    )


def _reverse_form(
    sequence: int,
    values: Mapping[str, str],
    errors: Mapping[str, Any] | None = None,
    kept: Kept | None = None,
) -> str:
    return render_template(
        "ledger/reverse.html",
        entry=ledger_page.happened(actor(), sequence, services()),
        values=values,
        errors=errors or {},
        kept=kept.files if kept else (),
        labels=ledger_acts.LABELS,
        back=url_for("ledger.entry", sequence=sequence),
    )


def _balance_form(
    values: Mapping[str, str], errors: Mapping[str, Any] | None = None, kept: Kept | None = None
) -> str:
    return render_template(
        "ledger/balance.html",
        values=values,
        errors=errors or {},
        kept=kept.files if kept else (),
        labels=ledger_entries.BALANCE_LABELS,
        kinds=ledger_words.kind_options(),
    )
