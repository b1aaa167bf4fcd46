"""Reading signed label PDFs with the standard library alone: just enough of ISO 32000-1, strictly, within
limits."""
