"""How large a request may be.

Rules
1. Pages and API take 16 MB (``web.security``). Only a signed-in person who may import background data may send more,
   and only to the two addresses that take it: at most ``Settings.import_max_bytes`` and a mapping file. Whoever may
   record in the ledger may send a registry's table or a file of evidence, and whoever may check in bulk a list or a zip
   of labels, as large as the use cases take them, to the addresses that take those.
2. The limit is raised before anything reads the body, so before the CSRF guard looks for its token in it.
3. What was let in so goes from the network to the disk that holds the uploads, never to memory and never to the
   system's folder for temporary files, which is memory on many machines. Its file has no name, so nothing is left of a
   broken request.
"""

from __future__ import annotations

import tempfile
from typing import IO, Any, cast

from flask import Request, current_app, request

from service.settings import Settings
from service.usecases.access import Actor, Permission, allow
from service.usecases.desk.bulk import MOST_BYTES as CHECK_BYTES
from service.usecases.ledger.sheets import MOST_BYTES as TABLE_BYTES
from service.usecases.release_imports import MAPPING_MAX_BYTES
from service.usecases.services import Services

FORM_BYTES = 1_000_000
_TABLE = TABLE_BYTES + TABLE_BYTES // 10 + FORM_BYTES
_CHECK = CHECK_BYTES + CHECK_BYTES // 10 + FORM_BYTES


class UploadRequest(Request):
    """A request that keeps an admitted source where rule 3 says."""

    admitted = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._streams: list[IO[bytes]] = []

    def close(self) -> None:
        """Called at the end of every request: what a form that broke off left open is closed too."""
        super().close()
        for stream in self._streams:
            stream.close()

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not self.admitted:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        services: Any = current_app.extensions["tanbiao.services"]
        folder = services.settings.uploads
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stream = tempfile.TemporaryFile("w+b", dir=folder)  # noqa: SIM115 - closed with the request
        self._streams.append(stream)
        return stream


def largest_request(settings: Settings) -> int:
    """Bytes of the largest request anybody may send: a little more than a source and a mapping file, or a table."""
    most = settings.import_max_bytes
    return max(most + most // 10 + MAPPING_MAX_BYTES + FORM_BYTES, _TABLE, _CHECK)


def admit_source(actor: Actor, services: Services) -> None:
    """Let this request be as large as a source of background data (rules 1 and 2).

    A little more than the limit is let in, so that the use case says what is too large. Raises NotAllowed, before
    anything is read, for somebody who may not import.
    """
    allow(actor, Permission.RELEASE_IMPORT)
    _admit(largest_request(services.settings))


def admit_table(actor: Actor, _: Services) -> None:
    """Let this request be as large as a registry's table; otherwise as :func:`admit_source`. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_RECORD)
    _admit(_TABLE)


def admit_check(actor: Actor, _: Services) -> None:
    """Let this request be as large as a bulk check; otherwise as :func:`admit_source`. Raises NotAllowed."""
    allow(actor, Permission.CHECK_BULK)
    _admit(_CHECK)


def _admit(most: int) -> None:
    request.max_content_length = most
    cast(UploadRequest, request).admitted = True
