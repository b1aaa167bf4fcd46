"""GTINs and their check digits, and the addresses of QR codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.gtin import LENGTHS, NotAGtin, check_digit
from certificates.gtin import padded as gtin14
from service.digitallink import Address, link, read

BASE, NUMBER, CODE = "https://labels.example", "TB-2026-0000001-L", "7KQ2M9XD"
GTINS = {
    "96385074": "00000096385074",
    "036000291452": "00036000291452",
    "4006381333931": "04006381333931",
    "6901234567892": "06901234567892",
    "10614141000415": "10614141000415",
}


@pytest.mark.parametrize(("given_", "written"), GTINS.items())
def test_gtins_of_every_length_are_written_with_14_digits(given_, written):
    assert gtin14(given_) == written
    assert check_digit(written[:-1]) == check_digit(given_[:-1]) == given_[-1]


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "6901234567890",
        "690123456789",
        "06901234567893",
        "690123456789X",
        "6901234567892 ",
        "６９０１２３４５６７８９２",
        "1" * 15,
        "0",
    ],
)
def test_what_is_no_gtin_is_refused(wrong):
    with pytest.raises(NotAGtin):
        gtin14(wrong)


@given(
    st.sampled_from([length - 1 for length in LENGTHS]).flatmap(
        lambda n: st.text("0123456789", min_size=n, max_size=n)
    ),
    st.data(),
)
def test_every_single_wrong_digit_is_seen(body, data):
    good = body + check_digit(body)
    if not good.strip("0"):
        return  # names nothing
    assert gtin14(good) == good.zfill(14)
    place = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != good[place]]))
    with pytest.raises(NotAGtin):
        gtin14(good[:place] + other + good[place + 1 :])


def test_addresses():
    assert link(BASE + "/", NUMBER, CODE, "6901234567892") == f"{BASE}/01/06901234567892?n={NUMBER}&c={CODE}"
    assert link(BASE, NUMBER, CODE) == f"{BASE}/v/{NUMBER}?c={CODE}"
    assert link(BASE, NUMBER) == f"{BASE}/v/{NUMBER}"
    assert link(BASE, "TC-2026-0000001-X", "") == f"{BASE}/c/TC-2026-0000001-X"
    with pytest.raises(NotAGtin):
        link(BASE, NUMBER, CODE, "6901234567890")


@pytest.mark.parametrize("gtin", ["", *GTINS])
def test_what_is_built_is_read_again(gtin):
    wanted = Address(NUMBER, CODE, gtin.zfill(14) if gtin else "")
    assert read(link(BASE, NUMBER, CODE, gtin)) == wanted
    assert read(" " + link(BASE + "/deep/er", NUMBER, CODE, gtin) + " ") == wanted


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://elsewhere.example/some/stem/01/9506000134352?n=x", Address("x", "", "9506000134352")),
        ("https://labels.example/01/09506000134352", Address("", "", "09506000134352")),
        ("https://labels.example/01/09506000134352?10=LOT&c=A&n=B", Address("B", "A", "09506000134352")),
        ("https://labels.example/c/TC-2026-0000001-X/", Address("TC-2026-0000001-X")),
        ("/v/TB-1?c=Q", Address("TB-1", "Q")),
        ("https://labels.example/01/abc?n=x", None),
        ("https://labels.example/verify", None),
        ("https://[labels/v/x", None),
        (NUMBER, None),
        ("", None),
    ],
)
def test_other_addresses(address, named):
    assert read(address) == named


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text):
    assert read(text) is None or isinstance(read(text), Address)
