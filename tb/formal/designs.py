"""The designs that claims are about: blocks by themselves, and whole accelerators of a small network.

What a claim is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from myhdl import Signal, intbv

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.encoder.beat_splitter import beat_splitter
from first_spike.rtl_model.encoder.first_step_way import first_step_queue
from first_spike.rtl_model.layer.candidate_queue import candidate_queue
from first_spike.rtl_model.layer.if_lane import if_lane
from first_spike.rtl_model.layer.if_layer_map import if_layer_map
from first_spike.rtl_model.parts.queue import queue
from first_spike.rtl_model.parts.streams import (
    AxiLite,
    AxiStream,
    BankSelect,
    FireStream,
    LoadStream,
    SpikeStream,
    bits_for,
)
from first_spike.rtl_model.readout.frame_tag import frame_tag
from first_spike.rtl_model.readout.result_sender import result_sender
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS, LoadCommand, LoadState
from first_spike.rtl_model.registers.loader import loader
from first_spike.rtl_model.registers.pixel_writer import pixel_writer
from first_spike.rtl_model.serial.bridge import bridge
from first_spike.rtl_model.serial.bundles import LENGTH_BITS, ByteStream, ReceivedBytes, Reply, Request
from first_spike.rtl_model.serial.frame_receiver import frame_receiver
from first_spike.rtl_model.serial.frame_sender import frame_sender
from first_spike.rtl_model.serial.serial_bridge import serial_bridge
from first_spike.rtl_model.serial.uart import uart_rx
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from first_spike.rtl_model.shape.placement import layer_feeds
from tb.scenarios.small_designs import write_block

UNBOUNDED = 0
REACH = 80  # cycles within which what a claim speaks of can happen, and a fault shows


@dataclass(frozen=True)
class Claim:
    """A sentence about a design, with all that its proof needs. Files of Verilog are those in properties/.

    name; text: what holds, in a sentence; sizes, in words; write(folder): makes the design.
    property: the file with the module `proof`; defines: {macro: number} for it; rules: files with other modules that it
    uses; inside: {how the names of modules end: the file with what is claimed inside them, in which a parameter of the
    module stands in capitals}; instead: {module: the file that takes its place}.
    cycles: how deep it is proved from reset on, UNBOUNDED for all times; induction: over so many cycles, by z3, where
    abc finds no proof for all times; reach: as REACH; deep: takes long, and is proved where it is asked for.
    faults: (file, code, what replaces it) for each fault, with which the proof has to fail.
    """

    name: str
    text: str
    sizes: str
    write: Callable
    property: str
    cycles: int
    faults: list
    defines: dict = field(default_factory=dict)
    rules: tuple = ()
    inside: dict = field(default_factory=dict)
    instead: dict = field(default_factory=dict)
    induction: int = 0
    reach: int = REACH
    deep: bool = False

    @property
    def modules(self):
        """The names of the modules that its faults stand in."""
        return sorted({Path(file).stem for file, _, _ in self.faults})


SMALL = "2 x 2 pixels, 3 hidden, 2 classes, T = 4"
TINY = "1 x 2 pixels, 2 hidden, 2 classes, T = 2"
THRESHOLD = 1


def bits(count):
    return Signal(intbv(0)[count:])


def bit():
    return Signal(bool(0))


def block(make, **parameters):
    """write(folder) for the block that `make(**parameters)` gives with its arguments."""
    return partial(_write_block, make, parameters)


def _write_block(make, parameters, folder):
    folder.mkdir(parents=True)
    write_block(folder, make, parameters)


def make_queue(depth, width):
    return queue, dict(clk=bit(), clear=bit(), push=bit(), entry=bits(width), pop=bit(), head=bits(width), filled=bit(),
                       depth=depth, margin=0)


def make_first_step_queue(depth, width):
    return first_step_queue, dict(clk=bit(), rst=bit(), push=bit(), entry=bits(width), take=bit(), head=bits(width),
                                  filled=bit(), depth=depth)


def make_lane(ways, code_bits, potential_bits):
    return if_lane, dict(clk=bit(), clear=bit(), test=bit(), weights=bits(ways * code_bits), start=bits(potential_bits),
                         fires=bit(), ways=ways, code_bits=code_bits, potential_bits=potential_bits)


def make_sender(class_bits):
    return result_sender, dict(clk=bit(), rst=bit(), m_axis=AxiStream(32), push=bit(), entry=bits(class_bits + 12),
                               decided=bit(), space=bit(), class_bits=class_bits)


def make_tag():
    names = ("clk", "rst", "frame_valid", "frame_ready", "frame_last", "result_valid", "result_ready")
    return frame_tag, dict({name: bit() for name in names}, tag=bits(2), result_tag=bits(2))


def make_splitter(parts, beats):
    return beat_splitter, dict(clk=bit(), rst=bit(), s_axis=AxiStream(8 * parts, True, 2), m_axis=AxiStream(8, True, 2),
                               beats=beats)


def make_loader(words, banks):
    return loader, dict(clk=bit(), rst=bit(), s_command=LoadCommand(), m_state=LoadState(), m_load=LoadStream(),
                        m_bank=BankSelect(), busy=bit(), words=words, banks=banks, weight_map=0x60C31A25)


def make_pixel_writer(inputs, pixels):
    return pixel_writer, dict(clk=bit(), rst=bit(), push=bit(), word=bits(32), room=bit(), m_axis=AxiStream(8 * pixels),
                              inputs=inputs, pixels=pixels)


def make_bridge():
    return bridge, dict(clk=bit(), rst=bit(), s_request=Request(), m_reply=Reply(), m_axil=AxiLite(ADDRESS_BITS),
                        write=bit(), write_address=bits(LENGTH_BITS), write_word=bits(32),
                        read_address=bits(LENGTH_BITS), read_word=bits(32), sending=bit())


def make_receiver():
    return frame_receiver, dict(clk=bit(), rst=bit(), s_byte=ReceivedBytes(), m_request=Request(), write=bit(),
                                write_address=bits(LENGTH_BITS), write_word=bits(32))


def make_frame_sender():
    return frame_sender, dict(clk=bit(), rst=bit(), s_reply=Reply(), m_byte=ByteStream(),
                              read_address=bits(LENGTH_BITS), read_word=bits(32))


def make_uart(cycles_per_bit):
    return uart_rx, dict(clk=bit(), rst=bit(), rx=bit(), m_byte=ReceivedBytes(), cycles_per_bit=cycles_per_bit)


def make_serial_bridge():
    return serial_bridge, dict(clk=bit(), rst=bit(), rx=bit(), tx=bit(), m_axil=AxiLite(ADDRESS_BITS),
                               cycles_per_bit=4)


def make_candidates(words):
    width = bits_for(words)
    return candidate_queue, dict(clk=bit(), clear=bit(), push=bit(), word=bits(width), pop=bit(), head=bits(width),
                                 filled=bit(), idle=bit(), depth=words, prefix="candidates")


def make_convolution():
    """3 x 3 pixels, a kernel of 2 x 2, windows of 1 x 2: a map of 2 x 2 words; weights of 2 bits, one threshold."""
    geometry = Geometry((3, 3, 1), (2, 2), pool=(1, 2))
    layers = [ConvolutionLayer(np.array([[1], [1], [1], [-1]], np.int8), np.array([1], np.int32), 2, geometry),
              Layer(np.ones((2, 2), np.int8), np.array([1, 1], np.int32), 2)]
    design = Design(Network(4, (3, 3), layers, ["a", "b"], "made by hand"), Configuration((1, 2), 1))
    shape, contents, feed = (every(design)[0] for every in (layer_shapes, contents_of_layers, layer_feeds))
    return if_layer_map, dict(clk=bit(), rst=bit(), clear=bit(), s_spike=SpikeStream(1, feed.row_bits, 2),
                              m_fire=FireStream(1, shape.folds, 2), hold=bit(), shape=shape, contents=contents)


def small_network():
    """2 x 2 pixels, 3 hidden neurons, 2 classes, T = 4: a quarter of its images is silent, and a fifth ties."""
    return two_layers(4, (2, 2), [[2, 3, -2], [-2, -2, -2], [-1, 1, 3], [2, -1, -2]], [[2, 1], [0, 3], [2, 1]])


def tiny_network():
    """1 x 2 pixels, 2 hidden neurons, 2 classes, T = 2, as lively."""
    return two_layers(2, (1, 2), [[3, 3], [0, -2]], [[3, 3], [-2, 0]])


def two_layers(steps, shape, *weights):
    """A Network of the weights of its two layers, 3 bits, all thresholds THRESHOLD."""
    layers = [Layer(np.array(layer, np.int8), np.full(len(layer[0]), THRESHOLD, np.int32), 3) for layer in weights]
    return Network(steps, shape, layers, ["a", "b"], "made by hand")


def _write_design(network, top, configuration, folder):
    folder.parent.mkdir(parents=True, exist_ok=True)
    generate(Design(network(), configuration), folder, top=top)


def small_loadable(top, banks):
    """write(folder) for the small network with loaded weights."""
    return partial(_write_design, small_network, top, Configuration((), 2, 1, 1, weights="loadable",
                                                                    weight_banks=banks))


def small(top):
    """write(folder) for the small network with constants."""
    return partial(_write_design, small_network, top, Configuration((), 2, 1, 1))


def tiny(pixels):
    """write(folder) for the tiny network, so many pixels a beat."""
    return partial(_write_design, tiny_network, "accelerator", Configuration((), pixels, 1, 1))
