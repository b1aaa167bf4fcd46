"""Embedded emissions as the EU's carbon border adjustment mechanism defines them. It never sees an LCA factor.

The rules are those of Regulation (EU) 2023/956 as amended by (EU) 2025/2083, and of Implementing Regulation
(EU) 2025/2547 for the definitive period (from 1 January 2026). Reference tables come from ``databases.cbam``.
Of the rest of this package it uses ``lca.findings`` only; an import contract holds it to that.

    kinds             the words of monitoring data: what a record may say where it chooses
    sources           records of what emits: streams, measured sources, perfluorocarbons, transfers; evidence
    flows             records of heat, waste gas and electricity
    processes         records of production processes, their goods, and the precursors they take
    monitoring        what an installation monitored in a period: the input, made of these records
    results           the output
    storage           monitoring and calculation as JSON, and their digests
    rounding          the one place where figures are rounded (Annex II A.1 points 6 to 8)
    factors           standard values, and their order of precedence (Annex II B.5, G)
    streams           emissions of one source stream (Annex II B.3)
    point_sources     measured sources, perfluorocarbons, other methods, transfers (Annex II B.6 to B.8)
    emissions         the sources of an installation, added up (Annex II B)
    heat              boilers, cogeneration, heat and waste gas flows (Annex III A.2)
    electricity       factors and criteria of electricity (Annex II D.4, Article 9)
    attribution       emissions to processes and goods (Annex III A)
    precursors        which values a precursor takes (Annex II A.1, E; Articles 13 to 15)
    chain_allocation  free allocation along the chain of precursors
    chain             specific embedded emissions of complex goods (Annex III B)
    checks            what is wrong with the data, as findings; refusals of what the rules do not allow
    calculate         one function: monitoring and tables in, calculation out
    obligation        free allocation adjustment, certificates, default path, comparison of paths, threshold
    report            the operator's emissions report and its summary (Annex IV) as data
    workbook          our own workbook of monitoring data: template, reader, writer
    communication     the Commission's communication workbook: read, and filled in place
    starters          first drafts for goods people ask about (screws, aluminium profiles, steel structures)
"""
