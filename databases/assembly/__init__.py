"""From an extract to the content of a release: allocation, units, suppliers, elementary flows, methods, report."""
