# Needs GNU make, python3 (3.11 or newer, with venv) and a Python package registry. Everything else comes into .venv.
SHELL := /bin/sh
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
# Processes of pytest; `make test PYTEST_ARGS="tests/test_floors.py"` runs less.
JOBS ?= auto
PYTEST_ARGS ?=
# `make bench BENCH_ARGS="--cities 60"` measures less.
BENCH_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := manage.py config core plans targets indicators evaluations

# A shell that has another environment or settings open must not lead these targets there.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH DJANGO_SETTINGS_MODULE

.PHONY: help setup demo test bench check format lock clean
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

# Collects again only where a file, the packages or the way of serving them changed.
STATIC_STATE := { find static -type f -exec cksum {} + | sort; cksum requirements.txt config/plotly_static.py config/settings.py; }

# Asked before anything else, because granian would quietly share the port with another server of its kind.
PORT_IS_FREE := import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((sys.argv[1], int(sys.argv[2])))

demo: $(STAMP) ## everything: environment, database, demo data, people, server on 127.0.0.1:8000 (PORT=)
	@"$(PYTHON)" -c "$(PORT_IS_FREE)" "$(HOST)" "$(PORT)" 2>/dev/null || { \
	echo "Port $(PORT) of $(HOST) is taken or not allowed: choose another one with make demo PORT=8001" >&2; exit 1; }
	@"$(BIN)/python" manage.py migrate --verbosity 0
	@mkdir -p build
	@if [ ! -e staticfiles/staticfiles.json ] || [ "$$($(STATIC_STATE))" != "$$(cat build/static-state 2>/dev/null)" ]; then \
	echo "Compressing the static files ..."; \
	"$(BIN)/python" manage.py collectstatic --clear --no-input --verbosity 0 && $(STATIC_STATE) > build/static-state; fi
	@"$(BIN)/python" manage.py load_demo
	@echo
	@echo "ふくしPDCA: http://$(HOST):$(PORT)/   (Ctrl-C stops it)"
	@exec "$(BIN)/granian" --interface wsgi --host "$(HOST)" --port "$(PORT)" --workers "$(WORKERS)" --blocking-threads 1 --workers-kill-timeout 2s --log-level warning config.wsgi:application

PYTEST = "$(BIN)/python" -m pytest -n "$(JOBS)" $(PYTEST_ARGS)

test: $(STAMP) ## the whole suite on SQLite and, where TEST_DATABASE_URL names a server, again on PostgreSQL (what cannot depend on the database runs once)
	@echo "== The suite on SQLite"
	@DATABASE_URL= $(PYTEST)
	@if [ -n "$$TEST_DATABASE_URL" ]; then \
	echo "== The suite on PostgreSQL"; DATABASE_URL="$$TEST_DATABASE_URL" $(PYTEST) --database-only; \
	else echo "PostgreSQL did not join in: TEST_DATABASE_URL names no server"; [ "$$REQUIRE_ALL" != 1 ]; fi

bench: $(STAMP) ## ours and its floor on PostgreSQL (DATABASE_URL or TEST_DATABASE_URL), else SQLite; also in build/bench.json
	@"$(BIN)/python" -m tests.bench $(BENCH_ARGS)

check: $(STAMP) ## style, templates, types, missing migrations, settings fit for production
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/djlint" --quiet --lint templates
	"$(BIN)/mypy" $(CODE)
	DATABASE_URL= "$(BIN)/python" manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy, as in production"
	@SECRET_KEY="$$("$(BIN)/python" -c 'import secrets; print(secrets.token_urlsafe(60))')" DATABASE_URL= \
	DJANGO_ENV=production ALLOWED_HOSTS=pdca.example.jp BEHIND_PROXY=1 \
	"$(BIN)/python" manage.py check --deploy --fail-level WARNING

format: $(STAMP) ## Python files in the style that `make check` asks for
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .

# uv resolves for every platform at once and writes the checksums of all files of a release, but no registry's address.
LOCK = "$(VENV)-lock/bin/uv" pip compile --system-certs --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet $(LOCK_ARGS)

lock: ## requirements*.txt from pyproject.toml (LOCK_ARGS=--upgrade takes newer releases)
	@[ -x "$(VENV)-lock/bin/uv" ] || { "$(PYTHON)" -m venv "$(VENV)-lock" && "$(VENV)-lock/bin/python" -m pip install --quiet uv; }
	$(LOCK) -o requirements.txt pyproject.toml
	$(LOCK) -c requirements.txt --extra pdf -o requirements-pdf.txt pyproject.toml
	$(LOCK) -c requirements-pdf.txt --extra pdf --group dev -o requirements-dev.txt pyproject.toml

clean: ## removes what these targets made, except the database and the development key
	rm -rf "$(VENV)" "$(VENV)-lock" build staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(CODE) tests -name __pycache__ -type d -prune -exec rm -rf {} +
