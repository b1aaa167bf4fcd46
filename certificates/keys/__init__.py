"""Keys: where they lie, what they sign, since when and until when, and whose are trusted.

- ``keyset``: the issuer's keys over time; ``key``: one of them; ``keyfile``, ``pkcs8``, ``pkcs11``: where they lie
- ``signer``: what signs, and the one check of a signature; ``sm2``, ``second``: one more, for readers in China
- ``trust``: the trust file, pinned by a verifier; ``vkey``, ``diddocument``, ``selfsigned``: public halves for others
"""
