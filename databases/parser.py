"""Python's own parser, one thread at a time.

CPython counts the depth of the trees it hands to :mod:`ast` once for all threads: where a collection of garbage lets a
second thread parse while the first is at it, one of them gets ``SystemError: AST constructor recursion depth
mismatch`` (CPython 3.11.7, https://github.com/python/cpython/issues/106905). NumPy parses the header of every
``.npy`` file so, and some libraries parse signatures while they are imported.
"""

from __future__ import annotations

import threading

PARSER = threading.Lock()
"""Held while a ``.npy`` header is read, or such a library imported, where other threads may do the same."""
