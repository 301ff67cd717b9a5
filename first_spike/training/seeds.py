"""The same training with several seeds: NAME_s1.npz and so on, and one table with mean and spread."""

import sys
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
from rich.table import Table

from first_spike.command.cli import complain, console, write_json
from first_spike.command.folders import make_folder
from first_spike.command.interrupts import EXIT_INTERRUPTED
from first_spike.command.output_name import file, reserved
from first_spike.command.silence import warn
from first_spike.golden.files import cache_folder
from first_spike.golden.training.classes import held_and_rest
from first_spike.golden.training.loop import Stopped
from first_spike.jobs.kept import Kept
from first_spike.training.class_report import tell_classes
from first_spike.training.results import CHECKPOINT, SUFFIXES, check_leftovers, draw
from first_spike.training.training_jobs import run_trainings, training_job

KEPT = cache_folder("seeds")
SUMMARY = "_seeds.json"
COLUMNS = {"accuracy": ".2%", "worst class": ".2%", "held out": ".2%", "silent": ".2%", "ties": ".2%",
           "spikes to the decision": ".1f"}


def train_seeds(name, seeds, plan, dataset, inputs, workers, restart=False):
    """Train by a Plan with each of the seeds, as long jobs, into the files of `name` (a Path); returns the exit status.

    inputs: {option: path} of what is read. workers: see `run_trainings`. restart: begin anew.
    """
    outs = {seed: file(name, f"_s{seed}") for seed in seeds}
    with ExitStack() as held:
        held.enter_context(reserved("--out", name, (SUMMARY,), inputs))
        for out in outs.values():
            held.enter_context(reserved("--out", out, SUFFIXES, inputs))
            check_leftovers(out, plan, True, restart)
        tell_classes(dataset, held_and_rest(plan, dataset)[0], plan.class_weights)
        make_folder(KEPT)
        jobs = [training_job(out, replace(plan, seed=seed), dataset) for seed, out in outs.items()]
        if restart:
            jobs = [replace(job, still=lambda result: False) for job in jobs]
        try:
            results, failed = run_trainings("seeds", jobs, workers, Kept(KEPT))
        except Stopped:
            print("stopped; the same command goes on with what is left", file=sys.stderr)
            return EXIT_INTERRUPTED
        done = {seed: result for seed, result in zip(outs, results) if result is not None}
        for seed in done:
            draw(outs[seed])
            file(outs[seed], CHECKPOINT).unlink(missing_ok=True)
        rows = {kind: {seed: _row(result["networks"][kind]) for seed, result in done.items()}
                for kind in ("float", "integer") if any(kind in result["networks"] for result in done.values())}
        write_json(file(name, SUMMARY), {"plan": replace(plan, seed=0).as_dict() | {"seed": list(outs)},
                                                  "networks": rows, "failed": failed})
    if done:
        console.print(seeds_table(name.name, rows))
    warn([sentence for result in done.values() for sentence in result["warnings"]])
    return complain(failed)


def _row(figures):
    return dict(zip(COLUMNS, (figures["accuracy"], figures["worst_recall"], figures["held_out"]["accuracy"],
                              figures["silent"], figures["ties"], figures["events"])))


def seeds_table(title, rows):
    """{kind of network: {seed: {column: figure}}} as a table for people, with the mean of each column and its spread,
    the standard deviation of a sample."""
    grid = Table("network", "seed", *COLUMNS, title=title, caption="accuracies are strict; the spread is the standard "
                                                                   "deviation")
    for kind, seeds in rows.items():
        table = np.array([list(row.values()) for row in seeds.values()])
        lines = dict(zip(seeds, table)) | {"mean": table.mean(axis=0)}
        if len(seeds) > 1:
            lines["spread"] = table.std(axis=0, ddof=1)
        for name, line in lines.items():
            grid.add_row(kind, str(name), *(f"{figure:{form}}" for figure, form in zip(line, COLUMNS.values())))
        grid.add_section()
    return grid
