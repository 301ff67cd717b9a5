"""The numbers and files that options take; anything else is refused in the words of argparse, with exit status 2."""

import argparse
import math
from pathlib import Path


def natural(text):
    """A whole number from 0 on."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 on, found {text!r}")
    return int(text)


def positive(text):
    """A whole number from 1 on."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, found {text!r}")
    return int(text)


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


def simulator_seed(text):
    """A seed that every simulator takes: 1 to 2^31 - 1."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1 << 31:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {(1 << 31) - 1}, found {text!r}")
    return int(text)


def percent(text):
    """A whole number from 1 to 95."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 95:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 95, found {text!r}")
    return int(text)


def output_file(text):
    """A file to write, in a folder that is there."""
    if Path(text).is_dir() or not Path(text).parent.is_dir():
        raise argparse.ArgumentTypeError(f"cannot write {text}: " + ("it is a folder" if Path(text).is_dir() else f"there is no folder {Path(text).parent}"))
    return text


def _number(text):
    try:
        return float(text)
    except ValueError:
        return math.nan
