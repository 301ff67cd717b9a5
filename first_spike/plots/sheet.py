"""What the pictures of a network share: their size, which a narrow window can show, colours, names and tiles."""

from first_spike.command.figure import require_matplotlib

WIDTH = 4.4  # inches: what is written on a picture can be read where the window is no wider
FONT = 8
LETTERS = 14  # of a name on a picture; the page has the whole of it
BLUE, ORANGE, GREEN, RED, GREY, PALE = "#0072b2", "#e69f00", "#009e73", "#d00000", "#555555", "#a8a8a8"
MOST_POINTS = 2000  # drawn one by one in an SVG; more become pixels
NAMED = 20  # classes that have room for their names beside an axis


def sheet(height, rows=1, heights=None, **options):
    """(figure, list of axes one above the other) of WIDTH inches by `height`; heights: their shares."""
    figure = require_matplotlib()(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, 1, squeeze=False, height_ratios=heights, **options)[:, 0]
    for axis in axes:
        axis.tick_params(labelsize=FONT - 1)
    return figure, list(axes)


def bars(axis, names, values, texts, **options):
    """Horizontal bars from the top down, each with its name beside the axis and a text at its end."""
    places = range(len(values))
    drawn = axis.barh(places, values, height=0.72, **options)
    axis.set_yticks(places, names, fontsize=FONT - 1)
    axis.invert_yaxis()
    axis.margins(x=0.16)
    for place, value, text in zip(places, values, texts):
        axis.annotate(text, (value, place), (3, 0), textcoords="offset points", va="center", fontsize=FONT - 1)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    return drawn


def label(axis, x=None, y=None):
    """Write what the axes are."""
    axis.set_xlabel(x or "", fontsize=FONT)
    axis.set_ylabel(y or "", fontsize=FONT)


def legend(axis, **options):
    """What stands for what, above the axes, where nothing is drawn."""
    axis.legend(fontsize=FONT - 1, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, frameon=False,
                handlelength=1.2, columnspacing=1, **options)


def whole_numbers(axis):
    """Ticks of the horizontal axis at whole numbers only."""
    from matplotlib.ticker import MaxNLocator
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def name_axis(axis, classes):
    """The names of the classes at a vertical axis, where there is room for them."""
    if len(classes) <= NAMED:
        axis.set_yticks(range(len(classes)), [short(name) for name in classes])


def short(name):
    """A name in one line of at most LETTERS printable letters."""
    plain = "".join(letter if letter.isprintable() else " " for letter in name)
    return plain if len(plain) <= LETTERS else f"{plain[:LETTERS - 1]}…"


def subject_name(network):
    """What the network is fed."""
    return "image" if network.most_events is None else "recording"


def layer_name(network, number):
    """"layer 1" or "output", which is the last."""
    return "output" if number == len(network.layers) - 1 else f"layer {number}"
