"""An exploration as a table and as a plot."""

from rich import box
from rich.table import Table

from first_spike.command.figure import blank_figure, save_figure
from first_spike.exploration.points import cells, luts, pareto
from first_spike.golden.contract.configuration import ROW
from first_spike.synthesis.fit import short_fit


def exploration_table(title, points, boards=()):
    """The rich Table of `points`, fastest first; a star marks those that no other beats in cycles and LUTs at once. Of
    each Board it says whether they fit."""
    measured = any(point["measured"] for point in points)
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0,
                  caption_justify="left", caption=(
        "* none is better in cycles and LUTs; lanes of each layer, pixels a beat, spikes and events a cycle; cycles "
        "between results; "
        "k/s: thousand images a second; LUT, BRAM: ECP5 by the area model"
        + (", in brackets measured" if measured else "") + "; ±: by which LUT may be off; w: bits of weights a cycle"))
    for name in ("", "lanes", "B", "G", "E", "cycles", "p99", "max", "k/s", "LUT", "±", "BRAM", "w"):
        table.add_column(name, justify="left" if name in ("", "lanes") else "right", no_wrap=True)
    for board in boards:
        table.add_column(board.name)
    best = set(pareto(points))
    for number in sorted(range(len(points)), key=lambda n: points[n]["cycles"]["mean"]):
        point = points[number]
        chosen, cycles = point["configuration"], point["cycles"]
        lanes = "-".join(map(str, chosen["lanes"]))
        table.add_row("*" if number in best else "", lanes + taps_text(point, " "), _chosen(chosen, "pixels"),
                      str(chosen["spikes_per_cycle"]), _chosen(chosen, "events_per_cycle"), f"{cycles['mean']:.1f}",
                      str(cycles["p99"]), str(cycles["max"]), f"{point['images_per_second'] / 1000:,.0f}",
                      _area(point, "lut"), f"{point['area']['lut_error']:,}", _area(point, "bram"),
                      f"{point['weight_bits_per_cycle']:,}",
                      *(f" {short_fit(board, *cells(point))}" for board in boards))
    return table


def _area(point, name):
    measured = f" ({point['measured'][name]:,})" if point["measured"] else ""
    return f"{point['area'][name]:,}{measured}"


def write_plot(path, points, title):
    """Draw cycles against LUTs, with the front, to a PNG file; UserError without matplotlib."""
    figure, (axis,) = blank_figure(1)
    cells = luts(points)
    cycles = [point["cycles"]["mean"] for point in points]
    front = sorted(pareto(points), key=lambda n: cells[n])
    axis.scatter(cells, cycles, s=14, color="0.6")
    axis.plot([cells[n] for n in front], [cycles[n] for n in front], "o-", markersize=4, drawstyle="steps-post")
    names = []
    for number, n in enumerate(front, 1):
        # numbers, above and below by turns, and the names beside the axes, since points of the front may lie close
        axis.annotate(str(number), (cells[n], cycles[n]), fontsize=6, xytext=(0, 5 if number % 2 else -5),
                      textcoords="offset points", ha="center", va="center")
        names.append(axis.plot([], [], " ", label=f"{number}: {short_name(points[n])}")[0])
    axis.set_yscale("log")
    axis.set_xlabel("LUT4 of an ECP5")
    axis.set_ylabel("cycles an image")
    axis.set_title(title, fontsize="small", parse_math=False)
    figure.legend(handles=names, loc="outside right upper", fontsize=5, handlelength=0, handletextpad=0,
                  title="lanes/pixels/spikes/events", title_fontsize=5)
    save_figure(figure, path)


def short_name(point):
    """All that makes a configuration, in the words of the plot."""
    chosen = point["configuration"]
    return (f"{'-'.join(map(str, chosen['lanes']))}/{_chosen(chosen, 'pixels')}/{chosen['spikes_per_cycle']}/"
            f"{_chosen(chosen, 'events_per_cycle')}{taps_text(point, '/')}")


def _chosen(configuration, name):
    """A number of a configuration; a dash where it says nothing, since the network takes events."""
    return "–" if configuration[name] is None else str(configuration[name])


def taps_text(point, before):
    """The taps of each layer behind `before`, nothing where all have one."""
    taps = point["configuration"]["taps"]
    return f"{before}{'-'.join(map(str, taps))}" if ROW in taps else ""
