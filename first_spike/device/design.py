"""A design whose weights are loaded, as the host knows it: which words a network is for it."""

import zlib
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from first_spike.golden.contract.design import Design
from first_spike.golden.errors import UserError
from first_spike.rtl_model.delivery.manifest import describe
from first_spike.rtl_model.shape.load_map import fits, load_words, weight_map


class Load(NamedTuple):
    """A network as it is loaded. pairs: uint32 [n], two words each; count: of words; weight_map: of the design that
    they are for; sha256: of the network."""

    pairs: np.ndarray
    count: int
    weight_map: int
    sha256: str

    @property
    def code(self):
        """What the commit wants."""
        return zlib.crc32(self.pairs.tobytes()) ^ self.weight_map


class LoadableDesign:
    """A Design with loadable weights. Raises UserError where it cannot be made."""

    def __init__(self, design):
        if not design.configuration.is_loadable:
            raise UserError("nothing can be loaded into constants: choose --weights loadable")
        self.weight_map = weight_map(design)
        self._described = describe(design)
        self._design = design

    def load_of(self, network):
        """The Load of a network; UserError, in a sentence with numbers, where it does not fit into the design."""
        misfit = fits(network, self._described)
        if misfit:
            raise UserError(f"the network cannot be loaded: {misfit}")
        # the margin moves nothing, and this network may need some of it
        words = load_words(Design(network, replace(self._design.configuration, potential_margin=0)))
        pairs = np.concatenate([words, np.zeros(len(words) % 2, np.uint16)]).astype("<u2").view("<u4")
        return Load(pairs, len(words), self.weight_map, network.sha256)
