"""The options of hardware, which every command that makes some takes: made from the fields of Configuration, and of
Processor where a command can be asked for one by --top."""

import argparse
from dataclasses import replace
from functools import partial

from first_spike.command.places import plain_name
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.option import joined
from first_spike.golden.contract.processor import Processor
from first_spike.rtl_model.tops import DEFAULT, SERIAL, TOPS

MOST_SHOWN = 5  # values of an option
HASH_DIGITS = 8  # of a network's hash in the name of a folder


def add_hardware(parser, tops, several=False, default="", base=None):
    """Add --top, one of `tops`, and the options of these to an argparse parser; the first top is the default. several,
    default, base: as of `add_configuration`."""
    meanings = "; ".join(f"{name}: {TOPS[name].meaning}" for name in tops)
    parser.add_argument("--top", choices=tops, default=tops[0], help=f"{meanings} (default: %(default)s)")
    processors = [name for name in tops if TOPS[name].is_processor]
    if not processors:
        return add_configuration(parser, several, default, base)
    shared = {one.name: one for one in Processor.options()}
    add_configuration(parser.add_argument_group("an accelerator"), several, default, base, shared)
    group = parser.add_argument_group(f"--top {' or '.join(processors)}")
    of_both = {one.name for one in Configuration.options()}
    for one in Processor.options():
        if one.name not in of_both:
            group.add_argument(one.flag, type=partial(_value, one), metavar=one.letter,
                               help=f"{one.help} (default: {default or one.default})")
    return None


def add_configuration(parser, several=False, default="", base=None, shared=()):
    """Add the options of Configuration to an argparse parser; an option is None where the command line does not say it.

    several: of each as many values as one likes, those of layers with commas between; default: what it is called where
    it is not that of `base`, a Configuration (by default the usual one); shared: {name: Option} of a Processor, whose
    defaults are told, too, where it has the same names.
    """
    base = base or Configuration()
    for option in Configuration.options():
        own = default or _said(getattr(base, option.name))
        if several:
            one, count = (partial(_of_layers, option) if option.of_layers else partial(_value, option)), "+"
            letter = f"{option.letter}[,{option.letter}...]" * option.of_layers or option.letter
            halved = ", halved down to 8" * (option.default == ())
            said = f"to try (default: {_shown(option.tried) or own}{halved}"
        else:
            one, count, letter = partial(_value, option), "+" if option.of_layers else None, option.letter
            said = f"{'; one for all layers or one per layer' * option.of_layers} (default: {own}"
        if option.name in shared and not default:
            said += f"; of a processor {shared[option.name].default}"
        choices = f", of {_shown(option.values)}" if option.values else ""
        parser.add_argument(option.flag, type=one, nargs=count, metavar=letter,
                            help=f"{option.help}{choices}{'; ' * several}{said})")


def check_hardware(parser, arguments, accelerators=(), processors=()):
    """argparse's error where an option was given that the top does not have: one of the other kind of hardware, or of
    this command's own: `accelerators` only those of one network have, `processors` only processors."""
    is_processor = TOPS[arguments.top].is_processor
    has = {one.name for one in TOPS[arguments.top].chosen.options()}
    others = [one.name for one in (Configuration if is_processor else Processor).options() if one.name not in has]
    others += accelerators if is_processor else processors
    given = [name for name in others if getattr(arguments, name) != parser.get_default(name)]
    if given:
        parser.error(f"the top {arguments.top} has no {', '.join(map(flag, given))}: leave that out")


def flag(name):
    """An option as the command line has it."""
    return f"--{name.replace('_', '-')}"


def given_options(arguments, chosen):
    """{name: value} of the options of Configuration or Processor, which `chosen` is, that the command line says."""
    given = {one.name: value for one in chosen.options() if (value := getattr(arguments, one.name)) is not None}
    return {name: _single(value) for name, value in given.items()} if chosen is Processor else given


def check_board(parser, arguments):
    """A board holds accelerator_serial: with --board that is the top; argparse's error for another."""
    if arguments.board:
        if arguments.top not in (DEFAULT, SERIAL):
            parser.error(f"--board is for the top {SERIAL}, not for {arguments.top}")
        arguments.top = SERIAL


def configuration(arguments, base=None):
    """The Configuration that parsed arguments describe, where they say nothing that of `base`."""
    return replace(base or Configuration(), **given_options(arguments, Configuration))


def design_of(arguments, network):
    """The Design of a network in the Configuration that parsed arguments describe."""
    return Design(network, configuration(arguments))


def processor_of(arguments):
    """The Processor that parsed arguments describe."""
    return Processor(**given_options(arguments, Processor))


def is_chosen(parser, arguments):
    """Whether an option of an accelerator was given another value than its default, or another top than the default."""
    defaults = {one.name: one.default for one in Configuration.options()}
    return (any(value != defaults[name] for name, value in given_options(arguments, Configuration).items())
            or getattr(arguments, "top", None) != parser.get_default("top"))


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
                     f"{_shown(option.values) or 'from 1 on'} | {_said(option.default)} | {option.help} |")
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


def _single(value):
    """A list of one value as the value: a Processor has one of each."""
    while isinstance(value, (list, tuple)) and len(value) == 1:
        value, = value
    return value


def _of_layers(option, text):
    return tuple(_value(option, part) for part in text.split(","))


def _shown(values, last=", "):
    if len(values) > MOST_SHOWN and values == tuple(range(values[0], values[-1] + 1)):
        return f"{values[0]} to {values[-1]}"
    *most, end = (*map(str, values),) or ("",)
    return last.join(filter(None, (", ".join(most), end)))


def _said(value):
    return joined(value, " ") or "all neurons"

