"""Designs beside published classifiers: errors on MNIST against time and against logic, on logarithmic axes."""

from first_spike.command.figure import require_matplotlib
from first_spike.exploration.points import cells
from first_spike.golden.errors import UserError
from first_spike.plots.run import BLUE, FONT, GREEN, GREY, ORANGE, RED, label
from first_spike.synthesis.rivals import RIVALS, of_mnist

SIZE = 7.2, 4.2  # inches: two columns of a paper
TESTED = 10_000  # images of MNIST
MARKS = "osD^vP*X"
COLOURS = BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9"
CAPTION = FONT - 2  # points
REACH = 5  # points from a mark to its caption
WIDTH = 0.56  # of a letter, in sizes of the font, on average


def by_network(offers):
    """Return {name of a network with its bits: its Offers}, of those whose accuracy on MNIST is known."""
    networks = {}
    for offer in offers:
        if offer.accuracy is not None and of_mnist(offer.design.network):
            bits = dict.fromkeys(layer.weight_bits for layer in offer.design.network.layers)
            networks.setdefault(f"{offer.name}, {'/'.join(map(str, bits))} bit", []).append(offer)
    return networks


def front(offers):
    """Return the Offers that no other one beats in both time and logic, the fastest first."""
    best, smallest = [], None
    for offer in sorted(offers, key=lambda offer: (offer.us, _logic(offer))):
        if smallest is None or _logic(offer) < smallest:
            best.append(offer)
            smallest = _logic(offer)
    return best


def draw_beside(offers):
    """Return a figure of Offers and the RIVALS. UserError if the accuracy on MNIST is known of no Offer.

    Left: share of the test images named wrong, at least one of TESTED, against the interval between results; of a rival
    whose source gives no interval, its latency, with another mark. Right: the same against logic. Of each network the
    `front` is drawn. Ours are by the models, rivals are quoted.
    """
    networks = by_network(offers)
    if not networks:
        raise UserError(f"of none of the {len(offers)} offers is the accuracy on MNIST known, which the picture shows: "
                        "explore networks that were trained and tested on it")
    left_out = len(offers) - sum(map(len, networks.values()))
    figure = require_matplotlib()(figsize=SIZE, layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for number, (name, designs) in enumerate(networks.items()):
        style = {"color": COLOURS[number % len(COLOURS)], "marker": MARKS[number % len(MARKS)], "linewidth": 0.8,
                 "markersize": 3.5, "alpha": 0.85}
        best = front(designs)
        wrong = [100 * max(1 - offer.accuracy, 1 / TESTED) for offer in best]
        left.plot([offer.us for offer in best], wrong, label=name, **style)
        right.plot([_logic(offer) for offer in best], wrong, **style)
    captions = {left: [], right: []}
    for rival in RIVALS:
        if rival.share is None:
            continue
        wrong = 100 * (1 - rival.share)
        time, mark = (rival.latency, "x") if rival.interval is None else (rival.interval, "+")
        for axis, x, style in ((left, time, mark), (right, rival.cells, "x")):
            if x is not None:
                axis.plot(x, wrong, style, color=RED, markersize=5)
                captions[axis].append((rival.name, x, wrong))
    left.plot([], [], "+", color=RED, markersize=5, label="others, interval (quoted)")
    left.plot([], [], "x", color=RED, markersize=5, label="others, latency or logic (quoted)")
    if left_out:
        left.plot([], [], " ", label=f"left out, accuracy on MNIST unknown: {left_out}")
    _axes(left, right)
    figure.legend(loc="outside lower center", ncols=3, fontsize=FONT - 1, frameon=False, title_fontsize=FONT - 1,
                  title="ours: cycles of the cycle model at the clock assumed, LUT4 of the area model")
    figure.draw_without_rendering()  # so that marks have their places
    figure.set_layout_engine("none")  # whose solver gives other last digits on another processor
    for axis in (left, right):
        axis.set_position([round(edge, 3) for edge in axis.get_position().bounds])
    for axis, names in captions.items():
        _write(axis, names)
    return figure


def _logic(offer):
    return cells(offer.point)[0]["logic"]


def _axes(left, right):
    for axis, text in ((left, "interval between results, us"), (right, "LUT4; LUT6 or cells as the authors count")):
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.margins(x=0.2, y=0.12)
        axis.grid(color="0.92", linewidth=0.6, which="both")
        axis.set_axisbelow(True)
        axis.tick_params(labelsize=FONT - 1, which="both")
        axis.xaxis.set_major_formatter("{x:g}")
        label(axis, text)
    left.yaxis.set_major_formatter("{x:g}")
    low, _ = left.get_ylim()
    for axis in (left, right):
        axis.set_yticks([*(tick for tick in (0.01, 0.1) if tick > low), 0.5, 1, 2, 5, 10])
        axis.minorticks_off()
    label(left, "interval between results, us", "test images of MNIST named wrong, %")


def _write(axis, names):
    """Write captions (text, x, y) beside their marks, each at the first of some places where it meets nothing."""
    scale = axis.figure.dpi / 72
    height = 1.15 * CAPTION * scale
    marks = [tuple(axis.transData.transform(point)) for line in axis.lines for point in line.get_xydata()]
    taken = [(x - 2 * scale, y - 2 * scale, x + 2 * scale, y + 2 * scale) for x, y in marks]
    frame = axis.bbox.extents
    for text, x, y in names:
        width = WIDTH * CAPTION * scale * len(text)
        at = axis.transData.transform((x, y))
        places = [(side, 0.8 * rise * height) for rise in (0, 1, -1, 2, -2, 3, -3, 4, -4) for side in ("left", "right")]
        boxes = [_box(at, width, height, side, rise, scale) for side, rise in places]
        clear = [not any(_meet(box, other) for other in taken) and frame[0] <= box[0] and box[2] <= frame[2]
                 and frame[1] <= box[1] and box[3] <= frame[3] for box in boxes]
        chosen = clear.index(True) if any(clear) else 0
        taken.append(boxes[chosen])
        side, rise = places[chosen]
        axis.annotate(text, (x, y), (REACH if side == "left" else -REACH, rise / scale), textcoords="offset points",
                      fontsize=CAPTION, color=GREY, va="center", ha=side, zorder=5)


def _box(at, width, height, side, rise, scale):
    left = at[0] + REACH * scale if side == "left" else at[0] - REACH * scale - width
    middle = at[1] + rise
    return left, middle - height / 2, left + width, middle + height / 2


def _meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
