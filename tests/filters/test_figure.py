from __future__ import annotations

import time

import pytest

from filters.figure import figure_verdict, needs_figure
from tests.pipelines.records import pair


@pytest.mark.parametrize(
    "problem",
    [
        "Find the current in the circuit shown in Figure 3.2.",
        "See Fig. 4. What is the slope?",
        "Find the area of the shaded region in the figure.",
        "Two blocks in contact, as shown.",
        "Use the graph below to estimate f(2).",
        "What does the diagram on the right show?",
        "The histogram shown below represents the weights of cats.",
        "Two blocks are joined by a rope, as shown in the accompanying drawing.",
        "Consider ![a triangle](t.png) and find its area.",
        "Bestimmen Sie die Kraft in Abb. 3.",
        "Wie groß ist der Winkel in der nebenstehenden Abbildung?",
        "Calculer l'aire de la figure ci-dessous.",
        "Calcule el área de la figura siguiente.",
        "Observe a figura abaixo.",
        "Calcola l'area della figura seguente.",
        "Zie figuur 2.1.",
        "Oblicz pole na poniższym rysunku.",
        "Найдите площадь фигуры на рисунке.",
        "如图所示,求三角形的面积。",
        "図に示す回路の電流を求めよ。",
    ],
)
def test_needs_a_figure(problem: str) -> None:
    assert needs_figure(problem)


@pytest.mark.parametrize(
    "problem",
    [
        "Sketch the graph of $f(x) = x^2$.",
        "Draw a diagram of the forces on the block.",
        "Figure out how many apples are left.",
        "Graph the function below zero.",
        "How many significant figures are in 2.50?",
        "Plot the data and describe the shape of the histogram.",
        "What is the picture of freedom?",
        "Zeichnen Sie das Schaubild der Funktion.",
        "Show that the following holds.",
        "Use the data in the table below.",
    ],
)
def test_needs_none(problem: str) -> None:
    assert not needs_figure(problem)


def test_a_picture_within_the_item_counts() -> None:
    assert needs_figure("Find the current.", has_picture=True)


@pytest.mark.parametrize(
    ("flag", "figures", "keep"), [(True, "keep", True), (True, "drop", False), (False, "drop", True)]
)
def test_the_option_decides_and_the_score_stays(flag: bool, figures: str, keep: bool) -> None:
    verdict = figure_verdict(pair(needs_figure=flag), figures)  # type: ignore[arg-type]
    assert verdict.keep is keep
    assert verdict.reason == ("" if keep else "needs_figure")
    assert verdict.scores == {"needs_figure": float(flag)}


def test_patterns_are_quick_on_hostile_text() -> None:
    start = time.perf_counter()
    for text in ("in the " + "a " * 20000, "figure " * 20000, "see " * 20000, "x" * 200000):
        needs_figure(text)
    assert time.perf_counter() - start < 5
