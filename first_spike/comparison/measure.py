"""One design on a whole test set: back to back, each image alone, and with stalls at both ends."""

import numpy as np

from first_spike.command.provenance import version
from first_spike.comparison.backends import from_golden, from_record
from first_spike.comparison.cycle_statistics import statistics
from first_spike.comparison.mismatches import count_mismatches, cycle_agreement
from first_spike.comparison.recorder import Recorder
from first_spike.comparison.whole_design import write_whole_design
from first_spike.golden.contract.result_word import unpack
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency, predict
from first_spike.jobs.jobs import Job, Large, run_jobs
from first_spike.jobs.kept import Kept, hash_of_arrays, hash_of_project

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
    recorder = Recorder(design, images, made, folder / "simulation")
    inference = infer(network, images)
    predicted = predict(design, images, inference)
    expected = from_golden(inference, predicted.interval)
    records, agreements = {}, {}
    options = {"stream": {}, "alone": {"alone": True}, "stalled": {"stalls": stalls}}
    for number, (run, option) in enumerate(options.items()):
        records[run] = recorder.run(seed=seed, **option, progress=lambda share, n=number: report(
            BUILD_SHARE + (1 - BUILD_SHARE) * (n + share) / len(options)))
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
