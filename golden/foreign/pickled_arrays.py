"""Reads the numeric arrays out of a pickled object array, without unpickling: nothing in the file is ever executed.

Some published weights are `.npy` files that hold Python objects, hence a pickle, which is a program. Here its opcodes
are read one by one by a machine that knows lists, tuples, numbers, text, bytes and five names, for each of which it
does one
harmless thing: it notes the parts of an array. Everything else is refused by name.
"""

import pickletools

import numpy as np

from first_spike.golden.errors import UserError

RECONSTRUCT = {"numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct"}
FROM_BUFFER = {"numpy.core.numeric _frombuffer", "numpy._core.numeric _frombuffer"}
CUPY_ARRAY = {"cupy.core.core array", "cupy._core.core array"}
NDARRAY, DTYPE, ENCODE = "numpy ndarray", "numpy dtype", "_codecs encode"
KNOWN = RECONSTRUCT | FROM_BUFFER | CUPY_ARRAY | {NDARRAY, DTYPE, ENCODE}
NUMERIC = {f"{kind}{size}" for kind, sizes in (("f", (2, 4, 8)), ("i", (1, 2, 4, 8)), ("u", (1, 2, 4, 8)))
           for size in sizes}

PUSH = {"BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
        "UNICODE", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "BINSTRING", "SHORT_BINSTRING", "STRING"}
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class _Name(str):
    """A global that the pickle asks for; only ever compared."""


class _Mark:
    """Where a MARK opcode left off."""


class _Type:
    """An element type: code such as f8, and byte order."""

    def __init__(self, code):
        self.code, self.order = str(code), "="

    def build(self, state):
        self.order = "<" if state[1] == "|" else state[1]

    def dtype(self):
        if self.code not in NUMERIC or self.order not in ("<", ">", "="):
            raise UserError(f"holds an array of type {self.code!r}, which is not plain numbers")
        return np.dtype(("<" if self.order == "=" else self.order) + self.code)


class _Array:
    """The parts of an array: shape, type, order, and bytes or a list of objects."""

    def __init__(self, shape=(), kind=None, fortran=False, data=b""):
        self.shape, self.kind, self.fortran, self.data = shape, kind, fortran, data

    def build(self, state):
        _, self.shape, self.kind, self.fortran, self.data = state

    def numbers(self):
        data = self.data.encode("latin1") if isinstance(self.data, str) else self.data
        array = np.frombuffer(data, self.kind.dtype())
        return array.reshape(self.shape, order="F" if self.fortran else "C").astype(np.float64)


def read_object_array(path):
    """The numeric arrays in a `.npy` file whose single array has Python objects as elements: list of float64 arrays.

    Elements may be numpy arrays, or CuPy arrays (which need no CuPy here). Raises UserError for anything else, naming
    it.
    """
    try:
        with open(path, "rb") as file:
            version = np.lib.format.read_magic(file)
            read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
            read_header[version](file)
            content = file.read()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # a damaged header surfaces as several types, numpy's tokenizer's own among them
        raise UserError(f"{path} is not a .npy file of an object array") from error
    try:
        top = _interpret(content)
        if not isinstance(top, _Array) or not isinstance(top.data, list):
            raise UserError("is a pickle of something other than an array of objects")
        return [_numbers(element) for element in top.data]
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    # a damaged or hostile stream fails in any of these steps, and none of them runs anything
    except Exception as error:
        raise UserError(f"{path} is damaged: its pickle does not hold together") from error


def _numbers(element):
    if not isinstance(element, _Array) or isinstance(element.data, list):
        raise UserError(f"holds {_describe(element)}, where an array of numbers was expected")
    return element.numbers()


def _describe(value):
    return "an array of objects" if isinstance(value, _Array) else f"a {type(value).__name__.strip('_').lower()}"


def _interpret(content):
    stack, memo = [], {}
    for opcode, argument, _ in pickletools.genops(content):
        name = opcode.name
        if name in PUSH:
            stack.append(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name in ("PROTO", "FRAME"):
            pass
        elif name == "STOP":
            return stack.pop()
        elif name == "GLOBAL":
            stack.append(_known(argument))
        elif name == "STACK_GLOBAL":
            attribute, module = stack.pop(), stack.pop()
            stack.append(_known(f"{module} {attribute}"))
        elif name == "MARK":
            stack.append(_Mark())
        elif name == "TUPLE":
            stack.append(tuple(_to_mark(stack)))
        elif name in TUPLES:
            items = [stack.pop() for _ in range(TUPLES[name])]
            stack.append(tuple(reversed(items)))
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name == "LIST":
            stack.append(_to_mark(stack))
        elif name in ("APPEND", "APPENDS"):
            items = [stack.pop()] if name == "APPEND" else _to_mark(stack)
            _require_list(stack[-1]).extend(items)
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(memo[argument])
        elif name == "REDUCE":
            arguments, called = stack.pop(), stack.pop()
            stack.append(_reduce(called, arguments))
        elif name == "BUILD":
            state, target = stack.pop(), stack[-1]
            if not isinstance(target, (_Array, _Type)):
                raise UserError(f"is refused: its pickle sets the state of {_describe(target)}")
            target.build(state)
        else:
            raise UserError(f"is refused: its pickle uses {name}, which arrays of numbers do not need")
    raise UserError("is cut short")


def _known(name):
    if name not in KNOWN:
        raise UserError(f"is refused: its pickle asks for {_dotted(name)}, which is not part of an array")
    return _Name(name)


def _dotted(name):
    """The name in one line, whatever is in it."""
    return ".".join(name.split(" ")).encode("unicode_escape").decode()


def _reduce(called, arguments):
    if not isinstance(called, _Name):
        raise UserError(f"is refused: its pickle calls {_describe(called)}")
    if called in RECONSTRUCT:
        return _Array()
    if called in FROM_BUFFER:
        data, kind, shape, order = arguments
        if not isinstance(data, (bytes, bytearray)):
            raise UserError(f"is refused: its pickle makes an array from {_describe(data)}, not from bytes")
        return _Array(shape, kind, order == "F", bytes(data))
    if called in CUPY_ARRAY and isinstance(arguments[0], _Array):
        return arguments[0]
    if called == DTYPE:
        return _Type(arguments[0])
    if called == ENCODE and isinstance(arguments[0], str):
        return arguments[0].encode("latin1")
    raise UserError(f"is refused: its pickle calls {_dotted(called)} in a way that arrays do not need")


def _require_list(value):
    if not isinstance(value, list):
        raise UserError(f"is refused: its pickle appends to {_describe(value)}")
    return value


def _to_mark(stack):
    items = []
    while not isinstance(stack[-1], _Mark):
        items.append(stack.pop())
    stack.pop()
    return items[::-1]
