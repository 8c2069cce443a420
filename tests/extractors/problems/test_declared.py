"""What the source declares: callouts, and links between problems and solutions."""

from __future__ import annotations

import pytest

from extractors.documents import read_document
from extractors.problems import find_items, match_items


def pairs(source: str, name: str) -> list[tuple[str, str]]:
    found = find_items(read_document(source.encode(), name))
    return [(pair.problem.text, pair.solution.text) for pair in match_items([found]).pairs]


@pytest.mark.parametrize("kind", ["success", "tip", "note"])
def test_callout_is_what_its_title_says(kind: str) -> None:
    source = "> [!tip] Exercise {0}\n> Ask {0}.\n\n> [!{1}]- Solution\n> Say {0}.\n\n"
    text = "".join(source.format(n, kind) for n in (1, 2, 3))
    assert pairs(text, "a.md") == [(f"Ask {n}.", f"Say {n}.") for n in (1, 2, 3)]


def test_callout_without_a_telling_title_is_what_its_name_says() -> None:
    text = "> [!question] What is it?\n> Tell me.\n\n> [!success]- Show the answer\n> It is 2.\n"
    assert pairs(text, "a.md") == [("What is it?\n\nTell me.", "It is 2.")]


def test_callouts_of_other_things_are_no_items() -> None:
    assert pairs("> [!note] Remember\n> A.\n\n> [!success] Done\n> B.\n", "a.md") == []


ASKED = [f"How long is the {w} wall?" for w in ("red", "green", "blue", "grey")]
LETTERS = list(enumerate("abcd", 1))
SAID = [f"The {w} wall measures {n} metres." for n, w in enumerate(("red", "green", "blue", "grey"), 3)]


def page(*lines: str) -> str:
    return "<!doctype html><html><body>" + "".join(f"<p{line}</p>" for line in lines) + "</body></html>"


def test_links_without_numbers_and_without_their_words() -> None:
    asked = [f' id="q{n}">{a} <a href="#s{n}">Show me</a>' for n, a in enumerate(ASKED)]
    said = [f' id="s{n}">{s} <a href="#q{n}">↩</a>' for n, s in enumerate(SAID)]
    assert pairs(page(*asked, *said), "a.html") == list(zip(ASKED, SAID, strict=True))


def test_links_win_over_numbers() -> None:
    asked = [f'><a id="q{n}" href="#s{n}">{n % 2 + 1}.</a> {a}' for n, a in enumerate(ASKED)]
    said = [f'><a id="s{n}" href="#q{n}">{n % 2 + 1}.</a> {s}' for n, s in enumerate(SAID)]
    source = "<h2>Exercises</h2>" + page(*asked) + "<h2>Answers</h2>" + page(*said[2:], *said[:2])
    assert sorted(pairs(source, "a.html")) == sorted(zip(ASKED, SAID, strict=True))


def test_one_link_of_its_own_is_enough_for_items() -> None:
    asked = [f'><b>Exercise {n}.</b> {a}</p><p><a href="#s{n}">Solution</a>' for n, a in enumerate(ASKED, 1)]
    said = [f' id="s{n}">{s}' for n, s in enumerate(SAID, 1)]
    labelled = [line.replace(">", f"><b>{n}.</b> ", 1) for n, line in enumerate(said, 1)]
    source = page(*asked) + "<h2>Solutions</h2>" + page(*labelled)
    assert pairs(source, "a.html") == list(zip(ASKED, SAID, strict=True))


