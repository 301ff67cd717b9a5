"""Four ways to classify images with a network: two Verilog simulators, MyHDL's own, and the golden model."""

from dataclasses import dataclass

import numpy as np

from golden.errors import UserError
from golden.inference.infer import infer
from golden.schedule.cycles import predict
from rtl_model.simulate import simulate
from scripts.agreement.cocotb_process import simulate_design
from scripts.agreement.simulation_bar import SimulationProgress

VERILOG = ("icarus", "verilator")
BACKENDS = (*VERILOG, "myhdl", "golden")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a back end gave for n images.

    words: int64 [n], result words. spike_times: per layer int16 [n, neurons], up to the decision, T elsewhere.
    cycles: int64 [n], from one result to the next, the first from its first beat; the golden model predicts them.
    latency: int64 [n], from the first beat of an image to its result. None where they were not measured.
    """

    words: np.ndarray
    spike_times: tuple
    cycles: np.ndarray | None
    latency: np.ndarray | None

    @property
    def classes(self):
        return self.words & 0xFFFF

    @property
    def decision_time(self):
        return self.words >> 16 & 0x1FF

    @property
    def silent(self):
        return (self.words >> 29 & 1).astype(bool)

    @property
    def tie(self):
        return (self.words >> 30 & 1).astype(bool)


def classify(backend, network, configuration, images, design, build, *, waves=False, seed=1):
    """Run `images` through `network` on `backend` and return the Outcome; `design` and `build` matter to Verilog
    only."""
    if backend == "golden":
        result = infer(network, images)
        return _from_golden(result.until_decision(), predict(network, configuration, images, result).interval)
    with SimulationProgress(backend, len(images)) as progress:
        if backend in VERILOG:
            record = simulate_design(backend, network, configuration, images, design, build, progress, waves=waves,
                                     seed=seed)
        else:
            record = _simulate_myhdl(network, configuration, images, progress)
    starts = np.concatenate([record["first_beat"][:1], record["valid"][:-1]])
    return Outcome(record["words"].astype(np.int64), tuple(record[f"layer{k}_spike_times"]
                                                           for k in range(len(network.sizes))),
                   record["valid"] - starts, record["valid"] - record["first_beat"])


def _simulate_myhdl(network, configuration, images, progress):
    try:
        return simulate(network, configuration, images, progress.done)
    except RuntimeError as error:
        raise UserError(f"the simulation in MyHDL failed: {error}") from error


def _from_golden(result, cycles):
    words = (result.classes | result.decision_time << 16 | result.silent.astype(np.int64) << 29
             | result.tie.astype(np.int64) << 30)
    return Outcome(words, result.spike_times, cycles, None)
