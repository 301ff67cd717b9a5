"""What stands between two layers of neurons becomes one layer of weights: the same spikes as by NIR's definition."""

import numpy as np
import pytest

from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.layers import with_one_threshold
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers
from first_spike.golden.foreign.weights import in_order_of_classes
from first_spike.golden.inference.infer import float_infer
from first_spike.golden.tests.foreign.nir_files import h5py, neurons, nir, two_layers, write
from first_spike.golden.tests.foreign.nir_simulation import of_layer, simulate

SIDE, CHANNELS, CLASSES = (9, 8), 2, 4


def eighths(rng, *shape):
    return rng.integers(-16, 25, shape) / 8


class Graph:
    """A chain that grows node by node, and the shape [channels, rows, columns] that the last one gives."""

    def __init__(self, rng):
        self.rng, self.shape = rng, (CHANNELS, *SIDE)
        self.nodes = {"input": nir.Input(np.array(self.shape))}

    def add(self, node, shape=None):
        self.nodes[f"{type(node).__name__.lower()}{len(self.nodes)}"] = node
        self.shape = self.shape if shape is None else tuple(map(int, shape))
        return self

    def conv(self, kernel=(2, 3), stride=1, padding=0, dilation=1, groups=1, out=4):
        weight = eighths(self.rng, out, self.shape[0] // groups, *kernel)
        node = nir.Conv2d(self.shape[1:], weight, stride, padding, dilation, groups, self.rng.integers(-1, 2, out) / 8)
        reach = [(side - 1) * gap + 1 for side, gap in zip(kernel, node.dilation)]
        places = [(side + 2 * rim - far) // step + 1
                  for side, rim, far, step in zip(self.shape[1:], node.padding, reach, node.stride)]
        return self.add(node, (out, *places))

    def pool(self, kind, kernel=(2, 2), stride=(2, 2), padding=(0, 0)):
        places = [(side + 2 * rim - far) // step + 1
                  for side, rim, far, step in zip(self.shape[1:], padding, kernel, stride)]
        return self.add(kind(*map(np.array, (kernel, stride, padding))), (self.shape[0], *places))

    def scale(self, shape=None):
        return self.add(nir.Scale(self.rng.choice([-0.5, 0.5, 1, 1.5, 2], self.shape if shape is None else shape)))

    def flat(self):
        return self.add(nir.Flatten(np.array(self.shape), 0, -1), (np.prod(self.shape),))

    def linear(self, out):
        return self.add(nir.Affine(eighths(self.rng, out, self.shape[0]), self.rng.integers(-1, 2, out) / 8), (out,))

    def spike(self, lowest=3):
        channel = (self.shape[0], *[1] * (len(self.shape) - 1))
        threshold = self.rng.integers(8 * lowest, 8 * (lowest + 4), channel) / 8
        return self.add(neurons(threshold, self.rng.choice([0.5, 1, 2], channel), self.shape))

    def end(self):
        self.linear(CLASSES).spike()
        return self.add(nir.Output(np.array([CLASSES]))).nodes


S, A = nir.SumPool2d, nir.AvgPool2d
CHAINS = {
    "dilation": lambda g: g.conv(dilation=(2, 3), padding=(1, 2), stride=(2, 1)).spike().flat(),
    "groups": lambda g: g.conv(groups=2).spike().conv(groups=4, out=8).spike().flat(),
    "scale of weights": lambda g: g.conv().scale((4, 1, 1)).scale((1, 1, 1)).spike().flat().linear(5).scale().spike(),
    "scale of channels": lambda g: g.scale((2, 1, 1)).conv().spike().scale((1, 1, 1)).flat(),
    "scale of columns": lambda g: g.scale((1, 1, 8)).scale((1, 2, 1, 1)).flat().linear(6).scale((1, 6)).spike(),
    "scale of rows": lambda g: g.conv((2, 1), out=8).spike().scale((8, 1)).scale((1, 8)).flat(),
    "scale of pixels": lambda g: g.scale().flat().scale().linear(6).spike().scale(),
    "linear in a row": lambda g: g.flat().linear(7).linear(5).scale().linear(6).spike(16).scale(),
    "sum before a convolution": lambda g: g.pool(S).conv().spike().flat(),
    "sum of spikes": lambda g: g.conv(padding=(1, 1)).spike().pool(S, (2, 1), (2, 1)).conv(stride=(2, 2)).spike()
                               .flat(),
    "padding behind a sum": lambda g: g.pool(S, (3, 2), (3, 2)).conv((2, 2), padding=(1, 2), dilation=(2, 1)).spike()
                                       .flat(),
    "sums that overlap": lambda g: g.conv(padding=1).spike().pool(S, (3, 3), (2, 1)).conv().spike().flat(),
    "sums with a border": lambda g: g.pool(S, (3, 2), (2, 2), (1, 1)).conv(groups=2).spike().flat(),
    "sum before a row": lambda g: g.conv().spike().pool(S, (3, 2), (2, 2)).flat(),
    "averages": lambda g: g.conv().spike().pool(A, (2, 4), (2, 2)).conv((2, 1)).spike().pool(A, (1, 2), (1, 2)).flat(),
    "sums of one": lambda g: g.conv().spike().pool(S, (1, 1), (1, 1)).conv((2, 2)).spike().flat(),
    "sums side by side": lambda g: g.conv().spike().pool(S, (2, 3), (2, 3)).conv((2, 2), padding=1).spike(8).flat(),
    "averages side by side": lambda g: g.conv().spike(1).pool(A).scale((4, 1, 1)).conv((2, 1)).spike(1)
                                        .pool(A, (1, 2), (1, 2)).flat().scale().linear(5).spike(),
    "scale and sum": lambda g: g.scale((2, 1, 1)).pool(S).scale((2, 1, 1)).conv().spike().pool(S).scale().flat(),
}
SUMS = {"sum of spikes": [0], "averages": [1], "sums side by side": [0], "averages side by side": [0, 1],
        "scale and sum": [0]}  # layers that end in a sum pool; other pools are kernels


def imported(path, reached):
    """(FloatNetwork, ForeignLayers) of a file, as the command makes it."""
    layers = read_layers(read_graph(path)[0], (*SIDE, CHANNELS), reached, once=True)
    layers[-1] = with_one_threshold(layers[-1])
    made = [layer.float_layer() for layer in layers]
    return FloatNetwork(16, (*SIDE, CHANNELS), made, [f"c{n}" for n in range(CLASSES)]), layers


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("name", CHAINS)
def test_the_same_spikes_as_by_definition(tmp_path, name, reached):
    rng, moved = np.random.default_rng(len(name)), 0
    for _ in range(3):
        nodes = CHAINS[name](Graph(rng)).end()
        network, layers = imported(write(tmp_path / "g.nir", nodes), reached)
        assert not any(layer.rounded + layer.inexact() for layer in layers[:-1])
        assert [k for k, layer in enumerate(network.layers) if layer.often > 1] == SUMS.get(name, [])
        images = rng.integers(0, 256, (12, *SIDE, CHANNELS), dtype=np.uint8)
        expected = simulate(nodes, images, 16, reached)
        found = float_infer(network, images).spike_times
        for layer, times, right in zip(network.layers, found, expected.values(), strict=True):
            assert np.array_equal(times, of_layer(layer, right))
            moved += len(np.unique(right))
    assert moved > 40  # there was something to compare


def test_what_is_said(tmp_path):
    nodes = CHAINS["scale and sum"](Graph(np.random.default_rng(1))).end()
    layers = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (*SIDE, CHANNELS), True, once=True)
    assert layers[0].folded[:4] == ("channels last", "Scale node 'scale1'", "Scale node 'scale3'",
                                    "SumPool2d node 'sumpool2d2'")
    assert "bias in thresholds" in layers[0].folded
    assert "Scale node 'scale7'" in layers[1].folded and "SumPool2d node 'sumpool2d6'" not in layers[1].folded
    nodes = CHAINS["linear in a row"](Graph(np.random.default_rng(1))).end()
    layers = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (*SIDE, CHANNELS), True, once=True)
    assert "product with affine2" in layers[0].folded


