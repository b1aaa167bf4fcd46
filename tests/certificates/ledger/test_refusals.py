"""Every way units could count twice, and every other contradiction, as tables of ledgers.

The last entry of each is refused, the entries before it stand.
"""

from __future__ import annotations

import ast
import inspect
from datetime import date

import pytest
from ledgermaking import PLANT, TODAY, entries, ledger, open_positions, refused

from certificates.ledger import acquisition, effects, serials, view
from certificates.ledger.book import Book
from certificates.ledger.entries import plain
from certificates.ledger.instruments import exclusions
from certificates.ledger.problems import EntryRefused, texts

HAVE = """
    2026-01-05 acquire works
      $gec
      units: 10
"""
CREDITS = """
    2026-01-05 acquire works
      $vcs
"""
NO_EVIDENCE = "\n      evidence: $PROOF"


def gec(
    extra: str = "", *, month: str = "2025-05-01 2025-05-31", units: str = "10", on: str = "2026-01-05"
) -> str:
    return f"""
    {on} acquire works
      lot: gec $GEC
      vintage: {month}
      electricity: $PLANT
      units: {units}
      {extra}
"""


def vcs(serial: str = "$VCS", project: str = "3005", extra: str = "") -> str:
    return f"""
    2026-01-06 acquire other
      lot: vcs {serial}
      project: {project}
      vintage: 2022-01-01 2022-10-31
      {extra}
"""


def ccer(extra: str, *, vintage: str = "2025-01-01 2025-12-31", evidence: str = "$PROOF") -> str:
    return f"""
    2026-01-06 acquire works
      lot: ccer CCER-2026-1
      units: 10
      vintage: {vintage}
      {f"evidence: {evidence}" if evidence else ""}
      {extra}
"""


def i_rec(country: str, vintage: str) -> str:
    return f"""
    2026-01-06 acquire works
      lot: i-rec I-1
      units: 10
      vintage: {vintage}
      country: {country}
      evidence: $PROOF
"""


SOLD = (
    HAVE.replace("$gec", "$gec\n      transfers: 0")
    + """
    2026-01-06 transfer works
      units: 1-10 of $G
      to: outside:buyer
"""
)
SPLIT = (
    HAVE
    + """
    2026-01-06 split works
      units: 1-10 of $G
      into: 1-4
      into: 5-10
"""
)
RETIRED = (
    HAVE
    + """
    2026-01-06 retire works
      units: 1-10 of $G
      $name
"""
)
FROZEN = (
    HAVE
    + """
    2026-01-06 freeze works
      units: 1-10 of $G
      cause: objection
      authority: council
"""
)


def move(units: str = "1-10 of $G", to: str = "other", on: str = "2026-01-07", account: str = "works") -> str:
    return f"""
    {on} transfer {account}
      units: {units}
      to: {to}
"""


def retire(
    units: str = "1-10 of $G", on: str = "2026-01-07", account: str = "works", name: str = "$name"
) -> str:
    return f"""
    {on} retire {account}
      units: {units}
      {name}
"""


def split(*into: str, units: str = "1-10 of $G") -> str:
    lines = "".join(f"\n      into: {one}" for one in into)
    return f"""
    2026-01-07 split works
      units: {units}{lines}
"""


def reverse(entry: int, account: str = "works", on: str = "2026-01-08", reason: str = "mistake") -> str:
    return f"""
    {on} reverse {account}
      entry: {entry}
      reason: {reason}
"""


