from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.step_rows import preferred, united
from schemas.arrow import arrow_schema
from schemas.aurora import Ballot, Discarded, Labelled, Preferred, Processed, Solution, Source, Stepwise
from synth.labels import LabelSpec, labelled
from tests.conftest import Beam
from tests.inference.stub import MODEL, Reply, Stub

SOLUTION = (
    "3 jars cost $3 \\cdot 2 = 6$ euros.\n\nWith the bag that makes $6 + 1 = 7$ euros.\n\nSo \\boxed{7}."
)
WRONG = "3 jars cost $3 + 2 = 5$ euros.\n\nWith the bag that makes $5 + 1 = 6$ euros.\n\nSo \\boxed{6}."
EXPORTS = ("prm", "processbench", "preference")
GOLDEN = Path(__file__).parent / "golden" / "aurora.json"
PROBLEM = "A jar costs 2 euros and a bag 1 euro. What do 3 jars in a bag cost?"


def rows(out: Path, folder: str = "data") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / folder).to_pylist()
    return found


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def replay(name: str, votes: list[Any], **more: Any) -> dict[str, Any]:
    row = {
        "id": name,
        "problem": more.pop("problem", f"{PROBLEM} ({name})"),
        "solution": SOLUTION,
        "steps": SOLUTION.split("\n\n"),
        "votes": votes,
    }
    return {**row, "policy": "small", "annotators": [f"judge {i}" for i in range(len(votes))], **more}


REPLAY = [
    replay("right", [[1, 1, 1]] * 3, reference_answer="7"),
    replay("half", [[1, 1, 0], [1, 0, 0], [1, 1, 1], [1, 0, 0]], reference_answer=8),
    replay(
        "wrong",
        [[0, 0, 0]] * 3,
        problem=f"{PROBLEM} (right)",
        solution=WRONG,
        steps=WRONG.split("\n\n"),
        reference_answer="7",
    ),
    replay("few", [[1, 1, 1], [1, 1, 1], [1, 1], None]),
    replay("other steps", [[1]] * 3, steps=["Something else."]),
    replay("no problem", [[1]] * 3, problem=" "),
    replay("twice", [[1, 1, 1]] * 3),
    replay("again", [[0, 0, 0]] * 3, problem=f"{PROBLEM}  (twice)"),
    replay("no votes", []) | {"votes": 3},
    {"id": "nothing", "problem": PROBLEM},
]


def test_votes_of_the_rows_are_enough(beam: Beam, tmp_path: Path) -> None:
    source, out = write(tmp_path / "rows.jsonl", REPLAY), tmp_path / "out"
    done = beam("run", "aurora", "--input", source, "--output", out)
    assert done.returncode == 0, done.stderr
    run = json.loads((out / "run.json").read_text())
    assert run["complete"]
    assert run["measures"]["votes"] == 3 + 4 + 3 + 2 + 3
    assert run["measures"]["discarded"] == {"no_answer": 1, "wrong_length": 1}
    assert sorted((r["stage"], r["reason"]) for r in rows(out, "rejected")) == [
        ("ballots", "too_few_votes"),
        ("duplicates", "duplicate"),
        ("solutions", "bad_row"),
        ("solutions", "no_problem"),
        ("solutions", "no_solution"),
        ("solutions", "steps_differ"),
    ]
    found = {row["source"]["id"]: row for row in rows(out)}
    assert set(found) == {"right", "half", "wrong", "twice"}
    assert (found["right"]["first_error"], found["right"]["outcome"]) == (-1, True)
    half = found["half"]
    assert half["labels_soft"] == [1.0, 0.5, 0.25]
    assert (half["labels"], half["first_error"], half["n_votes"]) == ([1, 1, 0], 2, 4)
    assert (half["outcome"], half["outcome_conflict"], half["reference_answer"]) == (False, False, "8")
    assert found["wrong"]["outcome_conflict"] is False
    card = (out / "README.md").read_text()
    assert "15 votes count; discarded: no_answer 1, wrong_length 1" in card
    assert run["measures"]["labels"] == {"right": 8, "wrong": 4, "abstained": 0}
    assert run["measures"]["outcome_conflicts"] == 0
    annotators = {one["annotator"]: one for one in run["measures"]["annotators"]}
    assert list(annotators) == ["judge 0", "judge 1", "judge 2", "judge 3"]  # most votes first
    assert [one["votes"] for one in annotators.values()] == [5, 5, 4, 1]
    assert annotators["judge 2"]["discarded"] == [{"reason": "wrong_length", "votes": 1}]
    assert annotators["judge 3"]["discarded"] == [{"reason": "no_answer", "votes": 1}]
    assert annotators["judge 2"]["agreement"] == round(11 / 12, 6)
    assert [one["conflicts"] for one in annotators.values()] == [0, 0, 1, 0]
    assert {(one["weight"], *one["coins"]) for one in annotators.values()} == {(None,)}
    assert "| judge 2 | 4 | wrong_length 1 | 0.9167 | 1 |" in card

    [first] = [row for row in rows(out, "exports/prm") if row["id"] == half["id"]]
    assert (first["labels"], first["completions"]) == ([True, True, False], SOLUTION.split("\n\n"))
    [bench] = [row for row in rows(out, "exports/processbench") if row["id"] == half["id"]]
    assert (bench["label"], bench["generator"], bench["final_answer_correct"]) == (2, "small", False)
    pairs = rows(out, "exports/preference")
    assert [pair["chosen_id"] for pair in pairs] == [found["right"]["id"]]
    assert [pair["rejected_id"] for pair in pairs] == [found["wrong"]["id"]]
    golden = {folder: rows(out, folder) for folder in ("data", *(f"exports/{name}" for name in EXPORTS))}
    for row in golden["data"]:
        row["source"].pop("uri")
    assert golden == json.loads(GOLDEN.read_text())
    for folder, record in (
        ("data", Labelled),
        ("exports/prm", Stepwise),
        ("exports/processbench", Processed),
        ("exports/preference", Preferred),
    ):
        assert pq.read_schema(next((out / folder).glob("*.parquet"))) == arrow_schema(record)


