"""Questions with right answers, and recorded answers to them, from rows of any dataset."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions

from pipelines.stages import Refused
from schemas.contrastive import Question, Sample, Sampling, Source
from schemas.ids import record_id
from schemas.row import Row, value_of
from synth.question_language import guessed_language
from synth.tokens import fold

BAD_SAMPLING = "bad_sampling"


class QuestionOptions(PipelineOptions):
    """Where rows have their questions and answers."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--question_column", default="question", metavar="NAME", help="with dots for fields of fields"
        )
        parser.add_argument(
            "--answer_column",
            default="answer",
            metavar="NAME",
            help="right answers: a text, or a list of texts any of which will do",
        )
        parser.add_argument(
            "--language",
            default="auto",
            metavar="CODE",
            help="of the questions, such as en; auto takes the column `language` or guesses",
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what; see `QuestionOptions`."""

    question: str = "question"
    answer: str = "answer"
    language: str = "auto"


@dataclass(frozen=True, slots=True)
class Recording:
    """Answers that a model gave to a question at another time.

    Attributes:
      id, uri, number: of their row.
      question: as in that row.
      samples: not graded, but for those that are known to be refusals.
      model, sampling: None where the row doesn't say.
    """

    id: str
    uri: str
    number: int
    question: str
    samples: tuple[Sample, ...]
    model: str | None
    sampling: Sampling | None


def question_key(question: str) -> str:
    """Returns what equal questions have in common: no capitals, accents or superfluous blanks."""
    return " ".join(fold(question).split())


def to_question(columns: Columns, row: Row) -> Question:
    """Returns the question of a row; its id depends on the question alone.

    Raises:
      Refused: no_question or no_answer.
    """
    question = _text(value_of(row.values, columns.question))
    if not question:
        raise Refused("no_question", f"nothing in {columns.question}; columns: {named(row.values)}")
    aliases = tuple(dict.fromkeys(filter(None, map(_text, _list(value_of(row.values, columns.answer))))))
    if not aliases:
        raise Refused("no_answer", f"nothing in {columns.answer}; columns: {named(row.values)}")
    language = _given_language(columns, row) or guessed_language(question)[0]
    source = Source(row.uri, row.sha256, row.number, row.id)
    return Question(record_id("question", question_key(question)), question, aliases, language, source)


def is_unsure(columns: Columns, row: Row) -> bool:
    """Whether nobody says in which language the question of a row is, nor its words."""
    question = _text(value_of(row.values, columns.question))
    return not _given_language(columns, row) and bool(question) and not guessed_language(question)[1]


def _given_language(columns: Columns, row: Row) -> str:
    if columns.language != "auto":
        return primary_subtag(columns.language)
    return primary_subtag(_text(row.values.get("language")))


def primary_subtag(code: str) -> str:
    """Returns the language of a code as ISO 639-1 has it (`en` of `en-US`); "" if Unicode knows none such."""
    from babel.localedata import exists

    first = re.split("[-_]", code.strip().lower())[0]
    return first if first.isascii() and first.isalpha() and exists(first) else ""


def question_order(question: Question) -> tuple[str, int]:
    """Returns the place of a question among others that ask the same."""
    return question.source.uri, question.source.row


def united(questions: Sequence[Question]) -> Question:
    """Returns the first of some questions that ask the same, with the right answers of all."""
    aliases = dict.fromkeys(alias for question in questions for alias in question.gold_aliases)
    return replace(questions[0], gold_aliases=tuple(aliases))


def to_recording(question_column: str, row: Row) -> Recording:
    """Returns the answers that a row of recorded samples holds.

    `samples` is a text, or a list of texts or of objects with `text` and maybe `grade`, as the export has it.

    Raises:
      Refused: no_question, no_samples or bad_sampling.
    """
    question = _text(value_of(row.values, question_column)) or _text(row.values.get("question"))
    if not question:
        raise Refused("no_question", f"nothing in {question_column}; columns: {named(row.values)}")
    samples = tuple(map(_sample, _list(row.values.get("samples"))))
    if not samples:
        raise Refused("no_samples", f"nothing in samples; columns: {named(row.values)}")
    model = _text(row.values.get("model")) or None
    return Recording(
        row.id, row.uri, row.number, question, samples, model, _sampling(row.values.get("sampling"))
    )


def _sample(value: Any) -> Sample:
    text, grade = (value.get("text"), value.get("grade")) if isinstance(value, Mapping) else (value, None)
    if text is not None and not isinstance(text, (str, int, float)):
        raise Refused("no_samples", f"a sample is a text or has one as `text`, not {str(value)[:200]}")
    return Sample(_text(text), "refused" if grade == "refused" else "unclear")


def _sampling(value: Any) -> Sampling | None:
    names = Sampling.__dataclass_fields__
    if not isinstance(value, Mapping) or any(value.get(name) is None for name in names):
        return None
    try:
        return Sampling(
            float(value["temperature"]),
            float(value["top_p"]),
            int(value["max_tokens"]),
            int(value["seed"]),
            str(value["prompt"]),
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise Refused(BAD_SAMPLING, f"sampling: {error}"[:200]) from None


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _text(value: Any) -> str:
    """Returns a value as text that UTF-8 can hold; of anything but a text or a number nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    text = str(value).strip()
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def named(values: Mapping[str, Any]) -> str:
    """Returns the names of columns, for a message."""
    return ", ".join(map(str, values))[:200] or "none"
