"""What a user chooses about the hardware of a network: each option has its one home here, a field with its Option."""

from dataclasses import dataclass

from first_spike.golden.contract.geometry import by
from first_spike.golden.contract.option import in_layers, option, options_of
from first_spike.golden.contract.plain import plain
from first_spike.golden.errors import UserError

MOST_MARGIN = 8
MOST_TAG_BITS = 32
ROW = "row"


def has_row(layer):
    """Whether a spike reaches several columns of positions of a layer at once."""
    return layer.positions > 1 and layer.kind == "convolution" and layer.geometry.kernel[1] > layer.geometry.stride[1]


@dataclass(frozen=True)
class Configuration:
    """What is chosen of an accelerator; each field says its values and meaning in its Option.

    lanes: as one number it is capped at the neurons of each layer (the largest layer has that many); () is a lane to
    each neuron. taps: as one value, "row" means 1 where a layer has no row. Raises UserError for what cannot be.
    """

    lanes: tuple = option((), "neurons worked on at a time", title="lanes", letter="P", of_layers=True, kw_only=False)
    pixels: int = option(8, "pixels per beat of the input stream", title="pixels per beat", values=(1, 2, 4, 8, 16),
                         letter="B", of_pixels=True, tried=(4, 8, 16), kw_only=False)
    spikes_per_cycle: int = option(4, "spikes a cycle between layers; fewer after a layer with fewer lanes",
                                   title="spikes per cycle", values=(1, 2, 4), letter="G", tried=(1, 4), kw_only=False)
    events_per_cycle: int = option(1, "input spikes a cycle, each from its own part of the beat",
                                   title="events per cycle", values=(1, 2), letter="E", of_pixels=True, tried=(1, 2),
                                   kw_only=False)
    taps: tuple = option((1,), "places of its kernel that a convolution works on in a cycle", title="taps",
                         values=(1, ROW), letter="N", of_layers=True)
    potential_memory: str = option("block", "what up to 64 words of potentials of a convolution are made of: block "
                                   "RAM, or distributed RAM, which takes LUTs", title="the memory of potentials",
                                   values=("block", "distributed"), letter="RAM", of_maps=True)
    weights: str = option("constants", "constants of the design, or loadable at run time, thresholds and masks of "
                          "pixels too", title="weights", values=("constants", "loadable"), letter="KIND")
    weight_banks: int = option(1, "sets of loadable weights that there is room for", title="weight banks",
                               values=(1, 2), letter="K")
    weight_memory: str = option("block", "what large memories of loadable weights are made of: block RAM, or SPRAM of "
                                "an iCE40 UP5K", title="the memory of weights", values=("block", "spram"),
                                letter="MEMORY")
    potential_margin: int = option(0, "bits that potentials and thresholds of a loadable design have to spare for "
                                   "other networks", title="the margin of potentials", values=range(MOST_MARGIN + 1),
                                   letter="BITS")
    tkeep: int = option(0, "1 for TKEEP at the input, so that null bytes may fill up the last beat",
                        title="tkeep", values=(0, 1), letter="KEEP", of_streams=True)
    tid_bits: int = option(0, "bits of a TID that the first beat of a frame hands to its result; 0 for none",
                           title="bits of TID", values=range(MOST_TAG_BITS + 1), letter="ID", of_streams=True)
    tuser_bits: int = option(0, "bits of a TUSER, handed on alike; 0 for none", title="bits of TUSER",
                             values=range(MOST_TAG_BITS + 1), letter="USER", of_streams=True)
    stream_bits: int = option(0, "bits of a beat of the input stream, which is cut into B pixels or an event a cycle; "
                              "0 for just these", title="bits of a beat of the stream",
                              values=(0, 32, 64, 128, 256, 512), letter="WIDTH", of_streams=True)

    @classmethod
    def options(cls):
        """The Option of each field."""
        return options_of(cls)

    def __post_init__(self):
        for one in self.options():
            value = plain(getattr(self, one.name))
            if one.of_layers:
                value = in_layers(value) or one.default
            one.require(value)
            object.__setattr__(self, one.name, value)
        if self.events_per_cycle > self.pixels:
            raise UserError(f"{self.events_per_cycle} events per cycle need at least {self.events_per_cycle} pixels "
                            f"per beat, found {self.pixels}: choose more pixels per beat or 1 event per cycle")
        if self.in_spram and not self.is_loadable:
            raise UserError("SPRAM has no contents when a device starts: it needs loadable weights")
        if self.in_spram and self.weight_banks > 1:
            raise UserError(f"SPRAM has one port, so that no bank can be loaded while another one works: choose 1 "
                            f"weight bank, or block RAM, found {self.weight_banks} weight banks")
        if not self.is_loadable and (self.weight_banks, self.potential_margin) != (1, 0):
            raise UserError("several weight banks, and a margin of potentials, need loadable weights: constants have "
                            "neither")

    @property
    def is_loadable(self):
        """Whether weights, thresholds and masks of pixels are written at run time."""
        return self.weights == "loadable"

    @property
    def is_distributed(self):
        """Whether few words of potentials are distributed RAM."""
        return self.potential_memory == "distributed"

    @property
    def stream_options(self):
        """The names of the options of streams that are not as by default."""
        return tuple(one.name for one in self.options()
                     if one.of_streams and getattr(self, one.name) != one.default)

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
