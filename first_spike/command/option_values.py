"""The numbers and files that options take; anything else is refused in the words of argparse, with exit status 2.

A network from its file, of either kind, and which file that is.
"""

import argparse
import math
import os
from pathlib import Path

from first_spike.command.places import NETWORKS, require_file
from first_spike.golden.contract.archive import read_archive
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.errors import UserError

MOST_SEED = (1 << 31) - 1


def natural(text):
    """A whole number from 0 on."""
    return _whole(text, 0)


def positive(text):
    """A whole number from 1 on."""
    return _whole(text, 1)


def cycles_of_a_bit(text):
    """A whole number from 4 on: fewer cycles a bit no serial line of ours has."""
    return _whole(text, 4)


def percent(text):
    """A whole number from 1 to 95."""
    return _whole(text, 1, 95)


def simulator_seed(text):
    """A seed that every simulator takes."""
    return _whole(text, 1, MOST_SEED)


def above_zero(text):
    """A finite number above 0."""
    value = _number(text)
    if not (value > 0 and math.isfinite(value)):
        raise argparse.ArgumentTypeError(f"must be a number above 0, found {text!r}")
    return value


def percentage(text):
    """A number from 0 to 100."""
    value = _number(text)
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 100, found {text!r}")
    return value


def share(text):
    """A number from 0 to 1."""
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 1, found {text!r}")
    return value


def add_timeout(parser):
    """Add --timeout to an argparse parser."""
    parser.add_argument("--timeout", type=above_zero, default=1800.0, metavar="SECONDS",
                        help="for each run of a program (default: 1800)")


def output_file(text):
    """A file that can be written."""
    try:
        require_file(text)
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def number_or_all(text):
    """A whole number from 1 on, or infinity for "all"."""
    try:
        return math.inf if text == "all" else positive(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"must be a positive number or all, found {text!r}") from None


def _whole(text, lowest, highest=math.inf):
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        end = "on" if highest == math.inf else f"to {highest}"
        raise argparse.ArgumentTypeError(f"must be a whole number from {lowest} {end}, found {text!r}")
    return int(text)


def _number(text):
    try:
        return float(text)
    except ValueError:
        return math.nan


NAMED = "or the name of one that comes along, such as mnist_784_128_10_4bit"  # in the help of an option for a network


def network_file(text):
    """The Path of the network that an option names: a file, there or not, or what comes along by its name, whatever
    folder is called so. UserError, with these names, for another name without ending, of which there is no file."""
    shipped = {path.stem: path for path in sorted(NETWORKS.glob("*.npz"))}
    if Path(text).suffix or os.path.lexists(text) and not (text in shipped and os.path.isdir(text)):
        return Path(text)
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
