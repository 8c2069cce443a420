"""The published rules: each at the edges of its threshold, and none of them on pages of novels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.heuristics import c4, fineweb, gopher, repetition
from filters.kinds import KEEP, Kind, verdict
from filters.words import Text, Texts

PROSE = "the cat and the dog have to be with that man of the town"  # 14 words, stop words among them


def scored(kind: Kind, text: str, **options: Any) -> tuple[dict[str, Any], str]:
    """Returns the scores of a text, and the reason of its rejection."""
    chosen = kind.options.model_validate(options)
    values = kind.open(chosen)(Texts({"text": text}, ("text",)))
    scores = dict(zip((score.name for score in kind.scores(chosen)), values, strict=True))
    return scores, verdict(kind, chosen, scores).reason


def words(n: int, word: str = "word") -> str:
    return " ".join(["the", "and", *[word] * (n - 2)])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (words(49), "too_few_words"),
        (words(50), ""),
        ("the of " + "ab " * 60, "short_words"),
        ("the and " + "abc " * 60, ""),
        ("the and " + "abcdefghij " * 500, ""),
        ("the and " + "abcdefghijk " * 500, "long_words"),
        (words(100) + " #" * 10, ""),
        (words(100) + " #" * 11, "hashes"),
        (words(99) + " …" * 10 + " end", ""),
        (words(99) + " ..." * 11 + " end", "ellipses"),
        ("\n".join(["- " + words(10)] * 9 + [words(10)]), ""),
        ("\n".join(["• " + words(10)] * 10), "bullets"),
        ("\n".join([words(20) + "..."] * 3 + [words(20)] * 7), ""),
        ("\n".join([words(20) + "…"] * 4 + [words(20)] * 6), "cut_lines"),
        (words(80) + " 1234" * 20, ""),
        (words(79) + " 1234" * 21, "few_letters"),
        ("the " + "word " * 60, "few_stop_words"),
        ("the of " + "word " * 60, ""),
    ],
)
def test_gopher_at_its_edges(text: str, reason: str) -> None:
    assert scored(gopher.KIND, text)[1] == reason


def test_gopher_has_an_upper_bound_of_words() -> None:
    assert scored(gopher.KIND, words(60), max_words=59)[1] == "too_many_words"
    assert scored(gopher.KIND, words(60), max_words=60)[1] == ""


def test_gopher_knows_other_languages() -> None:
    german = "der Hund und die Katze sind nicht mit dem Mann von der Stadt gekommen " * 6
    assert scored(gopher.KIND, german)[1] == "few_stop_words"
    assert scored(gopher.KIND, german, language="de")[1] == ""
    assert scored(gopher.KIND, german, language="auto")[1] == ""
    with pytest.raises(ValueError, match="language tlh: no function words"):
        gopher.KIND.check(gopher.GopherQuality(language="tlh"))


@pytest.mark.parametrize(
    "text", ["我们在学习数学的时候是不会有问题的。" * 10, "これは日本語の文章です。" * 10]
)
def test_the_length_of_words_says_nothing_in_scripts_without_blanks(text: str) -> None:
    scores, reason = scored(gopher.KIND, text, language="auto")
    assert scores["mean_word_length"] is None
    assert reason == ""


def test_null_turns_a_threshold_off() -> None:
    assert scored(gopher.KIND, "short", min_words=None, min_stop_words=None)[1] == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("duplicate_paragraphs", "a\n\nb\n\na\n\nc", 1 / 4),
        ("duplicate_paragraph_chars", "aa\n\nb\n\naa", 2 / 9),
        ("duplicate_lines", "a\nb\na\na", 2 / 4),
        ("duplicate_line_chars", "aa\nb\naa", 2 / 7),
        ("top_2_gram", "a b a b c", 2 * 3 / 9),
        ("top_3_gram", "a b c d", 5 / 7),
        ("top_4_gram", "a b c", 0),
        ("duplicate_5_grams", "a b c d e a b c d e", 5 / 19),
        ("duplicate_6_grams", "a b c d e a b c d e", 0),
        ("duplicate_10_grams", "q r s t u v w x y z " * 2, 10 / 40),
    ],
)
def test_repetition_is_counted_by_hand(name: str, text: str, value: float) -> None:
    assert scored(repetition.KIND, text)[0][name] == pytest.approx(value)


@pytest.mark.parametrize("score", repetition.SCORES, ids=lambda score: score.name)
def test_repetition_at_its_edges(score: Any) -> None:
    option = f"max_{score.name}"
    options = repetition.GopherRepetition()
    limit = getattr(options, option)
    others = {s.name: 0.0 for s in repetition.SCORES}
    assert verdict(repetition.KIND, options, {**others, score.name: limit}) == KEEP
    assert verdict(repetition.KIND, options, {**others, score.name: limit + 1e-9}).reason == score.name


@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(5, 10))
def test_what_stood_before_is_counted_as_the_slow_way_counts(tokens: list[str], n: int) -> None:
    seen, place, characters = set(), 0, 0
    while place + n <= len(tokens):
        gram = tuple(tokens[place : place + n])
        if gram in seen:
            characters, place = characters + n, place + n
        else:
            seen.add(gram)
            place += 1
    assert repetition._duplicate_grams(tokens)[n - 5] == characters


LONG = "a line of more than thirty characters"
LINE = "This is a line of seven words."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n".join([LINE] * 3), ""),
        ("\n".join([LINE] * 2), "too_few_sentences"),
        (f"{LINE} {LINE} {LINE}", ""),
        ("\n".join([LINE] * 3 + ["Lorem ipsum dolor sit amet is here."]), "lorem_ipsum"),
        ("\n".join([LINE] * 3 + ["Here is a { in the line."]), "curly_brackets"),
        ("\n".join([LINE] * 3 + ["Here is a { without an end"]), ""),
    ],
)
def test_c4_at_its_edges(text: str, reason: str) -> None:
    assert scored(c4.KIND, text)[1] == reason


@pytest.mark.parametrize(
    "line",
    [
        "Four words are few.",
        "No mark at the end of it",
        "It goes on and on ...",
        "Please enable Javascript in your browser now.",
        "By using it you accept our terms of use.",
        "A " + "w" * 1001 + " is in this long line.",
    ],
)
def test_c4_takes_lines_out(line: str) -> None:
    text = "\n".join([LINE, line, LINE, LINE])
    scores, reason = scored(c4.KIND, text)
    assert (scores["dropped_lines"], reason) == (0.25, "")
    rewrite = c4.KIND.rewrite(c4.C4())
    assert rewrite is not None
    assert rewrite(text) == "\n".join([LINE] * 3)
    assert c4.KIND.rewrite(c4.C4(drop_lines=False)) is None


def test_ends_of_lines_may_be_what_they_are() -> None:
    text = "No mark is at the end\nIt goes on and on ...\nfour words are few."
    assert c4.clean(text).lines == ()
    rewrite = c4.KIND.rewrite(c4.C4(no_terminal_punctuation=False))
    assert rewrite is not None
    assert rewrite(text) == "No mark is at the end\nIt goes on and on ..."


def test_c4_takes_citations_out_and_counts_sentences() -> None:
    assert c4.clean("It was so in the year 1900.[12][citation needed]").lines == (
        "It was so in the year 1900.",
    )
    assert c4.clean("One two [1] four five.").lines == ()  # four words are left
    assert c4.sentences('"Who is Mr. J. Smith?" he said. It was I!') == 3
    assert c4.sentences("没有。是的！") == 2


@given(
    st.lists(st.sampled_from(["one two", " three", "[1]", "[edit]", ".", "\n", "[", "edit]"]), max_size=20)
)
def test_what_c4_leaves_it_leaves_again(parts: list[str]) -> None:
    lines = c4.clean("".join(parts)).lines
    assert c4.clean("\n".join(lines)).lines == lines


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n".join([f"{LONG}.", *(f"{n} {LONG}" for n in range(7))]), ""),
        ("\n".join([f"{LONG}.", *(f"{n} {LONG}" for n in range(8))]), "few_punctuated_lines"),
        ("\n".join([*(f"{n}." for n in range(66)), *(f"{n} {LONG}." for n in range(34))]), ""),
        ("\n".join([*(f"{n}." for n in range(67)), *(f"{n} {LONG}." for n in range(33))]), "short_lines"),
        ("word " * 17 + ".\nshort line.\nshort line.", "duplicate_lines"),
        ("word " * 18 + ".\nshort line.\nshort line.", ""),
        ("\n" * 31 + "a line of a hundred words here. " * 13 + "End.", ""),  # 106 words and marks
        ("\n" * 32 + "a line of a hundred words here. " * 13 + "End.", "line_breaks"),
    ],
)  # fmt: skip
def test_fineweb_at_its_edges(text: str, reason: str) -> None:
    assert scored(fineweb.KIND, text)[1] == reason


@pytest.mark.parametrize("kind", [gopher.KIND, repetition.KIND, c4.KIND, fineweb.KIND], ids=lambda k: k.name)
@given(text=st.text())
def test_any_text_has_scores(kind: Kind, text: str) -> None:
    scores, _ = scored(kind, text)
    for score in kind.scores(kind.options()):
        value = scores[score.name]
        assert value is None or (value >= 0 and value == value)
        assert value is None or isinstance(value, int) == (score.type == "int64") or value == int(value)


@pytest.mark.parametrize(
    "name", ["105_persuasion", "113_the_secret_garden", "11_alices_adventures_in_wonderland"]
)
def test_pages_of_novels_are_prose(name: str) -> None:
    path = Path(__file__).parents[3].parent / "shared/data/litbank" / f"{name}.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    novel = path.read_text(encoding="utf-8")
    pages = [novel[start : start + 2500] for start in range(5000, len(novel) - 2500, 20_000)]
    for kind in (gopher.KIND, repetition.KIND):
        reasons = [scored(kind, page)[1] for page in pages]
        assert reasons.count("") >= 0.95 * len(pages), reasons


def test_a_text_is_divided_once() -> None:
    text = Text("one two")
    assert text.tokens is text.tokens
