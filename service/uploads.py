"""How large a request may be.

Rules
1. Pages and API take 16 MB (``web.security``). Only a signed-in person who may import background data may send more,
   and only to the two addresses that take it: at most ``Settings.import_max_bytes`` and a mapping file.
2. The limit is raised before anything reads the body, so before the CSRF guard looks for its token in it.
"""

from __future__ import annotations

from flask import request

from service.usecases.access import Actor, Permission, allow
from service.usecases.release_imports import MAPPING_MAX_BYTES
from service.usecases.services import Services

FORM_BYTES = 1_000_000


def admit_source(actor: Actor, services: Services) -> None:
    """Let this request be as large as a source of background data (rules 1 and 2).

    A little more than the limit is let in, so that the use case says what is too large. Raises NotAllowed, before
    anything is read, for somebody who may not import.
    """
    allow(actor, Permission.RELEASE_IMPORT)
    most = services.settings.import_max_bytes
    request.max_content_length = most + most // 10 + MAPPING_MAX_BYTES + FORM_BYTES
