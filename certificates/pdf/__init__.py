"""Reading signed label PDFs with the standard library alone: just enough of ISO 32000-1, strictly, within limits.

objects       objects from bytes, counted against a budget
xref          where the objects stand, and their streams unpacked
document      objects by reference, attached files, the signature's dictionary
der, cms      the signature's container
signature     the one signature over the whole file
text          what a document shows a person: the way in to all below
catalogue     what may surround the pages
pages         what may be on a page, and its instructions
tokens        the instructions of a page, one by one
painter       the state in which a page is painted
painting      runs the instructions
graphics      those of state, colour and path
lettering     those of text and marked content
fonts         what the codes in strings mean, and how wide they are
setting       where the letters of a string stand
paths         lines and areas, and what of them could be letters
colours       how light a colour is
marks         pieces of text and areas, and the reason why a page is not plain
sight         whether a page looks as it reads
"""
