"""From NIR nodes to layers: the same spikes as by NIR's definition, and refusals by the node's name."""

from fractions import Fraction

import numpy as np
import pytest

from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.layers import with_one_threshold
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers
from first_spike.golden.inference.infer import float_infer
from first_spike.golden.tests.foreign.nir_files import change, neurons, nir, two_layers, write
from first_spike.golden.tests.foreign.nir_simulation import of_layer, simulate

EIGHTHS = 8  # weights are whole numbers of eighths, so that potentials are exact


def import_float(path, image_shape, steps, reached, dt=None):
    """A FloatNetwork of a file, as the command makes it."""
    layers = read_layers(read_graph(path)[0], (*image_shape, 1)[:3], reached, dt)
    layers[-1] = with_one_threshold(layers[-1])
    made = [layer.float_layer() for layer in layers]
    return FloatNetwork(steps, image_shape, made, [f"c{n}" for n in range(made[-1].neurons)]), layers


def weights(rng, *shape):
    return rng.integers(-4 * EIGHTHS, 5 * EIGHTHS, shape) / EIGHTHS


def thresholds(rng, *shape):
    """Many of them such that potentials meet them exactly."""
    return rng.integers(EIGHTHS, 8 * EIGHTHS, shape) / EIGHTHS + rng.choice([0, 0, 0, 1 / 64], shape)


def dense_graph(rng):
    """Any depth, r and thresholds of their own for each neuron; the last layer too."""
    rows, columns = rng.integers(2, 6, 2)
    sizes = [rows * columns, *rng.integers(2, 8, rng.integers(1, 4))]
    nodes = {"input": nir.Input(np.array([sizes[0]]))}
    for k, size in enumerate(sizes[1:]):
        matrix = weights(rng, size, sizes[k])
        nodes[f"fc{k}"] = nir.Linear(matrix) if rng.random() < 0.5 else nir.Affine(matrix, np.zeros(size))
        nodes[f"if{k}"] = neurons(thresholds(rng, size), rng.choice([0.5, 1, 2, 3], size), (size,))
    return nodes | {"output": nir.Output(np.array(sizes[-1:]))}, (int(rows), int(columns))


