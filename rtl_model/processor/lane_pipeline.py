"""Visits on their way: to the weights, to the potentials, through the lanes, and back into memory."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.golden.contract.processor import NIBBLE, POTENTIAL_BITS
from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.banked_words import words_of
from first_spike.rtl_model.parts.hierarchy import inlined, submodule, submodule_array
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM, SPRAM
from first_spike.rtl_model.processor.processor_lane import processor_lane
from first_spike.rtl_model.processor.visit_delays import DelayedVisit, visit_delays
from first_spike.rtl_model.processor.window_judge import window_judge


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
    row_bits = min(len(row), address_bits)
    first_weight = limits.first_weight
    style = SPRAM if limits.memory == "spram" else BLOCK_RAM
    address = Signal(modbv(0)[address_bits:])
    added = Signal(intbv(0)[row_bits:])
    of_weights, loads = Signal(bool(0)), Signal(bool(0))
    load_place = Signal(modbv(0)[len(s_write.place):])
    load_word = Signal(intbv(0)[address_bits:])
    load_part = Signal(intbv(0)[part_bits:]) if part_bits else None
    weight_word = Signal(intbv(0)[len(nibbles):])

    words_block, banks = words_of(s_write)
    weights = submodule("weights", words_block, module="weight_words", clk=clk, write=loads, place=load_word,
                        part=load_part, data=s_write.data, address=address, word=weight_word,
                        words=limits.weight_words, part_bits=32, style=style, **banks,
                        **(dict(unit_bits=16) if style == SPRAM else {}))

    @always_comb
    def choose_row():
        """What potentials begin with has none."""
        added.next = row[row_bits:]
        if of_start:
            added.next = 0

    @always(clk.posedge)
    def add_row():
        """The address of the weights."""
        address.next = base + added

    @always(clk.posedge)
    def catch():
        """The register behind their memory."""
        nibbles.next = weight_word

    @always(clk.posedge)
    def find_place():
        """Where a word of the load goes; in registers, since the memory may be far away."""
        load_place.next = s_write.place - first_weight
        of_weights.next = s_write.place >= first_weight

    @always_comb
    def load():
        """It goes there."""
        loads.next = s_write.valid and of_weights

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

    return weights, choose_row, add_row, catch, find_place, load, split_place


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
    nibbles = Signal(intbv(0)[lanes * NIBBLE:])
    read_address = Signal(intbv(0)[len(s_visit.word):])
    written = Signal(intbv(0)[lanes * word_bits:])
    exceeds = Signal(intbv(0)[lanes:])
    visit = DelayedVisit(s_visit)

    delays = submodule("delays", visit_delays, clk=clk, rst=rst, s_visit=s_visit, m_visit=visit)
    reader = inlined("reader", weight_reader(clk, visit.base, visit.of_start, row, s_write, nibbles, limits=limits))
    memory = submodule_array(
        "pair", word_memory, lanes // 2, module="potential_words",
        shared=dict(clk=clk, write=visit.writes, write_address=visit.write_word, read_address=read_address),
        sliced=dict(written=[(written, 2 * word_bits)]), constant={},
        gathered=dict(found=(potentials, Signal(intbv(0)[2 * word_bits:]))), depth=limits.words)
    lane_array = submodule_array(
        "lane", processor_lane, lanes,
        shared=dict(clk=clk, visited=visit.visited, first=visit.first, fresh=visit.fresh, nothing=visit.nothing,
                    shift=visit.shift, negative=visit.negative, tests=visit.tests),
        sliced=dict(nibble=[(nibbles, NIBBLE)], stored=[(potentials, word_bits)]), constant={},
        gathered=dict(fires=(exceeds, Signal(bool(0))), written=(written, Signal(intbv(0)[word_bits:]))))

    @always_comb
    def choose_word():
        """The potentials that are read."""
        read_address.next = visit.read_word
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
            m_fire.valid.next = visit.writes and visit.tests and not visit.output and not rst
            m_fire.fires.next = exceeds
            m_fire.fold.next = visit.fold
            m_fire.last_fold.next = visit.last_fold
            fired.next = exceeds != 0
            decides.next = visit.writes and visit.tests and visit.output and not rst
            done.next = visit.writes and visit.last_fold and not rst

        return delays, reader, memory, lane_array, choose_word, tell, tell_always

    firing = Signal(intbv(0)[lanes:])
    is_candidate = Signal(bool(0))
    group_number = Signal(intbv(0)[len(m_fire.fold):])
    judge = submodule("judge", window_judge, clk=clk, s_write=s_write, early_word=visit.early_word,
                      middle_word=visit.middle_word, word=visit.write_word, scatters=visit.scatters,
                      sweeps=visit.sweeps, pools=visit.pools, marks=visit.marks, exceeds=exceeds, fires=firing,
                      push=is_candidate, group_number=group_number, limits=limits)

    @always(clk.posedge)
    def tell():
        """A fold is through, or a word of a map is tested, or all of them are; a word is a candidate."""
        m_fire.valid.next = (visit.writes or visit.marks) and visit.tests and not visit.output and not rst
        m_fire.fires.next = firing
        m_fire.fold.next = visit.fold
        if visit.pools:
            m_fire.fold.next = group_number
        m_fire.last_fold.next = visit.last_fold
        fired.next = firing != 0
        decides.next = (visit.writes or visit.marks) and visit.tests and visit.output and not rst
        done.next = (visit.writes or visit.marks) and visit.last_fold and not rst
        push.next = is_candidate and not rst
        pushed.next = visit.write_word

    return delays, reader, memory, lane_array, choose_word, tell, tell_always, judge
