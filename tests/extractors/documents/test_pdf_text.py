"""Characters and lines of PDFs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.documents.pdf_latex import finished
from extractors.documents.pdf_text import Hyphens, join, plain, plain_symbols, script, tidy

NONE = Hyphens([])


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("e\ufb03cient", "efficient"),
        ("\U0001d465 \u210e", "\U0001d465 \u210e"),
        ("a\u00a0b\u2009c", "a b c"),
        ("\x00a\x1fb\u200b", "ab"),
        ("\uf8ee\uf8ef\uf8f0", "["),
        ("\u23a1\u23a2\u23a3", "["),
        ("e\u0301", "é"),
        ("\ue000\ufffd", "\ufffd"),
    ],
)
def test_plain(printed: str, seen: str) -> None:
    assert plain(printed) == seen


def test_codes_of_tex_fonts_are_delimiters() -> None:
    assert plain_symbols("\x12", extension=True) == "("
    assert plain_symbols("\x15", extension=True) == "]"
    assert plain_symbols("p", extension=True) == "√"
    assert plain_symbols("−®", extension=False) == "−"


@given(st.text())
def test_plain_leaves_nothing_invisible_and_is_done_once(text: str) -> None:
    once = plain(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\ufb00-\ufb06\ue000-\uf8ff\ud800-\udfff]", once)
    assert plain(once) == once


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("the accel-", "eration", "the acceleration"),
        ("the accel\u00ad", "eration", "the acceleration"),
        ("from Navier-", "Stokes", "from Navier-Stokes"),
        ("the position-", "versus-time graph", "the position-versus-time graph"),
        ("a two-dimen-", "sional one", "a two-dimen-sional one"),
        ("x = 3 -", "4", "x = 3 - 4"),
        ("plain words", "go on", "plain words go on"),
        ("漢字", "仮名", "漢字仮名"),
    ],
)
def test_join(before: str, after: str, joined: str) -> None:
    assert join(before, after, NONE) == joined


def test_hyphens_are_kept_where_the_document_has_the_word_with_them() -> None:
    known = Hyphens(["a well-known fact", "what is formed here", "to be co-ordinated"])
    assert join("it is well-", "known", known) == "it is well-known"
    assert join("it is well-", "formed", known) == "it is well-formed"
    assert join("it is well-", "ington", known) == "it is wellington"


@given(
    st.text(alphabet="ab-\u00ad. 3", min_size=1, max_size=8),
    st.text(alphabet="abA-3", min_size=1, max_size=8),
)
def test_join_loses_no_letter(before: str, after: str) -> None:
    letters = re.compile(r"[^\W_]")
    assert letters.findall(join(before, after, NONE)) == letters.findall(before + after)


def test_scripts_and_tidying() -> None:
    assert script("^", "2") == finished("^2")
    assert script("_", "10") == finished("_{10}")
    assert script("^", "′′") == finished("''")
    assert tidy(f"so x = {finished('^1')}/{finished('_2')} of it") == f"so x = {finished('1/2')} of it"
    assert tidy(f"x{finished('^2')}/3") == f"x{finished('^2')}/3"
    assert tidy("¯x and M¨uller, a \u0338= b") == "x̄ and Müller, a ≠ b"
