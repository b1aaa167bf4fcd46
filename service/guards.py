"""What pages and API guard alike.

Rules
1. Wrong passwords are counted per account and per address, over both doors: after :data:`GUESSES` nobody signs in to
   that account from anywhere, and after :data:`GUESSES_PER_ADDRESS` nobody to any account from that address, until
   the time is over. The right password is refused then too, and nothing is hashed. Sessions that exist go on.
2. An error keeps the headers that belong to its status.
3. Check codes that find no label are counted per address, over pages and API: after :data:`CODES_PER_ADDRESS` that
   address gets no answer by number and code until the time is over, right or wrong.
4. What counts as one address is said in ``service.visitors``.

Counters live in each web process: with several, an attacker has that many times the guesses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Response, current_app
from flask_limiter import Limiter
from limits import parse
from werkzeug.exceptions import HTTPException, TooManyRequests

from service.usecases.lookup import NumberUnknown
from service.usecases.refusals import SignInRefused
from service.visitors import visitor

GUESSES = parse("10 per 5 minutes")
GUESSES_PER_ADDRESS = parse("50 per 5 minutes")
CODES_PER_ADDRESS = parse("30 per 5 minutes")


@contextmanager
def guard_guessing(email: str) -> Iterator[None]:
    """Around a sign-in (rule 1). Raises TooManyRequests."""
    counter = cast(Limiter, current_app.extensions["tanbiao.limiter"]).limiter
    counted = (
        (GUESSES, "guess-account", email.strip().lower()),
        (GUESSES_PER_ADDRESS, "guess-address", visitor()),
    )
    if not all(counter.test(*one) for one in counted):
        raise TooManyRequests(retry_after=GUESSES.get_expiry())
    try:
        yield
    except SignInRefused:
        for one in counted:
            counter.hit(*one)
        raise


@contextmanager
def guard_codes(code: str) -> Iterator[None]:
    """Around looking a label up (rule 3); without a code nothing is guessed. Raises TooManyRequests."""
    if not code:
        yield
        return
    counter = cast(Limiter, current_app.extensions["tanbiao.limiter"]).limiter
    counted = (CODES_PER_ADDRESS, "code-address", visitor())
    if not counter.test(*counted):
        raise TooManyRequests(retry_after=CODES_PER_ADDRESS.get_expiry())
    try:
        yield
    except NumberUnknown:
        counter.hit(*counted)
        raise


def keep_headers(error: HTTPException, answer: Response) -> None:
    """What RFC 9110 wants beside the status: Allow with 405, Retry-After with 429 (rule 2)."""
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
