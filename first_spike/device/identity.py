"""Who a board is: what its registers say of the design that it holds."""

from dataclasses import dataclass

from first_spike.device.line import LineError
from first_spike.rtl_model.registers.addresses import REGISTERS

NO_NETWORK = "0" * 64  # the hash of a board into which none was loaded yet
LISTED_LAYERS = 8  # in WEIGHT_BITS


@dataclass(frozen=True)
class Identity:
    """What a board says of itself. version: (major, minor) of its registers; inputs: pixels of an image; classes;
    steps; pixels: in a beat; weight_bits: of each layer; loadable: weights can be loaded; banks: of them; weight_map:
    where they go; sha256: of its network, of the one that was loaded last where weights are loaded, NO_NETWORK
    before."""

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


def read_identity(link):
    """The Identity of the board at a Link. Raises LineError if it is no such accelerator."""
    magic, version = link.read("IDENTIFICATION", 2)
    if magic != REGISTERS["IDENTIFICATION"].fields["magic"].reset:
        raise LineError(f"what answers at {link.name} is no first-spike accelerator")
    major, minor = field("VERSION", "major", version), field("VERSION", "minor", version)
    if major != REGISTERS["VERSION"].fields["major"].reset:
        raise LineError(f"the board at {link.name} has registers of version {major}.{minor}, which this driver does "
                        f"not know")
    inputs, outputs, shape, capabilities, bits, weight_map = link.read("INPUTS", 6)
    loadable = bool(field("CAPABILITIES", "loadable", capabilities))
    sha256 = _hash(link, "NETWORK_HASH")
    if loadable:
        status = link.read("LOAD_STATUS")[0]
        holds = field("LOAD_STATUS", "loaded", status) >> field("LOAD_STATUS", "bank", status) & 1
        sha256 = _hash(link, "LOAD_HASH") if holds else NO_NETWORK
    layers = min(field("SHAPE", "layers", shape), LISTED_LAYERS)
    return Identity((major, minor), inputs, field("OUTPUTS", "classes", outputs), field("OUTPUTS", "steps", outputs),
                    field("SHAPE", "beat", shape), tuple((bits >> 4 * k & 15) + 1 for k in range(layers)), loadable,
                    field("CAPABILITIES", "banks", capabilities) + 1, weight_map, sha256)


def field(register, name, word):
    """A field of the word of a register."""
    return REGISTERS[register].fields[name].of(word)


def _hash(link, register):
    return "".join(f"{word:08x}" for word in link.read(register, 8))
