"""A design on Icarus Verilog or Verilator, in a process of its own whose messages go to a file."""

import json
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np

from first_spike.command.cli import shown
from first_spike.comparison.harness import require_plain_path, require_simulator
from first_spike.golden.data.event_file import write_event_file
from first_spike.golden.errors import UserError
from first_spike.golden.files import module_process
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.record import Record

POLL_SECONDS = 0.1


def simulate_design(simulator, design, images, folder, build, progress, *, waves=False, seed=1):
    """Run `images` back to back through a Design whose Verilog is in `folder`; returns their Record.

    build: folder for the compiled design, `simulation.log` and waves; emptied first. progress: SimulationProgress.
    Raises UserError when the simulator is missing or fails.
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
    progress.building()
    with open(log, "wb") as messages:
        command, environment = module_process("first_spike.comparison.run_job", str(build / "job.json"))
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
        progress.done(int(text))
