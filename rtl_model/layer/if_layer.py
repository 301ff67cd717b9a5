"""A fully connected layer of integrate-and-fire neurons with a lane for each."""

from myhdl import Signal, always, always_comb, block, delay, instance, intbv

from first_spike.rtl_model.layer.if_lane import if_lane
from first_spike.rtl_model.layer.start_values import start_values
from first_spike.rtl_model.layer.weight_memory import loaded_weight_memory, weight_file, weight_memory
from first_spike.rtl_model.parts.hierarchy import inlined, submodule, submodule_array, verilog
from first_spike.rtl_model.parts.streams import Bundle
from first_spike.rtl_model.parts.target import is_converting


class Tag(Bundle):
    """What travels beside a transfer through the pipeline of a layer.

    Members:
        valid: there is a transfer
        last: the final one of its step
        end: the final one of the image
        step: its time step
    """

    members = ("valid", "last", "end", "step")

    def __init__(self, step_bits):
        self.valid = Signal(bool(0))
        self.last = Signal(bool(0))
        self.end = Signal(bool(0))
        self.step = Signal(intbv(0)[step_bits:])


@block
def tag_stage(clk, clear, before, after):
    """One pipeline register for a Tag.

    Outputs: after
    """

    @always(clk.posedge)
    def shift():
        """One stage further."""
        after.valid.next = before.valid and not clear
        after.last.next = before.last
        after.end.next = before.end
        after.step.next = before.step

    return shift


@block
def always_ready(ready):
    """A `ready` that never falls.

    Outputs: ready
    """
    if is_converting():
        return verilog("always_ready", "// Nothing can stall.\nassign {ready} = 1'b1;", {}, dict(ready=ready))

    @instance
    def rise():
        ready.next = True
        yield delay(0)

    return rise


@block
def if_layer(clk, clear, s_spike, m_fire, potentials=None, hold=None, s_write=None, bank=None, idle=None, *, shape,
             contents=None):
    """A fully connected layer of integrate-and-fire neurons with a lane for each.

    Integrates the spikes of `s_spike` and tells at the end of each step which neurons fire. A transfer takes one cycle
    in each stage: issue its addresses, read its weights and have them caught (from block RAM; LUTs need no such
    stages), sum the ways (where there are more than two), add them to the potentials. The test for firing rides on the
    transfer that is the last of its step and is out on `m_fire` one cycle later.

    Latency: from a transfer to `m_fire` as many cycles as it has stages, 2 to 5.
    Back-pressure: `s_spike` waits while hold is set; where there is no such port nothing can stall.

    Ports:
        clear: a new image begins: what is in the pipeline is dropped, and potentials start again
        s_spike: spikes of the neurons that feed the layer
        m_fire: which neurons fire
        potentials: of all lanes, less threshold and one, lane 0 in the lowest bits; beside `m_fire`
        hold: take no more spikes
        s_write: weights of each way, and what the potentials begin with; only where they are loaded, without contents
        bank: the bank of weights in use; only where there are two
        idle: no image is being classified, and potentials start anew all the time; only where weights are loaded
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
    lanes, ways = shape.lanes, shape.ways
    step_bits = len(s_spike.step)
    row_bits = s_spike.row_bits
    s_spike_ready, m_fire_fires = s_spike.ready, m_fire.fires

    issue = Tag(step_bits)
    read = Tag(step_bits)
    caught = Tag(step_bits)
    sum_ways = Tag(step_bits)
    add = Tag(step_bits)
    issue_mask = Signal(intbv(0)[ways:])
    lane_clear = Signal(bool(0))
    weights = [Signal(intbv(0)[lanes * shape.code_bits:]) for _ in range(ways)]

    @always_comb
    def issue_spikes():
        """First stage: the addresses are the rows of the transfer."""
        issue.valid.next = s_spike.valid and s_spike.ready
        issue.last.next = s_spike.last
        issue.end.next = s_spike.end
        issue.step.next = s_spike.step
        issue_mask.next = 0
        if s_spike.valid and s_spike.ready:
            issue_mask.next = s_spike.mask

    sliced = dict(weights=[(words, shape.code_bits) for words in weights])
    # with a memory of LUTs all that is on its way comes while the lanes are cleared
    stopped = dict(clear=clear) if shape.read_stages else {}
    constant = {}
    if shape.weight_banks is None:
        memories = [
            submodule(f"way_{k}", weight_memory, module=f"{shape.name}_weights", clk=clk, **stopped,
                      read=issue_mask(k), address=s_spike.rows((k + 1) * row_bits, k * row_bits), weights=weights[k],
                      hex_file=weight_file(f"{shape.name}_weights_{k}", contents.words[k], shape.weight_bits, lanes,
                                           sliced=False),
                      weight_bits=shape.weight_bits, lanes=lanes)
            for k in range(ways)]
        constant["start"] = contents.initials[0], Signal(intbv(0)[shape.potential_bits:])
    else:
        starts = Signal(intbv(0)[lanes * shape.potential_bits:])
        second = {} if bank is None else dict(bank=bank)
        memories = [
            submodule(f"way_{k}", loaded_weight_memory, module=f"{shape.name}_weights", clk=clk, **stopped,
                      s_write=shape.write_of_way(s_write, k), read=issue_mask(k),
                      address=s_spike.rows((k + 1) * row_bits, k * row_bits), weights=weights[k], **second,
                      words=shape.weight_words, weight_bits=shape.weight_bits, lanes=lanes, spram=shape.spram)
            for k in range(ways)]
        memories.append(submodule("start_values", start_values, module=f"{shape.name}_starts", clk=clk,
                                  s_write=shape.write_of_starts(s_write), starts=starts, **second, lanes=lanes,
                                  folds=1, start_bits=shape.start_bits, potential_bits=shape.potential_bits))
        sliced["start"] = [(starts, shape.potential_bits)]
    gathered, tested = dict(fires=(m_fire_fires, Signal(bool(0)))), dict(test=m_fire.valid)
    if potentials is not None:
        tested = {}
        gathered["membrane"] = (potentials, Signal(intbv(0)[shape.potential_bits:]))
    lane_array = submodule_array(
        "lane", if_lane, lanes, module=f"{shape.name}_lane", shared=dict(clk=clk, clear=lane_clear, **tested),
        sliced=sliced, constant=constant, gathered=gathered, **shape.lane_parameters)

    # `read`, `caught` and `sum_ways` are no stages where the memory is made of LUTs, or two ways at most are added
    tags = [issue] + [read, caught][:shape.read_stages] + [sum_ways] * shape.sum_stages + [add]
    stages = [inlined(f"stage_{k}", tag_stage(clk, clear, early, late))
              for k, (early, late) in enumerate(zip(tags, tags[1:]))]

    if idle is None:

        @always(clk.posedge)
        def clear_lanes():
            """In the cycle after `clear`, in which the last weights come that were read before."""
            lane_clear.next = clear

    else:

        @always(clk.posedge)
        def clear_lanes():
            """The same, and until an image has started: then the bank is the one that it takes."""
            lane_clear.next = clear or idle

    @always(clk.posedge)
    def to_test():
        """Behind the last transfer of a step all its weights are in the potentials: the lanes are tested."""
        m_fire.valid.next = add.valid and add.last and not clear
        m_fire.end.next = add.end
        m_fire.step.next = add.step

    if hold is None:
        flow = always_ready(s_spike_ready)
    else:

        @always_comb
        def flow():
            """Spikes wait as long as there is no room for the vectors that they may lead to."""
            s_spike.ready.next = not hold

    return memories, lane_array, issue_spikes, stages, to_test, flow, clear_lanes
