"""The API is tested over the same site as the pages."""

from __future__ import annotations

from tests.service.web.conftest import Site, site

__all__ = ["Site", "site"]
