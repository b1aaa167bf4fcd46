"""The W3C Verifiable Credentials Data Model 2.0 as findings: what a credential or presentation must and may hold.

Rules (the section of the specification in brackets)
1. ``@context`` begins with W3C's; every context is known (4.3, ``certificates.vc.contexts``).
2. ``id`` is one URL wherever it stands (4.4); ``type`` is one or several words that mean something (4.5), and among a
   credential's is VerifiableCredential, among a presentation's VerifiablePresentation.
3. ``name`` and ``description`` of credential and issuer are texts or language objects (4.6, 11.1).
4. ``issuer`` is a URL or an object with one (4.7); ``credentialSubject`` is one or several objects that say something
   (4.8).
5. ``validFrom`` and ``validUntil`` are xsd:dateTimeStamp, in order (4.9).
6. ``credentialStatus``, ``credentialSchema``, ``refreshService``, ``termsOfUse``, ``evidence`` and their like are one
   or several objects, each with a type; a schema has an id (4.10, 4.11, 5.4 to 5.6).
7. A Bitstring status entry has its index as text in base 10 and names its list; a status list its bits (Bitstring
   Status List 1.0, 2.1 and 2.2).
8. A related resource has an id of its own and a digest, which must be right where the resource is at hand (5.3).
9. A presentation's ``holder`` is a URL or an object with one; ``verifiableCredential`` holds objects (4.13).

Example: ``credential({"@context": [W3C], ...}) == []``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from certificates.bitstring import NotAStatusList, decode
from certificates.vc import contexts, moments, resources
from certificates.vc.contexts import Words, is_url
from certificates.vc.findings import Finding

CREDENTIAL, PRESENTATION = "VerifiableCredential", "VerifiablePresentation"
ENVELOPED_CREDENTIAL, ENVELOPED_PRESENTATION = f"Enveloped{CREDENTIAL}", f"Enveloped{PRESENTATION}"
_TYPED = ("credentialStatus", "credentialSchema", "refreshService", "termsOfUse", "evidence")
_TYPED_TOO = ("renderMethod", "confidenceMethod", "proof")
_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,15})\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")


def credential(
    document: dict[str, Any],
    where: str = "",
    known: Iterable[str] = (),
    at_hand: Mapping[str, bytes] | None = None,
) -> list[Finding]:
    """Everything by which ``document`` is no credential (rules 1 to 8).

    ``known`` are URLs of further contexts, ``at_hand`` the bytes of resources by URL.
    """
    words, found = contexts.read(document.get("@context"), where, known)
    return [
        *found,
        *_head(document, CREDENTIAL, words, where),
        *_described(document, where),
        *_issuer(document.get("issuer"), f"{where}issuer"),
        *_subjects(document.get("credentialSubject"), words, f"{where}credentialSubject"),
        *_period(document, where),
        *_objects(document, (*_TYPED, *_TYPED_TOO), words, where),
        *resources.findings(document.get("relatedResource"), f"{where}relatedResource", at_hand or {}),
    ]


def presentation(document: dict[str, Any], known: Iterable[str] = ()) -> list[Finding]:
    """Everything by which ``document`` is no presentation (rules 1, 2, 6 and 9); the credentials in it apart."""
    words, found = contexts.read(document.get("@context"), "", known)
    holder = document.get("holder")
    return [
        *found,
        *_head(document, PRESENTATION, words, ""),
        *(_issuer(holder, "holder") if "holder" in document else ()),
        *_objects(document, ("termsOfUse", "proof"), words, ""),
    ]


def listed(value: Any) -> list[Any]:
    """One value or several, as a list."""
    return value if isinstance(value, list) else [value]


def types(value: Any) -> list[Any]:
    """The types of an object; none where it is none."""
    return listed(value.get("type", [])) if isinstance(value, dict) else []


def _head(document: dict[str, Any], required: str, words: Words, where: str) -> Iterator[Finding]:
    """Rule 2."""
    yield from _identifier(document, where)
    yield from _types(document, words, where, required)


def _identifier(document: dict[str, Any], where: str) -> Iterator[Finding]:
    if "id" in document and not is_url(document["id"]):
        yield Finding("not-a-url", f"{where}id")


def _types(document: dict[str, Any], words: Words, where: str, required: str = "") -> Iterator[Finding]:
    named = types(document)
    if not named or (required and required not in named):
        yield Finding("type-missing", f"{where}type")
    for name in named:
        if not words.knows(name):
            yield Finding("type-unmapped", f"{where}type")


def _described(document: dict[str, Any], where: str) -> Iterator[Finding]:
    """Rule 3."""
    for name in ("name", "description"):
        for text in listed(document.get(name, [])):
            if not _is_language_text(text):
                yield Finding("not-a-language-text", f"{where}{name}")


def _is_language_text(value: Any) -> bool:
    if not isinstance(value, dict):
        return isinstance(value, str)
    language, direction = value.get("@language", "en"), value.get("@direction", "ltr")
    return (
        set(value) <= {"@value", "@language", "@direction"}
        and isinstance(value.get("@value"), str)
        and isinstance(language, str)
        and _LANGUAGE.match(language) is not None
        and direction in ("ltr", "rtl")
    )


def _issuer(value: Any, where: str) -> Iterator[Finding]:
    """Rules 4 and 9."""
    if value is None:
        yield Finding("issuer-missing", where)
    elif not is_url(value.get("id") if isinstance(value, dict) else value):
        yield Finding("not-a-url", f"{where}.id" if isinstance(value, dict) else where)
    elif isinstance(value, dict):
        yield from _described(value, f"{where}.")


def _subjects(value: Any, words: Words, where: str) -> Iterator[Finding]:
    """Rules 4 and 7."""
    if value is None or value == []:
        yield Finding("subject-missing", where)
        return
    for subject in listed(value):
        if not isinstance(subject, dict) or not subject:
            yield Finding("subject-missing", where)
            continue
        yield from _identifier(subject, f"{where}.")
        if "type" in subject:
            yield from _types(subject, words, f"{where}.")
        if "BitstringStatusList" in types(subject) and not _is_status_list(subject):
            yield Finding("status-list", where)


def _is_status_list(subject: dict[str, Any]) -> bool:
    bits, purpose = subject.get("encodedList"), subject.get("statusPurpose")
    try:
        return isinstance(bits, str) and bool(decode(bits)) and bool(purpose)
    except NotAStatusList:
        return False


def _period(document: dict[str, Any], where: str) -> Iterator[Finding]:
    """Rule 5."""
    found = {}
    for name in ("validFrom", "validUntil"):
        if name in document:
            try:
                found[name] = moments.read(document[name])
            except moments.NotAMoment:
                yield Finding("not-a-moment", f"{where}{name}")
    if len(found) == 2 and found["validUntil"] < found["validFrom"]:
        yield Finding("ends-before-start", f"{where}validUntil")


def _objects(document: dict[str, Any], names: Iterable[str], words: Words, where: str) -> Iterator[Finding]:
    """Rules 6 and 7."""
    for name in names:
        for one in listed(document[name]) if name in document else ():
            place = f"{where}{name}"
            if not isinstance(one, dict):
                yield Finding("not-an-object", place)
                continue
            yield from _identifier(one, f"{place}.")
            yield from _types(one, words, f"{place}.")
            if name == "credentialSchema" and "id" not in one:
                yield Finding("schema-without-id", place)
            if "BitstringStatusListEntry" in types(one) and not _is_status_entry(one):
                yield Finding("status-entry", place)


def _is_status_entry(entry: dict[str, Any]) -> bool:
    index, purpose = entry.get("statusListIndex"), entry.get("statusPurpose")
    return (
        isinstance(index, str)
        and _INDEX.match(index) is not None
        and isinstance(purpose, str)
        and bool(purpose)
        and is_url(entry.get("statusListCredential"))
    )
