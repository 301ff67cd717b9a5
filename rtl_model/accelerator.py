"""The whole accelerator: pixels in, class out.

The timing of its pipeline, in cycles. Each stage is a register; each block's docstring says more of its own, the rules
at the head of `golden/schedule/cycles.py` say what follows for an image; `docs/explanation/pipeline.svg` draws them.

    spike_encoder     from a beat of `s_axis` to its events of the first step          4
                      from the last beat to the last transfer of that step, if idle    7
                      from `decide` to the first transfer of the next image            4
                      a bank of pixels is chosen, its event leaves                     2, each bank every third cycle
    event_loader      from a beat to the event before it, from the last to its own     1, 2
    if_layer          from a transfer to `m_fire`: weights and add, and one each for   2 to 5
                      block RAM, the register beside it, the sum of over two ways
    if_layer_folded   the same, with one for the address; a fold more each cycle       3 to 6
    if_layer_map      from a spike to its first visit; visits wait if they clash       3, then 2
    (a visit a cycle) issued, fetched, caught, compared, taken, added, tested, left    a cycle each
                      weights are added at `added`, who fires is told at `tested`
    if_layer_rows     issued, fetched, caught, added, left (visit_pipeline.py)         a cycle each
                      who fires is told as the test leaves
    spike_serializer  from `m_fire` to the first spike on `m_spike`, if idle           5
    readout           from the decision to `m_axis`: one, one each level of the        2 or more
                      tree over the lanes, one more with folds
"""

from collections.abc import Callable
from typing import NamedTuple

from myhdl import Signal, block, intbv

from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.contract.limits import QUEUE_DEPTH, QUEUE_MARGIN
from first_spike.rtl_model.encoder.beat_splitter import beat_splitter
from first_spike.rtl_model.encoder.event_loader import event_loader
from first_spike.rtl_model.encoder.spike_encoder import spike_encoder
from first_spike.rtl_model.layer.if_layer import if_layer
from first_spike.rtl_model.layer.if_layer_folded import if_layer_folded
from first_spike.rtl_model.layer.if_layer_map import if_layer_map
from first_spike.rtl_model.layer.if_layer_rows import if_layer_rows
from first_spike.rtl_model.layer.spike_serializer import spike_serializer
from first_spike.rtl_model.parts.handshakes import handshake_assertions
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.load_port import bank_select, load_port
from first_spike.rtl_model.parts.streams import FireStream, ImageControl, MemoryWrite, SpikeStream
from first_spike.rtl_model.readout.frame_tag import tag_parts
from first_spike.rtl_model.readout.readout import readout
from first_spike.rtl_model.shape.frames import listened_pixels
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from first_spike.rtl_model.shape.load_map import MASK, load_map
from first_spike.rtl_model.shape.placement import layer_feeds

OF_EVENTS = """First-spike classifier for recordings of events, an event a beat, in the order of their time steps.

Layer after layer integrates the events and sends on who fires, and the output neuron that fires first names the class:
then all forget the recording.

The result word: [15:0] class, [24:16] decision time, [29] silent, [30] tie, [31] bad frame.

Ports:
    rst: synchronous reset, active high, at least one cycle
    s_axis: a frame a recording, of events {step, input}; one of input 2**24 - 1 alone is an empty recording
    m_axis: a result word a recording
Parameters:
    most_events: of a recording that are taken in
Back-pressure: both ends may stall at any time.
"""  # what the accelerator of a network that takes events is
EVENT_CONTROL = ("flush", "clear", "space", "bad_frame", "bad_step")  # of ImageControl, at the event loader


class FrontEnd(NamedTuple):
    """What makes the spikes of the first layer, of whatever the network is fed.

    name: of its instance; block; control(step_bits): the ImageControl of an accelerator; uses: its members at the front
    end, None for all; parameters(design, listened, whole): beside the ports, `listened` a sequence of bools, whether an
    input counts; whole: an image begins when it is complete, no sooner.
    """

    name: str
    block: Callable
    control: Callable
    uses: tuple | None
    parameters: Callable

    def part(self, control):
        """What the front end takes of the ImageControl."""
        return control if self.uses is None else control.only(*self.uses)


def _pixels(design, listened, whole):
    pixels, inputs = design.configuration.pixels, design.network.inputs
    nulls = dict(last_pixels=(inputs - 1) % pixels + 1) if design.configuration.tkeep else {}
    return dict(masks=listened_pixels(listened, pixels), pixels=pixels, **nulls,
                step_bits=design.network.steps.bit_length() - 1, whole=whole)


def _events(design, listened, whole):
    network = design.network
    return dict(inputs=network.inputs, step_bits=network.steps.bit_length() - 1, most_events=network.most_events)


def narrow_beats(s_axis, design):
    """The AxiStream that a design works on: `s_axis`, or a new one where the beats of that are wider."""
    return s_axis if len(s_axis.tdata) == design.beat_bits else s_axis.of_width(design.beat_bits)


def block_of(shape):
    """The block that works as the shape of a layer says, with the ports of `if_layer`. A lane to each neuron needs no
    folds, nor what counts them."""
    if shape.is_map:
        return if_layer_rows if shape.by_rows else if_layer_map
    return if_layer if shape.folds == 1 else if_layer_folded


