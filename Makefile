# Needs GNU make, python3 (3.11 or newer, with venv) and a Python package registry. Everything else comes into .venv.
SHELL := /bin/sh
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
# Processes of pytest; `make test PYTEST_ARGS="tests/test_floors.py"` runs less.
JOBS ?= auto
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
APPS := config core plans targets indicators evaluations

# A shell that has another environment or settings open must not lead these targets there.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH DJANGO_SETTINGS_MODULE

.PHONY: help setup demo test check format lock clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: $(STAMP) ## the environment in .venv, exactly as locked in requirements-dev.txt

# The stamp holds the lock's checksum: a lock that only looks newer (a fresh checkout) costs no installation.
$(STAMP): requirements-dev.txt
	@if [ -x "$(BIN)/python" ] && [ "$$(cksum < requirements-dev.txt)" = "$$(cat "$@" 2>/dev/null)" ]; then touch "$@"; else \
	set -e; \
	"$(PYTHON)" -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version)'; \
	"$(BIN)/python" -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear "$(VENV)"; \
	echo "Installing into $(VENV) ..."; \
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt; \
	cksum < requirements-dev.txt > "$@"; fi
