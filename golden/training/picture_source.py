"""Images as a learning rule sees them: the spike times of a batch of an epoch, deformed."""

import numpy as np

from first_spike.golden.inference.encode import encode
from first_spike.golden.training import augment


class PictureSource:
    """Batches of images (uint8 [n, rows, columns], channels behind). unheard: numbers of the inputs whose spikes are
    left out. batch: images of one."""

    def __init__(self, images, steps, unheard, batch, augmentation):
        self.images, self.steps, self.unheard, self.augmentation = images, steps, unheard, augmentation
        self.pixels = np.empty((batch, *images.shape[1:]), np.uint8)

    def begin_epoch(self, rng, count):
        if self.augmentation.active:
            self.affine, self.nodes = augment.draw(rng, count, self.images.shape[1:], self.augmentation)

    def take(self, chosen, part):
        """Times int16 [batch, inputs] of the images `chosen` (int64 [batch]), which come at the places `part` of the
        epoch."""
        if self.augmentation.active:
            augment.warp_channels(self.images, chosen, self.affine[part], self.nodes[part], self.pixels,
                                  self.augmentation.extend)
        else:
            self.pixels[:] = self.images[chosen]
        times = encode(self.pixels, self.steps)
        times[:, self.unheard] = self.steps
        return times
