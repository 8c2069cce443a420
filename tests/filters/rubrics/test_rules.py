from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.rubrics.rules import BadRule, check_rule, failing, names_of

CRITERIA = ("a", "b")


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("a >= 3", []),
        ("a >= 3.5 and b < 5 and min_score >= 2", ["a >= 3.5", "b < 5"]),
        ("a > 4 or b > 4", []),
        ("(a > 4 or b > 5) and agreement >= 0.5", ["a > 4 or b > 5"]),
        ("not (a > 2 and b > 2)", ["not (a > 2 and b > 2)"]),
        ("1 < a <= 3 < b", []),
        ("(a + b) / 2 >= 4 and a * 2 - b > 0 and -a < 0", []),
        ("min(a, b) >= 3 and max(a, b, 4) == 5 and abs(a - b) != 2", ["abs(a - b) != 2"]),
        ("score > 0.5\n  and\n  mean_score > 4", ["mean_score > 4"]),
    ],
)
def test_rules(rule: str, left: list[str]) -> None:
    values = {"a": 3, "b": 5, "min_score": 3, "mean_score": 4, "score": 0.75, "agreement": 0.5}
    check_rule(rule, CRITERIA)
    assert failing(rule, values) == left


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "is no expression"),
        ("a >=", "is no expression"),
        ("a >= 3; b", "is no expression"),
        ("a = 3", "is no expression"),
        ("(" * 500 + "a" + ")" * 500 + " > 1", "is no expression"),
        ("-" * 400 + "a > 1", "nested more than 50 deep"),
        ("not " * 400 + "a > 1", "nested more than 50 deep"),
        ("a" + " + a" * 400 + " > 1", "nested more than 50 deep"),
        ("a\x00 > 1", "is no expression"),
        ("a > 1 " + "and a > 1 " * 500, "longer than 2000 characters"),
        ("a", "'a' is no comparison"),
        ("a and b > 3", "'a' is no comparison"),
        ("True", "'True' is no number"),
        ("a > 3 or True", "'True' is no number"),
        ("(a > 3) > 0", "compares what is no number"),
        ("a > (b or 3)", "compares what is no number"),
        ("c > 3 and a > 1", "unknown name 'c'; there are: a, b, min_score"),
        ("a > 3 or c > 1", "unknown name 'c'"),  # which an evaluation might never reach
        ("min > 3", "unknown name 'min'"),
        ("a in (1, 2)", "is not allowed"),
        ("a is b", "is not allowed"),
        ("a ** b > 1", "'pow' is not allowed"),
        ("a % 2 == 1", "'mod' is not allowed"),
        ("a << 9 > 1", "is not allowed"),
        ("a.real > 1", "'a.real' is not allowed"),
        ("a[0] > 1", "is not allowed"),
        ("[a for a in b] > 1", "is not allowed"),
        ("(lambda: a) > 1", "is not allowed"),
        ("(a := 5) > 1", "is not allowed"),
        ("(a if b else 1) > 1", "is not allowed"),
        ("f'{a}' > 1", "is not allowed"),
        ("'5' < a", "is no number"),
        ("1j < a", "is no number"),
        ("None == a", "is no number"),
        ("a / b > 1", "only a number other than 0 divides"),
        ("a / 0 > 1", "only a number other than 0 divides"),
        ("__import__('os').system('ls') > 1", "no call but"),
        ("rand() > 1", "no call but"),
        ("abs(a, b) > 1", "no call but"),
        ("min(a) > 1", "no call but"),
        ("min(a, key=b) > 1", "no call but"),
        ("min(*a) > 1", "no call but"),
        ("a.b() > 1", "no call but"),
        ("max(a, b)(a) > 1", "no call but"),
    ],
)
def test_what_is_no_rule_is_refused_before_it_is_used(rule: str, said: str) -> None:
    with pytest.raises(BadRule) as caught:
        check_rule(rule, CRITERIA)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


NUMBERS = st.floats(1, 5).map(lambda number: round(number, 2))
OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


@given(
    st.lists(st.tuples(st.sampled_from(CRITERIA), OPERATORS, NUMBERS), min_size=1, max_size=5),
    NUMBERS,
    NUMBERS,
)
def test_a_rule_means_what_it_says(parts: list[tuple[str, str, float]], a: float, b: float) -> None:
    compare = {
        "<": float.__lt__,
        "<=": float.__le__,
        ">": float.__gt__,
        ">=": float.__ge__,
        "==": float.__eq__,
        "!=": float.__ne__,
    }
    values = {"a": a, "b": b}
    truths = [compare[operator](values[name], number) for name, operator, number in parts]
    texts = [f"{name} {operator} {number}" for name, operator, number in parts]
    for joiner, whole in (("and", all(truths)), ("or", any(truths))):
        rule = f" {joiner} ".join(texts)
        check_rule(rule, CRITERIA)
        assert (failing(rule, values) == []) == whole
    missed = [text for text, truth in zip(texts, truths, strict=True) if not truth]
    assert failing(" and ".join(texts), values) == missed


@given(st.text(alphabet="ab()<>=+-*/. 0123456789,andortminx_[]'\"", max_size=40))
def test_whatever_passes_can_be_evaluated(rule: str) -> None:
    try:
        check_rule(rule, CRITERIA)
    except BadRule:
        return
    values = dict.fromkeys((*CRITERIA, "min_score", "mean_score", "score", "agreement"), math.pi)
    assert all(part for part in failing(rule, values))


def test_the_names_of_a_part_are_in_order_and_once() -> None:
    assert names_of("b > a and min(b, score) > 1") == ("b", "a", "score")
