"""Use cases of the ledger: what an organisation does with green certificates, carbon credits and their evidence.

dossiers      what purchases, power balances and claims share: versions, tenancy, links
recording     entries, all or nothing; retiring and handing on a part; taking a position into use
correcting    who holds a serial, and the operator's last means where the holder does nothing
looking       what an account has on a day, what happened to a lot, everything as text
lookups       accounts by registration code, names of accounts, the lot of an entry
soundness     the chain, and what follows from it, against what is stored
files         evidence, named by its hash

purchasing    what was ordered, changed, delivered, cancelled
bought        what came of purchases, as the ledger has it
spending      budgets, average costs, cost of a lot, what is late or expires soon

power         kWh of a site or of a product's line against retired units
power_targets  what a balance must keep before it is stored
power_facts   what balances are held against: units, lines of inventories, the consumer, labels
power_gate    no study and no label without cover of its contracts
power_account  an organisation's electricity of a year, market-based and location-based

importing     registries' tables: staged, tried, confirmed
import_rows   reading, judging and recording the rows of one
import_keeping  an import as it is kept
import_reports  the report of a dry run: kept, shown a page at a time, downloaded
reading       a registry's file -> what each of its rows stands for
sheets        rows of a CSV or .xlsx file as texts
workbook_rows  rows of a workbook, without openpyxl's cells

refusals      why one of them says no
"""
