"""Somebody's spreadsheet -> an inventory: the workbook we ship, the reader, and what it refuses."""
