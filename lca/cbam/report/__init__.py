"""The documents of CBAM as data, in Chinese and English: reports, monitoring plan, verification file, supplier request.

    document      sections of fields, tables and statements; nothing here knows a file format
    operator      the operator's emissions report, 35 items (Annex IV 1.1)
    summary       its summary, 16 items (Annex IV 1.2): the only part that goes to the importer
    plan          a draft of the monitoring plan, 22 items (Annex II A.5)
    verification  the file a verifier works from
    supplier      the letter that asks a supplier for data, and the form it fills in and returns
    details       what a document says beyond the data; why one cannot be made
    heads         titles; what of the English version is not in English

The words stand in ``words*.toml``; ``service.render.cbam`` draws a document as PDF, workbook or text file.
"""
