"""HTML, Markdown, notebooks and text whose own marks say what is a problem and what a solution."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.layouts.arrange import Truth
from benchmarks.layouts.special.composed import Composed, Special, Task, html_of, paragraphs, prose, tasks


def _html(body: list[str], title: str = "A page of problems") -> str:
    head = f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title></head>'
    intro = f"<h1>{title}</h1>\n<p>{html_of(prose('en')[0])}</p>"
    return f"{head}\n<body>\n<main>\n{intro}\n" + "\n".join(body) + "\n</main>\n</body>\n</html>\n"


def _page(template: str) -> Composed:
    """An HTML page with each problem written by a template with <n>, <q> and <s>."""
    chosen = tasks("en", plain=True)
    body = [_filled(template, task) for task in chosen]
    return Composed({"page.html": _html(body)}, [t.truth for t in chosen])


def _filled(template: str, task: Task) -> str:
    text = template.replace("<n>", str(task.number)).replace("<q>", html_of(task.q))
    return text.replace("<s>", html_of(task.s))


def _two_lists(linked: bool) -> Composed:
    """Two ordered lists: the numbers are made by the browser."""
    chosen = tasks("en2", plain=True)

    def item(task: Task, text: str, own: str, other: str, shown: str) -> str:
        if not linked:
            return f"<li><p>{html_of(text)}</p></li>"
        link = f'<a href="#{other}{task.number}">{shown}</a>'
        return f'<li id="{own}{task.number}"><p>{html_of(text)} {link}</p></li>'

    body = ["<h2>Exercises</h2>", "<ol>", *(item(t, t.q, "ex", "so", "[answer]") for t in chosen), "</ol>"]
    body += ["<h2>Solutions</h2>", "<ol>", *(item(t, t.s, "so", "ex", "↩") for t in chosen), "</ol>"]
    return Composed({"page.html": _html(body)}, [t.truth for t in chosen])


def _linked_without_numbers() -> Composed:
    """Every problem leads to its solution, which bears no number."""
    chosen = tasks("en2", plain=True)
    body = ["<h2>Things to try</h2>"]
    body += [f'<p id="t{t.number}">{html_of(t.q)} <a href="#r{t.number}">Show me</a></p>' for t in chosen]
    body += ["<h2>How they come out</h2>"]
    body += [f'<p id="r{t.number}">{html_of(t.s)} <a href="#t{t.number}">Back</a></p>' for t in chosen]
    return Composed({"page.html": _html(body)}, [t.truth for t in chosen])


def _markdown(template: str, indent: str = "") -> Composed:
    """A Markdown file; continuation lines of texts are indented as the template's syntax wants it."""
    chosen = tasks("en2")
    body = ["# Practice", prose("en2")[0]]
    for task in chosen:
        text = template.replace("<n>", str(task.number))
        text = text.replace("<q>", task.q.replace("\n", f"\n{indent}"))
        body.append(text.replace("<s>", task.s.replace("\n", f"\n{indent}")))
    return Composed({"practice.md": paragraphs(*body)}, [t.truth for t in chosen])


def _exercise_files() -> Composed:
    """The format of R/exams: a file an exercise, with underlined headings."""
    chosen = tasks("en", plain=True)[:10]
    sources = {
        f"task{t.number:02}.Rmd": f"Question\n========\n\n{t.q}\n\nSolution\n========\n\n{t.s}\n\n"
        f"Meta-information\n================\nexname: task{t.number:02}\nextype: string\n"
        for t in chosen
    }
    return Composed(sources, [t.truth for t in chosen])


def _aiken() -> Composed:
    """Aiken: multiple-choice questions in plain text, each closed by a line with its answer."""
    chosen = tasks("en-choices")
    blocks, truth = [], []
    for task in chosen:
        stem, *options = task.q.split("\n\n")
        lines = [stem, *(f"{option[1]}. {option[4:]}" for option in options), f"ANSWER: {task.a.strip('()')}"]
        blocks.append("\n".join(lines))
        truth.append(Truth(task.q, (task.a,)))
    return Composed({"questions.txt": "\n\n".join(blocks) + "\n"}, truth)


def _notebook(cells: list[tuple[str, str]]) -> str:
    made: list[dict[str, Any]] = [
        {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, text in cells
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}, indent=1)


