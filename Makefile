# Every target works from a fresh clone: it makes .venv and finds or installs the programs that it needs.
# `make help` lists the targets.

PYTHON ?=
export PYTHON
export PATH := $(CURDIR)/.venv/bin:$(PATH)

VENV := .venv/.installed
RUN := .venv/bin/python
FIRST_SPIKE := $(RUN) -m first_spike
JUDGE := $(RUN) -m tb
SIMULATORS := iverilog verilator g++ make ccache libpython

# A path as one word for the shell, whatever is in it.
quote = '$(subst ','\'',$(1))'

SPACE = error: Verilator cannot work in $(CURDIR), because of the space in it: move this folder

# Words, if a switch such as WAVES=1 is on: on(value,words); 0 is off.
on = $(if $(filter-out 0,$(1)),$(2))

# One folder with spaces in its name, if there is one, else several.
one_or_several = $(if $(shell test -d $(call quote,$(1)) && echo yes),$(call quote,$(1)),$(1))

# What verilog, sim and compare work on; LANES may be one number or one per layer.
DEFAULT_NETWORK := golden/networks/mnist_784_128_10_4bit.npz
NETWORK ?= $(DEFAULT_NETWORK)
GIVEN_NETWORK = $(if $(filter file,$(origin NETWORK)),,--network $(call quote,$(NETWORK)))
GIVEN_IMAGES = $(foreach pair,--events=EVENTS --images=IMAGES --labels=LABELS --data=DATA,$(call said_path,$(subst =, ,$(pair))))
IMAGES_OF = $(if $(strip $(GIVEN_IMAGES)),$(GIVEN_IMAGES),$(if $(filter $(DEFAULT_NETWORK),$(NETWORK)),--data samples))
said_path = $(if $($(lastword $(1))),$(firstword $(1)) $(call quote,$($(lastword $(1)))))
SIM ?= verilator
NAME :=  # whatever the environment calls so
# --option=VARIABLE of each option of the top; asked when a recipe runs, since .venv is there by then
OPTIONS = $(shell $(RUN) -m first_spike --options $(TOP))
ONE_DESIGN = $(foreach pair,$(OPTIONS),$(call said,$(subst =, ,$(pair))))
said = $(if $($(lastword $(1))),$(firstword $(1)) $($(lastword $(1))))
GIVEN = $(GIVEN_NETWORK) $(GIVEN_IMAGES) $(ONE_DESIGN)
COMPARISON = $(FIRST_SPIKE) compare --network $(call quote,$(NETWORK)) $(IMAGES_OF) --sim $(SIM) $(if $(COUNT),--count $(COUNT)) \
    $(if $(FLOAT),--float $(call quote,$(FLOAT))) $(call on,$(WAVES),--waves) $(if $(JSON),--json $(call quote,$(JSON))) $(if $(PREDICTIONS),--predictions $(call quote,$(PREDICTIONS))) \
    $(if $(OUT),--design $(call quote,$(OUT))) $(ONE_DESIGN)

# Nothing for a board that is unknown: the command says so.
TOOLS_OF_BOARD = $(if $(filter icebreaker,$(BOARD)),yosys nextpnr-ice40 icepll icepack,$(if $(filter tangnano20k,$(BOARD)),yosys,$(if $(filter ulx3s ulx3s-25f ulx3s-12f i5,$(or $(BOARD),ulx3s)),yosys nextpnr-ecp5 ecppll ecppack)))

# What pytest leaves behind, which a release carries.
JUNIT = --junitxml=build/junit/$@.xml

# Where PyTorch for CPUs lies; the one on PyPI brings some gigabytes for GPUs.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

MANY = $(if $(JOBS),--jobs $(JOBS)) $(if $(SCHEDULER),--scheduler $(SCHEDULER))

