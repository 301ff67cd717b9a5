"""A second kind of layer, which exists here only: everything that knows layers by their facets takes it as it is."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.figures import count
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.quantization import grid
from first_spike.golden.quantization.grid import calibrate
from first_spike.golden.quantization.thresholds import retune
from first_spike.golden.schedule import layers as schedule
from first_spike.golden.schedule.cycles import latency, predict
from tb.helpers.random_networks import random_layer


@dataclass(frozen=True, eq=False)
class Comb:
    """Neuron j listens to inputs j, j + neurons, j + 2 * neurons ..., all of them with one weight."""

    teeth: int  # inputs of a neuron
    weights: np.ndarray  # [1, neurons]
    thresholds: np.ndarray
    weight_bits: int = 4

    kind: ClassVar[str] = "comb"
    takes: ClassVar[None] = None
    often: ClassVar[int] = 1
    positions: ClassVar[int] = 1

    @property
    def inputs(self):
        return self.teeth * self.neurons

    @property
    def neurons(self):
        return self.weights.shape[1]

    @property
    def map(self):
        return 1, 1, self.neurons

    @property
    def used_inputs(self):
        return self._matrix().any(axis=1)

    def hand_on(self, times):
        return times

    def validate(self):
        if self.teeth < 1:
            raise UserError(f"a comb needs a tooth, found {self.teeth}")
        self.dense().validate()

    def dense(self):
        return Layer(self._matrix(), self.thresholds, self.weight_bits)

    def _matrix(self):
        return np.tile(np.diag(self.weights[0]), (self.teeth, 1))

    def bounds(self):
        return self.dense().bounds()

    def arrays(self):
        return {"weights": self.weights, "thresholds": self.thresholds}

    def facts(self):
        return {"teeth": self.teeth}


class FloatComb(Comb):
    """The same in floats."""

    def dense(self):
        return FloatLayer(self._matrix(), self.thresholds)


def make(seed):
    """A Network of 12 pixels, a comb of 4 neurons with 3 teeth, and a dense layer."""
    rng = np.random.default_rng(seed)
    comb = Comb(3, rng.integers(1, 8, (1, 4)).astype(np.int8), rng.integers(1, 12, 4).astype(np.int32))
    return Network(16, (3, 4), (comb, random_layer(rng, 4, 3, 4, shared=True)), ("a", "b", "c"), "toy")


def dense_twin(network):
    return replace(network, layers=[layer.dense() for layer in network.layers])


def images(seed):
    return np.random.default_rng(seed).integers(0, 256, (40, 3, 4)).astype(np.uint8)


def test_layers_chain_by_inputs_and_neurons():
    network = make(1)
    assert network.sizes == (4, 3) and network.inputs == 12
    assert network.used_inputs.tolist() == [True] * 12
    with pytest.raises(UserError, match="layer 0 takes 16 inputs, but an image of 3 x 4 pixels gives 12"):
        replace(network, layers=(replace(network.layers[0], teeth=4), network.layers[1]))
    with pytest.raises(UserError, match="layer 1 takes 12 inputs, but layer 0 gives 4"):
        replace(network, layers=(network.layers[0], network.layers[0]))
    deep = random_layer(np.random.default_rng(2), 12, 12, 4, shared=False)
    assert replace(network, layers=(deep, *network.layers)).sizes == (12, 4, 3)


def test_a_layer_is_validated_by_its_kind():
    network = make(1)
    with pytest.raises(UserError, match="layer 0: a comb needs a tooth, found 0"):
        replace(network, layers=(replace(network.layers[0], teeth=0), network.layers[1]))
    last = replace(network.layers[0], thresholds=np.array([3, 3, 4, 3], np.int32))
    with pytest.raises(UserError, match="neuron 0 has 3 and neuron 2 has 4"):
        replace(network, layers=(last,), classes=("a", "b", "c", "d"))


def test_hash_and_equality_see_arrays_and_facts():
    network = make(1)
    comb, output = network.layers
    same = replace(network, layers=(replace(comb), output))
    assert same == network and same.sha256 == network.sha256
    others = [replace(comb, weights=comb.weights % 7 + 1), replace(comb, thresholds=comb.thresholds + 1),
              replace(comb, weight_bits=5), comb.dense()]
    found = [replace(network, layers=(other, output)) for other in others]
    found.append(replace(network, image_shape=(2, 4), layers=(replace(comb, teeth=2), output)))
    assert len({network.sha256, *(other.sha256 for other in found)}) == 1 + len(found)
    assert network not in found


def test_a_fact_alone_makes_another_network():
    """Two kinds with the same arrays in the same places differ by what their headers say."""
    one, two = make(1), make(1)
    object.__setattr__(two.layers[0], "teeth", 4)
    assert one.sha256 != two.sha256


def test_no_file_is_written_that_could_not_be_read(tmp_path):
    with pytest.raises(UserError, match="layer 0 is of kind 'comb', which no file can hold"):
        make(1).save(tmp_path / "network.npz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(5))
def test_inference_is_that_of_the_dense_layer(seed):
    network, pictures = make(seed), images(seed)
    twin = dense_twin(network)
    ours, theirs = infer(network, pictures), infer(twin, pictures)
    assert all(np.array_equal(a, b) for a, b in zip(ours.spike_times, theirs.spike_times))
    assert np.array_equal(ours.classes, theirs.classes) and np.array_equal(ours.decision_time, theirs.decision_time)
    assert any((times < 16).any() for times in ours.spike_times[:-1])
    assert count(network, pictures, None, ours) == count(twin, pictures, None, theirs)


@pytest.mark.thorough
def test_cycles_need_an_entry_in_one_table(monkeypatch):
    network, pictures, configuration = make(3), images(3), Configuration(lanes=(2,), pixels=4)
    result = infer(network, pictures)
    with pytest.raises(UserError, match="layer 0 is of the kind comb, for which there is no hardware yet"):
        predict(Design(network, configuration), pictures, result)
    monkeypatch.setitem(schedule.WORK, "comb", schedule.dense_work)
    for predicted in (lambda *given: predict(*given).valid, latency):
        found, expected = (predicted(Design(made, configuration), pictures, result) for made in (network,
                                                                                                 dense_twin(network)))
        assert found.tolist() == expected.tolist() and found[0] > 0


@pytest.mark.thorough
def test_quantization_needs_an_entry_in_one_table(monkeypatch):
    """A comb becomes a comb, with the levels and thresholds that lose least of what it does."""
    rng = np.random.default_rng(4)
    comb = FloatComb(3, rng.uniform(0.1, 1, (1, 4)).astype(np.float32), np.ones(4, np.float32))
    output = FloatLayer(rng.normal(0, 1, (4, 3)).astype(np.float32), np.ones(3, np.float32))
    network, pictures = FloatNetwork(16, (3, 4), (comb, output), ("a", "b", "c")), images(4)
    labels = float_infer(network, pictures).classes
    monkeypatch.setitem(grid.LAYERS, "comb", lambda layer, weights, thresholds, bits: Comb(
        layer.teeth, weights, thresholds, bits))
    layers = retune(calibrate(network, (8, 8), pictures, labels), 16, pictures, labels, 1.0)
    made = grid.integer_network(network, layers, "few bits")
    assert [layer.kind for layer in made.layers] == ["comb", "dense"]
    assert np.mean(infer(made, pictures).classes == labels) > 0.9
