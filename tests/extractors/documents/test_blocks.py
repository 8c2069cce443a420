"""The builder that every reader but PDF's feeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.documents.blocks import Builder, script
from extractors.documents.characters import file_name, printable
from extractors.documents.enumeration import ordered_marker
from extractors.documents.tex import tidy_math
from schemas.document import Style


def test_marker_waits_for_the_first_paragraph() -> None:
    builder = Builder()
    builder.begin_item("1.", ordered=True)
    builder.begin_item("(a)", ordered=True)
    builder.text("inner")
    builder.end_item()
    builder.text("after")
    builder.end_item()
    assert [(b.kind, b.level, b.marker, b.text) for b in builder.blocks()] == [
        ("list_item", 1, "1.", "1."),
        ("list_item", 2, "(a)", "(a) inner"),
        ("paragraph", 1, "", "after"),
    ]


def test_number_alone_is_printed_and_a_bullet_alone_is_not() -> None:
    builder = Builder()
    for marker, ordered in (("1.", True), ("-", False)):
        builder.begin_item(marker, ordered)
        builder.end_item()
    assert [b.text for b in builder.blocks()] == ["1."]


def test_style_counts_leading_characters_of_the_printed_text() -> None:
    builder = Builder()
    builder.begin_item("2.", ordered=True)
    builder.bold += 1
    builder.text(" Two  words ")
    builder.bold -= 1
    builder.text("then plain")
    builder.end_item()
    (block,) = builder.blocks()
    assert block.text == "2. Two words then plain"
    assert block.style == Style(bold=len("2. Two words"))


def test_identifiers_are_unique() -> None:
    builder = Builder()
    for _ in range(3):
        with builder.container("exercise", "e"):
            builder.text("x")
            builder.flush()
    assert len({block.containers[0].id for block in builder.blocks()}) == 3


def test_footnote_follows_its_paragraph() -> None:
    builder = Builder()
    builder.text("before")
    with builder.footnote():
        builder.text("note")
        builder.flush()
    builder.text(" after")
    assert [(b.kind, b.text) for b in builder.blocks()] == [
        ("paragraph", "before after"),
        ("footnote", "note"),
    ]


@pytest.mark.parametrize(
    ("number", "numbering", "expected"),
    [
        (4, "lower-roman", "iv."),
        (27, "lower-alpha", "aa."),
        (26, "upper-alpha", "Z."),
        (0, "lower-alpha", "0."),
        (-1, "upper-roman", "-1."),
        (1994, "upper-roman", "MCMXCIV."),
    ],
)
def test_markers(number: int, numbering: str, expected: str) -> None:
    assert ordered_marker(number, numbering) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tex", "tidy"),
    [
        ("a % comment\nb", "a b"),
        (r"50\% of", r"50\% of"),
        (r"\begin{equation}\label{x} a \end{equation}", "a"),
        (r"\begin{align*} a &= b \end{align*}", r"\begin{aligned} a &= b \end{aligned}"),
        (r"x \rightarrow \ ", r"x \rightarrow"),
        (r"a \mspace{54mu} b", r"a \quad b"),
        (r"a \\", r"a \\"),
    ],
)
def test_tidy_math(tex: str, tidy: str) -> None:
    assert tidy_math(tex) == tidy


@pytest.mark.parametrize(
    ("source", "name"),
    [("a/b%20c.png?x=1", "b c.png"), ("data:image/png;base64,AA", "image"), ("", "image"), ("//[", "[")],
)
def test_file_name(source: str, name: str) -> None:
    assert file_name(source) == name


@given(st.text())
def test_printable_twice_is_printable_once(text: str) -> None:
    assert printable(printable(text)) == printable(text)


def test_script() -> None:
    assert script("^", " 2 ") == "^2"
    assert script("_", "12") == "_{12}"