@pytest.mark.parametrize(
    "lines",
    [
        # A table of contents, and its headings lead back.
        [
            *(f' id="t{n}"><a href="#c{n}">{n}.</a> The {w} wall' for n, w in enumerate("abcd", 1)),
            *(f' id="c{n}"><a href="#t{n}">{n}.</a> The {w} wall' for n, w in enumerate("abcd", 1)),
        ],
        # Footnotes.
        [
            *(f'>The {w} wall is old.<a id="r{n}" href="#n{n}">[{n}]</a>' for n, w in enumerate("abcd", 1)),
            *(f' id="n{n}"><a href="#r{n}">[{n}]</a> A. Smith, Volume {n}.' for n in range(1, 5)),
        ],
        # Footnotes of numbered questions, numbered as these are.
        [
            *(f' id="q{n}">{n}. How old is wall {w}? <a href="#n{n}">[{n}]</a>' for n, w in LETTERS),
            *(f' id="n{n}">{n}. Asked in the exam of {w}. <a href="#q{n}">↩</a>' for n, w in LETTERS),
        ],
        [
            *(f'>{n}. How old is wall {w}?<a id="q{n}" href="#n{n}"><sup>{n}</sup></a>' for n, w in LETTERS),
            *(f' id="n{n}"><a href="#q{n}">{n}.</a> Asked in the exam of {w}.' for n, w in LETTERS),
        ],
        # Remarks on questions: the links or the title above them say so.
        [
            *(f' id="q{n}">How old is wall {w}? <a href="#n{n}">Note</a>' for n, w in LETTERS),
            *(f' id="n{n}">Asked in the exam of {w}. <a href="#q{n}">Back</a>' for n, w in LETTERS),
        ],
        [
            *(f'><a id="q{n}" href="#n{n}">{n}.</a> How old is wall {w}?' for n, w in LETTERS),
            "></p><h2>Remarks</h2><p>Said of some walls.",
            *(f' id="n{n}"><a href="#q{n}">{n}.</a> Asked in the exam of {w}.' for n, w in LETTERS),
        ],
        # A dictionary whose entries refer to each other.
        [
            *(f' id="q{n}">A {w} is a tree. <a href="#s{n}">Wood {w}</a>' for n, w in enumerate("abcd")),
            *(f' id="s{n}">A stuff is of {w}. <a href="#q{n}">Tree {w}</a>' for n, w in enumerate("abcd")),
        ],
        # Sections with links to the next one and to the one before.
        [
            f' id="s{n}">What is {w}? <a href="#s{n - 1}">Back</a> <a href="#s{n + 1}">Next</a>'
            for n, w in enumerate("abcdef")
        ],
        # An index, and everything leads back to the top.
        [' id="top">Walls', *(f' id="i{n}">What is {n}? <a href="#top">Back</a>' for n in range(5))],
        # Cross-references in running text.
        [
            *(
                f' id="e{n}"><b>Exercise {n}.</b> Do {n}, see <a href="#f{n}">Fact {n}</a>.'
                for n in range(1, 5)
            ),
            *(f' id="f{n}"><b>{n}.</b> Fact, see <a href="#e{n}">Exercise {n}</a>.' for n in range(1, 5)),
        ],
    ],
)
def test_other_links_make_no_pairs(lines: list[str]) -> None:
    assert pairs(page(*lines), "a.html") == []


def test_names_in_one_word_say_at_their_end_what_they_are() -> None:
    text = "".join(f"::: defproblem\nAsk {n}.\n::: onlysolution\nSay {n}.\n:::\n:::\n\n" for n in "ab")
    assert pairs(text, "a.md") == [("Ask a.", "Say a."), ("Ask b.", "Say b.")]


PARTS = r"""\documentclass{exam}
\begin{document}
\begin{questions}
\question A cube has edges of 3 cm.
\begin{parts}
\part How large is a face?
\begin{solution} It is 9 square centimetres. \end{solution}
\part How large is the cube?
\begin{solution} It is 27 cubic centimetres. \end{solution}
\part Draw it.
\end{parts}
\question Name a prime.
\begin{solution} Seven is one. \end{solution}
\end{questions}
\end{document}
"""


def test_parts_with_solutions_of_their_own_are_all_kept() -> None:
    (asked, said), last = pairs(PARTS, "sheet.tex")
    texts = ("edges of 3 cm", "How large is a face?", "How large is the cube?", "Draw it.")
    assert [text in asked for text in texts] == [True] * 4
    assert said == "It is 9 square centimetres.\n\nIt is 27 cubic centimetres."
    assert last == ("Name a prime.", "Seven is one.")


def test_what_follows_a_solution_in_its_problem_is_no_question() -> None:
    source = (
        '<div class="exercise"><p>How long is it?</p><div class="solution"><p>3 m.</p></div><p>Back</p></div>'
    )
    assert pairs(source, "a.html") == [("How long is it?", "3 m.")]
