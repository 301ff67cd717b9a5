"""What the bench measures: the designs of docs/explanation/results.md, or one of one's own."""

from pathlib import Path
from typing import NamedTuple

from first_spike.command.places import CONVOLUTIONAL_NETWORK, NETWORKS
from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network


class Case(NamedTuple):
    """A Design, with a name for the table."""

    name: str
    design: Design


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


def shipped_cases():
    """The Cases of SHIPPED."""
    return [Case(name, Design(Network.load(NETWORKS / f"{network}.npz"), configuration))
            for name, (network, configuration) in SHIPPED.items()]


def own_case(path, design):
    """The Case of a Design of the network in the file `path`."""
    chosen = design.settings
    lanes = " and ".join(map(str, chosen["lanes"]))
    taps = f", taps {' and '.join(map(str, chosen['taps']))}" if ROW in chosen["taps"] else ""
    of_pixels = {name: f", {chosen[name]} {word}" for name, word in (("pixels", "pixels"), ("events_per_cycle",
                                                                                            "events"))
                 if name in chosen}
    return Case(f"{Path(path).stem}, {lanes} lanes{taps}{of_pixels.get('pixels', '')}, {chosen['spikes_per_cycle']} "
                f"spikes{of_pixels.get('events_per_cycle', '')}", design)