.DEFAULT_GOAL := help
.PHONY: help no-space demo test test-all test-long test-lowest nightly prove prove-deep test-fpga test-cluster test-fuzz test-nir test-foreign test-frameworks cluster nir test-grid lint verilog sim compare hdl check-generated check-printer look synth check-area netlist bench bitstream board registers venv lock simulators train check-networks doc-tables bench-training clean test-soc soc-demo flash mutants mutants-sources test-properties fuzz-readers soak coverage docs figures test-tutorials release

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

no-space: # at once, before anything is installed
	@$(if $(word 2,$(CURDIR)),echo $(call quote,$(SPACE)) >&2; exit 1)

demo: no-space simulators ## the whole way on real digits: network, Verilog, two simulators, every spike compared; NETWORK= and images as for compare, whose COUNT= is fixed here
	@$(FIRST_SPIKE) demo $(GIVEN)

test: no-space simulators ## style and layers, every block, every command, a dense and a convolutional design on both simulators
	$(RUN) -m ruff check .
	.venv/bin/lint-imports --no-cache
	$(RUN) -m pytest -n auto $(JUNIT)

test-all: no-space simulators nir ## what CI runs besides: the tests marked thorough, NIR graphs, a cluster
	@scripts/setup/tools.sh yosys
	$(RUN) -m pytest -n auto -m "thorough and not grid and not long" $(JUNIT)
	$(MAKE) test-nir test-cluster

test-long: no-space simulators ## the tests marked long: what takes longer than CI may
	@scripts/setup/tools.sh yosys
	$(RUN) -m pytest -n auto -m "long and not grid" $(JUNIT)

# uv takes an interpreter for which the lowest versions come as wheels. import-linter, which no test needs, wants a newer
# rich. test_setup.py is about .venv itself, and pins are of the lock file.
test-lowest: no-space simulators ## the tests of `make test` with the lowest versions that pyproject.toml allows, in build/lowest
	@EXTRAS=lock scripts/setup/venv.sh
	@uv venv --quiet --clear --python ">=3.11,<3.13" build/lowest
	@echo import-linter | uv pip install --quiet --excludes - --python build/lowest --resolution lowest-direct --editable ".[test,train,board,nir,build]"
	PATH=$(CURDIR)/build/lowest/bin:$$PATH build/lowest/bin/python -m pytest -n auto --ignore scripts/tests/test_setup.py \
	    --deselect golden/tests/foreign/test_nir_graph.py::test_the_pins_are_those_of_the_project

NIGHTLY = test test-all test-long test-tutorials docs test-grid test-properties test-fuzz test-fpga test-soc mutants mutants-sources coverage prove prove-deep soak \
    fuzz-readers bench netlist check-networks check-printer

# In other words than those by which `make -n` would run it, and call everything done.
MAKES = $(MAKE)

nightly: $(VENV) ## everything that is known to test, for hours; reports stay in build/
	@failed=; for target in $(NIGHTLY); do \
	    echo "make $$target"; $(MAKES) $$target || failed="$$failed $$target"; \
	done; if [ -n "$$failed" ]; then echo "error: failed:$$failed" >&2; exit 1; fi

test-fpga: simulators ## one small design through yosys, nextpnr and the simulation of its gates; gates of the iCEBreaker
	@scripts/setup/tools.sh yosys nextpnr-ecp5 ecppll ecppack nextpnr-ice40 icepll icepack
	$(RUN) -m pytest -m fpga -n auto first_spike/tests/test_fpga.py first_spike/tests/test_bitstream.py first_spike/tests/test_board_top.py first_spike/tests/test_spram.py tb/tests/test_printed.py $(JUNIT)

test-cluster: cluster ## jobs on a cluster of two worker processes, one of which is killed
	$(RUN) -m pytest -m cluster first_spike/tests/test_cluster.py $(JUNIT)

test-fuzz: simulators ## ten thousand faults on the serial line to a board in simulation; takes some ten minutes
	$(RUN) -m pytest -m fuzz -n auto first_spike/tests/test_board_faults.py $(JUNIT)

