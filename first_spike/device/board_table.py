"""What a board answered beside what golden and the cycle model say."""

import numpy as np
from rich.table import Table

from first_spike.golden.contract.limits import pack, unpack
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency


def board_report(design, images, labels, answers, seconds):
    """The figures of a run, as a dict. answers: Answers to `images`; labels: int64 [n] or None."""
    expected = infer(design.network, images)
    right = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    cycles = latency(design, images, expected, whole=True)
    wrong, slow = np.flatnonzero(answers.words != right), np.flatnonzero(answers.latency != cycles)
    accuracies = {"board": unpack(answers.words).classes, "golden": expected.classes}
    return {
        "images": len(images), "mismatches": len(wrong), "cycle_mismatches": len(slow), "seconds": seconds,
        "accuracy": {name: None if labels is None else float((classes == labels).mean())
                     for name, classes in accuracies.items()},
        "cycles": {"board": float(answers.latency.mean()), "model": float(cycles.mean())},
        "first": [f"image {k}: the board says {answers.words[k]:08x}, golden {right[k]:08x}" for k in wrong[:1]] + [
            f"image {k}: the board took {answers.latency[k]} cycles, the cycle model says {cycles[k]}"
            for k in slow[:1]],
    }


def board_table(title, report):
    """The rich Table of `board_report`."""
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    accuracy = report["accuracy"]
    rows = [
        ("images", f"{report['images']:,}"),
        ("accuracy, board", _percent(accuracy["board"])),
        ("accuracy, golden model", _percent(accuracy["golden"])),
        ("mismatches: result", f"{report['mismatches']:,}"),
        ("cycles from last beat to result, mean", f"{report['cycles']['board']:,.1f}"),
        ("  by the cycle model", f"{report['cycles']['model']:,.1f}"),
        ("mismatches: cycles", f"{report['cycle_mismatches']:,}"),
        ("images a second over the line", f"{report['images'] / report['seconds']:,.1f}"),
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _percent(value):
    return "–" if value is None else f"{value:.2%}"
