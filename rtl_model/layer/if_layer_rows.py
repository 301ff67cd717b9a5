"""A convolution that works on a row of its kernel in a cycle: banks of columns, visited side by side."""

from functools import partial

from myhdl import ConcatSignal, Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.layer.candidate_queue import candidate_queue
from first_spike.rtl_model.layer.interlocks import row_interlock
from first_spike.rtl_model.layer.row_bank import bank_enable, bank_word, join_window, row_bank
from first_spike.rtl_model.layer.row_finder import (
    columns_of,
    len_of_window_column,
    len_of_window_row,
    row_finder,
    rows_of,
    window_column,
    window_number,
    window_row,
)
from first_spike.rtl_model.layer.row_scrubber import row_scrubber
from first_spike.rtl_model.layer.row_stage import row_issue, scrub_word
from first_spike.rtl_model.layer.row_tests import row_tests
from first_spike.rtl_model.layer.sequencers import row_sequencer
from first_spike.rtl_model.layer.start_values import initial_table
from first_spike.rtl_model.layer.visit_stage import (
    Visit,
    delay_stage,
    held_stage,
    join_address,
    mark_stage,
    visit_flow,
    word_stage,
)
from first_spike.rtl_model.layer.visit_table import VisitRange, range_file, visit_table
from first_spike.rtl_model.layer.weight_memory import weight_file, weight_memory
from first_spike.rtl_model.parts.hierarchy import inlined, inlined_line, submodule

WEIGHT_STAGE = 2  # behind which the weight is added
ADD_STAGE = 3


