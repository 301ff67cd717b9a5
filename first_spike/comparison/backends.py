"""Five ways to classify images with a network: two Verilog simulators, one of them on gates too, MyHDL's own, and the
golden model."""

from dataclasses import dataclass

import numpy as np

from first_spike.comparison.cocotb_process import simulate_design
from first_spike.comparison.recorder import Recorder
from first_spike.comparison.simulation_bar import SimulationProgress
from first_spike.golden.contract.result_word import pack, unpack
from first_spike.golden.errors import UserError
from first_spike.golden.inference.forward import Inference
from first_spike.rtl_model.simulate import simulate

VERILOG = ("icarus", "verilator")
BACKENDS = (*VERILOG, "myhdl", "golden")
GATES = "netlist"  # on Verilator, without a look inside, where no spike has a signal of its own


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a back end gave for n images.

    words: int64 [n], result words. spike_times: for each layer int16 [n, neurons], up to the decision, T elsewhere.
    cycles: int64 [n], from one result to the next, the first from its first beat; the golden model predicts them.
    latency: int64 [n], from the first beat of an image to its result. None where they were not observed.
    """

    words: np.ndarray
    spike_times: tuple | None
    cycles: np.ndarray | None
    latency: np.ndarray | None

    def inference(self, steps):
        """What the words say and the spike times, as the Inference of a network of `steps`."""
        results = unpack(self.words)
        return Inference(results.classes, results.decision_time, results.silent, results.tie, results.bad,
                         self.spike_times, steps)


def from_golden(inference, cycles):
    """The Outcome that hardware has to give: that of an Inference for the whole run, and int64 [n] predicted cycles."""
    words = pack(inference.classes, inference.decision_time, inference.silent, inference.tie, inference.bad)
    return Outcome(words, inference.until_decision().spike_times, cycles, None)


def from_record(record):
    """The Outcome of a Record of images back to back."""
    starts = np.concatenate([record.first_beat[:1], record.valid[:-1]])
    return Outcome(record.words, record.spike_times, record.valid - starts, record.valid - record.first_beat)


def simulated(backend, design, images, folder, build, *, waves=False, seed=1):
    """Run `images` through the hardware of `network` on `backend` and return the Outcome.

    folder, build: where the Verilog or the gates are, and for the simulation; nothing to MyHDL. Raises UserError when
    the simulator is missing or fails.
    """
    with SimulationProgress(backend, len(images)) as progress:
        if backend in VERILOG:
            return from_record(simulate_design(backend, design, images, folder, build, progress, waves=waves,
                                               seed=seed))
        if backend == GATES:
            progress.building()
            recorder = Recorder(design, images, folder, build, inside=False)
            return from_record(recorder.run(seed=seed, progress=lambda share: progress.done(share * len(images))))
        try:
            return from_record(simulate(design, images, progress.done))
        except RuntimeError as error:
            raise UserError(f"the simulation in MyHDL failed: {error}") from error
