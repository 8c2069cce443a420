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

    method: str = field(metadata={"doc": "inline, follow_up, declared, repeated, scope_number or mirrored"})
    score: float = field(metadata={"doc": "0..1, the share of pairs found like it that are right"})


@dataclass(frozen=True, slots=True)
class Criterion:
    """What was said of one criterion of a rubric."""

    name: str = field(metadata={"doc": "criterion, as the rubric names it"})
    score: float | None = field(
        metadata={"doc": "1 (worst) to 5; a fraction if expected value or mean; null if not judged"}
    )


@dataclass(frozen=True, slots=True)
class Vote:
    """One answer of a model that judges."""

    model: str = field(metadata={"doc": "model, as its server names it"})
    sample: int = field(metadata={"doc": "which of its answers, from 0"})
    valid: bool = field(metadata={"doc": "whether the answer could be used; if not, it counts for nothing"})
    rationale: str = field(metadata={"doc": "why, in its words; of an invalid one what was wrong with it"})
    scores: tuple[Criterion, ...] = field(metadata={"doc": "its scores; empty of an invalid one"})


@dataclass(frozen=True, slots=True)
class Judge:
    """What the judge said of the pair."""

    score: float = field(metadata={"doc": "0..1: weighted mean of the criteria that were judged"})
    verdict: str = field(metadata={"doc": "keep or drop"})
    reason: str = field(metadata={"doc": "parts of the rule that it fails, with scores; empty if kept"})
    model: str = field(metadata={"doc": "models that judged, joined by +; rules-1 for the built-in rules"})
    criteria: tuple[Criterion, ...] = field(
        default=(), metadata={"doc": "scores, aggregated over the valid votes"}
    )
    agreement: float | None = field(
        default=None,
        metadata={
            "doc": "1 - mean absolute difference of two votes / 4, over pairs of votes and criteria; "
            "null with fewer than two votes"
        },
    )
    votes: tuple[Vote, ...] = field(default=(), metadata={"doc": "every answer; empty without models"})
    prompt: str | None = field(
        default=None, metadata={"doc": "prompt: name@version:hash of its file; null without models"}
    )
    rubric: str | None = field(
        default=None, metadata={"doc": "rubric: name:hash of what it says; null without one"}
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """An independent answer by a model, compared with the printed solution."""

    model: str = field(metadata={"doc": "model that answered"})
    text: str = field(metadata={"doc": "its answer"})
    agrees: bool | None = field(
        metadata={"doc": "whether it agrees with the printed solution; null if undecided"}
    )
    verified_by: str | None = field(
        metadata={
            "doc": "what decided that: letters (of options), math-verify, or a model; null if undecided"
        }
    )
    prompt: str = field(metadata={"doc": "name, version and hash of the prompt"})
    reason: str | None = field(
        metadata={
            "doc": "why there is no answer to compare: truncated_answer, refusal, timeout...; else null"
        }
    )


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
    domain: str | None = field(
        metadata={"doc": "field of study; null without a classifier that is sure of it"}
    )
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
    judge: Judge | None = field(metadata={"doc": "scores and verdict of the judge; null if none ran"})
    answers: tuple[Answer, ...] = field(metadata={"doc": "independent answers by models; empty without"})
