"""Statements we sign, the log that records them, and how anyone verifies them. Imports nothing else of
ours."""
