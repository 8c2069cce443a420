"""The dataset that `beam run aurora` writes: labels for the steps of solutions (arXiv 2502.11520)."""

from __future__ import annotations

from dataclasses import dataclass, field

WRONG_LENGTH = "wrong_length"
"""Why a vote is discarded that labels more or fewer steps than there are."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a solution came from."""

    uri: str = field(metadata={"doc": "file of the row"})
    sha256: str = field(metadata={"doc": "SHA-256 of that file's bytes"})
    row: int = field(metadata={"doc": "place of the row in the file, from 0"})
    id: str = field(metadata={"doc": "what the row calls itself; a hash of its file and place if nothing"})


@dataclass(frozen=True, slots=True)
class Discarded:
    """A vote that counts for nothing."""

    annotator: str = field(metadata={"doc": "who gave it"})
    reason: str = field(
        metadata={"doc": "wrong_length, wrong_value, no_answer, or why the model's answer can't be used"}
    )


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes on a solution.

    Attributes:
      annotators: who voted, a name for each row of `votes`; one that was asked several times is there as
        often.
      votes: rows of 0 (wrong) and 1 (right), one for each step.
      discarded: those that could not be used.
    """

    annotators: tuple[str, ...] = ()
    votes: tuple[tuple[int, ...], ...] = ()
    discarded: tuple[Discarded, ...] = ()

    def joined(self, other: Ballot) -> Ballot:
        """Returns these votes with those of another ballot whose annotators are not in this one."""
        known = {*self.annotators, *(one.annotator for one in self.discarded)}
        new = [place for place, name in enumerate(other.annotators) if name not in known]
        return Ballot(
            (*self.annotators, *(other.annotators[place] for place in new)),
            (*self.votes, *(other.votes[place] for place in new)),
            (*self.discarded, *(one for one in other.discarded if one.annotator not in known)),
        )


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution on its way through the pipeline.

    Attributes:
      id: hash of the problem, its solution, who wrote it, and what the row calls itself.
      solution: as written; empty while it is still to be written.
      steps: of it; empty while it is whole.
      policy: who wrote it; the name of an engine while it is still to be written.
      prompt, style, sample: what the policy is asked, in which style, and which of its answers this is.
      outcome: whether its final answer is right, if that is known.
      ballot: the votes that came with the row, and then those of the judges too.
    """

    id: str
    source: Source
    problem: str
    reference_solution: str
    reference_answer: str
    policy: str
    solution: str = ""
    steps: tuple[str, ...] = ()
    prompt: str = ""
    style: str = ""
    sample: int = 0
    outcome: bool | None = None
    ballot: Ballot = Ballot()


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row of OUT/data/*.parquet."""

    id: str = field(metadata={"doc": "hash of problem, solution, policy and the row's own id"})
    problem: str = field(metadata={"doc": "the problem"})
    reference_answer: str | None = field(metadata={"doc": "its right final answer, where one is given"})
    policy: str = field(metadata={"doc": "who wrote the solution; empty if nobody says"})
    prompt: str | None = field(
        metadata={"doc": "what the policy was asked: style, and name@version:hash; null if not asked here"}
    )
    solution: str = field(metadata={"doc": "the solution as written"})
    steps: tuple[str, ...] = field(
        metadata={"doc": "its steps, in order; but for white space they make up the solution"}
    )
    votes: tuple[tuple[int, ...], ...] = field(
        metadata={"doc": "a row an annotator, with 1 (right) or 0 (wrong) for each step"}
    )
    labels_soft: tuple[float, ...] = field(
        metadata={"doc": "how likely each step is right (0..1): mean of the votes, or by their weights"}
    )
    labels: tuple[int | None, ...] = field(
        metadata={"doc": "1 (right) or 0 (wrong) for each step; null where it abstains (--abstain)"}
    )
    first_error: int | None = field(
        metadata={"doc": "first step labelled 0, from 0; -1 if none is; null if an abstention leaves it open"}
    )
    n_votes: int = field(metadata={"doc": "votes that count"})
    vote_std: tuple[float, ...] = field(
        metadata={"doc": "standard deviation of the votes on each step (0 to 0.5)"}
    )
    entropy: tuple[float, ...] = field(metadata={"doc": "of labels_soft, in bits (0 to 1)"})
    agreement: float | None = field(
        metadata={"doc": "share of annotators who see the first error at first_error; null if that is open"}
    )
    outcome: bool | None = field(
        metadata={"doc": "whether the final answer is right; null if that can't be told"}
    )
    outcome_conflict: bool | None = field(
        metadata={
            "doc": "whether labels and outcome contradict each other: all steps right and the answer "
            "wrong, or all wrong from the first error on and the answer right; null if that is not known"
        }
    )
    annotators: tuple[str, ...] = field(
        metadata={"doc": "who gave each row of votes: MODEL/PROMPT, or as given with the row"}
    )
    discarded: tuple[Discarded, ...] = field(metadata={"doc": "votes that count for nothing, and why"})
    source: Source = field(metadata={"doc": "the row that it came from"})


@dataclass(frozen=True, slots=True)
class Stepwise:
    """A row for training a process reward model: TRL's stepwise supervision."""

    id: str = field(metadata={"doc": "that of the dataset"})
    prompt: str = field(metadata={"doc": "the problem"})
    completions: tuple[str, ...] = field(
        metadata={"doc": "the steps, up to the first without a label if there is one"}
    )
    labels: tuple[bool, ...] = field(metadata={"doc": "whether each of them is right"})
    soft_labels: tuple[float, ...] = field(metadata={"doc": "how likely each of them is right (0..1)"})
    outcome: bool | None = field(metadata={"doc": "whether the final answer is right; null if not known"})


@dataclass(frozen=True, slots=True)
class Processed:
    """A row in the format of ProcessBench (arXiv 2412.06559)."""

    id: str = field(metadata={"doc": "that of the dataset"})
    source_id: str = field(metadata={"doc": "what the row that the solution came with calls itself"})
    generator: str = field(metadata={"doc": "who wrote the solution"})
    problem: str = field(metadata={"doc": "the problem"})
    steps: tuple[str, ...] = field(metadata={"doc": "the steps of the solution"})
    final_answer_correct: bool | None = field(metadata={"doc": "null if not known"})
    label: int = field(metadata={"doc": "index of the first wrong step, -1 if there is none"})


@dataclass(frozen=True, slots=True)
class Preferred:
    """Two solutions of one problem: TRL's preference format."""

    id: str = field(metadata={"doc": "hash of the ids of both"})
    prompt: str = field(metadata={"doc": "the problem"})
    chosen: str = field(metadata={"doc": "a solution without a wrong step, whose answer isn't wrong"})
    rejected: str = field(metadata={"doc": "a solution with a wrong step"})
    chosen_id: str = field(metadata={"doc": "id of the chosen solution in the dataset"})
    rejected_id: str = field(metadata={"doc": "id of the rejected one"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why votes count for nothing."""

    reason: str = field(metadata={"doc": "as in `discarded` of the dataset"})
    votes: int = field(metadata={"doc": "how many"})


@dataclass(frozen=True, slots=True)
class Coin:
    """How likely an annotator calls a step right, as estimated."""

    step: str = field(metadata={"doc": "what the step is: right; right, the next one wrong; or wrong"})
    said_before: int = field(metadata={"doc": "its vote on the step before; 1 before the first"})
    says_right: float = field(metadata={"doc": "probability that it says 1 (0..1)"})


@dataclass(frozen=True, slots=True)
class Annotator:
    """One who votes on steps."""

    id: str = field(metadata={"doc": "hash of its name"})
    annotator: str = field(metadata={"doc": "MODEL/PROMPT, or as given with the rows"})
    votes: int = field(
        metadata={"doc": "its votes that count, on all solutions, those that were rejected too"}
    )
    discarded: tuple[Reason, ...] = field(metadata={"doc": "its votes that count for nothing"})
    steps: int = field(metadata={"doc": "steps with a label in the dataset that it voted on"})
    agreement: float | None = field(metadata={"doc": "share of those on which it says what the label says"})
    conflicts: int = field(
        metadata={"doc": "votes in the dataset that the outcome contradicts, as in `outcome_conflict`"}
    )
    coins: tuple[Coin, ...] = field(
        metadata={"doc": "its skill, estimated without any truth; empty but with --aggregate weighted"}
    )
    weight: float | None = field(
        metadata={"doc": "how much of its own it adds to what the others say (0..1); likewise"}
    )
