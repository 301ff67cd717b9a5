"""A cocotb test that classifies the images of a job on the accelerator, back to back, and writes down all that came
out; it judges nothing. `python -m first_spike.comparison.run_images JOB.json` compiles a design and runs it there, in a
process of its own.

FIRST_SPIKE_JOB names a JSON file with `network`, `configuration`, `images` (.npy, or recordings), `record` (.npz to
write) and `progress` (file that counts the results); to compile, also with `simulator`, `design` (folder), `build`
(folder), `waves` and `seed`.
"""

import json
import os
import signal
import sys
from pathlib import Path

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge, SimTimeoutError, with_timeout

from first_spike.comparison.harness import SpikeMonitor, receive, run_bench, send, start_accelerator
from first_spike.golden.contract.base_network import PIXELS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.data.npz import read_event_file
from first_spike.rtl_model.shape.frames import beat_bytes, beats_of, frames_of
from first_spike.rtl_model.simulate import patience

CYCLE_NS = 10


@cocotb.test()
async def classify_images(dut):
    job = json.loads(Path(os.environ["FIRST_SPIKE_JOB"]).read_text())
    design = Design(Network.load(job["network"]), Configuration(**job["configuration"]))
    images = np.load(job["images"]) if design.network.takes == PIXELS else read_event_file(job["images"])[0]
    frames = [beats_of(frame, beat_bytes(design)) for frame in frames_of(design, images)]
    Path(job["progress"]).write_text("0")  # the build is over
    dut.s_axis_tvalid.value, dut.m_axis_tready.value = 0, 1  # nothing is offered while weights are loaded
    await start_accelerator(dut, design)
    monitor = SpikeMonitor(dut, design)
    cocotb.start_soon(monitor.run())
    deadline = patience(design) + max(map(len, frames))
    await RisingEdge(dut.clk)  # as the cycle model has it: the first beat is offered two edges after the reset
    sending = cocotb.start_soon(send(dut, [beat for frame in frames for beat in frame]))
    for number in range(len(frames)):
        try:
            monitor.seen.result(await with_timeout(receive(dut), deadline * CYCLE_NS, "ns"))
        except SimTimeoutError:
            raise AssertionError(f"no result of image {number} within {deadline} cycles") from None
        Path(job["progress"]).write_text(str(number + 1))
    await sending  # a recording may be decided before its last beat
    await RisingEdge(dut.clk)
    monitor.seen.record().save(job["record"])


def main(path):
    os.setpgrp()  # compilers and the simulator end with this process
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    job = json.loads(Path(path).read_text())
    run_bench(job["simulator"], job["design"], "first_spike.comparison.run_images", job["build"],
              environment={"FIRST_SPIKE_JOB": str(Path(path).resolve())}, waves=job["waves"], seed=job["seed"])


if __name__ == "__main__":
    main(sys.argv[1])
