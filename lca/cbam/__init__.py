"""Embedded emissions as the EU's carbon border adjustment mechanism defines them. It never sees an LCA factor.

The rules are those of Regulation (EU) 2023/956 as amended by (EU) 2025/2083, and of Implementing Regulation
(EU) 2025/2547 for the definitive period (from 1 January 2026). Reference tables come from ``databases.cbam``.
Of the rest of this package it uses ``lca.findings`` only; an import contract holds it to that.

    monitoring     what an installation monitored in a period: the input; its records stand in
                   kinds (words), sources (what emits), flows (heat, gas, electricity), processes (goods, precursors)
    storage        monitoring and calculation as JSON, and their digests
    checks         what is wrong with the data, as findings; refusals of what the rules do not allow
    emissions      source streams, measured sources, PFC, transfers (Annex II B)
    factors        standard values, and their order of precedence (Annex II B.5, G)
    heat           boilers, cogeneration, heat and waste gas flows (Annex III A.2)
    electricity    factors and criteria of electricity (Annex II D.4, Article 9)
    attribution    emissions to processes and goods (Annex III A)
    precursors     which values a precursor takes (Annex II A.1, E; Articles 13 to 15)
    chain          specific embedded emissions of complex goods (Annex III B)
    rounding       the one place where figures are rounded (Annex II A.1 points 6 to 8)
    calculate      one function: monitoring and tables in, calculation out
    results        the output
    obligation     free allocation adjustment, certificates, default path, comparison of paths, threshold
    report         the operator's emissions report and its summary (Annex IV) as data
    workbook       our own workbook of monitoring data: template, reader, writer
    communication  the Commission's communication workbook: read, and filled in place
    starters       first drafts for goods people ask about (screws, aluminium profiles, steel structures)
"""
