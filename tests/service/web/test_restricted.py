"""No address of the site gives a value of restricted data to somebody without its licence: all of them are asked."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

import pytest
from werkzeug.datastructures import ImmutableMultiDict

from service.usecases import release_licences, release_updates, studies
from service.usecases.access import administrator
from service.web import formats
from tests.service import background as making
from tests.service import world as people
from tests.service.web.conftest import Site
from tests.service.world import LICENSED

ADMIN = administrator("test")
OLD, NEW = f"{LICENSED}-1", f"{LICENSED}-2"
CODE = "al-primary-glo-2022"
METHODS = ("gwp100-ar5.total", "gwp100-ar5.fossil")
QUERIES = ("", f"?release={OLD}", f"?release={NEW}&sort=-amount", f"?release={OLD}&sort=score&text=铝")


@dataclass(frozen=True)
class Made:
    """A store, the root of its releases and the comparison in it."""

    store: Path
    releases: Path
    impact: str


@pytest.fixture(scope="module")
def made(stages, tmp_path_factory, open_cn, keys_folder, workbook) -> Made:
    """A label on restricted data whose factors are like no open ones, and a comparison with its next version."""
    home, root = tmp_path_factory.mktemp("licensed"), tmp_path_factory.mktemp("restricted") / "releases"
    shutil.copy(stages["populated"], home / "tanbiao.sqlite")
    world = making.with_releases(people.open_world(home, root, keys_folder), root, open_cn)
    people.meet(world)
    codes = [dataset.code for dataset in open_cn.catalogue.all()]
    for version, factor in (("1", 1.0371), ("2", 1.4519)):
        scale = dict.fromkeys(codes, factor)
        making.clone(open_cn, root, LICENSED, version, restricted=True, report=True, scale=scale)
    world.inventory = people.hand_in(world, workbook)
    people.open_study(world, OLD)
    assessed = studies.assess(world["practitioner"], world.study, world.services)
    assert assessed.result["footprint"]
    command = release_updates.Compare(OLD, NEW, 0.01)
    impact = release_updates.impact(ADMIN, command, world.services).id
    world.close()
    return Made(world.database, root, impact)


@pytest.fixture
def licensed(made, tmp_path, keys_folder, applications) -> Iterator[Site]:
    """A site of its own over what was made."""
    shutil.copy(made.store, tmp_path / "tanbiao.sqlite")
    world = people.open_world(tmp_path, made.releases, keys_folder)
    people.meet(world)
    world.impact = made.impact
    yield Site(applications.over(world), world)
    world.close()


class Noting(ImmutableMultiDict):
    """Parameters that note the names they were asked for, and whether they were asked for all that there are."""

    asked: ClassVar[set[str]] = set()
    ALL = "*"

    def __contains__(self, name):
        self.asked.add(name)
        return super().__contains__(name)

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)

    def getlist(self, name, type=None):
        self.asked.add(name)
        return super().getlist(name, type)

    def __iter__(self):
        self.asked.add(self.ALL)
        return super().__iter__()

    def keys(self):
        self.asked.add(self.ALL)
        return super().keys()

    def to_dict(self, flat=True):
        self.asked.add(self.ALL)
        return super().to_dict(flat)


@pytest.fixture(autouse=True)
def noted(licensed, monkeypatch):
    """What a page asks its address for is noted."""
    monkeypatch.setattr(licensed.app.request_class, "parameter_storage_class", Noting)


def secrets(site: Site) -> set[str]:
    """Factors, values of lines and shares of electricity, in full and as pages print them."""
    world = site.world
    footprint = studies.get(world["practitioner"], world.study, world.services).assessment.result["footprint"]
    values = {line[name] for line in footprint["lines"] for name in ("score", "value")}
    values |= {value for line in footprint["lines"] for _, value in line["parts"]}
    values |= {value for _, value in footprint["electricity"]["value_by_source"]}
    used = {line["dataset"] for line in footprint["lines"]} | {CODE}
    for identifier in (OLD, NEW):
        release = world.services.releases.open(identifier)
        places = [release.catalogue.get(code).position for code in used]
        values |= {float(release.scores(method)[place]) for method in METHODS for place in places}
    stated = {footprint["total"]} | {value for pair in ("by_stage", "parts") for _, value in footprint[pair]}
    with site.app.test_request_context():
        written = {
            text for value in values - stated for text in (json.dumps(value), formats.number(value, 6))
        }
        written -= {formats.number(value, 6) for value in stated}
    return {text for text in written if sum(sign.isdigit() for sign in text) >= 6}


def addresses(site: Site) -> list[str]:
    """Every address that can be read, filled with what there is."""
    world = site.world
    known = {"identifier": OLD, "release": OLD, "code": CODE, "number": "TB-2026-1", "line": "M1"}
    known |= {"study": world.study, "language": "en", "part": "unlinked", "name": "tanbiao.css"}
    keys = {"impacts": world.impact, "studies": world.study, "inventories": world.inventory}
    found = []
    adapter = site.app.url_map.bind("localhost")
    for rule in site.app.url_map.iter_rules():
        noun = rule.endpoint.removeprefix("api-").partition(".")[0]
        if "GET" not in rule.methods or noun in ("static", "verification", "api-docs"):
            continue
        values = {name: known.get(name, keys.get(noun, "none")) for name in rule.arguments}
        for form in ("csv", "json", "xlsx", "html") if "form" in rule.arguments else ("",):
            given = values | ({"form": form} if form else {})
            try:
                found.append(adapter.build(rule.endpoint, given, "GET"))
            except Exception:  # this form or language is none of that rule
                continue
    return sorted(set(found))


def text(answer) -> str:
    """What an answer says; of a workbook what is in its sheets."""
    data = answer.get_data()
    if data[:2] != b"PK":
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def leaks(site: Site, name: str, hidden: set[str], among: str = "") -> tuple[list[tuple[str, str]], int]:
    """Where somebody sees what, and how many addresses answered, among those with a word in them.

    A query is tried where the plain address was answered by asking for a parameter that it gives.
    """
    client, read, found = site.client(name), 0, []
    for address in addresses(site):
        Noting.asked.clear()
        for query in QUERIES if among in address else ():
            if query and not {*parse_qs(query[1:]), Noting.ALL} & Noting.asked:
                continue
            answer = client.get(address + query, buffered=True)
            read += answer.status_code == 200
            said = text(answer)
            found += [(address + query, value) for value in hidden if value in said]
    return found, read


@pytest.mark.parametrize("name", ["exporter", "rival-practitioner", "regulator"])
def test_no_address_tells_a_value(licensed, name):
    hidden = secrets(licensed)
    assert len(hidden) > 60
    found, read = leaks(licensed, name, hidden)
    assert found == []
    assert read > 60


def test_after_the_licence_is_withdrawn_no_address_tells_a_value(licensed):
    world, hidden = licensed.world, secrets(licensed)
    for among in ("/studies/", "/impacts/"):
        assert leaks(licensed, "practitioner", hidden, among)[0], (
            "the holder sees them, so the search finds them"
        )
    licence = release_licences.Licence(LICENSED, world.organisations["institution"], "over")
    release_licences.withdraw(ADMIN, licence, world.services)
    found, read = leaks(licensed, "practitioner", hidden)
    assert found == []
    assert read > 60
