"""What the pictures are drawn from: a network, images, and what it made of them.

What the pictures of a network share: their size, which a narrow window can show, colours, names and tiles.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from first_spike.command.figure import require_matplotlib
from first_spike.command.images import ChosenImages
from first_spike.comparison.confidence import doubts
from first_spike.golden.contract.base_network import BaseNetwork
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError, printable
from first_spike.golden.inference.encode import take_in
from first_spike.golden.inference.infer import Inference, float_infer, infer
from first_spike.golden.inference.operations import potentials_over_time, ranking
from first_spike.golden.recordings import Recordings


@dataclass(frozen=True, eq=False)
class Run:
    """A network's Inference of n ChosenImages, for the whole run, and `index`, that of the image to look at."""

    network: BaseNetwork
    chosen: ChosenImages
    index: int
    result: Inference

    @cached_property
    def taken_in(self):
        """Recordings of the spikes of all inputs, without the events that are dropped."""
        train, _ = take_in(self.network, self.chosen.images)
        return train if isinstance(train, Recordings) else Recordings.of_times(train, self.network.steps)

    @cached_property
    def input_spikes(self):
        """Those of the inputs that somebody listens to."""
        return self.taken_in.only(self.network.used_inputs[self.taken_in.inputs])

    @property
    def alone(self):
        """The image to look at, as one of several would be given."""
        return self.chosen.images[self.index:self.index + 1]

    @property
    def name(self):
        """"image" or "recording"."""
        return subject_name(self.network)

    @cached_property
    def ranking(self):
        """(order, potentials), both [n, classes]; see `golden.inference.potentials.ranking`."""
        return ranking(self.network, self.chosen.images, self.result)

    def doubt(self, image):
        """Return how sure the class of an image is, as `doubts` of first_spike/comparison/confidence.py gives it."""
        return doubts(self.network, self.chosen.labels, self.result, [image])[0]

    @property
    def wrong(self):
        """Numbers of the images that were not named as their labels say; none without labels."""
        return [] if self.chosen.labels is None else np.flatnonzero(self.result.classes != self.chosen.labels).tolist()

    @cached_property
    def spike_counts(self):
        """int64 [n] of spikes up to the decision: those of the input, then those of each layer."""
        last = np.minimum(self.result.decision_time, self.network.steps - 1)[:, None]
        given = self.input_spikes
        return [np.bincount(given.owners[given.steps <= last[given.owners, 0]], minlength=len(given)),
                *((times <= last).sum(axis=1) for times in self.result.spike_times)]

    def trains(self):
        """[(neurons, spikes, times)] of the image to look at, for the whole run: of the input, then of each layer how
        many neurons there are, and which of them spike when, an array each."""
        given = self.input_spikes[self.index:self.index + 1]
        made = [(self.network.inputs, given.inputs, given.steps)]
        for layer in self.result.spike_times:
            times = layer[self.index]
            spikes = np.flatnonzero(times < self.network.steps)
            made.append((len(times), spikes, times[spikes]))
        return made

    def potentials(self):
        """[steps, classes] of the image to look at."""
        image = slice(self.index, self.index + 1)
        alone = Inference(None, None, None, None, None, tuple(times[image] for times in self.result.spike_times),
                          self.network.steps)
        return potentials_over_time(self.network, self.alone, alone)


def run_network(network, chosen, index):
    """The Run of a network of either kind; UserError where there is no image `index`."""
    if index >= len(chosen.images):
        raise UserError(f"there is no {subject_name(network)} {index} among the {len(chosen.images):,} of "
                        f"{chosen.name}: choose --index 0 to {len(chosen.images) - 1}")
    result = (infer if isinstance(network, Network) else float_infer)(network, chosen.images)
    return Run(network, chosen, index, result)


WIDTH = 4.4  # inches: what is written on a picture can be read where the window is no wider
FONT = 8
LETTERS = 14  # of a name on a picture; the page has the whole of it
TITLE = 64  # letters of a title
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
        axis.set_yticks(range(len(classes)), short_names(classes))


def short(name, letters=LETTERS):
    """Return a name in one line of at most so many printable letters."""
    plain = printable(name)
    return plain if len(plain) <= letters else f"{plain[:letters - 1]}…"


def short_names(names):
    """Each of them `short`, with its number where several would be the same."""
    found = [short(name) for name in names]
    times = Counter(found)
    return [name if times[name] == 1 else f"{name[:LETTERS - 1 - len(str(number))]}…{number}"
            for number, name in enumerate(found)]


def subject_name(network):
    """What the network is fed."""
    return "image" if network.most_events is None else "recording"


def layer_name(network, number):
    """Return "output" for the last layer, and "hidden 1" for layer 0 before it: people count from 1."""
    return "output" if number == len(network.layers) - 1 else f"hidden {number + 1}"
