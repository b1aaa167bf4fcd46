"""Reference data, read-only at run time: units, places, immutable releases and how they are built."""
