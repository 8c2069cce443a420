from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.judge import (
    RATIONALE_CHARACTERS,
    JudgeSpec,
    is_judged_good,
    judge_pair,
    verdict_of,
)
from filters.rubrics import Rubric, load_rubric
from inference.client import ModelError
from inference.errors import ServerGone
from inference.ledger import LedgerSpec
from inference.structured import InvalidAnswer
from schemas.arrow import arrow_schema, to_row
from schemas.scp116k import Criterion, Judge, Pair, Vote
from tests.inference.asking import asked, likely, stubs
from tests.inference.stub import Reply
from tests.pipelines.records import pair

RUBRIC = Rubric.model_validate(
    {
        "name": "two",
        "keep": "right >= 3.5 and min_score >= 2",
        "criteria": [
            {"name": "right", "question": "Right?", "anchors": {1: "no", 5: "yes"}, "weight": 3},
            {"name": "clean", "question": "Clean?", "anchors": {1: "no", 5: "yes"}},
        ],
    }
)


def said(right: Any = 5, clean: Any = 5, rationale: str = "because", **more: Any) -> str:
    return json.dumps({"rationale": rationale, "scores": {"right": right, "clean": clean}, **more})


def judged(
    *scripts: Any, record: Pair | None = None, **options: Any
) -> tuple[Judge, list[list[dict[str, Any]]]]:
    """Returns what stubs say of a pair, and the requests that each of them got."""
    spec = JudgeSpec(RUBRIC, engines=tuple("abc"[: len(scripts)]), **options)
    with stubs(*scripts) as (models, servers):
        judge = asked(models, judge_pair(spec, models, record or pair()))
    return judge, [[body for _, _, body in server.requests] for server in servers]


def test_one_vote() -> None:
    judge, [[body]] = judged(lambda body, n: Reply(said(4, 5, "fine")))
    assert judge == Judge(
        score=0.8125,  # (3 * 3/4 + 1 * 4/4) / 4
        verdict="keep",
        reason="",
        model="stub-a",
        criteria=(Criterion("right", 4.0), Criterion("clean", 5.0)),
        agreement=None,
        votes=(Vote("stub-a", 0, True, "fine", (Criterion("right", 4.0), Criterion("clean", 5.0))),),
        prompt=judge.prompt,
        rubric=RUBRIC.id,
    )
    assert judge.prompt is not None
    assert judge.prompt.startswith("judge@1:")
    assert (body["temperature"], body["logprobs"], body["top_logprobs"]) == (0, True, 20)
    assert "seed" not in body


