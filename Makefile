# `make` alone says what there is.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench chaos demo pictures

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.run ## Make .venv with everything a run needs
	@:

run: setup ## Run it all on this machine with a stand-in for Twilio, until Ctrl-C
	@exec $(BIN)/flask --app wsgi up

test: .venv/.dev ## Run the tests; choose some with ARGS="-k words"
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.bench ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

bench: .venv/.bench .venv/.readers ## Measure how much it carries
	$(BIN)/python -m benchmarks $(ARGS)

chaos: .venv/.dev ## Kill and disturb it under load, and look for what was lost
	$(BIN)/python -m tests.chaos $(ARGS)

demo: setup ## Show a whole conversation in the terminal
	@$(BIN)/flask --app wsgi demo $(ARGS)

pictures: .venv/.dev ## Take the pictures of README anew
	$(BIN)/python -m tests.pictures

define ENVIRONMENT
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed. Name one: make setup PYTHON=python3.12"; exit 1; }; \
	if $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then $(PYTHON) -m venv $(1); \
	elif $(PYTHON) -c 'import virtualenv' 2>/dev/null; then $(PYTHON) -m virtualenv -q $(1); \
	else echo "This Python cannot make virtual environments. On Debian or Ubuntu:" \
		"apt install python3-venv"; exit 1; fi
endef

.venv/bin/python:
	@$(call ENVIRONMENT,.venv)

.venv/.run: requirements.txt | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.bench: requirements-bench.txt .venv/.dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

# Simpler readers need other versions than we do; the benchmarks go on without them.
.venv/.readers: benchmarks/readers/requirements.txt | .venv/bin/python
	@rm -rf .venv/readers $@
	@( $(call ENVIRONMENT,.venv/readers) ) && .venv/readers/bin/python -m pip install --quiet \
		--disable-pip-version-check -r $< && touch $@ || { rm -rf .venv/readers; echo "The" \
		"readers that ours is compared with cannot be installed in .venv/readers; the reason stands" \
		"above. The benchmarks go on without them, and make bench tries again next time."; }

.venv/.dev: requirements-dev.txt .venv/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
