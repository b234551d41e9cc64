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
CODE := manage.py config core plans targets indicators evaluations

# A shell that has another environment or settings open must not lead these targets there.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH DJANGO_SETTINGS_MODULE

.PHONY: help setup demo serve test bench check format lock clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

# The locks are complete, so pip resolves nothing (--no-deps): what was released since cannot change what it takes.
# .venv/.installed holds the checksum of the lock in the environment. $(1) is installed unless it or $(2) is there already.
define environment
	@set -e; for lock in $(1) $(2); do \
	if [ -x "$(BIN)/python" ] && [ "$$(cksum < $$lock)" = "$$(cat "$(VENV)/.installed" 2>/dev/null)" ]; then exit 0; fi; done; \
	"$(PYTHON)" -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version)'; \
	"$(BIN)/python" -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear "$(VENV)"; \
	echo "Installing $(1) into $(VENV) ..."; rm -f "$(VENV)/.installed"; \
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r $(1); \
	"$(BIN)/python" -m pip check >/dev/null || "$(BIN)/python" -m pip check; \
	cksum < $(1) > "$(VENV)/.installed"
endef

setup: ## the whole environment in .venv with the test tools, exactly as locked in requirements-dev.txt
	$(call environment,requirements-dev.txt)

# Asked before anything else, because granian would quietly share the port with another server of its kind.
PORT_IS_FREE := import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((sys.argv[1], int(sys.argv[2])))
define free_port
	@"$(PYTHON)" -c "$(PORT_IS_FREE)" "$(HOST)" "$(PORT)" 2>/dev/null || { \
	echo "Port $(PORT) of $(HOST) is taken or not allowed: choose another one with make $@ PORT=8001" >&2; exit 1; }
endef

# The line of the systemd unit in README.md. A worker that dies, grows above the cap or is old is replaced.
SERVE = "$(BIN)/granian" --interface wsgi --host "$(HOST)" --port "$(PORT)" --workers "$(WORKERS)" --blocking-threads 4 \
	--respawn-failed-workers --respawn-interval 1 --workers-max-rss 512 --workers-lifetime 12h --workers-kill-timeout 10 \
	--log-level warning config.wsgi:application

demo: ## everything: runtime environment, database, demo data, people, server on 127.0.0.1:8000 (PORT=)
	$(free_port)
	$(call environment,requirements.txt,requirements-dev.txt)
	@"$(BIN)/python" manage.py migrate --verbosity 0
	@"$(BIN)/python" manage.py load_demo
	@echo
	@echo "ふくしPDCA: http://$(HOST):$(PORT)/   (Ctrl-C stops it)"
	@exec $(SERVE)

serve: ## the server as in production, with the settings of the environment it is given (PORT=, WORKERS=, DATABASE_URL=)
	$(free_port)
	$(call environment,requirements.txt,requirements-dev.txt requirements-pdf.txt)
	@exec $(SERVE)

PYTEST = "$(BIN)/python" -m pytest -n "$(JOBS)" $(PYTEST_ARGS)

test: setup ## the whole suite on SQLite and, where TEST_DATABASE_URL names a server, again on PostgreSQL (what cannot depend on the database runs once)
	@echo "== The suite on SQLite"
	@DATABASE_URL= $(PYTEST)
	@if [ -n "$$TEST_DATABASE_URL" ]; then \
	echo "== The suite on PostgreSQL"; DATABASE_URL="$$TEST_DATABASE_URL" $(PYTEST) --database-only; \
	else echo "PostgreSQL did not join in: TEST_DATABASE_URL names no server"; [ "$$REQUIRE_ALL" != 1 ]; fi

bench: setup ## ours and its floor on PostgreSQL (DATABASE_URL or TEST_DATABASE_URL), else SQLite; also in build/bench.json
	@"$(BIN)/python" -m tests.bench $(BENCH_ARGS)

check: setup ## style, templates, types, missing migrations, settings fit for production
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/djlint" --quiet --lint templates
	"$(BIN)/mypy" $(CODE)
	DATABASE_URL= "$(BIN)/python" manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy, as in production"
	@SECRET_KEY="$$("$(BIN)/python" -c 'import secrets; print(secrets.token_urlsafe(60))')" DATABASE_URL= \
	DJANGO_ENV=production ALLOWED_HOSTS=pdca.example.jp BEHIND_PROXY=1 \
	"$(BIN)/python" manage.py check --deploy --fail-level WARNING

format: setup ## Python files in the style that `make check` asks for
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .

# uv resolves for every platform at once and writes the checksums of all files of a release, but no registry's address. With
# the extras kept, a plain `pip install -r` works as well on any later day.
LOCK = "$(VENV)-lock/bin/uv" pip compile --system-certs --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate --no-header --quiet $(LOCK_ARGS)

lock: ## requirements*.txt from pyproject.toml (LOCK_ARGS=--upgrade takes newer releases)
	@[ -x "$(VENV)-lock/bin/uv" ] || { "$(PYTHON)" -m venv "$(VENV)-lock" && "$(VENV)-lock/bin/python" -m pip install --quiet uv; }
	$(LOCK) -o requirements.txt pyproject.toml
	$(LOCK) -c requirements.txt --extra pdf -o requirements-pdf.txt pyproject.toml
	$(LOCK) -c requirements-pdf.txt --extra pdf --group dev -o requirements-dev.txt pyproject.toml

clean: ## removes what these targets made, except the database and the development key
	rm -rf "$(VENV)" "$(VENV)-lock" build staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(CODE) tests -name __pycache__ -type d -prune -exec rm -rf {} +
