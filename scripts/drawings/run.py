"""What the pictures are drawn from: a network, images, and what it made of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from golden.contract.base_network import BaseNetwork
from golden.contract.network import Network
from golden.errors import UserError
from golden.inference.encode import encode
from golden.inference.forward import Inference
from golden.inference.infer import float_infer, infer
from golden.inference.potentials import potentials_over_time, ranking
from scripts.command.images import ChosenImages


@dataclass(frozen=True, eq=False)
class Run:
    """A network's Inference of n ChosenImages, for the whole run, and `index`, that of the image to look at."""

    network: BaseNetwork
    chosen: ChosenImages
    index: int
    result: Inference

    @cached_property
    def input_times(self):
        """int16 [n, inputs], spike times of the pixels that somebody listens to, T elsewhere."""
        return np.where(self.network.used_inputs, encode(self.chosen.images, self.network.steps), self.network.steps)

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
        return [(times <= last).sum(axis=1) for times in (self.input_times, *self.result.spike_times)]

    def trains(self):
        """Spike times [neurons] of the image to look at, for the whole run: the input's, then each layer's."""
        return [times[self.index] for times in (self.input_times, *self.result.spike_times)]

    def potentials(self):
        """[steps, classes] of the image to look at."""
        image = slice(self.index, self.index + 1)
        alone = Inference(None, None, None, None, None, tuple(times[image] for times in self.result.spike_times),
                          self.network.steps)
        return potentials_over_time(self.network, self.chosen.images[self.index], alone)


def run_network(network, chosen, index):
    """The Run of a network of either kind; UserError where there is no image `index`, or what was chosen is no array of
    images."""
    if not isinstance(chosen.images, np.ndarray):
        raise UserError(f"{chosen.name} holds no images of pixels, and of nothing else there is a page of pictures yet")
    if index >= len(chosen.images):
        raise UserError(f"there is no image {index} among the {len(chosen.images):,} of {chosen.name}: choose "
                        f"--index 0 to {len(chosen.images) - 1}")
    result = (infer if isinstance(network, Network) else float_infer)(network, chosen.images)
    return Run(network, chosen, index, result)
