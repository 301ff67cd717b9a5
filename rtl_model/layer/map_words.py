"""The words of a convolution: from the memory of potentials through the lanes, and back into it."""

from functools import partial

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.layer.pool_words import epoch_counter, pool_words
from first_spike.rtl_model.layer.start_values import initial_table, start_values
from first_spike.rtl_model.layer.visit_stage import delay_stage
from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.hierarchy import inlined, inlined_line, submodule, submodule_array


@block
def map_lane(clk, stored, stale, start, weights, pool, asks, exceeds, fires, kept, *, code_bits, potential_bits):
    """The potential of one neuron after the other on its way from the memory and back, in five stages.

    It is compared (whether it is of this image is found out meanwhile), taken or replaced by what it starts with, added
    to, tested, and kept. Potentials are relative to the threshold: above it is what is not negative.

    Ports:
        stored: the potential as the memory gives it
        stale: one cycle later: it is of another image
        start: one cycle later: what a potential begins with, -threshold - 1
        weights: two cycles later: the weight to be added, 0 where there is none
        pool: three cycles later: the window of this position and channel has spiked
        asks: three cycles later: does the neuron cross its threshold?
        exceeds: three cycles later: it is above its threshold, whatever `pool` and `asks` say
        fires: four cycles later: the answer
        kept: five cycles later: the new potential
    Outputs: exceeds, fires, kept
    Parameters:
        code_bits: of a weight, in two's complement
        potential_bits: of a potential, in two's complement
    Back-pressure: none.
    """
    half = 2 ** (potential_bits - 1)
    compared = Signal(intbv(0)[potential_bits:])
    former = Signal(intbv(0, min=-half, max=half))
    now = Signal(modbv(0, min=-half, max=half))  # wraps only where nobody asks what becomes of it
    tested = Signal(intbv(0)[potential_bits:])

    @always(clk.posedge)
    def compare():
        """Meanwhile it is found out whether the word is stale."""
        compared.next = stored

    @always(clk.posedge)
    def take_former():
        """The first visit in an image begins anew."""
        if stale:
            former.next = start.signed()
        else:
            former.next = compared.signed()

    @always(clk.posedge)
    def add():
        """The potential after this visit."""
        now.next = former + weights.signed()

    @always_comb
    def show():
        """Above the threshold, by its sign."""
        exceeds.next = not now[potential_bits - 1]

    @always(clk.posedge)
    def test():
        """Only what is new in its window counts."""
        fires.next = asks and not now[potential_bits - 1] and not pool
        tested.next = now[potential_bits:]

    @always(clk.posedge)
    def keep():
        """Back into the memory."""
        kept.next = tested

    return compare, take_former, add, show, test, keep


