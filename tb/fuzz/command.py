"""Fuzz every reader of files that users bring, with atheris: whatever the bytes are, a file is taken or refused in one
sentence.

What does otherwise is kept and printed. Exit status 1 if anything is found.
"""

import argparse
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

from rich.table import Table

from first_spike.command.bars import JobBar
from first_spike.command.cli import complain, console, write_json
from first_spike.command.option_values import above_zero, natural
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from tb.fuzz.readers import READERS, try_file

GRACE = 120  # seconds that a reader may take beyond its time


def main():
    arguments = parse()
    if arguments.file:
        return try_one(arguments)
    check_places(arguments, folders=("build",))
    names = chosen(arguments.readers)
    if importlib.util.find_spec("atheris") is None:
        raise UserError("atheris is not installed: `make fuzz-readers` installs it, as the extra `fuzz`")
    seconds = max(1, round(60 * arguments.minutes / len(names)))
    made = made_by()
    failed, report = [], {}
    with work_folder(arguments.build) as folder, JobBar("fuzz", names) as bar:
        for number, name in enumerate(names):
            bar.report(number, 0)
            report[name] = fuzz(name, folder / name, seconds, arguments.seed)
            if report[name] and report[name]["finding"]:
                failed.append(f"{name}: {report[name]['finding']}")
            bar.report(number, 1)
        write_json(folder / "report.json", {"made_by": made, "seed": arguments.seed, "failed": failed,
                                            "readers": report})
    console.print(table(report))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def chosen(names):
    """Those of these names, or all of them; UserError for a name that is none."""
    for name in names:
        if name not in READERS:
            raise UserError(f"no reader is called {name!r}: choose of {', '.join(READERS)}")
    return names or list(READERS)


def try_one(arguments):
    """Read one file by one reader; what is wrong with it surfaces as it is."""
    name, = chosen(arguments.readers) if len(arguments.readers) == 1 else (None,)
    if name is None:
        raise UserError("--file needs the name of one reader")
    try_file(READERS[name], arguments.file)
    console.print(f"{name}: {arguments.file} is taken, or refused in a sentence", soft_wrap=True)


def fuzz(name, folder, seconds, seed):
    """{"seconds", "files": how many were tried, "finding": a sentence or None} of a reader; None where it cannot be
    tried, since the package that it needs is missing."""
    needs = READERS[name].needs
    if needs is not None and importlib.util.find_spec(needs) is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "fuzz.log"
    with open(log, "wb") as messages:
        try:
            status = subprocess.run([sys.executable, "-m", "tb.fuzz.one_reader", name, str(folder),
                                     str(seconds), str(seed)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=messages,
                                    stderr=subprocess.STDOUT, timeout=seconds + GRACE).returncode
        except subprocess.TimeoutExpired:
            status = None
    text = log.read_text(errors="replace")
    count = re.findall(r"number_of_executed_units:\s*(\d+)", text)
    return {"seconds": seconds, "files": int(count[-1]) if count else None,
            "finding": finding(name, text, log) if status else None if status == 0 else f"no end; see {log}"}


def finding(name, text, log):
    """The sentence about what a reader did: what Python said of it, and how to try it again."""
    said = re.findall(r"=== Uncaught Python exception: ===\n(.*)", text)
    kept = re.findall(r"Test unit written to (\S+)", text)
    again = f"; again with: .venv/bin/python -m tb fuzz-readers {name} --file {kept[-1]}" if kept else ""
    return f"{said[-1] if said else 'it ended in another way'} (see {log}{again})"


def table(report):
    made = Table(title="files that were read, or refused in a sentence", title_justify="left")
    for heading in ("reader", "seconds", "files", "finding"):
        made.add_column(heading, justify="left" if heading in ("reader", "finding") else "right")
    for name, found in report.items():
        if found is None:
            made.add_row(name, "", "", f"not tried: {READERS[name].needs} is missing")
        else:
            count = "" if found["files"] is None else f"{found['files']:,}"
            made.add_row(name, str(found["seconds"]), count, (found["finding"] or "none").split(" (see ")[0])
    return made


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of {', '.join(READERS)} (default: all)")
    parser.add_argument("--minutes", type=above_zero, default=5.0, help="for all of them together (default: 5)")
    parser.add_argument("--seed", type=natural, default=1, help="of the fuzzer (default: 1)")
    parser.add_argument("--file", type=Path, metavar="FILE", help="read this file instead, by the one reader named")
    parser.add_argument("--build", type=Path, default=BUILD / "fuzz", metavar="FOLDER", help="(default: build/fuzz)")
    return parser.parse_args()

