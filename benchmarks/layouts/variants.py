"""How a variant is described. The table of all variants is in `catalogue.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    """One way to print a book with its problems and solutions.

    Labels are Markdown with placeholders: `{n}` is the number, `{t}` the problem's title, and any
    key of the book's `words` stands for that word ("**{exercise} {n}.** "). `{c}` and `{s}` are the
    numbers of the chapter and of the section, `{star}` marks every third problem as hard.

    Attributes:
      name: used by `--only` and in reports.
      language: which book of `content/`.
      also: further books that are printed in the same way and read in the same run.
      form: pdf (typeset like TeX), story (PDF typeset from HTML), docx, epub, html, latex,
        markdown, text, notebook.
      words: label words in the place of the book's own, as pairs ("exercise", "Brolen").
      number: chapter.section.n, chapter.n, chapter-n, section (restarts), chapter (restarts), book
        (runs through), padded (the same, as 01), letter (A12), roman (restarts by chapter),
        circled (restarts by chapter).
      problem, inline, gathered: labels of a problem, of a solution that follows its problem, and
        of a solution that stands elsewhere.
      hint: label of a hint.
      place: where the solutions stand: inline, bracket (at the end of the problem's own
        paragraph), section, chapter, back, front, companion (a second document), companions (two
        documents a chapter), nowhere.
      sets: where the problems stand: at the end of each section or chapter, spread (right after
        the prose, without a heading), or none (they are not printed at all).
      set_heading, solutions_heading: of a group of problems and of solutions; empty: no heading.
      solved: all, odd, even, none or half (the first half of the book).
      text: what is printed as a solution: full, short (the answer alone), repeat (the question
        again, then the solution), key (all short answers of a group in one paragraph), table (the
        short answers of a group in a table, number and answer in turn), rows (the same, one a row),
        tworows (the same, all numbers above all answers).
      hints: none, inline (after each problem), gathered (a group of their own before the
        solutions), only (hints in the place of the solutions).
      parts: how the parts of a problem are marked: (a), a), a., i).
      wrap: how the source declares items: "" (not at all), div, details, environment, myst, quarto,
        heading (each label is a heading).
      headings: of chapters and sections: numbered ("Chapter 1. Title", "1.2 Title"), bare
        ("Title"), or number ("1 Title").
      back_headings: whether gathered solutions repeat the headings of chapters (and of sections
        where the numbers restart in each of them).
      layout: of items: plain, list (as items of real lists, where the label is a bare number),
        and in PDFs hang (hanging indent), grid (the label in a column of its own), box
        (problems and examples in frames), margin (the label beside the text) or badge (the label
        white on a coloured ground).
      style: how solutions that follow their problems are set apart: "" (not at all), quote (a block
        quotation), and in PDFs italic, small, indent, frame.
      end: what closes each solution, such as a tombstone.
      links: whether the label of each problem leads to its solution and back.
      columns, solution_columns: in PDFs, for groups of problems and of solutions.
      running: running head of PDFs; empty: the book's title.
      page: width and height of PDFs in points.
      font: of PDFs, "New Computer Modern" or "Libertinus Serif".
      examples, contents, notes, figures: whether worked examples, a table of contents, footnotes
        and figures are printed.
    """

    name: str
    language: str = "en"
    also: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    form: str = "pdf"
    number: str = "chapter.n"
    problem: str = "**{exercise} {n}.** "
    inline: str = "*{solution}.* "
    gathered: str = "**{n}.** "
    hint: str = "*{hint}.* "
    place: str = "back"
    sets: str = "chapter"
    set_heading: str = "{exercises}"
    solutions_heading: str = "{answers}"
    solved: str = "all"
    text: str = "full"
    hints: str = "none"
    parts: str = "(a)"
    wrap: str = ""
    headings: str = "numbered"
    back_headings: bool = True
    layout: str = "plain"
    style: str = ""
    end: str = ""
    links: bool = False
    columns: int = 1
    solution_columns: int = 1
    running: str = ""
    page: tuple[int, int] = (420, 595)
    font: str = "New Computer Modern"
    examples: bool = True
    contents: bool = False
    notes: bool = False
    figures: bool = True
