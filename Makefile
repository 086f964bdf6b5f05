# make demo: see it work. make test: see that it works. Each installs what it needs, and nothing else.
PYTHON ?= python3
BIN := .venv/bin
CORE := .venv/.core
EVERYTHING := .venv/.everything
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= $(shell date +%s)
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
	-c constraints.txt --overrides lock/overrides.txt pyproject.toml lock/build.in
DEMO := demo/memcodec.mp4
PAGE := memcodec/web

# What Python has compiled is kept: the tests start it a thousand times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo lock sbom check quick test fuzz guided lint systems bench docs page setup install clean

help:
	@echo "make demo    encode this project's own text, search it, restore it and compare"
	@echo "make check   lint and the quick tests, in a minute or two: before every commit"
	@echo "make test    every test, in about twenty minutes"
	@echo "make fuzz    files with wrong contents and right checksums, for FUZZ_SECONDS (60), by FUZZ_SEED (the time)"
	@echo "make guided  the same, by coverage; what it reached is kept in fuzz-kept/ for the next time"
	@echo "make lint    ruff, mypy, pyright on the examples, and the import contract"
	@echo "make docs    the documentation as a site, in site/"
	@echo "make page    what \`memcodec page\` lays down, from its TypeScript; needs node"
	@echo "make systems mypy as macOS and Windows have the code; tox runs the tests on other Pythons"
	@echo "make bench   the benchmarks; results go to docs/BENCHMARKS.md"
	@echo "make setup   the system packages that tests and examples need"
	@echo "make install everything: .venv with all extras, and the system packages"
	@echo "make lock    newest versions of what demo and test install, with hashes, to lock/"
	@echo "make sbom    a bill of materials of what is installed (CycloneDX), in sbom.json"
	@echo "make clean   remove what these made"

setup:
	@.ci/setup tests

# Only who changes the page needs these. Its test bundles it again and compares.
$(PAGE)/node_modules: $(PAGE)/package-lock.json
	npm ci --prefix $(PAGE) --no-audit --no-fund --silent
	@touch $@

page: $(PAGE)/node_modules
	npm run --prefix $(PAGE) --silent check
	npm run --prefix $(PAGE) --silent build

$(CORE): pyproject.toml lock/demo.txt
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes --no-deps -r lock/demo.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(EVERYTHING): $(CORE) lock/test.txt lock/older.txt
	$(PIP) --require-hashes --no-deps -r lock/test.txt
	$(PIP) --require-hashes --no-deps --upgrade --target .venv/older/PyStemmer-3.0 -r lock/older.txt
	$(PIP) -c constraints.txt torch
	@touch $@

lock: $(EVERYTHING)
	$(LOCK) lock/torch.in --extra all --extra dev -o lock/test.txt
	$(LOCK) -c lock/test.txt -o lock/demo.txt
	echo atheris | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade - -o lock/fuzz.txt

install: $(EVERYTHING) setup

demo: $(CORE)
	@.ci/setup
	@rm -rf demo && mkdir demo
	$(BIN)/memcodec encode . --exclude tests/ --exclude README.md -o $(DEMO)
	@echo
	$(BIN)/memcodec search "what does a crash leave behind" $(DEMO) -k 3
	@echo
	$(BIN)/memcodec info $(DEMO)
	@echo
	$(BIN)/memcodec restore $(DEMO) -o demo/restored
	@cd demo/restored && find . -type f | while read -r file; do cmp "$$file" "../../$$file" || exit 1; done
	@echo "every restored file equals its source, byte for byte"
	@echo "play it: $(DEMO)"

check: $(EVERYTHING)
	@$(MAKE) --no-print-directory --jobs 2 lint quick

quick: $(EVERYTHING)
	$(BIN)/pytest -n 2 -q -m "not slow"

test: install $(PAGE)/node_modules
	$(BIN)/pytest -n 2

fuzz: $(CORE)
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

guided: $(CORE)
	$(PIP) --require-hashes --no-deps -r lock/fuzz.txt
	$(BIN)/python -m tests.fuzz.guided --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

lint: $(EVERYTHING)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-cache --no-logo

systems: install
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32

sbom: $(EVERYTHING)
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o sbom.json .venv
	@echo "sbom.json: what is installed, as CycloneDX"

bench: install
	$(BIN)/python -m benchmarks all

docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "open site/index.html"

clean:
	rm -rf .venv demo site .pytest_cache .mypy_cache .ruff_cache .hypothesis fuzz-found fuzz-kept
