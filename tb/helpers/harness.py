"""Building a design for a simulator and running a cocotb module on it: the one place that calls cocotb's runner.

What the benches of streams share: clock and reset, an AXI4-Stream source and sink that never wait, monitors of the
streams inside the accelerator.
"""

import itertools
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

from first_spike.command.places import listed
from first_spike.comparison.simulators import initial_values, require_simulator, top_module, waves_file
from first_spike.rtl_model.parts.streams import LOAD_ADDRESS_BITS
from first_spike.rtl_model.record import CLEARED, DECIDED, HIDDEN, OUTPUT, RecordBuilder
from first_spike.rtl_model.shape.load_map import load_words


async def start(dut, reset="rst"):
    """Start the clock and hold the synchronous reset for one edge of it, the first."""
    Clock(dut.clk, 10, unit="ns").start(start_high=False)
    await hold_reset(dut, reset=reset)


async def hold_reset(dut, cycles=1, reset="rst"):
    """Hold the synchronous reset for some cycles."""
    getattr(dut, reset).value = 1
    for _ in range(cycles):
        await RisingEdge(dut.clk)
    getattr(dut, reset).value = 0


async def start_accelerator(dut, design):
    """Start the clock of an accelerator and hold its reset, which lasts while weights are loaded: when the first image
    comes, convolutions have emptied no more of their words than those of constants."""
    if not design.configuration.is_loadable:
        await start(dut)
        return
    dut.s_load_valid.value = 0
    dut.s_bank_next.value = 0
    Clock(dut.clk, 10, unit="ns").start(start_high=False)
    dut.rst.value = 1
    await RisingEdge(dut.clk)
    await load(dut, load_words(design))
    dut.rst.value = 0


async def load(dut, words, bank=0, pauses=itertools.repeat(False)):
    """Load uint16 `words`, the first to address 0 of a bank, one a cycle but for `pauses`, an iterator of bools."""
    for address, word in enumerate(words.tolist()):
        while next(pauses):
            await RisingEdge(dut.clk)
        await load_word(dut, bank << LOAD_ADDRESS_BITS - 1 | address, word)


async def load_word(dut, address, word):
    """Load one word, in one cycle."""
    dut.s_load_valid.value = 1
    dut.s_load_address.value = address
    dut.s_load_data.value = word
    await RisingEdge(dut.clk)
    dut.s_load_valid.value = 0


def stalls(kind, rng):
    """Generator of pauses: "none", "periodic" (every third cycle) or a probability between 0 and 1."""
    if kind == "none":
        return itertools.repeat(False)
    if kind == "periodic":
        return itertools.cycle([False, False, True])
    return (bool(rng.random() < float(kind)) for _ in itertools.count())


async def send(dut, beats):
    """Offer (data, is last, TKEEP) of each beat on `s_axis`, one after the other until it is taken; tags are 0."""
    for name in ("tid", "tuser"):
        if hasattr(dut, f"s_axis_{name}"):
            getattr(dut, f"s_axis_{name}").value = 0
    keep_port = getattr(dut, "s_axis_tkeep", None)
    for data, last, keep in beats:
        dut.s_axis_tdata.value, dut.s_axis_tlast.value, dut.s_axis_tvalid.value = data, last, 1
        if keep_port is not None:
            keep_port.value = keep
        await RisingEdge(dut.clk)
        while not dut.s_axis_tready.value:
            await RisingEdge(dut.clk)
    dut.s_axis_tvalid.value = 0


async def receive(dut):
    """Return the next result word on `m_axis`, whose `tready` is always 1."""
    await RisingEdge(dut.clk)
    while not dut.m_axis_tvalid.value:
        await RisingEdge(dut.clk)
    return int(dut.m_axis_tdata.value)


