# Everything a person or CI runs. Both `make demo` and `make test` set up what they need.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO_DB := build/demo.db

.PHONY: demo test lint types imports unit bench eval eval-names clean

demo: $(READY)  ## set up, ingest the bundled examples, ask the sample question
	@mkdir -p build
	@$(BIN)/zhenwen ingest examples/reports --db $(DEMO_DB)
	@echo
	@$(BIN)/zhenwen ask 景芝镇2020年收到多少申请 --db $(DEMO_DB)
	@echo
	@echo "接下来试试 / what to try next:"
	@echo "  $(BIN)/zhenwen ask 木耳镇2019年采购花了多少钱 --db $(DEMO_DB)"
	@echo "  $(BIN)/zhenwen chat --db $(DEMO_DB)"
	@echo "  $(BIN)/zhenwen bot --config config.toml    # README: 申请 token"

test: $(READY) lint types imports unit  ## all that CI runs

lint: $(READY)
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format --check -q .

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports

unit: $(READY)
	@$(BIN)/pytest -q -n 2 --dist loadfile

bench: $(READY)  ## ratios within one run; no test fails on a clock
	@$(BIN)/python -c 'import pandas, markitdown' 2>/dev/null || $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@$(BIN)/python -m benchmarks.run

eval: $(READY)  ## the score of the question cases, group by group
	@$(BIN)/python -m tests.evaluate

eval-names: $(READY)  ## names of the whole gazetteer, typed right and misspelt; some minutes
	@$(BIN)/python -m tests.name_eval

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: python3.11 was not found"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is older"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(READY)
