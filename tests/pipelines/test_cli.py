from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.cli import main
from tests.conftest import ROOT, Beam


def test_list_is_quick(beam: Beam) -> None:
    start = time.perf_counter()
    done = beam("list")
    assert time.perf_counter() - start < 1.5
    assert done.returncode == 0
    assert done.stdout.startswith("scp116k")
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["list", "describe scp116k"])
def test_a_reader_that_leaves_is_no_failure(command: str) -> None:
    line = f"{sys.executable} -m pipelines {command} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.returncode == 0


def test_describe_names_options_stages_and_columns(beam: Beam) -> None:
    done = beam("describe", "scp116k")
    assert (done.returncode, done.stderr) == (0, "")
    for text in (
        "--max_pages N",
        "(default: 5000)",
        "--figures {keep,drop}",
        "completeness",
        "source.problem_pages",
    ):
        assert text in done.stdout


def test_help_of_a_run_is_its_description(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "scp116k", "--help"]) == 0
    assert "--max_pages N" in capfd.readouterr().out


@pytest.mark.parametrize("argument", ["--help", "-h"])
def test_help(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([argument])
    assert left.value.code == 0
    assert "beam describe PIPELINE" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("assay 0.")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "the following arguments are required: COMMAND (see: beam --help)"),
        (["fly"], "argument COMMAND: invalid choice: 'fly'"),
        (["run"], "run what?"),
        (["run", "--input", "x"], "run what?"),
        (["run", "scp117k"], "no pipeline named 'scp117k'; there are: scp116k"),
        (["run", "scp116k"], "--input is missing"),
        (
            ["run", "scp116k", "--input", "/nowhere/x.pdf", "--output", "OUT"],
            "--input /nowhere/x.pdf: no such file",
        ),
        (["run", "scp116k", "--inputs", "x"], "unknown option --inputs; did you mean --input?"),
        (
            ["run", "scp116k", "--input", "HERE", "--output", "OUT", "--runner", "Nope"],
            "Unexpected pipeline runner",
        ),
        (
            ["run", "scp116k", "--input", "HERE", "--output", "OUT", "--runner", "DataflowRunner"],
            "Pipeline has validations errors:",
        ),
        (
            [
                "run",
                "scp116k",
                "--input",
                "HERE",
                "--output",
                "OUT",
                "--direct_running_mode",
                "multi_threading",
            ],
            "--direct_running_mode multi_threading: it fails at random",
        ),
        (
            ["run", "scp116k", "--input", "HERE", "--output", "OUT", "--runner", "a.b.DaskRunner"],
            "--runner DaskRunner: it drops branches",
        ),
        (["describe", "nope"], "no pipeline named 'nope'"),
        (["report", "/nowhere"], "/nowhere holds no finished run"),
    ],
)
def test_a_mistake_is_one_line_and_status_2_and_nothing_is_written(
    arguments: list[str], line: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    places = {"HERE": __file__, "OUT": str(out)}
    assert main([places.get(argument, argument) for argument in arguments]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"beam: {line}")
    assert captured.err.count("\n") == 1
    assert not out.exists()