test-properties: $(VENV) ## property tests of files, importers, frames and registers on many examples; takes some ten minutes
	$(RUN) -m pytest -m properties -n auto $(JUNIT)

prove: $(VENV) ## what is proved for all inputs: queues, neurons, results, registers, the loader, the serial bridge, a small accelerator; DEEP=1 for what takes long
	@EXTRAS=prove scripts/setup/venv.sh
	@scripts/setup/tools.sh yosys z3
	@$(JUDGE) prove $(call on,$(DEEP),--deep --build build/prove_deep)

prove-deep: $(VENV) ## what takes long to prove
	@$(MAKE) prove DEEP=1

fuzz-readers: $(VENV) ## every reader of files that users bring, fuzzed by atheris: MINUTES=5 SEED= READERS=
	@EXTRAS=fuzz scripts/setup/venv.sh
	@$(JUDGE) fuzz-readers $(READERS) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

mutants: no-space simulators ## faults that yosys makes in the netlists of small designs, each tried against the scenarios of the benches: DESIGNS= COUNT= SEED= JOBS=
	@EXTRAS="test prove" scripts/setup/venv.sh
	@scripts/setup/tools.sh yosys
	@$(JUDGE) mutants $(DESIGNS) $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(MANY)

mutants-sources: simulators ## faults in golden, the driver in Python, the referee and the blocks, each tried against its quick tests: AREAS="golden device referee blocks" or LIST=FILE.csv, COUNT= SEED= JOBS=
	@EXTRAS="test mutation" scripts/setup/venv.sh
	@$(JUDGE) mutants-sources $(AREAS) $(if $(LIST),--list $(call quote,$(LIST))) $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(MANY)

soak: no-space simulators ## random networks, configurations, images, stalls, resets and wrong frames: MINUTES=5 SEED=; PROCESSORS=1 ROUNDS=1000 FIRST=0 for 1,000 networks, a thousand images each, loaded into one processor
	@$(JUDGE) soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) $(call on,$(PROCESSORS),--processors) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(FIRST),--first $(FIRST))

coverage: no-space simulators ## what the scenarios of the benches reach of small designs, and tests of Python: DESIGNS= JOBS=
	@EXTRAS="test coverage nir" scripts/setup/venv.sh
	@$(JUDGE) coverage $(DESIGNS) --python $(MANY)

test-nir: nir ## NIR graphs in and out, without any framework
	$(RUN) -m pytest golden/tests/foreign first_spike/tests/test_foreign.py $(JUNIT)

test-foreign: nir ## networks that others publish: FOREIGN=folder of clones (docs/explanation/laboratory.md)
	@FOREIGN=$(call quote,$(FOREIGN)) $(RUN) -m pytest -m foreign first_spike/tests/test_foreign_networks.py $(JUNIT)

test-frameworks: no-space simulators ## the same in SpikingJelly and Norse, counts in NeuroBench, and modules of first_spike.torch; it installs these (PyTorch: 200 MB): TORCH_INDEX=, empty where only PyPI is reached
	@EXTRAS="test train nir" scripts/setup/venv.sh
	@PIP_EXTRA_INDEX_URL=$(TORCH_INDEX) $(RUN) -m pip install --quiet --requirement scripts/setup/frameworks.txt
	$(RUN) -m pytest -m frameworks first_spike/tests/test_frameworks.py first_spike/tests/test_neurobench.py first_spike/tests/test_torch.py first_spike/tests/test_torch_gradients.py first_spike/tests/test_torch_mistakes.py first_spike/tests/test_torch_states.py $(JUNIT)

test-tutorials: no-space simulators ## the notebooks of docs/tutorials, executed; takes some ten minutes
	@EXTRAS="test train board nir docs" scripts/setup/venv.sh
	$(RUN) -m pytest scripts/tests/test_site.py scripts/tests/test_tutorials.py
	$(RUN) -m pytest -m tutorials scripts/tests/test_tutorials.py $(JUNIT)

