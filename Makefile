# Every target installs what it needs. `make demo` and `make test` are all a newcomer has to know.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
DEMO_HOME ?= $(CURDIR)/.demo

# `make soak SECONDS=600` searches longer.
SECONDS ?= 120

.DEFAULT_GOAL := help
.PHONY: help venv demo test check format docs picture man catalogue catalogues constraints bench soak clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# What the program needs, compiled so that the first start is as quick as the next.
$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	@touch $@

# What developing needs besides.
$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $(VENV)/.run $@

venv: $(VENV)/.dev ## Make the virtual environment with everything in it

demo: $(VENV)/.run ## Make a sample workspace and walk through it
	@$(BIN)/python -m compileall -q src
	@CRM_HOME='$(DEMO_HOME)' $(BIN)/python -m crmtool.demo.tour

test: $(VENV)/.dev check ## Check everything and run every test
	@$(BIN)/python -m compileall -q src
	$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest --cov --cov-report=term --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.dev ## Style, types, import contracts, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogues.py check
	$(BIN)/python tools/reference.py check
	$(BIN)/python tools/completion.py check
	$(BIN)/python tools/models.py check

format: $(VENV)/.dev ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev ## Write what is generated from the program: reference, examples, completion, typed models
	$(BIN)/python tools/completion.py write
	$(BIN)/python tools/models.py write
	$(BIN)/python tools/reference.py write
	$(BIN)/python -m tests.docs.examples write $$(grep -l '```console' docs/*.md)

picture: $(VENV)/.dev ## Draw the pictures of docs/ from what the program prints and the app shows
	$(BIN)/python tools/picture.py
	$(BIN)/python tools/app_pictures.py

man: $(VENV)/.run ## Write the manual pages to build/man
	@$(BIN)/crm man --install build/man

catalogue: $(VENV)/.dev ## Refresh the template that translations start from
	$(BIN)/python tools/catalogues.py extract

catalogues: $(VENV)/.dev ## Compile the translations
	$(BIN)/python tools/catalogues.py compile

constraints: $(VENV)/.dev ## Pin the versions that are installed, after testing them
	$(BIN)/python -m pip freeze --exclude-editable | LC_ALL=C sort --ignore-case > constraints.txt

bench: $(VENV)/.dev ## Measure the budgets against raw baselines
	@$(BIN)/python -m compileall -q src
	$(BIN)/python -m benchmarks

soak: $(VENV)/.dev ## Kill writers at random for SECONDS, and use the app for as long; every store must be sound
	$(BIN)/python -m benchmarks.soak_crash --seconds $(SECONDS)
	$(BIN)/python -m benchmarks.soak_app --seconds $(SECONDS)

clean: ## Remove everything that was made here
	rm -rf $(VENV) .demo build dist .coverage .coverage.* htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	find i18n -name '*.mo' -delete
