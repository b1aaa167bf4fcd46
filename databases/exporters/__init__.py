"""A release written in formats that others read."""
