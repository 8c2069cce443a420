"""A text has the same words however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.canonical import is_plain_word, words_of

_PIECES = (
    "\\frac{1}{2} $x^2$ \\(α\\) twenty five -\n 1,000 1\\,000 .50 ٣ &lt; <b> ’s a Ｂ don't \u00ad ﬁ ſ "
    "İ πr 日本 007 3. ½ \\begin{align} \\varphi \\frac13"
)
TEXTS = st.text() | st.lists(st.sampled_from([*_PIECES.split(" "), " "])).map("".join)


@given(TEXTS)
def test_words_of_words_are_the_same_words(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words
    assert all(words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Janet's ducks lay 16 eggs.", "JANET’S DUCKS\n lay **16** eggs"),
        ("costs $1,250.50 a day", r"costs \$1{,}250.5 a day"),
        ("10000 people", r"$10,\!000$ people"),
        ("twenty-five of 12", "25 of twelve"),
        ("half of 3/4", r"half of $\dfrac{3}{4}$"),
        ("the area πr² of α", r"the area $\pi r^{2}$ of \(\alpha\)"),
        ("sin x + √2", r"$\sin x+\sqrt{2}$"),
        ("sqrt(2) and 1/3", r"$\sqrt{2}$ and $\frac13$"),
        ("every farmers market", "every far-\nmers mar­ket"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("find x", "\U0001d41f\U0001d422\U0001d427\U0001d41d \U0001d465"),
        ("12 and 3", "١٢ and ３"),
        ("the value", r"\begin{center}\textbf{The} value\end{center}"),
        ("efficient", "eﬃcient"),
        ("a b", "a b​"),
    ],
)
def test_the_form_does_not_matter(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("3.5 m", "35 m"), ("x = 2", "y = 2"), ("2 apples", "3 apples"), ("sin x", "cos x")]
)
def test_what_is_said_does(one: str, other: str) -> None:
    assert words_of(one) != words_of(other)


def test_scripts_without_blanks_are_read_by_the_character() -> None:
    assert words_of("求解 x2") == ["求", "解", "x", "2"]


def test_numbers_and_variables_are_no_plain_words() -> None:
    words = words_of("Let x be 12 日 apples")
    assert [word for word in words if is_plain_word(word)] == ["let", "be", "日", "apples"]


def test_long_texts_take_no_more_than_their_length() -> None:
    """Patterns that could go back over the text again and again would never end here."""
    for hostile in ("<a", "\\begin{", "1,\\!", "-\n", "&", "a'", "\\frac1", "twenty "):
        words_of(hostile * 200_000)


def test_combining_marks_divide_no_word() -> None:
    assert words_of("हिन्दी भाषा") == ["हिन्दी", "भाषा"]
