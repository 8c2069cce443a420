"""The language models that a run asks, from its options to checked engines."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Literal

from apache_beam.options.pipeline_options import PipelineOptions
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inference.client import KEYS, BadEndpoint, Endpoint, check_endpoint
from inference.engine import EngineSpec
from inference.ledger import LedgerSpec
from inference.models import ModelsSpec
from inference.server import ServerSpec
from pipelines.errors import UsageError
from pipelines.options import RunOptions, positive, share
from pipelines.output import join

DEFAULT = "default"
"""Name of the engine that the options without a file describe."""


class ModelOptions(PipelineOptions):
    """Language models."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--llm_url",
            metavar="URL",
            help="a server that speaks the OpenAI protocol, such as http://localhost:8000/v1; "
            "its key, if it needs one, is taken from ASSAY_LLM_KEY or OPENAI_API_KEY",
        )
        parser.add_argument(
            "--llm_engine",
            choices=("vllm",),
            help="start vLLM on each machine that asks it, instead of --llm_url",
        )
        parser.add_argument(
            "--llm_model", metavar="NAME", help="the model: as the server names it; for vLLM also a folder"
        )
        parser.add_argument(
            "--llm_engines",
            metavar="FILE",
            help="YAML of several models, each under a name that other options use, instead of the above",
        )
        parser.add_argument(
            "--llm_concurrency",
            type=positive,
            default=64,
            metavar="N",
            help="requests to a model that a worker has in flight",
        )
        parser.add_argument(
            "--llm_timeout_s",
            type=positive,
            default=120,
            metavar="SECONDS",
            help="answers that take longer are asked for again, and then given up",
        )
        parser.add_argument(
            "--llm_patience_s",
            type=positive,
            default=300,
            metavar="SECONDS",
            help="the run stops when a server has answered nothing for so long",
        )
        parser.add_argument(
            "--llm_requests_per_minute",
            type=positive,
            metavar="N",
            help="limit of a hosted endpoint, for each worker; none if not given",
        )
        parser.add_argument(
            "--llm_tokens_per_minute",
            type=positive,
            metavar="N",
            help="likewise: tokens of questions and answers",
        )
        parser.add_argument(
            "--ledger",
            metavar="DIR",
            help="folder of finished answers, shared by runs; that of --output if not given",
        )
        parser.add_argument(
            "--ledger_flush_s",
            type=positive,
            default=5,
            metavar="SECONDS",
            help="finished answers are on disk after so long at the latest",
        )


