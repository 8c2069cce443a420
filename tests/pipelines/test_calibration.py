from __future__ import annotations

import io
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from filters.rubrics import load_rubric
from pipelines.calibration import calibrate
from pipelines.console import Screen
from pipelines.errors import UsageError
from tests.conftest import ROOT, Beam
from tests.inference.stub import Reply, Stub

NAMES = load_rubric().names


def said(*arguments: str) -> tuple[int, str, str]:
    """Returns the exit status of the command, what it prints, and what it complains of."""
    out, err = io.StringIO(), io.StringIO()
    status = calibrate(arguments, Screen(out, err, ""))
    return status, out.getvalue(), err.getvalue()


def lines(folder: Path, *rows: Any) -> str:
    path = folder / "labels.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def scored(label: str, score: float, **others: float) -> dict[str, Any]:
    return {"label": label, "scores": {**dict.fromkeys(NAMES, score), **others}}


def cells(text: str, head: str) -> list[str]:
    """Returns the cells of a line of a table."""
    [line] = [line for line in text.splitlines() if line.startswith(f"{head} ")]
    return line.split()[1:]


def test_a_judge_that_is_always_right(tmp_path: Path) -> None:
    rows = [scored("keep", 5)] * 120 + [scored("drop", 1)] * 80
    status, out, _ = said("--labels", lines(tmp_path, *rows))
    assert status == 0
    assert "200 labelled examples: 120 keep, 80 drop\n" in out
    assert "accuracy 1.000 (0.981 to 1.000), Cohen's kappa 1.000;" in out
    assert "the commonest label 0.600" in out
    assert cells(out, "keep")[:2] == ["120", "0"]
    assert cells(out, "drop")[:2] == ["0", "80"]
    assert cells(out, "score") == ["1", "1.000", "0.969", "1.000", "120"]
    assert cells(out, "clean_text") == ["5", "1.000", "0.969", "1.000", "120"]
    assert "--judge_keep 'score >= 1'" in out


def test_confusion_precision_and_recall(tmp_path: Path) -> None:
    rows = (
        [scored("keep", 5)] * 30
        + [scored("drop", 5)] * 10
        + [scored("keep", 1)] * 5
        + [scored("drop", 1)] * 55
    )
    _, out, _ = said("--labels", lines(tmp_path, *rows))
    assert "accuracy 0.850" in out
    assert "kappa 0.681" in out  # (0.85 - 0.53) / (1 - 0.53)
    keep, drop = cells(out, "keep"), cells(out, "drop")
    assert (keep[0], keep[1], keep[2], keep[6]) == ("30", "10", "0.750", "0.857")
    assert (drop[0], drop[1], drop[2], drop[6]) == ("5", "55", "0.917", "0.846")


