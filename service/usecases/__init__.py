"""What users do: one function a use case, ``f(actor, command, services)``; each reads allow, get, act,
commit.
"""
