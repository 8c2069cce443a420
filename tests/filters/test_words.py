from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.words import Text, Texts, is_dense, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Don't stop, O'Neil!", ["Don't", "stop", ",", "O'Neil", "!"]),
        ("L’été à Zürich", ["L’été", "à", "Zürich"]),
        ("well-known -- and so... on", ["well", "-", "known", "--", "and", "so", "...", "on"]),
        ("3.14 x_1", ["3", ".", "14", "x_1"]),
        ("我们学习。", ["我", "们", "学", "习", "。"]),
        ("データを見る", ["データ", "を", "見", "る"]),
        ("ภาษาไทยสวย", ["ภาษา", "ไทยส", "วย"]),
        ("Привет, мир", ["Привет", ",", "мир"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा", "।"]),
        ("বাংলা தமிழ் తెలుగు", ["বাংলা", "தமிழ்", "తెలుగు"]),
        ("e\u0301te\u0301 l'e\u0301te\u0301", ["e\u0301te\u0301", "l'e\u0301te\u0301"]),
        ("می\u200cروم 学 हिन्दी", ["می\u200cروم", "学", "हिन्दी"]),
        ("PDF文書", ["PDF", "文", "書"]),
    ],
)
def test_words_of_many_scripts(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(st.text())
def test_no_character_is_lost_but_white_space(text: str) -> None:
    assert "".join(tokens(text)) == re.sub(r"\s", "", text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_takes_no_other_way_to_other_words(text: str) -> None:
    from filters import words

    assert words._ASCII.findall(text) == words._ANY.findall(text)


def test_words_are_tokens_that_are_no_marks() -> None:
    assert Text("A -- b, c_d 1.").words == ["A", "b", "c_d", "1"]
    assert is_dense("学")
    assert not is_dense("word")


def test_texts_of_columns() -> None:
    texts = Texts({"a": "x", "b": {"c": "y"}, "d": 3, "e": None}, ("a", "b.c", "d", "e", "none"))
    assert texts.text().raw == "x\n\ny"
    assert texts.text(("d",)).raw == ""
    assert texts.text(("b.c",)) is texts.text(("b.c",))
