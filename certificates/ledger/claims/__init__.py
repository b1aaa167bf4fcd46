"""Neutralisation claims 中和声明: what is claimed, the twenty checks of a day, and the statement that is signed.

model       a claim while it is made, and the facts it is held against
rules       checks, rule sets, markets and words as dated data (``rules.toml``)
days        counting months
amounts     what remains, what is to be offset, and what was
wording     what a claim says, made from its facts (``wording.toml``), and what it must not say
checks      the twenty checks, N01 to N20 (reasons in ``problems.toml``)
evaluate    all twenty on a day
results     what a check answers, and what stands between a claim and its issue
limits      how long the texts and lists of a statement may be
form        the form of a statement ``tanbiao-claim/1``
sums        whether its numbers and days fit each other
statement   building it
standing    how an issued claim stands on a day; it freezes by itself
"""
