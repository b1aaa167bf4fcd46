"""``tanbiao keys``: the institution's signing keys, from the ceremony that makes them to the day one is compromised.

Rules
1. Keys are encrypted with TANBIAO_KEY_PASSPHRASE; without it they are made only when ``--in-clear`` is said.
2. No command overwrites or loses a private key: a change leaves the file as it was beside the new one, and says where.
3. A change counts from the next request of a running service on. Verifiers learn of it from a new trust file only, so
   every change says to hand one out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from service.cli import base

if TYPE_CHECKING:
    from certificates.keys.keyset import Key, KeySet

USES = ("label", "status", "log", "document", "sm2")
ALGORITHMS = ("Ed25519", "ES256", "SM2")
COLUMNS = ("kid", "use", "algorithm", "state", "valid from", "valid until", "compromised since", "where")
_years = click.option("--years", type=click.IntRange(1, 20), default=6, show_default=True)
_kid = click.argument("kid", metavar="KEY")


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("keys", cls=base.Group, example="tanbiao keys list")
    def keys() -> None:
        """The institution's signing keys."""

    _generating(keys)
    _changing(keys)
    _compromising(keys)
    _accrediting(keys)
    _looking(keys)
    _publishing(keys)


def _generating(keys: click.Group) -> None:
    @base.command(
        keys, "generate", "tanbiao keys generate --issuer did:web:labels.example.org --zh 演示机构 --en Demo"
    )
    @click.option("--issuer", required=True, help="did:web identifier of the issuer.")
    @click.option("--zh", required=True, help="Chinese name.")
    @click.option("--en", required=True, help="English name.")
    @_years
    @click.option("--algorithm", type=click.Choice(ALGORITHMS[:2]), default="Ed25519", show_default=True,
                  help="Of the label and the status key.")  # fmt: skip
    @click.option("--in-clear", is_flag=True, help="Without a passphrase. For trials only.")
    def generate(issuer: str, zh: str, en: str, years: int, algorithm: str, in_clear: bool) -> None:
        """Make the first keys in TANBIAO_KEYS, encrypted with TANBIAO_KEY_PASSPHRASE; never overwrites."""
        from certificates.keys.keyset import generate_keyset
        from service import clock

        found, now = base.settings(), clock.now()
        if found.passphrase is None and not in_clear:
            raise click.ClickException(
                _said("Set TANBIAO_KEY_PASSPHRASE to encrypt the keys, or say --in-clear.")
            )
        with _refusing():
            until = now + timedelta(days=365 * years)
            made = generate_keyset(issuer, {"zh": zh, "en": en}, now, until, label_algorithm=algorithm)
            made.save(found.keys, found.passphrase)
        click.echo(str(found.keys))
        _fingerprints(made)


def _changing(keys: click.Group) -> None:
    @base.command(keys, "rotate", "tanbiao keys rotate label --years 3")
    @click.argument("use", type=click.Choice(USES))
    @_years
    @click.option("--algorithm", type=click.Choice(ALGORITHMS), help="That of the key before when not given.")
    @click.option("--uri", default="", metavar="PKCS11-URI", help="The key lies in a token already.")
    def rotate(use: str, years: int, algorithm: str | None, uri: str) -> None:
        """Follow the key of a use with a new one from now on; the old one ends and stays verifiable."""
        now, found = _opened()
        with _refusing():
            until = now + timedelta(days=365 * years)
            made = found.rotated(use, now, until, uri=uri, algorithm=algorithm or _usual(use, uri))
        _keep(made, now)
        click.echo(made.active(use, now).kid)

    @base.command(keys, "retire", "tanbiao keys retire label-1")
    @_kid
    def retire(kid: str) -> None:
        """End a key now, without a new one; what it signed stays verifiable."""
        now, found = _opened()
        with _refusing():
            made = found.retired(kid, now)
        _keep(made, now)
        _tell_gap(made, found.key(kid).use, now)

    @base.command(keys, "passphrase", "tanbiao keys passphrase")
    @click.password_option("--new", help="Asked for, twice, when not given.")
    def passphrase(new: str) -> None:
        """Encrypt the keys with another passphrase; the kept file still opens with the old one."""
        now, found = _opened()
        with _refusing():
            kept = found.replace(base.settings().keys, new, now)
        click.echo(kept)


def _compromising(keys: click.Group) -> None:
    @base.command(keys, "compromise", "tanbiao keys compromise label-1 --since 2026-11-20T08:00:00Z")
    @_kid
    @click.option(
        "--since", required=True, metavar="MOMENT", help="UTC; when somebody else may first have had it."
    )
    @_years
    def compromise(kid: str, since: str, years: int) -> None:
        """Mark a key as compromised: it never signs again, and a new one follows it where none is ready.

        A key of a token is followed by a file key only on your word: make the next one there, then rotate --uri. Nor
        does a key of the use sm2 follow by itself: marking one must not depend on its library.
        """
        now, found = _opened()
        with _refusing():
            moment = _moment(since)
            if moment > now:
                raise ValueError("A key is compromised since the past.")
            made = found.compromised(kid, moment)
            key = made.key(kid)
            if not _usable(made, key.use, now) and not key.uri and key.use != "sm2":
                made = made.rotated(key.use, now, now + timedelta(days=365 * years))
        _keep(made, now)
        _tell_gap(made, key.use, now)
        if key.use == "status":
            click.echo(_said("Sign the status lists anew: tanbiao status publish"), err=True)


