"""The variants: how books, sheets and notes print problems and solutions."""

from __future__ import annotations

from benchmarks.layouts.invented import INVENTED
from benchmarks.layouts.languages import FURTHER_LANGUAGES, LANGUAGES
from benchmarks.layouts.special import SPECIAL
from benchmarks.layouts.special.composed import Special
from benchmarks.layouts.unusual import UNUSUAL
from benchmarks.layouts.variants import Variant
from benchmarks.layouts.wordings import WORDINGS

_PDF = (
    Variant(
        "en-pdf-inline-numbered-by-section",
        number="chapter.section.n",
        place="inline",
        sets="spread",
        contents=True,
    ),
    Variant(
        "en-pdf-back-odd-two-columns",
        number="chapter",
        problem="**{n}.** ",
        columns=2,
        solution_columns=2,
        solved="odd",
        text="short",
        layout="hang",
        solutions_heading="{answers_odd}",
        notes=True,
    ),
    Variant(
        "en-pdf-chapter-end-review-questions",
        problem="**{n}** ",
        gathered="**{n}** ",
        set_heading="{review}",
        place="chapter",
        font="Libertinus Serif",
    ),
    Variant(
        "en-pdf-companion", place="companion", gathered="**{solution_to}.** ", solutions_heading="{solutions}"
    ),
    Variant(
        "en-pdf-hints-and-solutions-at-the-back",
        hints="gathered",
        number="chapter",
        problem="**{n}.** ",
        solutions_heading="{solutions}",
        layout="grid",
    ),
    Variant(
        "en-pdf-one-paragraph-key",
        number="section",
        sets="section",
        problem="**{n}.** ",
        gathered="**{n}.** ",
        text="key",
        solved="odd",
    ),
    Variant(
        "en-pdf-restart-in-each-section",
        number="section",
        sets="section",
        problem="{n}. ",
        gathered="{n}. ",
        columns=2,
        solution_columns=2,
        contents=True,
        text="short",
    ),
    Variant(
        "en-pdf-running-numbers",
        number="book",
        problem="**{problem} {n}.** ",
        gathered="**{n}.** ",
        back_headings=False,
        sets="section",
        set_heading="{problems}",
        solutions_heading="{solutions}",
    ),
    Variant(
        "en-pdf-roman-numbers",
        number="roman",
        problem="**{n}.** ",
        place="chapter",
        set_heading="{practice}",
        solutions_heading="{solutions}",
    ),
    Variant(
        "en-pdf-letter-numbers-grid",
        number="letter",
        problem="**{n}** ",
        gathered="**{n}** ",
        layout="grid",
        parts="i)",
        solved="odd",
    ),
    Variant("en-pdf-answers-in-brackets", place="bracket", number="chapter", problem="{n}. ", text="short"),
    Variant(
        "en-pdf-titled-problems-in-boxes",
        problem="**{exercise} {n}** ({t}). ",
        inline="**{solution}.** ",
        place="inline",
        sets="section",
        number="chapter.section.n",
        layout="box",
        font="Libertinus Serif",
        notes=True,
    ),
    Variant(
        "en-pdf-exam-and-mark-scheme",
        number="book",
        problem="**{question} {n}** [10 marks]\n\n",
        gathered="**{question} {n}**\n\n",
        place="companion",
        set_heading="",
        solutions_heading="Mark scheme",
        back_headings=False,
        examples=False,
    ),
    Variant(
        "en-pdf-multiple-choice-key-in-a-table",
        language="en-choices",
        number="book",
        problem="**{n}.** ",
        text="table",
        back_headings=False,
        set_heading="{questions}",
    ),
    Variant(
        "en-pdf-multiple-choice-letters",
        language="en-choices",
        number="chapter",
        problem="**{n}.** ",
        text="short",
        parts="(a)",
        set_heading="{review}",
        columns=2,
        solution_columns=2,
    ),
    Variant(
        "en-pdf-half-solved-manual",
        solved="half",
        place="companion",
        problem="{problem} {n} ",
        gathered="{problem} {n} ",
        solutions_heading="{solutions}",
        layout="hang",
    ),
    Variant(
        "en-pdf-two-books-back",
        also=("en2",),
        number="chapter",
        problem="**{n}.** ",
        solved="odd",
        text="short",
    ),
    Variant("en-pdf-two-books-companions", also=("en2",), place="companion", number="chapter.n"),
    Variant(
        "en-story-back", form="story", number="chapter", problem="**{n}.** ", columns=2, solution_columns=2
    ),
    Variant(
        "en-pdf-few-clues",
        headings="bare",
        number="chapter",
        problem="{n} ",
        gathered="{n} ",
        set_heading="",
        solutions_heading="{solutions}",
        contents=True,
        layout="grid",
    ),
)

