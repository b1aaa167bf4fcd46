"""An issued claim as JSON for everybody: statement, how it stands on a day and why, what happened, its trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.usecases.claims.published import Published


def published_claim(found: Published) -> dict[str, Any]:
    """The JSON of a public claim; reasons in Chinese and English."""
    return {
        "number": found.number,
        "url": found.url,
        "on": found.on.isoformat(),
        "standing": found.live.standing.value,
        "grounds": [
            {"code": one.code, "zh": one.sentence("zh"), "en": one.sentence("en")}
            for one in found.live.grounds
        ],
        "events": [
            {
                "at": one.at.isoformat(),
                "status": one.status,
                "ground": one.ground,
                "reasons": [{"zh": zh, "en": en} for zh, en in one.said],
            }
            for one in found.events
        ],
        "waterfall": [
            {"step": one.key, "amount": f"{one.amount:f}", "left": f"{one.left:f}", "serial": one.label}
            for one in found.waterfall
        ],
        "trace": [
            {
                "entry": one.entry,
                "link": one.link,
                "serial": one.serial,
                "stands": one.stands,
                "evidence": list(one.evidence),
            }
            for one in found.traces
        ],
        "statement": found.statement,
    }
