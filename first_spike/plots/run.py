"""What the pictures are drawn from: a network, images, and what it made of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from first_spike.command.images import ChosenImages
from first_spike.golden.contract.base_network import BaseNetwork
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import Inference, float_infer, infer, take_in
from first_spike.golden.inference.operations import potentials_over_time, ranking
from first_spike.golden.recordings import Recordings
from first_spike.plots.sheet import subject_name


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
