"""How the words of a layer are written where its weights and thresholds are loaded, whatever kind of layer it is."""

from first_spike.rtl_model.parts.streams import LOAD_DATA_BITS


class LoadedMemories:
    """What a shape says of the memories that are loaded: of each way one for weights, and one for start values.

    A shape has `ways`, `lanes`, `weight_bits`, and these: weight_words: words of the memory of a way; weight_lanes:
    weights in one; weight_address_bits: width of its address; start_folds: start values of a lane; start_bits: of one
    that are written, None where weights and thresholds are constants.
    """

    @property
    def weight_memory_bits(self):
        """Bits of the weights of a way."""
        return self.weight_words * self.weight_lanes * self.weight_bits

    @property
    def write_parts(self):
        """Parts that a loaded word of weights of a way is written in."""
        return -(-self.weight_lanes * self.weight_bits // LOAD_DATA_BITS)

    @property
    def write_bits(self):
        """Width of the address {word, part} of a part of a word."""
        return self.weight_address_bits + (self.write_parts - 1).bit_length()

    @property
    def part_bits(self):
        """Width of such a part; the last may have fewer bits."""
        return min(self.weight_lanes * self.weight_bits, LOAD_DATA_BITS)

    @property
    def start_address_bits(self):
        """Width of the address {fold, lane} of what a loaded potential begins with."""
        return (self.start_folds - 1).bit_length() + (self.lanes - 1).bit_length()

    def write_of_way(self, s_write, way):
        """What is written to the weights of one way, of the MemoryWrite of the layer."""
        return s_write.to(way, 1, self.write_bits, self.part_bits)

    def write_of_starts(self, s_write):
        """What is written to the start values, of the same."""
        return s_write.to(self.ways, 1, self.start_address_bits, self.start_bits)
