"""The pages of the transparency log: what everybody may fetch, what each reader sees, and that nothing more is told."""

from __future__ import annotations

import re
import shutil

import pytest
import sqlalchemy as sa

from certificates.credential import decode
from certificates.log import checkpoint, merkle, proof, tiles
from service.usecases import cosigning, translog
from service.web.security import LIMITS
from tests.service import world as making
from tests.service.web.conftest import Applications, Site


def text(client, path: str) -> str:
    return client.get(path).get_data(as_text=True)


@pytest.fixture(scope="module")
def issued(stages, tmp_path_factory, open_cn, keys_folder, compiled):
    """One site after the issue for all tests that only read; the others make one of their own."""
    home = tmp_path_factory.mktemp("log-pages")
    shutil.copy(stages["issued"], home / "tanbiao.sqlite")
    world = making.open_world(home, open_cn.path.parent, keys_folder)
    making.meet(world)
    yield Site(Applications(compiled).over(world), world)
    world.close()


def keys(site):
    return site.world.services.keys.keyset()


# ---------- for everybody ----------


def test_the_checkpoint_is_the_newest_and_is_not_kept_by_caches(issued):
    answer = issued.client().get("/log/checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=2"
    stated = checkpoint.verify(
        answer.get_data(as_text=True), "labels.demo.invalid", translog.log_keys(keys(issued))
    )
    with issued.world.services.uow() as unit:
        assert stated.size == unit.log.size() > 0


def test_a_stranger_computes_the_root_from_the_tiles_alone(issued):
    client = issued.client()
    stated = checkpoint.read(text(client, "/log/checkpoint"))

    def fetch(tile: tiles.Tile) -> bytes:
        answer = client.get(f"/log/{tiles.path(tile)}")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "immutable" in answer.headers["Cache-Control"]
        return answer.data

    assert tiles.root(stated.size, fetch) == stated.root


def test_a_stranger_follows_the_log_from_an_older_checkpoint(issued):
    client = issued.client()
    newest = checkpoint.read(text(client, "/log/checkpoint"))
    with issued.world.services.uow() as unit:
        older = checkpoint.read(unit.log.checkpoint(2) or "")
    answer = client.get(f"/log/consistency?old=2&new={newest.size}")
    from certificates.encoding import from_base64_standard

    hashes = [from_base64_standard(line) for line in answer.get_data(as_text=True).splitlines()]
    assert merkle.verify_consistency(2, newest.size, hashes, older.root, newest.root)
    assert client.get(f"/log/consistency?old={newest.size}&new={newest.size}").data == b""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/log/tile/0/000", 404),
        ("/log/tile/0/000.p/200", 404),
        ("/log/tile/0/001.p/1", 404),
        ("/log/tile/1/000.p/1", 404),
        ("/log/tile/entries/000.p/1", 404),
        ("/log/tile/data/000.p/1", 404),
        ("/log/tile/0/00", 404),
        ("/log/tile/x", 404),
        ("/log/consistency", 422),
        ("/log/consistency?old=1", 422),
        ("/log/consistency?old=a&new=2", 422),
        ("/log/consistency?old=-1&new=2", 422),
        ("/log/consistency?old=²&new=2", 422),
        ("/log/consistency?old=0&new=2", 404),
        ("/log/consistency?old=2&new=1", 404),
        ("/log/consistency?old=1&new=9999", 404),
        (f"/log/consistency?old=1&new={'9' * 30}", 422),
    ],
)
def test_what_is_not_there(issued, path, status):
    answer = issued.client().get(path)
    assert answer.status_code == status and answer.headers["Content-Type"].startswith(
        "application/problem+json"
    )


def test_an_empty_log_has_no_checkpoint_and_a_page_that_says_so(site):
    at = site("populated")
    assert at.client().get("/log/checkpoint").status_code == 404
    assert at.client().get("/log/tile/0/000.p/1").status_code == 404
    assert "The log is empty" in text(at.client("exporter"), "/log")


def test_the_public_log_is_limited_and_tells_nothing_but_hashes(issued):
    assert {"api-log.checkpoint", "api-log.tile", "api-log.consistency"} <= set(LIMITS)
    with issued.world.services.uow() as unit:
        size = unit.log.size()
    client = issued.client()
    for path in ("/log/checkpoint", f"/log/tile/0/000.p/{size}", f"/log/consistency?old=1&new={size}"):
        answer = client.get(path)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
        assert b"TB-" not in answer.data and b"X-1" not in answer.data


# ---------- for signed-in people ----------


def test_the_page_shows_tree_checkpoint_and_leaves(issued):
    page = text(issued.client("exporter"), "/log")
    with issued.world.services.uow() as unit:
        size, root = unit.log.size(), translog.tree(unit).root(unit.log.size())
    assert f"Tree of {size} leaves" in page and root.hex() in page
    assert text(issued.client(), "/log/checkpoint").partition("\n\n")[0] in page
    assert f"/log/proofs/{issued.world.number}.tlog-proof" in page
    assert "No witness watches this log" in page


