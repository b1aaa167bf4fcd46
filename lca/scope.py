"""What a study declares before it computes (ISO 14067:2018, 6.3): GWP set, rule set, electricity approach."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GwpSet(StrEnum):
    """100-year global warming potentials of an IPCC assessment report; a study uses one of them throughout."""

    AR5 = "AR5"
    AR6 = "AR6"


@dataclass(frozen=True, slots=True)
class Scope:
    """Choices of a study. ``rule_set`` is an identifier known to ``lca.rules``, such as ``iso-14067-2018``."""

    gwp_set: GwpSet
    rule_set: str = "iso-14067-2018"

    def as_dict(self) -> dict[str, str]:
        """JSON form, part of the study's digest."""
        return {"gwp_set": self.gwp_set.value, "rule_set": self.rule_set}
