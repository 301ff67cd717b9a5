"""The class with the largest potential, one after the other."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.golden.contract.processor import POTENTIAL_BITS
from first_spike.rtl_model.parts.streams import bits_for


@block
def class_finder(clk, rst, start, s_facts, reading, class_word, potentials, found, winner, *, limits):
    """Walks over the output neurons and keeps the one with the largest potential, the first on equality.

    All of them have one threshold, so that potentials relative to it are as good as others, and those that fired are
    above those that did not.

    Ports:
        start: begin; the potentials of the output layer are in memory
        s_facts: how many classes there are, and where their potentials lie
        reading: potentials are read
        class_word: the word that is read
        potentials: what was read two cycles ago, {fired, potential} of each lane
        found: a pulse: it is known
        winner: the class, from then to the next `start`
    Outputs: class_word, found, reading, winner
    Parameters:
        limits: of the processor
    Latency: five cycles and one for each class from `start` to `found`.
    """
    lanes, word_bits = limits.lanes, POTENTIAL_BITS + 1
    lane_bits, class_bits = bits_for(lanes), len(winner)
    fold_end = min(class_bits, lane_bits + len(class_word))
    highest = 1 << POTENTIAL_BITS - 1
    walking = Signal(bool(0))
    number = Signal(modbv(0)[class_bits:])
    number_1 = Signal(intbv(0)[class_bits:])
    number_2 = Signal(intbv(0)[class_bits:])
    number_3 = Signal(intbv(0)[class_bits:])
    coming = Signal(intbv(0)[3:])
    lane = Signal(intbv(0)[lane_bits:])
    chosen = Signal(intbv(0)[POTENTIAL_BITS:])
    rank = Signal(intbv(0)[POTENTIAL_BITS:])
    best = Signal(intbv(0)[POTENTIAL_BITS:])
    address = Signal(modbv(0)[len(class_word):])

    @always_comb
    def name_word():
        """Classes lie as neurons of a layer do, a fold a word."""
        address.next = s_facts.class_word + number[fold_end:lane_bits]
        lane.next = number_2[lane_bits:]

    @always_comb
    def tell():
        """While classes are left."""
        reading.next = walking
        class_word.next = address

    @always_comb
    def choose_lane():
        """One potential of the word, as a number that is not negative."""
        value = intbv(0)[POTENTIAL_BITS:]
        for k in range(lanes):
            if lane == k:
                for b in range(POTENTIAL_BITS):
                    value[b] = potentials[k * word_bits + b]
        chosen.next = value ^ highest

    @always(clk.posedge)
    def walk():
        """Class after class."""
        coming.next = concat(coming[2:], walking)
        number_1.next = number
        number_2.next = number_1
        number_3.next = number_2
        rank.next = chosen
        found.next = coming[2] and number_3 == s_facts.classes
        if coming[2] and (number_3 == 0 or rank > best):
            best.next = rank
            winner.next = number_3
        if walking:
            number.next = number + 1
            if number == s_facts.classes:
                walking.next = 0
                number.next = 0
        if start:
            walking.next = 1
        if rst:
            walking.next = 0
            number.next = 0
            coming.next = 0
            found.next = 0

    return name_word, tell, choose_lane, walk
