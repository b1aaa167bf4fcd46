"""How long the texts and lists of a statement may be, so that it fits into a credential (``certificates.limits``)."""

from __future__ import annotations

KEY = 100
"""Characters of an identifier: of a person, or of a footprint."""
NAME = 200
"""Characters of a name: claimant, place, project, verifier, person."""
CODE = 50
"""Characters of a credit code."""
LINE = 500
"""Characters of any other text in a line: name and boundary of the subject, serial number, reference."""
REASON = 1000
"""Characters of the reason for a decision."""
WORDING = 20_000
"""Characters of the wording in one language."""
UNITS = 100
"""Retirements, lines of electricity, places, or markets."""
EVIDENCE = 500
"""Files of evidence."""
WHAT = r"[a-z][a-z0-9.:-]{0,59}"
"""What a file proves."""