class VllmOptions(PipelineOptions):
    """The vLLM that Assay starts."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument(
            "--vllm_python", metavar="PATH", help="Python that has vLLM; the one of this run if not given"
        )
        parser.add_argument("--vllm_tensor_parallel_size", type=positive, metavar="N", help="GPUs a model")
        parser.add_argument("--vllm_max_model_len", type=positive, metavar="N", help="tokens of the context")
        parser.add_argument("--vllm_dtype", metavar="TYPE", help="such as bfloat16; the model's if not given")
        parser.add_argument("--vllm_quantization", metavar="METHOD", help="such as fp8 or awq")
        parser.add_argument(
            "--vllm_gpu_memory_utilization", type=share, metavar="SHARE", help="of the GPU's memory"
        )
        parser.add_argument(
            "--vllm_enable_prefix_caching",
            action="store_true",
            default=False,
            help="questions that begin alike are computed once; what vLLM does by default on most GPUs",
        )
        parser.add_argument(
            "--vllm_arg",
            action="append",
            metavar="NAME[=VALUE]",
            help="any other argument of vLLM, such as enforce-eager or seed=7; may be given again",
        )
        parser.add_argument(
            "--vllm_start_s",
            type=positive,
            default=900,
            metavar="SECONDS",
            help="how long vLLM may take to load a model",
        )
        parser.add_argument(
            "--llm_accelerator",
            default="type:nvidia-l4;count:1;install-nvidia-driver",
            metavar="HINT",
            help="Beam's resource hint for the machines of the stages that ask vLLM, on remote runners",
        )


_MODEL_FILES = (".json", ".jinja", ".model", ".txt", ".safetensors", ".bin", ".gguf", ".pt", ".pth")
_SAMPLE, _SAMPLES = 65_536, 64

_VLLM = (
    "tensor_parallel_size",
    "max_model_len",
    "dtype",
    "quantization",
    "gpu_memory_utilization",
)


class _Entry(BaseModel):
    """An engine in the file of --llm_engines."""

    model_config = ConfigDict(extra="forbid")

    model: str
    url: str | None = None
    engine: Literal["vllm"] | None = None
    key_env: str | None = None
    concurrency: int | None = Field(default=None, ge=1)
    timeout_s: float | None = Field(default=None, gt=0)
    requests_per_minute: int = Field(default=0, ge=0)
    tokens_per_minute: int = Field(default=0, ge=0)
    vllm: dict[str, str | int | float | bool] = {}


def checked_models(options: PipelineOptions, progress: str | None = None) -> ModelsSpec | None:
    """Returns the models of a run, their servers asked once; None without any.

    Args:
      progress: see `ModelsSpec`.

    Raises:
      UsageError: an option is missing, or a server can't be used.
    """
    chosen = options.view_as(ModelOptions)
    entries = _file(chosen.llm_engines, options) if chosen.llm_engines else _default(options)
    if not entries:
        return None
    engines = tuple(_spec(name, entry, options) for name, entry in entries.items())
    for one, other in combinations(engines, 2):
        if one.identity == other.identity:
            raise UsageError(
                f"--llm_engines: {one.name} and {other.name} are one model ({one.identity}); leave out one"
            )
    for engine in engines:
        if not engine.server:
            try:
                check_endpoint(engine.endpoint)
            except BadEndpoint as error:
                named = "" if engine.name == DEFAULT else f"engine {engine.name}: "
                option = "llm_engines" if chosen.llm_engines else "llm_url"
                raise UsageError(f"--{option}: {named}{error}") from None
    folder = chosen.ledger or join(options.view_as(RunOptions).output, "ledger")
    return ModelsSpec(engines, LedgerSpec(folder, chosen.ledger_flush_s), progress or "")


def accelerator(options: PipelineOptions, models: ModelsSpec, names: Sequence[str]) -> str:
    """Returns the resource hint for a stage that asks these engines; empty if none of them runs there."""
    runs_there = any(engine.server for engine in models.named(names))
    return options.view_as(VllmOptions).llm_accelerator if runs_there else ""


def checked_engine(models: ModelsSpec, name: str | None, option: str) -> str:
    """Returns the name of an engine that an option names; that of the first one if it names none.

    Raises:
      UsageError: there is none of that name.
    """
    names = [engine.name for engine in models.engines]
    if name and name not in names:
        raise UsageError(f"--{option}: no engine named {name!r}; there are: {', '.join(names)}")
    return name or names[0]


def _default(options: PipelineOptions) -> dict[str, _Entry]:
    chosen = options.view_as(ModelOptions)
    for name in ("llm_url", "llm_model"):
        if getattr(chosen, name) == "":
            raise UsageError(f"--{name} is empty")
    if not (chosen.llm_url or chosen.llm_engine):
        if chosen.llm_model:
            raise UsageError("--llm_model needs --llm_url or --llm_engine")
        return {}
    if chosen.llm_url and chosen.llm_engine:
        raise UsageError("--llm_url and --llm_engine: choose one")
    if not chosen.llm_model:
        raise UsageError(f"--{'llm_url' if chosen.llm_url else 'llm_engine'} needs --llm_model")
    return {
        DEFAULT: _Entry(
            model=chosen.llm_model,
            url=chosen.llm_url,
            engine=chosen.llm_engine,
            requests_per_minute=chosen.llm_requests_per_minute or 0,
            tokens_per_minute=chosen.llm_tokens_per_minute or 0,
        )
    }


def _file(path: str, options: PipelineOptions) -> dict[str, _Entry]:
    import yaml

    chosen = options.view_as(ModelOptions)
    for name in ("llm_url", "llm_engine", "llm_model", "llm_requests_per_minute", "llm_tokens_per_minute"):
        if getattr(chosen, name):
            raise UsageError(f"--{name} and --llm_engines: choose one")
    try:
        with open(path, encoding="utf-8") as file:
            content = yaml.safe_load(file)
    except OSError as error:
        raise UsageError(f"--llm_engines {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"--llm_engines {path}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict) or not content:
        raise UsageError(f"--llm_engines {path}: must hold an engine under each name")
    entries = {}
    for name, entry in content.items():
        try:
            entries[str(name)] = _Entry.model_validate(entry)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, (name, *first["loc"])))
            raise UsageError(f"--llm_engines {path}: {where}: {first['msg']}") from None
        if bool(entries[str(name)].url) == bool(entries[str(name)].engine):
            raise UsageError(f"--llm_engines {path}: {name}: needs url, or engine: vllm")
    return entries


def _weights_hash(folder: str) -> str:
    """Returns what tells a model from another one in a folder of the same name.

    Of large files, samples: those of two trainings of one model differ nowhere but in their numbers.
    """
    digest = hashlib.sha256()
    for file in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if file.is_file() and file.name.endswith(_MODEL_FILES):
            size = file.stat().st_size
            digest.update(f"{file.name}\0{size}\0".encode())
            with open(file.path, "rb") as content:
                for start in range(0, size, max(_SAMPLE, size // _SAMPLES)):
                    content.seek(start)
                    digest.update(content.read(_SAMPLE))
    return digest.hexdigest()[:8]


def _spec(name: str, entry: _Entry, options: PipelineOptions) -> EngineSpec:
    chosen = options.view_as(ModelOptions)
    model, patience, server = entry.model, float(chosen.llm_patience_s), None
    if entry.engine:
        vllm = options.view_as(VllmOptions)
        if os.path.isdir(model):  # records and the ledger name the model, not where it lies
            model = f"{os.path.basename(os.path.abspath(model))}-{_weights_hash(model)}"
        patience = max(patience, float(vllm.vllm_start_s))  # one that is started again loads its model first
        given = _arguments(vllm) | _pairs(entry.vllm)
        server = ServerSpec(
            model=entry.model,
            run=hashlib.sha256(options.view_as(RunOptions).output.encode()).hexdigest()[:16],
            python=vllm.vllm_python or "",
            arguments=tuple((given | {"served-model-name": model}).items()),
            start_s=float(vllm.vllm_start_s),
        )
    keys = (entry.key_env,) if entry.key_env else () if entry.engine else KEYS
    return EngineSpec(
        name,
        Endpoint(entry.url or "", model, float(entry.timeout_s or chosen.llm_timeout_s), keys),
        entry.concurrency or chosen.llm_concurrency,
        patience,
        entry.requests_per_minute,
        entry.tokens_per_minute,
        server,
    )


def _arguments(vllm: Any) -> dict[str, str]:
    """Returns the arguments of vLLM's command line that the options ask for; "" stands for a bare flag."""
    given = _pairs({name: value for name in _VLLM if (value := getattr(vllm, f"vllm_{name}")) is not None})
    if vllm.vllm_enable_prefix_caching:
        given["enable-prefix-caching"] = ""
    for argument in vllm.vllm_arg or ():
        name, _, value = argument.partition("=")
        given[name.removeprefix("--")] = value
    return given


def _pairs(values: Mapping[str, Any]) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in values.items() if value is not False}
    return {name: "" if value is True else str(value) for name, value in named.items()}
