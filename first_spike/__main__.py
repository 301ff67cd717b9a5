"""The command `first-spike`, also `python -m first_spike`: each file of first_spike/commands is a subcommand."""

from first_spike.command.interrupts import answer

answer()  # before anything is loaded that takes time

import ast  # noqa: E402
import importlib  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

NAMES = {path.stem.replace("_", "-"): path for path in sorted(Path(__file__).with_name("commands").glob("[a-z]*.py"))}


def main():
    name, *rest = sys.argv[1:] or ["--help"]
    if name in ("-h", "--help"):
        print(f"usage: first-spike COMMAND ...\n\n{summary()}\n\nfirst-spike COMMAND --help says more.")
    elif name in NAMES:
        sys.argv = [f"first-spike {name}", *rest]
        start(f"first_spike.commands.{NAMES[name].stem}")
    else:
        sys.exit(f"error: first-spike has no command {name!r}: choose of {', '.join(NAMES)}")


def start(module):
    """Run the `main` of a module and leave with its exit status."""
    from first_spike.command.cli import run

    run(importlib.import_module(module).main)


def summary():
    """A line for each command, without loading it."""
    return "\n".join(f"  {name:16}{ast.get_docstring(ast.parse(path.read_text())).splitlines()[0]}"
                     for name, path in NAMES.items())


if __name__ == "__main__":
    main()
