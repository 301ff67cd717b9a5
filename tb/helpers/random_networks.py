"""Small random networks and images that reach the corners: ties, silence, extremes, odd sizes."""

from dataclasses import replace

import numpy as np

from first_spike.golden.contract.geometry import SUM, Geometry
from first_spike.golden.contract.network import (
    ConvolutionLayer,
    FloatConvolutionLayer,
    FloatLayer,
    FloatNetwork,
    Layer,
    Network,
    weight_range,
)
from first_spike.golden.recordings import Recordings
from first_spike.golden.training.layer_text import blank_layers, parse


def random_network(rng, steps, bits, layers, max_side=5, max_neurons=9):
    """A valid Network of random odd and even sizes; `bits` is one width for all layers, or one per layer.

    Thresholds are drawn low enough that neurons fire in most images, and sometimes never.
    """
    shape = tuple(int(side) for side in rng.integers(1, max_side + 1, 2))
    sizes = [shape[0] * shape[1]] + [int(size) for size in rng.integers(1, max_neurons + 1, layers)]
    widths = [bits] * layers if isinstance(bits, int) else bits
    made = [random_layer(rng, *sizes[k:k + 2], widths[k], shared=k == layers - 1) for k in range(layers)]
    if widths[0] > 1 and rng.random() < 0.3:  # some pixels that nobody listens to
        deaf = made[0].weights * (rng.random((sizes[0], 1)) < 0.8)
        made[0] = Layer(deaf.astype(np.int8), made[0].thresholds, widths[0])
    return Network(steps, shape, made, [f"class {j}" for j in range(sizes[-1])], "random")


def random_layer(rng, inputs, neurons, bits, shared):
    """A Layer of random weights; `shared` gives all neurons one threshold, as the output layer needs."""
    low, high = weight_range(bits)
    weights = rng.choice([-1, 1], (inputs, neurons)) if bits == 1 else rng.integers(low, high + 1, (inputs, neurons))
    if rng.random() < 0.3:  # all at the ends of the range, where widths are tightest
        weights = rng.choice([low, max(high, 1) if bits == 1 else high], (inputs, neurons))
    top = max(1, int(np.maximum(weights, 0).sum(axis=0).max() * rng.choice([0.1, 0.4, 1.1])))
    thresholds = rng.integers(1, top + 1, 1 if shared else neurons)
    return Layer(weights.astype(np.int8), np.broadcast_to(thresholds, neurons).astype(np.int32), bits)


def random_images(rng, network):
    """uint8 [7, *image_shape]: black, white, one grey value, noise, sparse noise, two-level and dark noise."""
    shape = network.image_shape
    noise = rng.integers(0, 256, (3, *shape))
    return np.stack([
        np.zeros(shape), np.full(shape, 255), np.full(shape, rng.integers(1, 256)),
        noise[0], np.where(rng.random(shape) < 0.3, noise[1], 0), np.where(noise[2] > 127, 255, 0), noise[2] // 8,
    ]).astype(np.uint8)


def as_float(network):
    """The FloatNetwork with the same numbers."""
    layers = [FloatLayer(*arrays) if layer.kind == "dense" else FloatConvolutionLayer(*arrays, layer.geometry)
              for layer in network.layers
              for arrays in [[layer.weights.astype(np.float32), layer.thresholds.astype(np.float32)]]]
    return FloatNetwork(network.steps, network.image_shape, layers, network.classes, network.source,
                        most_events=network.most_events)


def random_convolution(rng, source, bits, last):
    """A ConvolutionLayer over a map (rows, columns, channels): kernels of 1 to 7, even ones too, strides, paddings and
    pools that need not divide; `last` gives one position, one threshold and no pool."""
    rows, columns, channels = source
    padding = tuple(0 if last else int(rim) for rim in rng.integers(0, 4, 2))
    kernel = (rows, columns) if last else tuple(int(rng.integers(1, min(side + 2 * rim, 7) + 1))
                                                for side, rim in zip((rows, columns), padding))
    stride = tuple(int(step) for step in rng.choice([1, 1, 2, 3], 2))
    whole = [(side + 2 * rim - reach) // step + 1
             for side, rim, reach, step in zip((rows, columns), padding, kernel, stride)]
    pool = (1, 1) if last or rng.random() < 0.4 else tuple(int(rng.integers(1, min(side, 3) + 1)) for side in whole)
    plain = random_layer(rng, kernel[0] * kernel[1] * channels, int(rng.integers(1, 6)), bits, shared=last)
    return ConvolutionLayer(plain.weights, plain.thresholds, bits, Geometry(source, kernel, stride, padding, pool))


