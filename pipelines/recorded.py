"""Recorded answers in place of a model: each question gets those of its words, from files of samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import apache_beam as beam

from pipelines.needed import Needed
from pipelines.output import is_ours, join
from pipelines.questions import Recording, question_key, to_recording
from pipelines.recipe import StageInfo
from pipelines.rows import ReadRows
from pipelines.stages import REJECTED, Convert, Split, Tally, source_of
from pipelines.tables import list_tables
from schemas.contrastive import Answered, Question
from schemas.verdict import Rejected
from synth.mastery import NO_SAMPLES
from synth.sampling import with_samples

RECORDED_STAGES = (
    StageInfo("open_samples", "files of samples", "with --samples: opens a file of recorded answers"),
    StageInfo("read_samples", "recordings", "with --samples: reads its rows"),
    StageInfo("recorded", "recordings", "with --samples: finds question and answers in a row"),
    StageInfo("matched", "recordings", "with --samples: leaves out those of questions that nobody asks"),
)


MIXED_SAMPLES = "mixed_samples"


def sample_files(paths: Sequence[str], output: str, option: str) -> list[str]:
    """Returns the files of answers that paths name; of the folder of a run, those of its export.

    Raises:
      UsageError: a path names no file of rows.
    """
    own = [join(path, "exports/samples") if is_ours(join(path, "run.json")) else path for path in paths]
    return list_tables(own, output, option=option)


def needed_of_samples(question_column: str) -> list[Needed]:
    """Returns the columns of files of samples; the export of a run has the question as `question`."""
    names = tuple(dict.fromkeys((question_column, "question")))
    return [Needed(names, "question_column"), Needed(("samples",))]


class RecordedAnswers(beam.PTransform):
    """Questions -> the same with recorded answers; one without any is rejected as no_samples.

    One whose answers are of several models, or were drawn in several ways, is mixed_samples.

    Args:
      files: of samples.
      question_column: where their rows have the question.
    """

    def __init__(self, files: Sequence[str], question_column: str):
        super().__init__(label="samples")
        self.files, self.question_column = files, question_column

    def expand(self, questions: beam.PCollection[Question]) -> Split:
        sources = questions.pipeline | "files" >> beam.Create([source_of(uri) for uri in self.files])
        rows = sources | ReadRows(stages=("open_samples", "read_samples"))
        recorded = rows.kept | Convert("recorded", partial(to_recording, self.question_column), Recording)
        asked = questions | "by question" >> beam.Map(_keyed).with_output_types(tuple[str, Question])
        known = recorded.kept | "by recording" >> beam.Map(_keyed).with_output_types(tuple[str, Recording])
        joined = (
            {"questions": asked, "recordings": known}
            | beam.CoGroupByKey()
            | beam.ParDo(_Join()).with_outputs(REJECTED, main="kept")
        )
        joined.kept.element_type, joined[REJECTED].element_type = Answered, Rejected
        rejects = (rows.rejected, recorded.rejected, joined[REJECTED]) | "rejects" >> beam.Flatten()
        return Split(joined.kept, rejects)


def _keyed(record: Question | Recording) -> tuple[str, Any]:
    return question_key(record.question), record


class _Join(beam.DoFn):
    def __init__(self) -> None:
        self.asked, self.known = Tally("samples"), Tally("matched")

    def process(self, group: tuple[str, dict[str, Iterable[Any]]]) -> Iterator[Any]:
        questions = list(group[1]["questions"])
        recordings = sorted(group[1]["recordings"], key=lambda one: (one.uri, one.number))
        self.asked.seen(len(questions))
        self.known.seen(len(recordings))
        if not questions:
            for recording in recordings:
                yield self.known.reject(recording, "no_such_question", recording.question)
            return
        self.known.kept(len(recordings))
        for question in questions:
            if not recordings:
                yield self.asked.reject(question, NO_SAMPLES, "in no file of --samples")
                continue
            if len({(one.model, one.sampling) for one in recordings}) > 1:
                models = ", ".join(sorted({one.model or "one without a name" for one in recordings}))
                yield self.asked.reject(question, MIXED_SAMPLES, f"several ways, from {models}"[:200])
                continue
            self.asked.kept()
            samples = tuple(sample for recording in recordings for sample in recording.samples)
            first = recordings[0]
            yield with_samples(question, samples, first.model, first.sampling)
