"""Every problem a refusal names has a Chinese form, whether it is written where it is raised or comes from below."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from certificates.keys.keyset import KeySet
from databases.assembly.options import Options
from databases.cbam.tables import open_tables
from databases.cbam.values import NoDefault, NotBefore2026, UnknownKey
from databases.release import ReleaseDamaged, check_identifier
from lca.cbam.obligation.comparison import Quantity, VerificationCost
from lca.cbam.starters import questions
from lca.cbam.storage import read_monitoring
from service import installation
from service.usecases import cosigning, refusals
from service.usecases.cbam import records
from service.usecases.ledger import dossiers
from service.usecases.problems import chinese

ROOT = Path(__file__).parents[2]
TABLE = tomllib.loads(resources.files("service.usecases").joinpath("problems.toml").read_text("utf-8"))
FROM_BELOW = {
    # what an expression may say is made below, or is told by the refusal itself
    "service/installation.py": {"_plain(error)", "problem", "NO_NAME", "str(error).rstrip('.')", "found"},
    "service/schemas/cbam.py": {"str(error)"},
    "service/usecases/cbam/defaults.py": {"str(error)"},
    "service/usecases/cbam/editing.py": {"str(error)[:1000]"},
    "service/usecases/cbam/installations.py": {"str(error)"},
    "service/usecases/cbam/records.py": {"wanted"},
    "service/usecases/cosigning.py": {"outcome.problem", "str(error).rstrip('.')"},
    "service/usecases/marks.py": {"str(error)"},
    "service/usecases/signing.py": {"str(error)"},
    "service/usecases/release_imports.py": {"str(error)"},
    "service/usecases/releases.py": {"str(error)", "str(error).rstrip('.')"},
    # which of two computations differs, or which check of a statement fails: for the administrator, in English
    "service/usecases/issuing.py": {"str(error)"},
}
"""Problems that are neither a text nor an f-string where they are raised."""


@cache
def raised() -> tuple[tuple[str, str, ast.expr], ...]:
    """File, ``problem`` or ``noun``, and what is given for it."""
    return tuple(_raised())


def _raised() -> Iterator[tuple[str, str, ast.expr]]:
    for path in sorted((ROOT / "service").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            yield from (
                (name, word.arg, word.value) for word in node.keywords if word.arg in ("problem", "noun")
            )
            if getattr(node.func, "id", "") == "require_seen":
                yield name, "noun", node.args[1]


def form(value: ast.expr) -> str | None:
    """The form as the table writes it: ``{}`` for whatever is put in; None for another expression."""
    if isinstance(value, ast.Constant):
        return str(value.value)
    if not isinstance(value, ast.JoinedStr):
        return None
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in value.values)


def written() -> list[tuple[str, str]]:
    """File and form of every problem that is written where it is raised."""
    return sorted({(name, made) for name, _, value in raised() if (made := form(value)) is not None})


def test_there_is_something_to_look_at():
    assert len(written()) > 80
    assert len([value for _, word, value in raised() if word == "noun" and form(value)]) > 20


def test_what_is_written_where_it_is_raised():
    missing = [(name, one) for name, one in written() if one not in TABLE]
    assert not missing, "add their Chinese forms to service/usecases/problems.toml"
    for _, one in written():
        said = one.replace("{}", "7")
        assert chinese(said) != said
        assert chinese(said) == TABLE[one].format(*["7"] * one.count("{}"))


def test_every_other_expression_is_known():
    found: dict[str, set[str]] = {}
    for name, word, value in raised():
        if word == "problem" and form(value) is None:
            found.setdefault(name, set()).add(ast.unparse(value))
    assert found == FROM_BELOW


def put_in(english: str) -> int:
    return english.count("{}")


def test_the_two_forms_carry_the_same_things_over():
    for english, told in TABLE.items():
        places = [part.split("}")[0] for part in told.split("{")[1:]]
        assert sorted(places) in ([""] * put_in(english), [str(place) for place in range(put_in(english))]), (
            english
        )
        assert not english.endswith(".")
        assert not told.endswith("。")


RAISED_BELOW = {
    "certificates/keys/key.py": ("ValueError",),
    "certificates/keys/keyfile.py": ("KeySetMissing", "KeySetDamaged", "KeySetExists", "KeySetChanged"),
    "certificates/keys/keyset.py": (
        "KeySetDamaged",
        "KeySetExposed",
        "NoActiveKey",
        "NoSuchKey",
        "ValueError",
    ),
    "certificates/keys/pkcs11.py": ("KeyUnreachable", "NotAKeyUri"),
    "certificates/keys/pkcs8.py": ("WrongPassphrase", "ValueError"),
    "certificates/keys/sm2.py": ("Sm2Unavailable",),
    "certificates/keys/trust.py": ("TrustFileInvalid",),
    "lca/cbam/obligation/default_path.py": ("ValueError",),
    "lca/cbam/obligation/levers.py": ("ValueError",),
    "lca/cbam/obligation/price_paid.py": ("ValueError",),
    "lca/cbam/obligation/prices.py": ("ValueError",),
    "service/cli/keys.py": ("_said", "ValueError"),
    "service/pictures.py": ("NotAPicture",),
}
"""Exceptions whose text a refusal carries, by the module that raises them."""


def below() -> Iterator[tuple[str, str]]:
    for name, kinds in RAISED_BELOW.items():
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in kinds and node.args:
                written = form(node.args[0])
                assert written is not None, f"{name}:{node.lineno}"
                yield name, written.removesuffix(".")


def test_what_is_raised_below():
    missing = sorted((name, one) for name, one in below() if one not in TABLE)
    assert not missing, "add their Chinese forms to service/usecases/problems.toml"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Problems as the layers below tell them, each with something that is carried over."""
    folder, tables = tmp_path_factory.mktemp("keys"), open_tables()
    calls: list[tuple[str, Callable[[], object]]] = [
        ("A B-1", lambda: check_identifier("A B", "1")),
        ("luck", lambda: Options(allocation="luck")),
        ("nothing", lambda: questions("nothing")),
        ("-1", lambda: Quantity(good="g", tonnes=Decimal(-1), year=2026, quarter=2)),
        ("", lambda: VerificationCost(eur_per_year=Decimal(-1), source="s")),
        ("2025", lambda: tables.markup(tables.good("73181595").sector, 2025)),
        ("$.period", lambda: read_monitoring({"period": 3})),
        ("$.installation.name", lambda: read_monitoring({"installation": {"name": 1, "x": 2}})),
        ("keyset.json", lambda: KeySet.load(folder)),
    ]
    made = {}
    for carried, call in calls:
        with pytest.raises((ValueError, LookupError, OSError)) as caught:
            call()
        made[str(caught.value)] = carried
    damages = ("is missing", "has been changed", "lies outside the release", "is not in the manifest")
    told: list[object] = [
        ReleaseDamaged(Path("a"), "f.csv", reason) for reason in (*damages, "belongs to 'b'")
    ]
    told += [NoDefault("7318", "CN"), NoDefault("7318", ""), NotBefore2026(2025), UnknownKey("fuels", "x")]
    told += [installation.NO_NAME, *records._WANTED.values(), "one of a, b"]
    told += [one.format(5, 4) for one in cosigning.PROBLEMS.values()]
    told += [f"{problem} @ $.x" for problem in CATTRS]
    told += [dossiers.SPOKEN.get(noun, noun) for noun in dossiers.NOUNS]
    return made | {str(one): "" for one in told}


