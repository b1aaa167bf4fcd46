"""The API is tested over the same site as the pages."""

from __future__ import annotations

from tests.service.web.conftest import Site, applications, site

__all__ = ["Site", "applications", "site"]
