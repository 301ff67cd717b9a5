"""What golden expects of small designs: classes, times, flags, spikes and cycles, which the designs themselves show in
compiled code (`make mutants` plays them). In a folder: networks, images and `expected.json`."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from golden.contract.network import Network
from golden.contract.result_word import pack
from golden.inference.infer import infer
from golden.recordings import Recordings
from golden.schedule.cycles import predict
from tb.accelerator_bench import bench_images
from tb.small_designs import SMALL_DESIGNS

IMAGES = {"dense": 24, "folded": 24, "event-fed": 24, "loadable": 24, "deep": 6, "convolutional": 4}  # quick ones first


def write_expectations(folder):
    """Write networks, images, and what has to come of them."""
    rng, expected, folder = np.random.default_rng(1), {}, Path(folder)
    folder.mkdir()
    for name, count in IMAGES.items():
        small = SMALL_DESIGNS[name]
        network = small.network()
        network.save(folder / f"{name}.npz")
        images = bench_images(rng, network, count)
        arrays = asdict(images) if isinstance(images, Recordings) else {"images": images}
        np.savez(folder / f"{name}_images.npz", **arrays)
        expected[name] = _expected(network, small.configuration, images)
    (folder / "expected.json").write_text(json.dumps(expected))


def first_difference(folder):
    """A sentence about the first thing that is not as `write_expectations` wrote it, "" if there is none."""
    for name, right in json.loads(Path(folder, "expected.json").read_text()).items():
        network = Network.load(Path(folder, f"{name}.npz"))
        with np.load(Path(folder, f"{name}_images.npz"), allow_pickle=False) as archive:
            images = archive["images"] if "images" in archive else Recordings(**archive)
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
