"""Files of arrays with names: which of them are the weights of layers, in which order, and what the others are.

A file of arrays tells no graph. Weights are the arrays of two and more axes, and their order is the one in which their
shapes form a chain from the image to the classes. Where several do, numbers in their names decide, or the file's order
where it is that of the names; else the user has to. What a framework stores besides is known by the end of its name, or
refused.
"""

import json
import math
import re
import zipfile
from pathlib import Path

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.files import count_numbers, read_members
from first_spike.golden.foreign.beside import (
    check_bias,
    is_bias,
    is_threshold,
    last_part,
    natural,
    norm_names,
    numbered,
)
from first_spike.golden.foreign.pickled_arrays import read_object_array
from first_spike.golden.foreign.state_dict import read_state_dict
from first_spike.golden.foreign.steps import LARGEST, MOST_NUMBERS, check_numbers
from first_spike.golden.foreign.weights import ORIENTATIONS, orient

LONGEST_HEAD = 16 << 20  # bytes
MOST_AXES = 32
TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
         "U16": "<u2", "U32": "<u4", "U64": "<u8", "BF16": "<u2", "BOOL": "u1"}


def read_safetensors(path):
    """{name: array} of a file; bfloat16 becomes float32. Raises UserError for a file that does not keep the format."""
    try:
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > LONGEST_HEAD:
                raise UserError("is no .safetensors file, or its head is longer than 16 MiB")
            head = json.loads(file.read(length))
            entries = {name: entry for name, entry in head.items() if name != "__metadata__"}
            check_numbers(sum(_numbers(name, entry["shape"]) for name, entry in entries.items()))
            content = file.read(8 * MOST_NUMBERS)
        return {name: _array(name, entry, content) for name, entry in entries.items()}
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise UserError(f"{path} is damaged, or no .safetensors file") from error


def _numbers(name, shape):
    """How many numbers an array of that shape has. Raises UserError for what is no shape: a product of other things, or
    of very many, could take all memory or time there is."""
    if not isinstance(shape, list) or len(shape) > MOST_AXES or not all(type(n) is int and n >= 0 for n in shape):
        raise UserError(f"the shape of {name!r} is no list of at most {MOST_AXES} numbers")
    return math.prod(shape)


def _array(name, entry, content):
    if entry["dtype"] not in TYPES:
        raise UserError(f"{name!r} holds {entry['dtype']}, which is not read")
    start, end = entry["data_offsets"]
    if not 0 <= start <= end <= len(content):
        raise UserError(f"{name!r} lies outside of the file")
    array = np.frombuffer(content[start:end], TYPES[entry["dtype"]])
    if entry["dtype"] == "BF16":  # the upper half of a float32
        array = (array.astype(np.uint32) << 16).view(np.float32)
    return array.reshape(entry["shape"])


READERS = {".pt": read_state_dict, ".pth": read_state_dict, ".safetensors": read_safetensors}
RECURRENT = re.compile(r"(^|[._/])(recurrent|hh([._/]|$))")  # in names, as snnTorch and Norse, and PyTorch have them
MOST_TRIED = 100_000  # orders begun
KEPT = ("beta", "alpha")  # the share of a potential that stays from step to step: 1 is no leak
SETTINGS = ("reset_mechanism_val", "graded_spikes_factor", "v_reset")  # of spikes after the first, or checked to be 1


def read_arrays(path):
    """{name: float64 array} of a file, in its order; names are "array 0" and so on where it has none.

    path: `.npz`, `.safetensors` or `.pt`/`.pth` with names; an `.npy` of one array, or of an object array of arrays.
    Raises UserError for unreadable files, objects other than arrays, values that are not finite, and too many.
    """
    reader = READERS.get(Path(path).suffix, _read_numpy)
    found = reader(path)
    for name, array in found.items():
        if not isinstance(array, np.ndarray):
            raise UserError(f"{path}: member {name!r} is not an array")
        if array.dtype.kind not in "fiub":
            raise UserError(f"{path}: {name!r} holds {array.dtype}, not numbers")
        bad = np.argwhere(~np.isfinite(array))
        if bad.size:
            raise UserError(f"{path}: {name!r} holds {array[tuple(bad[0])]} at {bad[0].tolist()}; it must be "
                            f"finite")
        if array.size and np.abs(array.astype(np.float64)).max() > LARGEST:
            raise UserError(f"{path}: {name!r} holds weights beyond {LARGEST:g}, the largest that is taken")
    if not found:
        raise UserError(f"{path} holds no arrays; one per layer is needed")
    return {name: array.astype(np.float64) for name, array in found.items()}


def _read_numpy(path):
    try:
        with open(path, "rb") as file:
            if zipfile.is_zipfile(file):
                file.seek(0)
                return read_members(file, check_numbers)
            file.seek(0)
            check_numbers(count_numbers(file))
            file.seek(0)
            return {"array 0": np.load(file, allow_pickle=False)}
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes surface as a dozen types from zipfile, zlib, struct and numpy
        if "Object arrays" not in str(error):
            raise UserError(f"{path} is neither an .npz nor an .npy file of weights") from error
        return {f"array {number}": array for number, array in enumerate(read_object_array(path))}


