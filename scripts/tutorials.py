"""Execute the tutorials, docs/tutorials, into build/tutorials, for the site.

Each runs in a folder of its own with this checkout's package and needs no network. --kept leaves those alone whose
notebook is the one that was executed before.
"""

import time

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import Parser, console, run, shown
from first_spike.golden.errors import UserError
from scripts.site.notebooks import NEEDS, can_run, executed, sources


def main():
    arguments = parse()
    chosen = [path for path in sources() if not arguments.names or path.stem in arguments.names]
    unknown = set(arguments.names) - {path.stem for path in chosen}
    if unknown:
        raise UserError(f"there is no tutorial {', '.join(sorted(unknown))}: choose of "
                        f"{', '.join(path.stem for path in sources())}")
    for source in chosen:
        begin = time.monotonic()
        path = executed(source, arguments.kept)
        said = (f"{time.monotonic() - begin:.0f} s" if can_run(source)
                else f"not executed, {NEEDS[source.stem]} is missing")
        console.print(f"{shown(path)}: {said}", soft_wrap=True)


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="tutorials to execute (default: all)")
    parser.add_argument("--kept", action="store_true", help="leave those alone that did not change")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
