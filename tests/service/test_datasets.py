"""The catalogue as a use case: filters, everything for an export, parts that add up, values for holders only."""

from __future__ import annotations

import math

import pytest

from databases.release import Release
from service.usecases import datasets, refusals, release_refusals
from service.usecases.datasets import AskContributions, SearchDatasets, usual_method

CODE = "al-primary-glo-2022"


@pytest.fixture
def world(at):
    return at("populated")


@pytest.fixture
def release(open_cn):
    return open_cn.identifier


def found(world, release, text="", **more):
    return datasets.search(world["exporter"], SearchDatasets(release, text, **more), world.services)


@pytest.mark.parametrize(
    ("filters", "of"),
    [
        ({"kind": "waste"}, lambda one: one.kind == "waste"),
        ({"place": "CN"}, lambda one: one.place == "CN"),
        ({"year": 2024}, lambda one: one.year == 2024),
        ({"unit": "kWh"}, lambda one: one.unit == "kWh"),
        ({"group": "metals"}, lambda one: one.group == "metals"),
        ({"complete_only": False, "kind": "fuel"}, lambda one: one.kind == "fuel"),
    ],
)
def test_a_filter_gives_what_the_catalogue_has(world, open_cn, release, filters, of):
    wanted = {"complete_only": True} | filters
    given = found(world, release, limit=0, **wanted)
    everything = [one for one in open_cn.catalogue.all() if one.complete or not wanted["complete_only"]]
    assert {hit.dataset.code for hit in given.hits} == {one.code for one in everything if of(one)}
    assert given.hits


def test_a_source_is_filtered_by_its_code(world, release):
    source = found(world, release, limit=1).hits[0].dataset.source.code
    given = found(world, release, source=source, limit=0)
    assert given.hits and {hit.dataset.source.code for hit in given.hits} == {source}


def test_a_page_is_limited_and_an_export_is_not(world, open_cn, release):
    assert len(found(world, release, limit=10**9).hits) <= datasets.MOST
    assert len(found(world, release, complete_only=False, limit=0).hits) == len(open_cn.catalogue)


@pytest.mark.parametrize("view", datasets.VIEWS)
def test_parts_add_up_to_the_figure(world, release, view):
    made = datasets.contributions(
        world["exporter"], AskContributions(release, CODE, view=view), world.services
    )
    assert made.method.identifier == "gwp100-ar5.total", "the set that the dataset serves"
    assert sum(part.score for part in made.parts) == pytest.approx(made.total)


@pytest.mark.parametrize(
    "changes", [{"code": "no-such"}, {"method": "no-such"}, {"view": "sideways"}, {"release": "no-such-1"}]
)
def test_what_is_not_there(world, release, changes):
    values = {"release": release, "code": CODE} | changes
    with pytest.raises((refusals.NotFound, release_refusals.ReleaseUnavailable)):
        datasets.contributions(world["exporter"], AskContributions(**values), world.services)


def test_values_of_a_restricted_release_are_for_holders(world, release, monkeypatch):
    monkeypatch.setattr(Release, "restricted", property(lambda self: True))
    actor, services = world["exporter"], world.services
    view = datasets.dataset(actor, release, CODE, services)
    assert (view.values_hidden, view.scores) == (True, {})
    assert all(math.isnan(one.amount) and not one.published and not one.rule for one in view.exchanges)
    assert view.inputs[0].name("zh"), "names stay"
    assert datasets.factors(actor, release, (CODE,), "gwp100-ar5.total", services) == {}
    with pytest.raises(release_refusals.LicenceMissing):
        datasets.contributions(actor, AskContributions(release, CODE), services)


def test_factors_are_the_scores(world, open_cn, release):
    given = datasets.factors(world["exporter"], release, (CODE,), "gwp100-ar5.total", world.services)
    position = open_cn.catalogue.get(CODE).position
    assert given == {CODE: float(open_cn.scores("gwp100-ar5.total")[position])}
    assert datasets.factors(world["exporter"], release, (CODE,), "no-such", world.services) == {}


def test_methods_are_grouped_with_climate_first(world, open_cn, release):
    methods = datasets.methods(world["exporter"], release, world.services)
    assert {one.identifier for one in methods} == set(open_cn.methods)
    assert methods[0].identifier.startswith("gwp")
    assert all(one.group and one.title.startswith(one.group) for one in methods)


@pytest.mark.parametrize(
    ("known", "method"),
    [
        (("gwp100-ar5.total", "gwp100-ar6.total"), "gwp100-ar5.total"),
        (("gwp100-ar6.total", "lcia.x"), "gwp100-ar6.total"),
        (("lcia.x",), "lcia.x"),
        ((), ""),
    ],
)
def test_the_usual_method(open_cn, known, method):
    assert usual_method(known, open_cn.catalogue.get(CODE)) == method
