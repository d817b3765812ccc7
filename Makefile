# Everything that a contributor or a visitor runs. `make help` lists it.

VENV := .venv
BIN := $(VENV)/bin
# The first Python that fits; name another with `make … PYTHON=/path/to/python`. 3.13 comes last,
# since there is no embedded Redis for it: there, `make demo` needs a redis-server on PATH.
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python3.13; do \
	$$p -c '$(FITS)' 2>/dev/null && echo $$p && exit; done; echo python3)
FITS = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench test-browser test-kafka chaos test-torch model-docs constraints clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/installed ## Everything at once on bundled coverage; KEEP=1 leaves it running
	$(BIN)/stancewire demo $(if $(KEEP),--keep)

test: lint ## Linters, types, house rules, tests with coverage
	$(BIN)/pytest --cov --cov-report=term

lint: $(VENV)/installed-dev ## Linters, types and house rules only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev ## Put the code into its usual form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/installed-dev ## Speed, memory and start on this machine, and whether they are as promised
	$(BIN)/pytest -s --timeout 3600 tests/bench

test-browser: $(VENV)/installed-browser ## Tests of the live page in a real Chromium (needs chromium)
	@test -n "$$STANCEWIRE_TEST_CHROMIUM" || command -v chromium google-chrome >/dev/null || { \
		echo "chromium is not on PATH; install it, e.g. apt install chromium" >&2; exit 1; }
	$(BIN)/pytest tests/browser

test-kafka: $(VENV)/installed-dev ## Tests on real Apache Kafka, Redis and Alertmanager (needs Java, Maven)
	@command -v redis-server >/dev/null || command -v valkey-server >/dev/null || { \
		echo "redis-server is not on PATH; install it, e.g. apt install redis-server" >&2; exit 1; }
	@for p in prometheus-alertmanager kcat; do command -v $$p >/dev/null || { \
		echo "$$p is not on PATH; install it, e.g. apt install $$p" >&2; exit 1; }; done
	sh deploy/kafka/fetch.sh
	STANCEWIRE_TEST_KAFKA=1 $(BIN)/pytest tests/integration

ROUNDS ?= 100
SEED ?= 1
chaos: $(VENV)/installed-dev ## Many faults on three brokers, reported in docs/chaos.md (ROUNDS=100 SEED=1)
	@command -v redis-server >/dev/null || command -v valkey-server >/dev/null || { \
		echo "redis-server is not on PATH; install it, e.g. apt install redis-server" >&2; exit 1; }
	sh deploy/kafka/fetch.sh
	ROUNDS=$(ROUNDS) SEED=$(SEED) $(BIN)/pytest -s --timeout 36000 tests/chaos

test-torch: $(VENV)-torch/installed ## Tests of other models and of the training, with torch (1 to 5 GB)
	$(VENV)-torch/bin/python -m pytest tests/with_torch

# What changes with every new model of the package. DEV is labelled text that is not in the repository.
WEIGHTS := services/stancewire/reading/weights
SET := tests/data/evaluation
model-docs: $(VENV)/installed-dev ## After a new model: measure it and write all its figures (DEV=GOLD.jsonl)
	@test -f "$(DEV)" || { echo "name labelled articles: make model-docs DEV=GOLD.jsonl" >&2; exit 2; }
	$(BIN)/python -m stancewire_training record-scores $(WEIGHTS) $(DEV)
	$(BIN)/python -m stancewire_training write-scores $(WEIGHTS) $(DEV) $(SET).jsonl \
		--hard-cases tests/data/hard_cases.jsonl --diagram docs/reliability.svg
	$(BIN)/stancewire evaluate $(SET).jsonl --json > $(SET).new.json
	mv $(SET).new.json $(SET).json
	$(BIN)/python -m stancewire_training calibrate-detector $(WEIGHTS)/manifest.json \
		--report docs/detector-calibration.md

constraints: $(VENV)/installed-dev ## Pin the newest versions that go together, into constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	sed -n '/^#/p' constraints.txt > $(VENV)/constraints.txt
	printf 'onnx>=1.17\nscikit-learn>=1.6\nwordfreq>=3.1\nriver>=0.22\n' | $(BIN)/uv pip compile \
		pyproject.toml - --extra embedded --extra dev --extra browser --universal \
		--python-version 3.11 --upgrade --quiet --no-annotate --no-header --no-emit-index-url >> $(VENV)/constraints.txt
	mv $(VENV)/constraints.txt constraints.txt

clean: ## Remove the virtual environment and everything that was built
	rm -rf $(VENV) $(VENV)-torch build dist deploy/kafka/target .coverage .coverage.* coverage.xml \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find services tests -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c '$(FITS)' 2>/dev/null || { \
		echo "Stancewire needs Python 3.11, 3.12 or 3.13; $(PYTHON) is" \
			"$$($(PYTHON) --version 2>/dev/null || echo 'not there')." \
			"Name another: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Stancewire into $(VENV); the first time takes a few minutes"
	$(PIP_INSTALL) -e '.[embedded]'
	@touch $@

$(VENV)/installed-browser: $(VENV)/installed-dev
	@echo "Installing what drives a browser into $(VENV)"
	$(PIP_INSTALL) -e '.[embedded,dev,browser]'
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Stancewire and its tools into $(VENV); the first time takes a few minutes"
	$(PIP_INSTALL) -e '.[embedded,dev]'
	@touch $(VENV)/installed $@

# An environment of its own, since torch is large and nothing else needs it.
$(VENV)-torch/installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing torch into $(VENV)-torch; this takes some minutes"
	$(BIN)/python -m venv $(VENV)-torch
	$(VENV)-torch/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		-e '.[torch,train,dev]'
	@touch $@