def test_a_number_is_told_to_those_who_may_see_the_label_only(issued):
    seen = {name: issued.world.number in text(issued.client(name), "/log") for name in issued.world.actors}
    own = {"exporter", "practitioner", "reviewer", "signatory", "all-hands", "regulator"}
    assert {name for name, told in seen.items() if told} == own
    assert "another company" in text(issued.client("other-exporter"), "/log")
    rival = issued.client("rival-practitioner").get("/log.json").get_json()
    assert all(leaf["name"] == "" for leaf in rival["leaves"] if leaf["kind"] != "status")


def test_the_way_of_any_leaf_can_be_drawn_and_a_wrong_one_is_the_last(issued):
    client = issued.client("exporter")
    assert "Leaf 0, its way" in text(client, "/log?leaf=0")
    with issued.world.services.uow() as unit:
        last = unit.log.size() - 1
    for wrong in ("-1", "9999", "x"):
        assert f"Leaf {last}, its way" in text(client, f"/log?leaf={wrong}")


def test_the_proof_is_a_file_that_proves_the_label(issued):
    world = issued.world
    answer = issued.client("exporter").get(f"/log/proofs/{world.number}.tlog-proof")
    assert "attachment" in answer.headers["Content-Disposition"]
    with world.services.uow() as unit:
        label = unit.labels.get(world.number)
    leaf = merkle.leaf_hash(decode(label.credential).leaf_bytes)
    assert proof.included(proof.read(answer.get_data(as_text=True)), leaf)


def listed(client, path: str = "/log/labels.json") -> list[dict[str, object]]:
    return client.get(path).get_json()["items"]


def test_a_company_finds_what_names_it_and_no_other_does(issued):
    world = issued.world
    (row,) = listed(issued.client("exporter"))
    assert (row["number"], row["code"], row["inclusion"]) == (world.number, "X-1", "held")
    assert listed(issued.client("other-exporter")) == listed(issued.client("rival-signatory")) == []
    assert listed(issued.client("other-exporter"), "/log/labels.json?company=X-1") == []
    assert [one["number"] for one in listed(issued.client("signatory"))] == [world.number]


@pytest.mark.parametrize(
    ("wanted", "found"), [("X-1", 1), ("铝业", 1), ("demo ALUM", 1), ("X-2", 0), ("nobody", 0), ("", 0)]
)
def test_a_regulator_finds_any_company_by_name_or_code(issued, wanted, found):
    assert len(listed(issued.client("regulator"), f"/log/labels.json?company={wanted}")) == found


def test_a_search_that_is_too_short_is_told_where_it_was_typed(issued):
    client = issued.client("regulator")
    page = text(client, "/log/labels?company=a")
    assert "At least two characters" in page and 'aria-invalid="true"' in page
    assert client.get("/log/labels.json?company=a").status_code == 422


def test_the_list_has_filters_a_csv_and_keeps_the_company(issued):
    client = issued.client("regulator")
    rows = client.get("/log/labels.csv?company=X-1&kind=label").get_data(as_text=True).splitlines()
    assert len(rows) == 2 and issued.world.number in rows[1]
    assert len(client.get("/log/labels.csv?company=X-1&kind=claim").get_data(as_text=True).splitlines()) == 1
    page = text(client, "/log/labels?company=X-1&inclusion=held&sort=number")
    assert 'name="company" value="X-1"' in page and re.search(r"labels\.csv\?[^\"]*company=X-1", page)


def broken(site, statement: str) -> None:
    with site.world.services.uow.engine.begin() as connection:
        names = (
            connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            .scalars()
            .all()
        )
        for name in names:
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("statement", "inclusion"),
    [
        ("UPDATE labels SET credential = 'x'", "absent"),
        ("DELETE FROM log_leaves WHERE what LIKE 'label:%'", "absent"),
        ('UPDATE log_leaves SET "index" = "index" + 1000 WHERE what LIKE \'label:%\'', "absent"),
        (
            "UPDATE log_checkpoints SET checkpoint = 'x' WHERE size = (SELECT max(size) FROM log_checkpoints)",
            "broken",
        ),
    ],
)
def test_what_the_page_says_is_computed_again(site, statement, inclusion):
    at = site("issued")
    broken(at, statement)
    (row,) = listed(at.client("exporter"))
    assert row["inclusion"] == inclusion


def test_a_log_that_does_not_hold_is_said_first(site):
    at = site("issued")
    broken(at, "UPDATE log_nodes SET hash = zeroblob(32) WHERE level = (SELECT max(level) FROM log_nodes)")
    page = text(at.client("exporter"), "/log")
    assert "The log does not hold" in page and "tanbiao db check" in page
    assert at.client("exporter").get("/log.json").get_json()["sound"] is False


def test_both_languages(issued):
    for path in ("/log", "/log/labels"):
        page = text(issued.client("exporter", "zh"), path)
        assert "日志" in page and "The tree" not in page


def test_witnesses_stand_with_what_they_signed_last(site):
    at = site("issued")
    from tests.service.test_translog import WITNESS_NAME, kept_by_hand

    kept_by_hand(at.world.services, keys(at))
    page = text(at.client("exporter"), "/log")
    assert WITNESS_NAME in page and "No longer asked" not in page and "Up to date" in page
    assert cosigning.configured(at.world.services.settings) == ()
