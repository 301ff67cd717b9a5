"""Draw the figures of the pages, docs/figures: diagrams, waves, charts.

The same commit gives the same bytes. With --check nothing is written; exit status 1 if a file is not what is drawn.
"""


if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import EXIT_USER_ERROR, Parser, console, error_console, run
from first_spike.golden.files import ROOT, replacing
from scripts.site.charts import RULES, charts, explained
from scripts.site.pipelines import PIPELINES
from scripts.site.waves import waves

FOLDER = ROOT / "docs" / "figures"


def diagrams():
    """{name of a file: text of the SVG} of all that is no chart."""
    drawn = {name: draw().svg() for name, draw in PIPELINES.items()}
    return drawn | waves() | {"first_spike.svg": explained().svg(RULES)}


def main():
    arguments = parse()
    figures = diagrams() | ({} if arguments.diagrams else charts())
    differing = [name for name, text in figures.items() if content(FOLDER / name) != text]
    if arguments.check:
        for name in differing:
            error_console.print(f"docs/figures/{name} is not what scripts/figures.py draws", soft_wrap=True)
        return EXIT_USER_ERROR if differing else None
    FOLDER.mkdir(exist_ok=True)
    for name in differing:
        with replacing(FOLDER / name) as file:
            file.write(figures[name].encode())
    console.print(f"{len(figures)} figures, {len(differing)} of them new")
    return None


def content(path):
    """The text of a file, None where there is none."""
    return path.read_text() if path.is_file() else None


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, and name the files that differ")
    parser.add_argument("--diagrams", action="store_true", help="without the charts, which take a minute")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
