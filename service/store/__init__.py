"""Persistence: tables, repositories, unit of work and migrations. SQL is written nowhere else."""
