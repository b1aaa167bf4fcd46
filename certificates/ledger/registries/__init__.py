"""What a registry's own table says: which registry's it is, and the entries each row stands for.

tables        registries and the names of their columns (``*.toml``, one file each; ``common.toml`` for all)
heading       the registry whose header a row is, and where its columns stand
values        days, periods and numbers as tables write them; what can mean two things is refused
cells         the cells of one row by field, and what is wrong with them
units         the lot that a row describes
drafting      a row of texts -> the entries it stands for, or why it stands for none
collisions    rows of one file that share units
judging       a row against the ledger: new, known, in conflict, or rejected

Nothing here opens a file: rows are tuples of texts with a number and the name of their sheet.
"""
