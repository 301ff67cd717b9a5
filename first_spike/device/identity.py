"""Who a board is: what its registers say of the design that it holds.

A design whose weights are loaded, as the host knows it: which words a network is for it.

A network as bytes that the driver in C loads.
"""

import zlib
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from first_spike.device.line import LineError
from first_spike.golden.contract.base_network import EVENTS, MAX_CLASSES
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import BAD_BIT
from first_spike.golden.contract.processor import ALL, DENSE, Processor
from first_spike.golden.data.dataset import STEPS
from first_spike.golden.errors import UserError
from first_spike.rtl_model.delivery.manifest import describe
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.constants import LIMITS, PROCESSOR, constant_words
from first_spike.rtl_model.shape.frames import NO_INPUT
from first_spike.rtl_model.shape.load_map import fits, load_words, weight_map
from first_spike.rtl_model.shape.processor_load import load_words as processor_words

NO_NETWORK = "0" * 64  # the hash of a board into which none was loaded yet
LISTED_LAYERS = 8  # in WEIGHT_BITS
MOST_INPUTS = 1 << 30  # of an image: as many numbers as a network's file may hold
BEATS = (0, 1, 2, 4, 8, 16)  # pixels in a beat


@dataclass(frozen=True)
class Identity:
    """What a board says of itself. version: (major, minor) of its registers; inputs: pixels of an image; classes;
    steps; pixels: in a beat, 0 where events come; weight_bits: of each layer; loadable: weights can be loaded; banks:
    of them; weight_map: where they go; sha256: of its network, of the one that was loaded last where weights are
    loaded, NO_NETWORK before; limits: of a processor the Processor, as far as they count for a network: inputs, classes
    and steps are then the most there may be, and weight_bits are none."""

    version: tuple
    inputs: int
    classes: int
    steps: int
    pixels: int
    weight_bits: tuple
    loadable: bool
    banks: int
    weight_map: int
    sha256: str
    limits: Processor | None = None

    def require_network(self, name):
        """Raise UserError if none is loaded into the board of this name, and one has to be."""
        if self.loadable and self.sha256 == NO_NETWORK:
            raise UserError(f"no network is loaded into the board at {name}: load one")

    def is_believable(self, word):
        """Whether a result can be one of an image. That of a recording may be bad, an image is whole."""
        bad = word >> BAD_BIT and self.pixels
        return not bad and word & 0xFFFF < self.classes


def read_identity(link):
    """Return the Identity of the board at a Link. Raises LineError if it is no such accelerator, or names numbers that
    no design has."""
    magic, version = link.read("IDENTIFICATION", 2)
    if magic not in (REGISTERS["IDENTIFICATION"].fields["magic"].reset, PROCESSOR):
        raise LineError(f"what answers at {link.name} is no first-spike accelerator")
    major, minor = field("VERSION", "major", version), field("VERSION", "minor", version)
    if major != REGISTERS["VERSION"].fields["major"].reset:
        raise LineError(f"the board at {link.name} has registers of version {major}.{minor}, which this driver does "
                        f"not know")
    inputs, outputs, shape, capabilities, bits, weight_map = link.read("INPUTS", 6)
    loadable = bool(field("CAPABILITIES", "loadable", capabilities))
    classes, steps = field("OUTPUTS", "classes", outputs), field("OUTPUTS", "steps", outputs)
    beat, layers = field("SHAPE", "beat", shape), field("SHAPE", "layers", shape)
    sha256, limits, listed = NO_NETWORK, None, min(layers, LISTED_LAYERS)
    if magic == PROCESSOR:
        own = {name: link.read(name)[0] for name in REGISTERS if name.startswith(LIMITS)}
        try:
            limits = Processor(inputs=inputs, steps=steps, neurons=classes, layers=layers, pixels=beat,
                            kinds=ALL if field("CAPABILITIES", "maps", capabilities) else DENSE,
                            weight_banks=field("CAPABILITIES", "banks", capabilities) + 1, **{
                                name.removeprefix(LIMITS).lower(): most for name, most in own.items()})
        except UserError as error:
            raise _impossible(link, str(error)) from error
        listed = 0
    else:
        weight_bits = [(bits >> 4 * k & 15) + 1 for k in range(listed)]
        _require_possible(link, inputs, classes, steps, beat, layers, weight_bits)
        sha256 = _hash(link, "NETWORK_HASH")
    if loadable:
        status = link.read("LOAD_STATUS")[0]
        holds = field("LOAD_STATUS", "loaded", status) >> field("LOAD_STATUS", "bank", status) & 1
        sha256 = _hash(link, "LOAD_HASH") if holds else NO_NETWORK
    return Identity((major, minor), inputs, classes, steps, beat,
                    tuple((bits >> 4 * k & 15) + 1 for k in range(listed)), loadable,
                    field("CAPABILITIES", "banks", capabilities) + 1, weight_map, sha256, limits)


