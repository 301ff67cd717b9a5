"""Designs beside published accelerators: errors on MNIST against time and against logic, on logarithmic axes."""

import re

from first_spike.command.figure import require_matplotlib
from first_spike.exploration.points import cells
from first_spike.golden.errors import UserError
from first_spike.plots.run import BLUE, FONT, GREEN, GREY, ORANGE, RED, label
from first_spike.synthesis.rivals import RIVALS, of_mnist

SIZE = 7.2, 3.6  # inches: two columns of a paper
BELOW = ("TQ-TTFS",)
TESTED = 10_000  # images of MNIST
MANY = 20_000  # cells, the right end of that axis
MARKS = "osD^vP*X"
COLOURS = BLUE, ORANGE, GREEN, "#cc79a7", "#56b4e9"
TO_THE_LEFT = ("Flexi-NeurA", "FINN LFC-max")  # of their marks, and BELOW them, stand names that would meet others


def logic(rival):
    """The cells of a Rival, of whichever kind its authors count; None where they do not say."""
    found = re.match(r"[\d,]+", rival.logic)
    return int(found[0].replace(",", "")) if found else None


def by_network(offers):
    """{name of a network with its bits: its Offers}, of those whose accuracy on MNIST is known."""
    found = {}
    for offer in offers:
        if offer.accuracy is not None and of_mnist(offer.design.network):
            bits = dict.fromkeys(layer.weight_bits for layer in offer.design.network.layers)
            found.setdefault(f"{offer.name}, {'/'.join(map(str, bits))} bit", []).append(offer)
    return found


def draw_beside(offers):
    """A figure of Offers and the RIVALS. Left: share of the test images named wrong, at least one of TESTED, against
    the time of an image; right: against cells. Ours are by the models, theirs quoted. UserError where of no Offer the
    accuracy on MNIST is known."""
    networks = by_network(offers)
    if not networks:
        raise UserError(f"of none of the {len(offers)} offers is the accuracy on MNIST known, which the picture shows: "
                        "explore networks that were trained and tested on it")
    left_out = len(offers) - sum(map(len, networks.values()))
    figure = require_matplotlib()(figsize=SIZE, layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for number, (name, own) in enumerate(networks.items()):
        style = {"color": COLOURS[number % len(COLOURS)], "marker": MARKS[number % len(MARKS)], "linestyle": "none",
                 "markersize": 4, "alpha": 0.85}
        wrong = [100 * max(1 - offer.accuracy, 1 / TESTED) for offer in own]
        left.plot([offer.us for offer in own], wrong, label=name, **style)
        right.plot([cells(offer.point)[0]["logic"] for offer in own], wrong, **style)
    for rival in RIVALS:
        wrong = 100 * (1 - rival.accuracy)
        for axis, x in ((left, rival.microseconds), (right, logic(rival))):
            if x is not None:
                axis.plot(x, wrong, "x", color=RED, markersize=5)
                side = rival.name in TO_THE_LEFT and (axis is left or x > MANY)
                axis.annotate(rival.name, (x, wrong), (-5 if side else 5, -8 if rival.name in BELOW else 4),
                              textcoords="offset points", fontsize=FONT - 2, color=GREY, va="center", zorder=5,
                              ha="right" if side else "left")
    left.plot([], [], "x", color=RED, markersize=5, label="others (quoted)")
    if left_out:
        left.plot([], [], " ", label=f"left out, accuracy on MNIST unknown: {left_out}")
    for axis, text in ((left, "time of an image, us"), (right, "LUT4, or cells as the authors count")):
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.margins(x=0.18, y=0.12)
        axis.grid(color="0.92", linewidth=0.6, which="both")
        axis.set_axisbelow(True)
        axis.tick_params(labelsize=FONT - 1, which="both")
        label(axis, text)
    left.yaxis.set_major_formatter("{x:g}")
    low, _ = left.get_ylim()
    for axis in (left, right):
        axis.set_yticks([*(tick for tick in (0.01, 0.1) if tick > low), 0.5, 1, 2, 5, 10])
        axis.minorticks_off()
    label(left, "time of an image, us", "test images of MNIST named wrong, %")
    figure.legend(loc="outside lower center", ncols=3, fontsize=FONT - 1, frameon=False, title_fontsize=FONT - 1,
                  title="ours: cycles of the cycle model at the clock assumed, cells of the area model")
    return figure
