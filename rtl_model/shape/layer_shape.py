"""What the hardware of one layer is built as: counts and widths, which hold whatever fills it later."""

from dataclasses import dataclass
from typing import ClassVar

from golden.contract.limits import BLOCK_RAM_STAGES, COMBINED_WAYS, SHALLOW_WORDS, WAY_SUM_STAGES
from rtl_model.parts.streams import bits_for


@dataclass(frozen=True)
class LayerShape:
    """A layer of `lanes` lanes and `folds` folds; neuron = fold * lanes + lane. The surplus lanes of the last fold are
    neurons with weights of zero that start at the lowest potential: they never fire and never win.

    Weights and thresholds are no part of it, see LayerContents: the structure depends on the widths alone.
    """

    name: str  # begins the names of its modules and files
    lanes: int
    folds: int
    ways: int
    rows: int  # of each way, one a neuron that feeds it
    row_bits: int  # of their number on the spike stream
    weight_bits: int
    potential_bits: int
    is_map: ClassVar[bool] = False  # its block keeps nothing over a reset, and may be the last

    @property
    def code_bits(self):
        """Width of a weight at the adder. A weight that is not wanted becomes zero, for which a single bit has no
        code."""
        return max(2, self.weight_bits)

    @property
    def words(self):
        """Number of words in the weight memory of a way."""
        return self.folds * self.rows

    @property
    def address_bits(self):
        """Width of an address of the weight memory of a way: no less than that of a row, which may be wider where rows
        are few."""
        return max(bits_for(self.words), self.row_bits)

    def most_vectors(self, steps):
        """How many vectors an image puts into the queue behind it at the most: one for each fold and step."""
        return steps * self.folds

    @property
    def lane_parameters(self):
        """What every lane is made with."""
        return dict(ways=self.ways, code_bits=self.code_bits, potential_bits=self.potential_bits)

    @property
    def read_stages(self):
        """Pipeline stages between the address and the last register behind the weight memory."""
        return 0 if self.words <= SHALLOW_WORDS else BLOCK_RAM_STAGES

    @property
    def sum_stages(self):
        """Pipeline stages between the weights and the adder of the potential."""
        return WAY_SUM_STAGES if sum_is_registered(self.ways) else 0


def sum_is_registered(ways):
    """Whether the sum over `ways` weights has a pipeline stage of its own."""
    return ways > COMBINED_WAYS


def layer_shape(layer, lanes, feed, name):
    """LayerShape of a golden Layer in `lanes` lanes, fed by `feed`; its potentials are as wide as the layer's bounds
    ask for."""
    folds = -(-layer.neurons // lanes)
    lowest, highest = potential_bounds(layer)
    surplus = folds * lanes > layer.neurons
    # The code of a surplus weight is 0, which a one-bit layer takes for -1.
    floor = lowest - layer.inputs if surplus and layer.weight_bits == 1 else lowest
    potential_bits = potential_width(floor, highest)
    return LayerShape(name=name, lanes=lanes, folds=folds, ways=feed.ways, rows=feed.rows, row_bits=feed.row_bits,
                      weight_bits=layer.weight_bits, potential_bits=potential_bits)


def potential_width(lowest, highest):
    """Bits of a potential in two's complement that holds both."""
    return 1 + max((-lowest - 1).bit_length(), max(highest, 0).bit_length())


def potential_bounds(layer):
    """(lowest, highest) potential less threshold and one that any neuron of a golden layer can reach."""
    lowest, highest = layer.bounds()
    initials = -layer.thresholds.astype("int64") - 1
    return int((initials + lowest).min()), int((initials + highest).max())