@block
def if_layer_rows(clk, rst, clear, s_spike, m_fire, hold=None, *, shape, contents):
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
    lanes, banks, places = shape.lanes, shape.banks, shape.place_of
    potential_bits, code_bits, group_bits = shape.potential_bits, shape.code_bits, shape.group_bits
    place_bits, word_bits, window_bits = shape.place_bits, shape.word_bits, shape.window_bits
    step_bits, visit_bits, entry_bits = len(s_spike.step), shape.visit_bits, shape.entry_bits

    advance = Signal(bool(0))
    under_way = Signal(bool(0))
    clash = Signal(bool(0))
    follows = Signal(bool(0))
    half = Signal(bool(0))
    urgent = Signal(bool(0))
    free = Signal(bool(0))
    scrubs = Signal(bool(0))
    scrubbed_half = Signal(bool(0))
    pointer = Signal(intbv(0)[shape.scrub_bits:])
    scrubbed = Signal(intbv(0)[visit_bits:])
    address = Signal(intbv(0)[shape.address_bits:])
    place = Signal(intbv(0)[max(1, place_bits):])
    whole_address = Signal(intbv(0)[shape.address_bits + place_bits:])
    entry = Signal(intbv(0)[shape.table_bits:])
    reached = VisitRange(shape)
    head = Signal(intbv(0)[entry_bits:])
    head_filled = Signal(bool(0))
    idle = Signal(bool(0))
    pop = Signal(bool(0))
    push = Signal(bool(0))
    pushed = Signal(intbv(0)[entry_bits:])
    held = ("visits", "tests", "word", "marks", "step", "end")
    chosen = Visit(entry_bits, step_bits).only(*held)
    located = Visit(visit_bits, step_bits).only(*held)
    proposed = Visit(visit_bits, step_bits).only(*held)
    waiting = Visit(visit_bits, step_bits).only(*held)
    issued = Visit(visit_bits, step_bits)
    fetched = Visit(visit_bits, step_bits)
    caught = Visit(visit_bits, step_bits)
    added = Visit(visit_bits, step_bits)
    leaving = Visit(visit_bits, step_bits)
    stages = (issued, fetched, caught, added, leaving)  # in each for a cycle
    weights = Signal(intbv(0)[banks * lanes * code_bits:])
    reads_weights = Signal(bool(0))
    noted = Signal(intbv(0)[lanes:])
    window_row_read = Signal(intbv(0)[len_of_window_row(shape):])
    number = Signal(modbv(0)[len(m_fire.fold):])  # wraps only where nothing is tested
    pool_writes = Signal(bool(0))
    m_fire_fires = m_fire.fires

    sequencer = submodule(
        "sequencer", row_sequencer, module=f"{shape.name}_row_sequencer", clk=clk, clear=clear, s_spike=s_spike,
        advance=advance, urgent=urgent, under_way=under_way, head=head, head_filled=head_filled, idle=idle, pop=pop,
        m_visit=chosen, entry=entry, s_range=reached, address=address, place=place if place_bits else None,
        shape=shape)
    table = submodule("ranges", visit_table, module=f"{shape.name}_visit_table", clk=clk, entry=entry, m_range=reached,
                      hex_file=range_file(f"{shape.name}_visits", contents.visits, shape))
    candidates = submodule(
        "candidates", candidate_queue, module=f"{shape.name}_candidates", clk=clk, clear=clear, push=push,
        word=pushed, pop=pop, head=head, filled=head_filled, idle=idle, depth=shape.most_candidates,
        prefix=f"{shape.name}_candidates")
    scrubber = submodule(
        "scrubber", row_scrubber, module=f"{shape.name}_row_scrubber", clk=clk, rst=rst, clear=clear, free=free,
        scrubs=scrubs, pointer=pointer, scrubbed_half=scrubbed_half, half=half, urgent=urgent,
        words=1 << shape.scrub_bits)
    finder = inlined("finder", row_finder(chosen.word, half, located.word, shape=shape))
    scrub = inlined("scrub", scrub_word(scrubbed_half, pointer, scrubbed, shape=shape))

    @always_comb
    def locate():
        """What is chosen, with its words."""
        located.visits.next = chosen.visits
        located.tests.next = chosen.tests
        located.marks.next = chosen.marks
        located.step.next = chosen.step
        located.end.next = chosen.end

    front = [inlined("proposed", held_stage(clk, clear, advance, located, proposed)),
             inlined("waiting", held_stage(clk, clear, advance, proposed, waiting)),
             inlined("issued", row_issue(clk, clear, advance, free, scrubs, scrubbed, waiting, issued))]
    pipeline = inlined_line("stage", partial(word_stage, clk, clear), stages)
    pipeline += inlined_line("mark", partial(mark_stage, clk, clear), stages)
    interlock = inlined("interlock", row_interlock(clk, clear, advance, proposed, waiting, stages, clash, follows,
                                                   shape=shape))

    flow = inlined("flow", visit_flow(advance, clash, waiting, hold))

    # what goes along: the address of the weights, as far as the memory wants it, and `follows`
    reach = 5 if shape.shallow else 3
    addresses = [whole_address] + [Signal(intbv(0)[len(whole_address):]) for _ in range(reach)]
    carried = inlined_line("held_address", partial(delay_stage, clk, advance), addresses[:4])
    carried += inlined_line("address", partial(delay_stage, clk, None), addresses[3:])
    handed = [follows] + [Signal(bool(0)) for _ in range(ADD_STAGE + 1)]
    carried += inlined_line("follows", partial(delay_stage, clk, None), handed)
    joined = inlined("whole", join_address(address, place, whole_address))
    if shape.shallow:

        @always_comb
        def want_weights():
            """They come a cycle later."""
            reads_weights.next = fetched.visits

    else:

        @always_comb
        def want_weights():
            """They come three cycles later."""
            reads_weights.next = waiting.visits and advance

    weight_words = submodule(
        "way_0", weight_memory, module=f"{shape.name}_weights", clk=clk, read=reads_weights,
        address=addresses[-1], weights=weights,
        hex_file=weight_file(f"{shape.name}_weights_0", contents.words[0], shape.weight_bits, banks * lanes,
                             sliced=True),
        weight_bits=shape.weight_bits, lanes=banks * lanes)

    if shape.channel_folds == 1:
        starts = None
    else:
        starts = Signal(intbv(0)[lanes * potential_bits:])
        carried.append(initial_table(caught.word(*places["fold"]), starts, values=contents.initials,
                                     bits=potential_bits))
    found_row = inlined("row_read", window_row(fetched.word(*places["y"]), window_row_read, rows=rows_of(shape)))
    fetched_fold = fetched.word(*places["fold"])
    fetched_half = fetched.word(places["half"][1])
    window_read = [Signal(intbv(0)[window_bits + 1:]) for _ in range(banks)]
    word_read = [Signal(intbv(0)[word_bits + 1:]) for _ in range(banks)]
    word_written = [Signal(intbv(0)[word_bits + 1:]) for _ in range(banks)]
    column_read = [Signal(intbv(0)[len_of_window_column(shape):]) for _ in range(banks)]
    visited = [Signal(bool(0)) for _ in range(banks)]
    writes = [Signal(bool(0)) for _ in range(banks)]
    candidate = [Signal(bool(0)) for _ in range(banks)]
    exceeds = [Signal(intbv(0)[lanes:]) for _ in range(banks)]
    pool = [Signal(intbv(0)[lanes:]) for _ in range(banks)]
    window_written = leaving.word(places["half"][0], places["window"][1])
    blocks = []
    for bank in range(banks):
        group_low = places["groups"][1] + bank * group_bits
        own_group = fetched.word(group_low + group_bits, group_low)
        blocks += [
            inlined(f"column_{bank}", window_column(own_group, column_read[bank], columns=columns_of(shape, bank))),
            inlined(f"window_{bank}", join_window(fetched_half, window_row_read, column_read[bank], fetched_fold,
                                                  window_read[bank], folded=shape.channel_folds > 1)),
            inlined(f"read_{bank}", bank_word(issued.word, word_read[bank], bank=bank, shape=shape)),
            inlined(f"write_{bank}", bank_word(leaving.word, word_written[bank], bank=bank, shape=shape)),
            inlined(f"enable_{bank}", bank_enable(leaving, visited[bank], writes[bank], bank=bank)),
            submodule(f"bank_{bank}", row_bank, module=f"{shape.name}_bank", clk=clk, read_word=word_read[bank],
                      read_window=window_read[bank], empties=caught.scrubs,
                      weights=weights((bank + 1) * lanes * code_bits, bank * lanes * code_bits), visits=visited[bank],
                      write=writes[bank], word=word_written[bank], pool_writes=pool_writes, window=window_written,
                      noted=noted, exceeds=exceeds[bank], pool=pool[bank], candidate=candidate[bank], starts=starts,
                      initials=contents.initials[0], code_bits=code_bits, potential_bits=potential_bits, lanes=lanes,
                      prefix=shape.name)]
    all_exceed = Signal(intbv(0)[banks * lanes:])
    all_pool = Signal(intbv(0)[banks * lanes:])
    exceeds_side_by_side, pool_side_by_side = ConcatSignal(*reversed(exceeds)), ConcatSignal(*reversed(pool))

    @always_comb
    def join_banks():
        """Bank 0 in the lowest bits."""
        all_exceed.next = exceeds_side_by_side
        all_pool.next = pool_side_by_side

    added_mask = added.word(banks, 0)
    outcome = submodule(
        "outcome", row_tests, module=f"{shape.name}_row_tests", clk=clk, tests=added.tests, mask=added_mask,
        follows=handed[-1], exceeds=all_exceed, pool=all_pool, fires=m_fire_fires, noted=noted, banks=banks,
        lanes=lanes)

    window = inlined("window", window_number(clk, added.word, number, shape=shape))

    @always_comb
    def tell():
        """Who fires goes out; of a visit nobody hears yet."""
        m_fire.valid.next = leaving.tests or leaving.marks
        m_fire.step.next = leaving.step
        m_fire.end.next = leaving.end
        m_fire.fold.next = number
        m_fire.last_fold.next = leaving.marks
        pool_writes.next = leaving.tests or leaving.scrubs

    new_candidates = ConcatSignal(*reversed(candidate))

    @always(clk.posedge)
    def queue_up():
        """The words that became candidates side by side."""
        push.next = new_candidates != 0 and not clear
        pushed.next = concat(leaving.word[entry_bits:banks], new_candidates)

    travelling = ConcatSignal(proposed.visits, waiting.visits, *(visit.visits for visit in stages))

    @always_comb
    def look_for_visits():
        """Whether one may still become a candidate."""
        under_way.next = travelling != 0

    return (sequencer, table, candidates, scrubber, finder, scrub, locate, front, pipeline, interlock, flow, carried,
            joined, want_weights, weight_words, found_row, blocks, join_banks, outcome, window, tell, queue_up,
            look_for_visits)
