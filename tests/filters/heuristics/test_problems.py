from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.heuristics import garbage
from filters.heuristics.problems import KINDS, overlap, states_answer, unbalanced
from filters.kinds import Kind, verdict
from filters.words import Texts

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in (*KINDS, garbage.KIND)}


def reason(name: str, values: dict[str, Any], **options: Any) -> str:
    kind = BY_NAME[name]
    chosen = kind.options.model_validate(options)
    found = kind.open(chosen)(Texts(values, ("text",)))
    names = [score.name for score in kind.scores(chosen)]
    return verdict(kind, chosen, dict(zip(names, found, strict=True))).reason


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("truncation", "We find the roots of the equation, which was asked for, because", "truncated"),
        ("truncation", "Die Lösung der Gleichung ergibt sich aus dem Satz des Pythagoras und", "truncated"),
        ("truncation", r"We write \begin{align} x &= 2", "truncated"),
        ("truncation", "The roots of the equation are 2 and 3.", ""),
        ("truncation", "x = 2", ""),
        ("mathematics", r"Let \( x = 2 and go on.", "unbalanced_delimiters"),
        ("mathematics", r"$$ x = 2 $$ and $$ y = 3", "unbalanced_delimiters"),
        ("mathematics", r"Solve $\frac{1}{2$ now.", "broken_formula"),
        ("mathematics", r"Solve $\frac{}{2}$ now.", "broken_formula"),
        ("mathematics", "The value is \ufffd\ufffd and more.", "lost_characters"),
        ("mathematics", r"A matrix \( \begin{pmatrix} 1 \\ 2 \end{pmatrix} \) costs $5.", ""),
        ("mathematics", r"In code: `\( x`.", ""),
        ("references", "What is the current in the circuit shown in Figure 3?", "missing_figure"),
        ("references", "Use the result of Problem 2 to find the mass of the ball.", "missing_item"),
        ("references", "Repeat the previous exercise for a ball of 3 kg from the roof.", "missing_item"),
        ("references", "The table below shows the speed of the car. Find its acceleration.", "missing_table"),
        ("references", "Die folgende Tabelle zeigt die Geschwindigkeit des Autos.", "missing_table"),
        ("references", "根据下表，求汽车的加速度，并且画出速度的图像。", "missing_table"),
        ("references", "The table below shows it.\n\n| t | v |\n|---|---|\n| 1 | 2 |\n", ""),
        ("references", "Problem 2. Let ABC be a triangle with sides 5, 12 and 13. Find its area.", ""),
        ("references", "Exercise 5: Prove that the product of two odd numbers is odd.", ""),
        ("references", "**Question 7** What is the derivative of $x^4$?", ""),
        ("references", "Question 7 What is the derivative of $x^4$?", ""),
        ("references", "Aufgabe 3) Berechnen Sie die Masse der Kugel.", ""),
        ("references", "Problem 2 shows that it rolls. How fast is the ball at the end?", "missing_item"),
        ("references", "Problem 3. Find the mass, with that of\nProblem 2. Is it big?", "missing_item"),
        ("references", "By Table 1, find the mean.\n\n**Table 1**\n\n| x | y |\n|---|---|\n| 1 | 2 |\n", ""),
        ("references", "Find the mean of Table 1. <table><tr><td>1</td></tr></table>", ""),
        ("references", "Using Table 1, find the mean.", "missing_item"),
        ("references", r"Let $$x+y=3. \tag{4}$$ Using Equation (4), express y in terms of x.", ""),
        ("references", r"Let \[x+y=3 \qquad (4)\] Using Equation (4), express y in terms of x.", ""),
        ("references", "Let $x+y=3$ (4). Using Equation (4), express y in terms of x.", ""),
        ("references", r"Let $$x+y=3. \tag{4}$$ Using Equation (5), express y in x.", "missing_item"),
        ("references", "In the diagram, $AB=3$. Find $AC$.\n[asy]\ndraw((0,0)--(3,4));\n[/asy]", ""),
        ("references", r"See Figure 2. \begin{tikzpicture}\draw (0,0);\end{tikzpicture} Find $AC$.", ""),
        ("references", "In the diagram, $AB=3$. Find $AC$.", "missing_figure"),
        ("references", "A ball of 2 kg falls from a table. Find its speed at the ground.", ""),
        ("garbage", "Tl1e qu!ck br%wn f#x jumpcd ov&r tbe lazv d@g ; xkcdqrtzz bcdfghjk", "garbage_words"),
        ("garbage", "T h i s p a g e w a s s e t w i d e", "letters_apart"),
        ("garbage", "\ue001\ue002 of text", "lost_characters"),
        ("garbage", r"Solve $x^2+2x_1-\frac{1}{2}$ for x: f(x)=3, e.g. by O(n^2) (https://a.b/c?d=e).", ""),
        ("garbage", "日本語の文章です。これは読めます。", ""),
        ("garbage", "Rhythm, McDonald's, an iPhone; a 12-year-old and/or 3,000.50 USD by NATO's CEO", ""),
    ],
)  # fmt: skip
def test_what_a_text_shows(name: str, text: str, expected: str) -> None:
    assert reason(name, {"text": text}) == expected


