# Byhand. Two commands do everything: make run, make test.  `make help` lists the rest.

# The newest Python that Lambda and every dependency support, of those that are here and really start.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
export PORT ?= 8000
export STORE ?= ministack
export CHROMIUM ?=
BIN := .venv/bin
STORE_BIN := .byhand/store-venv/bin
QUIET_PIP := -qq --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test cover slow bench demo conformance browser package check docs store clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

run: .venv/ready store ## Start the whole local stack and print what to try next (PORT=8000, STORE=ministack|moto)
	@exec $(BIN)/python -m local

test: .venv/ready check build/package/ready ## Everything a change must pass, in a few minutes
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

cover: .venv/ready build/package/ready ## The same tests once more, counting the lines and branches they reach (twice as long)
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow" --cov --cov-report=term-missing:skip-covered

slow: .venv/ready store build/package/ready ## The long proofs: the real store, longer searches
	@$(BIN)/python -m pytest -n auto --dist worksteal -m slow

check: .venv/ready ## Style, types, import directions
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

bench: .venv/ready build/package/ready ## Count and time everything, and write docs/performance.md (some minutes)
	@$(BIN)/python -m bench

demo: .venv/ready store ## Walk the main job over HTTP against a stack of its own
	@$(BIN)/python -m local.demo

conformance: .venv/ready .byhand/node/ready .byhand/mcp1-venv/ready ## Let the protocol's own suites and clients at the MCP endpoint (Linux x64)
	@$(BIN)/python -m tests.conformance

browser: .venv/browser store ## Drive the operators' page in a real Chromium (wants chromium and node installed)
	@node --test tests/browser/credential.test.mjs
	@$(BIN)/python -m pytest -q --force-enable-socket tests/browser/walk_*.py

package: .venv/ready ## Build what is deployed: build/package/{deployment.zip,sam.json}
	@$(BIN)/python -m infra.package live build/package && touch build/package/ready

docs: .venv/ready ## Draw the reference pages anew from the code
	@$(BIN)/python -m docs.build

clean: ## Remove what was built; what the local stack keeps under .byhand stays
	@rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage

store: $(if $(filter ministack,$(STORE)),.byhand/store-venv/ready)

build/package/ready: $(shell find app.py chalicelib infra web .chalice requirements.txt -type f -not -name '*.pyc')
	@$(MAKE) --no-print-directory package

.venv/ready: requirements.txt requirements-dev.txt sdk/pyproject.toml
	@test -n "$(PYTHON)" || { echo "Byhand needs Python 3.11 or later; none was found. Try: make PYTHON=/path/to/python3"; exit 1; }
	@echo "Preparing .venv with $(PYTHON) (once, about a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install $(QUIET_PIP) -r requirements-dev.txt
	@touch $@

# Node comes from npm too, pinned: the suites need a newer one than most systems have.
.byhand/node/ready: $(wildcard tests/conformance/node/*)
	@command -v npm >/dev/null || { echo "make conformance needs npm, which fetches a Node of its own and the suites."; exit 1; }
	@echo "Fetching the conformance suites (once, about half a minute) ..."
	@mkdir -p .byhand/node && cp tests/conformance/node/* .byhand/node/
	@cd .byhand/node && npm install --silent --ignore-scripts --no-audit --no-fund
	@touch $@

.venv/browser: .venv/ready requirements-browser.txt
	@command -v chromium >/dev/null || test -n "$(CHROMIUM)" \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } \
		|| { echo "There is no Chromium: install it, or name one: make browser CHROMIUM=/path/to/chromium"; exit 1; }
	@echo "Preparing what drives the browser (once, some seconds) ..."
	@$(BIN)/python -m pip install $(QUIET_PIP) -r requirements-browser.txt
	@touch $@

# The previous major of the official Python client, which cannot lie beside the current one.
.byhand/mcp1-venv/ready: tests/conformance/python/requirements.txt
	@mkdir -p .byhand
	@$(PYTHON) -m venv --clear .byhand/mcp1-venv
	@.byhand/mcp1-venv/bin/python -m pip install $(QUIET_PIP) -r tests/conformance/python/requirements.txt
	@touch $@

.byhand/store-venv/ready: requirements-store.txt
	@echo "Preparing the local store (once, some seconds) ..."
	@mkdir -p .byhand
	@$(PYTHON) -m venv --clear .byhand/store-venv
	@$(STORE_BIN)/python -m pip install $(QUIET_PIP) -r requirements-store.txt
	@touch $@
