# `make run` and `make test` do all their own set-up: Python 3.11 or newer is enough.
PYTHON ?= python3
PORT ?= 8000
INSTANCE ?= instance

BIN := .venv/bin
RUN_READY := .venv/.ready-to-run
DEV_READY := .venv/.ready-to-test

.PHONY: run test lint types phone unit journeys browsers bench soak build contract screenshots format clean

run: $(RUN_READY)
	@HANDRAIL_DEMO=$${HANDRAIL_DEMO-1} HANDRAIL_INSTANCE="$(INSTANCE)" PORT="$(PORT)" exec $(BIN)/python -m api.cli serve

START := $(shell date +%s)

test: lint types phone unit journeys
	@echo "All of make test passed, in $$(( ($$(date +%s) - $(START)) / 60 )) minutes."

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Handrail needs Python 3.11 or newer."; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing (on Debian: apt install python3-venv)."; exit 1; }
	@printf '#!/bin/sh\ncd "%s" && exec .venv/bin/python -m api.cli "$$@"\n' "$(CURDIR)" > $(BIN)/handrail
	@chmod +x $(BIN)/handrail

$(RUN_READY): requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV_READY): requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(RUN_READY)

lint: $(DEV_READY)
	$(BIN)/ruff check api tests wsgi.py pwa/build.py
	$(BIN)/ruff format --check -q api tests wsgi.py pwa/build.py

types: $(DEV_READY)
	$(BIN)/mypy

phone: $(DEV_READY)
	$(BIN)/python pwa/build.py check

unit: $(DEV_READY)
	$(BIN)/python -m pytest -m "not journey" -n 2

browsers: $(DEV_READY)
	$(BIN)/python -m tests.journeys.install_browsers

journeys: browsers
	$(BIN)/python -m pytest -m "journey and not fault" tests/journeys

bench: browsers
	$(BIN)/python -m tests.bench

# make soak SUITE=sync SEED=1 COUNT=300
soak: browsers
	$(BIN)/python -m tests.soak $(SUITE) $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT))

build: $(DEV_READY)
	$(BIN)/python pwa/build.py

contract: $(DEV_READY)
	$(BIN)/python -m api.cli contract > pwa/openapi.json
	$(BIN)/python pwa/build.py contract

screenshots: browsers
	$(BIN)/python -m tests.journeys.screenshots screenshots
	cp screenshots/today-waiting-light.png static/screenshots/phone.png
	cp screenshots/releases-light.png static/screenshots/laptop.png

format: $(DEV_READY)
	$(BIN)/ruff check --fix api tests wsgi.py pwa/build.py
	$(BIN)/ruff format api tests wsgi.py pwa/build.py

clean:
	rm -rf .venv pwa/node_modules
