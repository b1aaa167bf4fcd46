"""Reference tables of the EU's carbon border adjustment mechanism, by validity date. No LCA factor is among them.

The modules in reading order; none imports one that stands below it.

    goods          CN codes, categories, functional units, and how a code is written
    values         a default value, a benchmark, a standard factor, a price: each with its source and mark
    rows           the tables as text: columns, keys, canonical form, digest
    benchmarks     which benchmark goes with a route, and with a default value
    lookups        rows of the tables made into values
    shelf          installed editions of tables: folders that are written once and checked by hash
    parsed         the tables of one opening, parsed when first asked for
    tables         every lookup; opens the tables that apply on a date
    kept           whole sets of tables by digest, for what was calculated with them
    uploads        an uploaded workbook or CSV file as rows of cells, after the screening of hostile files
    forms          our own form of a table as a workbook: template, reader
    commission     the Commission's workbooks of default values and benchmarks, read
    editions       a workbook becomes an edition; two sets of tables compared row by row
"""
