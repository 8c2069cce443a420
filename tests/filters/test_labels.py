from __future__ import annotations

import pytest

from filters.kinds import verdict
from filters.labels import KIND, ClassifierOptions, column
from filters.words import Texts
from tests.filters.trained import BAD, GOOD, trained


def decided(words: tuple[str, ...], **options: object) -> tuple[dict[str, object], str]:
    """Returns the scores of a row of words, and the reason of its rejection."""
    chosen = ClassifierOptions.model_validate({"model": str(trained()), **options})
    row = {"problem": " ".join(words * 3), "solution": " ".join(words * 4), "q": "", "a": ""}
    values = KIND.open(chosen)(Texts(row, ("problem",)))
    scores = dict(zip((score.name for score in KIND.scores(chosen)), values, strict=True))
    return dict(scores), verdict(KIND, chosen, scores).reason


def test_every_label_is_a_score() -> None:
    scores, reason = decided(GOOD)
    assert list(scores) == ["label", "score", "p_drop", "p_keep"]
    assert scores["label"] == "keep"
    assert scores["score"] == scores["p_keep"]
    assert reason == ""


@pytest.mark.parametrize(
    ("options", "good", "bad"),
    [
        ({"keep": ["keep"]}, "", "other_label"),
        ({"min": {"keep": 0.5}}, "", "low_keep"),
        ({"max": {"drop": 0.5}}, "", "high_drop"),
        ({"min_score": 1.0}, "unsure_label", "unsure_label"),
    ],
)
def test_thresholds(options: dict[str, object], good: str, bad: str) -> None:
    assert (decided(GOOD, **options)[1], decided(BAD, **options)[1]) == (good, bad)


def test_columns_of_other_names_stand_for_those_of_the_training() -> None:
    other = {"columns": ["q", "a"]}
    assert decided(GOOD, **other)[0] != decided(GOOD)[0]
    with pytest.raises(ValueError, match=r"columns: .* reads 2: problem, solution"):
        KIND.check(ClassifierOptions(model=str(trained()), columns=("q",)))


def test_labels_that_there_are_not() -> None:
    with pytest.raises(ValueError, match=r"physics: no label of .*; it has drop, keep"):
        KIND.check(ClassifierOptions(model=str(trained()), keep=("physics",)))
    assert column("High school, 9–12") == "p_high_school_9_12"
