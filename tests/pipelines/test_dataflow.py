"""A job for Dataflow is built offline, and what its workers would install holds every package."""

from __future__ import annotations

import base64
import bz2
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest
from apache_beam.options.pipeline_options import DebugOptions, PipelineOptions, SetupOptions, StandardOptions

from pipelines.execute import build, choose_runner
from pipelines.parsing import parse
from pipelines.recipe import Run
from pipelines.scp116k import RECIPE
from tests.conftest import ROOT
from tests.inference.stub import MODEL, Reply, Stub
from tests.pipelines.runs import OPTIONAL

BUCKET = "gs://my-bucket"
JOB = ["--input", f"{BUCKET}/docs", "--output", f"{BUCKET}/out", "--labels=airflow-version=v3-3-2"]
JOB += ["--runner", "DataflowRunner", "--project", "my-project", "--region", "europe-west1"]
JOB += ["--temp_location", f"{BUCKET}/tmp"]


@pytest.fixture(scope="module")
def options() -> PipelineOptions:
    return parse(JOB, RECIPE.options)


@pytest.fixture(scope="module")
def graph(options: PipelineOptions) -> Any:
    choose_runner(options)
    run = Run(["gs://my-bucket/docs/a.pdf"], options, f"{BUCKET}/out")
    return build(RECIPE, run)[0].to_runner_api()


def test_the_graph_has_every_stage(graph: Any) -> None:
    names = {transform.unique_name.split("/")[0] for transform in graph.components.transforms.values()}
    assert {stage.name for stage in RECIPE.stages} - names == OPTIONAL
    assert {"data", "write rejected"} <= names


@pytest.mark.parametrize(
    ("more", "asking"),
    [
        (["--llm_engine", "vllm", "--llm_model", "m"], {"transcribe", "score", "answers"}),
        (["--llm_engines", "FILE", "--judge_engines", "judge", "--transcriber_engine", "judge"], {"answers"}),
    ],
)
def test_the_stages_that_ask_a_model_there_carry_the_accelerator_and_no_other(
    more: list[str], asking: set[str], tmp_path: Path
) -> None:
    with Stub(lambda body, number: Reply("")) as stub:
        file = tmp_path / "engines.yaml"
        file.write_text(
            f"judge: {{url: '{stub.url}', model: {MODEL}}}\ndefault: {{engine: vllm, model: m}}\n"
        )
        more = [str(file) if word == "FILE" else word for word in more]
        more += ["--transcriber", "vlm", "--answer_engines", "default"]
        options = parse([*JOB, *more], RECIPE.options)
        _check_hints(options, asking)


def _check_hints(options: PipelineOptions, asking: set[str]) -> None:
    choose_runner(options)
    pipeline, _ = build(RECIPE, Run(["gs://my-bucket/docs/a.pdf"], options, f"{BUCKET}/out"))
    components = pipeline.to_runner_api().components
    hint = "beam:resources:accelerator:v1"
    hinted = {
        transform.unique_name.split("/")[0]
        for transform in components.transforms.values()
        if hint in components.environments[transform.environment_id].resource_hints
    }
    assert hinted == asking
    experiments = options.view_as(DebugOptions).experiments
    assert "no_use_multiple_sdk_containers" in experiments


def test_what_is_grouped_by_has_a_deterministic_coder(graph: Any) -> None:
    components = graph.components
    grouped = [
        transform
        for transform in components.transforms.values()
        if transform.spec.urn == "beam:transform:group_by_key:v1"
        and not {"Reshuffle", "CombinePerKey"} & set(transform.unique_name.split("/"))  # Beam's own
    ]
    assert len(grouped) == 4
    for transform in grouped:
        (collection,) = transform.inputs.values()
        coder = components.coders[components.pcollections[collection].coder_id]
        assert coder.spec.urn == "beam:coder:kv:v1"
        key = components.coders[coder.component_coder_ids[0]].spec.urn
        assert key in ("beam:coder:string_utf8:v1", "beam:coder:varint:v1"), transform.unique_name


def test_the_workers_are_sent_setup_py(options: PipelineOptions) -> None:
    assert choose_runner(options) is False
    assert options.view_as(SetupOptions).setup_file == str(ROOT / "setup.py")


def test_nothing_local_is_named_in_the_graph(options: PipelineOptions, graph: Any) -> None:
    here = tempfile.gettempdir()
    ticks = f"{here}/beam-0"
    local = build(RECIPE, Run(["a.pdf"], options, f"{BUCKET}/out", ticks))[0].to_runner_api()
    assert f"{here}/".encode() in _unpacked(local)  # it would be seen
    assert f"{here}/".encode() not in _unpacked(graph)


def _unpacked(graph: Any) -> bytes:
    """Returns the graph with what Beam has pickled and compressed in it."""
    said: bytes = graph.SerializeToString()
    pickled = re.findall(rb"QlpoO[A-Za-z0-9+/]+=*", said)  # base64 of what bzip2 starts with
    assert pickled
    whole = said + b"".join(bz2.decompress(base64.b64decode(one)) for one in pickled)
    return whole.replace(str(ROOT).encode(), b"")  # functions name their file; a checkout may lie in /tmp


def test_without_a_runner_it_is_fn_api_runner_by_name() -> None:
    options = parse(["--input", "a", "--output", "b"], RECIPE.options)
    assert choose_runner(options) is True
    assert options.view_as(StandardOptions).runner == "FnApiRunner"


_PACKAGES = ("dags", "extractors", "filters", "inference", "pipelines", "schemas", "synth")
_DATA = (".yaml", ".j2")


def wanted() -> set[str]:
    """Every module and data file of every package."""
    return {
        str(path.relative_to(ROOT))
        for name in _PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.suffix in (".py", *_DATA) and "__pycache__" not in path.parts
    }


def test_the_source_distribution_holds_every_module_and_data_file(tmp_path: Path) -> None:
    egg = ["egg_info", "--egg-base", str(tmp_path)]
    subprocess.run(
        [sys.executable, "setup.py", "-q", *egg, "sdist", "--dist-dir", str(tmp_path / "dist")],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (archive,) = (tmp_path / "dist").glob("assay-*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {name.split("/", 1)[1] for name in tar.getnames() if "/" in name}
    assert wanted() <= names
    assert {"LICENSE", "setup.py"} <= names
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]


def test_what_is_installed_holds_the_data_files_and_no_tests(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", str(tmp_path), "build",
         "--build-base", str(tmp_path / "build")],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    built = tmp_path / "build" / "lib"
    names = {str(path.relative_to(built)) for path in built.rglob("*") if path.is_file()}
    assert wanted() == names


def test_the_licence_is_the_whole_of_the_agpl() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.splitlines()[0].strip() == "GNU AFFERO GENERAL PUBLIC LICENSE"
    assert "TERMS AND CONDITIONS" in text
    assert "How to Apply These Terms to Your New Programs" in text
