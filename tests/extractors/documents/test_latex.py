"""What pandoc would drop from LaTeX is kept: labels, questions, macros, titles."""

from __future__ import annotations

import pytest

from extractors.documents import UnreadableDocument, read_document
from extractors.documents.latex import prepare_latex
from schemas.document import Block


def read(body: str) -> list[Block]:
    return list(
        read_document(
            f"\\documentclass{{article}}\\begin{{document}}{body}\\end{{document}}".encode(), "a"
        ).blocks
    )


def markers(body: str) -> list[str]:
    return [block.marker for block in read(body) if block.marker]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"\begin{enumerate}\item a \item b\end{enumerate}", ["1.", "2."]),
        (r"\begin{enumerate}[(i)]\item a \item b\end{enumerate}", ["(i)", "(ii)"]),
        (r"\begin{enumerate}[a)]\item a \item b\end{enumerate}", ["a)", "b)"]),
        (r"\begin{enumerate}[{Exercise} 1:]\item a \item b\end{enumerate}", ["Exercise 1:", "Exercise 2:"]),
        (r"\begin{enumerate}[label=\textbf{\Alph*.}]\item a\end{enumerate}", ["A."]),
        (r"\begin{enumerate}[label={P\arabic*,}, start=7]\item a\end{enumerate}", ["P7,"]),
        (r"\begin{enumerate}\setcounter{enumi}{4}\item a\end{enumerate}", ["5."]),
        (
            r"\begin{enumerate}\item a\end{enumerate}x\begin{enumerate}[resume]\item b\end{enumerate}",
            ["1.", "2."],
        ),
        (
            r"\begin{enumerate}\def\labelenumi{\alph{enumi})}\setcounter{enumi}{2}\item a\end{enumerate}",
            ["c)"],
        ),
        (r"\renewcommand{\labelenumi}{(\Roman{enumi})}\begin{enumerate}\item a\end{enumerate}", ["(I)"]),
        (
            r"\begin{enumerate}[series=s,label=Q\arabic*]\item a\end{enumerate}"
            r"\begin{enumerate}\item b\end{enumerate}"
            r"\begin{enumerate}[resume*=s]\item c\end{enumerate}",
            ["Q1", "1.", "Q2"],
        ),
        (
            r"\begin{enumerate}\item a\begin{enumerate}[label=\theenumi.\arabic*]\item b\end{enumerate}"
            r"\item c\end{enumerate}",
            ["1.", "1.1", "2."],
        ),
        (r"\begin{enumerate}\item[7*.] a \item b\end{enumerate}", ["7*.", "1."]),
        (r"\begin{itemize}\item a \item[4.] b\end{itemize}", ["-", "4."]),
        (
            r"\begin{questions}\question a\begin{choices}\choice x\CorrectChoice y\end{choices}"
            r"\question[5] b\end{questions}",
            ["A.", "B."],
        ),
        (r"\begin{tasks}(2)\task a \task b\end{tasks}", ["(a)", "(b)"]),
    ],
)
def test_labels(body: str, expected: list[str]) -> None:
    assert markers(body) == expected


def test_macro_that_is_not_defined_is_an_environment() -> None:
    blocks = read(r"\exercise{Find $\frac{1}{2}$ of it.}\solution{\textbf{Half} of it.}")
    assert [(b.text, b.containers[0].name) for b in blocks] == [
        (r"Find $\frac{1}{2}$ of it.", "exercise"),
        ("Half of it.", "solution"),
    ]


def test_macro_that_is_defined_is_expanded() -> None:
    blocks = read(r"\newcommand{\solution}[1]{\textit{Solution:} #1}\solution{Four.}")
    assert [b.text for b in blocks] == ["Solution: Four."]
    assert blocks[0].containers == ()


def test_part_outside_an_exam_stays_a_part() -> None:
    assert [(b.kind, b.text) for b in read(r"\part{First}\section{One} Text.")][-1] == ("paragraph", "Text.")


def test_verbatim_and_comments() -> None:
    blocks = read("\\begin{verbatim}\n\\item % \\solution{x}\n\\end{verbatim}\n50\\% here % not here\n")
    assert [(b.kind, b.text) for b in blocks] == [
        ("code", "\\item % \\solution{x}"),
        ("paragraph", "50% here"),
    ]


def test_verbatim_text_is_not_touched() -> None:
    source = "\\begin{lstlisting}\n\\begin{questions}\\question % x\n\\end{lstlisting}\\verb|\\solution{a}|"
    assert prepare_latex(source) == source


def test_own_marks_of_a_document_say_nothing() -> None:
    assert read("\ue0001.\ue001 text \ue003x\ue001 more")[0].text == "1. text x more"


def test_input_is_not_followed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "secret.tex").write_text("secret")
    blocks = read(rf"Before. \input{{{tmp_path}/secret.tex}} After.")
    assert "secret" not in " ".join(b.text for b in blocks)


def test_fragment_without_a_document() -> None:
    document = read_document(b"\\section{One}\n\\begin{exercise}\nProve it.\n\\end{exercise}", "a.tex")
    assert document.format == "latex"
    assert [b.text for b in document.blocks] == ["One", "Prove it."]


def test_source_that_does_not_parse_is_damaged() -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_document(rb"\documentclass{article}\begin{document}{", "a.tex")
    assert refused.value.reason == "damaged"
    assert "pandoc" in refused.value.detail


_EXAM = r"""\begin{questions}
\question[3] How far is the moon?
\begin{solutionorbox}[2in] It is far. \end{solutionorbox} {\bf Well,}
\question Which one is even?
\begin{choices}\choice seven \CorrectChoice eight\end{choices}
\question Which one is odd?
\begin{choices}\CorrectChoice seven \choice eight\end{choices}
\begin{solution} Half of seven is no integer. \end{solution}
\end{questions}"""


def test_questions_of_an_exam_are_declared_with_their_solutions_and_correct_choices() -> None:
    found = [(b.text, b.marker, [c.name for c in b.containers]) for b in read(_EXAM)]
    assert found == [
        ("1. How far is the moon?", "", ["question"]),
        ("It is far.", "", ["question", "solution"]),
        ("Well,", "", ["question"]),
        ("2. Which one is even?", "", ["question"]),
        ("A. seven", "A.", ["question"]),
        ("B. eight", "B.", ["question"]),
        ("B.", "", ["question", "solution"]),
        ("3. Which one is odd?", "", ["question"]),
        ("A. seven", "A.", ["question"]),
        ("B. eight", "B.", ["question"]),
        ("Half of seven is no integer.", "", ["question", "solution"]),
    ]


def test_names_of_stored_problems_and_the_end_of_proofs_are_no_text() -> None:
    stored = read(
        r"\begin{defproblem}{sum} Add. \begin{onlysolution} Two. \end{onlysolution}\end{defproblem}"
    )
    assert [block.text for block in stored] == ["Add.", "Two."]
    assert [b.text for b in read(r"\begin{proof} It is clear.\end{proof}")] == ["Proof. It is clear."]


def test_title_of_a_paragraph_is_printed_at_its_beginning() -> None:
    found = read(r"\section{Answers}\paragraph{1.1} Five. \paragraph{1.2 {\itshape b}} Six.")
    assert [(b.kind, b.text) for b in found[1:]] == [("paragraph", "1.1 Five."), ("paragraph", "1.2 b Six.")]
    assert found[1].style.bold == 3
