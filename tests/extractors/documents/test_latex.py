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
            ["1.", "A.", "B.", "2."],
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
