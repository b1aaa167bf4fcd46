"""The steps of verification, in the order and with the numbers of ``certificates.verify``.

presented     steps 1 and 2: what kind of file it is, and what is in it
checks        steps 3 to 17 in their order: number, code and check
case          one file under verification, and what several steps need of it
outcome       what a step answers
identity      steps 3 to 6: issuer, key, signature, kind of signature
content       steps 7 to 10 and 17: form, number, sums, chain of evidence, dates
logged        steps 11 to 13: in the log, its checkpoint, its witnesses
logs          who signed a checkpoint, who saw it and when, whether two views differ
document      step 14: the signature over a whole PDF
printed       step 15: the pages show what the credential says, and nothing else
sheet, wording, printedlabel, printedclaim    what the pages of each kind must show, and where
foreign       what on the pages the statement does not say
standing      step 16: active, suspended, revoked, superseded, or not known
"""
