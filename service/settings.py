"""Settings: read from the environment once, through Flask's ``from_prefixed_env``; ``docs/settings.md`` lists
them.

Rules
1. A setting is ``TANBIAO_`` and the field's name in capitals; nothing else configures the service.
2. Reading settings makes no folder and no file; ``secret_key_of`` does, when the first process needs the
   secret.
3. Witnesses are asked at the addresses given here and nowhere else: HTTPS, or HTTP on this machine; no user name, no
   query, no fragment.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "TANBIAO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment may set. Empty strings take the default that hangs on ``home``, ``host`` or ``port``."""

    home: Path = Path("var")
    database_url: str = ""
    secret_key: str = field(default="", repr=False)
    base_url: str = ""
    releases: Path = Path()
    keys: Path = Path()
    cbam_tables: Path = Path()
    key_passphrase: str = field(default="", repr=False)
    pkcs11_module: str = ""
    pkcs11_pin: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    proxies: int = 0
    witnesses: str = ""
    witness_quorum: int = 0
    job_lease_seconds: int = 60
    import_max_bytes: int = 2_000_000_000

    def __post_init__(self) -> None:
        home = Path(self.home).expanduser().absolute()
        object.__setattr__(self, "home", home)
        for name in ("releases", "keys", "cbam_tables"):
            given, usual = Path(getattr(self, name)), home / name.replace("_", "-")
            object.__setattr__(self, name, usual if given == Path() else given.expanduser().absolute())
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{home / 'tanbiao.sqlite'}")
        if not self.base_url:
            object.__setattr__(self, "base_url", f"http://{self.host}:{self.port}")
        if min(self.workers, self.job_lease_seconds) < 1:
            raise ValueError("Web processes and the lease of a job are at least 1.")
        if self.import_max_bytes < 1:
            raise ValueError("The largest source to import has at least 1 byte.")
        if self.proxies < 0:
            raise ValueError("The number of proxies in front is at least 0.")
        if not 0 <= self.witness_quorum <= len(self.witness_entries):
            raise ValueError("The quorum of witnesses is at least 0 and at most their number.")

    @property
    def uploads(self) -> Path:
        """Where sources wait for their import; each is removed when its job ends."""
        return self.home / "uploads"

    @property
    def witness_entries(self) -> tuple[tuple[str, str], ...]:
        """The witnesses as (verifier key, address). Raises ValueError where one is not ``vkey address`` (rule 3)."""
        entries = [tuple(part.split()) for part in self.witnesses.split(";") if part.strip()]
        if any(len(entry) != 2 or not _asked_at(entry[1]) for entry in entries):
            raise ValueError(
                "A witness is its verifier key, a space, and an https address; a semicolon ends it."
            )
        if len({key.partition("+")[0] for key, _ in entries}) != len(entries):
            raise ValueError("A witness is named twice.")
        return tuple((key, address.rstrip("/")) for key, address in entries)

    @property
    def passphrase(self) -> str | None:
        """The passphrase of the signing keys, or None when they are stored without one."""
        return self.key_passphrase or None


def _asked_at(address: str) -> bool:
    """Rule 3."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return plain and bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and here))


def from_environment() -> Settings:
    """Settings from ``TANBIAO_*``; unknown names are refused with a ValueError, so that a typing error is
    seen.
    """
    import flask

    config = flask.Config(Path.cwd())
    config.from_prefixed_env(PREFIX, loads=str)
    known = {item.name: item.type for item in fields(Settings)}
    values: dict[str, Any] = {}
    for name, text in config.items():
        key = name.lower()
        if key.startswith("test_"):  # the test suite's own
            continue
        if key not in known:
            raise ValueError(f"{PREFIX}_{name} is not a setting; docs/settings.md lists them")
        values[key] = _converted(str(known[key]), name, text)
    return Settings(**values)


def _converted(kind: str, name: str, text: str) -> Any:
    try:
        return {"int": int, "Path": Path}.get(kind, str)(text)
    except ValueError as error:
        raise ValueError(f"{PREFIX}_{name} is a whole number, not {text!r}") from error


def secret_key_of(settings: Settings) -> str:
    """The secret that signs session cookies: from the settings, else from HOME/secret, made on first use
    (0600).
    """
    if settings.secret_key:
        return settings.secret_key
    path = settings.home / "secret"
    settings.home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written aside and linked, so that of two processes starting at once one wins and both read it whole.
        aside = path.with_name(f".secret-{os.getpid()}")
        with os.fdopen(
            os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return path.read_text(encoding="ascii").strip()