def test_the_schema_asks_for_a_bounded_rationale_and_then_for_scores() -> None:
    _, [[body]] = judged(lambda body, n: Reply(said()))
    schema = body["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["rationale", "scores"]
    assert schema["properties"]["rationale"]["maxLength"] == RATIONALE_CHARACTERS
    assert schema["additionalProperties"] is False
    scores = schema["$defs"]["Scores"]
    assert list(scores["properties"]) == scores["required"] == ["right", "clean"]
    assert scores["properties"]["right"]["enum"] == [1, 2, 3, 4, 5]
    assert scores["additionalProperties"] is False


def test_the_prompt_says_all_of_the_rubric_and_of_the_pair() -> None:
    rubric = load_rubric()
    record = pair("What is $x<y$?", "It is $x$.", context="In all of them $x<y$.")
    answer = json.dumps({"rationale": "", "scores": dict.fromkeys(rubric.names, 3)})
    with stubs(lambda body, n: Reply(answer)) as (models, [server]):
        asked(models, judge_pair(JudgeSpec(rubric), models, record))
    system, user = (message["content"] for message in server.requests[0][2]["messages"])
    for criterion in rubric.criteria:
        assert criterion.name in system
        assert criterion.question in system
        assert all(f"{score}: {meaning}" in system for score, meaning in criterion.anchors.items())
    assert "What is $x<y$?" in user
    assert "It is $x$." in user
    assert "In all of them $x<y$." in user


def test_a_rationale_beyond_the_bound_is_cut_and_not_asked_for_again() -> None:
    judge, [bodies] = judged(lambda body, n: Reply(said(rationale="y" * 5000)))
    assert judge.votes[0].rationale == "y" * RATIONALE_CHARACTERS
    assert len(bodies) == 1


def test_likelihoods_make_the_score_finer() -> None:
    even = {"3": math.log(0.5), "4": math.log(0.25), "9": math.log(0.25)}
    judge, _ = judged(lambda body, n: likely(said(3, 5), {'"right": ': even}))
    assert judge.criteria == (Criterion("right", 3.3333), Criterion("clean", 5.0))


def test_a_server_that_refuses_likelihoods_is_asked_without() -> None:
    def script(body: dict[str, Any], n: int) -> Reply:
        return Reply("logprobs are not supported", 400, raw=True) if "logprobs" in body else Reply(said(2, 4))

    judge, [bodies] = judged(script)
    assert judge.criteria == (Criterion("right", 2.0), Criterion("clean", 4.0))
    assert len(bodies) == 2


def test_a_refusal_of_likelihoods_is_remembered(tmp_path: Path) -> None:
    def script(body: dict[str, Any], n: int) -> Reply:
        return Reply("logprobs are not supported", 400, raw=True) if "logprobs" in body else Reply(said(2, 4))

    records = [pair(f"What is {i}?") for i in range(3)]
    ledger = LedgerSpec(str(tmp_path / "ledger"))

    def requests(*asked_of: Pair) -> int:
        with stubs(script, ledger=ledger) as (models, [server]):
            for record in asked_of:
                asked(models, judge_pair(JudgeSpec(RUBRIC), models, record))
            return len(server.requests)

    assert requests(*records) == 1 + 3
    assert requests(*records) == 0  # the ledger says what came of the refusal


def test_several_samples_have_seeds_and_are_votes() -> None:
    judge, [bodies] = judged(lambda body, n: Reply(said(1 + body["seed"], 5)), samples=3, temperature=0.5)
    assert sorted(body["seed"] for body in bodies) == [0, 1, 2]
    assert {body["temperature"] for body in bodies} == {0.5}
    assert [(vote.sample, vote.scores[0].score) for vote in judge.votes] == [(0, 1.0), (1, 2.0), (2, 3.0)]
    assert judge.criteria[0].score == 2.0
    # right: 1, 2, 1 apart; clean: 0, 0, 0
    assert judge.agreement == pytest.approx(1 - (4 / 6) / 4, abs=1e-4)


@pytest.mark.parametrize(("how", "right"), [("mean", 3.0), ("min", 1.0), ("majority", 4.0)])
def test_votes_are_aggregated(how: Any, right: float) -> None:
    scores = [1, 4, 4]
    judge, _ = judged(lambda body, n: Reply(said(scores[body["seed"]])), samples=3, aggregate=how)
    assert judge.criteria[0] == Criterion("right", right)


def test_a_tie_goes_to_the_lower_score() -> None:
    judge, _ = judged(lambda body, n: Reply(said(5 - body["seed"])), samples=2, aggregate="majority")
    assert judge.criteria[0].score == 4.0


def test_several_models_vote_in_the_order_of_their_names() -> None:
    judge, _ = judged(lambda body, n: Reply(said(1), pause=0.3), lambda body, n: Reply(said(5)), samples=2)
    assert [(vote.model, vote.sample) for vote in judge.votes] == [
        ("stub-a", 0),
        ("stub-a", 1),
        ("stub-b", 0),
        ("stub-b", 1),
    ]
    assert judge.model == "stub-a+stub-b"
    assert judge.criteria[0].score == 3.0


def test_the_order_of_arrival_changes_nothing() -> None:
    def script(body: dict[str, Any], n: int) -> Reply:
        return Reply(said(1 + body["seed"], 5 - body["seed"]), pause=random.random() / 10)

    records = [to_row(judged(script, script, samples=3)[0]) for _ in range(4)]
    assert len({json.dumps(record) for record in records}) == 1


def test_one_invalid_vote_of_several_is_counted() -> None:
    def script(body: dict[str, Any], n: int) -> Reply:
        return Reply("drop it" if body["seed"] == 1 else said(4))

    judge, _ = judged(script, samples=3, min_votes=2)
    assert [vote.valid for vote in judge.votes] == [True, False, True]
    assert judge.votes[1].scores == ()
    assert judge.votes[1].rationale.startswith("invalid_answer: ")
    assert judge.criteria[0].score == 4.0


@pytest.mark.parametrize("text", ["\ud83d", said(rationale="\ud83d"), said(rationale="\ud83d\ude00\x00")])
def test_what_is_no_text_in_an_answer_can_be_written_nevertheless(text: str) -> None:
    import pyarrow as pa

    judge, _ = judged(
        lambda body, n: (
            Reply(refusal=text) if body["seed"] == 1 else Reply(text if body["seed"] else said(4))
        ),
        samples=3,
        min_votes=1,
    )
    row = to_row(pair(judge=judge))
    [back] = pa.Table.from_pylist([row], schema=arrow_schema(Pair)).to_pylist()
    assert back == row


def test_a_judge_that_refuses_the_request_is_an_invalid_vote() -> None:
    scripts = [lambda body, n: Reply(said(4)), lambda body, n: Reply("too long", status=400, raw=True)]
    judge, _ = judged(*scripts, min_votes=1)
    assert [vote.valid for vote in judge.votes] == [True, False]
    assert "refused_request: status 400: too long" in judge.votes[1].rationale


def test_a_judge_that_is_lost_changes_no_verdict() -> None:
    """The other one alone would keep what both of them drop."""
    scripts = [lambda body, n: Reply(said(5)), lambda body, n: Reply(said(1))]
    assert judged(*scripts)[0].verdict == "drop"
    with pytest.raises(ModelError) as lost:
        judged(scripts[0], lambda body, n: Reply("too long", status=400, raw=True))
    assert lost.value.reason == "refused_request"


def test_too_few_valid_votes_are_none() -> None:
    def script(body: dict[str, Any], n: int) -> Reply:
        return Reply(said() if body["seed"] == 0 else "no")

    with pytest.raises(InvalidAnswer) as caught:
        judged(script, samples=3, min_votes=2)
    assert (caught.value.reason, caught.value.texts) == ("invalid_answer", ("no",) * 6)  # of both
    with pytest.raises(ModelError) as refused:
        judged(lambda body, n: Reply("too long", status=400, raw=True))
    assert refused.value.reason == "refused_request"


def test_a_server_that_is_gone_is_no_invalid_vote() -> None:
    def gone(body: dict[str, Any], n: int) -> Reply:
        return Reply("", status=503, raw=True)

    with pytest.raises(ServerGone):
        judged(lambda body, n: Reply(said()), gone)


def test_nothing_is_waited_for_once_a_server_is_gone() -> None:
    """The first judge would take longer than the test waits."""

    def gone(body: dict[str, Any], n: int) -> Reply:
        return Reply("", status=503, raw=True)

    with stubs(lambda body, n: Reply(said(), pause=15), gone) as (models, [slow, _]):
        work = models.submit(judge_pair(JudgeSpec(RUBRIC, engines=("a", "b")), models, pair()))
        with pytest.raises(ServerGone):
            work.result(10)
        assert len(slow.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        said(0),
        said(6),
        said("5"),
        said(3.5),
        said(4.0),
        said(True),
        said(None),
        said(keep=True),
        json.dumps({"scores": {"right": 5, "clean": 5}}),
        json.dumps({"rationale": "x", "scores": {"right": 5}}),
        json.dumps({"rationale": "x", "scores": {"right": 5, "clean": 5, "other": 5}}),
        "keep",
        "",
        "[" * 100_000,
    ],
)
def test_an_answer_of_another_shape_is_asked_for_again_and_then_no_vote(answer: str) -> None:
    with stubs(lambda body, n: Reply(answer)) as (models, [server]):
        with pytest.raises(InvalidAnswer):
            asked(models, judge_pair(JudgeSpec(RUBRIC), models, pair()))
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ((5, 2), ""),
        ((3, 3), "right >= 3.5 (right 3)"),
        ((4, 1), "min_score >= 2 (clean 1)"),
        ((1, 5), "right >= 3.5 (right 1); min_score >= 2 (right 1)"),
    ],
)
def test_the_reason_names_what_the_rule_misses(scores: tuple[int, int], reason: str) -> None:
    judge = verdict_of(JudgeSpec(RUBRIC), [vote(*scores)])
    assert (judge.verdict, judge.reason) == ("drop" if reason else "keep", reason)
    verdict = is_judged_good(pair(judge=judge))
    assert (verdict.keep, verdict.reason, verdict.detail) == (not reason, "judge" if reason else "", reason)


