"""What the bench measures: the designs whose figures stand in docs/results.md, or one of one's own."""

from dataclasses import dataclass
from pathlib import Path

from first_spike.command.configuration_options import described
from first_spike.command.places import CONVOLUTIONAL_NETWORK, NETWORKS
from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.network import Network


@dataclass(frozen=True, eq=False)
class Design:
    """A network, its file, and a configuration, with a name for the table."""

    name: str
    path: Path
    network: Network
    configuration: Configuration


SHIPPED = {  # name: (network, configuration)
    "784-128-10, 128 lanes": ("mnist_784_128_10_4bit", Configuration()),
    "784-128-10, 128 lanes, 2 events": ("mnist_784_128_10_4bit", Configuration(events_per_cycle=2)),
    "784-128-10, 128 lanes, 2 events, 16 pixels": ("mnist_784_128_10_4bit",
                                                   Configuration(events_per_cycle=2, pixels=16)),
    "784-128-10, 32 lanes, 1 spike": ("mnist_784_128_10_4bit", Configuration(lanes=(32,), spikes_per_cycle=1)),
    "784-128-10, 16 and 2 lanes, 1 pixel, 1 spike": (
        "mnist_784_128_10_4bit", Configuration(lanes=(16, 2), pixels=1, spikes_per_cycle=1)),
    "784-400-10, 400 lanes": ("mnist_784_400_10_4bit", Configuration()),
    "convolutions, one tap": (CONVOLUTIONAL_NETWORK.stem, Configuration()),
    "convolutions, a kernel row": (CONVOLUTIONAL_NETWORK.stem, Configuration(taps=("row",))),
}


def shipped_designs():
    """The Designs of SHIPPED."""
    paths = {name: NETWORKS / f"{network}.npz" for name, (network, _) in SHIPPED.items()}
    return [Design(name, paths[name], Network.load(paths[name]), configuration)
            for name, (_, configuration) in SHIPPED.items()]


def own_design(path, configuration):
    """The Design of a network file in a Configuration; UserError where they do not fit."""
    network = Network.load(path)
    chosen = described(configuration, network)
    lanes = " and ".join(map(str, chosen["lanes"]))
    taps = f", taps {' and '.join(map(str, chosen['taps']))}" if ROW in chosen["taps"] else ""
    return Design(f"{Path(path).stem}, {lanes} lanes{taps}, {chosen['pixels']} pixels, "
                  f"{chosen['spikes_per_cycle']} spikes, {chosen['events_per_cycle']} events", Path(path), network,
                  configuration)
