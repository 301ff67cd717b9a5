"""The numbers and files that options take; anything else is refused in the words of argparse, with exit status 2."""

import argparse
import math
from pathlib import Path


def natural(text):
    """A whole number from 0 on."""
    return _whole(text, 0)


def positive(text):
    """A whole number from 1 on."""
    return _whole(text, 1)


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


def share(text):
    """A number from 0 to 1."""
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 1, found {text!r}")
    return value


def output_file(text):
    """A file to write, in a folder that is there."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"cannot write {text}: it is a folder")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"cannot write {text}: there is no folder {path.parent}")
    return text


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