PROBLEM = "A train leaves at noon at 60 km/h. How far has it gone by three?"
SOLUTION = "It goes for three hours at 60 km/h, so it has gone 3 times 60, which is 180 km."


@pytest.mark.parametrize(
    ("problem", "solution", "expected"),
    [
        (PROBLEM, SOLUTION, ""),
        (f"{PROBLEM} {SOLUTION.upper()}", SOLUTION, "solution_in_problem"),
        (f"{PROBLEM}\nAnswer: 180 km", SOLUTION, "answer_in_problem"),
        (f"{PROBLEM}\n**Lösung**\nAntwort: 180 km", SOLUTION, "answer_in_problem"),
        (f"{PROBLEM}\nAnswer: ______", SOLUTION, ""),
        (f"{PROBLEM} Answer: in km.", SOLUTION, ""),
        (f"{PROBLEM} (Answer: 180)", SOLUTION, "answer_in_problem"),
        (f"{PROBLEM} [Antwort: $180$ km]", SOLUTION, "answer_in_problem"),
        (f"{PROBLEM} (Answer: in km)", SOLUTION, ""),
        (f"{PROBLEM} Answer: 180", SOLUTION, "answer_in_problem"),
        (f"{PROBLEM} Ответ: 180.", SOLUTION, "answer_in_problem"),
        ("计算3乘4。答案:12", "3乘4等于12。", "answer_in_problem"),
        (f"{PROBLEM} Round your answer: 3.14159", SOLUTION, ""),
        (f"{PROBLEM} Answer: 5 points. Show your work.", SOLUTION, ""),
        (f"{PROBLEM} Answer: 1 if it is, 0 if it is not.", SOLUTION, ""),
        (f"{PROBLEM} The answer is 180.", SOLUTION, "answer_in_problem"),
        (f"{PROBLEM} 答案是$180$。", SOLUTION, "answer_in_problem"),
        (f"{PROBLEM} **The answer is 18.5 km.**\n", SOLUTION, "answer_in_problem"),
        ("I double a number and add 4. The answer is 20. Which number is it?", "It is 8.", ""),
        ("I double a number and add 4.\nThe answer is 20.\nFind it.", "It is 8.", ""),
        (f"{PROBLEM} Say whether the answer is 180.", SOLUTION, ""),
        (f"{PROBLEM} The answer is in km.", SOLUTION, ""),
        ("Which is larger, 3 or 12 m?", "12 m", ""),
        (PROBLEM, f"{PROBLEM} {SOLUTION}", ""),
    ],
)
def test_answers_in_problems(problem: str, solution: str, expected: str) -> None:
    assert reason("leak", {"problem": problem, "solution": solution}) == expected


def test_leaks_are_looked_for_in_columns_of_other_names() -> None:
    row = {"q": f"{PROBLEM}\nAnswer: 180 km", "a": {"text": SOLUTION}}
    assert reason("leak", row, problem="q", solution="a.text") == "answer_in_problem"
    assert reason("leak", row, problem="q", solution="a.text", drop_answer=False) == ""


