"""An exploration as a table and as a plot."""

from rich import box
from rich.table import Table

from first_spike.command.figure import blank_figure, save_figure
from first_spike.exploration.energy import MODELS, Work, shown
from first_spike.exploration.points import cells, luts, pareto
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.option import in_layers, joined
from first_spike.golden.errors import printable
from first_spike.synthesis.targets import CLOSE, short_fit

MOST_ROWS = 20


def exploration_table(title, points, boards=(), energy_model=None, clock=""):
    """The rich Table of `points`, fastest first; a star marks those that no other beats in cycles and LUTs at once. Of
    each Board it says whether they fit, and by an energy_model of FOR_BOUNDS what an image may take; clock: words on
    that by which times are computed."""
    measured = any(point["measured"] for point in points)
    options = said_options(points)
    letters = "".join(f"{option.letter}: {option.title}; " for option in options[1:])
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0,
                  caption_justify="left", caption=(
        f"* none is better in cycles and LUTs; lanes of each layer; {letters}cycles between results; "
        f"k/s: thousand images a second{clock and f' at {clock}'}; LUT, BRAM: ECP5 by the area model"
        + (", in brackets measured" if measured else "") + "; ±: by which LUT may be off; w: bits of weights a cycle"
        + (f"; uJ est.: of an image, estimated by the model {energy_model}, not measured" if energy_model else "")))
    for name in ("", "lanes", *(option.letter for option in options[1:]), "cycles", "p99", "max", "k/s", "LUT", "±",
                 "BRAM", "w", *(["uJ est."] if energy_model else [])):
        table.add_column(name, justify="left" if name in ("", "lanes") else "right", no_wrap=True)
    for board in boards:
        table.add_column(board.name)
    best = set(pareto(points))
    for number in sorted(range(len(points)), key=lambda n: points[n]["cycles"]["mean"]):
        point = points[number]
        chosen, cycles = point["configuration"], point["cycles"]
        table.add_row("*" if number in best else "", *(joined(chosen.get(option.name, "–")) for option in options),
                      f"{cycles['mean']:.1f}",
                      str(cycles["p99"]), str(cycles["max"]), f"{point['images_per_second'] / 1000:,.0f}",
                      _area(point, "lut"), f"{point['area']['lut_error']:,}", _area(point, "bram"),
                      f"{point['weight_bits_per_cycle']:,}", *([_energy(point, energy_model)] if energy_model else []),
                      *(f" {short_fit(board, *cells(point))}" for board in boards))
    return table


def budget_table(offers, budget):
    """The rich Table of Offers, as they come, at most MOST_ROWS: cycles, or energy where the Budget bounds it."""
    board, energy = budget.board, _said_of_energy(budget)
    spent = [said.partition(":")[0] for said in energy.values()]
    options = said_options([offer.point for offer in offers])
    letters = "".join(f"; {option.letter}: {option.title}" for option in options[1:])
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0, caption_justify="left", caption=(
        f"us: mean time of an image; MHz: {budget.clock_words}; LUT, BRAM: ECP5 by the area model; held out: accuracy "
        f"on training images that were held out, which --min-accuracy bounds; test: accuracy on the test set{letters}"
        + "".join(f"; {said}" for said in energy.values())
        + (f"; the first {MOST_ROWS} of {len(offers):,}, all in report.json" if len(offers) > MOST_ROWS else "")))
    table.add_column("network", overflow="fold", min_width=12)  # a path is told from others by its end, too
    for name in ("lanes", *(option.letter for option in options[1:]), "us", "MHz",
                 *(["cycles"] if not energy else []), "LUT", "BRAM", *spent, "held out", "test",
                 *([board.name] if board else [])):
        table.add_column(name, justify="left" if name == "lanes" else "right", no_wrap=True)
    for offer in offers[:MOST_ROWS]:
        chosen, found = offer.point["configuration"], cells(offer.point)[0]
        table.add_row(offer.name, *(f" {joined(chosen.get(option.name, '–'))}" for option in options),
                      f" {offer.us:.2f}", f" {offer.clock:g}",
                      *([f" {offer.point['cycles']['mean']:.1f}"] if not energy else []),
                      *(f" {found[what]:,}" for what in ("logic", "bram")),
                      *(f" {shown(getattr(offer.estimate, unit), 2)}" for unit in energy),
                      *(f" {share:.2%}" if share is not None else "–" for share in (offer.held_out, offer.accuracy)),
                      *([f" {'fits' if offer.fits else CLOSE}"] if board else []))
    return table


