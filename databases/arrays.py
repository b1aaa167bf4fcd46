"""One NumPy file at a time: reading the header of a ``.npy`` file is not safe in two threads.

NumPy parses the header with :func:`ast.literal_eval`, and CPython counts the depth of its recursion once for all
threads: where a collection of garbage lets a second thread parse while the first is at it, one of them gets
``SystemError: AST constructor recursion depth mismatch`` (CPython 3.11.7, https://github.com/python/cpython/issues/106905).
"""

from __future__ import annotations

import threading

HEADERS = threading.Lock()
"""Held by whoever reads the header of a ``.npy`` file where other threads may do the same."""
