from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inference.models import ModelsSpec
from pipelines.errors import UsageError
from pipelines.models import ModelOptions, VllmOptions, accelerator, checked_engine, checked_models
from pipelines.parsing import parse
from tests.inference.stub import MODEL, Reply, Stub


def checked(*arguments: str) -> ModelsSpec | None:
    given = ["--input", "a", "--output", "out", *arguments]
    return checked_models(parse(given, (ModelOptions, VllmOptions)))


def test_without_options_there_is_no_model() -> None:
    assert checked() is None


def test_a_server_that_runs() -> None:
    with Stub(lambda body, number: Reply("")) as stub:
        models = checked("--llm_url", stub.url, "--llm_model", MODEL, "--llm_concurrency", "7")
    assert models is not None
    [engine] = models.engines
    assert (engine.name, engine.endpoint.url, engine.endpoint.model) == ("default", stub.url, MODEL)
    assert (engine.concurrency, engine.patience_s, engine.server) == (7, 300, None)
    assert models.ledger is not None
    assert models.ledger.folder == "out/ledger"


def test_vllm_is_started_as_the_options_say(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    options = ["--llm_engine", "vllm", "--llm_model", str(folder), "--vllm_dtype", "bfloat16"]
    options += ["--vllm_tensor_parallel_size", "2", "--vllm_enable_prefix_caching"]
    options += ["--vllm_arg", "enforce-eager", "--vllm_arg=--seed=7", "--vllm_start_s", "1000"]
    models = checked(*options, "--ledger", "shared")
    assert models is not None
    [engine] = models.engines
    assert engine.server is not None
    assert engine.server.model == str(folder)
    assert dict(engine.server.arguments) == {
        "dtype": "bfloat16",
        "tensor-parallel-size": "2",
        "enable-prefix-caching": "",
        "enforce-eager": "",
        "seed": "7",
        "served-model-name": engine.endpoint.model,
    }
    assert re.fullmatch(r"tiny-[0-9a-f]{8}", engine.endpoint.model)  # and not where it lies
    assert engine.patience_s == 1000  # as long as loading it again may take
    assert models.ledger is not None
    assert models.ledger.folder == "shared"


def test_several_models_have_names(tmp_path: Path) -> None:
    with Stub(lambda body, number: Reply("")) as stub:
        file = tmp_path / "engines.yaml"
        file.write_text(
            f"judge: {{url: '{stub.url}', model: {MODEL}, concurrency: 3, requests_per_minute: 60}}\n"
            "solver: {engine: vllm, model: some/model, vllm: {max_model_len: 4096, enforce_eager: true}}\n"
        )
        models = checked("--llm_engines", str(file), "--llm_timeout_s", "9")
    assert models is not None
    judge, solver = models.engines
    assert (judge.name, judge.concurrency, judge.requests_a_minute) == ("judge", 3, 60)
    assert (solver.name, solver.concurrency, solver.endpoint.timeout_s) == ("solver", 64, 9)
    assert solver.server is not None
    assert dict(solver.server.arguments) == {
        "max-model-len": "4096",
        "enforce-eager": "",
        "served-model-name": "some/model",
    }
    assert models.concurrency() == 67
    assert checked_engine(models, None, "verifier_engine") == "judge"
    with pytest.raises(UsageError, match=r"^--judge_engines: no engine named 'x'; there are: judge, solver$"):
        checked_engine(models, "x", "judge_engines")


def test_only_stages_that_start_a_model_need_an_accelerator() -> None:
    arguments = ["--input", "a", "--output", "out", "--llm_engine", "vllm", "--llm_model", "m"]
    options = parse(arguments, (ModelOptions, VllmOptions))
    models = checked_models(options)
    assert models is not None
    assert accelerator(options, models, [""]) == "type:nvidia-l4;count:1;install-nvidia-driver"
    with Stub(lambda body, number: Reply("")) as stub:
        served = checked("--llm_url", stub.url, "--llm_model", MODEL)
    assert served is not None
    assert accelerator(options, served, [""]) == ""
    mixed = ModelsSpec((served.engines[0], replace(models.engines[0], name="solver")))
    assert accelerator(options, mixed, ["default"]) == ""
    assert accelerator(options, mixed, ["default", "solver"])
    assert mixed.only(["solver", "solver"]) == ModelsSpec(mixed.engines[1:])
    assert mixed.only([]) is None


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--llm_model", "m"], "--llm_model needs --llm_url or --llm_engine"),
        (["--llm_url", "http://127.0.0.1:9"], "--llm_url needs --llm_model"),
        (["--llm_engine", "vllm"], "--llm_engine needs --llm_model"),
        (
            ["--llm_url", "http://h", "--llm_engine", "vllm", "--llm_model", "m"],
            "--llm_url and --llm_engine: choose one",
        ),
        (["--llm_url", "http://127.0.0.1:9", "--llm_model", "m"], "--llm_url: no model server at "),
        (["--llm_engines", "nothing.yaml"], "--llm_engines nothing.yaml: No such file or directory"),
        (["--llm_engines", "FILE", "--llm_model", "m"], "--llm_model and --llm_engines: choose one"),
    ],
)
def test_what_can_not_be_used_is_one_line(arguments: list[str], line: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked(*arguments)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "must hold an engine under each name"),
        ("- a", "must hold an engine under each name"),
        ("a: {", "not YAML: "),
        ("a: 3", "a: Input should be a valid dictionary"),
        ("a: {url: http://h}", "a.model: Field required"),
        ("a: {model: m}", "a: needs url, or engine: vllm"),
        ("a: {model: m, url: http://h, engine: vllm}", "a: needs url, or engine: vllm"),
        ("a: {model: m, engine: tgi}", "a.engine: Input should be 'vllm'"),
        ("a: {model: m, url: http://h, colour: red}", "a.colour: Extra inputs are not permitted"),
        ("a: {model: m, url: http://h, concurrency: 0}", "a.concurrency: Input should be greater than"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, content: str, line: str) -> None:
    file: Any = tmp_path / "engines.yaml"
    file.write_text(content)
    with pytest.raises(UsageError) as caught:
        checked("--llm_engines", str(file))
    assert str(caught.value).startswith(f"--llm_engines {file}: {line}")
    assert "\n" not in str(caught.value)


def test_models_of_one_name_have_keys_of_their_own(tmp_path: Path) -> None:
    lines = []
    for name, weights in (("a", b"0000"), ("b", b"1111")):
        folder = tmp_path / name / "final"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(weights)
        lines.append(f"{name}: {{engine: vllm, model: '{folder}'}}\n")
    lines.append(f"c: {{engine: vllm, model: '{folder}', vllm: {{quantization: fp8}}}}\n")
    file = tmp_path / "engines.yaml"
    file.write_text("".join(lines))
    models = checked("--llm_engines", str(file))
    assert models is not None
    assert len({engine.identity for engine in models.engines}) == 3
    file.write_text("".join([*lines, lines[0].replace("a:", "d:", 1)]))
    with pytest.raises(UsageError, match=r"^--llm_engines: a and d are one model \(final-"):
        checked("--llm_engines", str(file))
