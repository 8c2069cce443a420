from __future__ import annotations

import json
import math
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.client import Answer, Token
from inference.likelihood import expected_values

LABELS = ("1", "2", "3", "4", "5")
Alternatives = tuple[tuple[str, float], ...]
SURE: Alternatives = (("4", 0.0),)
TORN: Alternatives = (("4", math.log(0.5)), (" 5", math.log(0.25)), ("x", math.log(0.25)))


def answer(*tokens: str | tuple[str, Alternatives]) -> Answer:
    """Returns an answer of tokens; those without alternatives say nothing about them."""
    made = tuple(Token(token, ()) if isinstance(token, str) else Token(*token) for token in tokens)
    said = b"".join(token.text.encode(errors="surrogateescape") for token in made)
    return Answer(said.decode(), tokens=made)


def test_an_expected_value_is_weighted_by_probability() -> None:
    said = answer('{"', "score", '":', " ", ("4", TORN), "}")
    assert expected_values(said, LABELS, ["score"]) == {"score": pytest.approx((4 * 0.5 + 5 * 0.25) / 0.75)}


@pytest.mark.parametrize(
    "tokens",
    [
        ['{"score":', ("4", SURE), "}"],
        ['{"score":', (" 4", SURE), "}"],
        ['{"score":', ("\n 4", SURE), "}"],
        ['{"score": ', ("4\n", SURE), "}"],
        ['{"score":', ("4", SURE), "}", ""],
        ['{"score"', ":", "", ("4", SURE), "}"],
    ],
)
def test_a_label_may_have_blanks(tokens: list[Any]) -> None:
    assert expected_values(answer(*tokens), LABELS, ["score"]) == {"score": 4.0}


@pytest.mark.parametrize(
    "tokens",
    [
        ['{"score": ', ("4,", SURE), ' "a": 1}'],
        ['{"score": ', ("4}", SURE)],
        ['{"score"', (": 4", SURE), "}"],
        ['{"score": ', ("4", SURE), "2}"],
        ['{"score": ', ("4", SURE), ".5}"],
        ['{"score": ', ("4", SURE), "e0}"],
        ['{"score": "', ("4", SURE), '"}'],
        ['{"score": [', ("4", SURE), "]}"],
        ['{"score": ', ("6", (("6", 0.0),)), "}"],
        ['{"score": ', ("6", (("6", -1.0), ("5", -1.0))), "}"],
        ['{"score": ', ("4", ()), "}"],
        ['{"score": ', ("4", (("x", 0.0),)), "}"],
        ['{"score": ', ("4", (("4", -math.inf),)), "}"],
        ['{"score": ', ("4", (("4", math.nan),)), "}"],
        ['{"score": true}'],
        ["no JSON"],
        ['["score", ', ("4", SURE), "]"],
        ['{"score": ', ("4", SURE)],
        ['{"score"', ("4", SURE), "}"],
    ],
)
def test_without_a_token_of_its_own_there_is_none(tokens: list[Any]) -> None:
    assert expected_values(answer(*tokens), LABELS, ["score", "other"]) == {}


def test_a_part_of_a_label_is_no_label() -> None:
    said = answer('{"score": ', ("1", (("1", 0.0),)), "0}")
    assert expected_values(said, ["2", "1", "10"], ["score"]) == {}


def test_without_likelihoods_there_is_none() -> None:
    assert expected_values(Answer('{"score": 4}'), LABELS, ["score"]) == {}


def test_tokens_of_another_text_say_nothing() -> None:
    said = answer('{"score": ', ("4", SURE), "}")
    assert expected_values(Answer(said.text + " ", tokens=said.tokens), LABELS, ["score"]) == {}
    assert expected_values(Answer("x", tokens=said.tokens), LABELS, ["score"]) == {}


def test_a_token_of_the_end_may_follow() -> None:
    said = answer('{"score": ', ("4", SURE), "}", "<|im_end|>")
    text = said.text.removesuffix("<|im_end|>")
    assert expected_values(Answer(text, tokens=said.tokens), LABELS, ["score"]) == {"score": 4.0}


def test_nested_names_and_names_with_dots() -> None:
    five: Alternatives = (("5", 0.0),)
    said = answer(
        '{"a": {"b": ', ("4", SURE), ', "c": {"d": ', ("5", five), '}}, "a.b": ', ("1", (("1", 0.0),)), "}"
    )
    found = expected_values(said, LABELS, ["a.b", "a.c.d", "d", "a"])
    assert found == {"a.b": 4.0, "a.c.d": 5.0}


