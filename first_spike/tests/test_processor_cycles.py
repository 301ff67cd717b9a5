"""How many cycles a processor takes for networks in which each of its rules counts: the model gives what the hardware
took in simulation, image by image."""

from dataclasses import replace

import numpy as np
import pytest

import first_spike as fs
from first_spike.golden.contract.geometry import SUM, Geometry
from first_spike.golden.contract.network import ConvolutionLayer, Layer
from first_spike.golden.contract.processor import Processor
from first_spike.golden.recordings import Recordings
from tb.helpers.processor_cases import one_build, predicted, words_of

DENSE = Processor(lanes=8, weight_words=1024, inputs=64, steps=16, neurons=256, words=64, layers=4, pixels=4)
MAPS = replace(DENSE, weight_words=2048, neurons=128, words=256, kinds="all")
dense_processor, maps_processor = one_build(DENSE), one_build(MAPS)


def numbers(count, least, most, seed):
    """int64 [count]: from least to most, as if by chance."""
    k = np.arange(count, dtype=np.int64)
    return least + (k * k * 7919 + k * 104729 + seed * 1299709) // 64 % (most - least + 1)


def weights(rows, columns, bits, seed):
    """More of them are positive than negative."""
    if bits == 1:
        return (2 * numbers(rows * columns, 0, 1, seed) - 1).reshape(rows, columns).astype(np.int8)
    most = (1 << bits - 1) - 1
    least = -(most // 2) - 1 if bits > 2 else -1
    return numbers(rows * columns, least, most, seed).reshape(rows, columns).astype(np.int8)


def dense(inputs, neurons, bits, threshold, seed):
    return Layer(weights(inputs, neurons, bits, seed), np.full(neurons, threshold, np.int32), bits)


def convolution(source, kernel, channels, bits, threshold, seed, **geometry):
    shape = Geometry(source, kernel, **geometry)
    return ConvolutionLayer(weights(shape.places, channels, bits, seed), np.full(channels, threshold, np.int32), bits,
                            shape)


def network(shape, steps, *layers, most_events=None):
    classes = [str(k) for k in range(layers[-1].neurons)]
    return fs.Network(steps, shape, layers, classes, "by hand", most_events=most_events)


def images(shape):
    """White, black, noise, a single pixel, noise with black, and two levels."""
    count = int(np.prod(shape))
    noise = [numbers(count, 0, 255, seed) for seed in (1, 2, 3)]
    one = np.where(np.arange(count) == count // 2, 200, 0)
    made = [np.full(count, 255), np.zeros(count), noise[0], one, np.where(noise[1] > 100, noise[1], 0),
            np.where(noise[2] > 127, 255, 16)]
    return np.stack(made).astype(np.uint8).reshape(-1, *shape)


def recordings(inputs, *frames):
    """Recordings of frames, each [(step, number of its events)]."""
    sources, times, offsets = [], [], [0]
    for frame in frames:
        for step, count in frame:
            sources += numbers(count, 0, inputs - 1, step).tolist()
            times += [step] * count
        offsets.append(len(sources))
    return Recordings(np.array(offsets), np.array(sources, np.int32), np.array(times, np.int16))


TWO_NIBBLES = network((3, 4), 16, dense(12, 20, 6, 30, 1), dense(20, 5, 5, 20, 2))
# name -> Processor, network, images, cycles of each as the simulated Verilog took them
CASES = {
    "one layer": (DENSE, network((1, 5), 16, dense(5, 3, 4, 6, 1)), images((1, 5)), [34, 21, 43, 32, 44, 36]),
    "two folds": (DENSE, network((2, 5), 16, dense(10, 12, 4, 9, 2)), images((2, 5)), [62, 34, 58, 46, 50, 46]),
    "two nibbles": (DENSE, TWO_NIBBLES, images((3, 4)), [159, 59, 119, 89, 92, 121]),
    "fewer steps than the processor has": (
        DENSE, network((3, 3), 4, dense(9, 9, 1, 1, 3), dense(9, 17, 3, 2, 4), dense(17, 4, 8, 40, 5)),
        images((3, 3)), [99, 54, 159, 56, 120, 81]),
    "folds that wait for the serializer": (DENSE, network((1, 4), 16, dense(4, 200, 2, 1, 4), dense(200, 5, 4, 60, 2)),
                                           images((1, 4)), [282, 147, 394, 196, 272, 274]),
    "a list of every neuron that a layer may have": (
        DENSE, network((1, 4), 16, Layer(np.ones((4, 256), np.int8), np.ones(256, np.int32), 2),
                       dense(256, 5, 4, 60, 2)), images((1, 4))[[0, 2]], [553, 721]),
    "more events in a step than a list holds": (
        DENSE, network((2, 4), 16, dense(8, 9, 4, 50, 4), dense(9, 3, 4, 5, 1), most_events=900),
        recordings(8, [(0, 300), (2, 5)], [(1, 600)], [], [(3, 256), (9, 257)], [(0, 1), (15, 2)]),
        [665, 1266, 53, 560, 83]),
    "dense layers where there may be maps": (MAPS, TWO_NIBBLES, images((3, 4)), [163, 63, 129, 97, 100, 125]),
    "a pool": (MAPS, network((5, 5), 16, convolution((5, 5, 1), (2, 2), 3, 4, 3, 1, pool=(2, 2)),
                             dense(12, 4, 4, 7, 2)), images((5, 5)), [246, 80, 91, 122, 93, 178]),
    "two maps": (MAPS, network((6, 5), 8, convolution((6, 5, 1), (2, 3), 9, 3, 4, 2, pool=(2, 1)),
                               convolution((2, 3, 9), (2, 2), 3, 6, 40, 3), dense(6, 4, 3, 2, 4)),
                 images((6, 5)), [434, 92, 170, 141, 373, 352]),
    "a sum": (MAPS, network((6, 6), 16, convolution((6, 6, 1), (3, 3), 2, 4, 6, 3, stride=(2, 2), padding=(1, 1),
                                                    pool=(2, 2), pool_kind=SUM), dense(2, 3, 4, 6, 5)),
              images((6, 6)), [170, 67, 411, 113, 304, 126]),
    "more events of a map than a list holds": (
        MAPS, network((4, 4, 2), 16, convolution((4, 4, 2), (2, 1), 4, 5, 60, 6), dense(48, 3, 4, 30, 1),
                      most_events=500),
        recordings(32, [(0, 40)], [(2, 140), (3, 9)], [], [(1, 3), (7, 130)]), [342, 987, 75, 977]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_model_gives_the_cycles_of_the_simulation(name):
    limits, network, shown, cycles = CASES[name]
    assert predicted(network, limits, shown) == cycles


@pytest.mark.thorough
def test_the_simulation_takes_these_cycles(dense_processor, maps_processor):
    for name, (limits, network, shown, cycles) in CASES.items():
        seen = (dense_processor if limits is DENSE else maps_processor).classify(network, shown)
        assert seen.words.tolist() == words_of(network, shown), name
        assert np.diff(seen.cycles, prepend=seen.begins[0]).tolist() == cycles, name
