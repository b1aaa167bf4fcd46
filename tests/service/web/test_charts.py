"""Bars on one scale, with removals left of zero, and lists that filter, sort and page."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from service.web.charts import WIDTH, chart
from service.web.listing import PAGE_SIZE, Cell, Column, Filter, ListSpec, build

values = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(values)
def test_bars_stay_on_the_scale(numbers):
    made = chart([(str(i), value, "") for i, value in enumerate(numbers)], sum(numbers))
    for bar, value in zip(made.bars, numbers, strict=True):
        assert bar.start >= -0.01
        assert bar.start + bar.length <= WIDTH + 0.02
        if value > 0:
            assert abs(bar.start - made.zero) <= 0.011
        if value < 0:
            assert abs(bar.start + bar.length - made.zero) <= 0.021


def test_stated_digits_are_shown_and_shares_computed():
    made = chart([("a", "13.09", ""), ("b", "1.77", "")], "14.86")
    assert [bar.text for bar in made.bars] == ["13.09", "1.77"]
    assert round(made.bars[0].share, 1) == 88.1
    assert made.bars[0].length == WIDTH


def test_removals_run_left_of_zero():
    made = chart([("a", 3.0, ""), ("b", -1.0, "")], 2.0)
    assert made.zero == 250.0
    assert made.bars[1].start == 0.0
    assert [length for _, length, _ in made.strip] == [WIDTH]


SPEC = ListSpec(
    "studies.list_",
    (
        Column("name", "Name", lambda r: r[0]),
        Column("size", "Size", lambda r: r[1], lambda r: Cell(str(r[1])), True),
    ),
    (Filter("name", "Name", (("铝锭", "铝锭"),)),),
    "-size",
)
ROWS = [("铝锭", 2), ("Steel", 10), ("Paper", None), ("steel wire", 9)]


def listed(app, query: str):
    with app.test_request_context("/studies?" + query):
        return build(SPEC, ROWS)


def test_lists_filter_and_sort(site):
    app = site("populated").app
    assert [row[0] for row in listed(app, "sort=size").rows] == ["铝锭", "steel wire", "Steel", "Paper"]
    assert [row[0] for row in listed(app, "sort=name").rows] == ["Paper", "Steel", "steel wire", "铝锭"]
    assert [row[0] for row in listed(app, "q=STEEL&sort=size").rows] == ["steel wire", "Steel"]
    assert [row[0] for row in listed(app, "name=铝锭").rows] == ["铝锭"]
    assert len(listed(app, "name=other&sort=unknown").rows) == 4


def test_lists_page_and_keep_their_parameters(site):
    with site("populated").app.test_request_context("/studies?page=2&q=n&sort=-name"):
        listing = build(SPEC, [(f"n{i:03}", i) for i in range(PAGE_SIZE + 3)])
        assert [row[0] for row in listing.rows] == ["n002", "n001", "n000"]
        assert listing.address(page=1) == "/studies?q=n&sort=-name&page=1"
        assert listing.sort_address("name") == "/studies?q=n&sort=name"
        assert listing.address(form="csv") == "/studies.csv?q=n&sort=-name"
