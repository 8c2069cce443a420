"""Languages are told from prose alone."""

from __future__ import annotations

import pytest

from extractors.documents.language import guess_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What is the mass of the body that falls from the tower?", "en"),
        ("Welche Masse hat der Körper, der vom Turm fällt?", "de"),
        ("Quelle est la masse du corps qui tombe de la tour ?", "fr"),
        ("Чему равна масса тела, которое падает с башни?", "ru"),
        ("塔から落ちる物体の質量はいくらですか。その速さも求めなさい。", "ja"),
        ("", "und"),
        ("12 + 34 = 46", "und"),
        (
            r"$$\int_a^b f(x) \mathrm{d}x = \lim \sum f(x_i) \Delta x$$ $\alpha\beta\gamma\delta\epsilon$",
            "und",
        ),
    ],
)
def test_language(text: str, code: str) -> None:
    assert guess_language(text) == code


def test_formulas_and_code_do_not_count() -> None:
    noise = (
        r" $\mathrm{the\ answer\ is\ in\ the\ book}$ `for the one in the other` https://example.org/the/one "
    )
    assert guess_language(noise * 20 + "Wie schnell fällt der Körper, und warum?") == "de"


def test_line_breaks_and_surrogates_are_no_trouble() -> None:
    assert guess_language("What is the mass\nof the body\r\nthat falls\x0bfrom the tower\u2028now?") == "en"
