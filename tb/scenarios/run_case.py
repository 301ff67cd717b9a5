"""`python -m tb.scenarios.run_case FOLDER SIMULATOR DESIGN BUILD`: a case as a cocotb test of a design."""

import json
import os
import sys

import cocotb

from first_spike.comparison.harness import run_bench
from tb.scenarios.accelerator_bench import AcceleratorBench
from tb.scenarios.cases import NETWORK, Case


@cocotb.test()
async def stands_the_case(dut):
    case = Case.load(json.loads(os.environ["FIRST_SPIKE_BENCH"])["case"])
    bench = AcceleratorBench(dut)
    await bench.begin()
    await bench.play(case.script().splitlines())


def main(folder, simulator, design, build):
    case = Case.load(folder)
    bench = {"network": f"{folder}/{NETWORK}", "configuration": case.configuration.__dict__, "case": folder}
    run_bench(simulator, design, "tb.scenarios.run_case", build, environment={"FIRST_SPIKE_BENCH": json.dumps(bench)},
              seed=case.seed, optimize=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