def _require_possible(link, inputs, classes, steps, beat, layers, weight_bits):
    """Raise LineError unless a design of one network can have these numbers."""
    facts = (("pixels in a beat", beat, BEATS), ("inputs", inputs, range(1, (MOST_INPUTS if beat else NO_INPUT) + 1)),
             ("classes", classes, range(1, MAX_CLASSES)), ("steps", steps, STEPS), ("layers", layers, range(1, 256)),
             *((f"bits in a weight of layer {number}", bits, range(1, 9)) for number, bits in enumerate(weight_bits)))
    for what, value, values in facts:
        if value not in values:
            raise _impossible(link, f"{value:,} {what} (possible are {_shown(values)})")


def _shown(values):
    return f"{values[0]:,} to {values[-1]:,}" if isinstance(values, range) else ", ".join(map(str, values))


def _impossible(link, what):
    """The LineError of numbers that no design has."""
    return LineError(f"the registers at {link.name} name numbers that no accelerator has: {what}; check the bitstream, "
                     f"and at which address its registers are")


def field(register, name, word):
    """A field of the word of a register."""
    return REGISTERS[register].fields[name].of(word)


def _hash(link, register):
    return "".join(f"{word:08x}" for word in link.read(register, 8))


class Load(NamedTuple):
    """A network as it is loaded. pairs: uint32 [n], two words each; count: of words; weight_map: of the design that
    they are for; sha256: of the network."""

    pairs: np.ndarray
    count: int
    weight_map: int
    sha256: str

    @property
    def code(self):
        """What the commit wants."""
        return zlib.crc32(self.pairs.tobytes()) ^ self.weight_map


class ProcessorLoad(Load):
    """The same for a processor, whose load has its own CRC."""

    @property
    def code(self):
        """What the commit wants: the CRC of what follows on magic number, identity and count."""
        return zlib.crc32(self.pairs[HEAD_WORDS:].tobytes())


HEAD_WORDS = 3


def processor_load(network, limits):
    """The ProcessorLoad of a Network for a Processor. Raises UserError, naming the limit and by how
    much it is exceeded, where it does not fit."""
    words = processor_words(network, limits)[:-1]
    return ProcessorLoad(words, len(words), limits.identity, network.sha256)


class LoadableDesign:
    """A Design with loadable weights. Raises UserError where it cannot be made."""

    def __init__(self, design):
        if not design.configuration.is_loadable:
            raise UserError("nothing can be loaded into constants: choose --weights loadable")
        self.weight_map = weight_map(design)
        self._described = describe(design)
        self._design = design

    def load_of(self, network):
        """The Load of a network; UserError, in a sentence with numbers, where it does not fit into the design."""
        misfit = fits(network, self._described)
        if misfit:
            raise UserError(f"the network cannot be loaded: {misfit}")
        # the margin moves nothing, and this network may need some of it
        words = load_words(Design(network, replace(self._design.configuration, potential_margin=0)))
        pairs = np.concatenate([words, np.zeros(len(words) % 2, np.uint16)]).astype("<u2").view("<u4")
        return Load(pairs, len(words), self.weight_map, network.sha256)


SHAPE = ("INPUTS", "OUTPUTS", "SHAPE", "WEIGHT_BITS")  # registers by which a design is known


def network_image(network, made_with):
    """The bytes of a `first_spike_network_t` (rtl_model/registers/first_spike_driver.h) of a network, for the Design
    `made_with`. Raises UserError where it does not fit into that."""
    load = LoadableDesign(made_with).load_of(network)
    constants = constant_words(made_with.of(network), made_with.configuration.weight_banks)
    head = [*(constants[REGISTERS[name].index] for name in SHAPE),
            *(constants[index] for index in REGISTERS["NETWORK_HASH"].indices), load.count, load.code]
    return np.array(head, "<u4").tobytes() + load.pairs.tobytes()


def processor_image(network, limits):
    """The same for Processors like this. Raises UserError, naming the limit and by how much it is exceeded, where
    it does not fit."""
    load = processor_load(network, limits)
    beat = 0 if network.takes == EVENTS else limits.pixels
    head = [network.inputs, len(network.classes) | network.steps << REGISTERS["OUTPUTS"].fields["steps"].low,
            beat | len(network.layers) << REGISTERS["SHAPE"].fields["layers"].low, limits.identity,
            *(int(load.sha256[k:k + 8], 16) for k in range(0, 64, 8)), 2 * load.count, load.code]
    return np.array(head, "<u4").tobytes() + load.pairs.astype("<u4").tobytes()