def with_sums(network):
    """The same network whose pools sum."""
    layers = [layer if layer.kind == "dense" or layer.geometry.pool == (1, 1)
              else replace(layer, geometry=replace(layer.geometry, pool_kind=SUM)) for layer in network.layers]
    return replace(network, layers=layers)


def random_convolutional_network(rng, steps, bits, convolutions, max_side=9):
    """A valid Network of some convolutions on an image of 1 to 4 channels, and a last layer, dense or a convolution."""
    channels = int(rng.integers(1, 5))
    shape = tuple(int(side) for side in rng.integers(1, max_side + 1, 2))
    made, source = [], (*shape, channels)
    for _ in range(convolutions):
        made.append(random_convolution(rng, source, bits, last=False))
        source = made[-1].map
    made.append(random_convolution(rng, source, bits, last=True) if rng.random() < 0.3
                else random_layer(rng, source[0] * source[1] * source[2], int(rng.integers(1, 6)), bits, shared=True))
    shape = shape if channels == 1 else (*shape, channels)
    return Network(steps, shape, made, [f"class {j}" for j in range(made[-1].neurons)], "random")


def worded_network(rng, text, image_shape, bits, steps):
    """A Network whose layers `text` says, as in golden.training.layer_text; bits: of each layer. Two weights of three
    are positive and thresholds are low, so that much fires, and much that is above its threshold falls again."""
    made = []
    blanks = blank_layers(parse(text), image_shape)
    for number, (blank, width) in enumerate(zip(blanks, bits, strict=True)):
        low, high = weight_range(width)
        shape = blank.weights.shape
        weights = np.where(rng.random(shape) < 0.67, rng.integers(1, max(high, 1) + 1, shape),
                           rng.integers(low, 0, shape)).astype(np.int8)
        last = number == len(blanks) - 1
        top = max(2, int(np.maximum(weights, 0).sum(axis=0).max() * (0.5 if last else 0.25)))
        thresholds = np.broadcast_to(rng.integers(1, top + 1, 1 if last else weights.shape[1]), weights.shape[1])
        arrays = weights, thresholds.astype(np.int32), width
        made.append(Layer(*arrays) if blank.kind == "dense" else ConvolutionLayer(*arrays, blank.geometry))
    return Network(steps, image_shape, made, [f"class {j}" for j in range(made[-1].neurons)], text)


def colliding_images(rng, network):
    """uint8 [n, *image_shape] in which neighbours spike together: rows, columns, checkerboards of one and of two steps,
    single pixels in the corners and at the borders, blocks, and noise of two levels."""
    shape, made = network.image_shape, []
    rows, columns = shape[:2]

    def add(*places):
        made.append(np.zeros(shape))
        for place, value in places:
            made[-1][place] = value

    grey = int(rng.integers(1, 256))
    for y in {0, rows // 2, rows - 1}:
        add((y, 255))
    for x in {0, columns // 2, columns - 1}:
        add(((slice(None), x), grey))
    even, odd = slice(None, None, 2), slice(1, None, 2)
    add(((even, even), 255), ((odd, odd), 255))
    add(((even, even), 255), ((odd, odd), grey), ((even, odd), 255 - grey))
    for y, x in sorted({(y, x) for y in (0, rows // 2, rows - 1) for x in (0, columns // 2, columns - 1)}):
        add(((y, x), 255))
    add(((slice(0, 3), slice(0, 3)), 255), ((slice(2, 5), slice(2, 5)), grey))
    noise = [rng.choice(rng.integers(0, 256, 2), shape) for _ in range(4)]
    return np.concatenate([np.stack(made), np.stack(noise)]).astype(np.uint8)


def on_events(network, most_events):
    """The same network fed recordings of events, at most so many."""
    return replace(network, most_events=most_events)


def random_recordings(rng, network, count=8):
    """Recordings of up to a third more events than the network takes in: an empty one, good ones, some with inputs that
    spike again and again, and some with events out of order and out of range."""
    made = [[]]
    while len(made) < count:
        many = int(rng.integers(1, network.most_events * 4 // 3 + 2))
        inputs = rng.integers(0, max(int(network.inputs * rng.choice([0.2, 1])), 1), many)
        steps = np.sort(rng.integers(0, network.steps, many))
        if rng.random() < 0.5:
            many_bad = int(rng.integers(1, 4))
            for place in rng.integers(0, many, many_bad):
                if rng.random() < 0.5:
                    inputs[place] = network.inputs + rng.integers(0, 3)
                else:
                    steps[place] = rng.integers(0, min(network.steps + 3, 256))
        made.append(list(zip(inputs.tolist(), steps.tolist())))
    return Recordings.of_lists(made)
