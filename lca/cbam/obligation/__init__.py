"""What an importer owes: certificates for embedded emissions beyond the free allocation an EU producer would get.

The rules are those of Articles 2a, 6, 9, 20 to 24 and 31 of Regulation (EU) 2023/956 as amended by (EU) 2025/2083, of
Implementing Regulation (EU) 2025/2620 (free allocation adjustment) and (EU) 2025/2621 (default values). Amounts that
are owed are decimals; each rests on figures that name their source and its mark of certainty.

    figures          a decimal with source and mark; the weakest mark of several
    linear           small linear systems in decimals
    prices           the price of a certificate: published, or a scenario of the user's
    benchmarks       which benchmark of column A or B a good takes
    free_allocation  specific embedded free allocation (SEFA) of processes, precursors, default values
    shares           what the SEE of a good consist of
    installation     SEE and SEFA of all goods of an installation in a later year
    certificates     the number of certificates per good; the draft deduction of a carbon price
    price_paid       a carbon price paid abroad, by the draft rules
    default_path     what a good owes on default values, for one code or all of Annex I
    comparison       actual, mixed and default path side by side, by quarter, in tCO2e, certificates and EUR
    threshold        the 50 tonnes of an importer and a year
    calendar         dates to keep, and the certificates to hold at the end of a quarter
    levers           what lowers the number of a good, and by how much
"""
