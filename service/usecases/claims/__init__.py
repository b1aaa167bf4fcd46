"""Use cases of neutralisation claims, from a draft to a signed statement, and how it stands ever after.

drafting      open, change, hand over, look, list
suggesting    which retirements a claim could rest on, and what to retire first
checking      the twenty checks with what is missing, and the waterfall from footprint to remainder
evidence      the files behind a claim, for those who may read it
submitting    hand in for review, with all units kept for the claim; withdraw
reviewing     approve or return, with decisions where a person must decide
issuing       everything evaluated again, then signed and logged in one commit
standings     how an issued claim stands now; object, lift, sweep
published     what everybody may read

dossier       reading and storing a claim; who worked on it
facts         what is looked up for a claim: units, footprint, other claims, files
files         which files stand behind a claim, and whose
footprints    the footprint behind a claim: a label or a verified report
sealing       number, credential, log, PDF
soundness     signatures of issued claims, in the check of the whole store
foundations   what issued claims rest on, in the check of the whole store
refusals      why one of them says no

What happened to an issued claim is in ``service.usecases.claim_events``, which the ledger tells too.
"""
