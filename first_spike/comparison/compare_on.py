"""A network on one back end against the golden model and the float network: the figures, and the first difference.

What is compared: a design, its network's float counterpart, and images.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from first_spike.command.bars import step
from first_spike.command.places import work_folder
from first_spike.comparison.backends import simulated
from first_spike.comparison.confidence import DOUBTFUL, doubts, most_doubtful
from first_spike.comparison.design_files import write_like
from first_spike.comparison.outcome import from_golden
from first_spike.comparison.simulators import require_simulator
from first_spike.comparison.table import statistics
from first_spike.comparison.verdict import check_files, count_mismatches, cycle_agreement, float_agreement
from first_spike.golden.contract.base_network import shown_shape
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import unpack
from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.errors import UserError, require_kind
from first_spike.golden.inference.figures import recall
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.schedule.cycles import predict


@dataclass(frozen=True, eq=False)
class Subject:
    """A Design, the float counterpart of its network or None, uint8 images [n, rows, columns], int64 labels
    [n] or None; start: number of the first image in the data that they are from."""

    design: Design
    float_network: FloatNetwork | None
    images: np.ndarray
    labels: np.ndarray | None
    start: int = 0

    @property
    def network(self):
        """Of the design."""
        return self.design.network

    def first(self, count):
        """The same with the first `count` images."""
        return replace(self, images=self.images[:count], labels=None if self.labels is None else self.labels[:count])


def float_file(network_path, given=None):
    """The file of the float network: the one that is given, or NAME_float.npz beside NAME.npz if that exists, or
    None."""
    beside = Path(network_path).with_name(f"{Path(network_path).stem}_float.npz")
    return given or (beside if beside.exists() else None)


def read_float(float_path, network, network_path):
    """The FloatNetwork in the file `float_path`, None for None; UserError unless it has the layers and steps of
    `network`, which is in `network_path`."""
    float_network = None if float_path is None else FloatNetwork.load(float_path)
    require_counterpart(float_network, network, float_path, network_path)
    return float_network


def require_counterpart(float_network, network, float_name="float_network", name="that of the design"):
    """UserError unless `float_network` is None, or a FloatNetwork with the layers and steps of `network`; names: of
    both in the sentence."""
    if float_network is None:
        return
    require_kind(float_network, FloatNetwork, "as float_network a FloatNetwork, as load(name) gives it,")
    if _describe(network) != _describe(float_network):
        raise UserError(f"{float_name} is a network of {_describe(float_network)}, but {name} is one of "
                        f"{_describe(network)}")


def _describe(network):
    taken = "" if network.most_events is None else "events on "
    return (f"{taken}{shown_shape(network.image_shape)}, {'-'.join(map(str, network.sizes))} neurons and "
            f"{network.steps} steps")


NOT_SIMULATED = dict.fromkeys(("mismatches", "equal_images", "first_mismatch", "cycle_model", "latency"))


def compare_on(backend, subject, folder=None, build=None, **options):
    """Classify the Subject's images on `backend` and compare; returns (report ready for JSON, Outcome).

    folder, build, options: as in `backends.simulated`. On the golden model itself nothing is simulated: what only
    hardware can give is None, and its cycles are those of the cycle model. `confidence` has statistics of the golden
    model's margin and spread, and the most doubtful images. Of recordings the report says also `bad`, the share of bad
    frames. Raises UserError for images that do not fit, and for a back end that is missing or fails.
    """
    network, design = subject.network, subject.design
    images, labels = subject.images, subject.labels
    with step(f"infer {len(images):,} images"):
        inference = infer(network, images)
        in_float = None if subject.float_network is None else float_infer(subject.float_network, images)
    with step(f"count cycles of {len(images):,} images"):
        expected = from_golden(inference, predict(design, images, inference).interval)
    report = {
        "images": len(images),
        "sim": backend,
        "network_sha256": network.sha256,
        "configuration": design.settings,
        "accuracy": {"float": _accuracy(in_float, labels), "golden": _accuracy(inference, labels), "rtl": None},
        "recall": {"float": _recall(in_float, labels, network), "golden": _recall(inference, labels, network),
                   "rtl": _recall(None, labels, network)},
        "float_agreement": None if in_float is None else float_agreement(inference, in_float),
        "confidence": {"margin": statistics(inference.margin), "spread": statistics(inference.spread),
                       "doubtful": doubts(network, labels, inference, most_doubtful(inference)[:DOUBTFUL],
                                          subject.start)},
        "different_files": [],
    } | ({} if network.most_events is None else {"bad": float(inference.bad.mean())})
    if backend == "golden":
        return report | NOT_SIMULATED | {"cycles": statistics(expected.cycles)}, expected
    found = simulated(backend, design, images, folder, build, **options)
    agreement = count_mismatches(network.steps, expected, found, subject.start)
    words = unpack(found.words)
    report["accuracy"]["rtl"], report["recall"]["rtl"] = _accuracy(words, labels), _recall(words, labels, network)
    return report | {"cycles": statistics(found.cycles), "latency": statistics(found.latency),
                     "mismatches": agreement.mismatches, "equal_images": agreement.equal_images,
                     "first_mismatch": agreement.first,
                     "cycle_model": cycle_agreement(expected.cycles, found.cycles, subject.start)}, found


def compare_verilog(simulator, subject, given, build, **options):
    """`compare_on` with Verilog that is generated, or with that in the folder `given`; the report then says in
    `different_files` where its files differ from the generator's.

    The folder `build` is worked in: UserError if somebody else's files are there, or another run.
    """
    require_simulator(simulator)
    with work_folder(build) as folder:
        with step("generate Verilog"):
            made = write_like(given, subject.design, folder)
        different = check_files(made, given) if given else []
        report, outcome = compare_on(simulator, subject, given or made, folder / "simulation", **options)
    return report | {"different_files": different}, outcome


def _accuracy(result, labels):
    return None if result is None or labels is None else float((result.classes == labels).mean())


def _recall(result, labels, network):
    return recall(None if result is None else result.classes, labels, network.classes)
