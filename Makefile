# Two commands matter: `make demo` and `make test`. Each makes .venv by itself and needs Python 3.11 to 3.13, git and make.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# Compiled modules are kept whatever the surroundings say: the tests and the service start many processes of the same code.
export PYTHONDONTWRITEBYTECODE :=
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo serve test check tests benchmarks clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Tanbiao needs Python 3.11, 3.12 or 3.13 with its venv module. Install one, or say: make PYTHON=/path/to/python3.12 ..."; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing the pinned packages (about a minute the first time)"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing the pinned packages and the test tools (about two minutes the first time)"
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $(VENV)/.runtime $@

demo: $(VENV)/.runtime ## from a workbook to a signed label, verified offline; leaves the files in var/demo
	@$(BIN)/tanbiao demo

serve: $(VENV)/.runtime ## the web service with the same data, at http://127.0.0.1:8000
	@$(BIN)/tanbiao serve

test: $(VENV)/.dev ## everything that must pass: style, types, imports, tests
	@$(MAKE) --no-print-directory --jobs=2 check tests
	@echo "All checks passed. Next: make demo, or read docs/guide."

check: $(VENV)/.dev ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

tests: $(VENV)/.dev ## the tests, on two cores: three processes, because some of them wait for browsers and servers
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

benchmarks: $(VENV)/.runtime ## speed against the named peers, as ratios
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/cbam.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/verify.py

clean: ## remove .venv and the local data in var
	rm -rf $(VENV) var build *.egg-info
