"""The ledger of green certificates and carbon credits: who held which units when, and what became of them.

quantity      exact amounts of one unit: MWh or tCO2e, never mixed
spans         ranges of numbers in one numbering, and what they share
instruments   kinds of instrument and their rules (``instruments.toml``): unit, validity, transfers
serials       what a registry's serial number says, and whether it agrees with the rest
lots          units of an instrument as they were bought: serial, project, vintage
entries       the seven things that happen: acquire, transfer, split, retire, reverse, assert, freeze
positions     a range of units with one holder and one state; what an entry closes and opens
effects       whether an entry may happen, and what it changes
book          positions folded from entries; holdings on any date
links         the hash chain of entries
problems      why an entry is refused, in Chinese and English (``problems.toml``)
"""