@block
def map_words(clk, rst, clear, s_issued, s_caught, s_added, s_tested, s_leaving, follows, weights, push, m_fire,
              advance=None, fold=None, s_write=None, bank=None, *, shape, contents):
    """A word of potentials is read, found to be of this image or not, added to, tested and written, a visit a cycle;
    who is above the threshold at a test, and has not spiked in the window, fires.

    Nothing is cleared when an image is over: words carry its number, and stale ones count as empty.

    Ports:
        clear: a new image begins
        s_issued: its word is read
        s_caught: its window of the pool is read; the word of potentials is there
        s_added: the weights of a visit are added
        s_tested: what was tested fires now
        s_leaving: its word is written
        follows: what is added has the window of the test one cycle ahead, whose outcome is not in memory yet
        weights: of the visit that is added, one for each lane
        push: the word that is leaving becomes a candidate
        m_fire: which channels fire in a window, in any order of windows; a transfer without says that a step is over
        advance: where there are folds of channels: what is chosen, proposed and waiting moves on
        fold: and the fold of the visit that is chosen next
        s_write: what the potentials begin with; only where it is loaded
        bank: the bank of weights in use; only where there are two
    Outputs: push
    """
    lanes, pool_bits, word_bits = shape.lanes, shape.pool_bits, shape.word_bits
    potential_bits, epoch_bits = shape.potential_bits, shape.epoch_bits
    stored_bits = lanes * potential_bits
    entry_bits = stored_bits + 1 + epoch_bits

    epoch = Signal(modbv(0)[epoch_bits:])
    former_epoch = Signal(modbv(0)[epoch_bits:])
    found = Signal(intbv(0)[entry_bits:])
    written = Signal(intbv(0)[entry_bits:])
    write = Signal(bool(0))
    stale = Signal(bool(0))
    was_queued = Signal(bool(0))
    queued = Signal(bool(0))
    pool = Signal(intbv(0)[lanes:])
    pool_writes = Signal(bool(0))
    tag = Signal(intbv(0)[epoch_bits:])
    pool_tag = Signal(intbv(0)[epoch_bits:])
    asks = Signal(bool(0))
    exceeds = Signal(intbv(0)[lanes:])
    kept = Signal(intbv(0)[stored_bits:])
    some = Signal(bool(0))
    m_fire_fires, window_bits = m_fire.fires, shape.window_bits

    images = inlined("images", epoch_counter(clk, rst, clear, epoch, former_epoch))
    memory = submodule(
        "potentials", word_memory, module=f"{shape.name}_potentials", clk=clk, write=write,
        write_address=s_leaving.word, written=written, read_address=s_issued.word, found=found, depth=shape.words,
        **shape.of_potentials)
    pools = submodule(
        "windows", pool_words, module=f"{shape.name}_pool_words", clk=clk, epoch=epoch,
        early_window=s_caught.word(word_bits, pool_bits), follows=follows,
        window=s_added.word(word_bits, pool_bits), writes=pool_writes, tag=pool_tag, exceeds=exceeds, pool=pool,
        depth=shape.pool_words, module_of_words=f"{shape.name}_pool_memory")
    queue_bits = (was_queued, *(Signal(bool(0)) for _ in range(3)), queued)
    carried = inlined_line("queued", partial(delay_stage, clk, None), queue_bits)

    initials = Signal(intbv(0)[lanes * potential_bits:])
    starts, start_slices, of_fold = dict(constant={}), dict(start=[(initials, potential_bits)]), {}
    if shape.channel_folds > 1:
        fold_at = (fold, *(Signal(intbv(0)[len(fold):]) for _ in range(7)))
        carried += inlined_line("held_fold", partial(delay_stage, clk, advance), fold_at[:4])
        carried += inlined_line("fold", partial(delay_stage, clk, None), fold_at[3:])
        of_fold = dict(fold=fold_at[7])
    if shape.start_bits is not None:
        second = {} if bank is None else dict(bank=bank)
        carried.append(submodule("start_values", start_values, module=f"{shape.name}_starts", clk=clk,
                                 s_write=s_write, starts=initials, **of_fold, **second,
                                 lanes=lanes, folds=shape.channel_folds, start_bits=shape.start_bits,
                                 potential_bits=potential_bits))
    elif of_fold:
        carried.append(inlined("starts_of_fold", initial_table(fold_at[7], initials, values=contents.initials,
                                                               bits=potential_bits)))
    else:
        starts = dict(constant=dict(start=(contents.initials[0], Signal(intbv(0)[potential_bits:]))))
        start_slices = {}
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
        asks.next = s_added.visits or s_added.tests
        pool_writes.next = s_added.tests or s_added.scrubs
        pool_tag.next = epoch
        if s_added.scrubs:
            pool_tag.next = former_epoch

    @always_comb
    def tell():
        """Who fires goes out; of a visit nobody hears yet."""
        m_fire.valid.next = s_tested.tests or s_tested.marks
        m_fire.step.next = s_tested.step
        m_fire.end.next = s_tested.end
        m_fire.fold.next = s_tested.word[:window_bits]
        m_fire.last_fold.next = s_tested.marks

    @always(clk.posedge)
    def gather():
        """Whether the word is a candidate."""
        some.next = m_fire_fires != 0

    @always_comb
    def write_back():
        """The word with its new potentials; it is a candidate once."""
        tag.next = epoch
        if s_leaving.scrubs:
            tag.next = former_epoch
        write.next = s_leaving.visits or s_leaving.tests or s_leaving.scrubs
        push.next = s_leaving.visits and some and not queued

    @always_comb
    def pack():
        """What is kept."""
        written.next = concat(tag, s_leaving.visits and (some or queued), kept)

    return memory, pools, carried, lane_array, check_epoch, ask, tell, gather, write_back, pack, images
