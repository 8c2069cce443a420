from __future__ import annotations

import pytest

from filters.completeness import is_complete, is_empty, is_only_reference, truncation
from tests.pipelines.records import pair


@pytest.mark.parametrize(
    "solution",
    [
        "yes",
        "5 m/s",
        "$x=2$",
        "(b)",
        "4",
        "∞",
        "$\\emptyset$",
        "x = 3,",
        "a",
        "$a$$b$",
        "True; because 2 is prime",
        "The speed is given by v = d / t",
        "Siehe da, das Wasser gefriert.",
        "ハ",
        "`\\begin{align}`",
        "See Example 3.2, where the same integral is computed; here the bound is 4, so the area is 12.",
        "Answers will vary. For example, a cat and a dog are both mammals.",
        "By the theorem above, every such group is cyclic.",
    ],
)
def test_short_and_odd_solutions_are_whole(solution: str) -> None:
    assert is_complete(pair(solution=solution)).keep


@pytest.mark.parametrize(
    "text",
    ["", " \n", "...", "$$", "—", "( )", "$ $", "Name: __________  Points: ___ / 5", "Antwort: ____"],
)
def test_empty(text: str) -> None:
    assert is_empty(text)
    assert is_complete(pair(solution=text)).reason == "empty"
    assert is_complete(pair(problem=text)).reason == "empty"


@pytest.mark.parametrize("text", ["![a graph](g.png)", "![](figure)\n\n;\n\n![](figure)"])
def test_a_picture_alone(text: str) -> None:
    assert is_complete(pair(solution=text)).reason == "only_figure"
    assert is_complete(pair(problem=text)).reason == "only_figure"
    assert is_complete(pair(solution=f"{text} It is 4.")).keep


@pytest.mark.parametrize(
    ("solution", "kept"),
    [
        ("(a) ![yes; no](figure)\n\n(b) 0.84, as the tree says.", False),
        ("(a) 4 m\n\n(b) ![](figure)", False),
        ("a) ![](figure), b) 4 m", True),  # one line may say something of the drawing
        ("(a) The tree:\n\n![yes; no](figure)\n\n(b) 0.84", True),
        (
            "(a) ![A carbon atom with four bonds.](co2.jpg)\n\n(b) It is linear.",
            True,
        ),  # described by its author
        ("![](figure)\n\n(a) 4 m\n\n(b) 5 m", True),
    ],
)
def test_a_part_that_is_a_drawing_is_missing(solution: str, kept: bool) -> None:
    verdict = is_complete(pair(solution=solution))
    assert verdict.keep is kept
    assert verdict.reason == ("" if kept else "only_figure")


@pytest.mark.parametrize(
    "text",
    [
        "See Example 3.2.",
        "see section 4.1 on page 12",
        "(See the solutions manual.)",
        "Refer to Figure 2.",
        "Cf. Theorem 1.4",
        "Answers will vary.",
        "*Answers may vary.*",
        "Student answers will vary",
        "The proof is left to the reader.",
        "Left as an exercise",
        "Siehe Abschnitt 2.3",
        "Individuelle Lösungen",
        "Voir l'exemple 3.",
        "Les réponses peuvent varier.",
        "Ver el ejemplo 4",
        "Veja a seção 3",
        "Vedi l'esempio 2",
        "Zie paragraaf 2.1",
        "Zob. rozdział 3",
        "См. раздел 4",
        "答案略",
        "略。",
        "TODO",
        "Omitted.",
        "(The solution is omitted.)",
        "Similar to the last one.",
        "Turn the page upside down.",
        "A manual is available to instructors who write to the publisher.",
        "Solutions are on the web site of the publisher.",
        "See page 80.\n\nThe answers are at the back of the book.",
        "Folgt noch.",
        "Analog zu Aufgabe 3.",
        "Bitte wenden!",
        "Die Lösungen finden sich im Anhang.",
        "Laissé au lecteur.",
        "Se deja al lector.",
        "Аналогично предыдущей задаче.",
        "Доказательство опущено.",
        "同理可证。",
        "証明は省略する。",
    ],
)
def test_only_a_reference(text: str) -> None:
    assert is_only_reference(text)
    assert is_complete(pair(solution=text)).reason == "only_reference"


@pytest.mark.parametrize(
    "text",
    [
        "See",
        "Left",
        "The answer is in the interval (0, 1).",
        "It is left of the origin.",
        "Section 4",
        "answers",
        "See that x = 2 and so y = 3.",
        "Similar to the last one, with 4 instead of 3, so 12.",
        "Similar triangles",
        "Similar.",
        "Ebenso.",
        "Iguales",
        "The answer is at the end of the rope.",
        "The solutions are in the first quadrant.",
        "The solutions are 2 and 3.",
        "The answer is 4 m to the north of the mast.",
        "The answers are in the ratio 2 : 3.",
        "The solutions are at x = 2 and x = 3",
        "Equal",
        "Los triángulos son iguales.",
        "See page 80.\n\nThe answer is 4.",
    ],
)
def test_not_a_reference(text: str) -> None:
    assert not is_only_reference(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The force is zero because", "en"),
        ("We divide both sides by the", "en"),
        ("Die Kraft ist null, weil", "de"),
        ("Hence \\begin{align} x &= 2", "en"),
        ("**The answer depends on the**", "en"),
    ],
)
def test_truncated(text: str, language: str) -> None:
    assert truncation(text, language)
    verdict = is_complete(pair(solution=text, language=language))
    assert verdict.reason == "truncated"
    assert verdict.detail.startswith("solution ")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Er gibt den Weg an", "de"),
        ("the", "fr"),  # a word of another language
        ("because", "und"),
        ("\\begin{align} x \\end{align}", "en"),
        ("5 in", "en"),
        ("equal to a", "en"),
    ],
)
def test_not_truncated(text: str, language: str) -> None:
    assert not truncation(text, language)


def test_referral_patterns_are_quick_on_hostile_text() -> None:
    import time

    start = time.perf_counter()
    for text in (
        "see " + "page 1 " * 5000,
        "(" * 20000,
        "see the " + "a " * 70 + "!",
        "see page" + " to" * 50 + "#",
    ):
        is_only_reference(text)
        truncation(text, "en")
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("text", ["![", "![a](", "a ", "*_", "word", "because* ", "![a\n", "\\begin{", "`"])
def test_a_hostile_text_takes_linear_time(text: str) -> None:
    """With quadratic time this takes minutes and more."""
    is_complete(pair(text * (200_000 // len(text)) + "!", text * (200_000 // len(text)) + "!"))
