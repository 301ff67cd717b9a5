"""Calibrations that lie beside networks, in NAME_calibration.json for NAME.npz: those of the shipped networks, whose
files stay as they are."""

import json
from dataclasses import replace

from first_spike.command.cli import write_json
from first_spike.golden.contract.confidence import Calibration
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError

SUFFIX = "_calibration.json"
MOST_BYTES = 1 << 16


def calibration_file(path):
    """Return the Path of the calibration beside the network in the file `path`, there or not."""
    return path.with_name(path.stem + SUFFIX)


def with_calibration(network, path):
    """Return a network from the file `path` with a calibration: its own, else the one beside it. A FloatNetwork, and a
    network without either, stays as it is. UserError if the file beside is damaged or belongs to another network."""
    beside = calibration_file(path)
    if not isinstance(network, Network) or network.calibration is not None or not beside.exists():
        return network
    return calibrated_beside(network, beside)


def calibrated_beside(network, beside):
    """Return a Network with the calibration in the file `beside`; UserError if it is damaged, or of another network."""
    try:
        with open(beside, "rb") as file:
            facts = json.loads(file.read(MOST_BYTES + 1)[:MOST_BYTES].decode())
    except OSError as error:
        raise UserError(f"cannot read {beside}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{beside} is no calibration: it is not JSON of at most {MOST_BYTES:,} bytes") from error
    try:
        return replace(network, calibration=Calibration.from_facts(facts))
    except UserError as error:
        raise UserError(f"{beside}: {error}") from error


def write_calibration(path, calibration):
    """Write a Calibration beside the network in the file `path`, whole or not at all."""
    write_json(calibration_file(path), calibration.facts())
