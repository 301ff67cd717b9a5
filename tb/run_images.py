"""A cocotb test that classifies the images of a job on the accelerator, back to back, and writes down all that came
out; it judges nothing.

FIRST_SPIKE_JOB names a JSON file with `network`, `configuration`, `images` (.npy), `record` (.npz to write) and
`progress` (file that counts the results).
"""

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.triggers import SimTimeoutError, with_timeout

from golden.contract.configuration import Configuration
from golden.contract.network import Network
from rtl_model.simulate import patience
from tb.drivers import AxiEnds, SpikeMonitor, start_accelerator

CYCLE_NS = 10


@cocotb.test()
async def classify_images(dut):
    job = json.loads(Path(os.environ["FIRST_SPIKE_JOB"]).read_text())
    network, configuration = Network.load(job["network"]), Configuration(**job["configuration"])
    images = np.load(job["images"])
    Path(job["progress"]).write_text("0")  # the build is over
    await start_accelerator(dut, network, configuration)
    ends = AxiEnds(dut, configuration.pixels)
    monitor = SpikeMonitor(dut, network, configuration)
    cocotb.start_soon(monitor.run())
    deadline = patience(network, configuration)
    for image in images:
        ends.send(image)
    for number in range(len(images)):
        try:
            monitor.recording.result(await with_timeout(ends.receive(), deadline * CYCLE_NS, "ns"))
        except SimTimeoutError:
            raise AssertionError(f"no result of image {number} within {deadline} cycles") from None
        Path(job["progress"]).write_text(str(number + 1))
    monitor.recording.record().save(job["record"])
