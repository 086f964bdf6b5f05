# make demo: see it work. make test: see that it works. Both install what they need.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
DEMO := demo/memcodec.mp4

.PHONY: help demo test lint systems bench docs setup install clean

help:
	@echo "make demo    encode this project's own text, search it, restore it and compare"
	@echo "make test    every test"
	@echo "make lint    ruff, mypy and the import contract"
	@echo "make docs    the documentation as a site, in site/"
	@echo "make systems mypy as macOS and Windows have the code; tox runs the tests on other Pythons"
	@echo "make bench   the benchmarks; results go to docs/BENCHMARKS.md"
	@echo "make setup   the system packages that the others need"
	@echo "make clean   remove what these made"

setup:
	@.ci/setup

install: setup $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[all,dev]'
	@touch $@

demo: install
	@rm -rf demo && mkdir demo
	$(BIN)/memcodec encode . --exclude tests/ --exclude README.md -o $(DEMO)
	@echo
	$(BIN)/memcodec search "what is left after a crash" $(DEMO) -k 3
	@echo
	$(BIN)/memcodec info $(DEMO)
	@echo
	$(BIN)/memcodec restore $(DEMO) -o demo/restored
	@cd demo/restored && find . -type f | while read -r file; do cmp "$$file" "../../$$file" || exit 1; done
	@echo "every restored file equals its source, byte for byte"
	@echo "play it: $(DEMO)"

test: install
	@.ci/setup tests
	$(BIN)/pytest -n 2

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

systems: install
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32

bench: install
	$(BIN)/python -m benchmarks all

docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "open site/index.html"

clean:
	rm -rf .venv demo site .pytest_cache .mypy_cache .ruff_cache .hypothesis
