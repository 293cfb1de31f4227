# One line a target; `make help` prints them. Needs only make and Python 3.11 or newer.
PYTHON ?= python3
BOOTSTRAP = @$(PYTHON) cem/local/bootstrap.py
LOCAL = .venv/bin/python -m cem.local

.DEFAULT_GOAL := help
.PHONY: help setup run demo-reset test test-servers lint format check bench bench-big translations lock clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install everything, tools for development included
	$(BOOTSTRAP) --dev
	@echo "cem    | Everything is installed: make run starts it"

run: ## Start it all: PostgreSQL, Valkey, web, worker, beat (PORT, CEM_HOME)
	$(BOOTSTRAP)
	@exec $(LOCAL) run

demo-reset: ## Empty the local database and make the demo company anew
	$(BOOTSTRAP)
	@exec $(LOCAL) demo-reset

test: ## Run all tests on real engines, the browser's too where Chromium is (ARGS=...)
	$(BOOTSTRAP) --dev
	@exec $(LOCAL) test $(ARGS)

test-servers: ## Run scenarios and faults on the installed PostgreSQL and Redis
	$(BOOTSTRAP) --dev
	@exec $(LOCAL) servers $(LOCAL) test tests/scenarios tests/faults $(ARGS)

lint: ## Format, lint, types, import contracts, migrations, locks, translations
	$(BOOTSTRAP) --dev
	@exec $(LOCAL) lint

format: ## Put Python and templates into the house format
	$(BOOTSTRAP) --dev
	@exec $(LOCAL) format

check: lint test ## What CI runs: lint and test

bench: ## Measure floor and product alternately, and print the ratios (ARGS=...)
	$(BOOTSTRAP) --dev
	@exec $(LOCAL) bench $(ARGS)

bench-big: ## The dashboards over ten million answers (ROWS=10000000)
	$(BOOTSTRAP) --dev
	@exec $(LOCAL) bench big --rows $${ROWS:-10000000} $(ARGS)

translations: ## Bring the Chinese catalogues up to the code
	$(BOOTSTRAP) --dev
	@.venv/bin/python -m cem.local.translations --update

lock: ## Choose package versions anew and write the lock files
	$(BOOTSTRAP) --dev
	@.venv/bin/python -m cem.local.locks

clean: ## Remove what make made: .venv, node_modules, caches; the data in .local stays
	@$(PYTHON) cem/local/clean.py