_PROGRAMS = (
    ("prints the squares of the numbers from 1 to 9", "for n in range(1, 10):\n    print(n * n)"),
    ("returns the larger one of two numbers", "def larger(a, b):\n    return a if a > b else b"),
    ("counts the vowels of a word", "def vowels(word):\n    return sum(c in 'aeiou' for c in word)"),
    ("reverses a list without a library", "def reverse(items):\n    return items[::-1]"),
    (
        "tells whether a year is a leap year",
        "def leap(y):\n    return y % 4 == 0 and y % 100 or y % 400 == 0",
    ),
    ("adds the digits of a number", "def digits(n):\n    return sum(int(d) for d in str(n))"),
)


def _programs() -> Composed:
    """A notebook whose solutions are cells of code."""
    cells, truth = [("markdown", "# Programs to write\n\nRun each cell after you have changed it.")], []
    for number, (what, code) in enumerate(_PROGRAMS, 1):
        question = f"Write a program that {what}. Try it with inputs of your own."
        cells += [
            ("markdown", f"### Exercise {number}\n\n{question}"),
            ("code", "# your code here"),
            ("markdown", "**Solution**"),
            ("code", code),
        ]
        truth.append(Truth(f"{question} your code here", (code,)))
    return Composed({"programs.ipynb": _notebook(cells)}, truth)


def _notebook_companions() -> Composed:
    """A notebook of questions, and one of the same name that answers them."""
    chosen = tasks("en2")[:10]
    ask = [("markdown", f"## Question {t.number}\n\n{t.q}") for t in chosen]
    reply = [("markdown", f"## Question {t.number}\n\n{t.s}") for t in chosen]
    sources = {"lab.ipynb": _notebook(ask), "lab-solutions.ipynb": _notebook(reply)}
    return Composed(sources, [t.truth for t in chosen])


_DETAILS = "<details>\n<summary>{summary}</summary>\n\n<s>\n\n</details>"

DECLARED = (
    Special(
        "en-html-definition-list",
        lambda: _page("<dl><dt>Exercise <n>. <q></dt><dd>Solution. <s></dd></dl>"),
        form="html",
    ),
    Special(
        "en-html-hidden-answers",
        lambda: _page(
            '<h3>Exercise <n></h3>\n<p><q></p>\n<button type="button">Show</button>\n'
            '<div class="answer" hidden><p><s></p></div>'
        ),
        form="html",
    ),
    Special(
        "en-html-unknown-classes",
        lambda: _page(
            '<div class="qx"><span class="nr"><n></span> <p><q></p>'
            '<div class="rx"><p class="hd">Solution</p><p><s></p></div></div>'
        ),
        form="html",
    ),
    Special(
        "en-html-articles-with-details",
        lambda: _page(
            "<article><h3><n></h3><p><q></p><details><summary>Reveal</summary><p><s></p></details></article>"
        ),
        form="html",
    ),
    Special(
        "en-html-table-of-cards",
        lambda: _page(
            "<table><tr><th>Question <n></th><td><q></td></tr><tr><th>Answer</th><td><s></td></tr></table>"
        ),
        form="html",
    ),
    Special("en-html-two-ordered-lists", lambda: _two_lists(linked=False), form="html"),
    Special("en-html-two-linked-lists", lambda: _two_lists(linked=True), form="html"),
    Special("en-html-links-without-numbers", _linked_without_numbers, form="html"),
    Special(
        "en-markdown-admonitions",
        lambda: _markdown(
            '!!! question "Exercise <n>"\n\n    <q>\n\n??? success "Solution"\n\n    <s>', indent="    "
        ),
        form="markdown",
    ),
    Special(
        "en-markdown-callouts",
        lambda: _markdown("> [!question] Exercise <n>\n> <q>\n\n> [!success]- Solution\n> <s>", indent="> "),
        form="markdown",
    ),
    Special(
        "en-markdown-dropdowns",
        lambda: _markdown("**Exercise <n>.** <q>\n\n:::{dropdown} Solution\n<s>\n:::"),
        form="markdown",
    ),
    Special(
        "en-markdown-details-without-word",
        lambda: _markdown("### <n>\n\n<q>\n\n" + _DETAILS.format(summary="Click to expand")),
        form="markdown",
    ),
    Special(
        "en-markdown-problem-and-solution-divs",
        lambda: _markdown("::: {.problem}\n<q>\n:::\n\n::: {.solution}\n<s>\n:::"),
        form="markdown",
    ),
    Special("en-markdown-exercise-files", _exercise_files, form="markdown"),
    Special("en-text-aiken", _aiken, form="text"),
    Special("en-notebook-programs", _programs, form="notebook"),
    Special("en-notebook-companions", _notebook_companions, form="notebook"),
)
