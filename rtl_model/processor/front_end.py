"""What makes spikes of a processor's frames: pixels go to the encoder, events to the event loader."""

from myhdl import Signal, always_comb, block

from first_spike.golden.contract.processor import MOST_EVENTS
from first_spike.rtl_model.encoder.event_loader import event_loader
from first_spike.rtl_model.encoder.spike_encoder import spike_encoder
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import AxiStream, ImageControl, SpikeStream
from first_spike.rtl_model.processor.event_gauge import event_gauge
from first_spike.rtl_model.processor.frame_gauge import frame_gauge
from first_spike.rtl_model.shape.frames import EVENT_BITS


@block
def front_end(clk, rst, s_axis, m_spike, s_facts, s_mask, decide, flush, clear, step, bad, *, limits, whole=False):
    """Turns the frames of the network that is loaded, of pixels or of events, into spikes in the order of their steps.

    Ports:
        s_axis: frames, the first byte of a beat in the lowest bits; of events the lowest 32 bits of each beat
        m_spike: the spikes
        s_facts: what a frame is
        s_mask: the pixels that the network listens to
        decide: a pulse: the image is decided and over
        flush: a pulse, one cycle later
        clear: forget everything of the image; at the same time, and after a reset
        step: in which it is decided
        bad: its frame is bad
    Outputs: bad
    Parameters:
        limits: of the processor
        whole: an image of pixels begins when it is complete, no sooner
    Back-pressure: `s_axis` waits where the encoder or the loader does.
    """
    bits, row_bits, step_bits = 8 * limits.pixels, m_spike.row_bits, limits.step_bits
    pixel_frames, frames = AxiStream(bits), AxiStream(bits)
    event_frames, recordings = AxiStream(EVENT_BITS), AxiStream(EVENT_BITS)
    pixels, events = SpikeStream(1, row_bits, step_bits), SpikeStream(1, row_bits, step_bits)
    pixel_control, event_control = ImageControl(), ImageControl(step_bits)
    pixel_decide, pixel_bad = Signal(bool(0)), Signal(bool(0))

    gauge = submodule("gauge", frame_gauge, clk=clk, rst=rst, s_axis=pixel_frames, m_axis=frames,
                      s_facts=s_facts.only("beats", "step_shift"), pop=pixel_decide, bad=pixel_bad, steps=limits.steps)
    encoder = submodule("encoder", spike_encoder, clk=clk, rst=rst, s_axis=frames, m_spike=pixels,
                        control=pixel_control, s_mask=s_mask, masks=((1 << limits.pixels) - 1,) * limits.beats,
                        pixels=limits.pixels, step_bits=step_bits, whole=whole)
    pixel_control.bad_frame.read = True  # of the frames that the gauge gives

    @always_comb
    def control_encoder():
        """It has its own images alone."""
        pixel_decide.next = decide and not s_facts.events
        pixel_control.decide.next = decide and not s_facts.events
        pixel_control.flush.next = flush and not s_facts.events
        pixel_control.clear.next = clear
        pixel_control.space.next = not s_facts.events

    if not limits.takes_events:
        step.read = True  # a port without use

        @always_comb
        def pass_frames():
            """All frames are of pixels."""
            pixel_frames.tdata.next = s_axis.tdata
            pixel_frames.tlast.next = s_axis.tlast
            pixel_frames.tvalid.next = s_axis.tvalid
            s_axis.tready.next = pixel_frames.tready
            bad.next = pixel_bad

        @always_comb
        def pass_spikes():
            """And so are all spikes."""
            m_spike.valid.next = pixels.valid
            m_spike.mask.next = pixels.mask
            m_spike.rows.next = pixels.rows
            m_spike.step.next = pixels.step
            m_spike.last.next = pixels.last
            m_spike.end.next = pixels.end
            pixels.ready.next = m_spike.ready

        return gauge, encoder, control_encoder, pass_frames, pass_spikes

    event_checks = submodule("event_checks", event_gauge, clk=clk, rst=rst, s_axis=event_frames, m_axis=recordings,
                             s_facts=s_facts.only("step_shift", "last_input", "most_events"), steps=limits.steps)
    loader = submodule("loader", event_loader, clk=clk, rst=rst, s_axis=recordings, m_spike=events,
                       control=event_control.only("flush", "clear", "space", "bad_frame", "bad_step"),
                       inputs=limits.inputs, step_bits=step_bits, most_events=MOST_EVENTS)

    @always_comb
    def control_loader():
        """It has its own images alone."""
        event_control.flush.next = flush and s_facts.events
        event_control.clear.next = clear
        event_control.space.next = s_facts.events

    @always_comb
    def part_frames():
        """By what the network takes."""
        pixel_frames.tdata.next = s_axis.tdata
        pixel_frames.tlast.next = s_axis.tlast
        pixel_frames.tvalid.next = s_axis.tvalid and not s_facts.events
        event_frames.tdata.next = s_axis.tdata[EVENT_BITS:]
        event_frames.tlast.next = s_axis.tlast
        event_frames.tvalid.next = s_axis.tvalid and s_facts.events and not rst  # the loader is always ready

    @always_comb
    def answer():
        """Whoever is asked."""
        s_axis.tready.next = pixel_frames.tready
        bad.next = pixel_bad
        if s_facts.events:
            s_axis.tready.next = event_frames.tready and not rst
            bad.next = event_control.bad_frame and step >= event_control.bad_step

    @always_comb
    def join_spikes():
        """Of both, of which one has none."""
        m_spike.valid.next = pixels.valid or events.valid
        m_spike.mask.next = pixels.mask
        m_spike.rows.next = pixels.rows
        m_spike.step.next = pixels.step
        m_spike.last.next = pixels.last
        m_spike.end.next = pixels.end
        if s_facts.events:
            m_spike.mask.next = events.mask
            m_spike.rows.next = events.rows
            m_spike.step.next = events.step
            m_spike.last.next = events.last
            m_spike.end.next = events.end
        pixels.ready.next = m_spike.ready
        events.ready.next = m_spike.ready

    return (gauge, encoder, control_encoder, event_checks, loader, control_loader, part_frames, answer, join_spikes)
