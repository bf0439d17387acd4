# Everything a newcomer needs: make report, make test, make lab, make lint.
PYTHON ?= python3
BIN    := .venv/bin
STUDY  ?= reports/iran-2020/study.toml
# One worker for each core; a worker that has nothing left takes tests from the others.
PYTEST := python -m pytest -q -n auto --dist worksteal

.PHONY: report test test-long test-lowest lint validity scale earnings lab notebooks docs build fuzz kills faults mutants coverage clean help

help:            ## list the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 20

report: .venv/core ## run the sample study, offline, and print where the page is
	@$(BIN)/eventstudy run $(STUDY) --force

test: lint        ## style, types, and all tests
	$(BIN)/$(PYTEST)

test-long: lint   ## the same with 1,000 examples of every property and the rejection rates (ten minutes and more)
	HYPOTHESIS_PROFILE=long $(BIN)/$(PYTEST)

test-lowest: .venv-lowest/ready ## all tests with the lowest versions that pyproject.toml allows
	.venv-lowest/bin/$(PYTEST) -W ignore::DeprecationWarning

lint: .venv/dev   ## style and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

validity: .venv/core ## measure the test to read first, case by case, into docs/validity.md (90 minutes; resumes)
	$(BIN)/python benchmarks/validity_headline.py

fuzz: .venv/dev   ## 10,000 mutated inputs over every reader (minutes)
	$(BIN)/python tests/fuzzing.py --number 10000

kills: .venv/core ## kill writers of reports 300 times, and the commands events and news fetch 245 times each (ten minutes)
	$(BIN)/python benchmarks/kills.py
	$(BIN)/python benchmarks/killed_commands.py

faults: .venv/core ## commands on a full disk, without a reader, with closed streams (a minute)
	$(BIN)/python benchmarks/faults.py

mutants: .venv/dev ## small changes of the code that the tests must notice, 20 a room (an hour)
	$(BIN)/python benchmarks/mutants.py

coverage: .venv/dev ## all tests with their coverage of branches: at least 95 % (half an hour)
	$(BIN)/$(PYTEST) --cov --cov-report=term:skip-covered

scale: .venv/dev ## prove studies over packs: equal bits, memory, kills and resume (an hour)
	$(BIN)/python benchmarks/scale.py prove

earnings: .venv/core ## 21,480 announcements from a list to a page: make earnings DATA=folder of the two files
	$(BIN)/python benchmarks/earnings_study.py --data "$(DATA)"

lab: .venv/lab    ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir=notebooks

docs: .venv/docs  ## build the documentation into docs/_build/html; a warning is an error
	$(BIN)/python tools/build_reference.py
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

notebooks: .venv/dev ## execute the notebooks and keep their outputs
	$(BIN)/python tools/run_notebooks.py

build: .venv/core ## the files of a release, in dist/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	$(BIN)/python -m build

clean:           ## remove the environments and caches; studies and data stay
	rm -rf docs/_build docs/reference/api .venv .venv-lowest .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/core: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing into .venv (once; about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

.venv/dev .venv/docs .venv/lab: .venv/%: .venv/core
	@echo "Adding what '$*' needs (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$*]'
	@touch $@

# Our own requirements at their lowest, those of others at their newest; uv comes from the registry of Python packages.
.venv-lowest/ready: $(BIN)/python pyproject.toml
	@echo "Installing the lowest versions into .venv-lowest ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) .venv-lowest
	@$(BIN)/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct --editable '.[dev]'
	@touch $@
