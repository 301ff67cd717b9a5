"""What judges the design, as commands: `python -m tb prove`; the Makefile calls them."""

import sys
from pathlib import Path

from first_spike.__main__ import first_line, start

COMMANDS = {"prove": "formal.command", "check-printer": "formal.printed", "mutants": "mutation.command",
            "mutants-sources": "mutation.source_command", "coverage": "coverage.command", "soak": "soak.command",
            "fuzz-readers": "fuzz.command", "grid": "benches.grid"}


def main():
    name, *rest = sys.argv[1:] or ["--help"]
    if name in ("-h", "--help"):
        print("usage: python -m tb COMMAND ...\n")
        for known, module in COMMANDS.items():
            file = Path(__file__).parent.joinpath(*module.split(".")).with_suffix(".py")
            print(f"  {known:17}{first_line(file)}")
    elif name in COMMANDS:
        sys.argv = [f"python -m tb {name}", *rest]
        start(f"tb.{COMMANDS[name]}")
    else:
        sys.exit(f"error: tb has no command {name!r}: choose of {', '.join(COMMANDS)}")


if __name__ == "__main__":
    main()
