"""A cocotb test that classifies the images of a job on the accelerator and writes down all that came out; it judges
nothing.

FIRST_SPIKE_JOB names a JSON file with `network`, `configuration`, `images` (.npy), `result` (.npz to write), `progress`
(file that counts the results), `source_stalls`, `sink_stalls`, `one_at_a_time` (wait for each result before the next
image).
"""

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.triggers import SimTimeoutError, with_timeout

from golden.contract.configuration import Configuration
from golden.contract.network import Network
from rtl_model.shape.placement import layer_feeds
from rtl_model.simulate import patience
from tb.drivers import AxiEnds, SpikeMonitor, start

CYCLE_NS = 10


@cocotb.test()
async def classify_images(dut):
    job = json.loads(Path(os.environ["FIRST_SPIKE_JOB"]).read_text())
    network, configuration = Network.load(job["network"]), Configuration(**job["configuration"])
    images = np.load(job["images"])
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    Path(job["progress"]).write_text("0")  # the build is over
    await start(dut)
    ends = AxiEnds(dut, configuration.pixels, source_stalls=job["source_stalls"], sink_stalls=job["sink_stalls"],
                   rng=rng)
    monitor = SpikeMonitor(dut, layer_feeds(network, configuration), network.sizes,
                           configuration.layer_lanes(network.sizes), network.steps)
    cocotb.start_soon(monitor.run())
    words = []
    deadline = patience(network, configuration) * CYCLE_NS
    if job["source_stalls"] != "none" or job["sink_stalls"] != "none":
        deadline *= 20
    if not job["one_at_a_time"]:
        for image in images:
            ends.send(image)
    for number, image in enumerate(images):
        if job["one_at_a_time"]:
            ends.send(image)
        try:
            words.append(await with_timeout(ends.receive(), deadline, "ns"))
        except SimTimeoutError:
            raise AssertionError(f"no result of image {number} within {deadline // CYCLE_NS} cycles") from None
        Path(job["progress"]).write_text(str(number + 1))
    words = np.array(words, np.uint32)
    decision_time = (words >> 16 & 0x1FF).astype(np.int16)
    layers = {}
    for k in range(len(network.sizes)):
        times = np.stack([spikes[k] for spikes in monitor.spikes[:len(images)]])
        # Spikes of later steps may be on their way when the decision falls; they are no part of the result.
        layers[f"layer{k}_spike_times"] = np.where(times > decision_time[:, None], np.int16(network.steps), times)
    cycles = {name: np.array(getattr(monitor, name)[:len(images)], np.int64)
             for name in ("decided", "valid", "first_beat", "last_beat")}
    np.savez(job["result"], words=words, **cycles, **layers)
