"""Languages of the pages: zh-Hans and en.

Rules
1. The language asked for in the address (``?lang=``) wins, then the cookie, then the person's own setting, then the
   browser's.
2. Message ids are English sentences; ``translations/zh/LC_MESSAGES/messages.po`` holds the Chinese ones and is
   compiled in memory when first needed: no build step, no ``.mo`` in the tree.
3. A fuzzy or missing Chinese message is a failing test, never an English sentence on a Chinese page.
4. What users wrote keeps its language; only our own words, numbers and dates follow the reader.
5. Strangers get no cookie on public pages: there the language asked for stays in the addresses.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from flask_login import current_user

if TYPE_CHECKING:
    from babel.support import Translations

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "tanbiao_lang"
PUBLIC = frozenset({"public", "verification", "claims_public"})
"""Blueprints whose pages anybody may read."""
_YEAR_SECONDS = 365 * 24 * 3600


class PoDomain(Domain):  # type: ignore[misc]
    """A gettext domain that reads ``.po`` files and compiles them in memory."""

    def get_translations(self) -> Any:
        """The catalogue of the current locale; an empty one for English, whose messages are their own ids."""
        return load_translations(language())


class PoBabel(Babel):  # type: ignore[misc]
    """Flask-Babel with :class:`PoDomain` as its domain."""

    @property
    def domain_instance(self) -> PoDomain:
        """The one domain of the pages."""
        return PoDomain()


@cache
def load_translations(code: str) -> Translations:
    """The compiled catalogue of a language, made once per process."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    if code == "en":
        return Translations()
    source = resources.files("service.web").joinpath("translations", code, "LC_MESSAGES", "messages.po")
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=code))
    compiled.seek(0)
    return Translations(compiled)


def language() -> str:
    """``zh`` or ``en`` for this request."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def choose_language() -> str:
    """Rule 1, for Flask-Babel's locale selector."""
    asked = request.args.get("lang", "").split("-")[0].lower()
    if asked in LANGUAGES:
        g.language_asked = asked
        return asked
    cookie = request.cookies.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    setting = getattr(getattr(current_user, "actor", None), "language", "")
    if setting in LANGUAGES:
        return str(setting)
    return request.accept_languages.best_match(list(LANGUAGES)) or "zh"


def on_public_page() -> bool:
    """Whether a stranger reads a public page (rule 5)."""
    return request.blueprint in PUBLIC and not current_user.is_authenticated


def carry_language(endpoint: str, values: dict[str, Any]) -> None:
    """Rule 5: the addresses on the page ask for the language that its own asked for."""
    asked = request.args.get("lang", "") if has_request_context() else ""
    if asked in LANGUAGES and endpoint != "static" and on_public_page():
        values.setdefault("lang", asked)


def remember_language(response: Response) -> Response:
    """Keep a language that the address asked for, so that the next page speaks it too (rule 5)."""
    asked = g.get("language_asked")
    if asked and not on_public_page():
        response.set_cookie(
            COOKIE, asked, max_age=_YEAR_SECONDS, samesite="Lax", secure=request.is_secure, httponly=True
        )
    return response


def init_app(app: Flask) -> None:
    """Attach Flask-Babel and the language cookie."""
    PoBabel(app, default_locale="zh", locale_selector=choose_language)
    app.after_request(remember_language)
    app.url_defaults(carry_language)
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["languages"] = LANGUAGES
