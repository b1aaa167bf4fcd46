"""Signing, where a key may be missing: what the key set says becomes a refusal.

Example: ``with signing(): credential.issue(statement, keys, envelope)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.usecases.refusals import KeysUnavailable


@contextmanager
def signing() -> Iterator[None]:
    """Around whatever signs. Raises KeysUnavailable where no key of the use is valid, or a token does not answer."""
    from certificates.keys.keyset import NoActiveKey
    from certificates.keys.signer import KeyUnreachable

    try:
        yield
    except (NoActiveKey, KeyUnreachable) as error:
        raise KeysUnavailable(problem=str(error)) from error
