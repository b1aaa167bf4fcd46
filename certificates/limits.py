"""How much a verifier reads of a file that anybody may have made, before it refuses.

Rules
1. Every limit is a number here; no reader has its own.
2. A limit is checked before the work it bounds, so that no input costs more than about 5 s or 200 MB.
"""

from __future__ import annotations

FILE_BYTES = 20_000_000
"""A whole file: PDF, bundle or credential."""

JSON_BYTES = 1_000_000
"""One JSON text."""

JSON_DEPTH = 16
"""Objects and arrays inside one another."""

CREDENTIAL_BYTES = 170_000
"""One compact vc+jwt."""

CHECKPOINT_BYTES = 16_384
"""One signed note."""

PROOF_BYTES = 24_576
"""One tlog-proof: a checkpoint and its hashes."""

PROOF_HASHES = 64
"""Hashes of one Merkle proof: a tree never has 2^64 leaves."""

PDF_DEPTH = 32
"""Arrays and dictionaries inside one another, pages of a name tree, parents of a field."""

PDF_TOKENS = 120_000
"""Tokens read from one PDF, over all objects."""

PDF_STRING_BYTES = 2 * 65_536 + 2
"""One string object as written; the longest that a label needs is the signature container in hexadecimal."""

PDF_BYTES_READ = 30_000_000
"""Bytes passed over in one PDF, counting those read twice."""

PDF_ENTRIES = 50_000
"""Entries in the cross-reference of one PDF, over all revisions, those of the same object included."""

PDF_REVISIONS = 16
"""Cross-reference sections of one PDF."""

PDF_INFLATED_BYTES = 16_000_000
"""Bytes inflated from one PDF, over all streams that the verifier reads."""

PDF_PREDICTED_BYTES = 1_500_000
"""Bytes of one PDF whose PNG predictor is undone, byte by byte: enough for the cross-reference of all
entries."""

PDF_ATTACHMENTS = 64
"""Files attached to one PDF."""

PDF_PAGES = 160
"""Pages of one PDF; the longest claim takes about 120."""

PDF_PAGE_STEPS = 1_600_000
"""Steps of reading the pages of one PDF: tokens, letters, entries of fonts, comparisons of what overlaps what. The
longest claim takes 1.3 million."""

PDF_FONTS = 64
"""Fonts of one PDF whose letters are read."""

PDF_CMAP_BYTES = 1_000_000
"""The map from codes to letters of one font."""

PDF_FORM_DEPTH = 4
"""Forms of one PDF drawn inside one another."""

PDF_SAVED_STATES = 64
"""Graphics states of one PDF saved inside one another."""

CMS_BYTES = 65_536
"""One signature container."""

STATUS_LIST_BYTES = 1_048_576
"""Bits of one status list, as bytes after inflating: 64 times what ours have."""

STATUS_TEXT_CHARACTERS = 1_500_000
"""The packed text of one status list, of anybody's."""

STATUS_BYTES = 65_536
"""One status list of ours, a compact vc+jwt: bits that do not pack at all make half of it."""

PACK_BYTES = 20_000_000
"""One offline pack: six hundred thousand leaves of a log."""

PACK_REGISTER_BYTES = 12_000_000
"""The register of one offline pack, after inflating."""
