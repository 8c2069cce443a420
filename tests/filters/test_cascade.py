from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from filters.cascade import Cascade, CascadeSpec, cascade_judge, check_cascade
from filters.classifier import BadClassifier
from filters.judge import JudgeSpec
from filters.rubrics import Rubric
from schemas.scp116k import Judge, Pair
from tests.filters.trained import BAD, GOOD, QUICK, rows, trained, written
from tests.inference.asking import asked, stubs
from tests.inference.stub import Reply
from tests.pipelines.records import pair

RUBRIC = Rubric.model_validate(
    {
        "name": "one",
        "keep": "right >= 3",
        "criteria": [{"name": "right", "question": "Right?", "anchors": {1: "no", 5: "yes"}}],
    }
)
DOUBTFUL = " ".join((*GOOD, *BAD) * 3)


def record(number: int, words: tuple[str, ...] | None) -> Pair:
    draw = random.Random(number)
    text = " ".join(draw.choices(words, k=30)) if words else DOUBTFUL
    return pair(f"{number} {text}", text, id=f"pair-{number}")


def judged(spec: CascadeSpec, pairs: list[Pair], score: int) -> tuple[list[Judge], dict[str, int], int]:
    """Returns verdicts, counts and the number of requests, where the model gives all pairs one score."""
    said = json.dumps({"rationale": "because", "scores": {"right": score}})
    with stubs(lambda body, number: Reply(said)) as (models, servers):
        judges = [asked(models, cascade_judge(JudgeSpec(RUBRIC), spec, models, one)) for one in pairs]
        return judges, dict(models.take_counts()), len(servers[0].requests)


def test_the_sure_pairs_are_decided_and_the_rest_is_asked() -> None:
    pairs = [*(record(i, GOOD) for i in range(5)), *(record(i, BAD) for i in range(5, 8)), record(9, None)]
    spec = CascadeSpec(str(trained()), 0.9, audit=0.0)
    judges, counts, requests = judged(spec, pairs, score=5)
    assert [judge.verdict for judge in judges] == ["keep"] * 5 + ["drop"] * 3 + ["keep"]
    assert counts["cascade/saved"] == 8
    assert requests == 1
    assert all(judge.model.startswith("fasttext:") and judge.votes == () for judge in judges[:8])
    assert judges[8].model == "stub-a"
    assert all(judge.score > 0.5 and judge.reason == "" for judge in judges[:5])
    assert all(judge.score < 0.5 and judge.reason.startswith("drop ") for judge in judges[5:8])


@pytest.mark.parametrize(("score", "agreed"), [(5, 4), (1, 2)])
def test_an_audit_asks_all_the_same_and_the_model_has_the_last_word(score: int, agreed: int) -> None:
    pairs = [record(i, GOOD) for i in range(4)] + [record(i, BAD) for i in range(4, 6)]
    judges, counts, requests = judged(CascadeSpec(str(trained()), 0.9, audit=1.0), pairs, score)
    assert requests == 6
    assert counts["cascade/audited"] == 6
    assert counts["cascade/agreed"] == agreed
    assert "cascade/saved" not in counts
    assert {judge.model for judge in judges} == {"stub-a"}
    assert {judge.verdict for judge in judges} == {"keep" if score == 5 else "drop"}


def test_the_audited_share_depends_on_ids_alone() -> None:
    ids = [f"id-{i}" for i in range(5000)]
    none, small, large = (Cascade(CascadeSpec(str(trained()), 0.9, audit)) for audit in (0.0, 0.02, 0.1))
    first = [id for id in ids if small.audited(id)]
    assert 60 <= len(first) <= 140
    assert first == [id for id in ids if small.audited(id)]
    assert set(first) < {id for id in ids if large.audited(id)}
    assert not any(none.audited(id) for id in ids)


def test_the_wanted_precision_holds_on_pairs_that_were_never_seen() -> None:
    cascade = Cascade(CascadeSpec(str(trained()), 0.9))
    decided: dict[str, list[bool]] = {"keep": [], "drop": []}
    for row in rows(1500, seed=5):
        judge = cascade.decide(pair(row["problem"], row["solution"], id=row["id"]))
        if judge:
            decided[judge.verdict].append(judge.verdict == row["judge"]["verdict"])
    for verdict, right in decided.items():
        print(f"{verdict}: {len(right)} decided, precision {sum(right) / len(right):.3f}")
        assert len(right) > 200
        assert sum(right) / len(right) >= 0.9


def test_more_precision_decides_less() -> None:
    low, high = (Cascade(CascadeSpec(str(trained()), precision)) for precision in (0.8, 0.95))
    pairs = [pair(row["problem"], row["solution"]) for row in rows(300, seed=6)]
    sure, surer = ({one.problem for one in pairs if c.decide(one)} for c in (low, high))
    assert surer <= sure


def test_what_it_cannot_promise_is_one_clear_line() -> None:
    check_cascade(CascadeSpec(str(trained())))
    with pytest.raises(BadClassifier, match=r"precision of 0\.999; 0\.\d+ is the most"):
        check_cascade(CascadeSpec(str(trained()), 0.999))


def test_a_classifier_of_something_else_is_refused(tmp_path: Path) -> None:
    from pipelines.train_classifier import train_classifier

    data = written(
        tmp_path / "rows.jsonl", ({**row, "level": row["judge"]["verdict"] + "s"} for row in rows(150))
    )
    arguments = ["--input", str(data), "--output", str(tmp_path / "model"), "--label_column", "level", *QUICK]
    assert train_classifier(arguments) == 0
    with pytest.raises(BadClassifier, match="its labels are drops, keeps; a cascade needs keep and drop"):
        check_cascade(CascadeSpec(str(tmp_path / "model")))
