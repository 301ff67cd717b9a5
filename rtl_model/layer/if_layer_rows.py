"""A convolution that works on a row of its kernel in a cycle: banks of columns, visited side by side."""

from myhdl import Signal, always_comb, block, intbv

from first_spike.rtl_model.layer.candidate_queue import candidate_queue
from first_spike.rtl_model.layer.row_banks import row_banks
from first_spike.rtl_model.layer.row_finder import row_finder
from first_spike.rtl_model.layer.row_scrubber import row_scrubber, scrub_word, start_watch
from first_spike.rtl_model.layer.sequencers import row_sequencer
from first_spike.rtl_model.layer.visit_pipeline import HELD, visit_pipeline
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.layer.visit_table import VisitRange, range_file, visit_table
from first_spike.rtl_model.layer.visit_weights import visit_weights
from first_spike.rtl_model.parts.hierarchy import inlined, submodule


@block
def if_layer_rows(clk, rst, clear, s_spike, m_fire, hold=None, s_write=None, bank=None, *, shape, contents):
    """A convolution of integrate-and-fire neurons, with a pool behind: `lanes` channels of the positions that one row
    of the kernel reaches at a time, a position in each of the `banks`.

    A spike visits rows of positions. A word in which a potential crosses its threshold is a candidate, and waits in a
    queue, once; words that become candidates side by side wait together. At the end of a step the candidates are
    tested, one position a cycle: what is still above its threshold, and whose window has not spiked in this image,
    fires. The mark that follows says on `m_fire` that the step is over. Visits, tests and marks go through one
    pipeline: found, compared with those ahead, issued, read (two cycles), added, tested and written.

    Ports:
        clear: a new image begins: what is in the pipeline is dropped, and potentials start again
        s_spike: spikes of the map before
        m_fire: which channels fire in a window, in any order of windows; a transfer without says that a step is over
        hold: no more tests and marks
        s_write: weights, and what the potentials begin with; only where they are loaded
        bank: the bank of weights in use; only where there are two
    Parameters:
        lanes: neurons of a position that are worked on side by side
        banks: positions that are
        folds: windows, times folds of channels
        ways: spikes in a transfer
        rows: of the feed
        row_bits: of the number of a row
        weight_bits: of a weight
        potential_bits: of a potential, which cannot leave them whatever spikes
        channel_folds: folds of channels at each position
    Back-pressure: `s_spike` waits for the visits of the spikes before; tests wait while hold is set.
    """
    name, visit_bits, entry_bits, step_bits = shape.name, shape.visit_bits, shape.entry_bits, len(s_spike.step)
    all_lanes = shape.banks * shape.lanes

    advance = Signal(bool(0))
    under_way = Signal(bool(0))
    reads_weights = Signal(bool(0))
    follows = Signal(bool(0))
    half = Signal(bool(0))
    urgent = Signal(bool(0))
    free = Signal(bool(0))
    scrubs = Signal(bool(0))
    scrubbed_half = Signal(bool(0))
    pointer = Signal(intbv(0)[shape.scrub_bits:])
    scrubbed = Signal(intbv(0)[visit_bits:])
    address = Signal(intbv(0)[shape.address_bits:])
    place = Signal(intbv(0)[shape.place_bits:]) if shape.place_bits else None
    entry = Signal(intbv(0)[shape.table_bits:])
    reached = VisitRange(shape)
    head = Signal(intbv(0)[entry_bits:])
    head_filled = Signal(bool(0))
    idle = Signal(bool(0))
    pop = Signal(bool(0))
    push = Signal(bool(0))
    pushed = Signal(intbv(0)[entry_bits:])
    weights = Signal(intbv(0)[all_lanes * shape.code_bits:])
    chosen = Visit(entry_bits, step_bits).only(*HELD)
    located = Visit(visit_bits, step_bits).only(*HELD)
    issued = Visit(visit_bits, step_bits).only("word")
    fetched = Visit(visit_bits, step_bits).only("word")
    caught = Visit(visit_bits, step_bits).only("scrubs", *(["word"] if shape.channel_folds > 1 else []))
    added = Visit(visit_bits, step_bits).only("tests", "word")
    leaving = Visit(visit_bits, step_bits)

    sequencer = submodule(
        "sequencer", row_sequencer, module=f"{name}_row_sequencer", clk=clk, clear=clear, s_spike=s_spike,
        advance=advance, urgent=urgent, under_way=under_way, head=head, head_filled=head_filled, idle=idle, pop=pop,
        m_visit=chosen, entry=entry, s_range=reached, address=address, place=place, shape=shape)
    table = submodule("ranges", visit_table, module=f"{name}_visit_table", clk=clk, entry=entry, m_range=reached,
                      hex_file=range_file(f"{name}_visits", contents.visits, shape))
    candidates = submodule(
        "candidates", candidate_queue, module=f"{name}_candidates", clk=clk, clear=clear, push=push, word=pushed,
        pop=pop, head=head, filled=head_filled, idle=idle, depth=shape.most_candidates, prefix=f"{name}_candidates")
    loaded, starting, watched, again = {}, {}, (), {}
    if shape.start_bits is not None:
        anew = Signal(bool(0))
        starts_write = shape.write_of_starts(s_write)
        second = {} if bank is None else dict(bank=bank)
        loaded, again = dict(s_write=shape.write_of_way(s_write, 0), **second), dict(anew=anew)
        starting = dict(s_write=starts_write, **({} if bank is None else dict(weight_bank=bank)))
        banks = {} if bank is None else dict(written_bank=s_write.bank, bank=bank)
        watched = inlined("watch", start_watch(clk, starts_write.select, anew, **banks))
    scrubber = submodule(
        "scrubber", row_scrubber, module=f"{name}_row_scrubber", clk=clk, rst=rst, clear=clear, free=free,
        scrubs=scrubs, pointer=pointer, scrubbed_half=scrubbed_half, half=half, urgent=urgent,
        **again, words=1 << shape.scrub_bits)
    scrub = inlined("scrub", scrub_word(scrubbed_half, pointer, scrubbed, shape=shape))
    finder = submodule("finder", row_finder, module=f"{name}_row_finder", entry=chosen.word, half=half,
                       word=located.word, shape=shape)
    pipeline = submodule(
        "pipeline", visit_pipeline, module=f"{name}_visit_pipeline", clk=clk, clear=clear, s_visit=located,
        advance=advance, reads=reads_weights, follows=follows, under_way=under_way, issued=issued, caught=caught,
        added=added, leaving=leaving, fetched=fetched, hold=hold, free=free, scrubs=scrubs, scrubbed=scrubbed,
        shape=shape)
    weight_words = submodule(
        "weight_words", visit_weights, module=f"{name}_visit_weights", clk=clk, advance=advance, reads=reads_weights,
        address=address, weights=weights, place=place, **loaded, shape=shape, contents=contents,
        lanes=all_lanes)
    words = submodule(
        "words", row_banks, module=f"{name}_row_banks", clk=clk, clear=clear, s_issued=issued, s_fetched=fetched,
        s_caught=caught, s_added=added, s_leaving=leaving, follows=follows, weights=weights, push=push, pushed=pushed,
        m_fire=m_fire, **starting, shape=shape, contents=contents)

    @always_comb
    def locate():
        """What is chosen, with its words."""
        located.visits.next = chosen.visits
        located.tests.next = chosen.tests
        located.marks.next = chosen.marks
        located.step.next = chosen.step
        located.end.next = chosen.end

    return (sequencer, table, candidates, watched, scrubber, scrub, finder, pipeline, weight_words, words, locate)
