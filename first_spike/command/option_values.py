"""The numbers and files that options take; anything else is refused in the words of argparse, with exit status 2."""

import argparse
import math

from first_spike.command.places_to_write import require_file
from first_spike.golden.errors import UserError


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
    return _whole(text, 1, (1 << 31) - 1)


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