def test_of_two_members_with_one_name_the_last_one_counts() -> None:
    said = answer('{"a": ', ("4", SURE), ', "a": ', ("5", (("5", 0.0),)), "}")
    assert expected_values(said, LABELS, ["a"]) == {"a": 5.0}
    said = answer('{"a": ', ("4", SURE), ', "a": "x"}')
    assert expected_values(said, LABELS, ["a"]) == {}


def test_a_score_that_a_text_only_mentions_is_none() -> None:
    said = answer('{"why": "{\\"score\\": ', ("4", SURE), '}", "score": ', ("5", (("5", 0.0),)), "}")
    assert expected_values(said, LABELS, ["score"]) == {"score": 5.0}


def test_hostile_likelihoods_stay_in_range() -> None:
    said = answer('{"score": ', ("4", (("4", 1e6), ("5", 0.0))), "}")
    assert expected_values(said, LABELS, ["score"]) == {"score": 4.5}


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    said = answer('{"a": ', ("4", SURE), "}")
    assert expected_values(Answer('{"a": 4, "b": "\ud800"}', tokens=said.tokens), LABELS, ["a"]) == {}


def test_a_long_answer_takes_no_time() -> None:
    start = time.monotonic()
    said = answer("{" + ",".join(f'"k{i}":{i}' for i in range(100_000)), ',"s": ', ("4", SURE), "}")
    assert expected_values(said, LABELS, ["s"]) == {"s": 4.0}
    assert expected_values(answer('{"a":' * 100_000, ("4", SURE), "}"), LABELS, ["a"]) == {}
    assert time.monotonic() - start < 30  # hours if it grew with the square


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="."), max_size=5)
OTHER = st.one_of(NAMES, st.booleans(), st.none(), st.floats(allow_nan=False), st.lists(NAMES, max_size=2))
OBJECTS = st.recursive(
    st.dictionaries(NAMES, st.one_of(OTHER, st.integers(1, 5)), max_size=4),
    lambda inner: st.dictionaries(NAMES, st.one_of(OTHER, st.integers(1, 5), inner), max_size=4),
    max_leaves=5,
)
LOGPROBS = st.lists(
    st.tuples(st.sampled_from([*LABELS, " 3", "5\n", "4,", "x"]), st.floats(-30, 0)), min_size=1, max_size=8
)


def scores(value: dict[str, Any], path: str = "") -> dict[str, int]:
    """Returns the whole numbers of an object by their names, as the definition has them."""
    found = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            found.update(scores(inner, f"{path}{name}."))
        elif isinstance(inner, int) and not isinstance(inner, bool):
            found[f"{path}{name}"] = inner
    return found


@given(OBJECTS, LOGPROBS, st.data(), st.booleans(), st.sampled_from([None, 1]))
def test_expected_values_are_what_they_are_defined_as(
    value: dict[str, Any],
    logprobs: list[tuple[str, float]],
    data: st.DataObject,
    ascii: bool,
    indent: int | None,
) -> None:
    """Made-up streams: numbers are tokens of their own, all else is cut anywhere, characters too."""
    assume(scores(value))
    text = json.dumps(value, ensure_ascii=ascii, indent=indent)
    raw = text.encode()
    whole = {at for at, byte in enumerate(raw) if raw[at : at + 1] in (b"1", b"2", b"3", b"4", b"5")}
    cuts = set(data.draw(st.lists(st.integers(0, len(raw)), max_size=10)))
    edges = sorted({0, len(raw)} | cuts | whole | {at + 1 for at in whole})
    parts = [raw[a:b] for a, b in pairwise(edges)]
    tokens = tuple(Token(part.decode(errors="surrogateescape"), tuple(logprobs)) for part in parts)
    found = expected_values(Answer(text, tokens=tokens), LABELS, sorted(scores(value)))
    weights = [(int(t), math.exp(p)) for t, p in logprobs if t.strip() in LABELS]
    if not weights:
        assert found == {}
        return
    mean = sum(label * w for label, w in weights) / sum(w for _, w in weights)
    assert found == {name: pytest.approx(mean) for name in scores(value)}
    assert all(1 <= value <= 5 for value in found.values())


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_any_stream_is_survived(raw: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(raw), *(cut for cut in cuts if cut <= len(raw))})
    parts = [raw[a:b].decode(errors="surrogateescape") for a, b in pairwise(edges)]
    tokens = tuple(Token(part, TORN) for part in parts)
    text = raw.decode(errors="replace")
    assert all(1 <= v <= 5 for v in expected_values(Answer(text, tokens=tokens), LABELS, ["a"]).values())
