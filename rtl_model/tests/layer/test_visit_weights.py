"""The weights of a visit are there when it needs them, however long it waits."""

import numpy as np
import pytest
from myhdl import Signal

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.rtl_model.layer.visit_weights import HELD, visit_weights
from first_spike.rtl_model.parts.streams import MemoryWrite
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from tb.helpers.clocked import run, signals, vector
from tb.helpers.random_networks import worded_network

BEHIND = {1: 5, "row": 3}  # cycles from where a visit is issued to where its weights are added


@pytest.mark.parametrize("banks", [0, 1, 2])  # 0: constants
@pytest.mark.parametrize("taps", [1, "row"])
@pytest.mark.parametrize("channels", [1, 16])  # few weights, which lie in LUTs, and more
def test_weights_come_when_they_are_added(channels, taps, banks):
    rng = np.random.default_rng(1)
    network = worded_network(rng, "conv 3 3x3, dense 2", (5, 5, channels), (3, 3), 8)
    loaded = dict(weights="loadable", weight_banks=banks) if banks else {}
    design = Design(network, Configuration(pixels=1, taps=(taps, 1), **loaded))
    shape, contents = layer_shapes(design)[0], contents_of_layers(design)[0]
    assert shape.shallow == (channels == 1)
    lanes = shape.lanes * (shape.banks if shape.by_rows else 1)
    words = contents.words[0]
    ports = dict(**signals("clk", "advance", "reads"), address=vector(shape.address_bits),
                 weights=vector(lanes * shape.code_bits), place=vector(shape.place_bits) if shape.place_bits else None)

    if banks:
        write = MemoryWrite(2, max(shape.write_bits, shape.start_address_bits), banks)
        ports["s_write"] = shape.write_of_way(write, 0)
    if banks == 2:
        ports["bank"] = Signal(bool(1))

    def fill():
        """Each word, part by part; in the bank that is not in use, and in another memory, there is something else."""
        for part in range(len(words) * shape.write_parts):
            word, number = divmod(part, shape.write_parts)
            write.address.next = word << (shape.write_parts - 1).bit_length() | number
            write.data.next = words[word] >> 16 * number & 0xFFFF
            for select, bank in ((1, 1), (2, 1), (1, 0)):
                write.select.next = select
                if banks == 2:
                    write.bank.next = bank
                if select == 2 or (banks == 2 and not bank):
                    write.data.next = int(rng.integers(1 << 16))
                if banks == 2 or bank:
                    yield ports["clk"].negedge
        write.select.next = 0

    def stimulus():
        for event in fill() if banks else ():
            yield event
        ports["reads"].next = 1
        held, moved = [None] * HELD, [None] * (BEHIND[taps] - 1)
        for _ in range(200):
            row, advance = int(rng.integers(len(words))), bool(rng.random() < 0.7)
            ports["advance"].next = advance
            ports["address"].next = row >> shape.place_bits
            if shape.place_bits:
                ports["place"].next = row & (1 << shape.place_bits) - 1
            yield ports["clk"].negedge
            moved.append(held[0])
            if advance:
                held = [*held[1:], row]
            right = moved.pop(0)
            assert right is None or ports["weights"] == words[right]

    run(visit_weights, dict(**ports, shape=shape, contents=contents, lanes=lanes), stimulus())