test-grid: no-space simulators ## every combination of pixels, spikes and events per cycle and lanes, on Icarus every pair of values; takes an hour; JOBS= SCHEDULER=
	@$(JUDGE) grid $(MANY)

lint: simulators ## Verilator's and Icarus' warnings about designs: FOLDERS= (default: hdl)
	@$(FIRST_SPIKE) lint $(call one_or_several,$(or $(FOLDERS),hdl))

verilog: $(VENV) ## generate a design: NETWORK= OUT= NAME= TOP=accelerator|accelerator_axi, and the options of docs/reference/options.md in capitals, such as LANES="16 2" PIXELS=4
	$(FIRST_SPIKE) generate --network $(call quote,$(NETWORK)) --out $(call quote,$(or $(OUT),build/verilog)) $(if $(NAME),--name $(call quote,$(NAME))) $(if $(TOP),--top $(TOP)) $(ONE_DESIGN)

sim: $(if $(filter verilator,$(SIM)),no-space) simulators ## simulate a design on images and compare: NETWORK= SIM=icarus|verilator COUNT= DATA= IMAGES= EVENTS= WAVES=1 [OUT=existing design]
	$(COMPARISON)

compare: $(if $(filter verilator,$(SIM)),no-space) simulators ## the same with every back end, SIM=icarus|verilator|myhdl|golden, and FLOAT= JSON= PREDICTIONS=
	$(COMPARISON)

look: $(if $(COMPARE),no-space simulators,$(VENV)) ## a page of pictures of a network and what it does, in OUT= (build/look): NETWORK= INDEX= DATA= IMAGES= EVENTS= COUNT=, COMPARE=verilator|icarus|myhdl beside float and hardware, FLOAT=
	@$(FIRST_SPIKE) look --network $(call quote,$(NETWORK)) $(IMAGES_OF) $(if $(INDEX),--index $(INDEX)) $(if $(COUNT),--count $(COUNT)) --out $(call quote,$(or $(OUT),build/look)) \
	    $(if $(COMPARE),--compare $(COMPARE)) $(if $(FLOAT),--float $(call quote,$(FLOAT))) $(ONE_DESIGN)

synth: $(VENV) ## cells, clock and critical path on FPGAs: NETWORK= TARGET=ecp5|xc7|ice40 SEEDS=3 TOP= BOARD= [OUT=existing design] and as for verilog
	@scripts/setup/tools.sh yosys nextpnr-ecp5 nextpnr-ice40
	@$(FIRST_SPIKE) synth $(if $(NETWORK),--network $(call quote,$(NETWORK))) $(if $(TARGET),--target $(TARGET)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(TIMEOUT),--timeout $(TIMEOUT)) $(if $(OUT),--design $(call quote,$(OUT))) $(if $(TOP),--top $(TOP)) $(if $(BOARD),--board $(BOARD)) $(ONE_DESIGN) $(MANY)

check-area: $(VENV) ## how far the area model of explore is from yosys, on 30 random designs (FIT=1 fits it to 64 others)
	@scripts/setup/tools.sh yosys
	@$(RUN) scripts/check_area.py $(call on,$(FIT),--fit) $(MANY)

netlist: no-space simulators ## the gates that make synth places on an ECP5, simulated, or TARGET=ice40: NETWORK= COUNT= DATA= and as for verilog
	@scripts/setup/tools.sh yosys
	@$(FIRST_SPIKE) netlist --network $(call quote,$(NETWORK)) $(IMAGES_OF) $(if $(COUNT),--count $(COUNT)) $(call on,$(ACTIVITY),--activity) $(if $(TARGET),--target $(TARGET)) $(if $(TIMEOUT),--timeout $(TIMEOUT)) $(ONE_DESIGN)

