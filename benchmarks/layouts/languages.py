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
