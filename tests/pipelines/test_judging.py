from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.conftest import Beam
from tests.inference.stub import MODEL, Reply, Stub

SHEET = """# Falling

**Problem 1.** A stone falls 20 m from a tower. How long does it fall?

**Solution.** From $h = g t^2 / 2$ it follows that $t = 2$ s.

**Problem 2.** A bicycle rides 30 km in two hours. How fast is it?

**Solution.** It rides 30 km / 2 h = 15 km/h.

**Problem 3.** A pump fills a pool of 60 litres in 4 minutes. How much does it pump in a minute?

**Solution.** It pumps 60 / 4 = 15 litres.
"""


def judgement(body: dict[str, Any], score: int) -> Reply:
    """A judge's answer that gives every criterion of the question's schema the same score."""
    names = body["response_format"]["json_schema"]["schema"]["$defs"]["Scores"]["properties"]
    return Reply(json.dumps({"rationale": f"It is worth {score}.", "scores": dict.fromkeys(names, score)}))


def pumps_are_bad(body: dict[str, Any], number: int) -> Reply:
    asked = body["messages"][-1]["content"]
    return judgement(body, 1 if "A pump fills" in asked else 5)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.md"
    path.write_text(SHEET)
    return path


def rows(out: Path, folder: str = "data") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / folder).to_pylist()
    return found


def stage(run: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [stage for stage in run["stages"] if stage["stage"] == name]
    return found


def test_the_model_decides_what_is_kept_and_its_votes_are_on_the_record(
    beam: Beam, sheet: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with Stub(pumps_are_bad) as stub:
        command = ["run", "scp116k", "--input", sheet, "--output", out, "--llm_url", stub.url]
        command += ["--llm_model", MODEL, "--judge_samples", 2]
        done = beam(*command)
        assert done.returncode == 0, done.stderr
        first = {path.name: path.read_bytes() for path in (out / "data").iterdir()}
        assert len(stub.requests) == 6
        again = beam(*command, "--resume")
        assert again.returncode == 0, again.stderr
        assert len(stub.requests) == 6
    run = json.loads((out / "run.json").read_text())
    assert run["llm"]["requests"] == 0
    assert run["llm"]["from_ledger"] == 6
    assert {path.name: path.read_bytes() for path in (out / "data").iterdir()} == first
    assert (stage(run, "judge")["kept"], stage(run, "judge")["reasons"]) == (2, {"judge": 1})
    for row in rows(out):
        judge = row["judge"]
        assert (judge["model"], judge["verdict"], judge["score"], judge["agreement"]) == (MODEL, "keep", 1, 1)
        assert [vote["rationale"] for vote in judge["votes"]] == ["It is worth 5."] * 2
    [dropped] = [row for row in rows(out, "rejected") if row["stage"] == "judge"]
    assert json.loads(dropped["record"])["judge"]["verdict"] == "drop"
    assert dropped["detail"].startswith("solution_correct >= 3.5 (solution_correct 1);")


def test_without_a_model_rules_judge(beam: Beam, sheet: Path, tmp_path: Path) -> None:
    done = beam("run", "scp116k", "--input", sheet, "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    judges = [row["judge"] for row in rows(tmp_path / "out")]
    assert [(judge["model"], judge["verdict"], judge["votes"]) for judge in judges] == [
        ("rules-1", "keep", [])
    ] * 3
    correct = [c["score"] for judge in judges for c in judge["criteria"] if c["name"] == "solution_correct"]
    assert correct == [None] * 3  # rules don't pretend to know


def test_answers_that_are_none_reject_the_pair_and_are_kept_with_it(
    beam: Beam, sheet: Path, tmp_path: Path
) -> None:
    def script(body: dict[str, Any], number: int) -> Reply:
        if "A pump fills" in json.dumps(body["messages"]):
            return Reply("I would rather talk about the weather.")
        return judgement(body, 5)

    out = tmp_path / "out"
    with Stub(script) as stub:
        done = beam(
            *("run", "scp116k", "--input", sheet, "--output", out),
            *("--llm_url", stub.url, "--llm_model", MODEL),
        )
    assert done.returncode == 0, done.stderr
    [reject] = [row for row in rows(out, "rejected") if row["stage"] == "score"]
    assert reject["reason"] == "invalid_answer"
    assert json.loads(reject["record"])["said"] == ["I would rather talk about the weather."] * 3


def test_independent_answers_stand_beside_the_solution(beam: Beam, sheet: Path, tmp_path: Path) -> None:
    def script(body: dict[str, Any], number: int) -> Reply:
        if "response_format" in body:
            return judgement(body, 5)
        return Reply("It is $\\boxed{15}$ litres.", finish="stop")

    out = tmp_path / "out"
    with Stub(script) as stub:
        done = beam(
            *("run", "scp116k", "--input", sheet, "--output", out, "--judge", "rules"),
            *("--llm_url", stub.url, "--llm_model", MODEL, "--answer_engines", "default"),
        )
    assert done.returncode == 0, done.stderr
    run = json.loads((out / "run.json").read_text())
    assert (stage(run, "answers")["in"], stage(run, "answers")["kept"]) == (3, 3)
    [pump] = [row for row in rows(out) if "pump" in row["problem"]]
    [answer] = pump["answers"]
    assert answer["text"] == "It is $\\boxed{15}$ litres."
    assert answer["model"] == MODEL


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--judge", "model"], "beam: --judge model needs --llm_url or --llm_engine, and --llm_model"),
        (["--cascade", "x"], "beam: --cascade needs a model that judges the rest"),
        (
            ["--answer_engines", "a"],
            "beam: --answer_engines needs --llm_url or --llm_engine, and --llm_model",
        ),
    ],
)
def test_what_needs_a_model_says_so(
    beam: Beam, sheet: Path, tmp_path: Path, options: list[str], line: str
) -> None:
    done = beam("run", "scp116k", "--input", sheet, "--output", tmp_path / "out", *options)
    assert done.returncode == 2
    assert done.stderr.strip().startswith(line)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--judge_keep", "solution_corect > 3"], "solution_corect"),
        (["--judge_keep", "__import__('os')"], "--judge_keep"),
        (["--judge_rubric", "nothing.yaml"], "rubric nothing.yaml: No such file or directory"),
        (["--judge_engines", "b"], "--judge_engines: no engine named 'b'; there are: default"),
        (["--cascade", "nothing"], "--cascade nothing"),
    ],
)
def test_what_a_judge_can_not_use_is_one_line_before_any_work(
    beam: Beam, sheet: Path, tmp_path: Path, options: list[str], line: str
) -> None:
    out = tmp_path / "out"
    with Stub(pumps_are_bad) as stub:
        done = beam(
            *("run", "scp116k", "--input", sheet, "--output", out),
            *("--llm_url", stub.url, "--llm_model", MODEL, *options),
        )
        assert stub.requests == []
    assert done.returncode == 2
    [said] = done.stderr.strip().splitlines()
    assert line in said
    assert not out.exists()