def convolutional_graph(rng):
    """Convolutions of any stride and padding, pools, a Flatten, and a last Linear."""
    shape = tuple(int(side) for side in (*rng.integers(5, 9, 2), rng.integers(1, 4)))
    source, nodes = (shape[2], *shape[:2]), {}
    nodes["input"] = nir.Input(np.array(source))
    for k in range(rng.integers(1, 3)):
        kernel, stride, padding = (tuple(map(int, rng.integers(*ends, 2))) for ends in ((1, 4), (1, 3), (0, 2)))
        kernel = tuple(min(reach, side + 2 * rim) for reach, side, rim in zip(kernel, source[1:], padding))
        out = int(rng.integers(1, 5))
        places = [(side + 2 * rim - reach) // step + 1
                  for side, rim, reach, step in zip(source[1:], padding, kernel, stride)]
        nodes[f"conv{k}"] = nir.Conv2d(source[1:], weights(rng, out, source[0], *kernel), stride, padding, 1, 1,
                                       np.zeros(out))
        of_channel = thresholds(rng, out, 1, 1), rng.choice([0.5, 1, 2], (out, 1, 1))
        nodes[f"if{k}"] = neurons(*of_channel, (out, *places))
        source = (out, *places)
        if min(places) > 1 and rng.random() < 0.7:
            pool = np.array([2, int(rng.integers(1, 3))])
            source = (out, *(np.array(places) // pool))
            nodes |= {f"pool{k}": nir.SumPool2d(pool, pool, pool * 0), f"first{k}": neurons(0.5, 1, source)}
        source = tuple(map(int, source))
    nodes["flat"] = nir.Flatten(np.array(source), int(rng.integers(0, 2)), -1)
    nodes |= {"fc": nir.Linear(weights(rng, 3, np.prod(source))), "last": neurons(thresholds(rng, 3)),
              "output": nir.Output(np.array([3]))}
    return nodes, shape[:2] if shape[2] == 1 else shape


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("make", [dense_graph, convolutional_graph])
@pytest.mark.parametrize("seed", range(12))
def test_the_same_spikes_as_by_definition(tmp_path, make, seed, reached):
    rng = np.random.default_rng(seed)
    nodes, shape = make(rng)
    path = write(tmp_path / "g.nir", nodes)
    images = rng.integers(0, 256, (20, *shape), dtype=np.uint8)
    network, layers = import_float(path, shape, 16, reached)
    assert [layer.inexact() for layer in layers] == [0] * len(layers)
    expected = simulate(nodes, images, 16, reached)
    behind = [name for name in expected if name.startswith("first")]
    heard = [name for name in expected if name.replace("if", "first") not in behind or name in behind]
    for name, layer, times in zip(heard, network.layers, float_infer(network, images).spike_times, strict=True):
        assert np.array_equal(times, of_layer(layer, expected[name])), name


def test_reaching_matters_in_these_graphs(tmp_path):
    """The test above can tell the two from each other."""
    rng = np.random.default_rng(0)
    nodes, shape = dense_graph(rng)
    images = rng.integers(0, 256, (20, *shape), dtype=np.uint8)
    at, above = (simulate(nodes, images, 16, reached) for reached in (True, False))
    assert any(not np.array_equal(at[name], above[name]) for name in at)


def test_integers_stay_integers_in_both_readings(tmp_path):
    rng = np.random.default_rng(3)
    matrix = rng.integers(-8, 8, (3, 12)).astype(float)
    path = write(tmp_path / "g.nir", {"i": nir.Input(np.array([12])), "fc": nir.Linear(matrix),
                                      "if": neurons([6, 5.5, 5.25]), "o": nir.Output(np.array([3]))})
    for reached, found in ((True, [5, 5, 5]), (False, [6, 5, 5])):
        layer, = read_layers(read_graph(path)[0], (3, 4, 1), reached)
        made = layer.integer_layer(4)
        assert made.thresholds.tolist() == found and np.array_equal(made.weights, matrix.T)
        assert layer.met() == 1 and layer.integer_layer(3) is None


def test_r_of_simulators_with_time_steps(tmp_path):
    rng = np.random.default_rng(4)
    path = write(tmp_path / "g.nir", two_layers(rng) | {"if1": neurons(1.5, 1 / 1e-4, (5,)),
                                                        "if2": neurons(0.75, 1 / 1e-4)})
    nodes = read_graph(path)[0]
    with pytest.raises(UserError, match=r"every IF node has r = 10000: choose --dt 0.0001 if .* or --dt 1 if a spike"):
        read_layers(nodes, (3, 4, 1), True)
    layers = read_layers(nodes, (3, 4, 1), True, Fraction("1e-4"))
    assert [set(layer.thresholds) for layer in layers] == [{Fraction(3, 2)}, {Fraction(3, 4)}]
    assert [layer.folded for layer in layers] == [(), ()]
    layers = read_layers(nodes, (3, 4, 1), True, Fraction(1))
    assert set(layers[0].thresholds) == {Fraction(3, 20000)} and layers[0].folded == ("r in thresholds",)


def dense(**changes):
    return two_layers(np.random.default_rng(1)) | changes


def convolution(**changes):
    one = np.ones((2, 1, 3, 3))
    return {"input": nir.Input(np.array([1, 3, 4])), "conv": nir.Conv2d((3, 4), one, 1, 1, 1, 1, np.zeros(2)),
            "if": neurons(1.5, shape=(2, 3, 4)), "pool": nir.SumPool2d(np.array([1, 2]), np.array([1, 2]), np.zeros(2)),
            "first": neurons(1.0, shape=(2, 3, 2)), "flat": nir.Flatten(np.array([2, 3, 2]), 0, -1),
            "fc": nir.Linear(np.ones((3, 12))), "last": neurons(2), "output": nir.Output(np.array([3]))} | changes


def conv(weight=np.ones((2, 1, 3, 3)), stride=1, padding=1, dilation=1, groups=1, bias=np.zeros(2)):
    return nir.Conv2d((3, 4), weight, stride, padding, dilation, groups, bias)


def pool(kernel=(1, 2), stride=(1, 2), padding=(0, 0)):
    return nir.SumPool2d(np.array(kernel), np.array(stride), np.array(padding))


def without(nodes, *names):
    return {name: node for name, node in nodes.items() if name not in names}


@pytest.mark.parametrize("nodes, sentence", [
    (dense(fc1=nir.Affine(np.ones((5, 12)), np.array([0, 0, -0.5, 0, 1]))),
     "Affine node 'fc1' has a bias, -0.5 for its output 2: an IF neuron with a bias fires without input.* bias=False"),
    (dense(if1=neurons([1, 1, 0, 1, 1], shape=(5,))), r"IF node 'if1': v_threshold 0 of neuron \[2\] must be above 0"),
    (dense(if2=neurons(-1)), r"IF node 'if2': v_threshold -1 of neuron \[0\] must be above 0, or it would fire"),
    (dense(if2=neurons(1, r=0)), r"IF node 'if2': r 0 of neuron \[0\] must be above 0, or its potential would not"),
    (dense(if2=neurons(np.nan)), r"IF node 'if2': v_threshold holds nan at \[0\]; it must be finite"),
    (dense(if2=neurons(1e200)), "IF node 'if2': thresholds from 1e[+]200 to 1e[+]200, after r, are out of reach"),
    (dense(if2=neurons(1, shape=(4,))), "IF node 'if2': v_threshold is of 4 numbers, but what is before it gives 3"),
    (dense(fc1=nir.Linear(np.full((5, 12), np.inf))), r"Linear node 'fc1': weight holds inf at \[0, 0\]"),
    (dense(fc1=nir.Linear(np.full((5, 12), 1e10))), "Linear node 'fc1' holds weights beyond 1e[+]09"),
    (dense(fc1=nir.Linear(np.ones((5, 11)))), "Linear node 'fc1' takes 11 inputs, but what is before it gives 12"),
    (dense(fc2=nir.Linear(np.ones((3, 4)))), "Linear node 'fc2' takes 4 inputs, but what is before it gives 5"),
    (dense(fc1=nir.Linear(np.ones((2, 5, 12)))), r"Linear node 'fc1': weight must be \[outputs, inputs\], found \["),
    (dense(fc1=nir.Linear(np.ones((0, 12)))), "Linear node 'fc1' has no weights"),
    (dense(input=nir.Input(np.array([11]))), "Input node 'input' takes 11 numbers, but the images are of 1 x 3 x 4"),
    (dense(input=nir.Input(np.array([4, 3]))), "Input node 'input' takes 4 x 3 numbers, but the images are of 1 x 3"),
    (dense(input=nir.Input(np.array([3, 4]))), "Linear node 'fc1' takes a row of numbers, .* Flatten node is missing"),
    (without(dense(), "if2"), "Linear node 'fc2' has no IF node behind it, before Output node 'output'"),
    (without(dense(), "fc2"), "IF node 'if2' has no weights before it: a Linear, Affine or Conv2d node is missing"),
    ({"input": nir.Input(np.array([12])), "output": nir.Output(np.array([12]))}, "the graph has no IF node behind it"),
    (without(convolution(), "flat"), "Linear node 'fc' takes a row of numbers, but is given a map of 3 x 2 x 2"),
    (without(convolution(), "flat", "fc", "last"), "Output node 'output' is given a map of 3 x 2 x 2: the last layer"),
    (convolution(input=nir.Input(np.array([12]))), "Conv2d node 'conv' needs a map, but is given a row of numbers"),
    (convolution(conv=conv(dilation=(0, 1))), "Conv2d node 'conv': dilation 0 x 1 and 1 groups of 2 channels cannot"),
    (convolution(conv=conv(groups=2)), "Conv2d node 'conv' takes 2 channels, but what is before it gives 1"),
    (convolution(conv=conv(bias=np.ones(2))), "Conv2d node 'conv' has a bias, 1 for its output 0"),
    (convolution(conv=conv(np.ones((2, 3, 3, 3)))), "Conv2d node 'conv' takes 3 channels, but what is before it gi"),
    (convolution(conv=conv(np.ones((2, 1, 9, 9)))), "Conv2d node 'conv': a kernel of 9 x 9 is larger than the map"),
    (convolution(conv=conv(stride=(1.5, 1))), r"Conv2d node 'conv': stride must be 2 whole numbers, found \[1.5, 1"),
    (convolution(conv=conv(np.ones((2, 1, 2, 3)), padding="same")), "Conv2d node 'conv': padding 'same' is not the"),
    (convolution(**{"if": neurons(np.arange(1, 25).reshape(2, 3, 4), shape=(2, 3, 4))}),
     "IF node 'if': v_threshold differs between the neurons of channel 0, 1 and 2: a convolution has one threshold"),
    (convolution(**{"if": neurons(1.5, shape=(3, 4, 2))}),
     "IF node 'if': v_threshold is of 3 x 4 x 2 numbers, but what is before it gives 2 x 3 x 4$"),
    (convolution(**{"if": neurons(np.arange(1, 5), shape=(4,))}), "IF node 'if': v_threshold is of 4 numbers, but wha"),
    (convolution(pool=pool(stride=(1, 1))), "SumPool2d node 'pool': a pool's windows lie side by side here"),
    (convolution(pool=pool(padding=(0, 1))), "SumPool2d node 'pool': a pool's windows lie side by side here"),
    (convolution(pool=pool((9, 9), (9, 9))), "SumPool2d node 'pool': a kernel of 9 x 9 is larger than the map"),
    (convolution(first=neurons(1.25, shape=(2, 3, 2))), "IF node 'first' behind SumPool2d node 'pool' must fire at the "
                                                         "first spike, with a threshold of at most 1"),
    (without(convolution(), "first", "flat", "fc", "last"), "SumPool2d node 'pool' has no IF node behind it, before"),
    (without(convolution(), "if", "first"), "SumPool2d node 'pool' must stand behind the IF node of a convolution"),
    (convolution(flat=nir.Flatten(np.array([2, 3, 2]), 2, -1)), "Flatten node 'flat' flattens the axes 2 to -1 only"),
])
def test_refused_by_the_name_of_the_node(tmp_path, nodes, sentence):
    read = read_graph(write(tmp_path / "g.nir", nodes))[0]
    with pytest.raises(UserError, match=sentence):
        read_layers(read, (3, 4, 1), True)


def test_what_is_refused_is_read_otherwise(tmp_path):
    for number, nodes in enumerate((dense(), convolution())):
        read_layers(read_graph(write(tmp_path / f"{number}.nir", nodes))[0], (3, 4, 1), True)
    nodes = convolution(first=neurons(1.0, shape=(2, 3, 2)))
    with pytest.raises(UserError, match="with a threshold below 1"):  # a sum of 1 does not exceed 1
        read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (3, 4, 1), False)


@pytest.mark.parametrize("place, value, sentence", [
    ("fc1/weight", None, "Linear node 'fc1' has no numbers 'weight'"),
    ("fc1/weight", "text", "Linear node 'fc1' has no numbers 'weight'"),
    ("if1/r", None, "IF node 'if1' has no numbers 'r'"),
    ("input/shape", None, "Input node 'input' has no numbers 'shape'"),
    ("input/shape", np.array([2.5]), "Input node 'input': shape must be a whole number, found"),
    ("if1/v_threshold", np.array([], float), "IF node 'if1': v_threshold is of 0 numbers")])
def test_values_that_are_missing(tmp_path, place, value, sentence):
    path = change(write(tmp_path / "g.nir", dense()), f"node/nodes/{place}", value)
    with pytest.raises(UserError, match=sentence):
        read_layers(read_graph(path)[0], (3, 4, 1), True)


@pytest.mark.parametrize("place, value, sentence", [
    ("conv/stride", 0, "Conv2d node 'conv': stride must be two whole numbers from 1 on"),
    ("conv/padding", -1, "Conv2d node 'conv': padding must be two whole numbers from 0 on"),
    ("conv/padding", "other", "Conv2d node 'conv' has no numbers 'padding'"),
    ("conv/weight", np.ones((2, 3)), r"Conv2d node 'conv': weight must be \[channels out"),
    ("conv/input_shape", np.array([9, 9]), "Conv2d node 'conv': its input_shape is 9 x 9, but what is before"),
    ("pool/kernel_size", np.array([0, 1]), "SumPool2d node 'pool': kernel must be two whole numbers from 1")])
def test_values_of_convolutions(tmp_path, place, value, sentence):
    path = change(write(tmp_path / "g.nir", convolution()), f"node/nodes/{place}", value)
    with pytest.raises(UserError, match=sentence):
        read_layers(read_graph(path)[0], (3, 4, 1), True)


def test_v_reset_does_not_matter_and_need_not_be_there(tmp_path):
    path = write(tmp_path / "g.nir", dense())
    before = read_layers(read_graph(path)[0], (3, 4, 1), True)
    for value in (None, np.full(5, np.nan)):
        after = read_layers(read_graph(change(path, "node/nodes/if1/v_reset", value))[0], (3, 4, 1), True)
        assert all(np.array_equal(a.weights, b.weights) and a.thresholds == b.thresholds
                   for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("shape", [(12,), (1, 12), (1, 1, 3, 4), (1, 3, 4), (3, 4)])
def test_inputs_that_are_images(tmp_path, shape):
    nodes = dense(input=nir.Input(np.array(shape)))
    if len(shape) > 2 or shape == (3, 4):
        nodes = {"input": nodes["input"], "flat": nir.Flatten(np.array(shape), 0, -1), **without(nodes, "input")}
    assert len(read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (3, 4, 1), True)) == 2