SAID = """
    2026-01-10 assert works
      balance: gec 10 MWh
"""
TWICE = {
    "the same code, same account": (HAVE + gec(), {"serial-taken"}),
    "the same code as green power": (HAVE + gec().replace("lot: gec", "lot: green-power"), {"serial-taken"}),
    "the same code, other account": (HAVE + gec().replace("works", "other"), {"serial-taken"}),
    "a part of the same code": (HAVE + gec("evidence: $PROOF", units="3-4 of $G"), {"serial-taken"}),
    "the same serial": (CREDITS + vcs(), {"serial-taken"}),
    "overlapping ranges": (
        CREDITS + vcs("19381-1100-1199-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0"),
        {"serial-taken"},
    ),
    "the registry's numbers under another project": (
        CREDITS + vcs("19381-1050-1050-VCS-VCU-1-VER-CN-13-77-01012022-31102022-0", "77"),
        {"serial-taken"},
    ),
    "a serial of one registry under another without a grammar": (
        ccer("methodology: CCER-14-001").replace("CCER-2026-1\n      units: 10", "$VCS\n      units: 100"),
        {"serial-of-another-kind"},
    ),
    "the same text, other case and spaces": (
        i_rec("VN", "2025-01-01 2025-01-31")
        + i_rec("VN", "2025-01-01 2025-01-31").replace("I-1", '" i - 01"'),
        {"serial-taken"},
    ),
    "a code in small letters": (
        gec(units="1-10 of x").replace("$GEC", "b1234567890123456000000000000001"),
        {"serial-not-in-form"},
    ),
    "letters that look alike": (
        i_rec("VN", "2025-01-01 2025-01-31")
        .replace("I-1", '"\\u0406-1"')
        .replace("units: 10", "units: 1-10 of x"),
        {"serial-not-in-form"},
    ),
    "an invisible character": (
        i_rec("VN", "2025-01-01 2025-01-31")
        .replace("I-1", '"I\\u200b-1"')
        .replace("units: 10", "units: 1-10 of x"),
        {"serial-not-in-form"},
    ),
    "split sums that are less": (HAVE + split("1-4", "5-9"), {"split-differs"}),
    "split sums that are more": (HAVE + split("1-4", "5-11"), {"split-differs"}),
    "split pieces that overlap": (HAVE + split("1-5", "5-10"), {"split-differs"}),
    "split into one": (HAVE + split("1-10"), {"split-differs"}),
    "split into another numbering": (HAVE + split("1-4", "5-10 of x"), {"split-differs"}),
    "retired, then transferred": (RETIRED + move(), {"already-retired"}),
    "retired, then retired": (RETIRED + retire(), {"already-retired"}),
    "retired, then split": (RETIRED + split("1-4", "5-10"), {"already-retired"}),
    "retired, then acquired by another": (RETIRED + gec().replace("works", "other"), {"serial-taken"}),
    "transferred, then retired by the sender": (HAVE + move() + retire(), {"not-held"}),
    "transferred, then transferred by the sender": (HAVE + move() + move(to="third"), {"not-held"}),
    "sold outside, then retired": (SOLD + retire(), {"not-held"}),
    "another's units": (HAVE + retire(account="other"), {"not-held"}),
    "units nobody has": (HAVE + retire("11-20 of $G"), {"not-held"}),
    "a part without a split": (HAVE + retire("1-4 of $G"), {"split-first"}),
    "more than the position": (HAVE + retire("1-11 of $G"), {"split-first"}),
    "two positions at once": (SPLIT + retire(), {"split-first"}),
    "frozen, then transferred": (FROZEN + move(), {"already-frozen"}),
    "frozen, then retired": (FROZEN + retire(), {"already-frozen"}),
    "reversed twice": (RETIRED + reverse(2) + reverse(2), {"already-reversed"}),
    "the sender takes back": (HAVE + move() + reverse(2), {"no-such-entry"}),
    "another reverses": (HAVE + reverse(1, "other"), {"no-such-entry"}),
    "an entry that is not there": (HAVE + reverse(7), {"no-such-entry"}),
    "an acquisition after a retirement": (RETIRED + reverse(1), {"later-entries"}),
    "an acquisition after a transfer": (HAVE + move() + reverse(1), {"later-entries"}),
    "a sale after the units came back": (
        SOLD.replace("$gec", "$vcs")
        .replace("      units: 10\n", "")
        .replace("1-10 of $G", "1001-1100 of vcs")
        + vcs()
        + reverse(2),
        {"later-entries"},
    ),
    "a reversal": (RETIRED + reverse(2) + reverse(3), {"not-reversible"}),
    "acquired anew after a reversal, twice": (
        HAVE + reverse(1) + gec(on="2026-01-09") + gec(on="2026-01-09"),
        {"serial-taken"},
    ),
    "a second trade": (
        HAVE + move() + move(account="other", to="third", on="2026-01-08"),
        {"transfers-used-up"},
    ),
    "a trade of what was bought": (gec("counterparty: seller") + move(), {"transfers-used-up"}),
    "bought back after the one trade": (
        SOLD + gec("transfers: 1", on="2026-01-09"),
        {"transfers-understated"},
    ),
    "bought back, counted": (SOLD + gec("transfers: 2", on="2026-01-09"), {"transfers-used-up"}),
    "bought back as tradable": (
        SOLD + gec("transfers: 1\n      tradable: no", on="2026-01-09"),
        {"lot-differs", "transfers-understated"},
    ),
    "acquired with too many trades": (gec("transfers: 2"), {"transfers-used-up"}),
    "not tradable": (gec("tradable: no") + move(), {"not-tradable"}),
    "a part of a code without proof": (gec(units="6-10 of $G"), {"part-needs-evidence"}),
}
TIMES = {
    "after today": (HAVE + move(on="2026-11-23"), {"entry-in-future"}),
    "before the last entry": (HAVE + move(on="2026-01-04"), {"before-last-entry"}),
    "a reversal before what it reverses": (RETIRED + reverse(2, on="2026-01-05"), {"before-last-entry"}),
    "acquired anew before the reversal": (HAVE + reverse(1) + gec(on="2026-01-07"), {"before-last-entry"}),
    "a vintage that is not over": (gec(month="2026-01-01 2026-01-31", on="2026-01-31"), {"vintage-not-over"}),
    "a vintage in the future": (gec(month="2027-01-01 2027-01-31"), {"vintage-not-over"}),
    "two months of generation": (gec(month="2025-05-31 2025-06-01"), {"vintage-not-one-month"}),
    "expired when acquired": (gec(month="2024-01-01 2024-01-31"), {"lot-expired"}),
    "expired when transferred": (gec(month="2024-02-01 2024-02-29") + move(on="2026-02-01"), {"lot-expired"}),
    "expired when retired": (gec(month="2024-10-01 2024-10-31") + retire(on="2026-10-01"), {"lot-expired"}),
    "old generation after its last day": (gec(month="2023-06-01 2023-06-30"), {"lot-expired"}),
    "I-REC of China from 2025": (i_rec("CN", "2025-01-01 2025-01-31"), {"generation-not-eligible"}),
    "I-REC of China into 2025": (i_rec("CN", "2024-12-01 2025-01-31"), {"generation-not-eligible"}),
    "I-REC of a country in words": (i_rec("China", "2025-01-01 2025-01-31"), {"country-not-in-form"}),
    "CCER of the first day": (
        ccer("methodology: CCER-14-001-V01", vintage="2020-09-22 2020-12-31"),
        {"vintage-too-early"},
    ),
}
WORDS = {
    "no evidence": (ccer("methodology: CCER-14-001-V01", evidence=""), {"evidence-needed"}),
    "evidence that is no hash": (
        ccer("methodology: CCER-14-001-V01", evidence="paper"),
        {"evidence-not-in-form"},
    ),
    "no methodology": (ccer(""), {"methodology-not-in-form"}),
    "solar thermal without its plant": (ccer("methodology: CCER-01-001-V01"), {"plant-missing"}),
    "offshore wind in small letters": (ccer("methodology: ccer-01-002"), {"plant-missing"}),
    "a plant that is none": (
        ccer("methodology: CCER-14-001\n      electricity: wind"),
        {"plant-not-in-form"},
    ),
    "another plant than the code's": (
        gec().replace("electricity: $PLANT", "electricity: C1234567890123456"),
        {"serial-plant-differs"},
    ),
    "a serial's other quantity": (
        vcs(extra="units: 1001-1101 of vcs"),
        {"serial-quantity-differs"},
    ),
    "a serial's other numbering": (gec(units="1-10 of elsewhere"), {"serial-quantity-differs"}),
    "a serial's other project": (vcs(project="3006"), {"serial-project-differs"}),
    "a serial's other country": (vcs(extra="country: VN"), {"serial-country-differs"}),
    "a serial's other vintage": (vcs().replace("2022-01-01", "2022-02-01"), {"serial-vintage-differs"}),
    "nobody receives": (HAVE + move(to='"outside: "'), {"transfer-to-nobody"}),
    "nobody at all": (HAVE + move(to='""'), {"transfer-to-nobody"}),
    "the sender receives": (HAVE + move(to="works"), {"transfer-to-nobody"}),
    "an account outside": (HAVE + move(account="outside:x"), {"account-outside", "not-held"}),
    "no beneficiary": (
        HAVE + retire(name='beneficiary: " "\n      purpose: other\n      period: 2025-01-01 2025-01-31'),
        {"beneficiary-missing"},
    ),
    "a period backwards": (
        HAVE + retire(name="beneficiary: a\n      purpose: other\n      period: 2025-02-01 2025-01-31"),
        {"period-backwards"},
    ),
    "a freeze that nobody wants": (
        FROZEN.replace("council", '""'),
        {"authority-missing"},
    ),
    "no reason": (HAVE + reverse(1, reason='" "'), {"reason-missing"}),
    "a reason that nobody sees": (HAVE + reverse(1, reason='"\\u200b\\u2060"'), {"reason-missing"}),
    "a receiver that nobody sees": (HAVE + move(to='"outside:\\u200b"'), {"transfer-to-nobody"}),
    "a beneficiary that nobody sees": (
        HAVE
        + retire(name='beneficiary: "\\u200b"\n      purpose: other\n      period: 2025-01-01 2025-01-31'),
        {"beneficiary-missing"},
    ),
    "hidden characters": (HAVE + reverse(1, reason='"x\\u0000"'), {"hidden-characters"}),
    "a book instead of a reason": (HAVE + reverse(1, reason=f'"{"x" * 20_001}"'), {"texts-too-long"}),
    "half a character": (HAVE + reverse(1, reason='"x\\ud800"'), {"hidden-characters"}),
    "another unit": (
        HAVE + "\n    2026-01-07 assert works\n      balance: gec 10 tCO2e\n",
        {"unit-differs"},
    ),
    "another balance": (
        HAVE + "\n    2026-01-07 assert works\n      balance: gec 11 MWh\n",
        {"balance-differs"},
    ),
    "an acquisition before an assertion": (
        HAVE + SAID + gec(on="2026-01-06").replace("$GEC", f"{PLANT}000000000000002"),
        {"balance-asserted"},
    ),
    "a retirement before an assertion": (HAVE + SAID + retire(on="2026-01-06"), {"balance-asserted"}),
    "a retirement on the day of an assertion": (HAVE + SAID + retire(on="2026-01-10"), {"balance-asserted"}),
    "a sale before an assertion": (HAVE + SAID + move(to="outside:b"), {"balance-asserted"}),
    "a transfer to somebody who asserted": (
        HAVE + SAID.replace("works", "other").replace("10 MWh", "0 MWh") + move(),
        {"balance-of-other-asserted"},
    ),
    "a reversal before an assertion": (
        RETIRED + SAID.replace("10 MWh", "0 MWh") + reverse(2),
        {"balance-asserted"},
    ),
    "a receiver gives back to somebody who asserted": (
        HAVE + move() + SAID.replace("10 MWh", "0 MWh") + reverse(2, "other"),
        {"balance-of-other-asserted"},
    ),
    "all at once": (
        HAVE + move(to='""', on="2026-01-04", account="other"),
        {"not-held", "transfer-to-nobody"},
    ),
}
ELECTRICITY = {
    "a credit on the electricity of a certificate": (
        HAVE + "\n    2026-01-06 acquire other\n      $ccer\n      units: 5\n",
        {"electricity-claimed-twice"},
    ),
    "a certificate on the electricity of a credit": (
        "\n    2026-01-04 acquire other\n      $ccer\n      units: 5\n" + HAVE,
        {"electricity-claimed-twice"},
    ),
    "a certificate that was used": (
        RETIRED + "\n    2026-01-06 acquire other\n      $ccer\n      units: 5\n",
        {"electricity-claimed-twice"},
    ),
    "after the period of the notice": (
        HAVE + "\n    2026-10-01 acquire other\n      $ccer\n      units: 5\n",
        {"electricity-claimed-twice-unsettled"},
    ),
}
ALL = {"twice": TWICE, "times": TIMES, "words": WORDS, "electricity": ELECTRICITY}
CASES = [
    pytest.param(*case, id=f"{part}: {name}") for part, cases in ALL.items() for name, case in cases.items()
]


