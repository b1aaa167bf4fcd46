"""The entry point of WSGI servers: ``granian --interface wsgi --factory service.wsgi:create``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.app import create_app

if TYPE_CHECKING:
    from flask import Flask


def create() -> Flask:
    """The application with the settings of the environment."""
    return create_app()
