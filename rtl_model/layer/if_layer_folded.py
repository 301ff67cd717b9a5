"""A fully connected layer whose neurons share fewer lanes."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.golden.contract.limits import ADDRESS_STAGES
from first_spike.rtl_model.layer.if_lane import if_lane_folded
from first_spike.rtl_model.layer.if_layer import Tag, tag_stage
from first_spike.rtl_model.layer.lane_memory import lane_memory
from first_spike.rtl_model.layer.start_values import initial_table, start_values
from first_spike.rtl_model.layer.weight_memory import loaded_weight_memory, weight_file, weight_memory
from first_spike.rtl_model.parts.hierarchy import inlined, submodule, submodule_array
from first_spike.rtl_model.parts.streams import bits_for


class FoldTag(Tag):
    """A Tag for one fold of a transfer.

    Members:
        fold: its number
        last_fold: the last of the transfer
        fresh: the first transfer of the image
    """

    members = Tag.members + ("fold", "last_fold", "fresh")

    def __init__(self, step_bits, folds):
        super().__init__(step_bits)
        self.fold = Signal(intbv(0)[bits_for(folds):])
        self.last_fold = Signal(bool(0))
        self.fresh = Signal(bool(0))


@block
def fold_stage(clk, clear, before, after):
    """One pipeline register for a FoldTag.

    Outputs: after
    """
    common = inlined("tag", tag_stage(clk, clear, before, after))

    @always(clk.posedge)
    def shift_fold():
        """What a fold has besides, one stage further."""
        after.fold.next = before.fold
        after.last_fold.next = before.last_fold
        after.fresh.next = before.fresh

    return common, shift_fold


@block
def fold_issue(clk, clear, s_spike, now, addresses, issue_mask, hold=None, *, shape):
    """Goes through the folds of each transfer: what a cycle is for, and the address of its weights.

    Ports:
        clear: a new image begins
        s_spike: spikes of the neurons that feed the layer
        now: the fold of this cycle
        addresses: one cycle later, for each way: the word of its weights
        issue_mask: one cycle later: which ways carry a spike
        hold: take no more spikes
    Outputs: now, addresses, issue_mask
    Parameters:
        shape: as of the layer
    Back-pressure: `s_spike` waits for its last fold, and while hold is set.
    """
    folds, rows = shape.folds, shape.rows
    row_bits = s_spike.row_bits

    go = Signal(bool(0))
    fold = Signal(intbv(0)[bits_for(folds):])
    base = Signal(intbv(0)[shape.address_bits:])
    fresh = Signal(bool(0))

    if hold is None:

        @always_comb
        def flow():
            """Nothing can stall."""
            go.next = s_spike.valid

    else:

        @always_comb
        def flow():
            """Spikes wait as long as there is no room for the vectors that they may lead to."""
            go.next = s_spike.valid and not hold

    @always_comb
    def take_fold():
        """What this cycle is for: one fold of the transfer."""
        now.valid.next = go
        now.last.next = s_spike.last
        now.end.next = s_spike.end
        now.step.next = s_spike.step
        now.fold.next = fold
        now.last_fold.next = fold == folds - 1
        now.fresh.next = fresh

    @always_comb
    def accept():
        """The transfer is taken with its last fold."""
        s_spike.ready.next = go and now.last_fold

    @always(clk.posedge)
    def count_folds():
        """Which fold is next, and where its words begin in the weight memories."""
        if go:
            if now.last_fold:
                fold.next = 0
                base.next = 0
                fresh.next = 0
            else:
                fold.next = fold + 1
                base.next = base + rows
        if clear:
            fold.next = 0
            base.next = 0
            fresh.next = 1

    @always(clk.posedge)
    def issue_spikes():
        """First stage: which ways carry a spike, if there is a transfer: a weight counts only beside its tag."""
        issue_mask.next = s_spike.mask

    @block
    def add_base(rows_of_way, address):
        """The address of the weights of one way.

        Outputs: address
        """

        @always(clk.posedge)
        def form_address():
            """First stage: the word of this fold and row."""
            address.next = base + rows_of_way

        return form_address

    address_ways = [inlined(f"way_{k}", add_base(s_spike.rows((k + 1) * row_bits, k * row_bits), addresses[k]))
                    for k in range(shape.ways)]
    return flow, take_fold, accept, count_folds, issue_spikes, address_ways


@block
def if_layer_folded(clk, clear, s_spike, m_fire, potentials=None, hold=None, s_write=None, bank=None, *, shape,
                    contents=None):
    """A fully connected layer of integrate-and-fire neurons that share fewer lanes; neuron = fold * lanes + lane.

    Integrates the spikes of `s_spike` and tells at the end of each step which neurons fire. A transfer takes a cycle
    for each fold, and each of them goes through the stages: issue the address, read the weights and have them caught
    (from block RAM; LUTs need no such stages), sum the ways (where there are more than two); in the last of these the
    fold's potentials are fetched. Then add and test; the outcome is out on `m_fire` one cycle later.

    Latency: from a transfer's first cycle to the first fold on `m_fire` 3 to 6 cycles, one for each stage.
    Back-pressure: `s_spike` waits for its last fold, and while hold is set, if there is such a port.

    Ports:
        clear: a new image begins: what is in the pipeline is dropped, and potentials start again
        s_spike: spikes of the neurons that feed the layer
        m_fire: which neurons fire, fold by fold
        potentials: of all lanes, less threshold and one, lane 0 in the lowest bits; beside `m_fire`
        hold: take no more spikes
        s_write: weights of each way, and what the potentials begin with; only where they are loaded, without contents
        bank: the bank of weights in use; only where there are two
    Outputs: potentials
    Parameters:
        lanes: neurons that are worked on side by side
        folds: how often that is done for a transfer
        ways: spikes in a transfer
        rows: neurons of the layer or image before, for each way
        row_bits: of the number of a row
        weight_bits: of a weight
        potential_bits: of a potential, which cannot leave them whatever spikes
    """
    lanes, ways, folds = shape.lanes, shape.ways, shape.folds
    step_bits = len(s_spike.step)
    potential_bits = shape.potential_bits
    m_fire_fires = m_fire.fires

    now = FoldTag(step_bits, folds)
    issue = FoldTag(step_bits, folds)
    read = FoldTag(step_bits, folds)
    caught = FoldTag(step_bits, folds)
    sum_ways = FoldTag(step_bits, folds)
    add = FoldTag(step_bits, folds)
    issue_mask = Signal(intbv(0)[ways:])
    # wraps only while there is no transfer, when nothing is read
    addresses = [Signal(modbv(0)[shape.address_bits:]) for _ in range(ways)]
    weights = [Signal(intbv(0)[lanes * shape.code_bits:]) for _ in range(ways)]
    initials = Signal(intbv(0)[lanes * potential_bits:])
    add_test = Signal(bool(0))

    folds_in = inlined("turn", fold_issue(clk, clear, s_spike, now, addresses, issue_mask, hold, shape=shape))

    second = {} if bank is None else dict(bank=bank)
    if shape.weight_banks is None:
        memories = [
            submodule(f"way_{k}", weight_memory, module=f"{shape.name}_weights", clk=clk,
                      read=issue_mask(k), address=addresses[k], weights=weights[k],
                      hex_file=weight_file(f"{shape.name}_weights_{k}", contents.words[k], shape.weight_bits, lanes,
                                           sliced=True),
                      weight_bits=shape.weight_bits, lanes=lanes)
            for k in range(ways)]
    else:
        memories = [
            submodule(f"way_{k}", loaded_weight_memory, module=f"{shape.name}_weights", clk=clk,
                      s_write=shape.write_of_way(s_write, k), read=issue_mask(k), address=addresses[k],
                      weights=weights[k], **second, words=shape.weight_words, weight_bits=shape.weight_bits,
                      lanes=lanes, spram=shape.spram)
            for k in range(ways)]

    # `read`, `caught` and `sum_ways` are no stages where the memory is made of LUTs, or two ways at most are added
    tags = [now] + [issue] * ADDRESS_STAGES + [read, caught][:shape.read_stages] + [sum_ways] * shape.sum_stages + [add]
    stages = [inlined(f"stage_{k}", fold_stage(clk, clear, tag, later))
              for k, (tag, later) in enumerate(zip(tags, tags[1:]))]
    early = tags[-2]
    add.fresh.read = True  # of use one stage earlier only

    entry_bits = potential_bits + (potentials is None)
    memory = dict(early_fold=early.fold, early_fresh=early.fresh, integrate=add.valid, fold=add.fold)
    start = dict(start=[(initials, potential_bits)])
    gathered = dict(fires=(m_fire_fires, Signal(bool(0))))
    if shape.weight_banks is None:
        table = initial_table(early.fold, initials, values=contents.initials, bits=potential_bits)
    elif shape.weight_banks == 1:
        entries, kept = Signal(intbv(0)[lanes * entry_bits:]), Signal(intbv(0)[lanes * entry_bits:])
        table = submodule("memory", lane_memory, module=f"{shape.name}_memory", clk=clk,
                          s_write=shape.write_of_starts(s_write), store=add.valid, fold=add.fold, kept=kept,
                          early_fold=early.fold, early_fresh=early.fresh, entries=entries, lanes=lanes, folds=folds,
                          start_bits=shape.start_bits, potential_bits=potential_bits, entry_bits=entry_bits)
        memory, start = dict.fromkeys(memory), dict(entry=[(entries, entry_bits)])
        memory["start"] = None
        gathered["kept"] = kept, Signal(intbv(0)[entry_bits:])
    else:
        table = submodule("start_values", start_values, module=f"{shape.name}_starts", clk=clk,
                          s_write=shape.write_of_starts(s_write), starts=initials, fold=early.fold,
                          **second, lanes=lanes, folds=folds, start_bits=shape.start_bits,
                          potential_bits=potential_bits)

    @always_comb
    def test():
        """In the folds of a step's last transfer all its weights are in the potentials."""
        add_test.next = add.valid and add.last

    if potentials is None:
        memory["test"] = add_test
    else:
        gathered["membrane"] = (potentials, Signal(intbv(0)[potential_bits:]))
    lane_array = submodule_array(
        "lane", if_lane_folded, lanes, module=f"{shape.name}_lane",
        shared=dict(clk=clk, **memory, **(dict(clear=clear) if shape.sum_stages else {})),
        sliced=dict(weights=[(words, shape.code_bits) for words in weights], **start),
        constant={}, gathered=gathered, folds=folds, **shape.lane_parameters)

    @always(clk.posedge)
    def to_test():
        """Goes out beside what the lanes say."""
        m_fire.valid.next = add_test and not clear
        m_fire.end.next = add.end
        m_fire.step.next = add.step
        m_fire.fold.next = add.fold
        m_fire.last_fold.next = add.last_fold

    return memories, lane_array, folds_in, stages, table, test, to_test