bench: no-space simulators ## every cycle in docs/explanation/results.md: a whole test set through Verilator, in several configurations, or NETWORK= as for compare; JOBS= SCHEDULER=
	@$(RUN) scripts/bench.py $(GIVEN) $(if $(COUNT),--count $(COUNT)) $(MANY)

board: $(if $(filter sim,$(or $(PORT),sim)),no-space) simulators ## digits on a board at a serial line, each compared: PORT=sim|/dev/ttyUSB0 BOARD= NETWORK= [LOAD=network to load] COUNT= DATA= and as for verilog
	@$(FIRST_SPIKE) board $(if $(LOAD),load $(call quote,$(LOAD)),run) $(if $(TOP),--top $(TOP)) --port $(or $(PORT),sim) $(if $(BOARD),--board $(BOARD)) $(GIVEN_NETWORK) $(IMAGES_OF) $(if $(COUNT),--count $(COUNT)) $(if $(BAUD),--baud $(BAUD)) $(if $(JSON),--json $(call quote,$(JSON))) $(ONE_DESIGN)

soc-demo: no-space simulators ## the driver in C on PicoRV32 in simulation: it loads NETWORK= and classifies digits, each compared: COUNT= DATA= and as for verilog
	@EXTRAS=soc scripts/setup/venv.sh
	@scripts/setup/tools.sh riscv64-unknown-elf-gcc
	@$(RUN) scripts/soc_demo.py --network $(call quote,$(NETWORK)) $(IMAGES_OF) $(if $(COUNT),--count $(COUNT)) $(if $(JSON),--json $(call quote,$(JSON))) $(ONE_DESIGN)

test-soc: simulators ## the same on small networks with one bank and with two, and with a wrong network
	@EXTRAS=soc scripts/setup/venv.sh
	@scripts/setup/tools.sh riscv64-unknown-elf-gcc
	$(RUN) -m pytest -m soc -n auto scripts/tests/test_soc_demo.py $(JUNIT)

bitstream: $(VENV) ## a network as the bitstream of a board, by open tools: BOARD=ulx3s|ulx3s-25f|ulx3s-12f|i5|icebreaker|tangnano20k NETWORK= and as for verilog, or TOP=processor and its limits, such as KINDS=all WEIGHT_WORDS=4096; SEED= TIMEOUT= of place and route
	@scripts/setup/tools.sh $(TOOLS_OF_BOARD)
	@$(if $(filter tangnano20k,$(BOARD)),$(RUN) -c 'import apycula' 2>/dev/null || EXTRAS=gowin scripts/setup/venv.sh)
	@$(FIRST_SPIKE) bitstream --board $(or $(BOARD),ulx3s) $(if $(TOP),--top $(TOP)) $(GIVEN_NETWORK) $(ONE_DESIGN) $(if $(SEED),--seed $(SEED)) $(if $(TIMEOUT),--timeout $(TIMEOUT))

flash: $(VENV) ## the bitstream that was made last onto the board: BOARD= [BITSTREAM=file] [PERMANENT=1, for icebreaker always]
	@scripts/setup/tools.sh openFPGALoader
	@$(FIRST_SPIKE) flash $(or $(BOARD),ulx3s) $(if $(BITSTREAM),--bitstream $(call quote,$(BITSTREAM))) $(call on,$(PERMANENT),--permanent)

registers: $(VENV) ## what is made from the register map: Python, C header, documentation, IP-XACT
	@EXTRAS=registers scripts/setup/venv.sh
	@$(RUN) scripts/registers.py

hdl: $(VENV) ## generate the committed design hdl/ again
	$(FIRST_SPIKE) generate --network golden/networks/mnist_784_128_10_4bit.npz --out hdl

check-generated: $(VENV) ## hdl/ is what the generator makes, byte for byte
	@$(RUN) scripts/check_generated.py

check-printer: $(VENV) ## every module of the default design and of the small ones does what MyHDL's own text of it does, proved by yosys
	@scripts/setup/tools.sh yosys
	@$(JUDGE) check-printer