@pytest.mark.parametrize("how", ["soft", "majority", "weighted"])
def test_the_same_rows_in_another_order_give_the_same_bytes(beam: Beam, tmp_path: Path, how: str) -> None:
    draw = random.Random(2)
    votes = [[[int(draw.random() < 0.8) for _ in range(3)] for _ in range(5)] for _ in range(40)]
    lines = [replay(f"row {i}", each) for i, each in enumerate(votes)]
    made = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        # Where a row stands is part of its provenance, so that each has a file of its own.
        for i, line in enumerate(lines):
            write(folder / f"{i:02}.jsonl", [line])
        out = tmp_path / f"out {name}"
        more = ["--workers", "2"] if name == "b" else []
        done = beam(
            *("run", "aurora", "--input", "in", "--output", out, "--aggregate", how, *more),
            cwd=_linked(tmp_path, folder),
        )
        assert done.returncode == 0, done.stderr
        made.append({path.name: path.read_bytes() for path in (out / "data").iterdir()})
    assert made[0] == made[1]


def _linked(root: Path, folder: Path) -> Path:
    link = root / "in"
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    return root


def solution(number: int, votes: dict[str, tuple[int, ...]], text: str = SOLUTION, **more: Any) -> Solution:
    ballot = Ballot(tuple(votes), tuple(votes.values()))
    source = Source("a", "b", number, "c")
    steps = more.pop("steps", tuple(text.split("\n\n")))
    made = Solution(f"{number}", source, PROBLEM, "", "", "m", text, steps, ballot=ballot)
    return replace(made, **more)


def test_duplicates_give_their_votes() -> None:
    one = solution(0, {"x": (1, 1, 1)})
    lost = (Discarded("w", "no_answer"), Discarded("x", "no_answer"))
    other = solution(1, {"y": (1, 1, 0), "x": (0, 0, 0)}, outcome=True, reference_answer="7")
    other = replace(other, ballot=replace(other.ballot, discarded=lost))
    both = united([one, other])
    assert (both.id, both.outcome, both.reference_answer) == ("0", True, "7")
    assert dict(zip(both.ballot.annotators, both.ballot.votes, strict=True)) == {
        "x": (1, 1, 1),
        "y": (1, 1, 0),
    }
    assert both.ballot.discarded == (Discarded("w", "no_answer"),)
    apart = solution(1, {"y": (1,)}, steps=(SOLUTION,))
    assert united([one, apart]) == one  # its votes are on other steps
    bare = solution(0, {}, text=SOLUTION.replace("\n\n", "\n"), steps=())
    whole = united([bare, one])
    assert (whole.solution, whole.ballot) == (bare.solution, one.ballot)
    assert whole.steps == one.steps


