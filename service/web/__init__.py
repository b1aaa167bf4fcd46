"""The pages: blueprints, templates, one design system, two languages."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach everything the pages need to ``app``: languages, guards, formats, errors, views."""
    from service.web import context, errors, formats, i18n, present, security
    from service.web.views import BLUEPRINTS

    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    security.init_app(app)
    i18n.init_app(app)
    formats.init_app(app)
    errors.init_app(app)
    context.init_app(app)
    app.jinja_env.globals["statement_chart"] = present.statement_chart
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
