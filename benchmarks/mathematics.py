"""How many formulas of each kind are rebuilt from a PDF exactly as they were written.

Run from the root of the checkout:

    python -m benchmarks.mathematics [--show] [PDF]

Every formula is typeset by typst inside a sentence and as a display, with words of one page around it, and
read back. `exact` is the share whose LaTeX is the same but for blanks, superfluous braces and sizes of
brackets; `flagged` the share of the others whose block says that its mathematics is doubtful; `silent` the
formulas that came out otherwise without such a flag. Given a PDF that was made from `--tex` by LaTeX, that
one is read instead: the same formulas in other fonts.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula: the construct that it is an example of, and its source for typst and for LaTeX."""

    kind: str
    typst: str
    latex: str


_TABLE = r"""
plain | x + y = 3 | x + y = 3
plain | alpha + beta <= 2 pi | \alpha + \beta \leq 2\pi
plain | f : X -> Y | f : X \to Y
plain | a in RR | a \in \mathbb{R}
plain | sin(x) cos(y) | \sin(x)\cos(y)
script | x^2 + y^2 = r^2 | x^2 + y^2 = r^2
script | a_1 + a_2 | a_1 + a_2
script | e^(-x t) | e^{-xt}
script | x_1^2 - x_2^3 | x_1^2 - x_2^3
script | a_(i j) b_(j k) | a_{ij}b_{jk}
script | 2^(n^2) | 2^{n^2}
script | y'' + y' = 0 | y'' + y' = 0
script | x_(n+1) = x_n - 1 | x_{n+1} = x_n - 1
script | e^(x_1) | e^{x_1}
fraction | 1/2 | \frac{1}{2}
fraction | (d y)/(d x) = y | \frac{dy}{dx} = y
fraction | (a + b)/(c + d) + 1 | \frac{a+b}{c+d}+1
fraction | (x^2 + 1)/(x_1 - 1) | \frac{x^2+1}{x_1-1}
fraction | 1/(1 + 1/x) | \frac{1}{1+\frac{1}{x}}
fraction | (dif^2 u)/(dif t^2) = k | \frac{d^2u}{dt^2} = k
fraction | y = -3/4 x + 7/8 | y = -\frac{3}{4}x+\frac{7}{8}
fraction | e^(-x\/2) | e^{-x/2}
root | sqrt(2) | \sqrt{2}
root | sqrt(x^2 + y^2) | \sqrt{x^2+y^2}
root | root(3, x + 1) | \sqrt[3]{x+1}
root | (-b + sqrt(b^2 - 4 a c))/(2 a) | \frac{-b+\sqrt{b^2-4ac}}{2a}
root | 1/sqrt(2 pi) | \frac{1}{\sqrt{2\pi}}
root | sqrt(a/b) | \sqrt{\frac{a}{b}}
bracket | (1 + 1/n)^n | (1+\frac{1}{n})^n
bracket | [x^2/2] | [\frac{x^2}{2}]
bracket | abs(a/b) | |\frac{a}{b}|
operator | sum_(i=1)^n i^2 | \sum_{i=1}^n i^2
operator | sum_(n=0)^oo x^n/n | \sum_{n=0}^\infty \frac{x^n}{n}
operator | product_(k=1)^m a_k | \prod_{k=1}^m a_k
operator | integral_0^1 x^2 dif x | \int_0^1 x^2 dx
operator | integral_a^b f(x) dif x = 2 | \int_a^b f(x)dx = 2
operator | union.big_(i in I) A_i | \bigcup_{i\in I}A_i
operator | lim_(x -> 0) f(x) | \lim_{x\to 0}f(x)
operator | sum_(i=1)^n sum_(j=1)^m a_(i j) | \sum_{i=1}^n\sum_{j=1}^m a_{ij}
operator | 1/n sum_(i=1)^n x_i | \frac{1}{n}\sum_{i=1}^n x_i
operator | max_(x in A) g(x) | \max_{x\in A}g(x)
matrix | mat(1, 2; 3, 4) | \begin{pmatrix}1&2\\3&4\end{pmatrix}
matrix | mat(delim: "[", a, b; c, d) x = 0 | \begin{bmatrix}a&b\\c&d\end{bmatrix}x=0
matrix | vec(x, y, z) | \begin{pmatrix}x\\y\\z\end{pmatrix}
matrix | mat(1, -1, 0; 2, 5, -3; 0, 1, 10) | \begin{pmatrix}1&-1&0\\2&5&-3\\0&1&10\end{pmatrix}
matrix | mat(delim: "[", x_1; x_2) = b | \begin{bmatrix}x_1\\x_2\end{bmatrix}=b
matrix | mat(delim: "[", e^t, 0; 0, e^(2 t)) | \begin{bmatrix}e^t&0\\0&e^{2t}\end{bmatrix}
matrix | mat(delim: "|", a, b; c, d) = 1 | \begin{vmatrix}a&b\\c&d\end{vmatrix}=1
cases | f(x) = cases(0 "if" x < 0, 1 "if" x > 0) | f(x)=\begin{cases}0\text{if}x<0\\1\text{if}x>0\end{cases}
cases | g = cases(t^2 &quad "if" t<1, 2 &quad "or") | g=\begin{cases}t^2&\text{if}t<1\\2&\text{or}\end{cases}
binomial | binom(n, k) = 6 | \binom{n}{k}=6
accent | hat(x) + macron(y) + arrow(v) | \hat{x}+\bar{y}+\vec{v}
accent | dot(x) + dot.double(y) = tilde(z) | \dot{x}+\ddot{y}=\tilde{z}
"""

