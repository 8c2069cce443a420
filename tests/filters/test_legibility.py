from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.legibility import broken_mathematics, has_mathematics, lost_share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0),
        ("Find $x$ — ½, é, 図, 😀\n\tand so on", 0),
        ("a\ufffdbc", 0.25),
        ("a\ue000bc", 0.25),  # private use
        ("a\x07bc", 0.25),
        ("a(cid:31)bc", 0.25),
        ("\ufffd\ufffd", 1),
    ],
)
def test_lost_characters(text: str, share: float) -> None:
    assert lost_share(text) == share


@pytest.mark.parametrize(
    "text",
    [
        r"Let $f(x) = 1 \text{ if $x>0$}$ and 0 otherwise.",
        r"$$a_n = 2 \mbox{ for all $n_{k}$ and $m$}.$$ Then $x$.",
        r"It costs $\$5 + \frac{1}{2}$ and $x\\$.",
        "no mathematics",
        r"$x_{1}^{2}$ and $\frac{a}{b}$",
        r"$$\left( \frac{1}{2} \right]$$",
        r"$\{ x : x > 0 \}$",
        r"$\left\{ x \right.$",
        r"$\leftarrow \rightarrow$",
        "it costs $5",
        r"it costs $5 {as said} and $6 { or so, $\frac{1}{2}$ of it $3}",
        r"it costs \$5 and \$6 {",
        "`$x{$` is code",
        "```\n$x{$\n```",
        r"$\\{a}$",
    ],
)
def test_mathematics_that_can_be_read(text: str) -> None:
    assert broken_mathematics(text) == ""


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("so $x^{2$ is", "x^{2"),
        ("so $x}{$ is", "x}{"),
        ("so $$\n\\frac{1}{2}} $$", "\\frac{1}{2}}"),
        (r"$a$ and $\left( b$", r"\left( b"),
        (r"$\frac{}{2}$", r"\frac{}{2}"),
        (r"$\frac{2}{ }$", r"\frac{2}{ }"),
        (r"$\sqrt{}$", r"\sqrt{}"),
        (r"one costs $5, and $\sqrt{}$", r"\sqrt{}"),
    ],
)
def test_mathematics_that_can_not_be_read(text: str, formula: str) -> None:
    assert broken_mathematics(text) == formula


@given(st.text(alphabet="ab{}\\ ^_123"))
def test_balanced_braces_are_never_broken(text: str) -> None:
    balanced = "{" * text.count("{") + "x" + "}" * text.count("{")
    assert broken_mathematics(f"${balanced}$") == ""
    assert broken_mathematics(f"${balanced}" + "}$") != ""


def test_whether_there_is_mathematics() -> None:
    assert has_mathematics("so $x$")
    assert has_mathematics("so $$x\n+ y$$")
    assert not has_mathematics("so `$x$`, for $5")


def test_formulas_in_any_delimiters_are_looked_at() -> None:
    for broken in (r"\left( x", r"\frac{a}{b", r"\frac{}{}"):
        for begin, end in ((r"\(", r"\)"), (r"\[", r"\]"), (r"\begin{align*}", r"\end{align*}"), ("$", "$")):
            assert broken_mathematics(f"so {begin}{broken}{end} is") == broken
            assert broken_mathematics(f"so {begin}\\left( x \\right){end} is") == ""
