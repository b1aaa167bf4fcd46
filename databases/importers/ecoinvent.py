"""ecoinvent by the user's own licence: the EcoSpold 2 release into a folder, for the EcoSpold 2 reader.

Rules
1. Nothing of ecoinvent comes with this project. Each user downloads under the own licence, through the library that
   ecoinvent's interface has (``ecoinvent_interface``, an optional extra), with credentials given here and now.
2. Credentials are arguments: they are not read from or written to settings, files, environment or logs. What the
   library logs names the user, so its logging is off while it works; an error it raises is told by kind, never by
   its text.
3. The folder is private to this download; nothing is cached beyond it.
4. Every reason not to get it is a SourceRefused that says what to do.

Example: ``fetch("3.10", "cutoff", work, username=name, password=secret)`` is a folder with ``datasets`` in it.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from databases.notices import SourceRefused, refused

SYSTEM_MODELS = ("cutoff", "apos", "consequential", "EN15804")
"""Short names that the interface knows, as in the names of the release files."""
_VERSION = re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d{1,2})?")


def fetch(version: str, system_model: str, work: Path, *, username: str, password: str) -> Path:
    """Download a release's unit processes to a folder below ``work`` and return it. Raises SourceRefused.

    ``version`` such as ``3.10``; ``system_model`` one of :data:`SYSTEM_MODELS`.
    """
    if not _VERSION.fullmatch(version):
        raise refused("ecoinvent-version", version=version[:40], known="3.10, 3.11")
    if system_model not in SYSTEM_MODELS:
        raise refused("ecoinvent-model", model=system_model[:40], known=", ".join(SYSTEM_MODELS))
    if not username or not password:
        raise refused("ecoinvent-credentials")
    library = _library()
    folder = work / "ecoinvent"
    folder.mkdir(parents=True, exist_ok=True)
    with _silent(), _told():
        settings = library.Settings(username=username, password=password, output_path=str(folder))
        release = library.EcoinventRelease(settings)
        release.login()
        versions = [str(one) for one in release.list_versions()]
        if version not in versions:
            raise refused("ecoinvent-version", version=version, known=", ".join(versions[:30]))
        models = [str(one) for one in release.list_system_models(version)]
        if system_model not in models:
            raise refused("ecoinvent-model", model=system_model, known=", ".join(models))
        # Its corrections of version numbers would parse every file before our reader has screened it.
        found = Path(
            release.get_release(version, system_model, library.ReleaseType.ecospold, fix_version=False)
        )
    if not found.resolve().is_relative_to(folder.resolve()) or not found.is_dir():
        raise refused("ecoinvent-not-there")
    if not any((found / "datasets").glob("*.spold")):
        raise refused("ecoinvent-not-there")
    return found


def _library() -> Any:
    try:
        import ecoinvent_interface  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise refused("ecoinvent-library") from error
    return ecoinvent_interface


@contextmanager
def _silent() -> Iterator[None]:
    """Rule 2: the library names the user in what it logs, and answers of the server in what it warns of."""
    logger = logging.getLogger("ecoinvent_interface")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


@contextmanager
def _told() -> Iterator[None]:
    """What the library and the network raise, as sentences (rule 4); no text of an error is handed on (rule 2)."""
    import requests

    try:
        yield
    except SourceRefused:
        raise
    except PermissionError:
        raise refused("ecoinvent-licence") from None
    except (requests.exceptions.ConnectionError, requests.exceptions.Timeout):
        raise refused("ecoinvent-network") from None
    except requests.exceptions.HTTPError as error:
        status = getattr(error.response, "status_code", None)
        code = "ecoinvent-login" if status in (400, 401, 403) else "ecoinvent-network"
        raise refused(code) from None
    except (KeyError, ValueError) as error:
        raise refused("ecoinvent-answer", problem=type(error).__name__) from None
    except OSError as error:
        raise refused("ecoinvent-answer", problem=type(error).__name__) from None
    except Exception as error:  # damaged archives have classes of their own, by library
        raise refused("ecoinvent-answer", problem=type(error).__name__) from None