class SpikeMonitor:
    """Follows an accelerator cycle by cycle into `seen`, a RecordBuilder: all but the result words."""

    def __init__(self, dut, design):
        self.dut, self.last = dut, len(design.network.sizes) - 1
        self.seen = RecordBuilder(design)

    async def run(self):
        """Watch for ever; to be started as a task once the reset is over. Another reset drops the current image."""
        dut, seen = self.dut, self.seen
        decided, cleared = getattr(dut, DECIDED), getattr(dut, CLEARED)
        hidden = [[getattr(dut, f"{HIDDEN.format(layer + 1)}_{name}") for name in ("valid", "ready", "mask", "rows",
                                                                                   "step")]
                  for layer in range(self.last)]
        output = OUTPUT.format(self.last)
        out_valid, out_fires, out_step = (getattr(dut, f"{output}_{name}") for name in ("valid", "fires", "step"))
        out_fold = getattr(dut, f"{output}_fold", None)  # there with folds only
        cycle, waiting = 0, True
        while True:
            await RisingEdge(dut.clk)
            cycle += 1
            if dut.rst.value:
                seen.forget()
                waiting = True
                continue
            if dut.s_axis_tvalid.value and dut.s_axis_tready.value:
                seen.beat(cycle, bool(dut.s_axis_tlast.value))
            if dut.m_axis_tvalid.value:
                if waiting:
                    seen.offered(cycle)
                waiting = bool(dut.m_axis_tready.value)
            else:
                waiting = True
            if decided.value:
                seen.decided(cycle)
            if cleared.value:
                continue
            for layer, (valid, ready, mask, rows, step) in enumerate(hidden):
                if valid.value and ready.value:
                    seen.hidden(layer, int(mask.value), int(rows.value), int(step.value))
            if out_valid.value:
                fold = 0 if out_fold is None else int(out_fold.value)
                seen.output(int(out_fires.value), int(out_step.value), fold)


def run_bench(simulator, design, module, build, *, environment=None, waves=False, seed=1, testcase=None,
              optimize=True, defines=()):
    """Compile the design in folder `design` (its filelist.f, the top last) in the folder `build` and run the cocotb
    tests of `module`.

    environment: {name: text} for the tests; seed: of cocotb's random numbers and of Verilator's initial values; waves:
    write the dump `waves_file(simulator, design)` into `build`; optimize: by the C++ compiler behind Verilator, which
    pays in long simulations only; defines: macros. Returns the number of tests that ran. Raises UserError for a missing
    simulator, SystemExit when a test fails, RuntimeError when none ran.
    """
    from cocotb_tools.runner import get_runner
    require_simulator(simulator)
    design, build = Path(design).resolve(), Path(build).resolve()
    build.mkdir(parents=True, exist_ok=True)
    for hex_file in design.glob("*.hex"):  # $readmemh looks in the folder of the simulation
        shutil.copy(hex_file, build)
    top, compiling, arguments = top_module(design), [f"-D{name}" for name in defines], []
    if simulator == "verilator":
        arguments = initial_values(seed)
        level = "-O1" if optimize else "-O0"
        # make is called by Verilator, since the runner has no way to pass variables on
        variables = [f"OPT_FAST={level}", f"OPT_GLOBAL={level}"]
        if shutil.which("ccache"):  # most of a build is Verilator's own library, the same every time
            variables.append("OBJCACHE=ccache")
        compiling += ["-Wno-fatal", "-O3", "--x-assign", "unique", "--x-initial", "unique", "--build",
                      "--build-jobs", "2", "-MAKEFLAGS", " ".join(variables)]
        if waves:  # not by the runner, whose file would have a name of its own
            waves = False
            compiling += ["--trace", "--trace-structs"]
            arguments += ["--trace", "--trace-file", waves_file(simulator, design)]
    results, runner = build / "results.xml", get_runner(simulator)
    runner.build(sources=[design / name for name in listed(design)], hdl_toplevel=top, build_dir=build, always=True,
                 build_args=compiling, timescale=("1ns", "1ps"), waves=waves)
    runner.test(hdl_toplevel=top, test_module=module, build_dir=build, test_filter=testcase, seed=seed, waves=waves,
                plusargs=arguments, results_xml=str(results),
                # Verilator 5.032 applies what is written at once
                extra_env={"COCOTB_TRUST_INERTIAL_WRITES": "0", **(environment or {})})
    cases = list(ElementTree.parse(results).iter("testcase"))
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    if failed:
        raise SystemExit(f"tests of {module} failed: {', '.join(failed)}")
    count = sum(1 for case in cases if case.find("skipped") is None)
    if count == 0:
        raise RuntimeError(f"no test of {module} ran")
    return count
