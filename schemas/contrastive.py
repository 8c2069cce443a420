"""The dataset that `beam run contrastive` writes: samples by what a model knows (arXiv 2502.07184)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Grade = Literal["correct", "refused", "wrong", "unclear"]
Zone = Literal["known", "uncertain", "unknown"]
ZONES: tuple[Zone, ...] = ("known", "uncertain", "unknown")


@dataclass(frozen=True, slots=True)
class Source:
    """The row that a question came from."""

    uri: str = field(metadata={"doc": "file of the question"})
    sha256: str = field(metadata={"doc": "SHA-256 of that file's bytes"})
    row: int = field(metadata={"doc": "its place in the file, from 0"})
    id: str = field(metadata={"doc": "what the row calls itself, or a hash of file and place"})


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what answers it rightly."""

    id: str
    question: str
    gold_aliases: tuple[str, ...]
    language: str
    source: Source


@dataclass(frozen=True, slots=True)
class Sampling:
    """How answers were drawn from the model."""

    temperature: float = field(metadata={"doc": "of the distribution of tokens"})
    top_p: float = field(metadata={"doc": "mass of the likeliest tokens that are drawn from"})
    max_tokens: int = field(metadata={"doc": "tokens after which an answer was cut off"})
    seed: int = field(metadata={"doc": "of the first sample; the n-th has n more"})
    prompt: str = field(metadata={"doc": "name, version and hash of the prompt"})


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of the model."""

    text: str = field(metadata={"doc": "as the model wrote it; empty if it was cut off"})
    grade: Grade = field(
        metadata={"doc": "correct, refused, wrong, or unclear: not right, but no plain mistake"}
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the answers that a model gave. The export `samples`, which `--samples` reads."""

    id: str = field(metadata={"doc": "hash of the question"})
    question: str = field(metadata={"doc": "as asked"})
    gold_aliases: tuple[str, ...] = field(metadata={"doc": "right answers"})
    language: str = field(metadata={"doc": "ISO 639-1 code of the question"})
    zone: Zone = field(metadata={"doc": "known, uncertain or unknown"})
    model: str | None = field(metadata={"doc": "model that answered; null if nobody said"})
    sampling: Sampling | None = field(metadata={"doc": "how it was asked; null if nobody said"})
    samples: tuple[Sample, ...] = field(metadata={"doc": "its answers, in the order of their numbers"})
    source: Source = field(metadata={"doc": "where the question came from"})


@dataclass(frozen=True, slots=True)
class Contrast:
    """One row of OUT/data/*.parquet."""

    id: str = field(metadata={"doc": "hash of the question"})
    question: str = field(metadata={"doc": "as asked"})
    gold_aliases: tuple[str, ...] = field(metadata={"doc": "right answers, any of which will do"})
    language: str = field(metadata={"doc": "ISO 639-1 code of the question"})
    n_samples: int = field(metadata={"doc": "answers that the model gave"})
    n_correct: int = field(metadata={"doc": "right ones"})
    n_refused: int = field(metadata={"doc": "those that say that it doesn't know"})
    n_wrong: int = field(metadata={"doc": "all others, so that the three make n_samples"})
    n_unclear: int = field(
        metadata={"doc": "those of n_wrong that are no plain mistake (cut off, a guess, part of the truth)"}
    )
    accuracy: float = field(metadata={"doc": "n_correct / n_samples"})
    ik: float = field(metadata={"doc": "threshold: known from this accuracy on"})
    idk: float = field(metadata={"doc": "threshold: unknown below this accuracy, and where nothing is right"})
    zone: Zone = field(metadata={"doc": "known, uncertain or unknown"})
    positives: tuple[str, ...] = field(metadata={"doc": "what the model is to say, best first"})
    negatives: tuple[str, ...] = field(metadata={"doc": "what it is not to say, hardest first"})
    model: str | None = field(metadata={"doc": "model that answered; null if nobody said"})
    sampling: Sampling | None = field(metadata={"doc": "how it was asked; null if nobody said"})
    source: Source = field(metadata={"doc": "where the question came from"})


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a conversation."""

    role: Literal["user", "assistant"] = field(metadata={"doc": "user or assistant"})
    content: str = field(metadata={"doc": "its text"})


@dataclass(frozen=True, slots=True)
class Preference:
    """A pair of answers as TRL's trainers read it: conversational, with an explicit prompt."""

    id: str = field(metadata={"doc": "hash of the question, and the number of the pair"})
    prompt: tuple[Message, ...] = field(metadata={"doc": "the question, of the user"})
    chosen: tuple[Message, ...] = field(metadata={"doc": "a positive, of the assistant"})
    rejected: tuple[Message, ...] = field(metadata={"doc": "a negative, of the assistant"})


@dataclass(frozen=True, slots=True)
class Triplets:
    """A question with all its positives and negatives, as losses over several negatives read it."""

    id: str = field(metadata={"doc": "hash of the question"})
    anchor: str = field(metadata={"doc": "the question"})
    positives: tuple[str, ...] = field(metadata={"doc": "as in the dataset"})
    negatives: tuple[str, ...] = field(metadata={"doc": "as in the dataset"})
