"""A convolution: positions of a map that share weights, one visit after the other."""

from functools import partial

from myhdl import ConcatSignal, Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.layer.candidate_queue import candidate_queue
from first_spike.rtl_model.layer.interlocks import visit_interlock
from first_spike.rtl_model.layer.map_lane import map_lane
from first_spike.rtl_model.layer.pool_words import epoch_counter, pool_words
from first_spike.rtl_model.layer.sequencers import visit_sequencer
from first_spike.rtl_model.layer.start_values import initial_table
from first_spike.rtl_model.layer.visit_stage import (
    Visit,
    delay_stage,
    held_stage,
    issue_stage,
    join_address,
    mark_stage,
    visit_flow,
    word_stage,
)
from first_spike.rtl_model.layer.visit_table import VisitRange, range_file, visit_table
from first_spike.rtl_model.layer.weight_memory import weight_file, weight_memory
from first_spike.rtl_model.layer.word_finder import word_finder
from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.hierarchy import inlined, inlined_line, submodule, submodule_array
from first_spike.rtl_model.parts.streams import bits_for

WEIGHT_STAGE = 5  # in which the weight is added


@block
def if_layer_map(clk, rst, clear, s_spike, m_fire, hold=None, *, shape, contents):
    """A convolution of integrate-and-fire neurons, with a pool behind: `lanes` channels of one position at a time.

    A spike visits the positions whose kernel reaches it, row by row, one word of potentials a cycle. A word in which a
    potential crosses its threshold is a candidate, and waits in a queue, once. At the end of a step the candidates are
    tested: what is still above its threshold, and whose window has not spiked in this image, fires. The mark that
    follows says on `m_fire` that the step is over. Visits, tests, marks, and words that are emptied all go through one
    pipeline: found, compared with those ahead, issued, read (two cycles), tagged, taken, added, tested, kept, written.

    Nothing is cleared when an image is over: words carry its number, and stale ones count as empty.

    Ports:
        clear: a new image begins: what is in the pipeline is dropped, and potentials start again
        s_spike: spikes of the map before
        m_fire: which channels fire in a window, in any order of windows; a transfer without says that a step is over
        hold: no more tests and marks
    Parameters:
        lanes: neurons that are worked on side by side
        folds: windows, times folds of channels
        ways: spikes in a transfer
        rows: of the feed
        row_bits: of the number of a row
        weight_bits: of a weight
        potential_bits: of a potential, which cannot leave them whatever spikes
        channel_folds: folds of channels at each position
    Back-pressure: `s_spike` waits for the visits of the spikes before; tests wait while hold is set.
    """
    lanes, folds, window_bits, word_bits = shape.lanes, shape.folds, shape.window_bits, shape.word_bits
    potential_bits, epoch_bits, place_bits = shape.potential_bits, shape.epoch_bits, shape.place_bits
    step_bits = len(s_spike.step)
    stored_bits = lanes * potential_bits
    entry_bits = stored_bits + 1 + epoch_bits

    epoch = Signal(modbv(0)[epoch_bits:])
    former_epoch = Signal(modbv(0)[epoch_bits:])
    advance = Signal(bool(0))
    under_way = Signal(bool(0))
    clash = Signal(bool(0))
    follows = Signal(bool(0))
    y = Signal(intbv(0)[shape.y_bits:])
    x = Signal(intbv(0)[shape.x_bits:])
    fold = Signal(intbv(0)[bits_for(shape.channel_folds):])
    address = Signal(intbv(0)[shape.address_bits:])
    place = Signal(intbv(0)[max(1, place_bits):])
    whole_address = Signal(intbv(0)[shape.address_bits + place_bits:])
    entry = Signal(intbv(0)[shape.table_bits:])
    reached = VisitRange(shape)
    head = Signal(intbv(0)[word_bits:])
    head_filled = Signal(bool(0))
    idle = Signal(bool(0))
    pop = Signal(bool(0))
    push = Signal(bool(0))
    chosen = Visit(word_bits, step_bits)
    located = Visit(word_bits, step_bits)
    proposed = Visit(word_bits, step_bits)
    waiting = Visit(word_bits, step_bits)
    issued = Visit(word_bits, step_bits)
    fetched = Visit(word_bits, step_bits)
    caught = Visit(word_bits, step_bits)
    compared = Visit(word_bits, step_bits)
    taken = Visit(word_bits, step_bits)
    added = Visit(word_bits, step_bits)
    tested = Visit(word_bits, step_bits)
    leaving = Visit(word_bits, step_bits).only("visits", "tests", "scrubs", "word")
    stages = (issued, fetched, caught, compared, taken, added, tested, leaving)  # in each for a cycle
    found = Signal(intbv(0)[entry_bits:])
    written = Signal(intbv(0)[entry_bits:])
    write = Signal(bool(0))
    stale = Signal(bool(0))
    was_queued = Signal(bool(0))
    queued = Signal(bool(0))
    weights = Signal(intbv(0)[lanes * shape.code_bits:])
    pool = Signal(intbv(0)[lanes:])
    pool_writes = Signal(bool(0))
    tag = Signal(intbv(0)[epoch_bits:])
    pool_tag = Signal(intbv(0)[epoch_bits:])
    asks = Signal(bool(0))
    exceeds = Signal(intbv(0)[lanes:])
    kept = Signal(intbv(0)[stored_bits:])
    some = Signal(bool(0))
    m_fire_fires = m_fire.fires

    sequencer = submodule(
        "sequencer", visit_sequencer, module=f"{shape.name}_visit_sequencer", clk=clk, rst=rst, clear=clear,
        s_spike=s_spike, advance=advance, under_way=under_way, head=head, head_filled=head_filled, idle=idle, pop=pop,
        m_visit=chosen, entry=entry, s_range=reached, y=y, x=x, fold=fold, address=address,
        place=place if place_bits else None, shape=shape)
    table = submodule("ranges", visit_table, module=f"{shape.name}_visit_table", clk=clk, entry=entry, m_range=reached,
                      hex_file=range_file(f"{shape.name}_visits", contents.visits, shape))
    candidates = submodule(
        "candidates", candidate_queue, module=f"{shape.name}_candidates", clk=clk, clear=clear, push=push,
        word=leaving.word, pop=pop, head=head, filled=head_filled, idle=idle, depth=shape.words,
        prefix=f"{shape.name}_candidates")
    images = inlined("images", epoch_counter(clk, rst, clear, epoch, former_epoch))
    finder = submodule(
        "finder", word_finder, module=f"{shape.name}_word_finder", clk=clk, advance=advance, visits=chosen.visits, y=y,
        x=x, fold=fold, former_word=chosen.word, word=located.word, row_words=shape.row_words,
        column_words=shape.column_words, window_bits=window_bits)

    @always_comb
    def locate():
        """What is chosen, with its word."""
        located.visits.next = chosen.visits
        located.tests.next = chosen.tests
        located.scrubs.next = chosen.scrubs
        located.marks.next = chosen.marks
        located.step.next = chosen.step
        located.end.next = chosen.end

    front = [inlined("proposed", held_stage(clk, clear, advance, located, proposed)),
             inlined("waiting", held_stage(clk, clear, advance, proposed, waiting)),
             inlined("issued", issue_stage(clk, clear, advance, waiting, issued))]
    pipeline = inlined_line("stage", partial(word_stage, clk, clear), stages)
    pipeline += inlined_line("mark", partial(mark_stage, clk, clear), stages[:-1])
    interlock = inlined("interlock", visit_interlock(clk, clear, advance, proposed, waiting, stages, clash, follows,
                                                     window_bits=window_bits))

    flow = inlined("flow", visit_flow(advance, clash, waiting, hold))

    # what goes along: the address of the weights, as far as the memory wants it, the fold, and `follows`
    reach = WEIGHT_STAGE - (1 if shape.shallow else 3)
    addresses = [whole_address] + [Signal(intbv(0)[len(whole_address):]) for _ in range(3 + reach)]
    held, free = partial(delay_stage, clk, advance), partial(delay_stage, clk, None)
    carried = inlined_line("held_address", held, addresses[:4]) + inlined_line("address", free, addresses[3:])
    handed = [follows] + [Signal(bool(0)) for _ in range(5)]
    carried += inlined_line("follows", free, handed)
    queue_bits = [was_queued, *(Signal(bool(0)) for _ in range(3)), queued]
    carried += inlined_line("queued", free, queue_bits)
    joined = inlined("whole", join_address(address, place, whole_address))
    weight_words = submodule(
        "way_0", weight_memory, module=f"{shape.name}_weights", clk=clk, read=stages[reach - 1].visits,
        address=addresses[-1], weights=weights,
        hex_file=weight_file(f"{shape.name}_weights_0", contents.words[0], shape.weight_bits, lanes, sliced=True),
        weight_bits=shape.weight_bits, lanes=lanes)
    memory = submodule(
        "potentials", word_memory, module=f"{shape.name}_potentials", clk=clk, write=write, write_address=leaving.word,
        written=written, read_address=issued.word, found=found, depth=shape.words)
    pools = submodule(
        "windows", pool_words, module=f"{shape.name}_pool_words", clk=clk, epoch=epoch,
        early_window=caught.word(word_bits, window_bits), follows=handed[5],
        window=added.word(word_bits, window_bits), writes=pool_writes, tag=pool_tag, exceeds=exceeds, pool=pool,
        depth=folds, module_of_words=f"{shape.name}_pool_memory")

    if shape.channel_folds == 1:
        starts = dict(constant=dict(start=(contents.initials[0], Signal(intbv(0)[potential_bits:]))))
        start_slices = {}
    else:
        initials = Signal(intbv(0)[lanes * potential_bits:])
        fold_at = [fold] + [Signal(intbv(0)[len(fold):]) for _ in range(7)]
        carried += inlined_line("held_fold", held, fold_at[:4]) + inlined_line("fold", free, fold_at[3:])
        carried.append(initial_table(fold_at[7], initials, values=contents.initials, bits=potential_bits))
        starts, start_slices = dict(constant={}), dict(start=[(initials, potential_bits)])
    lane_array = submodule_array(
        "lane", map_lane, lanes, module=f"{shape.name}_lane", shared=dict(clk=clk, stale=stale, asks=asks),
        sliced=dict(stored=[(found, potential_bits)], weights=[(weights, shape.code_bits)], pool=[(pool, 1)],
                    **start_slices),
        gathered=dict(exceeds=(exceeds, Signal(bool(0))), fires=(m_fire_fires, Signal(bool(0))),
                      kept=(kept, Signal(intbv(0)[potential_bits:]))),
        code_bits=shape.code_bits, potential_bits=potential_bits, **starts)

    @always(clk.posedge)
    def check_epoch():
        """Whether the word is of this image, and if so, whether it is in the queue."""
        stale.next = found[entry_bits:stored_bits + 1] != epoch
        was_queued.next = found[stored_bits] and found[entry_bits:stored_bits + 1] == epoch

    @always_comb
    def ask():
        """What becomes of the sum."""
        asks.next = added.visits or added.tests
        pool_writes.next = added.tests or added.scrubs
        pool_tag.next = epoch
        if added.scrubs:
            pool_tag.next = former_epoch

    @always_comb
    def tell():
        """Who fires goes out; of a visit nobody hears yet."""
        m_fire.valid.next = tested.tests or tested.marks
        m_fire.step.next = tested.step
        m_fire.end.next = tested.end
        m_fire.fold.next = tested.word[:window_bits]
        m_fire.last_fold.next = tested.marks

    @always(clk.posedge)
    def gather():
        """Whether the word is a candidate."""
        some.next = m_fire_fires != 0

    @always_comb
    def write_back():
        """The word with its new potentials; it is a candidate once."""
        tag.next = epoch
        if leaving.scrubs:
            tag.next = former_epoch
        write.next = leaving.visits or leaving.tests or leaving.scrubs
        push.next = leaving.visits and some and not queued

    @always_comb
    def pack():
        """What is kept."""
        written.next = concat(tag, leaving.visits and (some or queued), kept)

    travelling = ConcatSignal(proposed.visits, waiting.visits, *(visit.visits for visit in stages))

    @always_comb
    def look_for_visits():
        """Whether one may still become a candidate."""
        under_way.next = travelling != 0

    return (sequencer, table, candidates, finder, locate, front, pipeline, interlock, flow, carried, joined,
            weight_words, memory, pools, lane_array, check_epoch, ask, tell, gather, write_back, pack,
            images, look_for_visits)
