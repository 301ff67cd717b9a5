"""What golden expects of small designs: classes, times, flags, spikes and cycles, which the designs themselves show in
compiled code (`make mutants` plays them)."""

import pickle
import tempfile
from pathlib import Path

import numpy as np

from golden.contract.network import Network
from golden.contract.result_word import pack
from golden.inference.infer import infer
from golden.schedule.cycles import predict
from tb.accelerator_bench import bench_images
from tb.small_designs import SMALL_DESIGNS

IMAGES = {"dense": 24, "folded": 24, "event-fed": 24, "loadable": 24, "deep": 6, "convolutional": 4}  # quick ones first


def write_expectations(file):
    """Write networks, images, and what has to come of them."""
    rng, found = np.random.default_rng(1), {}
    for name, count in IMAGES.items():
        small = SMALL_DESIGNS[name]
        network = small.network()
        with tempfile.TemporaryDirectory() as folder:
            network.save(Path(folder, "network.npz"))
            data = Path(folder, "network.npz").read_bytes()
        images = bench_images(rng, network, count)
        found[name] = data, images, _expected(network, small.configuration, images)
    Path(file).write_bytes(pickle.dumps(found))


def first_difference(file):
    """A sentence about the first thing that is not as `write_expectations` wrote it, "" if there is none."""
    for name, (data, images, right) in pickle.loads(Path(file).read_bytes()).items():
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "network.npz").write_bytes(data)
            network = Network.load(Path(folder, "network.npz"))
        for what, found in _expected(network, SMALL_DESIGNS[name].configuration, images).items():
            if found != right[what]:
                return f"{what} of the small {name} design"
    return ""


def _expected(network, configuration, images):
    whole = infer(network, images)
    found = whole.until_decision()
    return {"results": pack(found.classes, found.decision_time, found.silent, found.tie, found.bad).tolist(),
            "spikes": [times.tolist() for times in found.spike_times],
            "cycles": predict(network, configuration, images, whole, idle=True).valid.tolist()}
