# Every target works from a fresh clone: it makes .venv and finds or installs the programs that it needs.
# `make help` lists the targets.

PYTHON ?=
export PYTHON
export PATH := $(CURDIR)/.venv/bin:$(PATH)

VENV := .venv/.installed
RUN := .venv/bin/python
SIMULATORS := iverilog verilator g++ make libpython

.DEFAULT_GOAL := help
.PHONY: help venv simulators test train check-networks networks-table bench-training clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

venv: $(VENV) ## .venv with the pinned packages (PYTHON=python3.13 chooses the interpreter)

$(VENV): pyproject.toml
	@scripts/setup_venv.sh

simulators: $(VENV) ## find or install Icarus Verilog, Verilator and a C++ compiler
	@scripts/setup_tools.sh $(SIMULATORS)

test: simulators ## every test
	$(RUN) -m pytest

train: $(VENV) ## train the shipped networks again into build/networks (NETWORKS=... for some, PICTURES=folder for Caltech)
	$(RUN) scripts/shipped.py $(NETWORKS) $(if $(PICTURES),--pictures $(PICTURES))

check-networks: $(VENV) ## train one shipped network and compare it byte for byte (NETWORKS=... for others)
	$(RUN) scripts/shipped.py --check $(or $(NETWORKS),mnist_784_128_10_4bit)

networks-table: $(VENV) ## the table of networks in README.md, from their files
	$(RUN) scripts/networks_table.py

bench-training: $(VENV) ## what training costs per image
	$(RUN) scripts/bench_training.py

clean: ## remove what was built; .venv, networks and hdl/ stay
	rm -rf build .pytest_cache
	find . -path ./.venv -prune -o \( -name __pycache__ -o -name sim_build \) -prune -exec rm -rf {} +
