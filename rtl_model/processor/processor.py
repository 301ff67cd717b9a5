"""The whole processor: a network in, pixels in, class out."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.rtl_model.parts.handshakes import handshake_assertions
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import SpikeStream, bits_for
from first_spike.rtl_model.processor.bundles import LayerFacts, MaskWrite, NetworkFacts, PayloadWrite
from first_spike.rtl_model.processor.front_end import front_end
from first_spike.rtl_model.processor.layer_engine import layer_engine
from first_spike.rtl_model.processor.resident_networks import network_store
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
    write = PayloadWrite(limits)
    facts = NetworkFacts(limits)
    layer_facts = LayerFacts(limits)
    mask = MaskWrite(limits)
    spikes = SpikeStream(1, bank_row_bits(limits.beats) + place_bits, limits.step_bits)
    layer = Signal(modbv(0)[bits_for(limits.layers):])
    step = Signal(intbv(0)[limits.step_bits:])
    entry = Signal(intbv(0)[class_bits + 12:])
    (core_rst, renew, renewed, result_rst, fetch, fetched, bad, decide, space, push, flush, clear) = (
        Signal(bool(0)) for _ in range(12))

    frames, runs, banks = s_axis, present, {}
    if limits.weight_banks == 2:
        frames, runs = s_axis.of_width(len(s_axis.tdata)), Signal(bool(0))
        banks = dict(core_rst=core_rst, s_axis=s_axis, m_axis=frames, push=push, runs=runs, m_banks=m_banks)
    store = submodule("store", network_store, clk=clk, rst=rst, s_load=s_load, m_write=write, m_facts=facts,
                      m_mask=mask, m_layer=layer_facts, fetch=fetch, layer=layer, fetched=fetched, present=present,
                      error=error, **banks, limits=limits)
    front = submodule("front", front_end, clk=clk, rst=core_rst, s_axis=frames, m_spike=spikes,
                      s_facts=facts.only("beats", "step_shift", "events", "last_input", "most_events")
                      if limits.takes_events else facts.only("beats", "step_shift", "events"),
                      s_mask=mask, decide=decide, flush=flush, clear=clear, step=step, bad=bad, limits=limits,
                      whole=whole)
    engine = submodule("engine", layer_engine, clk=clk, rst=core_rst, clear=clear, s_spike=spikes,
                       s_facts=facts.only("step_shift", "layers", "classes", "class_word"), s_layer=layer_facts,
                       s_write=write, fetch=fetch, layer=layer, fetched=fetched, step=step, bad=bad, decide=decide,
                       space=space, push=push, entry=entry, limits=limits)
    sender = submodule("sender", result_sender, clk=clk, rst=result_rst, push=push, entry=entry, decided=push,
                       m_axis=m_axis, space=space, class_bits=class_bits)
    for unused in () if limits.takes_events else (facts.last_input, facts.most_events, step):
        unused.read = True

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

    return (store, front, engine, sender, begin_anew, drop_results, restart,
            handshake_assertions(clk, rst, s_load=s_load),
            handshake_assertions(clk, renew, s_axis=s_axis, m_axis=m_axis))