def _said_of_energy(budget):
    """{field of an Estimate: what it is} of those that a Budget asks for."""
    said = {}
    if (budget.max_uj, budget.rate) != (None, None):
        said["uj"] = f"uJ est.: of an image, estimated by the model {budget.energy_model}, not measured"
    if budget.rate is not None:
        said["mw"] = f"mW est.: the same, at {budget.rate:g} images a second"
    return said


def _energy(point, model):
    return shown(_estimated(point, model).uj, 2)


def _estimated(point, model):
    """The Estimate of a point of one of FOR_BOUNDS."""
    return MODELS[model].estimate(Work(**point["work"]), None, None)


def _area(point, name):
    measured = f" ({point['measured'][name]:,})" if point["measured"] else ""
    return f"{point['area'][name]:,}{measured}"


def write_plot(path, points, title, energy_model=None):
    """Draw cycles against LUTs, with the front, to a PNG file, and beside it against the energy of an image that one of
    FOR_BOUNDS estimates, where that is given; UserError without matplotlib."""
    figure, (axis, *others) = blank_figure(1 + (energy_model is not None))
    cells = luts(points)
    cycles = [point["cycles"]["mean"] for point in points]
    front = sorted(pareto(points), key=lambda n: cells[n])
    axis.scatter(cells, cycles, s=14, color="0.6")
    axis.plot([cells[n] for n in front], [cycles[n] for n in front], "o-", markersize=4, drawstyle="steps-post")
    names, options = [], said_options(points)
    for number, n in enumerate(front, 1):
        # numbers, above and below by turns, and the names beside the axes, since points of the front may lie close
        axis.annotate(str(number), (cells[n], cycles[n]), fontsize=6, xytext=(0, 5 if number % 2 else -5),
                      textcoords="offset points", ha="center", va="center")
        names.append(axis.plot([], [], " ", label=f"{number}: {short_name(points[n], options)}")[0])
    axis.set_yscale("log")
    axis.set_xlabel("LUT4 of an ECP5")
    axis.set_ylabel("cycles an image")
    axis.set_title(printable(title), fontsize="small", parse_math=False)
    for beside in others:
        spent = [_estimated(point, energy_model).uj[1] for point in points]
        beside.scatter(spent, cycles, s=14, color="0.6")
        beside.plot([spent[n] for n in front], [cycles[n] for n in front], "o", markersize=4)
        for number, n in enumerate(front, 1):
            beside.annotate(str(number), (spent[n], cycles[n]), fontsize=6, xytext=(0, 5 if number % 2 else -5),
                            textcoords="offset points", ha="center", va="center")
        beside.set_yscale("log")
        beside.set_xlabel(f"uJ an image, estimated by {energy_model}")
    figure.legend(handles=names, loc="outside right upper", fontsize=5, handlelength=0, handletextpad=0,
                  title="/".join(option.name for option in options), title_fontsize=5)
    save_figure(figure, path)


def write_budget_plot(path, found, kept, budget):
    """Draw the time of an image against its energy, and against the power where a rate is asked for, of Offers to a PNG
    file: those that keep the Budget dark, the bounds as lines; UserError without matplotlib."""
    units = {"uj": "uJ an image", **({"mw": f"mW at {budget.rate:g} images a second"} if budget.rate else {})}
    figure, axes = blank_figure(len(units))
    for (unit, said), axis in zip(units.items(), axes, strict=True):
        for offers, color, label in ((found, "0.8", "not within the bounds"), (kept, "C0", "within the bounds")):
            axis.scatter([getattr(offer.estimate, unit)[1] for offer in offers], [offer.us for offer in offers], s=14,
                         color=color, label=label)
        if getattr(budget, f"max_{unit}") is not None:
            axis.axvline(getattr(budget, f"max_{unit}"), linestyle=":")
        for us in (budget.max_us, budget.rate and 1e6 / budget.rate):
            if us is not None:
                axis.axhline(us, linestyle=":")
        axis.set_xlim(left=0)
        axis.set_yscale("log")
        axis.set_xlabel(f"{said},\nestimated by {budget.energy_model}")
        axis.set_ylabel("us an image")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, fontsize="small")
    save_figure(figure, path)


def said_options(points):
    """The Options of the lanes, and of what is not the default in all of the points."""
    return [option for option in Configuration.options() if option.name == "lanes" or any(
        {*in_layers(point["configuration"].get(option.name, option.default))} != {*in_layers(option.default)}
        for point in points)]


def short_name(point, options):
    """What makes a configuration, in the words of the plot."""
    return "/".join(joined(point["configuration"].get(option.name, "–")) for option in options)
