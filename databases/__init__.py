"""Reference data, read-only at run time: units, places, immutable releases and how they are built.

The modules in reading order; none imports one that stands below it.

What things are called
    units           units and their dimensions, one code each, converted exactly
    places          countries, provinces and grids, and which wider place stands in for a narrower one
    terms           words of the field in Chinese and English, to find an English name by a Chinese word
    notices         what there is to tell about a source: a code, a place, a sentence in both languages

What a release holds, and reading it
    parser          Python's own parser, one thread at a time
    dataset         a dataset and the document behind it
    search          a user's text and filters as one question to SQLite
    catalogue       the SQLite file of a release: datasets, flows, exchanges, documentation
    release         an installed release: its manifest, its files checked by hash, its scores
    soundness       whether everything that readers take from a release can be read
    content         the same before it is written, whatever the source was

Matrices and scores
    packages        the matrices as bw_processing datapackages
    scores          the score of one unit of every dataset, one transposed solve a method
    contributions   where a score comes from: inputs, processes, elementary flows
    comparison      two releases side by side, dataset by dataset
    gwp_sets        datasets whose gases cannot be told apart serve one set of GWPs only
    grid_co2        CO2 factors of China's grids for organisations, never for products

Sources, in and out
    facts           the project's own tables under ``data``, read strictly
    workbook_parts  one XML part of a workbook, scanned as it is unpacked
    workbooks       what a workbook must be before anything parses it
    category_paths  compartments as ILCD and openLCA write them, in the words of ecoinvent, and back
    exporters       a release in formats that others read
    importers       every format of the field, read into Brightway's shape
    assembly        from there to the content of a release: allocation, suppliers, flows, methods, report

From a source to an installed release
    storage         folders of releases: one writer at a time, nothing seen before it is on disk
    archive         a release as one file, and back
    publish         content written into a folder, then made visible at once
    build           the way in: starts a build in a child process and follows it
    building        the child process: read, assemble, publish

CBAM, apart from all of this
    cbam            reference tables of the EU's border adjustment mechanism: goods, default values, benchmarks, prices
"""
