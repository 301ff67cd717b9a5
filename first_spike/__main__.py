"""The command `first-spike`, also `python -m first_spike`: each subcommand is a file of first_spike/commands."""

from first_spike.command.interrupts import answer

answer()  # before anything is loaded that takes time

import ast  # noqa: E402
import importlib  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

GROUPS = {  # what they are about -> {subcommand: its file}
    "networks": {"train": "train", "quantize": "quantize", "evaluate": "evaluate", "import": "import_weights",
                 "export": "export_nir", "look": "look", "outliers": "outliers"},
    "hardware": {"generate": "generate", "compare": "compare", "explore": "explore", "synth": "synth",
                 "netlist": "netlist", "lint": "lint", "demo": "demo"},
    "boards": {"bitstream": "bitstream", "flash": "flash", "board": "board", "network-image": "network_image"},
}
COMMANDS = {name: file for group in GROUPS.values() for name, file in group.items()}
COMPLETION = "--completion"
OPTIONS = "--options"


def main():
    name, *rest = sys.argv[1:] or ["--help"]
    if "_ARGCOMPLETE" in os.environ:
        complete()
    elif name in ("-h", "--help"):
        print(f"usage: first-spike COMMAND ...\n\n{summary()}\n\nfirst-spike COMMAND --help says more; "
              f"eval \"$(first-spike {COMPLETION})\" completes in bash and zsh.")
    elif name == "--version":
        from first_spike import __version__
        print(f"first-spike {__version__}")
    elif name == COMPLETION:
        from argcomplete import shellcode
        print(shellcode(["first-spike"]))
    elif name == OPTIONS:
        print("\n".join(f"{one.flag}={one.variable}" for one in options_of_top(*rest)))
    elif name in COMMANDS:
        sys.argv = [f"first-spike {name}", *rest]
        start(f"first_spike.commands.{COMMANDS[name]}")
    else:
        sys.exit(f"error: first-spike has no command {name!r}: choose of {', '.join(COMMANDS)}")


def start(module):
    """Run the `main` of a module and leave with its exit status."""
    from first_spike.command.cli import run

    run(importlib.import_module(module).main)


def options_of_top(top=""):
    """The Options of what a top is made of: a Processor, or else a Configuration."""
    if top.startswith("processor"):
        from first_spike.golden.contract.processor import Processor as Hardware
    else:
        from first_spike.golden.contract.configuration import Configuration as Hardware
    return Hardware.options()


def summary():
    """A line for each command, in groups, without loading it."""
    lines = []
    for title, group in GROUPS.items():
        lines.append(f"{title}:")
        for name, file in group.items():
            lines.append(f"  {name:14}{first_line(Path(__file__).with_name('commands') / f'{file}.py')}")
    return "\n".join(lines)


def first_line(path):
    """What a file of Python says it is about, without loading it."""
    return ast.get_docstring(ast.parse(path.read_text())).splitlines()[0]


def complete():
    """Tell the shell what may come next: the parser of the subcommand does, which ends the program; or the names of
    subcommands."""
    import argcomplete

    words = os.environ["COMP_LINE"][:int(os.environ["COMP_POINT"])].split(" ")
    if len(words) > 2 and words[1] in COMMANDS:
        os.environ["_ARGCOMPLETE"] = "2"  # words that are the program's name
        importlib.import_module(f"first_spike.commands.{COMMANDS[words[1]]}").main()
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=COMMANDS)
    argcomplete.autocomplete(parser)


if __name__ == "__main__":
    main()