CATTRS = ("invalid value", "expected a mapping", "invalid type (text)", "unknown error (text)")
"""What the reader of monitoring data says beside what the calls above bring about."""


def test_what_comes_from_below(said):
    for problem, carried in said.items():
        told = chinese(problem)
        assert told != problem, problem
        assert carried in told
        assert chinese(problem.rstrip(".")) == told
        assert not re.search(r"[a-z]{3} [a-z]{3}", re.sub(r"（.*?）", "", told)), told


def test_no_form_is_left_over(said):
    used = {one for _, one in (*written(), *below())}
    alone = [
        re.compile(".+".join(map(re.escape, english.split("{}"))), re.DOTALL) for english in set(TABLE) - used
    ]
    texts = [part for one in said for part in (one.rstrip("."), *one.split("; "))]
    assert [one.pattern for one in alone if not any(one.fullmatch(text) for text in texts)] == []


@pytest.mark.parametrize(
    ("refusal", "zh", "en"),
    [
        (
            refusals.InvalidInput(field="note", problem="at most 2000 characters"),
            "字段“note”的内容无效：最多 2000 个字符。",
            "The field note is not valid: at most 2000 characters",
        ),
        (
            refusals.InvalidInput(field="years", problem="something nobody foresaw; needed"),
            "字段“years”的内容无效：something nobody foresaw；必填。",
            "The field years is not valid: something nobody foresaw; needed",
        ),
        (refusals.NotFound(noun="study", key="s-1"), "没有找到研究“s-1”", "No study s-1 was found"),
    ],
    ids=["written", "unforeseen", "noun"],
)
def test_a_refusal_speaks_the_language_it_is_asked_for(refusal, zh, en):
    assert refusal.message("zh-CN").startswith(zh)
    assert refusal.message("en").startswith(en)
