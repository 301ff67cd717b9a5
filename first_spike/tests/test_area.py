"""The area model: memories as yosys maps them, tables of constants, the fit, and what it is held to."""

import numpy as np
import pytest

from first_spike.command.places import NETWORKS
from first_spike.exploration import area, area_check
from first_spike.exploration.area import design_parts, estimate_area
from first_spike.exploration.area_check import judge, random_designs
from first_spike.exploration.coefficients import COEFFICIENTS
from first_spike.exploration.memories import BLOCK, DISTRIBUTED, LOGIC, SHADOWED, Mapping, Memory, mapped, tables
from first_spike.exploration.parts import Part, part, table_luts
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.rtl_model.parts.target import HexFiles
from first_spike.rtl_model.shape.kinds import KINDS, layer_shapes
from tb.helpers.random_networks import worded_network


@pytest.mark.parametrize("memory, mapping", [  # all of them as yosys 0.52 says, told to `debug memory_libmap`
    (Memory(16, 14, charges=SHADOWED), Mapping(DISTRIBUTED, 4, 1)),
    (Memory(2, 12, charges=SHADOWED), Mapping(DISTRIBUTED, 3, 1)),   # 20 for 24 bits
    (Memory(2, 10, charges=SHADOWED), Mapping(LOGIC)),               # 20 for 20 bits
    (Memory(128, 9), Mapping(BLOCK, 1, 1)),                          # 130 instead of 133.5
    (Memory(32, 20), Mapping(DISTRIBUTED, 10, 2)),
    (Memory(64, 16, charges=SHADOWED), Mapping(DISTRIBUTED, 16, 4)),
    (Memory(32, 60, constant=True), Mapping(LOGIC)),                 # 16 of its bits are a LUT
    (Memory(64, 0, BLOCK, constant=True), Mapping(LOGIC)),
    (Memory(12600, 8, BLOCK, constant=True), Mapping(BLOCK, 6, 13)),
    (Memory(23, 6, DISTRIBUTED), Mapping(DISTRIBUTED, 4, 2)),
    (Memory(64, 577, DISTRIBUTED), Mapping(DISTRIBUTED, 580, 4)),
    (Memory(784, 512, BLOCK, constant=True), Mapping(BLOCK, 29, 1))])
def test_memories_are_mapped_as_yosys_does(memory, mapping):
    assert mapped(memory) == mapping


def test_bits_that_never_change_take_no_memory():
    words = (0b101100, 0b001100, 0b101000)
    assert [memory.bits for memory in tables(HexFiles("", words, (3, 3)))] == [1, 1]


@pytest.mark.parametrize("words, bits, luts", [
    ((0, 1, 1, 0), 1, 1), ((0, 1, 0, 1), 1, 0), ((3, 3), 2, 0),
    ((1, 2, 3, 3, 0, 0, 1, 2), 2, 2),
    ((0, 0, 1) * 8, 1, 2),               # 24 words: five bits of their number
    ((0, 3, 3, 0), 2, 1),                # two bits that are alike
    ((1, 1, 0, 1, 1, 1, 0, 1), 1, 1),    # the upper half is the lower one
    ((0, 1, 1), 1, 1)])
def test_luts_of_a_table_by_hand(words, bits, luts):
    assert table_luts(words, bits) == luts


def test_the_fit_finds_what_made_the_luts(tmp_path, monkeypatch):
    """Rates of two amounts, and none below zero."""
    rng, designs = np.random.default_rng(1), []
    for _ in range(20):
        lanes, inputs = map(int, rng.integers(1, 50, 2))
        made = part("dense", [], {"one": 1, "lane": lanes, "input": inputs})
        modules = {"layer0_lane": {"lut": 7 * lanes, "carry": 0}, "layer0_if_layer": {"lut": 1, "carry": 2},
                   "layer0_serializer_queue": {"lut": 99, "carry": 0}, "head_table": {"lut": 3, "carry": 0}}
        designs.append(([("layer0", made), ("layer0_serializer", Part("serializer", [], {"one": 1})),
                         ("", Part("heads", [], {"one": 1}))],
                        {"modules": modules, "total": {"logic": 7 * lanes + 107}}))
    coefficients, errors = area_check.fit(designs)
    assert coefficients == {"dense": {"lane": 7.0, "one": 5.0}, "heads": {"one": 3.0}, "serializer": {"one": 99.0}}
    assert errors == {"dense": 0.0, "heads": 0.0, "serializer": 0.0}
    monkeypatch.setattr(area_check, "FILE", tmp_path / "made.py")
    area_check.write(coefficients, errors)
    found = {}
    exec((tmp_path / "made.py").read_text(), found)
    assert (found["COEFFICIENTS"], found["ERRORS"]) == (coefficients, errors)


