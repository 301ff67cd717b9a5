"""What the bench found, as a table: a row for each design."""

from rich import box
from rich.table import Table


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
