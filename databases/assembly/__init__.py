"""From an extract to the content of a release: allocation, units, suppliers, elementary flows, methods, report.

The modules in reading order; none imports one that stands below it.

What is chosen, and what is told
    options          what a practitioner chooses for an import
    report           the import report as plain values
    words            every code of an import in Chinese and English

Processes and their links
    foreign_units    units as databases of the field write them, in our codes
    outputs          the one product of a process, with the scale to one unit of it
    allocation       processes of several products split into processes of one
    providers        who supplies what a process takes
    tally            what happened while linking, counted as it happens
    columns          exchanges scaled, signed and linked: the columns of a release
    kinds            electricity, fuel, material, transport: what a process supplies
    describe         datasets and sources as their processes describe themselves

Elementary flows and methods
    climate_tables   greenhouse gases, their GWPs and the words for them
    compartments     where a flow goes to or comes from, whatever the format's words
    origins          fossil, biogenic, land use: what a flow's name says
    elementary       flows matched to targets by identifier, CAS number, name, synonym
    wheel            every impact method that comes with bw2io, read from its archive
    methods          the climate methods: flows of a release with their factors

After linking
    diagnose         loops near their limit, gaps upstream, energy that does not balance
    telling          all of it gathered into the report

Workbooks for people
    sheets           tables as .xlsx sheets
    report_workbook  the import report as a workbook
    mapping_sheets   sheets and columns of the mapping file
    mapping_reader   a filled mapping workbook as answers, or its problems by cell
    mapping          the mapping file: written from a release, read as repairs

The whole of it
    starter          the project's own tables as the content of a release
    assemble         an extract as the content of a release, from top to bottom
"""
