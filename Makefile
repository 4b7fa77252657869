# Every target sets up .venv itself; `make demo` and `make test` are all that a newcomer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo test test-slow check format lint types imports docs bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(READY) ## make .venv with everything in it

$(READY): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON): install Python 3.11 or newer"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,docs]"
	@# trackeval asks for opencv-python, which overwrites the headless build's files: leave that one out.
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps trackeval
	$(BIN)/python -m pip install --quiet --constraint constraints.txt pycocotools tabulate
	@touch $(READY)

demo: $(READY) ## render, learn, measure, find: one page, and the service in the end
	$(BIN)/passerby demo

# One thread each: two test processes share the cores, and more threads would wait for each other.
test: $(READY) ## the tests, but for the slow ones
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "not slow"

test-slow: $(READY) ## the tests that take minutes
	$(BIN)/python -m pytest -m slow

format: $(READY) ## write the code as ruff would
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/pyright

imports: $(READY)
	$(BIN)/lint-imports

docs: $(READY) ## build the site into site/
	$(BIN)/mkdocs build --strict --quiet

check: lint types imports docs test ## everything that continuous integration runs

bench: $(READY) ## speed and memory, each against a named peer or limit
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean: ## remove what was built, keep runs/
	rm -rf $(VENV) site .pytest_cache .ruff_cache .hypothesis
