"""Write from the reports of the runs how far the project is verified: verification.md and verification.json in
docs/explanation/.

Of a run whose report is missing the page keeps what it said before. A run without either, or with a report of other
sources than those that are there, is said on the page.
"""

import argparse
import json
from pathlib import Path

from first_spike.command.cli import console, shown, write_json
from first_spike.command.places import BUILD
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT, replacing
from tb.record.page import page
from tb.record.verification import verification

NAME = "verification"


def main():
    arguments = parse()
    if not arguments.out.is_dir():
        raise UserError(f"there is no folder {arguments.out}")
    files = [arguments.out / f"{NAME}.md", arguments.out / f"{NAME}.json"]
    record = verification(arguments.build, None if arguments.fresh else before(files[1]))
    with replacing(files[0]) as file:
        file.write(page(record).encode())
    write_json(files[1], record)
    for origin, command in ((origin, command) for command, origin in record["reports"].items()):
        if origin["there"] and origin["warning"]:
            console.print(f"{command}: {origin['warning']}", soft_wrap=True)
    for text, commands in (
            ("kept as they were", [name for name, origin in record["reports"].items() if origin.get("kept")]),
            ("no report of", [name for name, origin in record["reports"].items() if not origin["there"]])):
        if commands:
            console.print(f"{text}: {', '.join(commands)}", soft_wrap=True)
    console.print(f"{shown(files[0])}, {shown(files[1])}", soft_wrap=True)


def before(file):
    """The record in a file; None if there is no file. UserError if it is no record."""
    if not file.is_file():
        return None
    try:
        record = json.loads(file.read_text())
        for origin in record["reports"].values():
            if origin["there"]:
                origin["found"], origin["made_by"]["commit"], origin["made_by"]["changed"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{file} is no record that `make record` wrote: bring it back, or start again with "
                        f"`make record FRESH=1`") from None
    return record


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=BUILD, metavar="FOLDER",
                        help="with the reports, each in the folder of its command (default: build)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "explanation", metavar="FOLDER",
                        help="where the page is written (default: docs/explanation)")
    parser.add_argument("--fresh", action="store_true",
                        help="of the reports alone, without what the record in --out says of other runs")
    return parser.parse_args()

