"""Views: parse, call the use case, answer."""

from __future__ import annotations

from service.web.views import (
    account,
    datasets,
    home,
    inventories,
    jobs,
    labels,
    public,
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
    labels.bp,
    jobs.bp,
    verification.bp,
)
