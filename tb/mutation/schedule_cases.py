"""Small networks of every kind in configurations of every kind: what golden's schedule says of them tells mutants of it
apart. Those beside the designs of `tb/scenarios/small_designs.py` are for a few mechanisms each; cycles are few."""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network, weight_range
from first_spike.golden.inference.encode import encode
from first_spike.golden.recordings import Recordings
from first_spike.golden.training.layer_text import blank_layers, parse
from tb.scenarios.accelerator_bench import bench_images
from tb.scenarios.small_designs import SMALL_DESIGNS

ROWS = dict(taps=("row",))
LOADED = dict(weights="loadable", weight_banks=2)
SMALL = {"dense": 24, "folded": 24, "event-fed": 24, "loadable": 24, "deep": 6, "convolutional": 2}  # images
MANY = 12  # images, of which most are nearly black and follow each other quickly


@dataclass(frozen=True)
class Case:
    """Networks and images, uint8 [n, ...] or Recordings; idle, before, whole: as of
    golden.schedule.cycles.predict."""

    network: Network
    configuration: Configuration
    images: object
    idle: bool = True
    before: int = 0
    whole: bool = False


TEXTS = {  # seed: layers, image shape, T, configuration, images, and of a Case what is not as usual
    1: ("dense 7, dense 3", (5, 7), 16, dict(pixels=4), 6, {}),
    2: ("dense 9, dense 3", (4, 5), 16, dict(lanes=(2, 3), pixels=8, spikes_per_cycle=2), 6, {}),
    3: ("dense 17, dense 5", (3, 11), 8, dict(events_per_cycle=2), 8, {}),
    4: ("dense 13, dense 9, dense 5", (5, 6), 32, dict(lanes=(5, 4, 2), pixels=4, events_per_cycle=2,
                                                       spikes_per_cycle=2), 6, {}),
    5: ("dense 40", (4, 5), 16, dict(pixels=16), 8, {}),
    14: ("dense 40", (4, 5), 16, dict(pixels=16), 4, dict(whole=True)),
    6: ("dense 10, dense 70", (4, 5), 4, dict(lanes=(5, 35), pixels=16), 6, {}),
    7: ("dense 6, dense 7, dense 4", (3, 5), 8, dict(lanes=(1,), pixels=2, events_per_cycle=2), 4, {}),
    8: ("dense 33, dense 12", (4, 5), 256, dict(lanes=(33, 6), pixels=16, events_per_cycle=2), 4, {}),
    9: ("dense 6, dense 4", (4, 6), 16, dict(pixels=4, **LOADED), 6, {}),
    10: ("dense 4, dense 2", (3, 22), 16, dict(pixels=1), 4, {}),
    11: ("dense 2", (32, 32), 4, dict(pixels=1), 1, {}),
    12: ("dense 2", (25, 41), 4, dict(pixels=1), 1, {}),
    13: ("dense 3, dense 8", (4, 8), 32, dict(lanes=(3, 1), pixels=16), 4, {}),
    20: ("conv 3 3x3 same pool 2, dense 3", (6, 5), 8, dict(pixels=4), 3, {}),
    21: ("conv 5 2x3 stride 1x2 padding 1x0 pool 1x2, conv 3 2x2, dense 2", (4, 9, 2), 4, dict(lanes=(2, 3, 1)), 2, {}),
    22: ("conv 4 4x3 stride 2x1 padding 1 pool 2x1, dense 2", (8, 5), 8, dict(lanes=(3, 1)), 3, dict(idle=False)),
    23: ("conv 2 1x1 pool 2, conv 4 3x2", (7, 5), 4, dict(pixels=16), 3, dict(before=1)),
    24: ("dense 5, conv 2 1x1 padding 1, dense 2", (2, 3), 8, dict(lanes=(2, 1, 2), pixels=2), 5, {}),
    25: ("dense 9, conv 3 2x2 padding 1 stride 1x2, dense 2", (3, 3), 8, dict(spikes_per_cycle=2), 4, dict(idle=False)),
    26: ("conv 3 2x2 pool 2, dense 3", (3, 3), 8, dict(lanes=(3, 1)), 4, {}),
    30: ("conv 3 3x3 same pool 2, dense 3", (6, 5), 8, dict(pixels=4, **ROWS), 3, {}),
    31: ("conv 5 2x3 stride 1x2 padding 1x0 pool 1x2, conv 3 2x2, dense 2", (4, 9, 2), 4,
         dict(lanes=(2, 3, 1), **ROWS), 2, dict(idle=False)),
    32: ("conv 4 4x3 stride 2x1 padding 1 pool 2x1, dense 2", (8, 5), 8, dict(lanes=(3, 1), **ROWS), 3, {}),
    33: ("dense 5, conv 2 3x4 padding 2 pool 2, dense 2", (2, 3), 8, dict(lanes=(2, 1, 2), pixels=2, **ROWS), 3, {}),
    34: ("conv 2 1x2 pool 2, dense 2", (8, 7), 4, dict(pixels=16, **ROWS), 5, {}),
    35: ("conv 2 3x3 pool 4x2, dense 2", (11, 6), 4, dict(pixels=16), 5, {}),
    38: ("conv 2 1x2 pool 1x2, dense 2", (4, 7), 32, dict(pixels=16, **ROWS), 3, dict(idle=False)),
    104: ("conv 3 3x2 padding 1, dense 3", (4, 4), 2, dict(lanes=(2, 1), pixels=16), 3,
          dict(idle=False)),
    111: ("conv 2 1x3, dense 6", (5, 5), 4, dict(lanes=(2, 2), pixels=16, **ROWS), 3, dict(idle=False)),
    201: ("conv 1 1x2, dense 2", (8, 5), 4, dict(pixels=16, **ROWS), MANY, {}),
    40: ("dense 9, dense 3", (4, 5), 16, dict(lanes=(2, 3)), 8, dict(most_events=20)),
    41: ("conv 3 3x3 same pool 2, dense 3", (5, 4), 8, {}, 4, dict(most_events=20)),
    42: ("conv 3 3x3 same pool 2, dense 3", (5, 4, 2), 8, ROWS, 4, dict(most_events=20, idle=False)),
    43: ("conv 3 3x3 same sum 2, conv 3 3x3 sum 2x1, dense 3", (8, 6), 8, dict(lanes=(2, 3, 2), pixels=2), 4, {}),
    44: ("conv 3 3x3 same sum 1x2, dense 3", (6, 6), 8, dict(lanes=(2, 3), **ROWS), 4, dict(idle=False)),
}


