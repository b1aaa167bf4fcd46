"""A release written in formats that others read.

The modules in reading order; none imports one that stands below it.

    datapackage       a Brightway datapackage that ``bw2calc`` solves, with a table of its nodes
    jsonld_entities   openLCA's entities that processes refer to: units, flow properties, places, sources, flows
    jsonld            a whole release as an openLCA JSON-LD package
"""
