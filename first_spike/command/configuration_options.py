"""The options of a configuration, which every command that makes a design takes: made from the fields of
Configuration."""

import argparse
from functools import partial

from first_spike.command.places import plain_name
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.option import joined
from first_spike.rtl_model.tops import DEFAULT, TOPS

SERIAL = "accelerator_serial"
MOST_SHOWN = 5  # values of an option
HASH_DIGITS = 8  # of a network's hash in the name of a folder


def add_configuration(parser, several=False, default=""):
    """Add the options of Configuration to an argparse parser; several: of each as many values as one likes, those of
    layers with commas between, None where nothing is said; default: what it is called where it is not the option's."""
    for option in Configuration.options():
        if several:
            one, count = (partial(_of_layers, option) if option.of_layers else partial(_value, option)), "+"
            letter, value = f"{option.letter}[,{option.letter}...]" * option.of_layers or option.letter, None
            halved = ", halved down to 8" * (option.default == ())
            said = f"to try (default: {_shown(option.tried) or _said(option)}{halved})"
        else:
            one, count = partial(_value, option), "+" if option.of_layers else None
            letter, value = option.letter, option.default
            said = f"{'; one for all layers or one per layer' * option.of_layers} (default: {default or _said(option)})"
        choices = f", of {_shown(option.values)}" if option.values else ""
        parser.add_argument(option.flag, type=one, nargs=count, default=value, metavar=letter,
                            help=f"{option.help}{choices}{'; ' * several}{said}")


def add_top(parser, tops=tuple(TOPS), others=()):
    """Add --top, one of `tops`, to an argparse parser; `others`, which the help names, have a parser of their own."""
    meanings = ("the bare core", "the core with registers around it", "that at a serial line")  # in the order of TOPS
    more = f"; {' and '.join(others)} take any network, and have options of their own" if others else ""
    parser.add_argument("--top", choices=tops, default=DEFAULT,
                        help=f"{', or '.join(meanings[:len(tops)])} (default: %(default)s){more}")


def check_board(parser, arguments):
    """A board holds accelerator_serial: with --board that is the top; argparse's error for another."""
    if arguments.board:
        if arguments.top not in (DEFAULT, SERIAL):
            parser.error(f"--board is for the top {SERIAL}, not for {arguments.top}")
        arguments.top = SERIAL


def configuration(arguments):
    """The Configuration that parsed arguments describe."""
    return Configuration(**{option.name: getattr(arguments, option.name) for option in Configuration.options()})


def design_of(arguments, network):
    """The Design of a network in the Configuration that parsed arguments describe."""
    return Design(network, configuration(arguments))


def is_chosen(parser, arguments):
    """Whether one of the options was given another value than its default."""
    names = (*(option.name for option in Configuration.options()), "top")
    return any(getattr(arguments, name, None) != parser.get_default(name) for name in names)


def check_design(parser, arguments):
    """End with argparse's error where --design is given together with what it brings itself."""
    if arguments.design and is_chosen(parser, arguments):
        parser.error(f"--design brings its own {', '.join(option.flag for option in Configuration.options())} and "
                     f"--top")


def folder_name(name, design, top=DEFAULT):
    """A name for the work on a Design with one of TOPS, which nothing else has; name: what the network is called, of
    which it holds the `plain_name`."""
    chosen = design.settings
    parts = [f"{option.name}{joined(chosen[option.name])}" for option in Configuration.options()
             if option.name in chosen and (option.name == "lanes" or
                                           getattr(design.configuration, option.name) != option.default)]
    return "_".join([plain_name(name), design.network.sha256[:HASH_DIGITS], *parts, *([top] if top != DEFAULT else [])])


def options_table():
    """The table of the options for the docs, in Markdown."""
    lines = ["| option | `make` | values | default | what it is |", "| --- | --- | --- | --- | --- |"]
    for option in Configuration.options():
        several = f" [{option.letter} ...]" * option.of_layers
        lines.append(f"| `{option.flag} {option.letter}{several}` | `{option.variable}=` | "
                     f"{_shown(option.values) or 'from 1 on'} | {_said(option)} | {option.help} |")
    return "\n".join(lines) + "\n"


def _value(option, text):
    """The value of an Option that a text is: one of its words or a number, which the Configuration judges."""
    words = {str(value): value for value in option.values}
    if text in words:
        return words[text]
    takes_numbers = not option.values or any(isinstance(value, int) for value in option.values)
    if takes_numbers and text.isascii() and text.removeprefix("-").isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"must be {_shown(option.values, ' or ') or 'a whole number from 1 on'}, found "
                                     f"{text!r}")


def _of_layers(option, text):
    return tuple(_value(option, part) for part in text.split(","))


def _shown(values, last=", "):
    if len(values) > MOST_SHOWN and values == tuple(range(values[0], values[-1] + 1)):
        return f"{values[0]} to {values[-1]}"
    *most, end = (*map(str, values),) or ("",)
    return last.join(filter(None, (", ".join(most), end)))


def _said(option):
    return joined(option.default, " ") or "all neurons"

