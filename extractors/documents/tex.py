"""Mathematics in LaTeX, as it stands between dollar signs in a block."""

from __future__ import annotations

import re

from extractors.documents.characters import printable

_MATH_COMMENT = re.compile(r"(?<!\\)%[^\n]*(?:\n|$)")
_MATH_LABEL = re.compile(r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag)\b\s*")
_MATH_SPACE = re.compile(r"\\[mh]space\*?\s*\{[^{}]*\}")
_MATH_EQUATION = re.compile(r"^\\begin\{(equation|displaymath|math)(\*?)\}(.*)\\end\{\1\2\}$", re.DOTALL)
_MATH_ROWS = re.compile(r"\\(begin|end)\{(align|alignat|flalign|eqnarray|gather|multline)\*?\}(?:\{\d+\})?")
# Not across another opening: else what is never closed takes time with the square of its length.
_TEX_INLINE = re.compile(r"\\\(((?:(?!\\\().)+?)\\\)", re.DOTALL)
_TEX_ENVIRONMENT = re.compile(
    r"\\begin\{(equation|align|alignat|gather|multline|eqnarray)(\*?)\}((?:(?!\\begin\{\1).)+?)\\end\{\1\2\}",
    re.DOTALL,
)
_TEX_DISPLAY = re.compile(r"\\\[((?:(?!\\\[).)+?)\\\]", re.DOTALL)


def tidy_math(tex: str) -> str:
    """Returns LaTeX mathematics that stands between dollar signs, on one line.

    Comments, labels and the environments that open mathematics themselves are taken off
    (`equation`), or replaced by those that stand within it (`align` by `aligned`).
    """
    tex = printable(tex)
    if "%" in tex:
        tex = _MATH_COMMENT.sub("", tex)
    tex = " ".join(_MATH_SPACE.sub(r"\\quad ", _MATH_LABEL.sub("", tex)).split())
    if (len(tex) - len(tex.rstrip("\\"))) % 2:  # the blank of a final "\ " is gone
        tex = tex[:-1].rstrip()
    if whole := _MATH_EQUATION.match(tex):
        tex = whole[3].strip()
    return _MATH_ROWS.sub(_inner_rows, tex)


def _inner_rows(match: re.Match[str]) -> str:
    inner = "gathered" if match[2] in ("gather", "multline") else "aligned"
    return f"\\{match[1]}{{{inner}}}"


def tex_as_dollars(text: str) -> str:
    """Returns running text with what MathJax takes for formulas between dollar signs.

    That is `\\(x\\)`, `\\[x\\]` and environments such as `\\begin{align}`.
    """
    if "\\" not in text:
        return text
    text = _TEX_INLINE.sub(lambda m: f"${tidy_math(m[1])}$", text)
    text = _TEX_DISPLAY.sub(lambda m: f" $${tidy_math(m[1])}$$ ", text)
    if "\\begin{" not in text or "$$" in text:  # an environment within a display is a part of it
        return text
    return _TEX_ENVIRONMENT.sub(lambda m: f" $${tidy_math(m[0])}$$ ", text)
