"""Visits on their way: to the weights, to the potentials, through the lanes, and back into memory."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.banked_words import words_of
from first_spike.rtl_model.parts.hierarchy import inlined, submodule, submodule_array
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM, SPRAM
from first_spike.rtl_model.processor.limits import NIBBLE, POTENTIAL_BITS
from first_spike.rtl_model.processor.processor_lane import processor_lane
from first_spike.rtl_model.processor.window_judge import window_judge

ROW_CYCLES = 2  # from a visit to the row of its spike
READ_CYCLES = 3  # to the address of its potentials
NIBBLE_CYCLES = MIDDLE_CYCLES = 5  # to its nibbles and potentials
ADD_CYCLES = 6  # to the addition
WRITE_CYCLES = 7  # to the new potentials, and to who fires, which is told a cycle later


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
def weight_reader(clk, base, of_start, row, s_write, nibbles, *, limits):
    """The nibbles of a visit's weights, and where those of a load go.

    Ports:
        base: the word of weights, less the row
        of_start: there is no row
        row: of the spike
        s_write: the payload of a load
        nibbles: for each lane one, three cycles later
    Outputs: nibbles
    Parameters:
        limits: of the processor
    """
    address_bits, part_bits = len(base), (limits.parts - 1).bit_length()
    first_weight = limits.first_weight
    style = SPRAM if limits.memory == "spram" else BLOCK_RAM
    address = Signal(modbv(0)[address_bits:])
    loads = Signal(bool(0))
    load_place = Signal(modbv(0)[len(s_write.place):])
    load_word = Signal(intbv(0)[address_bits:])
    load_part = Signal(intbv(0)[part_bits:]) if part_bits else None
    weight_word = Signal(intbv(0)[len(nibbles):])

    words_block, banks = words_of(s_write)
    weights = submodule("weights", words_block, module="weight_words", clk=clk, write=loads, place=load_word,
                        part=load_part, data=s_write.data, address=address, word=weight_word,
                        words=limits.weight_words, part_bits=32, style=style, **banks,
                        **(dict(unit_bits=16) if style == SPRAM else {}))

    @always(clk.posedge)
    def add_row():
        """The address of the weights; what potentials begin with has no row."""
        address.next = base + row
        if of_start:
            address.next = base

    @always(clk.posedge)
    def catch():
        """The register behind their memory."""
        nibbles.next = weight_word

    @always_comb
    def find_place():
        """Where a word of the load goes."""
        load_place.next = s_write.place - first_weight
        loads.next = s_write.valid and s_write.place >= first_weight

    if part_bits:

        @always_comb
        def split_place():
            """A word of weights is several of the load."""
            load_part.next = load_place[part_bits:]
            load_word.next = load_place[address_bits + part_bits:part_bits]

    else:

        @always_comb
        def split_place():
            """A word of weights is one of the load."""
            load_word.next = load_place[address_bits:]

    return weights, add_row, catch, find_place, split_place


@block
def lane_pipeline(clk, rst, s_visit, row, s_write, class_word, reading, m_fire, done, decides, fired, potentials,
                  push=None, pushed=None, *, limits):
    """Adds to the potentials of a fold what is visited, and tells who fires with its last visit.

    Ports:
        s_visit: the visits
        row: the row of the spike that was visited two cycles ago
        s_write: the payload of a load
        class_word: of the potentials, read while `reading`
        reading: there are no visits, and somebody else reads potentials
        m_fire: who fires
        done: the last visit of a layer to a list is through
        decides: with `m_fire`: it is the output layer
        fired: with `m_fire`: somebody fires
        potentials: what was read two cycles ago
        push: the word `pushed` becomes a candidate; only where there may be maps
        pushed: the number of that word
    Outputs: decides, done, fired, potentials, push, pushed
    Parameters:
        limits: of the processor
    Latency: eight cycles from the last visit of a fold to `m_fire`, and from any visit to `push`.
    Back-pressure: none.
    """
    lanes, word_bits = limits.lanes, POTENTIAL_BITS + 1
    base, of_start = Signal(intbv(0)[len(s_visit.base):]), Signal(bool(0))
    nibbles = Signal(intbv(0)[lanes * NIBBLE:])
    read_word, write_word = Signal(intbv(0)[len(s_visit.word):]), Signal(intbv(0)[len(s_visit.word):])
    read_address = Signal(intbv(0)[len(s_visit.word):])
    written = Signal(intbv(0)[lanes * word_bits:])
    exceeds = Signal(intbv(0)[lanes:])
    shift = Signal(intbv(0)[2:])
    nothing, negative, fresh = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    visited, first, tests, writes = Signal(bool(0)), Signal(bool(0)), Signal(bool(0)), Signal(bool(0))
    fold = Signal(intbv(0)[len(s_visit.fold):])
    last_fold, of_output = Signal(bool(0)), Signal(bool(0))

    delays = [inlined(f"{name}_delay", delay(clk, rst, early, late, cycles=cycles)) for name, early, late, cycles in (
        ("base", s_visit.base, base, ROW_CYCLES), ("of_start", s_visit.of_start, of_start, ROW_CYCLES),
        ("read", s_visit.word, read_word, READ_CYCLES), ("fresh", s_visit.fresh, fresh, NIBBLE_CYCLES),
        ("shift", s_visit.shift, shift, NIBBLE_CYCLES), ("nothing", s_visit.nothing, nothing, NIBBLE_CYCLES),
        ("negative", s_visit.negative, negative, NIBBLE_CYCLES), ("visited", s_visit.valid, visited, ADD_CYCLES),
        ("first", s_visit.first, first, ADD_CYCLES), ("writes", s_visit.last, writes, WRITE_CYCLES),
        ("write", s_visit.word, write_word, WRITE_CYCLES), ("tests", s_visit.tests, tests, WRITE_CYCLES),
        ("fold", s_visit.fold, fold, WRITE_CYCLES), ("last_fold", s_visit.last_fold, last_fold, WRITE_CYCLES),
        ("of_output", s_visit.output, of_output, WRITE_CYCLES))]
    reader = inlined("reader", weight_reader(clk, base, of_start, row, s_write, nibbles, limits=limits))
    memory = submodule_array(
        "pair", word_memory, lanes // 2, module="potential_words",
        shared=dict(clk=clk, write=writes, write_address=write_word, read_address=read_address),
        sliced=dict(written=[(written, 2 * word_bits)]), constant={},
        gathered=dict(found=(potentials, Signal(intbv(0)[2 * word_bits:]))), depth=limits.words)
    lane_array = submodule_array(
        "lane", processor_lane, lanes,
        shared=dict(clk=clk, visited=visited, first=first, fresh=fresh, nothing=nothing, shift=shift,
                    negative=negative, tests=tests),
        sliced=dict(nibble=[(nibbles, NIBBLE)], stored=[(potentials, word_bits)]), constant={},
        gathered=dict(fires=(exceeds, Signal(bool(0))), written=(written, Signal(intbv(0)[word_bits:]))))

    @always_comb
    def choose_word():
        """The potentials that are read."""
        read_address.next = read_word
        if reading:
            read_address.next = class_word

    @always(clk.posedge)
    def tell_always():
        """Even if nobody fires it has to be told on."""
        m_fire.step.next = 0
        m_fire.end.next = 1

    if not limits.takes_maps:

        @always(clk.posedge)
        def tell():
            """A fold is through."""
            m_fire.valid.next = writes and tests and not of_output and not rst
            m_fire.fires.next = exceeds
            m_fire.fold.next = fold
            m_fire.last_fold.next = last_fold
            fired.next = exceeds != 0
            decides.next = writes and tests and of_output and not rst
            done.next = writes and last_fold and not rst

        return delays, reader, memory, lane_array, choose_word, tell, tell_always

    middle_word = Signal(intbv(0)[len(write_word):])
    scatters, sweeps, pools, marks = (Signal(bool(0)) for _ in range(4))
    firing = Signal(intbv(0)[lanes:])
    is_candidate = Signal(bool(0))
    group_number = Signal(intbv(0)[len(m_fire.fold):])
    delays += [inlined(f"{name}_delay", delay(clk, rst, early, late, cycles=cycles)) for name, early, late, cycles in (
        ("middle", s_visit.word, middle_word, MIDDLE_CYCLES), ("scatters", s_visit.scatters, scatters, WRITE_CYCLES),
        ("sweeps", s_visit.sweeps, sweeps, WRITE_CYCLES), ("pools", s_visit.pools, pools, WRITE_CYCLES),
        ("marks", s_visit.marks, marks, WRITE_CYCLES))]
    judge = submodule("judge", window_judge, clk=clk, s_write=s_write, early_word=read_word, middle_word=middle_word,
                      word=write_word, scatters=scatters, sweeps=sweeps, pools=pools, marks=marks, exceeds=exceeds,
                      fires=firing, push=is_candidate, group_number=group_number, limits=limits)

    @always(clk.posedge)
    def tell():
        """A fold is through, or a word of a map is tested, or all of them are; a word is a candidate."""
        m_fire.valid.next = (writes or marks) and tests and not of_output and not rst
        m_fire.fires.next = firing
        m_fire.fold.next = fold
        if pools:
            m_fire.fold.next = group_number
        m_fire.last_fold.next = last_fold
        fired.next = firing != 0
        decides.next = (writes or marks) and tests and of_output and not rst
        done.next = (writes or marks) and last_fold and not rst
        push.next = is_candidate and not rst
        pushed.next = write_word

    return delays, reader, memory, lane_array, choose_word, tell, tell_always, judge