FORMULAS = [Formula(*(part.strip() for part in line.split(" | "))) for line in _TABLE.strip().splitlines()]

_WORDS = "Then the quantity which was defined before is known to the reader as {} and nothing else is wanted."
_BEFORE, _AFTER = "marker{}begins", "marker{}ends"
_PREAMBLE = """#set page(width: 460pt, height: 640pt, margin: 60pt)
#set text(font: "New Computer Modern", size: 10pt, hyphenate: false)
#set par(justify: true)
"""
_TEX = r"""\documentclass{article}
\usepackage{amsmath,amssymb}
%FONTS
\pagestyle{empty}
\begin{document}
"""


def typst_source() -> str:
    """Returns the formulas as a document for typst."""
    return _PREAMBLE + "\n\n".join(
        [_paragraphs(i, f"${f.typst}$", f"$ {f.typst} $") for i, f in enumerate(FORMULAS)]
    )


def tex_source(fonts: str = "") -> str:
    """Returns the formulas as a document for LaTeX, with the line that chooses its fonts."""
    body = [_paragraphs(i, f"${f.latex}$", f"\\[ {f.latex} \\]") for i, f in enumerate(FORMULAS)]
    body = [re.sub(r"(\w)\\text\{if\}(\w)", r"\1\\ \\text{if }\2", text) for text in body]
    return (
        _TEX.replace("%FONTS", fonts)
        + "\n\n".join(body)
        .replace("|\\frac{a}{b}|", "\\left|\\frac{a}{b}\\right|")
        .replace("(1+\\frac{1}{n})", "\\left(1+\\frac{1}{n}\\right)")
        .replace("[\\frac{x^2}{2}]", "\\left[\\frac{x^2}{2}\\right]")
        + "\n\\end{document}\n"
    )


def _paragraphs(number: int, inline: str, display: str) -> str:
    sentence = _WORDS.format(f"{_BEFORE} {inline} {_AFTER}").replace("{}", _letters(number))
    return f"{sentence}\n\n{_BEFORE} displayed\n{display}\n{_AFTER} displayed.".replace(
        "{}", _letters(number)
    )