def test_votes_of_duplicate_rows_are_counted_or_rejected(beam: Beam, tmp_path: Path) -> None:
    problem = f"{PROBLEM} (same)"
    lines = [
        replay("first", [[1, 1, 1]] * 2, problem=problem, annotators=["x", "y"]),
        replay("second", [[1, 1, 0]] * 2, problem=problem, annotators=["z", "y"]),
    ]
    source, out = write(tmp_path / "rows.jsonl", lines), tmp_path / "out"
    done = beam("run", "aurora", "--input", source, "--output", out)
    assert done.returncode == 0, done.stderr
    [row] = rows(out)
    assert (row["annotators"], row["votes"]) == (["x", "y", "z"], [[1, 1, 1], [1, 1, 1], [1, 1, 0]])
    [reject] = rows(out, "rejected")
    assert (reject["reason"], reject["detail"]) == ("duplicate", f"same as {row['id']}")
    assert json.loads(reject["record"])["ballot"]["votes"] == [[1, 1, 0]] * 2


def labels_of(body: dict[str, Any], number: int) -> Reply:
    """A judge that sees the wrong step, answers p1 with a label too many, and asks nobody's leave."""
    schema = body["response_format"]["json_schema"]
    count = next(iter(schema["schema"]["properties"].values()))["minItems"]
    asked = body["messages"][-1]["content"]
    labels = [0 if "3 + 2 = 5" in asked else 1] * count
    if schema["name"] == "CheckedSteps":
        return Reply(json.dumps({"steps": [{"reasoning": "It holds.", "label": label} for label in labels]}))
    if body["messages"][0]["content"].startswith("Two that were labelled"):
        return Reply(json.dumps({"labels": labels}))
    return Reply(json.dumps({"labels": [*labels, 1]}))


def test_judges_vote_under_every_prompt(beam: Beam, tmp_path: Path) -> None:
    lines = [
        {"id": "a", "problem": PROBLEM, "reference_answer": "7", "solution": SOLUTION},
        {"id": "b", "problem": PROBLEM, "reference_answer": "7", "solution": WRONG},
    ]
    source, out = write(tmp_path / "rows.jsonl", lines), tmp_path / "out"
    with Stub(labels_of) as stub:
        command = ["run", "aurora", "--input", source, "--output", out]
        command += ["--llm_url", stub.url, "--llm_model", MODEL]
        done = beam(*command)
        assert done.returncode == 0, done.stderr
        assert len(stub.requests) == 8
        data = {path.name: path.read_bytes() for path in (out / "data").iterdir()}
        again = beam(*command, "--resume")
        assert again.returncode == 0, again.stderr
        assert len(stub.requests) == 8
    assert {path.name: path.read_bytes() for path in (out / "data").iterdir()} == data
    run = json.loads((out / "run.json").read_text())
    assert (run["llm"]["requests"], run["llm"]["from_ledger"]) == (0, 8)
    measures = run["measures"]
    assert (measures["votes"], measures["discarded"], measures["split"]) == (6, {"wrong_length": 2}, {})
    discarded = {one["annotator"]: one["discarded"] for one in measures["annotators"]}
    assert discarded.pop(f"{MODEL}/p1") == [{"reason": "wrong_length", "votes": 2}]
    assert discarded == {f"{MODEL}/{name}": [] for name in ("p0", "p2", "p3")}
    found = {row["source"]["id"]: row for row in rows(out)}
    for name, first in (("a", -1), ("b", 0)):
        row = found[name]
        assert row["steps"] == (SOLUTION if name == "a" else WRONG).split("\n\n")
        assert (row["first_error"], row["n_votes"]) == (first, 3)
        assert row["annotators"] == [f"{MODEL}/p0", f"{MODEL}/p2", f"{MODEL}/p3"]
        assert row["discarded"] == [{"annotator": f"{MODEL}/p1", "reason": "wrong_length"}]
    [pair] = rows(out, "exports/preference")
    assert (pair["chosen"], pair["rejected"]) == (SOLUTION, WRONG)


