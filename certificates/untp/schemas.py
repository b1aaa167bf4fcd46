"""Is it as UNTP's own schema wants it? Asked where somebody has UNTP's files; the answer is no part of a verdict.

Rules
1. The folder is the caller's. A file counts only with the digest that ``pins.toml`` states, so that nobody's schema
   passes for UNTP's.
2. A credential is checked by the schema of its first own type: DigitalConformityCredential or DigitalProductPassport.
3. The canonical form of a label fails in ``credentialStatus`` alone, by what ``certificates.untp.profile`` says.

Example: ``schema_problems(credential.issue_untp(statement, keys, envelope), Path("untp-0.7.0")) == []``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from certificates.canonical import NotCanonical, NotJson, parse, sha256_hex
from certificates.untp import pins

_SCHEMAS = {
    "DigitalConformityCredential": "ConformityCredential.json",
    "DigitalProductPassport": "DigitalProductPassport.json",
}
_SHOWN = 200


class SchemaNotHad(ValueError):
    """The folder has no such file, or another than the one pinned: get release 0.7.0 of UNTP anew."""


def schema_problems(document: dict[str, Any], folder: Path) -> list[str]:
    """What the schema finds, as sentences in English that begin with the place; empty when all fits.

    Raises SchemaNotHad, and ValueError for a document of neither type.
    """
    from jsonschema import Draft202012Validator, FormatChecker

    types = document.get("type")
    named = [name for name in _SCHEMAS if isinstance(types, list) and name in types]
    if not named:
        raise ValueError("Neither a Digital Conformity Credential nor a Digital Product Passport.")
    checker = Draft202012Validator(load(folder, _SCHEMAS[named[0]]), format_checker=FormatChecker())
    found = sorted(checker.iter_errors(document), key=lambda error: [str(step) for step in error.path])
    return [f"{'.'.join(map(str, error.path)) or 'document'}: {error.message[:_SHOWN]}" for error in found]


def load(folder: Path, name: str) -> Any:
    """A pinned document from ``folder`` (rule 1); raises SchemaNotHad."""
    path = folder / name
    try:
        value = parse(path.read_bytes(), numbers=True)
        digest = sha256_hex(value, numbers=True)
    except OSError as problem:
        raise SchemaNotHad(f"{path} cannot be read.") from problem
    except (NotJson, NotCanonical) as problem:
        raise SchemaNotHad(f"{path} is not the document it should be.") from problem
    if digest != pins.of_file(name).canonical:
        raise SchemaNotHad(f"{path} is another document than the one pinned.")
    return value