FRONT_ENDS = {PIXELS: FrontEnd("encoder", spike_encoder, lambda step_bits: ImageControl(), None, _pixels),
              EVENTS: FrontEnd("loader", event_loader, ImageControl, EVENT_CONTROL, _events)}


@block
def accelerator(clk, rst, s_axis, m_axis, s_load=None, s_bank=None, *, design, whole=False):
    """First-spike classifier for images of one byte a pixel in raster order.

    Pixels become spikes in the order of their time steps, brighter ones first; those of the first step are integrated
    while the image still arrives. Layer after layer integrates them and
    sends on who fires, and the output neuron that fires first names the class: then all forget the image.

    The result word: [15:0] class, [24:16] decision time, [29] silent, [30] tie, [31] bad frame.

    Ports:
        rst: synchronous reset, active high, at least one cycle
        s_axis: a frame an image, the first pixel of a beat in the lowest byte, the last beat padded with zeros
        m_axis: a result word an image
        s_load: the words of weights, thresholds and mask; only where they are loaded
        s_bank: the bank of weights that an image uses; only where weights are loaded
    Parameters:
        whole: an image begins when it is complete, no sooner
    Back-pressure: both ends may stall at any time.
    """
    network, configuration = design.network, design.configuration
    step_bits = network.steps.bit_length() - 1
    feeds = layer_feeds(design)
    shapes = layer_shapes(design)
    functions = [block_of(shape) for shape in shapes]
    count = len(shapes)

    spikes = [SpikeStream(feed.ways, feed.row_bits, step_bits) for feed in feeds]
    fires = [FireStream(shape.lanes, shape.folds, step_bits) for shape in shapes]
    potentials = Signal(intbv(0)[shapes[-1].lanes * shapes[-1].potential_bits:])
    front = FRONT_ENDS[network.takes]
    control = front.control(step_bits)

    encoder_ports = {}
    if not configuration.is_loadable:
        listened, loading = network.used_inputs, ()
        layer_data = [dict(contents=contents) for contents in contents_of_layers(design)]
    else:
        listened = [True] * network.inputs
        regions = load_map(design)
        write = MemoryWrite(len(regions), max(region.address_bits for region in regions), configuration.weight_banks)
        bank, idle = Signal(bool(0)), Signal(bool(0))
        second = dict(bank=bank) if configuration.weight_banks > 1 else {}
        pause = dict(idle=idle)
        loading = (
            submodule("load", load_port, clk=clk, s_load=s_load, m_write=write,
                      firsts=tuple(region.first for region in regions),
                      sizes=tuple(1 << region.address_bits for region in regions),
                      words=tuple(region.words for region in regions)),
            submodule("banks", bank_select, clk=clk, s_bank=s_bank,
                      **(dict(rst=rst, **second, **pause) if second else {})))
        if second or any(shape.folds == 1 for shape in shapes):
            encoder_ports.update(pause)
        if regions[-1].name == MASK:
            encoder_ports["s_mask"] = write.to(len(regions) - 1, 1, regions[-1].address_bits, regions[-1].bits)
        layer_data, contents = [], contents_of_layers(design)
        for k, shape in enumerate(shapes):
            first = sum(before.ways + 1 for before in shapes[:k])
            own = write.to(first, shape.ways + 1, max(shape.write_bits, shape.start_address_bits),
                           max(shape.part_bits, shape.start_bits))
            layer_data.append(dict(s_write=own, **second, **(pause if shape.folds == 1 else {}),
                                   **(dict(contents=contents[k]) if shape.is_map else {})))

    beats, splitter = narrow_beats(s_axis, design), ()
    if beats is not s_axis:
        splitter = submodule("splitter", beat_splitter, clk=clk, rst=rst, s_axis=s_axis, m_axis=beats,
                             beats=design.beats or 0)
    frames, results, tagging = tag_parts(clk, rst, beats, m_axis)
    tags = [submodule(**one) for one in tagging]
    encoder = submodule(front.name, front.block, clk=clk, rst=rst, s_axis=frames, m_spike=spikes[0],
                        control=front.part(control), **encoder_ports,
                        **front.parameters(design, listened, whole))
    blocks = []
    for k, shape in enumerate(shapes):
        # Where the queue holds all vectors that an image can put into it, it cannot overflow.
        most = shape.most_vectors(network.steps)
        last = k == count - 1
        hold = Signal(bool(0)) if most > QUEUE_DEPTH and not last else None
        own = dict(rst=rst) if shape.is_map else dict(potentials=potentials if last else None)
        blocks.append(submodule(shape.name, functions[k], module=f"{shape.name}_{functions[k].__name__}", clk=clk,
                                clear=control.clear, s_spike=spikes[k], m_fire=fires[k], hold=hold, shape=shape,
                                **layer_data[k], **own))
        if not last:
            name = f"{shape.name}_serializer"
            blocks.append(submodule(name, spike_serializer, module=name, clk=clk, clear=control.clear,
                                    s_fire=fires[k], m_spike=spikes[k + 1], hold=hold,
                                    depth=min(most, QUEUE_DEPTH), margin=QUEUE_MARGIN, prefix=name))
    decision = submodule("decision", readout, clk=clk, rst=rst, s_fire=fires[-1], m_axis=results,
                         s_control=control, potentials=potentials, step_bits=step_bits)

    assertions = handshake_assertions(clk, rst, s_axis=s_axis, m_axis=m_axis)
    return loading, splitter, tags, encoder, blocks, decision, assertions
