"""A layer of either kind takes a list of spikes in: dense ones fold by fold, convolutions position by position."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.layer.candidate_queue import candidate_queue
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.processor.bundles import MAP_MEMBERS, Reach, Steps, Visits
from first_spike.rtl_model.processor.fold_sequencer import fold_sequencer
from first_spike.rtl_model.processor.map_sequencer import map_sequencer
from first_spike.rtl_model.processor.position_walker import position_walker
from first_spike.rtl_model.processor.reach_table import reach_table


@block
def kind_sequencer(clk, rst, start, fresh, at_output, closes, s_layer, s_list, hold, m_visit, read, ends, push, pushed,
                   clear, s_write, row, of_input, *, limits):
    """Makes the visits of a layer to a list of spikes: it is a map where it has positions.

    Ports:
        start: begin with this layer; only when the list has a spike or is complete, and what is to be known of the
            layer is there
        fresh: with `start`: nothing of it has been worked on in this image
        at_output: with `start`: it is the last layer
        closes: with a complete list: the step is over with it
        s_layer: what is to be known of it, from some cycles before `start` until `ends`
        s_list: the list
        hold: nothing is begun by which neurons fire
        m_visit: the visits
        read: the place in the list of the spike that is visited
        ends: the last visit of the layer is made in this cycle
        push: the word `pushed` becomes a candidate
        pushed: the number of that word
        clear: candidates are forgotten
        s_write: the payload of a load: the table of reaches
        row: of the spike at `read` two cycles ago
        of_input: it is an input
    Outputs: ends, read
    Parameters:
        limits: of the processor
    """
    is_map, start_fold, start_map = (Signal(bool(0)) for _ in range(3))
    ends_fold, ends_map, opens, over, filled, idle, pop = (Signal(bool(0)) for _ in range(7))
    of_folds, of_map = Visits(limits), Visits(limits)
    read_fold, read_map = (Signal(intbv(0)[len(read):]) for _ in range(2))
    candidate = Signal(intbv(0)[len(pushed):])
    reach, steps = Reach(limits), Steps(limits)
    dense_members = of_folds.members[:-len(MAP_MEMBERS)]
    map_members = tuple(name for name in of_map.members if name != "fold")
    map_fields = ("inputs", "folds", "parts", "positions", "row_words", "row_weights", "column_weights")

    folds = submodule("folds", fold_sequencer, clk=clk, rst=rst, start=start_fold, fresh=fresh, at_output=at_output,
                      closes=closes, s_layer=s_layer.only("weights", "starts", "inputs", "folds", "word", "parts"),
                      s_list=s_list, hold=hold, m_visit=of_folds.only(*dense_members), read=read_fold, ends=ends_fold,
                      places=limits.neurons)
    table = submodule("reaches", reach_table, clk=clk, s_write=s_write, row=row, of_input=of_input, m_reach=reach,
                      limits=limits)
    walker = submodule("walker", position_walker, clk=clk, rst=rst, opens=opens, s_layer=s_layer.only(*map_fields),
                       s_list=s_list.only("count", "complete"), s_reach=reach, m_step=steps,
                       read=read_map, over=over)
    candidates = submodule("candidates", candidate_queue, module="candidates_of_maps", clk=clk, clear=clear, push=push,
                           word=pushed, pop=pop, head=candidate, filled=filled, idle=idle, depth=limits.words,
                           prefix="candidates")
    maps = submodule("maps", map_sequencer, clk=clk, rst=rst, start=start_map, fresh=fresh, at_output=at_output,
                     closes=closes, s_layer=s_layer.only("starts", "folds", "word", "positions"), hold=hold,
                     opens=opens, s_step=steps, over=over, candidate=candidate, filled=filled, idle=idle, pop=pop,
                     m_visit=of_map.only(*map_members), ends=ends_map)

    @always(clk.posedge)
    def look():
        """Which kind it is; its facts are there some cycles before it begins."""
        is_map.next = s_layer.positions != 0

    @always_comb
    def part():
        """Who begins."""
        start_fold.next = start and not is_map
        start_map.next = start and is_map

    @always_comb
    def tell():
        """What comes out of both."""
        ends.next = ends_fold or ends_map
        read.next = read_fold
        if is_map:
            read.next = read_map

    @always_comb
    def join_visits():
        """Of which one alone has visits."""
        m_visit.valid.next = of_folds.valid or of_map.valid
        m_visit.last.next = of_folds.last or of_map.last
        m_visit.scatters.next = of_map.scatters
        m_visit.sweeps.next = of_map.sweeps
        m_visit.pools.next = of_map.pools
        m_visit.marks.next = of_map.marks
        m_visit.fold.next = of_folds.fold
        m_visit.last_fold.next = of_folds.last_fold
        m_visit.first.next = of_folds.first
        m_visit.nothing.next = of_folds.nothing
        m_visit.fresh.next = of_folds.fresh
        m_visit.of_start.next = of_folds.of_start
        m_visit.base.next = of_folds.base
        m_visit.shift.next = of_folds.shift
        m_visit.negative.next = of_folds.negative
        m_visit.word.next = of_folds.word
        m_visit.tests.next = of_folds.tests
        m_visit.output.next = of_folds.output
        if is_map:
            m_visit.last_fold.next = of_map.last_fold
            m_visit.first.next = of_map.first
            m_visit.nothing.next = of_map.nothing
            m_visit.fresh.next = of_map.fresh
            m_visit.of_start.next = of_map.of_start
            m_visit.base.next = of_map.base
            m_visit.shift.next = of_map.shift
            m_visit.negative.next = of_map.negative
            m_visit.word.next = of_map.word
            m_visit.tests.next = of_map.tests
            m_visit.output.next = of_map.output

    return folds, table, walker, candidates, maps, look, part, tell, join_visits