def _accrediting(keys: click.Group) -> None:
    @base.command(
        keys,
        "accreditation",
        "tanbiao keys accreditation --body CNAS --number 'CNAS V0001' --zh 产品碳足迹 --en 'Product footprints' "
        "--from 2026-01-01T00:00:00Z --until 2029-01-01T00:00:00Z",
    )
    @click.option("--body", help="Who accredited the institution.")
    @click.option("--number", help="The accreditation's number.")
    @click.option("--zh", help="Scope in Chinese.")
    @click.option("--en", help="Scope in English.")
    @click.option("--from", "start", metavar="MOMENT")
    @click.option("--until", "end", metavar="MOMENT")
    @click.option("--clear", is_flag=True, help="The institution is not accredited any more.")
    def accreditation(clear: bool, **given: str | None) -> None:
        """State the accreditation that the trust file shows; without options, print it."""
        from certificates.keys.trust import read_accreditation

        now, found = _opened()
        if not clear and not any(given.values()):
            held = found.accreditation
            click.echo(json.dumps(held and held.as_dict(), ensure_ascii=False, indent=2))
            return
        data = {
            "body": given["body"],
            "number": given["number"],
            "scope": {"zh": given["zh"], "en": given["en"]},
            "validFrom": given["start"],
            "validUntil": given["end"],
        }
        with _refusing():
            made = found.accredited(None if clear else read_accreditation(data))
        _keep(made, now)


def _looking(keys: click.Group) -> None:
    @base.command(keys, "list", "tanbiao keys list --json")
    @base.json_option
    def list_(as_json: bool) -> None:
        """Every key there is or was, and which of them sign now."""
        now, found = _opened()
        base.show((_row(found, key, now) for key in found.keys), COLUMNS, as_json=as_json)

    @base.command(keys, "fingerprint", "tanbiao keys fingerprint trust.json")
    @click.argument("file", required=False, type=click.File("rb"), metavar="[TRUST-FILE]")
    def fingerprint(file: Any) -> None:
        """Fingerprints to read aloud: of a trust file as received, or of the keys here."""
        from certificates.canonical import parse
        from certificates.keys.trust import read

        if file is None:
            _fingerprints(_opened()[1])
            return
        with _refusing():
            found = parse(file.read(1_000_001))
            for issuer in read(found).issuers:
                for key in issuer.keys:
                    click.echo(f"{key.kid}  {_grouped(key.public)}")
        click.echo(f"trust  {_groups(_digest(found))}")


def _publishing(keys: click.Group) -> None:
    @base.command(keys, "trust", "tanbiao keys trust > trust.json")
    def trust() -> None:
        """Print the public trust file, which verifiers pin."""
        found = base.services(store=False).keys.trust()
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))

    @base.command(keys, "did", "tanbiao keys did > did.json")
    def did() -> None:
        """Print the did:web document, which this service also serves at /.well-known/did.json."""
        found = base.services(store=False).keys.keyset().did_document()
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _opened() -> tuple[datetime, KeySet]:
    """Now, and the keys of this installation."""
    from service import clock

    return clock.now(), base.services(store=False).keys.keyset()


def _keep(made: KeySet, now: datetime) -> None:
    """Write the changed keys (rule 2) and say what to do next (rule 3)."""
    found = base.settings()
    with _refusing():
        kept = made.replace(found.keys, found.passphrase, now)
    click.echo(f"{_said('The file as it was stays as')} {kept}", err=True)
    click.echo(_said("Hand out the trust file anew: tanbiao keys trust"), err=True)


def _moment(text: str) -> datetime:
    from certificates.encoding import NotEncoded, from_moment_text

    try:
        return from_moment_text(text)
    except NotEncoded as error:
        raise ValueError("A moment is UTC, such as 2026-11-20T08:00:00Z.") from error


def _tell_gap(made: KeySet, use: str, now: datetime) -> None:
    if _usable(made, use, now):
        click.echo(made.active(use, now).kid)
    else:
        click.echo(_said(f"Nothing signs for {use} now: tanbiao keys rotate {use}"), err=True)


def _usable(found: KeySet, use: str, now: datetime) -> bool:
    return any(key.use == use and key.usable_at(now) for key in found.keys)


def _usual(use: str, uri: str) -> str | None:
    """The first SM2 key has none before it."""
    return "SM2" if use == "sm2" and not uri else None


def _row(found: KeySet, key: Key, now: datetime) -> tuple[str, ...]:
    from certificates.encoding import moment_text

    since = "" if key.compromised_since is None else moment_text(key.compromised_since)
    dates = (moment_text(key.valid_from), moment_text(key.valid_until), since)
    return (key.kid, key.use, key.algorithm, _state(found, key, now), *dates, key.uri or "file")


def _state(found: KeySet, key: Key, now: datetime) -> str:
    if key.compromised_since is not None:
        return "compromised"
    if now >= key.valid_until:
        return "retired"
    if now < key.valid_from:
        return "waiting"
    return "signs" if found.active(key.use, now) == key else "valid"


def _fingerprints(found: KeySet) -> None:
    for key in found.keys:
        click.echo(f"{key.kid}  {_grouped(key.public)}")


def _grouped(public: Any) -> str:
    from certificates.keys.trust import thumbprint

    return _groups(thumbprint(public))


def _digest(value: Any) -> str:
    from certificates.canonical import sha256_hex

    return sha256_hex(value)


def _groups(digits: str) -> str:
    """In groups of four, to be read aloud."""
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def _said(sentence: str) -> str:
    """A sentence of ours in the language of the terminal."""
    return _told(sentence)


def _told(sentence: str) -> str:
    from service.usecases.problems import chinese

    return chinese(sentence) if base.language() == "zh" else sentence


@contextmanager
def _refusing() -> Iterator[None]:
    """What the keys refuse, as a sentence."""
    try:
        yield
    except (ValueError, LookupError, OSError) as error:
        raise click.ClickException(_told(str(error))) from error
