"""The ledger of green certificates and carbon credits: who held which units when, and what became of them.

quantity      exact amounts of one unit: MWh or tCO2e, never mixed
spans         ranges of numbers in one numbering, and what they share
days          the day, in China, on which something happens
instruments   kinds of instrument and their rules (``instruments.toml``): unit, validity, transfers
serials       what a registry's serial number says, and whether it agrees with the rest
lots          units of an instrument as they were bought: serial, project, vintage
entries       the seven things that happen: acquire, transfer, split, retire, reverse, assert, freeze
positions     a range of units with one holder and one state; what an entry closes and opens
view          what the rules look at, and the rules that several entries share
acquisition   whether units may come into an account, and from where
effects       whether an entry may happen, and what it changes
book          positions folded from entries; holdings on any date
links         the hash chain of entries
records       the stored form of frozen records
textform      ledgers as text that people read and programs read back: the grammar, and writing
textlines     blocks of fields of such a text, not yet entries
textreading   reading such a text
holdings      positions with what their lots say of them, and their sums
portfolio     what expires when, which units to retire first, what they cost
money         exact amounts of one currency, never mixed
fields        forms read field by field, all problems at once (``fields.toml``)
purchases     what was ordered, what came of it, what is late
costs         what units cost: lots, averages, budgets
technologies  how electricity was generated, by the words of registries and datasets
power         kWh of a site and period against retired units (``power.toml``)
power_lines   lines of a product bought by contract: what of them is covered
scope2        what an organisation's electricity emits, market-based and location-based
problems      why an entry is refused, in Chinese and English (``problems.toml``)
registries    what a registry's own table says, and the entries its rows stand for
claims        neutralisation claims: the twenty checks, and the statement that is signed
"""
