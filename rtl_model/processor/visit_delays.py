"""What goes along with a visit on its way through the lanes: a delay for each part of it, from the cycle of the visit
to the one in which it is asked for. The timing of the pipeline stands here alone."""

from myhdl import Signal, always, always_comb, block, modbv

from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.myhdl_internals import like
from first_spike.rtl_model.parts.streams import Bundle
from first_spike.rtl_model.processor.bundles import MAP_MEMBERS

ROW_CYCLES = 2  # from a visit to the row of its spike
READ_CYCLES = 3  # to the address of its potentials
NIBBLE_CYCLES = MIDDLE_CYCLES = 5  # to its nibbles and potentials
ADD_CYCLES = 6  # to the addition
WRITE_CYCLES = 7  # to the new potentials, and to who fires, which is told a cycle later
CYCLES = {**dict.fromkeys(("base", "of_start", "early_word"), ROW_CYCLES), "read_word": READ_CYCLES,
          "middle_word": MIDDLE_CYCLES, **dict.fromkeys(("fresh", "shift", "nothing", "negative"), NIBBLE_CYCLES),
          "visited": ADD_CYCLES, "first": ADD_CYCLES}  # of each part of a visit; of all others WRITE_CYCLES
SOURCES = {"visited": "valid", "writes": "last",
           **dict.fromkeys(("early_word", "read_word", "middle_word", "write_word"), "word")}  # where it is another


class DelayedVisit(Bundle):
    """What a visit says of itself, when the pipeline asks for it.

    Members:
        base: two cycles later: the word of weights that it adds, less the spike's row
        of_start: it adds what the potentials begin with
        read_word: three cycles later: of the potentials
        fresh: five cycles later: the fold has been worked on in no step of this image
        shift: nibbles to the left
        nothing: it adds nothing
        negative: the highest bit of its nibble is a sign
        visited: six cycles later: there was one
        first: of its fold
        writes: seven cycles later: it was the last of its fold
        write_word: of the potentials
        tests: who is above the threshold fires
        fold: its number
        last_fold: it is the layer's last
        output: the layer is the last one
        early_word: two cycles later: of the potentials; this one and those below only where there may be maps
        middle_word: five cycles later
        scatters: seven cycles later: a spike was added to a word of a map
        sweeps: what the potentials begin with was written into one
        pools: one is tested
        marks: there was no visit: the layer is through
    """

    members = ("base", "of_start", "read_word", "fresh", "shift", "nothing", "negative", "visited", "first", "writes",
               "write_word", "tests", "fold", "last_fold", "output")

    def __init__(self, visits):
        if "marks" in visits.members:
            self.members += ("early_word", "middle_word", *MAP_MEMBERS)
        for name in self.members:
            setattr(self, name, like(getattr(visits, SOURCES.get(name, name))))


@block
def delay(clk, rst, early, late, *, cycles):
    """`late` is `early` some cycles ago; 0 after a reset.

    Outputs: late
    Parameters:
        cycles: at least one
    """
    bits = len(early)
    line = Signal(modbv(0)[cycles * bits:])
    low, high = (cycles - 1) * bits, cycles * bits

    if bits == 1:

        @always_comb
        def tell():
            """The oldest."""
            late.next = line[low]

    else:

        @always_comb
        def tell():
            """The oldest."""
            late.next = line[high:low]

    @always(clk.posedge)
    def move():
        """By one place."""
        line.next = (line << bits) | early
        if rst:
            line.next = 0

    return tell, move


@block
def visit_delays(clk, rst, s_visit, m_visit):
    """Keeps what a visit says of itself until the pipeline asks for it.

    Ports:
        s_visit: the visits
        m_visit: what is asked for in this cycle, of several visits
    """
    return [inlined(name, delay(clk, rst, getattr(s_visit, SOURCES.get(name, name)), getattr(m_visit, name),
                                cycles=CYCLES.get(name, WRITE_CYCLES)))
            for name in m_visit.members]
