"""LaTeX source as pandoc should see it: what pandoc would drop is written in forms that it keeps.

Pandoc drops the labels of list items, the questions of the exam class, the arguments of macros
that it does not know (`\\solution{...}`) and the titles of environments; it reads drawings as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from extractors.documents.latex_lists import OPTIONAL, label_items
from extractors.documents.marks import mark_target, without_marks

_VERBATIM = re.compile(
    r"\\begin\{(verbatim\*?|Verbatim|lstlisting|minted|alltt|pycode|sagesilent)\}|\\(?:verb|lstinline)\*?([^\w\s{*])"
)
_DROPPED = re.compile(r"\\begin\{(comment|tikzpicture|tikzcd|circuitikz|pspicture|picture|asy|axis|forest)\}")
_MATH = re.compile(r"(?<!\\)(\$\$?|\\\(|\\\[)|\\begin\{((?:equation|align|gather|multline|eqnarray)\*?)\}")
_MATH_CLOSINGS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_LAYOUT_NAMES = r"\{(?:multicols\*?|adjustwidth|spacing|minipage|wrapfigure|columns?)\}"
_LAYOUT = re.compile(
    rf"\\begin{_LAYOUT_NAMES}(?:\s*{OPTIONAL}|\s*\{{[^{{}}]*\}})*|\\end{_LAYOUT_NAMES}"
    r"|\\noalign\{\}|\\end(?:last)?foot(?![a-z])"  # which cost pandoc the cell that follows
)
_FRAME = re.compile(rf"\\begin\{{frame\}}\s*(?:{OPTIONAL}\s*)?\{{([^{{}}]*)\}}")
_DEFINED = re.compile(
    r"\\(?:(?:re|provide)?(?:new)?command|def|DeclareRobustCommand|NewDocumentCommand)\*?\s*\{?\s*\\([A-Za-z]+)"
    r"|\\(?:newtheorem|(?:re)?newenvironment)\*?\s*\{([A-Za-z]+)\}"
)
_NAMES = (
    "exercise|exercice|exo|problem|prob|question|ques|task|example|solution|soln?|answer|ans|hint|remark"
    "|aufgabe|loesung|ejercicio|solucion|esercizio|soluzione|problema|corrige"
)
_MACRO = re.compile(rf"\\((?:{_NAMES})s?)\s*(?:{OPTIONAL}\s*)?\{{", re.IGNORECASE)
_TITLED = re.compile(
    rf"\\begin\{{(\w*(?:{_NAMES}|box|theorem|lemma|definition|note)\w*\*?)\}}\s*({OPTIONAL})", re.IGNORECASE
)
_BOXED = r"\{solution(?:or[a-z]+|box)\}"
_BOXED_SOLUTION = re.compile(
    rf"\\(begin){_BOXED}(?:[ \t]*(?:{OPTIONAL}|\{{[^{{}}]{{0,40}}\}}))?|\\(end){_BOXED}"
)
_BONUS = re.compile(r"\\bonus((?:titled)?question|(?:sub)*part)(?![A-Za-z])")
_PROBSOLN = re.compile(rf"(\\begin\{{defproblem\}})(?:\s*{OPTIONAL})?\s*\{{[^{{}}]*\}}")
_RUN_IN = re.compile(
    rf"\\(?:sub)?paragraph\*?\s*(?:{OPTIONAL})?\s*\{{((?:[^{{}}]|\{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}})*)\}}"
)
"""Headings that are printed at the beginning of the paragraph below them."""
_OPTION = re.compile(r"(?:^|,)\s*(title|name|ref|label)\s*=\s*(\{[^{}]*\}|[^,{}]*)")
_NO_TITLE = re.compile(r"[htbpH!]{1,5}|[\d.]*\s*(?:in|cm|mm|pt|ex|em)?|\\.*")
_CHEMISTRY = re.compile(r"\\(?:ce|cf)\{((?:[^{}]|\{[^{}]*\})*)\}")
_HIDDEN = re.compile("\ue00e(\\w)(\\d+)\ue00f")


def prepare_latex(source: str) -> str:
    """Returns the source with what pandoc would drop rewritten; verbatim text stays as it is."""
    source = without_marks(source).replace("\r\n", "\n").replace("\r", "\n")
    return _around(_VERBATIM, _end_of_verbatim, "v", source, _prepare)


def _prepare(source: str) -> str:
    source = _COMMENT.sub(r"\1", source)
    source = _around(_DROPPED, _end_of_environment, "d", source, lambda text: text, keep=_drawing)
    source = _BONUS.sub(r"\\\1", source)
    source = _PROBSOLN.sub(r"\1", _BOXED_SOLUTION.sub(r"\\\1\2{solution}", source))
    source = _RUN_IN.sub(r"\n\n\\textbf{\1} ", source)
    source = _FRAME.sub(r"\\begin{frame}\n\\subsection*{\1}\n", _LAYOUT.sub("", source))
    defined = {name for found in _DEFINED.findall(source) for name in found if name}
    source = _macros_as_environments(source, defined)
    source = _TITLED.sub(lambda match: _titled(match, defined), source)
    source = label_items(source)
    return _around(_MATH, _end_of_math, "m", source, lambda text: _CHEMISTRY.sub(r"$\\ce{\1}$", text))


def _around(
    opening: re.Pattern[str],
    closing: Callable[[re.Match[str]], str],
    key: str,
    source: str,
    change: Callable[[str], str],
    keep: Callable[[str], str] = str,
) -> str:
    """Returns the source with `change` applied to the text around some spans, and `keep` to these.

    A span starts where `opening` matches and ends with the string that `closing` gives for it.
    While the text is changed, a mark with the letter `key` stands for each span.
    """
    hidden: list[str] = []
    pieces: list[str] = []
    position, missing = 0, set()
    for match in opening.finditer(source):
        end = closing(match)
        if match.start() < position or end in missing:
            continue
        found = source.find(end, match.end())
        if found < 0:  # never closed: not looked for again, which keeps this linear
            missing.add(end)
            continue
        pieces += [source[position : match.start()], f"\ue00e{key}{len(hidden)}\ue00f"]
        position = found + len(end)
        hidden.append(keep(source[match.start() : position]))
    changed = change("".join([*pieces, source[position:]]))
    return _HIDDEN.sub(lambda mark: hidden[int(mark[2])] if mark[1] == key else mark[0], changed)


def _end_of_environment(match: re.Match[str]) -> str:
    return f"\\end{{{match[1]}}}"


def _end_of_verbatim(match: re.Match[str]) -> str:
    return f"\\end{{{match[1]}}}" if match[1] else match[2]


def _end_of_math(match: re.Match[str]) -> str:
    return _MATH_CLOSINGS[match[1]] if match[1] else f"\\end{{{match[2]}}}"


def _drawing(source: str) -> str:
    return "" if source.startswith("\\begin{comment}") else "\\includegraphics{drawing}"


def _macros_as_environments(source: str, defined: set[str]) -> str:
    """Macros of these names that the document itself does not define become environments.

    They stand in a class or package that pandoc does not read, so that it would drop them.
    """
    if "\\begin{questions}" in source:
        defined = defined | {"question"}
    closing = _matching_braces(source)
    edits: list[tuple[int, int, str]] = []
    for match in _MACRO.finditer(source):
        end = closing.get(match.end() - 1)
        if end is not None and match[1] not in defined:
            edits.append((match.start(), match.end(), f"\\begin{{{match[1]}}}\n"))
            edits.append((end, end + 1, f"\n\\end{{{match[1]}}}"))
    pieces, position = [], 0
    for start, end, text in sorted(edits):
        pieces += [source[position:start], text]
        position = end
    return "".join([*pieces, source[position:]])


def _matching_braces(source: str) -> dict[int, int]:
    """Returns the position of each opening brace's closing one."""
    closing, opened = {}, []
    for match in re.finditer(r"\\.|[{}]", source, re.DOTALL):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            closing[opened.pop()] = match.start()
    return closing


def _titled(match: re.Match[str], defined: set[str]) -> str:
    """An environment's title in brackets is printed above what it holds."""
    name, option = match[1], match[2][1:-1].strip()
    if name.rstrip("*") in defined:
        return match[0]
    options = {key: value.strip("{} ") for key, value in _OPTION.findall(option)}
    title = options.get("title") or options.get("name") or ("" if "=" in option else option)
    parts = [f"\\begin{{{name}}}"]
    if options.get("label"):
        parts.append(f"\\label{{{options['label']}}}")
    if options.get("ref"):
        parts.append(mark_target(options["ref"]))
    if title and not _NO_TITLE.fullmatch(title):
        parts.append(f"\\textbf{{{title}}}\\par\n")
    return "".join(parts)