def test_the_threshold_lies_where_the_precision_is_reached(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows = []
    for _ in range(2000):
        score = round(chance.uniform(1, 5), 1)
        rows.append(scored("keep" if chance.random() < (score - 1) / 4 else "drop", score))
    _, out, _ = said("--labels", lines(tmp_path, *rows), "--precision", "0.8")
    threshold = float(cells(out, "score")[0])
    kept = [
        row["label"] == "keep" for row in rows if round((row["scores"][NAMES[0]] - 1) / 4, 4) >= threshold
    ]
    assert cells(out, "score")[4] == f"{len(kept):,}"
    assert float(cells(out, "score")[1]) == pytest.approx(sum(kept) / len(kept), abs=6e-4)
    assert sum(kept) / len(kept) > 0.8
    good = sum(row["label"] == "keep" for row in rows)
    assert float(cells(out, "score")[3]) == pytest.approx(sum(kept) / good, abs=6e-4)
    assert 0.5 < threshold < 0.8


def test_a_precision_that_is_not_reached(tmp_path: Path) -> None:
    judge = {"score": 0.5, "verdict": "keep"}
    rows = [
        {"label": good, "judge": {**judge, "criteria": [{"name": "clean_text", "score": 1 + 4 * good}]}}
        for good in [0, 1] * 40
    ]
    _, out, _ = said("--labels", lines(tmp_path, *rows), "--precision", "0.9")
    assert cells(out, "score")[0] == "never"
    assert cells(out, "clean_text")[0] == "5"
    assert "doesn't reach a precision of 0.9 for sure; with fewer than 25 kept examples, none does" in out
    assert "--judge_keep" not in out


def test_one_label_alone(tmp_path: Path) -> None:
    _, out, _ = said("--labels", lines(tmp_path, scored("keep", 5)))
    assert "kappa not defined" in out
    assert "thresholds need examples of both labels" in out


def test_a_rule_of_ones_own(tmp_path: Path) -> None:
    path = lines(tmp_path, scored("keep", 4), scored("drop", 4, clean_text=2))
    assert "accuracy 0.500" in said("--labels", path)[1]
    assert "accuracy 1.000" in said("--labels", path, "--judge_keep", "clean_text > 2")[1]


def test_names_in_the_data_are_printed_as_they_are(tmp_path: Path) -> None:
    criteria = [{"name": "[bold]a[/x]", "score": 4}]
    judge = {"score": 0.5, "verdict": "keep", "criteria": criteria}
    rows = [{"label": 1, "judge": judge}, {"label": 0, "judge": {**judge, "verdict": "drop"}}]
    assert "[bold]a[/x]" in said("--labels", lines(tmp_path, *rows))[1]


def asked(stub: Stub, path: str, *options: str) -> tuple[int, str, str]:
    return said("--labels", path, "--llm_url", stub.url, "--llm_model", "stub-vision", *options)


def test_models_judge_problems_and_solutions(tmp_path: Path) -> None:
    def script(body: dict[str, Any], n: int) -> Reply:
        user = body["messages"][1]["content"]
        if "riddle" in user:
            return Reply("I don't know")
        score = 5 if "It is 4" in user else 1
        return Reply(json.dumps({"rationale": "", "scores": dict.fromkeys(NAMES, score)}))

    rows = [
        {"problem": "What is 2 + 2?", "solution": "It is 4.", "label": "keep"},
        {"problem": "What is 2 + 2?", "solution": "It is 5.", "label": "drop"},
        {"problem": "A riddle", "solution": "It is 4.", "label": "keep"},
    ]
    with Stub(script) as stub:
        status, out, _ = asked(stub, lines(tmp_path, *rows), "--ledger", str(tmp_path / "ledger"))
        assert status == 0
        assert "2 labelled examples: 1 keep, 1 drop; 1 could not be judged: invalid_answer" in out
        assert "accuracy 1.000" in out
        before = len(stub.requests)
        assert asked(stub, lines(tmp_path, *rows), "--ledger", str(tmp_path / "ledger"))[1] == out
        assert len(stub.requests) == before  # nothing is asked twice


def test_nothing_could_be_judged(tmp_path: Path) -> None:
    path = lines(tmp_path, {"problem": "What?", "solution": "That.", "label": 1})
    with (
        Stub(lambda body, n: Reply("too long", status=400, raw=True)) as stub,
        pytest.raises(UsageError, match="no row could be judged; 1 could not be judged: refused_request"),
    ):
        asked(stub, path)


def test_a_server_that_goes_ends_it_with_one_line(tmp_path: Path) -> None:
    path = lines(tmp_path, {"problem": "What?", "solution": "That.", "label": 1})
    with Stub(lambda body, n: Reply("", status=503, raw=True)) as stub:
        status, out, err = asked(stub, path, "--llm_patience_s", "1")
    assert (status, out) == (1, "")
    assert err.startswith("beam: ")
    assert err.count("\n") == 1


def test_a_server_that_goes_ends_it_whatever_else_is_asked(tmp_path: Path) -> None:
    def script(body: dict[str, Any], n: int) -> Reply:
        slow = "slow" in body["messages"][1]["content"]
        return Reply("", pause=30) if slow else Reply("", status=503, raw=True)

    path = lines(tmp_path, *({"problem": p, "solution": "s", "label": 1} for p in ("slow", "gone")))
    with Stub(script) as stub:
        begun = time.monotonic()
        assert asked(stub, path, "--llm_patience_s", "1")[0] == 1
        assert time.monotonic() - begun < 25  # the slow one is not waited for


def test_a_bad_row_is_found_before_anything_is_asked(tmp_path: Path) -> None:
    good = {"problem": "What?", "solution": "That.", "label": 1}
    path = lines(tmp_path, good, {"problem": "What?", "label": 1})
    with (
        Stub(lambda body, n: Reply("")) as stub,
        pytest.raises(UsageError, match=r"labels\.jsonl: row 2: it has no solution to judge"),
    ):
        asked(stub, path)
    assert stub.requests == []


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (["--precision", "1"], "--precision: must be between 0 and 1"),
        (["--precision", "2"], "precision: must be a number from 0 to 1"),
        (["--judge_keep", "wrong > 1"], "--judge_keep: unknown name 'wrong'"),
        (["--judge_rubric", "none.yaml"], "--judge_rubric: rubric none.yaml: No such file"),
        (["--no_such"], "unrecognized arguments: --no_such"),
        (["--label_column", "other"], "row 1 has no other"),
        (["--judge", "model"], "--judge model needs --llm_url"),
        (["--cascade", "x"], "--cascade"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, options: list[str], wrong: str) -> None:
    with pytest.raises(UsageError) as caught:
        said("--labels", lines(tmp_path, scored("keep", 5)), *options)
    assert wrong in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("criteria", [[1], [{"score": 3}], 3, "x", {"name": "a"}])
def test_criteria_of_another_shape_are_one_line(tmp_path: Path, criteria: Any) -> None:
    judge = {"score": 0.5, "verdict": "keep", "criteria": criteria}
    with pytest.raises(UsageError, match="row 1: the criteria of its `judge` are no list"):
        said("--labels", lines(tmp_path, {"label": 1, "judge": judge}))


def test_rows_without_scores_need_a_model(tmp_path: Path) -> None:
    path = lines(tmp_path, {"problem": "What?", "solution": "That.", "label": 1})
    with pytest.raises(
        UsageError, match=r"row 1: it has neither judge nor scores; give --llm_url and --llm_model"
    ):
        said("--labels", path)


def test_the_command(beam: Beam, tmp_path: Path) -> None:
    done = beam("calibrate-judge", "--labels", lines(tmp_path, scored("keep", 5), scored("drop", 1)))
    assert (done.returncode, done.stderr) == (0, "")
    assert "accuracy 1.000" in done.stdout
    missing = beam("calibrate-judge")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr == "beam: --labels is missing (see: beam calibrate-judge --help)\n"
    shown = beam("calibrate-judge", "--help")
    assert shown.returncode == 0
    assert "--precision SHARE" in shown.stdout


def test_a_stop_is_one_line_and_what_was_said_is_kept(tmp_path: Path) -> None:
    def script(body: dict[str, Any], n: int) -> Reply:
        quick = "quick" in body["messages"][1]["content"]
        return Reply(
            json.dumps({"rationale": "", "scores": dict.fromkeys(NAMES, 4)}), pause=0 if quick else 60
        )

    path = lines(tmp_path, *({"problem": p, "solution": "s", "label": 1} for p in ("quick", "slow")))
    ledger = tmp_path / "ledger"
    with Stub(script) as stub:
        model = ["--llm_url", stub.url, "--llm_model", "stub-vision", "--ledger_flush_s", "1"]
        command = [sys.executable, "-m", "pipelines", "calibrate-judge", "--labels", path, *model]
        run = subprocess.Popen(
            [*command, "--ledger", str(ledger)], cwd=ROOT, stdout=-1, stderr=-1, text=True, encoding="utf-8"
        )
        while not list(ledger.glob("*.jsonl.gz")):  # the quick answer is on disk
            assert run.poll() is None, run.communicate()
            time.sleep(0.1)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=50)
    assert (run.returncode, out) == (130, "")
    assert err == "beam: stopped; what models said is in the folder of --ledger, if one was given\n"
