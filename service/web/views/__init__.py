"""Views: parse, call the use case, answer."""

from __future__ import annotations

from service.web.views import (
    account,
    cbam,
    cbam_compare,
    cbam_data,
    cbam_documents,
    cbam_installations,
    cbam_shipments,
    cbam_suppliers,
    cbam_tables,
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
    cbam.bp,
    cbam_installations.bp,
    cbam_data.bp,
    cbam_compare.bp,
    cbam_documents.bp,
    cbam_shipments.bp,
    cbam_suppliers.bp,
    cbam_tables.bp,
    notices.bp,
    labels.bp,
    jobs.bp,
    verification.bp,
)
