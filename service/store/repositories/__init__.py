"""Repositories: each takes the connection of a unit of work and gives back frozen records."""