def test_policies_write_and_a_model_divides(beam: Beam, tmp_path: Path) -> None:
    def script(body: dict[str, Any], number: int) -> Reply:
        if "response_format" not in body:
            short = "briefly" in body["messages"][0]["content"]
            return Reply(WRONG if short else SOLUTION)
        if body["response_format"]["json_schema"]["name"] != "_Steps":
            return labels_of(body, number)
        if "3 + 2 = 5" in body["messages"][-1]["content"]:
            return Reply(json.dumps({"steps": ["I would rather write it anew."]}))
        return Reply(json.dumps({"steps": [SOLUTION.partition("\n\n")[0], SOLUTION.partition("\n\n")[2]]}))

    source, out = (
        write(tmp_path / "rows.jsonl", [{"problem": PROBLEM, "reference_answer": "7"}]),
        tmp_path / "out",
    )
    with Stub(script) as stub:
        done = beam(
            *(
                "run",
                "aurora",
                "--input",
                source,
                "--output",
                out,
                "--llm_url",
                stub.url,
                "--llm_model",
                MODEL,
            ),
            *("--policy_engines", "default", "--policy_styles", "paragraphs", "brief"),
            *("--split_engine", "default", "--label_prompts", "p0", "p2", "p3", "--min_votes", 3),
        )
    assert done.returncode == 0, done.stderr
    run = json.loads((out / "run.json").read_text())
    assert run["measures"]["split"] == {"by_model": 1, "by_rules_instead": 1}
    found = {row["prompt"].split()[0]: row for row in rows(out)}
    assert len(found["paragraphs"]["steps"]) == 2
    assert len(found["brief"]["steps"]) == 3
    assert {row["policy"] for row in rows(out)} == {MODEL}
    assert {name: row["outcome"] for name, row in found.items()} == {"paragraphs": True, "brief": False}
    assert len(rows(out, "exports/preference")) == 1


def test_weighted_votes_tell_the_skill_of_annotators(beam: Beam, tmp_path: Path) -> None:
    draw = random.Random(5)
    truths = [[1, 1, 1] if i % 2 else [1, 0, 0] for i in range(60)]
    skills = (0.97, 0.9, 0.6)
    votes = [[[t if draw.random() < s else 1 - t for t in truth] for s in skills] for truth in truths]
    lines = [replay(f"row {i}", each) for i, each in enumerate(votes)]
    source, out = write(tmp_path / "rows.jsonl", lines), tmp_path / "out"
    done = beam("run", "aurora", "--input", source, "--output", out, "--aggregate", "weighted")
    assert done.returncode == 0, done.stderr
    told = json.loads((out / "run.json").read_text())["measures"]["annotators"]
    assert {one["annotator"] for one in told} == {"judge 0", "judge 1", "judge 2"}
    right = []
    for one in sorted(told, key=lambda one: one["annotator"]):
        assert len(one["coins"]) == 6
        assert 0 < one["weight"] <= 1
        coins = {(coin["step"], coin["said_before"]): coin["says_right"] for coin in one["coins"]}
        assert coins["right", 1] > coins["wrong", 1]
        right.append(coins["right", 1] - coins["wrong", 1])
    assert right == sorted(right, reverse=True)
    card = (out / "README.md").read_text()
    assert "| a right step called right | a wrong step called wrong | weight |" in card


def test_consensus_and_conflicts_can_be_asked_for(beam: Beam, tmp_path: Path) -> None:
    lines = [
        replay("agreed", [[1, 1, 1]] * 3, outcome=True),
        replay("apart", [[1, 1, 1], [1, 1, 1], [1, 0, 0]], outcome=True),
        replay("conflict", [[1, 1, 1]] * 3, outcome=False),
    ]
    source, out = write(tmp_path / "rows.jsonl", lines), tmp_path / "out"
    done = beam(
        *("run", "aurora", "--input", source, "--output", out, "--min_agreement", "1", "--conflicts", "drop")
    )
    assert done.returncode == 0, done.stderr
    assert [row["source"]["id"] for row in rows(out)] == ["agreed"]
    assert sorted(row["reason"] for row in rows(out, "rejected")) == ["no_consensus", "outcome_conflict"]


def test_abstention_leaves_labels_and_exports_open(beam: Beam, tmp_path: Path) -> None:
    source = write(tmp_path / "rows.jsonl", [replay("open", [[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0]])])
    out = tmp_path / "out"
    done = beam("run", "aurora", "--input", source, "--output", out, "--abstain", "0.1")
    assert done.returncode == 0, done.stderr
    [row] = rows(out)
    assert (row["labels"], row["first_error"]) == ([1, None, 0], None)
    assert [r["labels"] for r in rows(out, "exports/prm")] == [[True]]
    assert rows(out, "exports/processbench") == []