def refused(tmp_path, nodes, sentence, once=True):
    with pytest.raises(UserError, match=sentence):
        read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (*SIDE, CHANNELS), True, once=once)


@pytest.mark.parametrize("chain, sentence", [
    (lambda g: g.pool(S, (2, 3), (2, 3)).conv(padding=(0, 1)),
     "Conv2d node 'conv2d2': its padding is of zeros where the pool before it leaves out neurons of the map of 9 x 8"),
    (lambda g: g.pool(S, (3, 4), (1, 4)).conv((2, 1), padding=(1, 0)), "its padding is of zeros where the pool"),
    (lambda g: g.pool(S, (10, 2), (2, 2)), "SumPool2d node 'sumpool2d1': a kernel of 10 x 2 is larger than the map"),
    (lambda g: g.pool(S).pool(S), "SumPool2d node 'sumpool2d2' must stand behind .* one pool a layer"),
    (lambda g: g.conv().pool(S), "SumPool2d node 'sumpool2d2' must stand behind the IF node of a convolution"),
    (lambda g: g.pool(S).spike(), "SumPool2d node 'sumpool2d1' must stand behind the IF node of a convolution"),
    (lambda g: g.conv().spike().pool(A).spike(), "AvgPool2d node 'avgpool2d3' has no weights behind it, before IF"),
    (lambda g: g.pool(A, padding=(1, 1)), "AvgPool2d node 'avgpool2d1': no graph says whether its padding counts"),
    (lambda g: g.scale().conv(), "Conv2d node 'conv2d2': a Scale before it differs between the places of a channel"),
    (lambda g: g.conv().scale(), "Scale node 'scale2' differs between the places of a channel, and a convolution"),
    (lambda g: g.scale().pool(S), "Scale node 'scale1' differs between the places of a channel, before SumPool2d"),
    (lambda g: g.scale((3,)), "Scale node 'scale1': scale is of 3 numbers, but what is before it gives 2 x 9 x 8$"),
    (lambda g: g.conv((2, 2), out=8).scale((8,)), "scale is of 8 numbers, but what is before it gives 8 x 8 x 7: one "
     "number for each channel has the shape 8 x 1 x 1$"),
    (lambda g: g.conv((2, 1)).scale((1, 1, 8)), "Scale node 'scale2' differs between the places of a channel, and a c"),
    (lambda g: g.scale((8,)), "scale is of 8 numbers, but what is before it gives 2 x 9 x 8$"),
    (lambda g: g.scale((8, 9, 2)), "scale is of 8 x 9 x 2 numbers, but what is before it gives 2 x 9 x 8$"),
    (lambda g: g.flat().scale((2, 9, 8)), "scale is of 2 x 9 x 8 numbers, but what is before it gives 144"),
    (lambda g: g.conv().conv(), "Conv2d node 'conv2d1' has no IF node behind it, before Conv2d node 'conv2d2'"),
    (lambda g: g.conv(), "Conv2d node 'conv2d1' has no IF node behind it, before Affine node 'affine3'"),
    (lambda g: g.add(nir.Conv2d(SIDE, np.ones((3, 1, 1, 1)), 1, 0, 1, 2, np.zeros(3)), (3, *SIDE)),
     "Conv2d node 'conv2d1': dilation 1 x 1 and 2 groups of 3 channels cannot be")])