_HARDER = (
    Variant(
        "en-pdf-shared-stems",
        language="en-stems",
        number="book",
        problem="**{n}.** ",
        set_heading="{problems}",
    ),
    Variant(
        "en-markdown-shared-stems-inline",
        language="en-stems",
        form="markdown",
        number="chapter",
        problem="**{n}.** ",
        place="inline",
    ),
    Variant(
        "en-pdf-restart-without-headings",
        number="section",
        sets="section",
        problem="**{n}.** ",
        back_headings=False,
        solutions_heading="{solutions}",
    ),
    Variant(
        "en-pdf-number-before-word",
        problem="**{n} {exercise}.** ",
        inline="**{n} {solution}.** ",
        place="inline",
    ),
    Variant(
        "en-text-short-labels",
        form="text",
        number="book",
        problem="{n}. ",
        inline="Sol. ",
        place="inline",
        sets="section",
    ),
    Variant(
        "en-docx-solution-numbers",
        form="docx",
        number="book",
        problem="**{problem} {n}** ",
        gathered="**{solution} {n}** ",
        place="section",
        sets="section",
        solutions_heading="",
    ),
    Variant(
        "en-markdown-titles-as-headings",
        form="markdown",
        wrap="heading",
        number="chapter",
        problem="{n}. {t}",
        gathered="{n}. {t}",
        solutions_heading="{solutions}",
    ),
    Variant("eo-pdf-back-unknown-words", language="eo", number="chapter", problem="**{n}.** "),
    Variant("eo-docx-inline-unknown-words", language="eo", form="docx", place="inline"),
    Variant(
        "eo-pdf-companion-unknown-words", language="eo", place="companion", gathered="**{exercise} {n}.** "
    ),
    Variant(
        "en-html-hints-gathered-restart", form="html", number="section", sets="section", hints="gathered"
    ),
    Variant(
        "en-pdf-three-books", also=("en2", "de"), number="chapter", problem="**{n}.** ", place="companion"
    ),
)

_OTHER_FORMATS = (
    Variant(
        "en-markdown-section-end",
        form="markdown",
        number="section",
        sets="section",
        place="section",
        solutions_heading="{solutions}",
    ),
    Variant(
        "en-markdown-companions",
        form="markdown",
        place="companions",
        number="chapter",
        problem="**{question} {n}**\n\n",
        gathered="**{question} {n}**\n\n",
        set_heading="{questions}",
        solutions_heading="{solutions}",
        examples=False,
    ),
    Variant(
        "en-markdown-myst-solutions-apart", form="markdown", wrap="myst", solutions_heading="{solutions}"
    ),
    Variant(
        "en-markdown-quarto", form="markdown", wrap="quarto", place="inline", sets="section", hints="inline"
    ),
    Variant("en-html-front", form="html", place="front", solutions_heading="{solutions}"),
    Variant("en-html-details", form="html", wrap="details", place="inline", sets="section", number="section"),
    Variant("en-html-classes-back", form="html", wrap="div", solutions_heading="{solutions}", text="short"),
    Variant(
        "en-latex-environments-hints",
        form="latex",
        wrap="environment",
        place="inline",
        hints="inline",
        headings="bare",
    ),
    Variant(
        "en-latex-chapter-end",
        form="latex",
        headings="bare",
        place="chapter",
        layout="list",
        number="chapter",
    ),
    Variant(
        "en-docx-companion-repeats-the-question",
        form="docx",
        place="companion",
        text="repeat",
        gathered="**{exercise} {n}.** ",
        solutions_heading="{solutions}",
    ),
    Variant("en-docx-lists", form="docx", number="chapter", problem="{n}. ", gathered="{n}. ", layout="list"),
    Variant(
        "en-docx-parentheses", form="docx", number="book", problem="({n}) ", gathered="({n}) ", parts="a)"
    ),
    Variant("en-epub-back", form="epub", problem="**{n}** ", gathered="**{n}** "),
    Variant("en-text-inline", form="text", place="inline", problem="{problem} {n}: ", inline="{solution}: "),
    Variant(
        "en-text-parentheses",
        form="text",
        number="section",
        sets="section",
        problem="{n}) ",
        gathered="{n}) ",
        parts="a.",
    ),
    Variant(
        "en-notebook-inline", form="notebook", wrap="heading", place="inline", number="book", hints="inline"
    ),
)

_NO_PAIRS = (
    Variant("none-pdf-hints-only", hints="only", solutions_heading="{hints}", examples=False),
    Variant("none-markdown-solutions-only", form="markdown", sets="none", examples=False),
    Variant("none-pdf-prose-with-lists", sets="none", place="nowhere", examples=False, contents=True),
    Variant("none-docx-problems-only", form="docx", place="nowhere", examples=False, layout="list"),
    Variant("none-de-html-hints-inline", language="de", form="html", hints="inline", place="nowhere"),
)

VARIANTS: tuple[Variant | Special, ...] = (
    _PDF
    + _HARDER
    + _OTHER_FORMATS
    + LANGUAGES
    + FURTHER_LANGUAGES
    + WORDINGS
    + UNUSUAL
    + INVENTED
    + SPECIAL
    + _NO_PAIRS
)
