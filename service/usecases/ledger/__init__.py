"""Use cases of the ledger: what an organisation does with green certificates, carbon credits and their evidence.

dossiers      what purchases, power balances and claims share: versions, tenancy, links
recording     entries, all or nothing; retiring and handing on a part; taking a position into use
looking       what an account has on a day, what happened to a lot, everything as text
soundness     the chain, and what follows from it, against what is stored
purchasing    what was ordered, changed, delivered, cancelled; ``bought`` reads what came of it
spending      budgets, average costs, cost of a lot, what is late or expires soon
power         kWh of a site or of a product's line against retired units; ``power_targets`` what they must keep
power_account an organisation's electricity of a year, market-based and location-based
power_gate    no study and no label without cover of its contracts; ``power_facts`` looks up what it rests on
files         evidence, named by its hash
importing     registries' tables: staged, tried, confirmed; ``reading`` and ``sheets`` (``workbook_rows``) read them,
              ``import_rows`` judges and records, ``import_keeping`` and ``import_reports`` keep and tell
refusals      why one of them says no
"""
