# `make demo` and `make test` are all a newcomer needs: each makes the environment first, if it is not there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# The supported releases of MindSpore besides the one in $(VENV), each in an environment of its own.
RELEASES := 2.8 2.9
# Packages written for torch, in an environment with it and one without.
PACKAGES := .venv-packages

# The tests of the first half; the second has the rest. Each takes about as long as the other.
FIRST := tests/torch_on_mindspore tests/native tests/port tests/mindspore_on_torch

.PHONY: demo test test-first test-second lint types generate parity faults pairs docstrings mindcv port conformance conformance-twice packages benchmark releases $(RELEASES:%=release-%) clean

demo: $(STAMP)
	$(BIN)/python docs/examples/demo.py

test: $(STAMP) lint types
	$(BIN)/compat generate --check
	@echo "two halves of the tests side by side; each is shown when it ends, after about 12 minutes on two cores"
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-first test-second

test-first:
	$(BIN)/python -m pytest $(FIRST)
	$(BIN)/python -m pytest tests/conformance

test-second:
	$(BIN)/python -m pytest $(FIRST:%=--deselect %)

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

# Faults written into a copy of the adapters: `compat parity` must report every one.
faults: $(STAMP)
	$(BIN)/python -m tests.faults planted --together

# torchvision's and mindcv's models with the same weights: `compat compare` must name what is known to differ.
pairs: $(STAMP)
	$(BIN)/python -m tests.models.real_pairs

# The examples in the docstrings of the installed MindSpore, on compat.mindspore, against what is recorded to give the printed result.
docstrings: $(STAMP)
	$(BIN)/python -m tests.docstrings

# mindcv's models on compat.mindspore and on MindSpore, outputs and training compared.
mindcv: $(STAMP)
	$(BIN)/python -m tests.mindcv

# PyTorch's own test data, against what is recorded to pass: about ten minutes on two cores.
conformance: $(STAMP)
	$(BIN)/python -m tests.conformance modules
	$(BIN)/python -m tests.conformance optimizers
	$(BIN)/python -m tests.conformance ops
	$(BIN)/python -m tests.conformance errors

# The same with the gradients differentiated again, of which `make test` tries a part: four minutes for the modules, and more for the operators.
conformance-twice: $(STAMP)
	$(BIN)/python -m tests.conformance modules_twice
	$(BIN)/python -m tests.conformance ops_twice

# torchvision, ported in both styles: its models give PyTorch's outputs; packages that nobody here wrote: every port parses, and imports if it did before.
port: $(STAMP)
	$(BIN)/python -m tests.port.models
	$(BIN)/python -m tests.port.packages --style native --no-speed torchvision einops

# Models of timm, transformers and others: recorded with torch, then checked in an environment without it. And MindSpore programs without MindSpore.
packages: $(PACKAGES)/mindspore/.installed build/packages/.recorded
	GLOG_v=4 $(PACKAGES)/mindspore/bin/python -m tests.packages check
	$(PACKAGES)/torch/bin/python -m tests.programs_mindspore

build/packages/.recorded: $(PACKAGES)/torch/.installed tests/packages/cases.py tests/packages/observe.py
	$(PACKAGES)/torch/bin/python -m tests.packages record
	touch $@

$(PACKAGES)/torch/.installed: FRAMEWORK := torch==2.13.0
$(PACKAGES)/mindspore/.installed: FRAMEWORK := mindspore==2.10.0
$(PACKAGES)/%/.installed: tests/packages/requirements.txt
	$(PYTHON) -m venv $(@D)
	@echo "installing $(FRAMEWORK) and the packages into $(@D) (a few minutes)"
	$(@D)/bin/python -m pip install --quiet --progress-bar off $(FRAMEWORK) 'numpy<2'
	$(@D)/bin/python -m pip install --quiet --progress-bar off --no-deps --requirement $<
	touch $@

benchmark: $(STAMP)
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.overheads
	$(BIN)/python -m tests.benchmarks.training torch
	$(BIN)/python -m tests.benchmarks.training mindspore
	$(BIN)/python -m tests.benchmarks.data

# What depends on the release of MindSpore, on each release; `make -j2 releases` runs two at a time.
releases: $(RELEASES:%=release-%)

$(RELEASES:%=release-%): release-%: $(VENV)-%/.installed
	$(VENV)-$*/bin/compat check
	$(VENV)-$*/bin/python -m pytest @tests/releases.txt

# Installed again whenever pyproject.toml changes. Takes a few minutes and about 4 GB.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo 'Python 3.11 is needed: make PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --progress-bar off --upgrade pip
	@echo "installing torch, MindSpore and the tools into $(VENV) (a few minutes)"
	$(BIN)/python -m pip install --quiet --progress-bar off --editable '.[dev]'
	touch $(STAMP)

$(RELEASES:%=$(VENV)-%/.installed): $(VENV)-%/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-$*
	$(VENV)-$*/bin/python -m pip install --quiet --progress-bar off --upgrade pip
	@echo "installing torch, MindSpore $* and the test tools into $(VENV)-$* (a few minutes)"
	$(VENV)-$*/bin/python -m pip install --quiet --progress-bar off --editable '.[torch,mindspore,tools,test]' 'mindspore==$*.0'
	touch $@

clean:
	rm -rf $(VENV) $(RELEASES:%=$(VENV)-%) $(PACKAGES) build
