"""The page of the three paths: certificates, EUR where there is a price, the verdict, and the draft switch."""

from __future__ import annotations

import csv
import io
import re

import pytest

from lca.cbam.monitoring import CarbonPrice
from lca.cbam.storage import write_monitoring
from service.usecases.cbam import installations
from tests.lca.cbam.making import monitoring

PRICED = "price=80&scenario=Eighty&cost=100&cost_source=offer+of+May"
GOOD = "screws-73181595"


@pytest.fixture
def at(site):
    return site("issued")


def html(at, query="", who="practitioner", language="en", status=200):
    answer = at.client(who, language).get(f"/cbam/installations/{at.world.installation}/compare?{query}")
    assert answer.status_code == status
    return " ".join(answer.get_data(as_text=True).split())


def test_without_a_scenario_there_are_certificates_and_no_invented_amount(at):
    shown = html(at)
    assert "Certificates by year" in shown
    assert "not published" in shown
    assert "EUR by year" not in shown
    assert "75.36" in shown
    assert "is open" in shown


def test_a_scenario_prices_what_is_not_published_and_its_name_stays(at):
    shown = html(at, PRICED)
    assert "scenario: Eighty" in shown
    assert "EUR by year" in shown
    assert "Verification: 100 EUR a year (offer of May)" in shown
    assert re.search(r"so it is worth it|not worth it|saves nothing", shown)


def test_what_is_not_worth_it_says_so(at):
    shown = html(at, f"{PRICED.replace('cost=100', 'cost=900000000')}&to=2026")
    assert "not worth it" in shown
    assert "Not worth it" in shown


def test_errors_stand_at_their_fields(at):
    for query, field in (
        ("price=x&scenario=a", "price"),
        ("price=80", "scenario"),
        ("cost=-1&cost_source=b", "cost"),
        ("cost=5", "cost_source"),
        (f"t.{GOOD}=lots", f"t.{GOOD}"),
        (f"t.{GOOD}=1e300", f"t.{GOOD}"),
    ):
        assert f'id="{field}-error"' in html(at, query, status=422)


def test_nothing_imported_asks_for_tonnes(at):
    assert "Give the tonnes a year of at least one good" in html(at, f"t.{GOOD}=0", status=422)


def test_years_that_are_none_are_left_aside(at):
    assert "2034" in html(at, "from=1800&to=zwei")
    rows = list(csv.DictReader(io.StringIO(exported(at, "from=2028&to=2027"))))
    assert {row["Year"] for row in rows} == {"2027", "2028"}


def exported(at, query):
    client = at.client("practitioner")
    address = f"/cbam/installations/{at.world.installation}/compare.csv?{query}"
    return client.get(address).get_data(as_text=True)[1:]


def test_every_line_is_in_the_csv_and_the_json(at):
    rows = list(csv.DictReader(io.StringIO(exported(at, f"{PRICED}&t.{GOOD}=400&to=2026"))))
    assert len(rows) == 4 * 3
    first = next(row for row in rows if (row["Quarter"], row["Path"]) == ("1", "default"))
    assert (first["Tonnes"], first["Certificates"], first["Price, EUR"]) == ("100", "568.26", "75.36")
    assert first["EUR"] == "42824.0736"
    last = next(row for row in rows if (row["Quarter"], row["Path"]) == ("4", "default"))
    assert (last["Kind of price"], last["Source of the price"]) == ("scenario", "Eighty")
    client = at.client("practitioner")
    found = client.get(f"/cbam/installations/{at.world.installation}/compare.json").get_json()
    assert found["total"] == 9 * 4 * 3


def with_price_paid(at):
    paid = CarbonPrice(
        good=GOOD, instrument="CN ETS", price=80.0, currency="CNY", eur_rate=0.125, covered_t=2.0
    )
    put = installations.Put(
        write_monitoring(monitoring(carbon_prices=(paid,))), at.world.installation, version=1
    )
    installations.put(at.world["exporter"], put, at.world.services)


def test_the_draft_is_offered_where_a_price_was_paid_and_labels_everything(at):
    assert "Deduct the carbon price" not in html(at)
    with_price_paid(at)
    assert "Every figure on this page is a draft" not in html(at)
    assert 'id="paid_price-error"' in html(at, "draft=1", status=422)
    shown = html(at, "draft=1&paid_price=80&paid_source=assumed")
    assert "Every figure on this page is a draft" in shown
    assert "never in a declaration" in shown
    rows = list(csv.DictReader(io.StringIO(exported(at, f"draft=1&paid_price=80&t.{GOOD}=400&to=2026"))))
    drafted = {row["Path"]: row for row in rows if row["Quarter"] == "1"}
    assert drafted["actual"]["Carbon price paid, deducted"] == "25"  # 20 EUR/t over 80 EUR, 100 t
    assert (drafted["actual"]["Draft"], drafted["default"]["Draft"]) == ("draft", "")


def test_the_chinese_page_is_chinese(at):
    shown = html(at, PRICED, language="zh")
    for english in ("Certificates", "worth it", "scenario:", "Default values", "Compare"):
        assert english not in shown
