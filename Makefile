# Everything a fresh Debian machine with python3, git and make needs; nothing here asks for more than PyPI and Debian.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PYTEST_ARGS ?= -n 3 --dist worksteal
DEMO_ARGS ?=

.PHONY: demo setup test lint bench faults lock clean

demo: $(VENV)/.run ## a sandbox GitHub with a sample organisation, the App and its worker
	@$(BIN)/waypost demo $(DEMO_ARGS)

setup: $(VENV)/.dev ## a virtual environment with everything for development

test: $(VENV)/.dev ## every test
	@sh tests/install.sh
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/.dev ## style, types, and that imports point one way
	@$(BIN)/ruff check app tests actions
	@$(BIN)/ruff format --check app tests actions
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/.dev ## ratios, each measured side by side in one run
	@$(BIN)/python -m tests.bench

faults: $(VENV)/.dev ## kill -9, storms and shuffles at full length; ROW=load for one, WRITE=1 renews docs/reliability.md
	@$(BIN)/python -m tests.faults $(ROW) $(if $(WRITE),--write)

lock: $(VENV)/.dev ## write the lock files anew
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra docs --extra postgres --extra sandbox pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate -c requirements.lock pyproject.toml -o requirements-actions.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra docs -c requirements-dev.lock pyproject.toml -o requirements-docs.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Waypost needs Python 3.11 or newer; say which with PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; } || { echo "Python has no venv module: apt-get install python3-venv"; exit 2; }
	@echo "making $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@[ -f $(VENV)/.dev ] || { echo "installing the locked packages" >&2; $(BIN)/pip install --quiet --require-hashes -r requirements.lock && $(BIN)/pip install --quiet --no-deps -e .; }
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing the locked packages" >&2
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --no-deps -e .
	@touch $@

clean:
	rm -rf $(VENV) build dist app/*.egg-info
