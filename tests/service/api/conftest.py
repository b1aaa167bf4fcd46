"""The API is tested over the same site as the pages, and over claims as their use cases are."""

from __future__ import annotations

from tests.service.claims.conftest import claim_stages, claimed
from tests.service.web.conftest import Site, applications, site

__all__ = ["Site", "applications", "claim_stages", "claimed", "site"]