venv: $(VENV) ## .venv with the locked packages (PYTHON=python3.13 chooses the interpreter)

# With a PYTHON that is named, always: it may be another than that of .venv.
.PHONY: $(if $(PYTHON),$(if $(filter venv,$(MAKECMDGOALS)),$(VENV)))
$(VENV): pyproject.toml scripts/setup/requirements.txt
	@scripts/setup/venv.sh

lock: $(VENV) ## scripts/setup/requirements.txt: what pyproject.toml asks for, to the last package, with hashes; UPGRADE=1 for newer ones
	@EXTRAS=lock scripts/setup/venv.sh
	echo torch | uv pip compile --quiet --all-extras --excludes - --universal --python-version 3.11 --generate-hashes --annotation-style line \
	    --custom-compile-command "make lock" $(call on,$(UPGRADE),--upgrade) --output-file scripts/setup/requirements.txt pyproject.toml

cluster: $(VENV) ## Dask distributed, for --scheduler (docs/howto/many_jobs.md)
	@EXTRAS=cluster scripts/setup/venv.sh

nir: $(VENV) ## nir and h5py, for NIR graphs (docs/howto/import.md)
	@EXTRAS=nir scripts/setup/venv.sh

simulators: $(VENV) ## find or install Icarus Verilog, Verilator and a C++ compiler
	@scripts/setup/tools.sh $(SIMULATORS)

train: $(VENV) ## train the shipped networks again into build/networks (NETWORKS=... for some, PICTURES=folder for Caltech, JOBS= SCHEDULER=)
	$(RUN) scripts/shipped.py $(NETWORKS) $(if $(PICTURES),--pictures $(call quote,$(PICTURES))) $(MANY)

check-networks: $(VENV) ## train one shipped network and compare it byte for byte (NETWORKS=... for others, PICTURES=folder for Caltech)
	$(RUN) scripts/shipped.py --check $(or $(NETWORKS),mnist_784_128_10_4bit) $(if $(PICTURES),--pictures $(call quote,$(PICTURES))) $(MANY)

doc-tables: $(VENV) ## tables in docs/ that are made: of the networks, from their files, and of the options
	$(RUN) scripts/doc_tables.py

bench-training: $(VENV) ## what training costs per image
	$(RUN) scripts/bench_training.py

docs: no-space simulators ## the site, in build/site: pages, notebooks as they were executed, API; no warning
	@EXTRAS="test train board nir docs" scripts/setup/venv.sh
	@$(RUN) scripts/tutorials.py --kept
	@NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict --quiet
	@echo "build/site/index.html; with search: python3 -m http.server --directory build/site"

figures: $(VENV) ## docs/figures: diagrams, waves and charts; CHECK=1 to name those that differ
	@EXTRAS="test train docs" scripts/setup/venv.sh
	@$(RUN) scripts/figures.py $(call on,$(CHECK),--check)

release: no-space simulators ## a release in dist/: wheel, sdist, designs, SHA256SUMS, checked: BOARDS="i5 ulx3s" for their bitstreams, TRIAL=1 whatever changelog and commit say
	@EXTRAS="test train board build release$(if $(filter tangnano20k,$(BOARDS)), gowin)" scripts/setup/venv.sh
	@$(if $(BOARDS),scripts/setup/tools.sh $(sort $(foreach BOARD,$(BOARDS),$(TOOLS_OF_BOARD))))
	@$(RUN) scripts/release.py $(if $(BOARDS),--boards $(BOARDS)) $(call on,$(TRIAL),--trial)
	FIRST_SPIKE_WHEEL=$$(ls dist/*.whl) $(RUN) -m pytest -m thorough -k tour first_spike/tests/test_package.py

clean: ## remove what was built; .venv, networks and hdl/ stay
	rm -rf build .pytest_cache .hypothesis *.egg-info
	find . -path ./.venv -prune -o \( -name __pycache__ -o -name sim_build \) -prune -exec rm -rf {} +
