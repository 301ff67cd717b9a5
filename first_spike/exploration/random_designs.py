"""Random networks with random configurations, of every kind of design, by which the area model is judged."""

import numpy as np

from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network, weight_range
from first_spike.rtl_model.tops import DEFAULT, TOPS

KINDS = ("dense", "folded", "deep", "tap", "row", "events", "loaded", "two banks")
MOST_TABLES = 512  # entries of head tables: with more, synthesis takes minutes


def random_designs(seed, count):
    """`count` of (name, Design, one of TOPS), the kinds in turn."""
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        rng = np.random.default_rng([seed, number])
        yield f"{number + 1:02} {kind}", *_random_design(rng, kind)


def _random_design(rng, kind):
    steps, events = int(2 << rng.integers(0, 8)), kind == "events"
    convolution = kind in ("tap", "row") or events and rng.random() < 0.3
    layers = []
    sides = rng.integers(5, 13, 2) if convolution else rng.integers(4, 29, 2)
    source = (*map(int, sides), int(rng.integers(1, 4)) if convolution else 1)
    shape = source if source[2] > 1 else source[:2]
    if convolution:
        while len(layers) < 1 or len(layers) < 2 and min(source[:2]) > 2 and rng.random() < 0.5:
            layers.append(_convolution(rng, source, kind == "row"))
            source = layers[-1].map
    inputs = source[0] * source[1] * source[2]
    for _ in range({"deep": int(rng.integers(2, 4))}.get(kind, int(not convolution))):
        layers.append(_dense(rng, inputs, int(rng.integers(8, 65)), last=False))
        inputs = layers[-1].neurons
    layers.append(_dense(rng, inputs, int(rng.integers(2, 13)), last=True))
    if not convolution and layers[0].weight_bits > 1 and rng.random() < 0.4:
        heard = np.where(_dark(*shape)[:, None], 0, layers[0].weights).astype(np.int8)
        layers[0] = Layer(heard, layers[0].thresholds, layers[0].weight_bits)
    network = Network(steps, shape, layers, [f"class {j}" for j in range(layers[-1].neurons)], "random",
                      most_events=int(rng.integers(20, 1000)) if events else None)
    pixels = int(rng.choice([count for count in (1, 2, 4, 8, 16) if count * steps <= MOST_TABLES]))
    folded = kind == "folded" or kind != "dense" and rng.random() < 0.5
    lanes = tuple(int(rng.integers(1, max(1, width // 2) + 1)) for width in network.widths) if folded else ()
    loaded = dict(weights="loadable", weight_banks=1 + (kind == "two banks"), potential_margin=int(rng.integers(0, 3)))
    configuration = Configuration(
        lanes, pixels, int(rng.choice([1, 2, 4])), int(rng.integers(1, min(pixels, 2) + 1)),
        taps=(ROW if kind == "row" else 1,), **(loaded if kind in ("loaded", "two banks") else {}))
    top = str(DEFAULT if events else rng.choice(list(TOPS), p=(0.7, 0.15, 0.15)))
    return Design(network, configuration), top


def _dark(rows, columns):
    """bool [rows * columns]: the pixels outside of an ellipse, to which nobody listens."""
    y, x = ((np.arange(side) - (side - 1) / 2) / (side / 2) for side in (rows, columns))
    return (y[:, None] ** 2 + x ** 2 > 1.1).ravel()


def _arrays(rng, shape, last):
    bits = int(rng.integers(1, 9))
    low, high = weight_range(bits)
    if bits == 1:
        weights = rng.choice([-1, 1], shape)
    elif rng.random() < 0.5:
        weights = rng.integers(low, high + 1, shape)
    else:  # as training leaves them
        weights = np.clip(np.rint(rng.normal(0, high / 2.5, shape)), low, high)
    top = max(2, int(np.maximum(weights, 0).sum(axis=0).max() * 0.5))
    thresholds = np.broadcast_to(rng.integers(1, top + 1, 1 if last or rng.random() < 0.3 else shape[1]), shape[1])
    return weights.astype(np.int8), thresholds.astype(np.int32), bits


def _dense(rng, inputs, neurons, last):
    return Layer(*_arrays(rng, (inputs, neurons), last))


def _convolution(rng, source, row):
    """Kernels of 2 to 5, and a pool of 2 where there is room."""
    rows, columns, channels = source
    padding = tuple(map(int, rng.integers(0, 3, 2)))
    kernel = [int(rng.integers(2, min(side + 2 * rim - 1, 5) + 1)) for side, rim in zip((rows, columns), padding)]
    stride = [1 if row or rng.random() < 0.7 else 2 for _ in range(2)]
    left = [(side + 2 * rim - reach) // step + 1
            for side, rim, reach, step in zip((rows, columns), padding, kernel, stride)]
    pool = (2, 2) if min(left) >= 2 and rng.random() < 0.6 else (1, 1)
    arrays = _arrays(rng, (kernel[0] * kernel[1] * channels, int(rng.integers(3, 17))), last=False)
    return ConvolutionLayer(*arrays, Geometry(source, tuple(kernel), tuple(stride), padding, pool))
