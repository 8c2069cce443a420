"""The variants of `catalogue.py` that are not in English."""

from __future__ import annotations

from benchmarks.layouts.variants import Variant

LANGUAGES = (
    Variant(
        "de-pdf-P-and-L",
        language="de",
        number="book",
        problem="**P{n}.** ",
        gathered="**L{n}.** ",
        back_headings=False,
        layout="hang",
        parts="a)",
    ),
    Variant("de-docx-inline", language="de", form="docx", place="inline", number="book", parts="a)"),
    Variant(
        "fr-epub-chapter-end", language="fr", form="epub", place="chapter", problem="**{exercise} {n}.** "
    ),
    Variant(
        "fr-pdf-inline",
        language="fr",
        number="book",
        place="inline",
        problem="**{exercise} {n}** -- ",
        notes=True,
    ),
    Variant("es-html-inline", language="es", form="html", place="inline", hints="inline", sets="section"),
    Variant(
        "es-pdf-back-odd",
        language="es",
        number="chapter",
        problem="**{n}.** ",
        solved="odd",
        text="short",
        columns=2,
        solution_columns=2,
        solutions_heading="{answers_odd}",
        parts="a)",
    ),
    Variant(
        "it-docx-section-end", language="it", form="docx", number="section", sets="section", place="section"
    ),
    Variant(
        "pt-latex-companion", language="pt", form="latex", place="companion", headings="bare", parts="a)"
    ),
    Variant(
        "nl-text-back", language="nl", form="text", problem="{exercise} {n} ", gathered="{exercise} {n} "
    ),
    Variant(
        "pl-pdf-back-two-columns",
        language="pl",
        number="book",
        problem="**{exercise} {n}.** ",
        gathered="**{n}.** ",
        columns=2,
        solution_columns=2,
        font="Libertinus Serif",
    ),
    Variant(
        "ru-pdf-back-answers-and-hints",
        language="ru",
        problem="**{n}.** ",
        hints="gathered",
        text="short",
        set_heading="{exercises}",
    ),
    Variant("ru-story-inline", language="ru", form="story", place="inline", number="book"),
    Variant("tr-pdf-inline", language="tr", place="inline", problem="**{exercise} {n}** ", sets="section"),
    Variant(
        "zh-markdown-inline",
        language="zh",
        form="markdown",
        place="inline",
        problem="**{exercise} {n}** ",
        inline="**{solution}：** ",
    ),
    Variant(
        "zh-story-chapter-end",
        language="zh",
        form="story",
        place="chapter",
        number="chapter",
        problem="**{n}.** ",
    ),
    Variant(
        "ja-story-back",
        language="ja",
        form="story",
        problem="**{problem} {n}** ",
        gathered="**{problem} {n}** ",
    ),
    Variant(
        "ja-docx-chapter-end",
        language="ja",
        form="docx",
        place="chapter",
        number="chapter",
        problem="**{n}.** ",
    ),
)

# With fewer words known to anyone: the more of them, the rarer the language.
FURTHER_LANGUAGES = (
    Variant(
        "cs-pdf-back-odd",
        language="cs",
        number="chapter",
        problem="**{n}.** ",
        solved="odd",
        text="short",
        set_heading="{problems}",
        hints="gathered",
    ),
    Variant("cs-epub-inline", language="cs", form="epub", place="inline", problem="**{problem} {n}.** "),
    Variant(
        "sv-pdf-companion",
        language="sv",
        place="companion",
        problem="**{problem} {n}** ",
        gathered="**{problem} {n}** ",
        solutions_heading="{solutions}",
    ),
    Variant(
        "sv-html-key-at-the-back", language="sv", form="html", number="book", problem="{n}. ", text="short"
    ),
    Variant(
        "fi-pdf-chapter-end",
        language="fi",
        place="chapter",
        problem="**{n}** ",
        gathered="**{n}** ",
        set_heading="{problems}",
        columns=2,
    ),
    Variant(
        "fi-docx-inline-hints", language="fi", form="docx", place="inline", problem="**{problem} {n}.** "
    ),
    Variant(
        "hu-pdf-number-before-word",
        language="hu",
        number="book",
        problem="**{n}. {problem}.** ",
        gathered="**{n}. {solution}.** ",
        set_heading="{problems}",
        solutions_heading="{solutions}",
        back_headings=False,
    ),
    Variant(
        "hu-markdown-inline", language="hu", form="markdown", place="inline", problem="**{n}. {problem}** "
    ),
    Variant(
        "ro-latex-back",
        language="ro",
        form="latex",
        headings="bare",
        problem="**{n}.** ",
        number="chapter",
    ),
    Variant(
        "ro-pdf-one-paragraph-key",
        language="ro",
        number="chapter",
        problem="**{n}.** ",
        text="key",
        parts="a)",
    ),
    Variant("el-pdf-back", language="el", font="Libertinus Serif", columns=2, solution_columns=2),
    Variant("el-html-inline", language="el", form="html", place="inline", sets="section"),
    Variant(
        "uk-pdf-inline", language="uk", font="Libertinus Serif", place="inline", problem="**{problem} {n}.** "
    ),
    Variant("uk-docx-back-key", language="uk", form="docx", number="book", problem="**{n}.** ", text="short"),
    Variant("ko-story-back", language="ko", form="story", problem="**{problem} {n}.** "),
    Variant(
        "ko-html-inline",
        language="ko",
        form="html",
        place="inline",
        problem="**{problem} {n}** ",
        number="book",
    ),
    Variant("ar-html-inline", language="ar", form="html", place="inline"),
    Variant("ar-docx-back", language="ar", form="docx", number="chapter", problem="**{n}.** "),
    Variant("vi-pdf-chapter-end", language="vi", place="chapter", problem="**{problem} {n}.** "),
    Variant("vi-text-inline", language="vi", form="text", place="inline", problem="{problem} {n}. "),
    Variant(
        "id-pdf-restart-in-each-section", language="id", number="section", sets="section", problem="**{n}.** "
    ),
    Variant(
        "id-notebook-inline", language="id", form="notebook", place="inline", problem="**{problem} {n}.** "
    ),
    Variant("eu-pdf-inline", language="eu", place="inline", problem="**{exercise} {n}.** "),
    Variant("eu-html-back", language="eu", form="html", problem="**{exercise} {n}.** "),
    Variant(
        "cy-pdf-back", language="cy", number="chapter", problem="**{n}.** ", solutions_heading="{solutions}"
    ),
    Variant("cy-docx-inline", language="cy", form="docx", place="inline", number="book"),
    Variant("is-pdf-companion", language="is", place="companion", problem="**{problem} {n}** "),
    Variant("is-epub-inline", language="is", form="epub", place="inline", problem="**{problem} {n}.** "),
    Variant("sw-pdf-inline", language="sw", place="inline", number="book", problem="**{question} {n}.** "),
    Variant("sw-markdown-back", language="sw", form="markdown", number="chapter", problem="**{n}.** "),
    Variant(
        "ca-pdf-front-key", language="ca", place="front", number="book", problem="**{n}.** ", text="short"
    ),
    Variant("ca-html-details", language="ca", form="html", wrap="details", place="inline"),
)
