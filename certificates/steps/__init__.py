"""The steps of verification, in the order and with the numbers of ``certificates.verify``."""
