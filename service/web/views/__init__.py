"""Views: parse, call the use case, answer."""

from __future__ import annotations

from service.web.views import (
    account,
    datasets,
    home,
    impacts,
    inventories,
    jobs,
    labels,
    notices,
    public,
    releases,
    studies,
    verification,
)

BLUEPRINTS = (
    public.bp,
    account.bp,
    home.bp,
    inventories.bp,
    studies.bp,
    datasets.bp,
    releases.bp,
    impacts.bp,
    notices.bp,
    labels.bp,
    jobs.bp,
    verification.bp,
)
