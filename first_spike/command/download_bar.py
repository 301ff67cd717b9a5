"""Data sets, with a bar on the terminal while one of them is fetched, and what is to be said of them."""

import sys

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from first_spike.command.cli import error_console
from first_spike.golden.data.catalogue import load


def load_shown(name, **options):
    """`golden.data.catalogue.load` with the same arguments; says on stderr what the data set says of itself."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
               TimeRemainingColumn())
    with Progress(*columns, console=error_console, transient=True, disable=not error_console.is_terminal) as bar:
        tasks = {}

        def watch(label, done, total):
            if label not in tasks:
                tasks[label] = bar.add_task(label, total=total)
            bar.update(tasks[label], completed=done)

        dataset = load(name, watch=watch, **options)
    for sentence in dataset.said:
        print(sentence, file=sys.stderr)
    return dataset