@pytest.mark.parametrize(("text", "codes"), CASES)
def test_the_last_entry_is_refused(text: str, codes: set[str]) -> None:
    problems = refused(text)
    assert {one.code for one in problems} == codes
    for one in problems:
        assert one.sentence("zh") and one.sentence("en")


def test_every_reason_of_the_core_is_tried() -> None:
    tried = {code for cases in ALL.values() for _, codes in cases.values() for code in codes}
    modules = (acquisition, effects, serials, view)
    named = {
        node.value
        for module in modules
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert (named & set(texts())) | {one.problem for one in exclusions()} == tried


@pytest.mark.parametrize(
    ("text", "holdings"),
    [
        pytest.param(HAVE + reverse(1), ["outside: held 1-10"], id="to nobody"),
        pytest.param(RETIRED + reverse(2), ["works held 1-10"], id="retirement"),
        pytest.param(RETIRED + reverse(2) + reverse(1), ["outside: held 1-10"], id="from the last backwards"),
        pytest.param(HAVE + SAID + retire(on="2026-01-11"), ["works retired 1-10"], id="after an assertion"),
        pytest.param(
            HAVE + SAID + reverse(2, on="2026-01-10") + retire(),
            ["works retired 1-10"],
            id="before an assertion that did not hold",
        ),
        pytest.param(
            HAVE + SAID + split("1-4", "5-10"), ["works held 1-4", "works held 5-10"], id="no balance changes"
        ),
        pytest.param(
            HAVE + SAID + CREDITS,
            ["works held 1-10", "works held 1001-1100"],
            id="another kind than asserted",
        ),
    ],
)
def test_what_is_reversed_in_order_stands(text: str, holdings: list[str]) -> None:
    assert open_positions(ledger(text)) == holdings


def test_recording_again_changes_nothing() -> None:
    (entry,) = entries(HAVE)
    book = Book()
    book.record(entry, TODAY)
    before = list(book.known())
    for _ in range(2):
        with pytest.raises(EntryRefused):
            book.record(entry, TODAY)
    assert list(book.known()) == before and book.sequence == 1


def test_no_entry_is_changed_by_recording() -> None:
    made = entries(SPLIT)
    before = [plain(one) for one in made]
    book = Book()
    for one in made:
        book.record(one, date(2026, 11, 22))
    assert [plain(one) for one in made] == before
