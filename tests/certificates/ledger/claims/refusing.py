"""How a table of refusals is read: from a passing claim, these changes, exactly these codes of one check."""

from neutral import World, changed

from certificates.ledger.claims.evaluate import evaluate
from certificates.ledger.claims.results import CheckResult, Outcome


def result(world: World, code: str) -> CheckResult:
    return next(one for one in evaluate(world.claim, world.facts, world.on) if one.code == code)


def answered(world: World, check: str, *changes) -> tuple[Outcome, list[str]]:
    """The outcome of a check, and its codes without ``N..-``; every reason can be said in both languages."""
    found = result(changed(world, *changes), check)
    for problem in found.problems:
        assert problem.sentence("zh") and problem.sentence("en")
    return found.outcome, [problem.code.removeprefix(f"{check}-") for problem in found.problems]
