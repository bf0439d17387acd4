# Everything a newcomer needs: make report, make test, make lab, make lint.
PYTHON ?= python3
BIN    := .venv/bin
STUDY  ?= reports/iran-2020/study.toml

.PHONY: report test lab lint clean help

help:            ## say what there is
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

report: .venv/core ## run the sample study, offline, and say where the page is
	@$(BIN)/eventstudy run $(STUDY) --force

test: .venv/dev   ## lint, types, and all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n auto

lint: .venv/dev   ## style and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: .venv/lab    ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir=notebooks

clean:           ## remove the environment and caches; studies and data stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/core: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing into .venv (once; about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/dev .venv/lab: .venv/%: .venv/core
	@echo "Adding what '$*' needs (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$*]'
	@touch $@