def choose_layers(arrays, inputs, classes, orientation=None, names=None, once=False):
    """(layers, dropped): {name: float64 matrix [inputs, neurons]} in the order of the layers, and {name: why} of what
    the file holds besides and changes nothing; what does is for `read_beside`.

    arrays: as `read_arrays` gives them. inputs, classes: numbers of an image and of classes. orientation: of all
    matrices; None finds it from the shapes. names: those of the layers' weights in their order; None finds it. once:
    biases are added once.
    Raises UserError where it cannot be found, and for arrays that have a meaning no network here has.
    """
    missing = [name for name in names or () if name not in arrays]
    if missing:
        raise UserError(f"there is no array {missing[0]!r}; the file holds {', '.join(arrays)}")
    if len(set(names or ())) < len(names or ()):
        raise UserError(f"--layers names each array once, found {' '.join(names)}")
    recurrent = next(filter(RECURRENT.search, arrays), None)
    if recurrent is not None:
        raise UserError(f"{recurrent!r} holds recurrent weights: recurrent networks are refused, layers follow one "
                        f"another here")
    weights = {name: array for name, array in arrays.items() if array.ndim > 1 and array.size and not is_bias(name)}
    apart = (weights if names is None else names), norm_names(arrays)
    dropped = {name: _why_dropped(name, array, names, once) for name, array in arrays.items()
               if not any(name in some for some in apart) and not is_threshold(name)}
    dropped = {name: why for name, why in dropped.items() if why}
    order = list(names) if names is not None else _order(weights, inputs, classes, orientation)
    matrices = orient([arrays[name] for name in order], inputs, orientation)
    return dict(zip(order, matrices)), dropped


def _why_dropped(name, array, names, once):
    """Why an array that is no weight changes nothing, None for a bias that does; UserError where it would and may not,
    or nobody knows."""
    last = last_part(name)
    if is_bias(name):
        return check_bias(name, array, once)
    if last in KEPT or last.startswith("tau"):
        if last in KEPT and (array == 1).all():
            return "no leak"
        raise UserError(f"{name!r} holds {array.ravel()[:1].tolist()}, so potentials leak, and the neurons here are "
                        f"such that do not: train with IF neurons (in snnTorch beta=1)")
    if last == "graded_spikes_factor" and (array != 1).any():
        raise UserError(f"{name!r} is {_shown(array)}, but spikes have no size here")
    if last in SETTINGS:
        return "each neuron fires once"
    if names is not None:
        return "not among --layers"
    raise UserError(f"{name!r} of shape {list(array.shape)} is no weight of a layer, and nothing is known of it: leave "
                    f"it out of the file, or name the weights by --layers")


def _shown(array):
    return f"{array.ravel()[0]:g}" if array.size == 1 else f"{array.size} numbers"


def _order(weights, inputs, classes, orientation):
    """Names of the weights in the order in which they form a chain; where several do, see above."""
    by_name, found = sorted(weights, key=natural), _chains(weights, inputs, classes, orientation)
    if not found:
        shapes = ", ".join(f"{name} {list(weights[name].shape)}" for name in by_name)
        flat = [name for name in by_name if weights[name].ndim == 4]
        hint = (f"; {flat[0]} may be a convolution, of which such a file does not say stride and padding: export the "
                f"model as an NIR graph") if flat else ""
        raise UserError(f"arrays of shapes {shapes or 'none'} do not chain to layers that start from {inputs} inputs "
                        f"and end in {classes} classes{hint}")
    if len(found) == 1:
        return found[0]
    fitting = [order for order in (by_name, list(weights)) if order in _chains(weights, inputs, classes, orientation,
                                                                               order)]
    if fitting and (fitting[0] == fitting[-1] or numbered(weights) and fitting[0] == by_name):
        return fitting[0]
    raise UserError(f"the layers {', '.join(by_name)} fit behind one another in more than one order: say it by "
                    f"--layers")


def _chains(weights, inputs, classes, orientation, order=None):
    """At most two orders of all weights in which each takes what the one before gives; only `order` where it is
    given."""
    found, tried = [], 0
    for choice in ORIENTATIONS if orientation is None else (orientation,):
        sides = {name: (array[0].size, len(array)) if choice == "neurons-first" else
                 (array[..., 0].size, array.shape[-1]) for name, array in weights.items()}
        begun = [[]]
        while begun and len(found) < 2 and tried < MOST_TRIED:
            tried += 1
            names = begun.pop()
            given = sides[names[-1]][1] if names else inputs
            if len(names) == len(weights):
                if given == classes and names not in found:
                    found.append(names)
                continue
            wanted = [name for name in weights if name not in names] if order is None else [order[len(names)]]
            begun += [[*names, name] for name in wanted if sides[name][0] == given]
    return found
