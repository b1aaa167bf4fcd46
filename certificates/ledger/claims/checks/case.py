"""What a check looks at: the claim, the facts, the day, the rule set; and how names are compared.

Rules
1. Units that the ledger does not know are a problem of the check that needs them, never passed over.
2. A beneficiary is the claimant by credit code where both have one, whatever the names; else by full name or a former
   name, compared without width, case and spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from certificates.ledger.claims.amounts import Amounts
from certificates.ledger.claims.model import Claim, Claimant, Facts, Units
from certificates.ledger.claims.rules import RuleSet
from certificates.ledger.entries import Beneficiary
from certificates.ledger.instruments import instrument
from certificates.ledger.positions import State
from certificates.ledger.problems import Problem


@dataclass(frozen=True, slots=True)
class Case:
    """One claim on one day. ``rules`` is None where the claim names no known rule set."""

    claim: Claim
    facts: Facts
    on: date
    rules: RuleSet | None
    amounts: Amounts

    def retirements(self) -> Iterator[tuple[str, Units | None]]:
        """Each retirement of the claim with what the ledger knows of it."""
        return ((key, self.facts.units.get(key)) for key in self.claim.retirements)

    def known_retirements(self) -> Iterator[tuple[str, Units]]:
        """Those that the ledger knows."""
        return ((key, units) for key, units in self.retirements() if units is not None)

    def power(self) -> Iterator[tuple[str, Units]]:
        """The certificates used, those that the ledger knows."""
        found = ((use.position, self.facts.units.get(use.position)) for use in self.claim.electricity)
        return ((key, units) for key, units in found if units is not None)

    def all_units(self) -> Iterator[tuple[str, Units]]:
        """Retirements and certificates, those that the ledger knows."""
        yield from self.known_retirements()
        yield from self.power()

    def nothing_known(self, code: str) -> Iterator[Problem]:
        """The problem ``code``-nothing where no unit is known, and ``code``-unknown for each that is not."""
        if not self.claim.retirements:
            yield Problem(f"{code}-nothing")
        for key, units in self.retirements():
            if units is None:
                yield Problem(f"{code}-unknown", {"position": key})


def retired(units: Units) -> bool:
    """True when the ledger has both the state and the entry that brought it about."""
    return units.position.state is State.RETIRED and units.retire is not None


def values(key: str, units: Units, **more: str) -> dict[str, str]:
    """What sentences say of units."""
    kind = instrument(units.lot.kind)
    return {"position": key, "serial": units.lot.serial, "kind": kind.en, "kind_zh": kind.zh} | more


def named(rules: RuleSet) -> dict[str, str]:
    """What sentences say of a rule set: its name in both languages, and its last day."""
    last = rules.valid_until.isoformat() if rules.valid_until else "–"
    return {"standard": rules.name.en, "standard_zh": rules.name.zh, "last": last}


def in_name_of(beneficiary: Beneficiary, claimant: Claimant) -> bool:
    """Rule 2; False for a claimant or beneficiary without a name and code."""
    ours, theirs = folded(claimant.code), folded(beneficiary.code)
    if ours and theirs:
        return ours == theirs
    names = {folded(name) for name in (claimant.name, *claimant.former_names)} - {""}
    return folded(beneficiary.name) in names


def folded(text: str) -> str:
    """A text for comparison: NFKC, small letters, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
