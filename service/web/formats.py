"""Numbers, dates and user data as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal
from markupsafe import Markup, escape

from lca.findings import in_language
from service.web import words
from service.web.cbam_words import cbam_word
from service.web.i18n import language
from service.web.terms import term

DASH = "—"
SIGNIFICANT_DIGITS = 4
LONGEST_FIGURE = 12
MOST_DIGITS = 21
"""Digits of a number that is written out."""
SMALLEST_PLAIN = Decimal("0.00001")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: Any, digits: int = SIGNIFICANT_DIGITS) -> str:
    """``0.0012345`` as ``0.001235``: so many significant digits, grouped as the locale does; integers stay whole.

    Below a hundred-thousandth, and beyond any amount that is meant, as ``9.4 × 10⁻⁹``, which can be read and compared.
    """
    exact = _decimal(value)
    if exact is None:
        return DASH
    if exact == 0:
        return "0"
    with localcontext() as context:
        context.prec = digits
        rounded = +exact
    if digits <= rounded.adjusted() + 1 <= MOST_DIGITS:
        rounded = exact.quantize(Decimal(1))
    if abs(rounded) < SMALLEST_PLAIN or rounded.adjusted() + 1 > MOST_DIGITS:
        mantissa, _, power = f"{exact:.{digits - 1}E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')} × 10{power.lstrip('+').translate(RAISED)}"
    places = max(0, -int(rounded.as_tuple().exponent))
    return str(format_decimal(rounded, format="#,##0." + "0" * places if places else "#,##0"))


def amount(value: Any, digits: int = 6) -> str:
    """A calculated figure to so many significant digits, without the zeros at its end: 6500.0 is ``6,500``."""
    exact = _decimal(value)
    if exact is None:
        return DASH
    with localcontext() as context:
        context.prec = digits
        rounded = (+exact).normalize()
    return number(exact if abs(rounded) >= 10 ** (digits - 1) else rounded, digits)


def exact(value: Any) -> str:
    """A stated quantity with exactly the digits it has."""
    quantity = _decimal(value)
    if quantity is None:
        return DASH
    if quantity.adjusted() >= MOST_DIGITS:
        return number(quantity)
    places = max(0, -int(quantity.as_tuple().exponent))
    return str(format_decimal(quantity, format="#,##0." + "0" * places if places else "#,##0"))


def fixed(value: Any, places: int = 4) -> str:
    """A quantity with so many decimals, so that figures in a column line up; what is more exact stays in the CSV."""
    quantity = _decimal(value)
    if quantity is None:
        return DASH
    if quantity.adjusted() >= MOST_DIGITS:
        return number(quantity)
    return str(format_decimal(round(quantity, places), format="#,##0." + "0" * places))


def whole(value: Any) -> str:
    """An amount in full units (certificates, EUR, tonnes), grouped; below ten with one decimal."""
    quantity = _decimal(value)
    if quantity is None:
        return DASH
    if quantity.adjusted() >= MOST_DIGITS:
        return number(quantity)
    return str(format_decimal(round(quantity, 1), format="#,##0.#" if abs(quantity) < 10 else "#,##0"))


def plain(value: Any) -> str:
    """A computed decimal with its digits, without the zeros a multiplication leaves."""
    quantity = _decimal(value)
    if quantity is None:
        return DASH
    text = f"{quantity:f}"
    return exact(text.rstrip("0").rstrip(".") if "." in text else text)


def percent(value: Any, places: int = 1) -> str:
    """``12.345`` (percent) as ``12.3 %``."""
    quantity = _decimal(value)
    if quantity is None:
        return DASH
    if quantity.adjusted() >= MOST_DIGITS:
        return number(quantity) + "%"
    if 0 < quantity < Decimal(10) ** -places / 2:
        return f"< {format_decimal(Decimal(10) ** -places)}%"
    if quantity == 100 or quantity == 0:
        return f"{int(quantity)}%"
    return f"{format_decimal(round(quantity, places), format='#,##0.' + '0' * places)}%"


def day(value: Any) -> str:
    """A date (or an ISO 8601 string) as a medium date."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00")) if value else None
    return str(format_date(value, "medium")) if isinstance(value, (date, datetime)) else DASH


def moment(value: Any) -> Markup:
    """A point in time as a ``<time>`` element, UTC."""
    if isinstance(value, str) and value:
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if not isinstance(value, datetime):
        return escape(DASH)
    return Markup('<time datetime="{}">{} UTC</time>').format(
        value.isoformat(timespec="seconds"), format_datetime(value, "yyyy-MM-dd HH:mm", rebase=False)
    )


def bilingual(value: Any, *names: str) -> str:
    """The reader's language out of ``{"zh": …, "en": …}`` or of a record with ``*_zh`` and ``*_en`` attributes."""
    order = ("zh", "en") if language() == "zh" else ("en", "zh")
    for code in order:
        if names:
            found = (
                getattr(value, f"{names[0]}_{code}", "")
                if not isinstance(value, dict)
                else value.get(f"{names[0]}_{code}")
            )
        else:
            found = value.get(code) if isinstance(value, dict) else str(value or "")
        if found:
            return str(found)
    return DASH


def brief(text: Any) -> str:
    """A figure as its source prints it; one with more digits than anybody reads, or with a computer's power of ten, as
    :func:`number` writes it.
    """
    long = len(str(text)) > LONGEST_FIGURE or "e" in str(text).casefold()
    return number(text, 6) if long and _decimal(text) is not None else str(text)


def unit(code: Any) -> str:
    """A unit as the reader writes it: ``piece`` is 件; symbols such as kg stay."""
    return words.word(words.UNITS, str(code or ""))


def place(code: Any) -> str:
    """A place by name with its code, ``江苏 (CN-JS)``; the code alone where it is not known."""
    from databases import places

    try:
        return f"{places.name(str(code), language())} ({code})"
    except places.UnknownPlace:
        return str(code or DASH)


def by_name(places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Countries (code, name) with China first, the others by name; Chinese names by their sound, as GBK has them."""
    coded = "gb18030" if language() == "zh" else "utf-8"
    return sorted(places, key=lambda one: (one[0] != "CN", one[1].encode(coded)))


def sentence(text: str) -> str:
    """A clause as a sentence: its first word with a capital letter, unless that is an identifier or a number."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isascii() and first.isalpha() else text


def own(text: Any) -> str:
    """A name given in both languages, ``天然气 / Natural gas``, in the reader's; any other as it is."""
    return in_language(str(text or ""), language())


def short(digest: Any) -> str:
    """The first twelve characters of a hash; the full one stands beside it in the page's facts."""
    text = str(digest or "")
    return f"{text[:12]}…" if len(text) > 12 else text


def cut(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where something is left out."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def init_app(app: Flask) -> None:
    """Register the filters and the word tables with the templates."""
    filters = {
        "number": number,
        "amount": amount,
        "exact": exact,
        "fixed": fixed,
        "plain": plain,
        "whole": whole,
        "percent": percent,
        "day": day,
        "moment": moment,
        "bilingual": bilingual,
        "own": own,
        "short": short,
        "sentence": sentence,
        "unit": unit,
        "brief": brief,
        "place": place,
        "cut": cut,
        "cbam_word": cbam_word,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals["words"] = words
    app.jinja_env.globals["word"] = words.word
    app.jinja_env.globals["law_term"] = term


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
