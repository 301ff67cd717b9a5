"""A network and the hardware that is chosen for it, in one object."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

from first_spike.golden.contract.base_network import PIXELS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.limits import EVENT_BITS
from first_spike.golden.contract.network import Network
from first_spike.golden.contract.option import joined, require_known
from first_spike.golden.errors import UserError, require_kind

INTEGERS = Network, "a Network in integers, as load(name) gives it,"


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Design:
    """A Network with the Configuration of its hardware; what is derived of both is computed once.

    network: a Network. configuration: a Configuration, by default as it is where nothing is said. options: fields of
    the Configuration that are to be others, as in Design(network, lanes=(16, 2), pixels=1).
    Raises UserError for an unknown option, for what cannot be, for lanes and taps that do not fit the network, and for
    another kind of network.
    """

    network: Network
    configuration: Configuration

    def __init__(self, network, configuration=None, **options):
        chosen = Configuration() if configuration is None else configuration
        require_kind(network, *INTEGERS)
        require_kind(chosen, Configuration, "a Configuration, or an option by its name, as lanes=4,")
        require_known("a design", options, [one.name for one in fields(chosen)])
        object.__setattr__(self, "network", network)
        object.__setattr__(self, "configuration", replace(chosen, **options))
        self.lanes, self.taps, self.stream_bits  # each refuses what does not fit

    @cached_property
    def lanes(self):
        """Lanes of each layer."""
        return self.configuration.layer_lanes(self.network.widths)

    @cached_property
    def taps(self):
        """Taps of each layer, 1 or "row"."""
        return self.configuration.layer_taps(self.network)

    @cached_property
    def ways(self):
        """Spikes a cycle into each layer."""
        return self.configuration.layer_ways(self.network)

    @cached_property
    def beats(self):
        """Beats of an image as the design works on them; None where recordings come, which differ."""
        return None if self.network.most_events is not None else -(-self.network.inputs // self.configuration.pixels)

    @cached_property
    def beat_bits(self):
        """Bits of a beat as the design works on them."""
        return EVENT_BITS if self.network.most_events is not None else 8 * self.configuration.pixels

    @cached_property
    def stream_bits(self):
        """Bits of a beat of the input stream."""
        own, bits = self.beat_bits, self.configuration.stream_bits or self.beat_bits
        if bits < own:
            raise UserError(f"a stream of {bits} bits is narrower than a beat of {own}: choose {own} bits or more"
                            + ("" if self.network.most_events is not None else ", or fewer pixels per beat"))
        if bits > own and self.network.most_events is not None and not self.configuration.tkeep:
            raise UserError(f"a beat of {bits} bits holds several events, and the last one may hold fewer: it needs "
                            f"TKEEP, which says how many")
        return bits

    @cached_property
    def settings(self):
        """{option: value} of what is chosen, as it stands in reports and manifests: lanes and taps of every layer,
        without what says nothing of a network that takes events or has no convolutions, and what is not wanted of the
        streams."""
        has_maps = any(layer.positions > 1 for layer in self.network.layers)
        own, wanted = {"lanes": self.lanes, "taps": self.taps}, self.configuration.stream_options
        return {option.name: own.get(option.name, getattr(self.configuration, option.name))
                for option in self.configuration.options()
                if (self.network.takes == PIXELS or not option.of_pixels) and (has_maps or not option.of_maps)
                and (option.name in wanted or not option.of_streams)}

    def of(self, network):
        """Another network in the same configuration."""
        return Design(network, self.configuration)

    def __repr__(self):
        chosen = ", ".join(f"{name} {joined(value)}" for name, value in self.settings.items())
        return f"Design of {self.network.title}: {chosen}"
