"""The dataset that `beam run scp116k` writes: problem-solution pairs (arXiv 2501.15587)."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.document import Box


@dataclass(frozen=True, slots=True)
class Source:
    """Where a pair was printed. A pair from two documents names the problem's, then the solution's."""

    uri: str = field(metadata={"doc": "document of the problem"})
    sha256: str = field(metadata={"doc": "SHA-256 of that document's bytes"})
    title: str = field(metadata={"doc": "title of that document"})
    solution_uri: str = field(
        metadata={"doc": "document of the solution; the same unless it has a companion"}
    )
    solution_sha256: str = field(metadata={"doc": "SHA-256 of the solution's document"})
    problem_pages: tuple[int, ...] = field(
        metadata={"doc": "first and last page, from 1; empty without pages"}
    )
    solution_pages: tuple[int, ...] = field(
        metadata={"doc": "first and last page, from 1; empty without pages"}
    )
    problem_boxes: tuple[Box, ...] = field(metadata={"doc": "rectangles on the pages, in points"})
    solution_boxes: tuple[Box, ...] = field(metadata={"doc": "rectangles on the pages, in points"})
    problem_span: tuple[int, ...] = field(
        metadata={"doc": "start and end in the text of the problem's document"}
    )
    solution_span: tuple[int, ...] = field(
        metadata={"doc": "start and end in the text of the solution's document"}
    )


@dataclass(frozen=True, slots=True)
class Pairing:
    """How problem and solution were found to belong together."""

    method: str = field(metadata={"doc": "inline, follow_up, declared, scope_number or mirrored"})
    score: float = field(metadata={"doc": "0..1, the share of pairs found like it that are right"})


@dataclass(frozen=True, slots=True)
class Judge:
    """What the judge said of the pair."""

    score: float = field(metadata={"doc": "0..1"})
    verdict: str = field(metadata={"doc": "keep or drop"})
    reason: str = field(metadata={"doc": "why"})
    model: str = field(metadata={"doc": "name of the judge; rules-1 for the built-in rules"})


@dataclass(frozen=True, slots=True)
class Answer:
    """An independent answer by a model, compared with the printed solution."""

    model: str = field(metadata={"doc": "model that answered"})
    text: str = field(metadata={"doc": "its answer"})
    agrees: bool | None = field(metadata={"doc": "whether it agrees with the solution; null if undecided"})


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of OUT/data/*.parquet."""

    id: str = field(metadata={"doc": "hash of both documents' SHA-256 and both spans"})
    problem: str = field(metadata={"doc": "the problem, mathematics as LaTeX where the format holds it"})
    solution: str = field(metadata={"doc": "the printed solution"})
    answer: str | None = field(metadata={"doc": "final answer where the solution states one"})
    solution_kind: str = field(
        metadata={"doc": "full, final_answer (nothing but the answer) or hint (help that does not solve it)"}
    )
    context: str | None = field(
        metadata={"doc": "printed before it for the next problems in common; read it before the problem"}
    )
    hint: str | None = field(metadata={"doc": "hint or strategy note printed with it, part of neither text"})
    label: str = field(metadata={"doc": "label as printed, such as Exercise 1.2.105"})
    domain: str | None = field(metadata={"doc": "field of study; null without a classifier or a model"})
    subdomain: str | None = field(metadata={"doc": "part of the field; null likewise"})
    level: str | None = field(metadata={"doc": "educational level; null likewise"})
    language: str = field(metadata={"doc": "ISO 639-1 code, und if unknown"})
    needs_figure: bool = field(metadata={"doc": "whether the problem cannot be read without a picture"})
    math_quality: str = field(
        metadata={"doc": "exact, rebuilt (from positions on a page) or doubtful (glyphs in reading order)"}
    )
    ocr: bool = field(metadata={"doc": "whether any of it was recognised on an image of a page"})
    source: Source = field(metadata={"doc": "where it was printed"})
    pairing: Pairing = field(metadata={"doc": "how the two were matched"})
    judge: Judge | None = field(metadata={"doc": "verdict of the judge; null if none ran"})
    answers: tuple[Answer, ...] = field(metadata={"doc": "independent answers by models; empty without"})