def test_every_amount_has_a_rate():
    """But for those that the fit found to be without LUTs: every block that a design may have was fitted."""
    for _, design, top in random_designs(5, 8):
        blocks = {made.block for _, made in design_parts(design, top)}
        assert blocks <= COEFFICIENTS.keys()
        assert estimate_area(design, top)["lut_error"] > 0


def test_random_designs_are_as_yosys_makes_them():
    """The first eight of `scripts/check_area.py`, one of each kind: LUT4 and block RAMs by yosys 0.52."""
    measured = [(5615, 8), (2583, 7), (5489, 8), (5969, 12), (10211, 12), (1417, 6), (2837, 20), (3846, 13)]
    for (name, design, top), (luts, blocks) in zip(random_designs(2, 8), measured, strict=True):
        area = estimate_area(design, top)
        assert area["bram"] == blocks, name
        assert abs(area["lut"] - luts) <= area["lut_error"], name


def row(lut, bram, error=10, model=100):
    return "a", "8-2", "accelerator", {"lut": model, "lut_error": error, "bram": 2}, {"logic": lut, "bram": bram}


@pytest.mark.parametrize("side, words", [(10, 64), (11, 128)])
def test_potentials_of_a_small_map_need_no_block_ram(side, words):
    """Of a block RAM a bank; a map of more words keeps them."""
    network = worded_network(np.random.default_rng(1), "conv 4 5x5, dense 2", (side + 4, side + 4), (4, 4), 16)
    found = {}
    for memory in ("block", "distributed"):
        design = Design(network, taps=("row", 1), potential_memory=memory)
        shape = layer_shapes(design)[0]
        found[memory] = estimate_area(design)
    assert shape.potential_words == words
    assert 30 < shape.lanes * shape.potential_bits < 36
    saved = shape.banks if words == 64 else 0
    assert found["block"]["bram"] - found["distributed"]["bram"] == saved
    assert (found["block"]["lut"] < found["distributed"]["lut"]) == (saved > 0)


def test_what_the_model_is_held_to():
    assert judge(14 * [row(96, 2)] + [row(89, 2)]) == (
        [], "15 designs: LUTs 4.2% off in the median, 12.4% at worst, 14 inside what the model states; block RAMs "
            "equal in all")
    wrong, _ = judge(13 * [row(94, 2)] + 2 * [row(89, 3)])
    assert wrong == ["the median error of LUTs is 6.4%, more than 5%",
                     "2 designs are outside of what the model states, more than 1", "block RAMs differ in 2 designs"]


@pytest.mark.parametrize("name, configuration, brams", [
    # 512 bits of weights 784 deep: 18 bits a block, 29; successors of 64 bits 256 deep: 2; the first step: 1
    ("mnist_784_128_10_4bit", Configuration(), 32),
    # 128 bits 3,136 deep, 4 bits a block: 32
    ("mnist_784_128_10_4bit", Configuration(lanes=(32,)), 35),
    # 1,600 bits: 89; 40 bits of each way of the second layer, 100 deep, take two
    ("mnist_784_400_10_4bit", Configuration(), 100),
    # 512 bits 784 deep in arrays of 16 bits: 32, the mask 1; in two banks 1,808 deep in arrays of 8 bits: 64
    ("mnist_784_128_10_4bit", Configuration(weights="loadable"), 36),
    ("mnist_784_128_10_4bit", Configuration(weights="loadable", weight_banks=2), 67),
    # 100 lanes of 4,096 deep 4 bits, 2 for each of four ways, 2 of successors, 1 of the first step
    ("mnist_784_400_10_4bit", Configuration(lanes=(100,)), 111)])
def test_block_rams_by_hand(name, configuration, brams):
    assert estimate_area(Design(Network.load(NETWORKS / f"{name}.npz"), configuration))["bram"] == brams


def test_area_of_a_layer_is_its_kinds(monkeypatch):
    class Costly(Layer):
        kind = "costly"

    monkeypatch.setitem(KINDS, "costly", KINDS["dense"])
    monkeypatch.setitem(area.LAYERS, "costly", lambda shape, *_: {"": Part("dense", 7 * [Memory(512, 36, BLOCK)], {})})
    layers = [Layer(np.ones(shape, np.int8), np.ones(shape[1], np.int32), 4) for shape in ((6, 5), (5, 2))]
    plain = estimate_area(Design(Network(16, (2, 3), layers, ("a", "b")), Configuration()))
    layers[1] = Costly(layers[1].weights, layers[1].thresholds, 4)
    costly = estimate_area(Design(Network(16, (2, 3), layers, ("a", "b")), Configuration()))
    assert costly["bram"] - plain["bram"] == 7 and costly["lut"] < plain["lut"]
