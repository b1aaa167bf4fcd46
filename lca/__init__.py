"""Life-cycle assessment: an inventory goes in, a product carbon footprint comes out.

Pure: no web, no SQL, no clock, no network. Imports ``databases`` only.
"""

VERSION = "1.0.0"
"""Version of the calculation, part of every statement; raised whenever a number can change."""
