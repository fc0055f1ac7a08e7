# make demo   set up, read the bundled sample site, answer "which embassies work in Kyiv?"
# make test   set up, run all tests, among them ruff, mypy and the wheel; JOBS=4 for four processes
# make check  the same
# make quick  a choice of the tests that takes under a minute: run it after every change (three processes, as some tests wait)
# make matrix the tests under Python 3.11, 3.12 and 3.13 where present, with the oldest and newest allowed dependencies
# make lint   ruff and mypy alone
# make docs   write the parts of README.md and docs/ that list commands and configuration
# make pictures  take the screenshots in docs/img/ again; needs Chromium
# make lock   pin each dependency with hashes; ARGS=--upgrade takes the newest allowed versions
# make clean  remove what these commands made; config.toml and your databases stay

PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.DELETE_ON_ERROR:
.PHONY: demo test check quick matrix lint docs pictures lock clean

demo: .venv/demo-ready
	@$(BIN)/python -m tests.demo $(ARGS)

test: .venv/test-ready
	$(PYTEST) $(ARGS)

check: test

quick: .venv/test-ready
	$(PYTEST) -n 3 --quick $(ARGS)

matrix: .venv/test-ready
	$(PIP) install uv
	.ci/matrix $(ARGS)

lint: .venv/test-ready
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: .venv/test-ready
	$(BIN)/cog -r -P -I . README.md docs/commands.md docs/configuration.md docs/codebook.md docs/analysts.md

pictures: .venv/test-ready
	$(BIN)/python -m tests.screenshots

lock: .venv/pip-ready
	$(PIP) install uv
	$(COMPILE) pyproject.toml --output-file requirements.txt $(ARGS)
	$(COMPILE) pyproject.toml --all-extras --group dev --output-file requirements-dev.txt $(ARGS)

clean:
	rm -rf .venv work/demo work/matrix build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Each stamp is newer than what it was made from, so that a second call starts at once.
.venv/pip-ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/demo-ready: requirements.txt pyproject.toml .venv/pip-ready
	@echo "Installing what the program needs (about 110 MB to download, a minute or two)"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test-ready: requirements-dev.txt pyproject.toml .venv/pip-ready
	@echo "Installing what the program and its tests need (about 280 MB to download, a minute or two)"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