def _letters(number: int) -> str:
    return chr(97 + number // 26) + chr(97 + number % 26)


def normal(latex: str) -> str:
    """Returns LaTeX without blanks, dollars, sizes of brackets, and braces around one character."""
    latex = latex.replace("\\\\", "⏎")  # ends of rows
    latex = re.sub(r"\\(?:left|right|displaystyle|[,;:! ])(?![a-z])|\$", "", latex)
    latex = re.sub(r"\\q?quad(?![a-z])", "", latex)
    latex = re.sub(r"\\mathrm\{(\w+)\}", r"\1", latex)
    latex = latex.replace("\\prime", "'").replace("\\le ", "\\leq ").replace("\\rightarrow", "\\to")
    latex = re.sub(r"\\text\{\s*(\w+)\s*\}", r"\1", latex)
    for _ in range(3):
        latex = re.sub(
            r"(?<![a-z])\{(\\?[a-z]+|[^{}\\])\}",
            lambda m: m[1] if len(m[1]) == 1 or m[1][0] == "\\" else m[0],
            latex,
        )
    latex = re.sub(r"\^\{('+)\}", r"\1", latex)
    latex = re.sub(r"\s+", "", latex).rstrip(".,")
    return re.sub(r"(\^(?:\{[^{}]*\}|\\[a-z]+|.))(_(?:\{[^{}]*\}|\\[a-z]+|.))", r"\2\1", latex)


def read_back(pdf: bytes) -> list[tuple[Formula, str, str, str]]:
    """Returns each formula, inline and displayed, with what was read and its quality."""
    from extractors.documents.limits import Limits
    from extractors.documents.pdf import read_pdf

    document = read_pdf(pdf, "formulas.pdf", hashlib.sha256(pdf).hexdigest(), Limits())
    text = document.text
    found = []
    for i, formula in enumerate(FORMULAS):
        begin, end = _BEFORE.replace("{}", _letters(i)), _AFTER.replace("{}", _letters(i))
        for place, pattern in (
            ("inline", f"{begin} ?(?! ?displayed)(.*?) ?{end}"),
            ("display", f"{begin} displayed(.*?){end}"),
        ):
            match = re.search(pattern, text, re.DOTALL)
            if match is None:
                found.append((formula, place, "", "lost"))
                continue
            start, stop = match.span(1)
            worst = [b.math_quality for b in document.blocks if b.start < stop and b.end > start]
            quality = max(worst, key=["exact", "rebuilt", "doubtful"].index)
            found.append((formula, place, match[1].strip(), quality))
    return found


def main(arguments: list[str]) -> None:
    show = "--show" in arguments
    if "--tex" in arguments:
        print(tex_source())
        return
    paths = [a for a in arguments if not a.startswith("--")]
    if paths:
        pdf = Path(paths[0]).read_bytes()
    else:
        import typst

        with TemporaryDirectory() as folder:
            path = Path(folder, "formulas.typ")
            path.write_text(typst_source(), encoding="utf-8")
            pdf = bytes(typst.compile(str(path), ignore_system_fonts=True, timestamp=0))
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for formula, place, text, quality in read_back(pdf):
        exact = normal(text) == normal(formula.latex)
        for row in (rows[f"{formula.kind} {place}"], rows["all"]):
            row[0] += 1
            row[1] += exact
            row[2] += not exact and quality in ("doubtful", "lost")
            row[3] += exact and quality == "doubtful"
        if show and not exact:
            print(f"{formula.kind} {place} {quality}\n  want {formula.latex}\n  have {text!r}")
    print(f"{'':20} formulas  exact  flagged of the others  silent  flagged in vain")
    for kind, (count, exact, flagged, vain) in rows.items():
        print(f"{kind:20} {count:8} {exact / count:6.2f} {flagged:10} {count - exact - flagged:18} {vain:8}")
    count, exact, flagged, vain = rows["all"]
    print(f"{flagged} of {flagged + vain} flags are right; {flagged} of {count - exact} wrong are flagged")


if __name__ == "__main__":
    main(sys.argv[1:])
