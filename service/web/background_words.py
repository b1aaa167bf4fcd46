"""Words of background data on the pages; those of the import report are ``databases.assembly.words``."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from service.web.formats import sentence
from service.web.i18n import language

ALLOCATIONS = {
    "as-file": _l("As the file says"),
    "mass": _l("By mass"),
    "energy": _l("By energy content"),
    "price": _l("By price"),
}
PROVIDERS = {
    "best": _l("The nearest in place and year"),
    "strict": _l("Only one that is unique"),
    "split": _l("All in equal shares"),
}
METHODS = {"climate": _l("Climate change only"), "all": _l("All impact methods")}
FORMATS = {
    "ecospold1": "EcoSpold 1",
    "ecospold2": "EcoSpold 2",
    "ilcd": "ILCD",
    "jsonld": "openLCA JSON-LD",
    "simapro": "SimaPro CSV",
    "brightway": _l("Brightway Excel or CSV"),
    "datapackage": _l("Brightway datapackage"),
    "workbook": _l("Factor workbook of this platform"),
    "desnz": "UK DESNZ",
    "epa": "US EPA",
}
STEPS = {
    "waiting-for-another-build": _l("Waiting for another build"),
    "reading-the-source": _l("Reading the source"),
    "allocating": _l("Sharing among co-products"),
    "linking": _l("Linking datasets with their suppliers"),
    "matching-elementary-flows": _l("Matching elementary flows"),
    "checking-loops": _l("Checking loops"),
    "writing-datapackages": _l("Writing the release"),
    "solving-score-tables": _l("Computing the factors of every dataset"),
    "writing-the-catalogue": _l("Writing the catalogue"),
    "publishing": _l("Publishing"),
    "syncing": _l("Publishing"),
    "comparing-datasets": _l("Comparing datasets"),
    "comparing-studies": _l("Comparing studies and labels"),
    "telling-owners": _l("Telling the owners"),
}
KINDS = {"dataset": _l("Dataset"), "study": _l("Study"), "label": _l("Label")}
YES_NO = {"yes": _l("Yes"), "no": _l("No")}


def said(code: str) -> str:
    """The word of an import report for a code, in the reader's language; the report's workbook uses the same words."""
    from databases.assembly.words import word

    return sentence(word(code, language()))


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Counts of an import report that are not zero, in the order of its words; a report keeps them by name."""
    from databases.assembly.words import WORDS

    order = {code: index for index, code in enumerate(WORDS)}
    return sorted(
        ((code, count) for code, count in counts.items() if count),
        key=lambda one: (order.get(one[0], len(order)), one[0]),
    )
