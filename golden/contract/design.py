"""A network and the hardware that is chosen for it, in one object."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from first_spike.golden.contract.base_network import PIXELS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.network import Network


@dataclass(frozen=True, eq=False)
class Design:
    """network: a Network; configuration: the Configuration of its hardware. What is derived of both is computed once.

    Raises UserError for lanes and taps that do not fit the network.
    """

    network: Network
    configuration: Configuration = field(default_factory=Configuration)

    def __post_init__(self):
        self.lanes, self.taps  # both refuse what does not fit

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
    def settings(self):
        """{option: value} of what is chosen, as it stands in reports and manifests: lanes and taps of every layer,
        without what says nothing of a network that takes events."""
        own = {"lanes": self.lanes, "taps": self.taps}
        return {option.name: own.get(option.name, getattr(self.configuration, option.name))
                for option in self.configuration.options()
                if self.network.takes == PIXELS or not option.of_pixels}

    def of(self, network):
        """Another network in the same configuration."""
        return replace(self, network=network)