def vote(right: float, clean: float) -> Vote:
    return Vote("m", 0, True, "", (Criterion("right", right), Criterion("clean", clean)))


def test_a_rule_of_ones_own() -> None:
    spec = JudgeSpec(RUBRIC, keep="score > 0.9")
    assert verdict_of(spec, [vote(5, 5)]).verdict == "keep"
    assert verdict_of(spec, [vote(5, 1)]).reason == "score > 0.9 (score 0.75)"


def test_disagreement_can_drop() -> None:
    spec = JudgeSpec(RUBRIC, samples=2, keep="agreement >= 0.9")
    assert verdict_of(spec, [vote(5, 5), vote(5, 5)]).verdict == "keep"
    assert verdict_of(spec, [vote(5, 5), vote(1, 5)]).reason == "agreement >= 0.9 (agreement 0.5)"
    lost = Vote("m", 1, False, "invalid_answer: ", ())
    for rule in ("agreement >= 0.9", "right > 4 and not agreement > 0.5"):  # not known is not 0
        judge = verdict_of(JudgeSpec(RUBRIC, samples=2, keep=rule), [vote(5, 5), lost])
        assert judge.reason == "the rule asks for agreement, which takes two valid votes"
        assert judge.verdict == "drop"


def test_a_pair_that_nobody_judged_is_kept() -> None:
    assert is_judged_good(pair(judge=None)).keep


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"engines": ()}, "an engine"),
        ({"engines": ("a", "b", "a")}, "engine 'a' is there twice"),
        ({"samples": 0}, "a sample"),
        ({"max_tokens": 0}, "a token"),
        ({"min_votes": -1}, "min_votes"),
        ({"temperature": math.nan}, "the temperature is nan"),
        ({"temperature": math.inf}, "the temperature is inf"),
        ({"temperature": -1}, "the temperature is -1"),
        ({"min_votes": 2}, "there are 1 votes"),
        ({"samples": 2, "temperature": 0}, "all the same"),
        ({"keep": "wrong > 3"}, "unknown name 'wrong'"),
        ({"keep": "agreement > 0.5"}, "one vote only"),
    ],
)
def test_what_can_not_be_is_refused(options: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        JudgeSpec(RUBRIC, **options)


SCORES = st.floats(1, 5)


@given(
    st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=5), st.sampled_from(["mean", "min", "majority"])
)
def test_what_votes_add_up_to_is_within_them(votes: list[tuple[float, float]], how: Any) -> None:
    judge = verdict_of(JudgeSpec(RUBRIC, samples=len(votes), aggregate=how), [vote(*v) for v in votes])
    for i, criterion in enumerate(judge.criteria):
        given_scores = [v[i] for v in votes]
        assert criterion.score is not None
        assert math.floor(min(given_scores)) - 1e-4 <= criterion.score <= math.ceil(max(given_scores)) + 1e-4
    assert 0 <= judge.score <= 1
    assert judge.agreement is None if len(votes) == 1 else 0 <= judge.agreement <= 1  # type: ignore[operator]
    assert (judge.verdict == "keep") == (judge.reason == "")


@given(st.lists(st.tuples(SCORES, SCORES), min_size=2, max_size=5), st.randoms())
def test_agreement_knows_no_order(votes: list[tuple[float, float]], chance: random.Random) -> None:
    spec = JudgeSpec(RUBRIC, samples=len(votes))
    first = verdict_of(spec, [vote(*v) for v in votes]).agreement
    chance.shuffle(votes)
    assert verdict_of(spec, [vote(*v) for v in votes]).agreement == pytest.approx(first, abs=2e-4)


def test_the_record_becomes_a_row_and_comes_back() -> None:
    import pyarrow as pa

    judge, _ = judged(lambda body, n: Reply("no" if body["seed"] else said()), samples=2, min_votes=1)
    full = pair(judge=judge)
    table = pa.Table.from_pylist([to_row(full), to_row(pair())], schema=arrow_schema(Pair))
    assert table.to_pylist() == [to_row(full), to_row(pair())]
