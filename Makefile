# `make demo` and `make test` are all a newcomer needs: each makes the environment first, if it is not there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint types generate parity conformance benchmark clean

demo: $(STAMP)
	$(BIN)/python docs/examples/demo.py

test: $(STAMP) lint types
	$(BIN)/compat generate --check
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(STAMP)
	$(BIN)/mypy

generate: $(STAMP)
	$(BIN)/compat generate

parity: $(STAMP)
	$(BIN)/compat parity

# PyTorch's own test data, against what is recorded to pass: about ten minutes on two cores.
conformance: $(STAMP)
	$(BIN)/python -m tests.conformance modules
	$(BIN)/python -m tests.conformance optimizers
	$(BIN)/python -m tests.conformance ops

benchmark: $(STAMP)
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.overheads
	$(BIN)/python -m tests.benchmarks.training
	$(BIN)/python -m tests.benchmarks.data

# Installed again whenever pyproject.toml changes. Takes a few minutes and about 4 GB.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo 'Python 3.11 is needed: make PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --progress-bar off --upgrade pip
	@echo "installing torch, MindSpore and the tools into $(VENV) (a few minutes)"
	$(BIN)/python -m pip install --quiet --progress-bar off --editable '.[dev]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) build
