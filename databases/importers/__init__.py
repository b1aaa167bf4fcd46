"""Source formats: one reader each, through bw2io where that reads it. Runs only in the child process of a build.

The modules in reading order; none imports one that stands below it. A format's reader has ``detects`` and ``read``;
its other modules bear its name.

What every reader gives and takes
    shape                   the extract: processes, exchanges and flows in Brightway's shape
    sources                 the file, folder or archive handed in, listed and read under limits
    collected               notices of one kind, counted and told once

What readers share
    xml                     XML parsed as data, nothing in it acts
    strict_json             JSON parsed strictly, read without trust in its types
    texts                   text files: encoding, rows, numbers, codes made from content
    workbooks               cells of an .xlsx source, after it was screened
    formulas                formulas by a grammar of our own, never by ``eval``
    quantities              flow properties and distributions of ILCD and openLCA
    factors                 tables of factors: our flows, exact ratios, what was printed

EcoSpold
    ecospold1_compartments  its compartments in the words of ecoinvent 3
    ecospold                what both versions share
    ecospold1               EcoSpold 1
    ecospold2_raw           a dataset of EcoSpold 2, by bw2io's extractor or our own reading
    ecospold2               EcoSpold 2
    ecoinvent               ecoinvent fetched by the user's own licence, for the EcoSpold 2 reader

ILCD
    ilcd_flows              flows, flow properties, unit groups
    ilcd_models             life cycle models of eILCD: who supplies whom
    ilcd_processes          one process
    ilcd                    a package

openLCA
    jsonld_flows            flows, flow properties, unit groups
    jsonld_processes        one process
    jsonld                  a package, olca-schema 1 and 2

SimaPro and Brightway
    simapro_blocks          SimaPro's CSV as blocks and raw processes
    simapro                 SimaPro CSV
    brightway_blocks        rows of Brightway's tables as activities and parameters
    brightway               Brightway's tables, .xlsx and .csv
    datapackage             Brightway datapackages as we export them

Tables of factors
    desnz_levels            categories of the DESNZ flat file in our words
    desnz                   UK conversion factors (DESNZ)
    epa_rows                what the tables of the EPA hub share
    epa_tables              its twelve tables
    epa                     US EPA: the hub and the supply chain factors
    workbook_sheets         columns of our factor workbook
    workbook_template       the empty one, with its guide
    workbook                a filled one

The doors
    tables                  the project's fact tables through a Brightway project and back
    recognise               which format a source has, and its reader
"""
