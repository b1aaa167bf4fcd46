"""The documents of CBAM as data, in Chinese and English: reports, monitoring plan, verification file, supplier request.

    words               the printed words, from ``words*.toml``
    document            sections of fields, tables and statements; nothing here knows a file format
    blocks              makers of blocks
    figures             figures, days, periods and places as cells
    facts               what every item draws on: data, calculation, tables, and look-ups between them
    details             what a document says beyond the data; why one cannot be made
    heads               titles; what of the English version is not in English
    identity            who and what: operator, installation, processes, goods
    emissions           emissions of the installation and their attribution
    electricity         electricity and its factors
    energy              heat, waste gas and CO2 that cross boundaries
    parameters          what each aggregated goods category reports (Annex IV point 2)
    goods               quantities, specific embedded emissions, free allocation
    precursors          what each precursor brought
    operator            the operator's emissions report, 35 items (Annex IV 1.1)
    summary             its summary, 16 items (Annex IV 1.2): the only part that goes to the importer
    plan_items          items 1 to 12 of the monitoring plan
    plan_flows          items 13 to 22
    plan                a draft of the monitoring plan, 22 items (Annex II A.5)
    sensitivity         records that could carry a good's value over the materiality level
    verification_data   sections of the verification file on the data
    verification_goods  sections of it on the goods
    verification        the file a verifier works from
    supplier            the letter that asks a supplier for data
    supplier_form       the form a supplier fills in
    supplier_reader     a returned form -> values, or every problem at once

``service.render.cbam`` draws a document as PDF, workbook or text file.
"""