@pytest.mark.parametrize(
    ("solution", "expected"),
    [
        ("See Example 3.2.", "only_reference"),
        ("siehe Seite 12", "only_reference"),
        ("Same as above.", "only_reference"),
        ("The same as before.", ""),  # of a speed, such as was asked for
        ("同上", "only_reference"),
        ("Omitted.", "only_reference"),
        ("N/A", "only_reference"),
        ("See Example 3.2, whose method gives x = 4 at once.", ""),
        ("4", ""),
    ],
)
def test_solutions_that_only_cite(solution: str, expected: str) -> None:
    assert reason("citation", {"solution": solution}) == expected


@given(st.text(), st.text())
def test_overlap_is_a_share(problem: str, solution: str) -> None:
    assert 0 <= overlap(problem, solution) <= 1
    states_answer(problem)


@given(st.text(alphabet=r"\()[]{}$ abegin"))
def test_unbalanced_is_a_number(text: str) -> None:
    assert unbalanced(text) >= 0
    assert unbalanced("\\\\( ") == 0


@pytest.mark.parametrize("name", BY_NAME)
@given(text=st.text())
def test_any_text_is_decided(name: str, text: str) -> None:
    reason(name, {"text": text, "problem": text, "solution": text})


@pytest.mark.parametrize("string", ["aaaaab", "xkcdqrtzz", "a%b#c", "w" * 41, "helloWoRld", "%&#!"])
def test_garbage(string: str) -> None:
    assert garbage.is_garbage(string)


@pytest.mark.parametrize(
    "string",
    [
        "strengths",
        "don't",
        "(well-known),",
        "3.14",
        "...",
        "—",
        "U.S.A.",
        "x=2",
        "NATO",
        "queue",
        "Σωκράτης",
        "и",
        "O(n)",
    ],
)
def test_no_garbage(string: str) -> None:
    assert not garbage.is_garbage(string)


def test_scripts_with_combining_marks_are_no_garbage() -> None:
    for text in (
        "भारत एक विशाल देश है और यहाँ की संस्कृति बहुत पुरानी है।",
        "তিনি বাংলা ভাষায় লেখেন",
        "e\u0301te\u0301 de\u0301ja\u0300",
    ):
        assert not any(map(garbage.is_garbage, text.split()))


def test_long_strings_fill_no_memory() -> None:
    before = garbage._is_garbage.cache_info().currsize
    assert garbage.is_garbage("QUJD" * 25_000)
    assert garbage._is_garbage.cache_info().currsize == before


@pytest.mark.parametrize(
    ("text", "many"),
    [
        (r"\(a\) \[b\] \begin{align}\begin{split}c\end{split}\end{align} a \\[2pt]", 0),
        (r"\)a\(", 2),
        (r"\begin{align}c\end{gather}", 2),
        (r"\[\begin{align}c\]", 1),
        (r"\(" * 3, 3),
        ("$$x$$ $$", 1),
        ("It costs $5 each, and $x$ of them cost $20.", 0),
        ("Of $5, $6 and $7, which is $x+1$?", 0),
        ("One costs $5 each; $x_1$ of them $20 in all", 0),
        ("One costs $5 each; solve $x_1+\\frac{1}{2}=3$.", 0),
        (r"It costs \$$x$ a pound, and $a$$b$ in all.", 0),
        ("A place of class $$$, or $$5.", 0),
        ("`echo $HOME_x` and $PATH and more", 0),
        ("We find $x^2 + 1 = 0 and go on, for $5 each.", 0),  # might be anything
        ("We find $x^2 + 1 = 0 and go on.", 1),
        ("Let $x$ be 2.\n\nThen $\\frac{1}{x} is a half.\n\nNow $y$.", 1),
        ("A formula $x_1 +\nx_2$ on two lines.", 0),
        ("$$ x = 2 and $y$ is.", 1),
    ],
)
def test_delimiters_without_their_partner(text: str, many: int) -> None:
    assert unbalanced(text) == many
