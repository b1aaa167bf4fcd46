"""The United Nations Transparency Protocol, release 0.7.0 (UN/CEFACT): how a label looks in its words.

dcc       the subject of a Digital Conformity Credential, made from the statement of a label
passport  a Digital Product Passport that links to it
pins      which third-party schemas and contexts are followed, by SHA-256
profile   the same credential with the one status entry that UNTP's schema knows, and back
schemas   the check against UNTP's own schema, where somebody gives the folder

None of UNTP's files is part of this package and none is fetched.
"""