def test_what_cannot_be_folded_is_refused(tmp_path, chain, sentence):
    refused(tmp_path, chain(Graph(np.random.default_rng(2))).flat().end(), sentence)


def test_a_scale_behind_the_last_neurons(tmp_path):
    nodes = Graph(np.random.default_rng(3)).flat().end()
    nodes = {name: node for name, node in nodes.items() if "output" not in name}
    nodes |= {"scale": nir.Scale(np.ones(CLASSES)), "output": nir.Output(np.array([CLASSES]))}
    refused(tmp_path, nodes, "Scale node 'scale' has no weights behind it, before Output node 'output'")


def biased(bias, threshold=2.0):
    return two_layers(np.random.default_rng(1)) | {
        "fc1": nir.Affine(np.ones((5, 12)), np.array([0, bias, 0, 0, 0])), "if1": neurons(threshold, shape=(5,))}


def test_biases_that_are_added_once(tmp_path):
    """A threshold of 2 less the bias; what reaches it would fire without input."""
    def read(bias, once=True):
        return read_layers(read_graph(write(tmp_path / "g.nir", biased(bias)))[0], (3, 4, 1), True, once=once)

    assert list(map(float, read(0.5)[0].thresholds)) == [2, 1.5, 2, 2, 2]
    assert list(map(float, read(-3)[0].thresholds)) == [2, 5, 2, 2, 2]
    assert [layer.biased for bias in (0.5, 0) for layer in read(bias)] == [True, False, False, False]
    assert read(0)[0].dropped == ("a bias of zeros",) and read(0.5)[0].folded == ("bias in thresholds",)
    with pytest.raises(UserError, match="Affine node 'fc1' has a bias, 0.5 for its output 1: .* train with bias=False, "
                                        "or choose --bias once if the framework adds it once, before the first step"):
        read(0.5, once=False)
    for bias in (2, 3):
        with pytest.raises(UserError, match=f"Affine node 'fc1': the bias {bias} of its output 1 reaches the "
                                            f"threshold, 2: that neuron would fire without input"):
            read(bias)


