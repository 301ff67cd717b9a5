"""What synthesis found, as tables."""

import numpy as np
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.data.mnist import SAMPLES
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.schedule.cycles import predict
from first_spike.synthesis.rivals import rivals_table
from first_spike.synthesis.targets import RESOURCES

COLUMNS = ("logic", "lut", "carry", "ff", "lutram", "bram")


def cell_table(target, report):
    """Cells of each module for one Target; `report` has what `count_cells` gives."""
    table = Table(title=f"{target.name}, {target.device}: cells of each module", title_justify="left",
                  box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0),
                  caption=f"flattened; a cell counts where the signal stands that it drives; {units(target)}",
                  caption_justify="left")
    table.add_column("module", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    for name in COLUMNS:
        table.add_column(RESOURCES[name], justify="right", no_wrap=True)
    for module, counts in sorted(report["modules"].items(), key=lambda item: -item[1]["logic"]):
        if any(counts[name] for name in COLUMNS):
            table.add_row(module, f"x {counts['instances']:,}", *(f"{counts[name]:,}" for name in COLUMNS))
    table.add_section()
    table.add_row("total", "", *(f"{report['total'][name]:,}" for name in COLUMNS))
    table.add_row("of the device", "", *(f"{report['total'][name] / target.capacity[name]:.0%}"
                                         if name in target.capacity else ""
                                         for name in COLUMNS))
    return table


def units(target):
    """What the columns count, in words."""
    return ", ".join(f"{RESOURCES[name]}: {unit}" for name, unit in target.units.items() if unit)


def clock_table(reports):
    """Clock of every target and speed that was placed, and the critical paths below."""
    table = Table(title="clock after place and route, median over the seeds", title_justify="left", box=box.SIMPLE_HEAD,
                  pad_edge=False)
    for column in ("device", "speed", "MHz", "range", "seeds"):
        table.add_column(column, justify="left" if column == "device" else "right", no_wrap=True)
    paths = []
    for report in reports.values():
        for clock in report["clock"]:
            table.add_row(report["device"], str(clock["speed"]), f"{clock['mhz_median']:.1f}",
                          f"{clock['mhz_min']:.1f} – {clock['mhz_max']:.1f}", str(len(clock["seeds"])))
            if clock["path"]:
                paths.append(f"{report['device']} speed {clock['speed']}, critical path of the median run: "
                             f"{clock['path']['words']}")
    return Group(table, *(Text(path) for path in paths))


def result_tables(reports, comparison):
    """The clocks, and our rows beside the rivals, where there are any of them."""
    if any(report["clock"] for report in reports.values()):
        yield clock_table(reports)
    if comparison:
        yield rivals_table(comparison)


def compare(design, reports, whole):
    """Our rows for the table of rivals: one for each clock; none for a network that is not for 28 x 28 digits. whole:
    images begin when they are complete, as behind registers.

    The time is the mean number of cycles between results on the 500 digits that come along, or on their events, by
    `golden.schedule.cycles`, at that clock.
    """
    network = design.network
    if network.image_shape != (28, 28):
        return []
    with np.load(SAMPLES, allow_pickle=False) as archive:
        images = archive["images"]
    if network.takes == EVENTS:
        images = Recordings.of_times(encode(images, network.steps), network.steps)
    cycles = float(predict(design, images, infer(network, images), whole=whole).interval.mean())
    accuracy = network.accuracy.get("accuracy") if network.accuracy.get("dataset",
                                                                        "").lower().startswith("mnist") else None
    rows = []
    for report in reports.values():
        for clock in report["clock"]:
            rows.append({"network": network.title,
                         "accuracy": "–" if accuracy is None else f"{accuracy:.2%}",
                         "microseconds": f"{cycles / clock['mhz_median']:.3f}", "cycles": cycles,
                         "logic": f"{report['total']['logic']:,} LUT", "bram": str(report["total"]["bram"]),
                         "source": f"{report['device']} speed {clock['speed']}, {cycles:.1f} cycles at "
                                   f"{clock['mhz_median']:.0f} MHz"})
    return rows