def test_the_dataset_of_the_main_job_is_an_input(beam: Beam, tmp_path: Path) -> None:
    pair = {
        "id": "p",
        "problem": "What do 3 jars in a bag cost?",
        "context": "A jar costs 2 euros and a bag 1 euro.",
        "solution": "It is 7 euros.",
        "answer": "7",
        "solution_kind": "full",
        "pairing": {"method": "inline", "score": 1.0},
        "answers": [
            {"model": "m", "text": f"<think>Is it 8?</think>\n\n{SOLUTION}", "agrees": True, "reason": None},
            {"model": "o", "text": None, "agrees": None, "reason": None},
            {"model": "n", "text": "", "agrees": None, "reason": "timeout"},
        ],
    }
    source, out = write(tmp_path / "pairs.jsonl", [pair]), tmp_path / "out"
    with Stub(labels_of) as stub:
        command = ("run", "aurora", "--input", source, "--output", out, "--llm_url", stub.url)
        done = beam(*command, "--llm_model", MODEL)
        assert "It is 7 euros." in json.dumps(stub.requests[0][2]["messages"])
    assert done.returncode == 0, done.stderr
    [row] = rows(out)
    assert (row["policy"], row["outcome"], row["reference_answer"]) == ("m", True, "7")
    assert row["solution"] == SOLUTION
    assert row["problem"].startswith("A jar costs")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "needs a model that labels the steps"),
        (["--policy_engines", "a"], "--policy_engines needs --llm_url or --llm_engine"),
        (["--label_engines", "a"], "--label_engines needs --llm_url or --llm_engine"),
        (["--aggregate", "majority", "--threshold", "0.7"], "--threshold is none of --aggregate majority's"),
        (["--min_votes", "0"], "--min_votes"),
        (["--label_prompts", "p9"], "p9"),
    ],
)
def test_what_can_not_be_done_is_one_line(beam: Beam, tmp_path: Path, options: list[str], line: str) -> None:
    source = write(tmp_path / "rows.jsonl", [{"problem": PROBLEM, "solution": SOLUTION}])
    done = beam("run", "aurora", "--input", source, "--output", tmp_path / "out", *options)
    assert done.returncode == 2
    [said] = done.stderr.strip().splitlines()
    assert line in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--label_prompts", "p0"], "--min_votes 3: only 1 votes are asked for"),
        (["--label_prompts", "p0", "p0"], "prompt 'p0' is there twice"),
        (["--label_samples", "2", "--label_temperature", "0"], "several samples at temperature 0"),
        (["--policy_engines", "b"], "no engine named 'b'"),
    ],
)
def test_what_judges_can_not_do(beam: Beam, tmp_path: Path, options: list[str], line: str) -> None:
    source = write(tmp_path / "rows.jsonl", [{"problem": PROBLEM, "solution": SOLUTION}])
    with Stub(labels_of) as stub:
        command = ("run", "aurora", "--input", source, "--output", tmp_path / "out", "--llm_url", stub.url)
        done = beam(*command, "--llm_model", MODEL, *options)
        assert stub.requests == []
    assert done.returncode == 2
    assert line in done.stderr


def test_two_solutions_that_say_the_same_are_no_pair() -> None:
    def row(name: str, text: str, votes: list[list[int]]) -> Labelled:
        source, steps = Source("a", "b", 0, name), tuple(text.split("\n\n"))
        ballot = Ballot(("x", "y"), tuple(map(tuple, votes)))
        return labelled(
            LabelSpec(), Solution(name, source, PROBLEM, "", "", name, text, steps, ballot=ballot)
        )

    good, same = row("a", SOLUTION, [[1, 1, 1]] * 2), row("b", SOLUTION, [[0, 0, 0]] * 2)
    assert list(preferred([good, same])) == []
    other = row("c", WRONG, [[1, 0, 0], [0, 0, 0]])
    [pair] = preferred([other, same, good])
    assert (pair.chosen_id, pair.rejected_id) == ("a", "c")


def test_votes_of_a_row_count_beside_those_of_models(beam: Beam, tmp_path: Path) -> None:
    source, out = write(tmp_path / "rows.jsonl", [replay("a", [[1, 1, 1], None])]), tmp_path / "out"
    with Stub(labels_of) as stub:
        command = ("run", "aurora", "--input", source, "--output", out, "--llm_url", stub.url)
        done = beam(*command, "--llm_model", MODEL)
    assert done.returncode == 0, done.stderr
    run = json.loads((out / "run.json").read_text())
    assert run["measures"]["votes"] == 4 == rows(out)[0]["n_votes"]
    assert run["measures"]["discarded"] == {"no_answer": 1, "wrong_length": 1}
