"""Use cases of CBAM: what an exporter, and the institution it asks, do with an installation's embedded emissions.

    installations   hand in, store, list, compare and share an installation's data
    editing         change one record of it
    calculating     embedded emissions of a version on a path, kept as evidence
    recomputing     stored calculations rebuilt and compared, years later
    documents       reports and files, drawn and registered
    register        which documents were handed out, and what was stated for them
    remaking        a document that was drawn, made again and held against the register
    suppliers       what a supplier returns, and a verifier's report on it
    comparing       actual, mixed and default values side by side, in certificates and EUR
    defaults        goods and default values by CN code
    tables          editions of the reference tables
    shipments       what goes to which importer, and the 50 t threshold
    files           a workbook calculated and drawn without a store
    records         fields of records: from the text of a form to data
    recognition     which workbook a file is
    history         what changed between versions, and who changed it
    shipment_files  rows of a file of shipments
    staging         a file between looking at it and deciding
    keeping         reading with tenancy, storing as the next version
    refusals        why one of them says no
    soundness       what of it belongs to the check of the whole store

Every one starts with the actor. Nothing here sees a life-cycle assessment.
"""
