"""Text, Markdown, HTML, LaTeX and notebooks made to cost more than they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator

ENTITIES = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)
"""The head of "a billion laughs"; `&a9;` is two gigabytes."""


def foreign(uri: str) -> str:
    """Returns a document type whose entity `&x;` is another file."""
    return f'<!DOCTYPE x [<!ENTITY x SYSTEM "{uri}">]>'


def markup(scale: int) -> Iterator[tuple[str, str]]:
    n = 100_000 * scale
    few = 20_000 * scale
    yield "brackets.md", "[" * n + "\n\nExercise 1. What?\n"
    yield "links.md", "[a](" * n
    yield "pictures.md", "![[" * n
    yield "stars.md", "*a_ " * n
    yield "ticks.md", "".join("`" * k + " a " for k in range(1, 1500))
    yield "quotes.md", "> " * n + "a\n"
    yield "lists.md", "".join("  " * k + "- a\n" for k in range(1500))
    yield "tables.md", "|a" * few + "|\n" + "|-" * few + "|\n"
    yield "dollars.md", "$a" * n + "\n\n" + "$$" * n
    yield "fences.md", "".join(":" * k + " {solution} e\n" for k in range(3, 1500))
    yield "header.md", "---\n" + "a: &a [" * 5000 + "\n---\n# Text\n\nWords.\n"
    yield (
        "anchors.md",
        "---\na: &a [1]\n"
        + "".join(f"{chr(98 + k)}: &{chr(98 + k)} [{','.join(['*' + chr(97 + k)] * 9)}]\n" for k in range(20))
        + "---\n# Text\n\nWords.\n",
    )
    yield "divs.html", "<html><body>" + "<div>" * n + "Exercise 1. What?"
    yield "nested.html", "<html><body>" + "<blockquote>" * 1900 + "Exercise 1. What?"
    yield "unclosed.html", "<html><body>" + "<b><i><p>a" * (n // 20)
    yield "cells.html", "<html><body><table>" + "<tr><td><table>" * 900 + "a"
    yield "attributes.html", "<html><body><p " + "".join(f"a{k}=b " for k in range(few)) + ">Text.</p>"
    yield "lt.html", "<html><body>" + "<" * n + "<!--" * n
    yield "formulas.html", "<html><body>" + "<math><msup>" * 1500 + "<mi>x</mi>"
    yield "laughs.html", f'<?xml version="1.0"?>{ENTITIES}]><html><body><p>&a9;</p></body></html>'
    yield (
        "foreign.xhtml",
        (
            f'<?xml version="1.0"?>{foreign("file:///etc/passwd")}'
            '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Exercise 1. What is &x;?</p></body></html>'
        ),
    )
    yield "braces.tex", "\\documentclass{article}\\begin{document}" + "{" * few
    yield (
        "macros.tex",
        (
            "\\documentclass{article}\\def\\a{ha}"
            + "".join(f"\\def\\{chr(98 + k)}{{{(chr(92) + chr(97 + k)) * 10}}}" for k in range(9))
            + "\\begin{document}\\j\\end{document}"
        ),
    )
    yield "loop.tex", "\\documentclass{article}\\newcommand\\a{\\a\\a}\\begin{document}\\a\\end{document}"
    yield (
        "deep.tex",
        "\\documentclass{article}\\begin{document}" + "\\begin{itemize}\\item a " * (100 * scale),
    )
    yield (
        "input.tex",
        (
            "\\documentclass{article}\\begin{document}\\input{/etc/passwd}\\include{/etc/passwd}"
            "\\verbatiminput{/etc/passwd}\\input{loop}Exercise.\\end{document}"
        ),
    )


def notebooks(scale: int) -> Iterator[tuple[str, str]]:
    n = 100_000 * scale
    yield "deep.ipynb", '{"nbformat": 4, "cells": ' + "[" * n
    yield "closed.ipynb", '{"nbformat": 4, "metadata": {}, "cells": ' + "[" * n + "]" * n + "}"
    cell = {"cell_type": "markdown", "metadata": {}, "source": ["Exercise 1. What?"]}
    yield "cells.ipynb", json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell] * (n // 10)})
    kinds = {"nbformat": 4, "metadata": [], "cells": [None, 1, {"cell_type": 7}, {"source": {"a": cell}}]}
    yield "kinds.ipynb", json.dumps(kinds)
    yield "number.ipynb", '{"nbformat": ' + "9" * n + ', "cells": []}'


def lines(scale: int) -> Iterator[tuple[str, str]]:
    """What makes a pattern try again and again, and what floods the pairing."""
    n = 20_000 * scale
    yield "labels.txt", "\n\n".join(["Problem 1. Find it.", "Solution 1. It is found."] * (n // 10))
    yield "openings.txt", "Exercise " * n
    yield "numbers.txt", "1.1.1.1." * n
    yield "digits.txt", "Exercise " + "7" * n + ". What?"
    yield "enumerations.txt", "".join(f"({chr(97 + k % 26)}) " for k in range(n))
    yield "blanks.txt", ("Exercise 1." + " " * 50 * n + "x\n") * 2
    yield "blank-lines.txt", "a" + "\n" * 50 * n + "b"
    yield "carriages.txt", "a\r" * n + "\v\f\x85\u2028" * n
    yield "dots.txt", "Chapter 1 " + ". " * n + "7\n"
    yield "marks.txt", "a" + "\u0301" * 10 * n + " b"
    yield "directions.txt", "\u202e\u2066" * n + "Problem 1. What?"
    yield "roman.txt", "\n".join(["MMMMMMMMMCMXCIX" * 3 + ". What?"] * (n // 10))
    yield "nulls.txt", "Problem 1. \0 What?\n" * 100
    yield "words.txt", "".join(f"word{k} " for k in range(5 * n))


def everything(scale: int) -> Iterator[tuple[str, bytes]]:
    """All of them, by file name."""
    for group in (markup, notebooks, lines):
        for name, text in group(scale):
            yield name, text.encode()
    text = "Problem 1. What is one and one?\n\nSolution. Two.\n"
    yield "utf-16.txt", text.encode("utf-16")
    yield "utf-32.txt", text.encode("utf-32")
    yield "not-utf-8.txt", bytes(range(128, 256)) * 1000
    yield "surrogates.txt", b"\xed\xa0\x80" * 10_000
