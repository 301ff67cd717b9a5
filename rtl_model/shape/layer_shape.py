"""The numbers that the hardware of one layer is made from."""

from dataclasses import dataclass

from golden.contract.limits import BLOCK_RAM_STAGES, COMBINED_WAYS, SHALLOW_WORDS, WAY_SUM_STAGES
from rtl_model.parts.streams import bits_for


@dataclass(frozen=True)
class LayerShape:
    """A layer of `lanes` lanes and `folds` folds; neuron = fold * lanes + lane. The surplus lanes of the last fold are
    neurons with weights of zero that start at the lowest potential: they never fire and never win."""

    lanes: int
    folds: int
    ways: int
    rows: int  # of each way, one a neuron that feeds it
    row_bits: int  # of their number on the spike stream
    weight_bits: int
    potential_bits: int
    contents: tuple  # for each way the weight words: at fold * rows + row, lane 0 in the lowest bits
    initials: tuple  # for each fold and lane -threshold - 1
    name: str  # prefix of its modules and files

    @property
    def code_bits(self):
        """Width of a weight at the adder. A weight that is not wanted becomes zero, for which a single bit has no
        code."""
        return max(2, self.weight_bits)

    @property
    def address_bits(self):
        """Width of an address of the weight memory of a way: no less than that of a row, which may be wider where rows
        are few."""
        return max(bits_for(self.folds * self.rows), self.row_bits)

    @property
    def lane_parameters(self):
        """What every lane is made with."""
        return dict(ways=self.ways, code_bits=self.code_bits, potential_bits=self.potential_bits)

    @property
    def read_stages(self):
        """Pipeline stages between the address and the last register behind the weight memory."""
        return 0 if self.folds * self.rows <= SHALLOW_WORDS else BLOCK_RAM_STAGES

    @property
    def sum_stages(self):
        """Pipeline stages between the weights and the adder of the potential."""
        return WAY_SUM_STAGES if self.ways > COMBINED_WAYS else 0
