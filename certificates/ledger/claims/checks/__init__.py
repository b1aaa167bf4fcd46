"""The twenty checks; each is a function of a case that yields what is wrong, by its own codes.

case        what a check looks at, and how names and persons are compared
subject     N01 subject and boundary, N02 period
footprint   N03 footprint verified, N04 reductions first, N15 biogenic and removals
units       N05 enough, N06 retired, N07 in the claimant's name, N08 used once
credits     N09 serial numbers, N10 vintage, N11 kinds allowed
power       N12 green certificates apart, N13 certificates valid, N14 double counting
saying      N16 wording, N17 markets, N18 validity
people      N19 evidence, N20 separate people
"""
