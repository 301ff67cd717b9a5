"""A stopped training: what it was to do, how far it had come, and every array that it needs to go on."""

from pathlib import Path

import numpy as np

from first_spike.golden.contract.archive import FORMATS, read_archive, write_archive
from first_spike.golden.errors import UserError
from first_spike.golden.training.sources import Tally

KIND = "checkpoint"
TALLY = set(vars(Tally()))


def save(path, plan, position, arrays):
    """Write a checkpoint, whole or not at all. plan, position: JSON-serialisable dicts; arrays: dict of numpy
    arrays."""
    write_archive(path, {"format": FORMATS[0], "kind": KIND, "plan": plan, "position": position}, arrays)


def load(path, plan):
    """Return (position, arrays) of a checkpoint; UserError unless it was written by a training with the same plan."""
    if not Path(path).is_file():
        raise UserError(f"there is no checkpoint {path} to resume from")
    header, arrays = read_archive(path)
    if header.get("kind") != KIND or not isinstance(header.get("plan"), dict):
        raise UserError(f"{path} is not a checkpoint of a training")
    if not _is_position(header.get("position")):
        raise UserError(f"{path} does not say where its training stopped")
    for key in sorted(set(plan) | set(header["plan"])):
        found, wanted = header["plan"].get(key), plan.get(key)
        if found != wanted:
            raise UserError(f"{path} belongs to another training: its {key} is {found!r}, this one has {wanted!r}")
    return header["position"], arrays


def _is_position(position):
    """Whether `position` has the form that `save` is given by golden/training/loop.py."""
    if not isinstance(position, dict) or set(position) != {"phase", "epoch", "index", "tally", "history"}:
        return False
    tally = position["tally"]
    counts = [position["epoch"], position["index"], *(tally.values() if isinstance(tally, dict) else [None])]
    return (position["phase"] in ("float", "finetune") and isinstance(position["history"], list) and set(tally or ())
            == TALLY and all(type(count) is int and count >= 0 for count in counts))


def check_arrays(path, arrays, expected):
    """UserError unless `arrays` has the names, shapes and types of `expected` (dict of arrays) and no NaN."""
    for name, array in expected.items():
        found = arrays.get(name)
        if found is None or found.shape != array.shape or found.dtype != array.dtype:
            raise UserError(f"{path} belongs to another training: array {name} is missing or has another shape")
        if not np.isfinite(found).all():
            raise UserError(f"{path}: array {name} holds values that are not finite")
