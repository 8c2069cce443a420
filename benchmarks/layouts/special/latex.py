"""LaTeX as teachers write it: packages for exercises, environments and commands of their own."""

from __future__ import annotations

from benchmarks.layouts.arrange import Truth
from benchmarks.layouts.special.composed import Composed, Special, tasks


def _document(preamble: str, body: list[str], document_class: str = "article") -> str:
    head = f"\\documentclass{{{document_class}}}\n{preamble}\n\\begin{{document}}\n"
    return head + "\n\n".join(body) + "\n\\end{document}\n"


def _each(template: str, preamble: str = "", document_class: str = "article", around: str = "") -> Composed:
    """Writes each problem by a template with <n>, <q>, <s>, <a> and <h>, all of them in one environment."""
    chosen = tasks("en", plain=True)
    body = []
    for task in chosen:
        text = template.replace("<n>", str(task.number)).replace("<q>", task.q).replace("<s>", task.s)
        body.append(text.replace("<a>", task.a).replace("<h>", task.problem.hint or "Think twice."))
    if around:
        body = [f"\\begin{{{around}}}", *body, f"\\end{{{around}}}"]
    return Composed({"sheet.tex": _document(preamble, body, document_class)}, [t.truth for t in chosen])


def _back(problem: str, solution: str, preamble: str = "") -> Composed:
    """The same with the solutions in a section of their own."""
    chosen = tasks("en2", plain=True)

    def fill(template: str) -> list[str]:
        return [
            template.replace("<n>", str(t.number)).replace("<q>", t.q).replace("<s>", t.s) for t in chosen
        ]

    body = ["\\section{To think about}", *fill(problem), "\\section{Our proposals}", *fill(solution)]
    return Composed({"sheet.tex": _document(preamble, body)}, [t.truth for t in chosen])


def _randomised() -> Composed:
    """The format of probsoln: problems are defined by name, with what is shown only in solutions."""
    return _each(
        "\\begin{defproblem}{prob<n>}\n<q>\n\\begin{onlysolution}\n\\begin{solution}\n<s>\n"
        "\\end{solution}\n\\end{onlysolution}\n\\end{defproblem}",
        "\\usepackage{probsoln}",
    )


def _short_answers() -> Composed:
    """The format of answers: the answer is given with the exercise and printed elsewhere."""
    chosen = tasks("en", plain=True)
    body = [
        f"\\begin{{Exercise}}[title={{Task {t.number}}}, label=e{t.number}]\n{t.q}\n\\end{{Exercise}}\n"
        f"\\begin{{Answer}}[ref=e{t.number}]\n{t.a}\n\\end{{Answer}}"
        for t in chosen
    ]
    text = _document("\\usepackage{exercise}", body)
    return Composed({"sheet.tex": text}, [Truth(t.q, (t.a,)) for t in chosen])


LATEX = (
    Special(
        "en-latex-exam-class",
        lambda: _each(
            "\\question[5] <q>\n\\begin{solution}\n<s>\n\\end{solution}",
            "\\printanswers",
            "exam",
            around="questions",
        ),
        form="latex",
    ),
    Special(
        "en-latex-exsheets",
        lambda: _each(
            "\\begin{question}{3}\n<q>\n\\end{question}\n\\begin{solution}\n<s>\n\\end{solution}",
            "\\usepackage{exsheets}",
        ),
        form="latex",
    ),
    Special(
        "en-latex-xsim",
        lambda: _each(
            "\\begin{exercise}[subtitle={A task}]\n<q>\n\\end{exercise}\n"
            "\\begin{solution}\n<s>\n\\end{solution}",
            "\\usepackage{xsim}",
        ),
        form="latex",
    ),
    Special("en-latex-probsoln", _randomised, form="latex"),
    Special("en-latex-exercise-answer-references", _short_answers, form="latex"),
    Special(
        "en-latex-unknown-environments",
        lambda: _each(
            "\\begin{tsk}\n<q>\n\\end{tsk}\n\\begin{rspns}\n<s>\n\\end{rspns}",
            "\\newtheorem{tsk}{Task}\n\\newenvironment{rspns}{\\par\\textit{Response.} }{\\par}",
        ),
        form="latex",
    ),
    Special(
        "en-latex-solutions-name-their-problems",
        lambda: _back(
            "\\begin{prob}\\label{p:<n>}\n<q>\n\\end{prob}",
            "\\begin{soln}{\\ref{p:<n>}}\n<s>\n\\end{soln}",
            "\\newtheorem{prob}{Problem}\n\\newenvironment{soln}[1]{\\paragraph{Solution to #1}}{}",
        ),
        form="latex",
    ),
    Special(
        "en-latex-commands",
        lambda: _each(
            "\\prob{<q>}\n\n\\sol{<s>}",
            "\\newcounter{no}\n"
            "\\newcommand{\\prob}[1]{\\stepcounter{no}\\par\\textbf{Problem \\theno.} #1}\n"
            "\\newcommand{\\sol}[1]{\\par\\textit{Solution.} #1}",
        ),
        form="latex",
    ),
    Special(
        "en-latex-solutions-within-items",
        lambda: _each("\\item <q>\n\n\\textbf{Solution:} <s>", around="enumerate"),
        form="latex",
    ),
    Special(
        "en-latex-paragraphs",
        lambda: _each(
            "\\paragraph{Problem <n>.} <q>\n\n\\paragraph{Hint.} <h>\n\n\\paragraph{Solution.} <s>"
        ),
        form="latex",
    ),
    Special(
        "en-latex-numbered-subsections",
        lambda: _back("\\subsection*{Question <n>}\n<q>", "\\subsection*{Question <n>}\n<s>"),
        form="latex",
    ),
    Special(
        "en-latex-enumerated-sections",
        lambda: _back("<n>. <q>", "<n>. <s>"),
        form="latex",
    ),
)
