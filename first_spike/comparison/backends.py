"""Five ways to classify images with a network: two Verilog simulators, one of them on gates too, MyHDL's own, and the
golden model."""

import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from first_spike.command.bars import step
from first_spike.command.cli import shown
from first_spike.comparison.harness import require_plain_path, require_simulator
from first_spike.comparison.recorder import Recorder
from first_spike.golden.contract.limits import pack, unpack
from first_spike.golden.data.npz import write_event_file
from first_spike.golden.errors import UserError
from first_spike.golden.files import module_process
from first_spike.golden.inference.infer import Inference
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.record import Record
from first_spike.rtl_model.simulate import simulate

POLL_SECONDS = 0.1


def simulate_design(simulator, design, images, folder, build, progress, *, waves=False, seed=1):
    """Run `images` back to back through a Design whose Verilog is in `folder`; returns their Record.

    build: folder for the compiled design, `simulation.log` and waves; emptied first. progress: called with the number
    of results so far, again and again once the design is compiled. Raises UserError when the simulator is missing or
    fails.
    """
    require_simulator(simulator)
    build = Path(build).resolve()
    require_plain_path(simulator, build, Path(folder).resolve())
    shutil.rmtree(build, ignore_errors=True)
    try:
        build.mkdir(parents=True)
    except OSError as error:
        raise UserError(f"cannot write the folder {build}: {error.strerror}") from error
    files = {name: build / name for name in ("network.npz", "images", "record.npz", "progress")}
    design.network.save(files["network.npz"])
    if isinstance(images, Recordings):
        write_event_file(files["images"], images)
    else:
        with open(files["images"], "wb") as file:
            np.save(file, images)
    job = {"simulator": simulator, "design": str(Path(folder).resolve()), "build": str(build), "waves": waves,
           "seed": seed, "configuration": design.configuration.__dict__,
           **{name.split(".")[0]: str(path) for name, path in files.items()}}
    (build / "job.json").write_text(json.dumps(job))
    log = build / "simulation.log"
    with open(log, "wb") as messages:
        command, environment = module_process("first_spike.comparison.run_images", str(build / "job.json"))
        child = subprocess.Popen(command, cwd=build, env=environment, stdout=messages, stderr=subprocess.STDOUT,
                                 stdin=subprocess.DEVNULL)
        try:
            while child.poll() is None:
                _show(files["progress"], progress)
                time.sleep(POLL_SECONDS)
        finally:
            child.terminate()
            child.wait()
    if child.returncode or not files["record.npz"].exists():
        raise UserError(f"the simulation on {simulator} failed; its messages are in {shown(log)}")
    return Record.load(files["record.npz"])


def _show(path, progress):
    """Pass on the count that the simulation wrote; nothing while it compiles, or in the middle of a write."""
    text = path.read_text() if path.exists() else ""
    if text:
        progress(int(text))


VERILOG = ("icarus", "verilator")
BACKENDS = (*VERILOG, "myhdl", "golden")
AFTER = 20_000  # cycles after the last result that waves of gates go on
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

    folder, build: where the Verilog or the gates are, and for the simulation; nothing to MyHDL. waves: of gates they
    go on for AFTER cycles. Raises UserError when the simulator is missing or fails.
    """
    with step(f"compile the design for {backend}") as one:
        def progress(count):
            if one.total is None:
                one.begin(f"simulate on {backend}", len(images))
            one.reach(count)

        if backend in VERILOG:
            return from_record(simulate_design(backend, design, images, folder, build, progress, waves=waves,
                                               seed=seed))
        if backend == GATES:
            recorder = Recorder(design, images, folder, build, inside=False, waves=waves)
            return from_record(recorder.run(seed=seed, after=AFTER if waves else None,
                                            progress=lambda share: progress(round(share * len(images)))))
        progress(0)  # MyHDL compiles nothing
        try:
            return from_record(simulate(design, images, progress))
        except RuntimeError as error:
            raise UserError(f"the simulation in MyHDL failed: {error}") from error
