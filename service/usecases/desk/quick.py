"""Numbers in bulk: the steps that depend on a credential's bytes alone are not run again for bytes that the log holds.

Rules
1. A leaf of the issuer's own log, under a root that its log key signed (and as many witnesses cosigned as the trust
   file asks for), is byte for byte what was entered when the label was issued, and nothing is entered that does not
   pass the steps on form, sums and chain (``certificates.credential.issue``). For such bytes these are taken as passed.
2. Everything that can change or be forged since is looked at for every number: the inclusion of these very bytes, the
   signature, the header, the key and its time, the number, the standing, the dates.
3. The answer is ``valid`` or none at all. Whatever is not plainly valid goes through all steps (``checking``): a check
   code that was given, a key that was compromised, any change of standing, a date out of force, bytes that the log does
   not hold. So a row that is not valid always names its step.

All steps take several times as long, nearly all of it for rule 1; ten thousand numbers are asked about while a lorry
waits.

Example: ``Quick(trust, known, moment).row(number_row, compact)`` is a row, or None.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.usecases.desk.rows import CheckedRow, valid

if TYPE_CHECKING:
    from certificates.knowledge import Knowledge
    from certificates.trust import Trust, TrustedIssuer, TrustedKey
    from service.usecases.desk.numbers import NumberRow


class Quick:
    """What of rules 1 and 2 is one for the whole run: issuer, tree, register, and how far the tree is signed for."""

    def __init__(self, trust: Trust, known: Knowledge, moment: datetime) -> None:
        self._moment = moment
        self._keys: dict[str, TrustedKey | None] = {}
        self._issuer = next(one for one in trust.issuers if one.id in known.registers)
        self._tree = known.trees.get(self._issuer.id)
        self._register = known.registers[self._issuer.id]
        signed = _signed_for(trust, self._issuer, known)
        self._reach, self._until = max(signed, default=(0, moment))

    def row(self, asked: NumberRow, compact: str) -> CheckedRow | None:
        """The row of a number that is plainly valid, else None (rule 3)."""
        if not self._reach or asked.code or self._moment >= self._register.until:
            return None
        head, _, rest = compact.partition(".")
        body, _, tail = rest.partition(".")
        key = self._keys[head] if head in self._keys else self._keys.setdefault(head, self._key(head))
        payload = self._logged(body)
        if key is None or payload is None or self._register.events(asked.number):
            return None
        if not self._in_force(payload, asked.number, key) or not _signed(f"{head}.{body}", tail, key):
            return None
        return valid(asked, payload["credentialSubject"]["statement"])

    def _logged(self, body: str) -> dict[str, Any] | None:
        """The payload whose bytes are a leaf within what was signed for. Another text of the same bytes is let through
        here: the signature is over the text."""
        from certificates.log.merkle import leaf_hash

        try:
            data = urlsafe_b64decode(f"{body}===")
        except ValueError:
            return None
        place = self._tree.index(leaf_hash(data)) if self._tree else None
        found = json.loads(data) if place is not None and place < self._reach else None
        return found if isinstance(found, dict) and "validFrom" in found else None

    def _in_force(self, payload: dict[str, Any], number: str, key: TrustedKey) -> bool:
        """Issuer and number are those asked for; key, log key and label count at their times."""
        from certificates.encoding import from_moment_text

        subject = payload["credentialSubject"]
        if subject.get("statement", {}).get("number") != number or payload["issuer"]["id"] != self._issuer.id:
            return False
        start, end = (from_moment_text(payload[name]) for name in ("validFrom", "validUntil"))
        return start <= self._moment < end and start < self._until and key.valid_at(start)

    def _key(self, head: str) -> TrustedKey | None:
        """The label key that a header names, where the header is exactly as it must be and the key was never
        compromised."""
        from certificates.canonical import NotJson, canonical_bytes, parse
        from certificates.encoding import NotEncoded, from_base64url
        from certificates.vc.jose import MEDIA_TYPE

        try:
            data = from_base64url(head)
            header = parse(data)
        except (NotEncoded, NotJson):
            return None
        key = self._issuer.key(str(header.get("kid")), "label") if isinstance(header, dict) else None
        if key is None or key.compromised_since is not None:
            return None
        exact = {"alg": key.algorithm, "iss": self._issuer.id, "kid": key.kid, "typ": MEDIA_TYPE}
        return key if canonical_bytes(exact) == data else None


def _signed_for(trust: Trust, issuer: TrustedIssuer, known: Knowledge) -> Iterator[tuple[int, datetime]]:
    """How many leaves are under a root that counts (rule 1), and until when its log key was valid."""
    from certificates.steps.logs import Logs

    logs = Logs(trust, issuer, known, ())
    for note in logs.held:
        signed = logs.signed(note)
        same = logs.held_root(signed.stated.size) == signed.stated.root and not logs.broken(note)
        sound = signed.key is not None and signed.key.compromised_since is None
        if signed.key is not None and sound and same and len(logs.witnesses(note)) >= trust.quorum:
            yield signed.stated.size, signed.key.valid_until


def _signed(text: str, tail: str, key: TrustedKey) -> bool:
    from certificates.encoding import NotEncoded, from_base64url
    from certificates.signer import verify

    try:
        return verify(key.public, from_base64url(tail), text.encode("ascii"))
    except NotEncoded:
        return False
