"""Whose header a row is."""

from __future__ import annotations

import pytest

from certificates.ledger.instruments import Kind
from certificates.ledger.registries.heading import Heading, Unrecognised, letters, recognise
from certificates.ledger.registries.tables import common, plain_name, registries, words
from tests.certificates.ledger.registries.exports import GEC, VERRA

HEADERS = {
    "verra": VERRA,
    "gold-standard": ("Vintage", "Credit Status", "Quantity", "GSID", "Issuance Date", "Serial Number", "Label"),
    "acr": ("Credit Serial Numbers", "Vintage", "Quantity of Credits", "Status Effective  (GMT)", "Project ID"),
    "car": ("Vintage", "Offset Credit Serial Numbers", "Quantity of Offset Credits", "Project ID"),
    "art": ("Vintage", "Credit Serial Numbers", "Quantity of Credits", "Program ID", "Program  Country"),
    "cercarbono": ("project_id", "serial", "vintage", "end_user", "date", "quantity", "from", "to"),
    "isometric": ("retirement_id", "retired_at", "credit_batch_size_total.credit_kgs", "project_id", "sequestered_on"),
    "ccer": ("CCER序列号", "减排量(tCO2e)", "项目登记编号", "减排量产生期间", "注销日期"),
    "gec": GEC,
    "green-power": ("结算绿证编码", "结算电量（千瓦时）", "结算月份", "发电企业"),
    "i-rec": ("From Certificate ID", "To Certificate ID", "Volume (MWh)", "Device name", "Country", "Production start"),
    "go": ("GO number", "Number of GOs", "Production device name", "Country of origin", "Production start"),
}  # fmt: skip


def test_every_registry_has_a_header_here():
    assert set(HEADERS) == set(registries())


@pytest.mark.parametrize("key", HEADERS)
def test_headers_are_recognised_in_any_order_and_case(key):
    for row in (HEADERS[key], HEADERS[key][::-1], [f"  {title.upper()} " for title in HEADERS[key]]):
        found = recognise(tuple(row))
        assert isinstance(found, Heading), found
        assert found.registry.key == key
        assert recognise(tuple(row), key) == found


@pytest.mark.parametrize("key", HEADERS)
def test_a_column_that_is_needed_is_asked_for_by_name(key):
    """Each column taken away: the table is another's, nobody's, or still whole."""
    one = registries()[key]
    for group in one.needed:
        names = {
            plain_name(title) for name in group for title in (*one.columns.get(name, ()), *common()[name])
        }
        row = [title for title in HEADERS[key] if plain_name(title) not in names]
        found = recognise(tuple(row), key)
        assert isinstance(found, Unrecognised)
        (problem,) = found.problems
        assert problem.code == "table-columns-missing"
        assert any(title in problem.values["wanted"] for name in group for title in one.columns.get(name, ()))


def test_columns_nobody_knows_are_told():
    found = recognise((*VERRA, "Shoe size"))
    assert isinstance(found, Heading)
    assert found.ignored == ("Sustainable Development Goals", "Total Vintage Quantity", "Shoe size")


def test_a_general_table_is_nobodys_until_the_registry_is_named():
    row = ("序列号", "数量", "项目编号", "年份", "产生期间起", "产生期间止")
    found = recognise(row)
    assert isinstance(found, Unrecognised)
    assert [one.code for one in found.problems] == ["table-ambiguous"]
    assert "ccer" in found.problems[0].values["keys"]
    named = recognise(row, "ccer")
    assert isinstance(named, Heading) and named.registry.kind is Kind.CCER


def test_two_columns_for_one_field_are_refused():
    found = recognise((*GEC, "绿证编号"))
    assert isinstance(found, Unrecognised)
    (problem,) = found.problems
    assert (problem.code, problem.values["columns"]) == ("table-column-twice", "A, I")


def test_a_registrys_own_name_goes_before_a_common_one():
    found = recognise((*GEC, "序列号"))
    assert isinstance(found, Heading) and found.places["serial"] == 0


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters_of_columns(place, name):
    assert letters(place) == name


def test_registries_say_where_their_names_come_from():
    for one in registries().values():
        assert one.source and one.mark in {"P", "S", "M", "D"} and one.zh and one.en
        assert one.days in {"", "dmy", "mdy"} and one.numbers in {"comma", "point", "plain"}
        assert set(one.columns) | {name for group in one.needed for name in group} <= FIELDS


FIELDS = set(common()) | {"serial_end", "monitoring_start", "monitoring_end"}


def test_no_name_of_a_registry_means_two_fields():
    for one in registries().values():
        names = [plain_name(title) for titles in one.columns.values() for title in titles]
        assert len(names) == len(set(names)), one.key


def test_words_are_in_one_group_of_states():
    groups = words().groups
    assert not groups["held"] & groups["retired"]
    assert not groups["yes"] & groups["no"]
