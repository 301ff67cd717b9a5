"""An exploration as a table and as a plot."""

from rich import box
from rich.table import Table

from scripts.command.figure import blank_figure, save_figure
from scripts.exploration.points import luts, pareto


def exploration_table(title, points):
    """The rich Table of `points`, fastest first; a star marks those that no other beats in cycles and LUTs at once."""
    measured = any(point["measured"] for point in points)
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0,
                  caption_justify="left", caption=(
        "* none is better in cycles and LUTs; lanes of each layer, pixels a beat, spikes and events a cycle; cycles "
        "between results; "
        "k/s: thousand images a second; LUT, BRAM: ECP5 by the area model"
        + (", in brackets measured" if measured else "") + "; w: bits of weights a cycle"))
    for name in ("", "lanes", "B", "G", "E", "cycles", "p99", "max", "k/s", "LUT", "BRAM", "w"):
        table.add_column(name, justify="left" if name in ("", "lanes") else "right", no_wrap=True)
    best = set(pareto(points))
    for number in sorted(range(len(points)), key=lambda n: points[n]["cycles"]["mean"]):
        point = points[number]
        chosen, cycles = point["configuration"], point["cycles"]
        table.add_row("*" if number in best else "", "-".join(map(str, chosen["lanes"])), str(chosen["pixels"]),
                      str(chosen["spikes_per_cycle"]), str(chosen["events_per_cycle"]), f"{cycles['mean']:.1f}",
                      str(cycles["p99"]), str(cycles["max"]), f"{point['images_per_second'] / 1000:,.0f}",
                      _area(point, "lut"), _area(point, "bram"), f"{point['weight_bits_per_cycle']:,}")
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
    for n in front:
        chosen = points[n]["configuration"]
        axis.annotate(f"{chosen['lanes'][0]}/{chosen['pixels']}/{chosen['events_per_cycle']}", (cells[n], cycles[n]),
                      fontsize=5, xytext=(2, 2), textcoords="offset points")
    axis.set_yscale("log")
    axis.set_xlabel("LUT4 of an ECP5")
    axis.set_ylabel("cycles an image")
    axis.set_title(f"{title}: lanes/pixels/events", fontsize="small", parse_math=False)
    save_figure(figure, path)
