from __future__ import annotations

from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import DebugOptions, DirectOptions, GoogleCloudOptions

from pipelines.errors import UsageError
from pipelines.options import DocumentOptions, RunOptions
from pipelines.parsing import option_classes, parse
from pipelines.scp116k import RECIPE, PairOptions

GOOD = ["--input", "a.pdf", "--output", "out"]


def values(*arguments: str) -> RunOptions:
    return parse([*GOOD, *arguments], RECIPE.options).view_as(RunOptions)


def error(*arguments: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(arguments, RECIPE.options)
    return str(caught.value)


def test_inputs_add_up() -> None:
    options = parse(["--input", "a", "b", "--output=o", "--input=c"], RECIPE.options).view_as(RunOptions)
    assert options.input == ["a", "b", "c"]
    assert options.workers == 1
    assert options.num_shards is None


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--inptu", "a"], "unknown option --inptu; did you mean --input?"),
        (["--outpt=x"], "unknown option --outpt; did you mean --output?"),
        ([*GOOD, "--max_page", "3"], "unknown option --max_page; did you mean --max_pages?"),
        ([*GOOD, "--overwrit"], "unknown option --overwrit; did you mean --overwrite?"),
        ([*GOOD, "-x"], "unknown option -x"),
        ([*GOOD, "--zzzzzzzz", "1"], "unknown option --zzzzzzzz"),
        (["--output", "o", "stray"], "unknown argument stray"),
        (["--output", "o"], "--input is missing"),
        (["--input", "a"], "--output is missing"),
        (["--input", "--output", "o"], "--input: expected at least one argument"),
        ([*GOOD, "--workers", "0"], "--workers: must be a whole number above 0, not '0'"),
        ([*GOOD, "--workers", "two"], "--workers: must be a whole number above 0, not 'two'"),
        ([*GOOD, "--num_shards", "-1"], "--num_shards: must be a whole number above 0, not '-1'"),
        ([*GOOD, "--figures", "maybe"], "--figures: invalid choice: 'maybe' (choose from 'keep', 'drop')"),
        ([*GOOD, "--overwrite=yes"], "--overwrite: ignored explicit argument 'yes'"),
        ([*GOOD, "--max_pages"], "--max_pages: expected one argument"),
    ],
)
def test_one_line_names_the_option(arguments: list[str], line: str) -> None:
    assert error(*arguments) == line


def test_options_of_beam_work() -> None:
    options = values(
        "--labels=airflow-version=v3-3-2", "--experiments=a,b", "--direct_num_workers", "3", "--project=p"
    )
    assert options.view_as(GoogleCloudOptions).labels == ["airflow-version=v3-3-2"]
    assert options.view_as(DebugOptions).experiments == ["a", "b"]
    assert options.view_as(DirectOptions).direct_num_workers == 3


def test_every_option_group_of_beam_is_known() -> None:
    known = {cls.__name__ for cls in option_classes(())}
    assert {"StandardOptions", "WorkerOptions", "FlinkRunnerOptions", "PortableOptions", "S3Options"} <= known


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "run.yaml"


def test_config_gives_options_and_the_command_line_wins(config: Path) -> None:
    config.write_text(
        "input: [x.pdf, y.pdf]\noutput: there\nmax_pages: 7\nmax_document_mb: 9\n"
        "figures: drop\noverwrite: true\nresume: false\nworkers:\nexperiments: [u]\n"
    )
    options = parse(["--config", str(config), "--max_pages=8", "--input", "z.pdf"], RECIPE.options)
    run, documents = options.view_as(RunOptions), options.view_as(DocumentOptions)
    assert run.input == ["z.pdf"]
    assert run.output == "there"
    assert run.overwrite
    assert not run.resume
    assert run.workers == 1
    assert (documents.max_pages, documents.max_document_mb) == (8, 9)
    assert options.view_as(PairOptions).figures == "drop"
    assert options.view_as(DebugOptions).experiments == ["u"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("max_page: 3", "unknown key max_page; did you mean max_pages?"),
        ("config: other.yaml", "unknown key config"),
        ("- a\n- b", "must hold `option: value` lines"),
        ("input: [", "not YAML: "),
        ("workers: 1\nmax_pages: 3\nworkers: 2", "workers is given twice"),
        ("overwrite: 1", "overwrite must be true or false"),
        ("a: !!python/object/apply:os.system [ls]", "not YAML: "),
    ],
)
def test_a_bad_config_is_one_line(config: Path, text: str, line: str) -> None:
    config.write_text(text)
    assert error(*GOOD, "--config", str(config)).startswith(f"--config {config}: {line}")


def test_a_wrong_value_in_the_config_names_the_option(config: Path) -> None:
    config.write_text("workers: many")
    assert error(*GOOD, "--config", str(config)) == "--workers: must be a whole number above 0, not 'many'"


def test_a_missing_or_binary_config(config: Path) -> None:
    assert error(*GOOD, "--config", str(config)) == f"--config {config}: No such file or directory"
    config.write_bytes(b"\xff\xfe\x00")
    assert error(*GOOD, "--config", str(config)).startswith(f"--config {config}: not YAML")


def test_an_argument_after_two_dashes_with_a_config(config: Path) -> None:
    config.write_text("workers: 2")
    assert error(*GOOD, "--config", str(config), "--", "stray") == "unknown option --"


def test_an_empty_config_changes_nothing(config: Path) -> None:
    config.write_text("")
    assert values("--config", str(config)).workers == 1
