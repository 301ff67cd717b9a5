"""One layer takes one list of spikes in, and spikes of its own come out."""

from myhdl import Signal, block, intbv

from first_spike.golden.contract.processor import QUEUE_DEPTH, QUEUE_MARGIN
from first_spike.rtl_model.layer.spike_serializer import spike_serializer
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import FireStream, bits_for
from first_spike.rtl_model.processor.bundles import Visits
from first_spike.rtl_model.processor.fold_sequencer import fold_sequencer
from first_spike.rtl_model.processor.kind_sequencer import kind_sequencer
from first_spike.rtl_model.processor.lane_pipeline import lane_pipeline


@block
def layer_pass(clk, rst, clear, start, fresh, at_output, closes, s_layer, s_list, s_write, read, row, of_input, ends,
               done, decides, fires, fired, last_fold, class_word, reading, potentials, m_spike, *, limits):
    """Visits of the layer to the list go through the lanes; who fires is told to the sequencer of layers, and becomes
    spikes.

    Ports:
        clear: forget everything of the image
        start: begin with this layer
        fresh: with `start`: nothing of it has been worked on in this image
        at_output: with `start`: it is the last layer
        closes: with a complete list: the step is over with it
        s_layer: what is to be known of it
        s_list: the list
        s_write: the payload of a load
        read: the place in the list of the spike that is visited
        row: of the spike at `read` two cycles ago
        of_input: it is an input; only where there may be maps
        ends: the last visit of the layer is made in this cycle
        done: the last visit of a layer to a list is through
        decides: a fold of the output layer is tested
        fires: of that fold
        fired: somebody of it does
        last_fold: it is the last one
        class_word: of the potentials, read while `reading`
        reading: there are no visits, and somebody else reads potentials
        potentials: what was read two cycles ago
        m_spike: who fired, a spike a transfer
    Outputs: decides, done, ends, fired, fires, last_fold, potentials, read
    Parameters:
        limits: of the processor
    Back-pressure: while `m_spike` waits nothing is begun by which neurons fire.
    """
    visits = Visits(limits)
    fire = FireStream(limits.lanes, limits.groups, 1)
    fire.fires, fire.last_fold = fires, last_fold
    hold = Signal(bool(0))
    sequenced = dict(clk=clk, rst=rst, start=start, fresh=fresh, at_output=at_output, closes=closes, s_layer=s_layer,
                     s_list=s_list, hold=hold, m_visit=visits, read=read, ends=ends)
    if limits.takes_maps:
        candidates = dict(push=Signal(bool(0)), pushed=Signal(intbv(0)[bits_for(limits.words):]))
        sequencer = submodule("kinds", kind_sequencer, **sequenced, **candidates, clear=clear, s_write=s_write, row=row,
                              of_input=of_input, limits=limits)
    else:
        candidates = {}
        sequencer = submodule("folds", fold_sequencer, **sequenced, places=limits.neurons)
    pipeline = submodule("pipeline", lane_pipeline, clk=clk, rst=rst, s_visit=visits, row=row, s_write=s_write,
                         class_word=class_word, reading=reading, m_fire=fire, done=done, decides=decides,
                         fired=fired, potentials=potentials, **candidates, limits=limits)
    serializer = submodule("serializer", spike_serializer, clk=clk, clear=clear, s_fire=fire, m_spike=m_spike,
                           hold=hold, depth=QUEUE_DEPTH, margin=QUEUE_MARGIN, prefix="serializer")
    return sequencer, pipeline, serializer
