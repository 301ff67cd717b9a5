"""What an epoch was like: counts that the learning rules give to the training loop."""

from dataclasses import dataclass


@dataclass
class Tally:
    """Counts over the training images of an epoch; silent and ties only among those whose output may fire (`free`)."""

    images: int = 0
    right: int = 0
    free: int = 0
    silent: int = 0
    ties: int = 0
    events: int = 0

    def add(self, other):
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def shares(self):
        """accuracy, silent, ties as shares, and input and hidden spikes up to the decision per image."""
        free, images = max(self.free, 1), max(self.images, 1)
        return {"accuracy": self.right / images, "silent": self.silent / free, "ties": self.ties / free,
                "spikes": self.events / images}
