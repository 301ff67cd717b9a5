"""An option of hardware: what is said of a field that a user chooses, in its one home."""

from collections.abc import Iterable
from dataclasses import field, fields
from typing import Any, NamedTuple

from first_spike.golden.errors import UserError

MOST_LISTED = 9  # values of an option, in a sentence; where there are more, they lie side by side


class Option(NamedTuple):
    """What is said of a field of Configuration or Processor; command line, make variables, manifest, names of folders,
    explorer and the table of the docs are made from it.

    name: of the field; default: where nothing is said; title: in sentences; values: allowed ones, or () for any
    positive integer; letter: stands for a value in help; help: one line; of_layers: one value for every layer, or one
    for each; of_pixels: says nothing where a network takes events; of_maps: says nothing without convolutions;
    of_streams: of the ports of the streams, and said in settings only where it is not the default; tried: what an
    exploration tries by itself, () for the default.
    """

    name: str
    default: Any
    title: str
    values: tuple
    letter: str
    help: str
    of_layers: bool
    of_pixels: bool
    of_maps: bool
    of_streams: bool
    tried: tuple

    @property
    def flag(self):
        """On the command line."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self):
        """Of make."""
        return self.name.upper()

    def require(self, value):
        """Raise UserError unless `value` is allowed, or each of those of layers."""
        for one in in_layers(value) if self.of_layers else (value,):
            if self.values:
                require_choice(self.title, one, self.values)
            elif isinstance(one, bool) or not isinstance(one, int) or one < 1:
                raise UserError(f"{self.title} must be positive integers, found {one!r}")


def option(default, help, *, title, values=(), letter, of_layers=False, of_pixels=False, of_maps=False,
           of_streams=False, tried=(), kw_only=True):
    """A field with its Option, of which the arguments are."""
    said = dict(title=title, values=tuple(values), letter=letter, help=help, of_layers=of_layers, of_pixels=of_pixels,
                of_maps=of_maps, of_streams=of_streams, tried=tuple(tried))
    return field(default=default, kw_only=kw_only, metadata=said)


def options_of(kind):
    """The Option of each field of a dataclass whose fields are made by `option`."""
    return tuple(Option(one.name, one.default, **one.metadata) for one in fields(kind))


def require_choice(name, value, allowed):
    """Raise UserError unless `value` is one of `allowed`."""
    if isinstance(value, (bool, float)) or value not in allowed:
        choices = (", ".join(map(str, allowed[:-1])) + f" or {allowed[-1]}").removeprefix(" or ")
        if len(allowed) > MOST_LISTED:
            choices = f"from {allowed[0]} to {allowed[-1]}"
        raise UserError(f"{name} must be {choices}, found {value!r}")


def require_known(what, names, known):
    """Raise UserError for a name that is none of the `known` options of `what`."""
    for name in names:
        if name not in known:
            raise UserError(f"{what} has no option {name!r}: choose of {', '.join(known)}")


def in_layers(value):
    """Several values as a tuple, and one as a tuple of it."""
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str) else (value,)


def joined(value, between="-"):
    """A value of an option as a text; those of layers with `between` between them."""
    return between.join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
