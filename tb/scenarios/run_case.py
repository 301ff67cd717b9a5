"""`python -m tb.scenarios.run_case FOLDER SIMULATOR DESIGN BUILD`: a case as a cocotb test of a design."""

import json
import os
import sys

import cocotb
from cocotb.triggers import RisingEdge

from first_spike.comparison.harness import run_bench
from tb.scenarios.accelerator_bench import AcceleratorBench
from tb.scenarios.cases import NETWORK, Case


@cocotb.test()
async def stands_the_case(dut):
    case = Case.load(json.loads(os.environ["FIRST_SPIKE_BENCH"])["case"])
    bench = AcceleratorBench(dut, *(str(percent / 100) if percent else "none" for percent in case.stalls))
    await bench.begin()
    fresh = True
    for batch in case.batches:
        images, sent, bad = case.arrays(batch)
        if batch.reset is None:
            bench.stalled = any(case.stalls) or bool(bench.emptied) and not fresh  # then the cycles are not known
            await bench.classify(images, sent, bad if bad.any() else None)
            fresh = False
        else:
            for frame in sent:
                bench.ends.send(frame)
            for _ in range(batch.reset[0]):
                await RisingEdge(dut.clk)
            await bench.reset(batch.reset[1])
            fresh = True


def main(folder, simulator, design, build):
    case = Case.load(folder)
    bench = {"network": f"{folder}/{NETWORK}", "configuration": case.configuration.__dict__, "case": folder}
    run_bench(simulator, design, "tb.scenarios.run_case", build, environment={"FIRST_SPIKE_BENCH": json.dumps(bench)},
              seed=case.seed, optimize=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
