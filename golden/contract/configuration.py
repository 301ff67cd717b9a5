"""What a user chooses about the hardware of a network."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from first_spike.golden.contract.geometry import by
from first_spike.golden.errors import UserError

PIXELS = (1, 2, 4, 8, 16)
SPIKES_PER_CYCLE = (1, 2, 4)
EVENTS_PER_CYCLE = (1, 2)
WEIGHTS = ("constants", "loaded")
WEIGHT_BANKS = (1, 2)
WEIGHT_MEMORIES = ("block", "spram")
MOST_MARGIN = 8
ROW = "row"
TAPS = (1, ROW)


def require_choice(name, value, allowed):
    """Raise UserError unless `value` is one of `allowed`."""
    if isinstance(value, bool) or value not in allowed:
        choices = ", ".join(map(str, allowed[:-1])) + f" or {allowed[-1]}"
        raise UserError(f"{name} must be {choices}, found {value!r}")


def has_row(layer):
    """Whether a spike reaches several columns of positions of a layer at once."""
    return layer.positions > 1 and layer.kind == "convolution" and layer.geometry.kernel[1] > layer.geometry.stride[1]


def _for_layers(value):
    """Several values as a tuple, and one as a tuple of it."""
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else (value,)


@dataclass(frozen=True)
class Configuration:
    """Parallelism of an accelerator.

    lanes: neurons of a layer that are worked on at a time: one number for every layer, capped at its neurons (the
        largest layer has that many); or a tuple of one for each layer; or (), for a lane to each neuron.
    pixels: in a beat of the input stream, 1, 2, 4, 8 or 16.
    spikes_per_cycle: between layers, 1, 2 or 4; fewer after a layer with fewer lanes than that.
    events_per_cycle: input spikes a cycle, 1 or 2; each has its own half of the beat.
    taps: places of its kernel that a convolution works on in a cycle, 1 or "row": one for every layer, where a row
        means one where there is none; or a tuple of one for each layer.
    weights: "constants" are part of the design; "loaded" ones are written at run time, thresholds and masks of pixels
        too.
    weight_banks: sets of loaded weights that there is room for, 1 or 2.
    potential_margin: bits that potentials and thresholds of a design with loaded weights have beyond what its network
        needs, 0 to 8, so that others fit as well.
    weight_memory: what large memories of loaded weights are made of: "block" RAM, or the single-port "spram" of an
        iCE40 UP5K.
    Raises UserError for a number that cannot be.
    """

    lanes: tuple = ()
    pixels: int = 8
    spikes_per_cycle: int = 4
    events_per_cycle: int = 1
    taps: tuple = field(default=(1,), kw_only=True)
    weights: str = field(default="constants", kw_only=True)
    weight_banks: int = field(default=1, kw_only=True)
    potential_margin: int = field(default=0, kw_only=True)
    weight_memory: str = field(default=WEIGHT_MEMORIES[0], kw_only=True)

    def __post_init__(self):
        object.__setattr__(self, "lanes", _for_layers(self.lanes))
        for lanes in self.lanes:
            if isinstance(lanes, bool) or not isinstance(lanes, int) or lanes < 1:
                raise UserError(f"lanes must be positive integers, found {lanes!r}")
        object.__setattr__(self, "taps", _for_layers(self.taps) or (1,))
        for taps in self.taps:
            require_choice("taps", taps, TAPS)
        require_choice("pixels per beat", self.pixels, PIXELS)
        require_choice("spikes per cycle", self.spikes_per_cycle, SPIKES_PER_CYCLE)
        require_choice("events per cycle", self.events_per_cycle, EVENTS_PER_CYCLE)
        if self.events_per_cycle > self.pixels:
            raise UserError(f"{self.events_per_cycle} events per cycle need at least {self.events_per_cycle} pixels "
                            f"per beat, found {self.pixels}: choose more pixels per beat or 1 event per cycle")
        require_choice("weights", self.weights, WEIGHTS)
        require_choice("weight banks", self.weight_banks, WEIGHT_BANKS)
        require_choice("the margin of potentials", self.potential_margin, range(MOST_MARGIN + 1))
        require_choice("the memory of weights", self.weight_memory, WEIGHT_MEMORIES)
        if self.in_spram and not self.is_loadable:
            raise UserError("SPRAM has no contents when a device starts: it needs loaded weights")
        if self.in_spram and self.weight_banks > 1:
            raise UserError(f"SPRAM has one port, so that no bank can be loaded while another one works: choose 1 "
                            f"weight bank, or block RAM, found {self.weight_banks} weight banks")
        if not self.is_loadable and (self.weight_banks, self.potential_margin) != (1, 0):
            raise UserError("several weight banks, and a margin of potentials, need loaded weights: constants have "
                            "neither")

    @property
    def is_loadable(self):
        """Whether weights, thresholds and masks of pixels are written at run time."""
        return self.weights == "loaded"

    @property
    def in_spram(self):
        """Whether large memories of weights are SPRAM."""
        return self.weight_memory == "spram"

    def layer_lanes(self, sizes):
        """Lanes of each layer of a network whose `widths` are `sizes`. Raises UserError if they do not fit."""
        sizes = tuple(sizes)
        if len(self.lanes) == 0:
            return sizes
        if len(self.lanes) == 1:
            if self.lanes[0] > max(sizes):
                raise UserError(f"{self.lanes[0]} lanes for layers of {' and '.join(map(str, sizes))} neurons: choose "
                                f"at most {max(sizes)}")
            return tuple(min(self.lanes[0], size) for size in sizes)
        if len(self.lanes) != len(sizes):
            raise UserError(f"{len(self.lanes)} numbers of lanes for {len(sizes)} layers: give one for all layers, or "
                            f"{len(sizes)}")
        for number, (lanes, size) in enumerate(zip(self.lanes, sizes)):
            if lanes > size:
                raise UserError(f"{lanes} lanes for the {size} neurons of layer {number}: choose at most {size}")
        return self.lanes

    def layer_taps(self, network):
        """Taps of each layer of a network, 1 or "row". Raises UserError for a row where there is none: of a dense
        layer, and where no spike reaches two columns."""
        layers = network.layers
        if len(self.taps) == 1:
            return tuple(self.taps[0] if has_row(layer) else 1 for layer in layers)
        if len(self.taps) != len(layers):
            raise UserError(f"{len(self.taps)} numbers of taps for {len(layers)} layers: give one for all layers, or "
                            f"{len(layers)}")
        for number, (taps, layer) in enumerate(zip(self.taps, layers)):
            if taps == ROW and not has_row(layer):
                what = (f"a kernel of {by(layer.geometry.kernel)} at steps of {by(layer.geometry.stride)}, with which "
                        f"no spike reaches two columns" if layer.positions > 1 else "a single position")
                raise UserError(f"a row of taps does not fit layer {number}: it has {what}; choose 1")
        return self.taps

    def layer_ways(self, network):
        """Spikes a cycle into each layer of a network: powers of two, no more than the lanes that they come from, and
        one where positions of a map are visited for each, or where they are the events of a recording."""
        lanes = self.layer_lanes(network.widths)
        wanted = (self.events_per_cycle if network.most_events is None else 1,) + tuple(
            min(self.spikes_per_cycle, 1 << (count.bit_length() - 1)) for count in lanes[:-1])
        return tuple(ways if layer.positions == 1 else 1 for ways, layer in zip(wanted, network.layers, strict=True))
