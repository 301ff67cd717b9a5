"""The whole processor: a network in, pixels in, class out."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.rtl_model.layer.spike_serializer import spike_serializer
from first_spike.rtl_model.parts.handshakes import handshake_assertions
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import FireStream, SpikeStream, bits_for
from first_spike.rtl_model.processor.bundles import (
    LayerFacts,
    MaskWrite,
    NetworkFacts,
    PayloadWrite,
    StepList,
    Visits,
)
from first_spike.rtl_model.processor.class_finder import class_finder
from first_spike.rtl_model.processor.fold_sequencer import fold_sequencer
from first_spike.rtl_model.processor.front_end import front_end
from first_spike.rtl_model.processor.kind_sequencer import kind_sequencer
from first_spike.rtl_model.processor.lane_pipeline import lane_pipeline
from first_spike.rtl_model.processor.layer_sequencer import layer_sequencer
from first_spike.rtl_model.processor.limits import POTENTIAL_BITS, QUEUE_DEPTH, QUEUE_MARGIN
from first_spike.rtl_model.processor.load_receiver import load_receiver
from first_spike.rtl_model.processor.network_tables import network_tables
from first_spike.rtl_model.processor.resident_networks import resident_parts
from first_spike.rtl_model.processor.spike_list import spike_list
from first_spike.rtl_model.readout.result_sender import result_sender
from first_spike.rtl_model.shape.placement import bank_row_bits


@block
def processor(clk, rst, s_load, s_axis, m_axis, present, error, forget=None, m_banks=None, *, limits, whole=False):
    """First-spike classifier for any network within its limits, which is loaded at run time: of dense layers, or of
    convolutions, too, where they say so.

    Pixels become spikes in the order of their time steps, brighter ones first; events are spikes, and come in that
    order. Layer after layer integrates those of a
    step and sends on who fires, and the output neuron that fires first names the class: then all forget the image.
    While no network is there frames wait; a load drops what has been taken of frames, and no result. With two banks it
    drops nothing, and is for frames that begin behind it.

    The result word: [15:0] class, [24:16] decision time, [29] silent, [30] tie, [31] bad frame.

    Ports:
        rst: synchronous reset, active high, at least one cycle
        s_load: a frame a network, in words of 32 bits
        s_axis: a frame an image, the first pixel of a beat in the lowest byte, the last beat padded with zeros; or a
            frame a recording, of events {step, input} in the lowest 32 bits of beats, one of input 2**24 - 1 alone is
            an empty recording
        m_axis: a result word an image
        present: a network is there
        error: why the latest load was refused: 1 no load, or TLAST came early or late, 2 packed for another processor,
            3 too many words or too few, 4 a field of the tables is too large, 5 CRC; else 0
        forget: a pulse: images and results are forgotten, the network is kept; only behind registers
        m_banks: what is known of two networks; only behind registers
    Outputs: error, present
    Parameters:
        limits: of the networks that it takes
        whole: an image begins when it is complete, no sooner
    Back-pressure: all ends may stall at any time.
    """
    class_bits = bits_for(limits.neurons)
    place_bits = (limits.pixels - 1).bit_length()
    core_rst = Signal(bool(0))
    renew = Signal(bool(0))
    renewed = Signal(bool(0))
    result_rst = Signal(bool(0))
    write = PayloadWrite(limits)
    facts = NetworkFacts(limits)
    layer_facts = LayerFacts(limits)
    mask = MaskWrite(limits)
    pixels = SpikeStream(1, bank_row_bits(limits.beats) + place_bits, limits.step_bits)
    hidden = SpikeStream(1, bits_for(limits.groups) + bits_for(limits.lanes), 1)
    fire = FireStream(limits.lanes, limits.groups, 1)
    input_list = StepList(limits.input_places, limits.step_bits)
    hidden_list = StepList(limits.neurons, 1)
    step_list = StepList(limits.neurons, 1).only("count", "some", "complete")
    input_row = Signal(intbv(0)[pixels.row_bits:])
    hidden_row = Signal(intbv(0)[hidden.row_bits:])
    row = Signal(intbv(0)[max(pixels.row_bits, hidden.row_bits):])
    read = Signal(intbv(0)[bits_for(limits.neurons):])
    visits = Visits(limits)
    layer = Signal(modbv(0)[bits_for(limits.layers):])
    class_word = Signal(intbv(0)[bits_for(limits.words):])
    potentials = Signal(intbv(0)[limits.lanes * (POTENTIAL_BITS + 1):])
    step = Signal(intbv(0)[limits.step_bits:])
    turns = Signal(intbv(0)[2:])
    winner = Signal(intbv(0)[class_bits:])
    entry = Signal(intbv(0)[class_bits + 12:])
    (fetch, fetched, start, fresh, at_output, closes, ends, release_input, release_hidden, done, decides, fired, bad,
     decide, found, space, push, hold, reading, flush, clear) = (Signal(bool(0)) for _ in range(21))

    loads, frames, complete, runs, residents = s_load, s_axis, present, present, ()
    if limits.weight_banks == 2:
        loads, frames, complete, runs, parts = resident_parts(clk, rst, core_rst, s_load, s_axis, present, push, write,
                                                              m_banks)
        residents = [submodule(**part) for part in parts]
    receiver = submodule("receiver", load_receiver, clk=clk, rst=rst, s_load=loads, m_write=write.only(
        "valid", "place", "data"), present=complete, error=error, limits=limits)
    tables = submodule("tables", network_tables, clk=clk, s_write=write, m_facts=facts, m_mask=mask, fetch=fetch,
                       layer=layer, m_layer=layer_facts, fetched=fetched, slots=limits.layers, beats=limits.beats)
    front = submodule("front", front_end, clk=clk, rst=core_rst, s_axis=frames, m_spike=pixels,
                      s_facts=facts.only("beats", "step_shift", "events", "last_input", "most_events")
                      if limits.takes_events else facts.only("beats", "step_shift", "events"),
                      s_mask=mask, decide=decide, flush=flush, clear=clear, step=step, bad=bad, limits=limits,
                      whole=whole)
    inputs = submodule("inputs", spike_list, module="input_list", clk=clk, clear=clear, s_spike=pixels,
                       m_list=input_list, leave=release_input, read=read if limits.input_places == limits.neurons
                       else read(bits_for(limits.input_places), 0), row=input_row, places=limits.input_places)
    spikes = submodule("spikes", spike_list, module="hidden_list", clk=clk, clear=clear, s_spike=hidden,
                       m_list=hidden_list, leave=release_hidden, read=read, row=hidden_row, places=limits.neurons,
                       drops=limits.takes_maps)
    layers = submodule("layers", layer_sequencer, clk=clk, rst=core_rst, s_facts=facts.only(
        "step_shift", "layers"), s_input=input_list, s_hidden=hidden_list.only("count", "some", "complete"),
        fetch=fetch, layer=layer, fetched=fetched, start=start, fresh=fresh, at_output=at_output, closes=closes,
        m_list=step_list, ends=ends, release_input=release_input, release_hidden=release_hidden, done=done,
        decides=decides, fires=fire.fires, fired=fired, last_fold=fire.last_fold, step=step, bad=bad, decide=decide,
        found=found, winner=winner, space=space, push=push, entry=entry, steps=limits.steps)
    sequenced = dict(clk=clk, rst=core_rst, start=start, fresh=fresh, at_output=at_output, closes=closes,
                     s_layer=layer_facts, s_list=step_list, hold=hold, m_visit=visits, read=read, ends=ends)
    if limits.takes_maps:
        candidates = dict(push=Signal(bool(0)), pushed=Signal(intbv(0)[bits_for(limits.words):]))
        folds = submodule("kinds", kind_sequencer, **sequenced, **candidates, clear=clear, s_write=write, row=row,
                          of_input=turns(1), limits=limits)
    else:
        candidates = {}
        folds = submodule("folds", fold_sequencer, **sequenced, places=limits.neurons)
    pipeline = submodule("pipeline", lane_pipeline, clk=clk, rst=core_rst, s_visit=visits, row=row, s_write=write,
                         class_word=class_word, reading=reading, m_fire=fire, done=done, decides=decides,
                         fired=fired, potentials=potentials, **candidates, limits=limits)
    serializer = submodule("serializer", spike_serializer, clk=clk, clear=clear, s_fire=fire, m_spike=hidden,
                           hold=hold, depth=QUEUE_DEPTH, margin=QUEUE_MARGIN, prefix="serializer")
    finder = submodule("finder", class_finder, clk=clk, rst=core_rst, start=decide,
                       s_facts=facts.only("classes", "class_word"), reading=reading, class_word=class_word,
                       potentials=potentials, found=found, winner=winner, limits=limits)
    sender = submodule("sender", result_sender, clk=clk, rst=result_rst, push=push, entry=entry, decided=push,
                       m_axis=m_axis, space=space, class_bits=class_bits)

    unused = [hidden_list.closes, hidden_list.final, hidden_list.step]  # what the sequencer knows by itself
    if not limits.takes_events:
        unused += [facts.last_input, facts.most_events, step]
    for signal in unused:
        signal.read = True

    @always_comb
    def choose_row():
        """Of the list that was read two cycles ago."""
        row.next = hidden_row
        if turns[1]:
            row.next = input_row

    if forget is None:

        @always_comb
        def begin_anew():
            """After a reset alone."""
            renew.next = rst

    else:

        @always_comb
        def begin_anew():
            """Or when it is told to."""
            renew.next = rst or forget

    @always_comb
    def drop_results():
        """For a cycle longer than all else: the core is reset in the second one, and may give a result until then."""
        result_rst.next = renew or renewed

    @always(clk.posedge)
    def restart():
        """The core is at rest while no network is there; its images are over everywhere with their decision."""
        core_rst.next = renew or not runs
        renewed.next = renew
        flush.next = decide and not core_rst
        clear.next = decide or core_rst
        turns.next = concat(turns[0], layer == 0)

    return (residents, receiver, tables, front, inputs, spikes, layers, folds, pipeline, serializer, finder, sender,
            choose_row, begin_anew, drop_results, restart,
            handshake_assertions(clk, rst, s_load=s_load, s_axis=s_axis, m_axis=m_axis))
