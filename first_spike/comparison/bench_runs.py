"""The bench: which designs, how each is measured, and the table of what was found.

What the bench measures: the designs of docs/explanation/results.md, or one of one's own.

One design on a whole test set: back to back, each image alone, and with stalls at both ends.

What the bench found, as a table: a row for each design.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich import box
from rich.table import Table

from first_spike.command.places import CONVOLUTIONAL_NETWORK, NETWORKS
from first_spike.command.provenance import version
from first_spike.comparison.design_files import write_whole_design
from first_spike.comparison.outcome import from_golden, from_record
from first_spike.comparison.recorder import Recorder
from first_spike.comparison.table import statistics
from first_spike.comparison.verdict import count_mismatches, cycle_agreement
from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import unpack
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency, predict
from first_spike.jobs.jobs import Job, Kept, Large, hash_of_arrays, hash_of_project, run_jobs


class Case(NamedTuple):
    """A Design, with a name for the table."""

    name: str
    design: Design


SHIPPED = {  # name: (network, configuration)
    "784-128-10, 128 lanes": ("mnist_784_128_10_4bit", Configuration()),
    "784-128-10, 128 lanes, 2 events": ("mnist_784_128_10_4bit", Configuration(events_per_cycle=2)),
    "784-128-10, 128 lanes, 2 events, 16 pixels": ("mnist_784_128_10_4bit",
                                                   Configuration(events_per_cycle=2, pixels=16)),
    "784-128-10, 32 lanes, 1 spike": ("mnist_784_128_10_4bit", Configuration(lanes=(32,), spikes_per_cycle=1)),
    "784-128-10, 16 and 2 lanes, 1 pixel, 1 spike": (
        "mnist_784_128_10_4bit", Configuration(lanes=(16, 2), pixels=1, spikes_per_cycle=1)),
    "784-400-10, 400 lanes": ("mnist_784_400_10_4bit", Configuration()),
    "convolutions, one tap": (CONVOLUTIONAL_NETWORK.stem, Configuration()),
    "convolutions, a kernel row": (CONVOLUTIONAL_NETWORK.stem, Configuration(taps=("row",))),
}


def shipped_cases():
    """The Cases of SHIPPED."""
    return [Case(name, Design(Network.load(NETWORKS / f"{network}.npz"), configuration))
            for name, (network, configuration) in SHIPPED.items()]


def own_case(path, design):
    """The Case of a Design of the network in the file `path`."""
    chosen = design.settings
    lanes = " and ".join(map(str, chosen["lanes"]))
    taps = f", taps {' and '.join(map(str, chosen['taps']))}" if ROW in chosen["taps"] else ""
    of_pixels = {name: f", {chosen[name]} {word}" for name, word in (("pixels", "pixels"), ("events_per_cycle",
                                                                                            "events"))
                 if name in chosen}
    return Case(f"{Path(path).stem}, {lanes} lanes{taps}{of_pixels.get('pixels', '')}, {chosen['spikes_per_cycle']} "
                f"spikes{of_pixels.get('events_per_cycle', '')}", design)


BUILD_SHARE = 0.4  # of the time, for compiling


def measure_all(cases, images, folder, stalls, seed, workers):
    """Generate and measure every Case on the ChosenImages, in the `folder`, where the reports are kept too; returns
    (reports of `measure`, a sentence for each design that failed)."""
    decides = {"images": hash_of_arrays(images.images, images.labels), "stalls": stalls, "seed": seed,
               "verilator": workers.everywhere(version, "verilator", "--version"), "code": hash_of_project()}
    shared = Large(images.images), Large(images.labels)
    jobs = [Job(case.name, measure, (case.name, Large(case.design), *shared, stalls, seed),
                folder / f"design{number}",
                decides | {"name": case.name, "network": case.design.network.sha256,
                           "configuration": case.design.settings},
                still=lambda report: not any(report["differences"].values()))  # what differs is looked at again
            for number, case in enumerate(cases)]
    reports, failed = run_jobs("bench", jobs, workers, Kept(folder / "kept"))
    return [report for report in reports if report is not None], failed


def measure(folder, report, name, design, images, labels, stalls, seed):
    """Generate a Design in `folder` and simulate it on the images, three times; returns its
    figures, ready for JSON, under a `name`.

    labels: int64 [n] or None. stalls: percent, in the third run. report(share) is told how far it is. `differences` has
    a sentence for each run that differs from the golden model or the cycle model, else None.
    """
    network = design.network
    made = write_whole_design(design, folder / "verilog")
    recorder = Recorder(design, made, folder / "simulation")
    inference = infer(network, images)
    predicted = predict(design, images, inference)
    expected = from_golden(inference, predicted.interval)
    records, agreements = {}, {}
    options = {"stream": {}, "alone": {"alone": True}, "stalled": {"stalls": stalls}}
    for number, (run, option) in enumerate(options.items()):
        records[run] = recorder.run(images, seed=seed, **option, progress=lambda count, n=number: report(
            BUILD_SHARE + (1 - BUILD_SHARE) * (n + count / len(images)) / len(options)))
        agreements[run] = count_mismatches(network.steps, expected, from_record(records[run]))
    stream, alone, stalled = records["stream"], records["alone"], records["stalled"]
    idle = alone.valid - alone.last_beat
    cycles = {"stream": cycle_agreement(predicted.valid, stream.valid - stream.first_beat[0]),
              "alone": cycle_agreement(latency(design, images, inference), idle)}
    return {
        "name": name,
        "network_sha256": network.sha256,
        "configuration": design.settings,
        "accuracy": None if labels is None else float((unpack(stream.words).classes == labels).mean()),
        "stalls_percent": stalls,
        "images": {name: len(images) for name in options},
        "mismatches": {name: agreement.mismatches for name, agreement in agreements.items()},
        "cycles": statistics(np.diff(stream.valid)),
        "latency_idle": statistics(idle),
        "cycles_stalled": statistics(np.diff(stalled.valid)),
        "cycle_model_differs": {name: found["mismatches"] for name, found in cycles.items()},
        "differences": {name: agreements[name].first or cycles.get(name, {}).get("first") for name in options},
    }


def bench_table(title, reports):
    """The rich Table of reports made by `measure`."""
    stalls = reports[0]["stalls_percent"]
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0),
                  caption_justify="left", caption=(
        "cycles: from one result to the next, back to back; idle: from the last beat to the result, each image alone; "
        "stalled: "
        f"cycles with both ends stalling in {stalls} % of the cycles; wrong: results or spikes unlike the golden model "
        f"in "
        "the three runs; model: images whose cycles are not as the cycle model says"))
    table.add_column("design", min_width=13)
    for column in ("correct", "cycles", "p50", "p99", "max", "idle", "stalled", "wrong", "model"):
        table.add_column(column, justify="right", no_wrap=True)
    for report in reports:
        cycles = report["cycles"]
        wrong = sum(sum(counts.values()) for counts in report["mismatches"].values())
        table.add_row(report["name"], _share(report["accuracy"]), f"{cycles['mean']:.1f}", str(cycles["p50"]),
                      str(cycles["p99"]), str(cycles["max"]), f"{report['latency_idle']['mean']:.1f}",
                      f"{report['cycles_stalled']['mean']:.1f}", str(wrong),
                      str(sum(report["cycle_model_differs"].values())))
    return table


def _share(accuracy):
    return "–" if accuracy is None else f"{accuracy:.2%}"
