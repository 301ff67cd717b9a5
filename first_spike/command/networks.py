"""A network from its file, of either kind, and which file that is."""

import argparse
import os
from pathlib import Path

from first_spike.command.places import NETWORKS
from first_spike.golden.contract.archive import read_archive
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError

NAMED = "or the name of one that comes along, such as mnist_784_128_10_4bit"  # in the help of an option for a network


def network_file(text):
    """The Path of the network that an option names: a file, there or not, or what comes along by its name. UserError,
    with these names, for another name without ending, of which there is no file."""
    if os.path.lexists(text) or Path(text).suffix:
        return Path(text)
    shipped = {path.stem: path for path in sorted(NETWORKS.glob("*.npz"))}
    if text not in shipped:
        raise UserError(f"there is no network {text}: name a file, or what comes along, {', '.join(shipped)}")
    return shipped[text]


class NetworkFile(argparse.Action):
    """An option, or several words, that `network_file` makes Paths of."""

    def __call__(self, parser, namespace, values, option_string=None):
        found = [network_file(value) for value in values] if isinstance(values, list) else network_file(values)
        setattr(namespace, self.dest, found)


def load_network(path):
    """The Network or the FloatNetwork in the file `path`; UserError where it is neither."""
    header, _ = read_archive(path)
    return (FloatNetwork if header.get("kind") == FloatNetwork.kind else Network).load(path)