def schedule_cases():
    """{name: Case}, those of dense layers first, which are quick, and at last those of the small designs."""
    cases = {f"{text} ({seed})": _case(seed, text, *rest) for seed, (text, *rest) in TEXTS.items()}
    rng = np.random.default_rng(1)
    for name, count in SMALL.items():
        network = SMALL_DESIGNS[name].network()
        cases[f"the small {name} design"] = Case(network, SMALL_DESIGNS[name].configuration,
                                                 bench_images(rng, network, count))
    return cases


def _case(seed, text, shape, steps, choice, count, options):
    rng, options = np.random.default_rng(seed), dict(options)
    network = _network(rng, text, shape, steps, options.pop("most_events", None))
    images = _images(rng, network, count)
    if network.most_events is not None:
        images = _recordings(rng, network, images)
    return Case(network, Configuration(**choice), images, **options)


def _network(rng, text, shape, steps, most_events):
    """Two weights of three are positive and thresholds low, so that much fires; some pixels nobody listens to."""
    layers = []
    for blank in blank_layers(parse(text), shape):
        bits = int(rng.integers(3, 6))
        low, high = weight_range(bits)
        size = blank.weights.shape
        weights = np.where(rng.random(size) < 0.67, rng.integers(1, high + 1, size), rng.integers(low, 0, size))
        if not layers and blank.kind == "dense":
            weights[rng.random(size[0]) < 0.2] = 0
        top = max(2, int(np.maximum(weights, 0).sum(axis=0).max() * 0.25))
        arrays = weights.astype(np.int8), rng.integers(1, top, size[1]).astype(np.int32), bits
        layers.append(Layer(*arrays) if blank.kind == "dense" else ConvolutionLayer(*arrays, blank.geometry))
    last = layers[-1]
    layers[-1] = type(last)(last.weights, np.full_like(last.thresholds, 2 * last.thresholds.max()), last.weight_bits,
                            *([last.geometry] if last.kind == "convolution" else []))
    return Network(steps, shape, layers, [f"class {j}" for j in range(layers[-1].neurons)], text,
                   most_events=most_events)


def _images(rng, network, count):
    """uint8 [count, *image_shape]: a bright one, a black one, and noise of few levels, more and less of it; of many
    all but the first are black but for a few pixels."""
    shape = network.image_shape
    shares = np.linspace(0.9, 0.3, count) if count < MANY else np.append(0.3, rng.choice([0, 0.02, 0.05], count - 1))
    made = [rng.choice(rng.integers(0, 256, levels), shape) * (rng.random(shape) < share)
            for levels, share in zip(rng.integers(1, 9, count), shares)]
    if 3 < count < MANY:
        made[1], made[3] = np.full(shape, 255), np.zeros(shape)
    return np.array(made, np.uint8)


def _recordings(rng, network, images):
    """The Recordings of images; of each the first event comes again at the end, and one is out of range."""
    coded, lists = Recordings.of_times(encode(images, network.steps), network.steps), []
    for number in range(len(coded)):
        events = list(zip(coded[number:number + 1].inputs.tolist(), coded[number:number + 1].steps.tolist()))
        if number % 2:
            events.insert(int(rng.integers(0, len(events) + 1)), (network.inputs, 0))
            events += events[:1]
        lists.append(events)
    return Recordings.of_lists(lists)