def test_a_last_layer_that_cannot_fire(tmp_path):
    """As for arrays."""
    for threshold, reached, found in ((37, True, False), (36, True, True), (36, False, False), (35.5, False, True)):
        nodes = {"i": nir.Input(np.array([12])), "fc": nir.Linear(np.full((3, 12), 3.0)), "if": neurons(threshold),
                 "o": nir.Output(np.array([3]))}
        layers = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (3, 4, 1), reached)
        if found:
            in_order_of_classes(layers, list("abc"), "abc")
        else:
            with pytest.raises(UserError, match="of layer 0: no neuron would ever fire, since no potential can rise"):
                in_order_of_classes(layers, list("abc"), "abc")


@pytest.mark.parametrize("shared", [1, 2, 0.5])
@pytest.mark.parametrize("turned", [1, -1])
def test_a_scale_of_the_last_neurons_is_in_their_weights(tmp_path, shared, turned):
    """Of a Scale node or r: the same network as of weights times it, and so the same classes in ties and silence."""
    matrix, scale = np.array([[2.0] * 5 + [0] * 3, [0.0] * 5 + [2] * 3]), shared * np.array([1, 1.5])
    found = []
    for middle in ({"fc": nir.Linear(matrix * scale[:, None]), "if": neurons(3, 1, (2,))},
                   {"fc": nir.Linear(turned * matrix), "s": nir.Scale(turned * scale), "if": neurons(3, 1, (2,))},
                   {"fc": nir.Linear(matrix), "if": neurons(3, scale, (2,))}):
        nodes = {"i": nir.Input(np.array([8])), **middle, "o": nir.Output(np.array([2]))}
        layers = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (2, 4, 1), True)
        found.append(in_order_of_classes(layers, "ba", "ab")[0])
        assert np.array_equal(found[-1].weights, found[0].weights) and found[-1].thresholds == (3, 3)
        assert not found[-1].rescaled()


def test_thresholds_behind_a_sum_pool(tmp_path):
    """An input may spike four times there, so that a potential may reach four times its weight."""
    one = nir.Conv2d((2, 2), np.ones((1, 1, 1, 1)), 1, 0, 1, 1, np.zeros(1))
    for threshold, found in ((4, True), (4.5, False)):
        nodes = {"i": nir.Input(np.array([1, 2, 2])), "conv": one, "if": neurons(1, 1, (1, 2, 2)),
                 "pool": S(*np.array([[2, 2], [2, 2], [0, 0]])), "f": nir.Flatten(np.array([1, 1, 1]), 0, -1),
                 "fc": nir.Linear(np.ones((2, 1))), "if2": neurons(threshold, 1, (2,)), "o": nir.Output(np.array([2]))}
        layers = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (2, 2, 1), True)
        if found:
            in_order_of_classes(layers, list("ab"), "ab")
        else:
            with pytest.raises(UserError, match="layer 1: no neuron would ever fire, .* no potential can rise above 4"):
                in_order_of_classes(layers, list("ab"), "ab")


def test_names_with_slashes(tmp_path):
    """HDF5 makes groups of them: one inside the other, and inside a node where that has the first part as its name."""
    nodes = two_layers(np.random.default_rng(1))
    plain = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (3, 4, 1), True)
    for names in (["input", "a/fc", "a/if", "a/b/fc", "a/b/if", "output"], ["x", "x/fc", "x/fc/if", "y", "y/y", "z"],
                  ["x", "nodes/fc", "nodes/if", "metadata/fc", "metadata/if", "type"]):
        path = write(tmp_path / "g.nir", dict(zip(names, nodes.values())))
        assert [node.name for node in read_graph(path)[0]] == names
        for mine, theirs in zip(read_layers(read_graph(path)[0], (3, 4, 1), True), plain, strict=True):
            assert np.array_equal(mine.weights, theirs.weights) and mine.thresholds == theirs.thresholds
    with h5py.File(path, "r+") as file:
        del file["node/nodes/nodes/fc/type"]
    with pytest.raises(UserError, match="node 'nodes/fc' does not say of what type it is"):
        read_graph(path)
