"""What is compared: a design, its network's float counterpart, and images."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from first_spike.golden.contract.base_network import shown_shape
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.errors import UserError


@dataclass(frozen=True, eq=False)
class Subject:
    """A Design, the float counterpart of its network or None, uint8 images [n, rows, columns], int64 labels
    [n] or None."""

    design: Design
    float_network: FloatNetwork | None
    images: np.ndarray
    labels: np.ndarray | None

    @property
    def network(self):
        """Of the design."""
        return self.design.network

    def first(self, count):
        """The same with the first `count` images."""
        return replace(self, images=self.images[:count], labels=None if self.labels is None else self.labels[:count])


def float_file(network_path, given=None):
    """The file of the float network: the one that is given, or NAME_float.npz beside NAME.npz if that exists, or
    None."""
    beside = Path(network_path).with_name(f"{Path(network_path).stem}_float.npz")
    return given or (beside if beside.exists() else None)


def read_float(float_path, network, network_path):
    """The FloatNetwork in the file `float_path`, None for None; UserError unless it has the layers and steps of
    `network`, which is in `network_path`."""
    float_network = None if float_path is None else FloatNetwork.load(float_path)
    if float_network is not None and _describe(network) != _describe(float_network):
        raise UserError(f"{float_path} is a network of {_describe(float_network)}, but {network_path} is one of "
                        f"{_describe(network)}")
    return float_network


def _describe(network):
    taken = "" if network.most_events is None else "events on "
    return (f"{taken}{shown_shape(network.image_shape)}, {'-'.join(map(str, network.sizes))} neurons and "
            f"{network.steps} steps")
