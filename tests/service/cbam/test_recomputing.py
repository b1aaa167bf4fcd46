"""Stored calculations come out again from their version and the tables of their day, whatever was imported since."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

import lca.cbam.calculate as engine
from lca.cbam.results import Path
from service.usecases import refusals
from service.usecases.cbam import calculating, installations, recomputing, tables
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.recomputing import Outcome
from tests.service.cbam.test_results import newer_markup, newer_prices
from tests.service.cbam.test_versions import edit
from tests.service.test_integrity import tamper


def calculate(world, path=Path.ACTUAL, number=None):
    return calculating.calculate(
        world["exporter"], Ask(world.installation, path, number), world.services
    ).stored


def import_(world, data, published):
    command = tables.Import(filename="t.xlsx", data=data, published=published)
    return tables.import_(world["practitioner"], command, world.services)


def outcomes(world, number=None, by="exporter"):
    found = recomputing.recompute(world[by], world.installation, world.services, number)
    return [one.outcome.value for one in found]


def every(world):
    return list(recomputing.recompute_every(world["administrator"], world.services))


def test_all_that_is_stored_comes_out_again_years_later(screws):
    """Two versions, two paths, three sets of tables: every stored digest is met."""
    calculate(screws)
    calculate(screws, Path.MIXED)
    screws.clock.on(60)
    import_(screws, newer_markup(screws), date(2026, 8, 6))
    calculate(screws)
    screws.clock.on(60)
    edit(screws, "streams", "gas", {"activity": 7})
    calculate(screws)
    screws.clock.on(60)
    import_(screws, newer_prices(screws), date(2026, 9, 6))
    calculate(screws)
    screws.clock.on(86400.0 * 365 * 8)
    kept = calculating.history(screws["exporter"], screws.installation, screws.services)
    assert len({(one.version_id, one.path, one.tables_digest) for one in kept}) == len(kept) == 5
    assert outcomes(screws, 1) == ["equal"] * 3
    assert outcomes(screws) == outcomes(screws, 2) == ["equal"] * 2
    assert sorted(one.id for one in every(screws)) == sorted(one.id for one in kept)
    assert all(one.holds and one.outcome is Outcome.EQUAL for one in every(screws))


def test_another_rule_gives_another_figure_and_is_told_field_by_field(screws, monkeypatch):
    calculate(screws)
    real = engine.emissions.totals

    def doubled(*given):
        found = real(*given)
        return type(found)(**{name: 2 * getattr(found, name) for name in found.__dataclass_fields__})

    monkeypatch.setattr(engine.emissions, "totals", doubled)
    (found,) = recomputing.recompute(screws["exporter"], screws.installation, screws.services)
    assert (found.outcome, found.holds) == (Outcome.DIFFERENT, False)
    assert any(one.path == "totals.direct_t" for one in found.differences)
    (shown,) = every(screws)
    assert (shown.outcome, shown.differences) == (Outcome.DIFFERENT, ())
    monkeypatch.setattr(engine, "VERSION", "2.0.0")
    assert outcomes(screws) == ["other-engine"]


def test_the_last_digit_of_another_machine_is_near(screws, monkeypatch):
    calculate(screws)
    real = engine.emissions.totals

    def nudged(*given):
        found = real(*given)
        names = found.__dataclass_fields__
        return type(found)(**{name: getattr(found, name) * (1 + 2e-16) for name in names})

    monkeypatch.setattr(engine.emissions, "totals", nudged)
    (found,) = recomputing.recompute(screws["exporter"], screws.installation, screws.services)
    assert (found.outcome, found.holds, found.differences) == (Outcome.NEAR, True, ())


def test_data_that_no_longer_calculates_is_different(screws, monkeypatch):
    calculate(screws)
    stop = engine.Finding.error("cbam-no-process")
    monkeypatch.setattr(engine.checks, "check", lambda *_: (stop,))
    (found,) = recomputing.recompute(screws["exporter"], screws.installation, screws.services)
    assert [one.recomputed for one in found.differences] == ["cbam-no-process"]


def test_the_tables_of_an_older_release_are_kept_with_the_calculation(screws, monkeypatch):
    """A newer release brings other packaged tables: what rests on the old ones comes out again all the same."""
    from databases.cbam import shelf
    from databases.cbam import tables as readers

    edit(screws, "streams", "gas", {"activity": 7})
    stored = calculate(screws)
    newer = dict(shelf.packaged())
    text = newer["schedule"].text.replace(",0.10,", ",0.11,")
    assert text != newer["schedule"].text
    newer["schedule"] = shelf.with_text(newer["schedule"], text)
    monkeypatch.setattr(shelf, "packaged", lambda: newer)
    readers._opened.cache_clear()
    try:
        assert (
            calculating.current(screws["exporter"], Ask(screws.installation), screws.services).stored is None
        )
        assert outcomes(screws) == ["equal"]
        (file,) = screws.services.settings.cbam_tables.with_name("cbam-tables-kept").iterdir()
        assert file.name == f"{stored.tables_digest}.json.gz"
        file.write_bytes(file.read_bytes()[:-9])
        assert outcomes(screws) == ["tables-gone"]
    finally:
        readers._opened.cache_clear()


def test_tables_that_are_gone_are_an_outcome(screws):
    made = import_(screws, newer_markup(screws), date(2026, 8, 6))
    calculate(screws)
    kept = screws.services.settings.cbam_tables.with_name("cbam-tables-kept")
    kept.rename(kept.with_name("elsewhere"))
    folder = screws.services.settings.cbam_tables / made.name
    folder.rename(folder.parent / f".{made.name}")
    assert sorted(outcomes(screws)) == ["equal", "tables-gone"]
    (folder.parent / f".{made.name}").rename(folder)
    (folder / "schedule.csv").write_text("changed")
    assert sorted(outcomes(screws)) == ["equal", "tables-gone"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cbam_calculations SET content = json_set(content, '$.totals.direct_t', 1.0)",
        "UPDATE cbam_versions SET content = json_set(content, '$.streams[0].activity', 1.0)",
    ],
)
def test_what_was_changed_in_the_store_is_damaged(screws, sql):
    calculate(screws)
    tamper(screws, sql)
    assert outcomes(screws) == ["damaged"]


def test_it_is_for_those_who_see_the_installation(screws):
    assert outcomes(screws, by="reviewer") == ["equal"]
    installations.share(screws["exporter"], installations.Share(screws.installation, ""), screws.services)
    with pytest.raises(refusals.NotFound):
        outcomes(screws, by="reviewer")
    with pytest.raises(refusals.NotFound):
        outcomes(screws, number=10**30)
    with pytest.raises(refusals.NotAllowed):
        recomputing.recompute_every(screws["exporter"], screws.services)


def test_on_the_command_line(screws, monkeypatch):
    from service.cli import group

    calculate(screws)
    settings = screws.services.settings
    for name, value in (("HOME", settings.home), ("RELEASES", settings.releases), ("KEYS", settings.keys)):
        monkeypatch.setenv(f"TANBIAO_{name}", str(value))

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(group, ["cbam", "recompute", *arguments])
        assert result.exit_code == code, result.output
        return result.output

    (row,) = json.loads(run("--json"))
    assert row["outcome"] == "equal"
    assert "equal" in run(screws.installation, "--as", "exporter@demo.invalid")
    assert "--as" in run(screws.installation, code=2)
    tamper(screws, "UPDATE cbam_calculations SET content = json_set(content, '$.totals.direct_t', 1.0)")
    assert "damaged" in run(code=1)
