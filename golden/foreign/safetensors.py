"""The arrays in a .safetensors file: eight bytes with the length of a JSON head, the head, and raw numbers."""

import json
import math

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.limits import MOST_NUMBERS, check_numbers

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
