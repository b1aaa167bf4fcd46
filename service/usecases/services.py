"""What use cases work with, handed in from outside: no ambient state, no global session, no hidden clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from service import digitallink

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet
    from databases.release import Release
    from service.settings import Settings
    from service.store.uow import UnitOfWork
    from service.usecases.release_refusals import ReleaseUnavailable


class OpenUnit(Protocol):
    """``with services.uow() as unit`` reads; ``uow(write=True)`` takes the write lock and needs
    ``unit.commit()``.
    """

    def __call__(self, *, write: bool = False) -> UnitOfWork:
        """A unit of work, to be entered with ``with``."""
        ...

    def close(self) -> None:
        """Give back every connection; whoever built the services calls it at the end."""
        ...


class Releases(Protocol):
    """The installed releases."""

    def installed(self) -> tuple[Release, ...]:
        """Every intact release, by identifier."""
        ...

    def damaged(self) -> tuple[ReleaseUnavailable, ...]:
        """What is wrong with every installed release that is not intact, by identifier."""
        ...

    def open(self, identifier: str, *, fresh: bool = False) -> Release:
        """One release; ``fresh`` reads every hash again. Raises release_refusals.ReleaseUnavailable."""
        ...


class Keys(Protocol):
    """The institution's signing keys, opened when first needed."""

    def keyset(self) -> KeySet:
        """Private and public keys; raises refusals.KeysUnavailable."""
        ...

    def trust(self) -> dict[str, Any]:
        """The public trust file."""
        ...


class Render(Protocol):
    """``service.render.label.render_label`` or ``service.render.claim.render_claim``, by the kind of the statement: an
    unsigned PDF/A-3 with credential.jwt and bundle.json attached. ``url`` goes into the code, ``code`` is the check
    code (empty for a claim); what is drawn has been read back and holds (``certificates.steps.printed``). Raises
    DocumentNotDrawn.
    """

    def __call__(
        self,
        statement: Mapping[str, Any],
        *,
        credential: str,
        bundle: bytes,
        url: str,
        code: str = "",
        language: str = "zh",
    ) -> bytes:
        """The PDF's bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a use case may touch. Built in ``service.app.build_services`` only."""

    settings: Settings
    uow: OpenUnit
    releases: Releases
    keys: Keys
    clock: Callable[[], datetime]
    render: Render

    def verify_url(self, number: str, code: str = "", gtin: str = "") -> str:
        """The public address of a label or a claim, as printed in its QR code: a GS1 Digital Link where the product has
        a GTIN. Raises certificates.gtin.NotAGtin.
        """
        return digitallink.link(self.settings.base_url, number, code, gtin)
