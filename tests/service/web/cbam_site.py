"""An installation of the exporter's for the tests of the CBAM pages: the workbook's example."""

from __future__ import annotations

from functools import cache

from lca.cbam.storage import write_monitoring
from lca.cbam.workbook import example, fasteners
from service.usecases.cbam import installations
from service.usecases.cbam.installations import HandIn, Kept, Put
from tests.service.world import World


@cache
def workbook() -> bytes:
    """The example, written once."""
    return example("en")


def put(world: World) -> str:
    """The id of a new installation with the example's data."""
    return _id(installations.put(world["exporter"], Put(write_monitoring(fasteners())), world.services))


def handed_in(world: World) -> str:
    """The id of a new installation from the workbook."""
    return _id(installations.hand_in(world["exporter"], HandIn("2026.xlsx", workbook()), world.services))


def _id(kept: Kept) -> str:
    assert kept.installation_id, [finding.message("en") for finding in kept.findings]
    return kept.installation_id
