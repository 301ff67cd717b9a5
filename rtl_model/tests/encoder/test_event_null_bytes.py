"""A beat with a null byte is neither an event nor the word that says there is none: it is dropped, and its frame is
bad."""

from myhdl import Signal

from first_spike.rtl_model.accelerator import EVENT_CONTROL
from first_spike.rtl_model.encoder.event_loader import EVERY_BYTE, event_loader
from first_spike.rtl_model.parts.streams import AxiStream, ImageControl, SpikeStream
from first_spike.rtl_model.shape.frames import EVENT_BITS, NO_INPUT
from first_spike.rtl_model.shape.placement import event_row_bits
from tb.helpers.clocked import run, signals

INPUTS, STEP_BITS, MOST = 5, 2, 4
FRAMES = [  # beats (input, step, TKEEP), and whether the frame is bad
    ([(NO_INPUT, 0, EVERY_BYTE)], False),
    *(([(NO_INPUT, 0, EVERY_BYTE & ~(1 << byte))], True) for byte in range(4)),
    ([(4, 3, EVERY_BYTE)], False),
    *(([(4, 3, EVERY_BYTE & ~(1 << byte))], True) for byte in range(4)),
    ([(1, 0, EVERY_BYTE), (INPUTS, 1, EVERY_BYTE)], True),  # of a network that has no such input
    ([(INPUTS, 1, EVERY_BYTE)], True),
    ([(1, 0, EVERY_BYTE), (NO_INPUT, 1, EVERY_BYTE)], True),  # there was one
    ([(1, 0, EVERY_BYTE), (2, 1, 0), (3, 1, EVERY_BYTE)], True),
    ([(1, 0, EVERY_BYTE), (3, 1, EVERY_BYTE)], False),
]


def test_a_frame_with_a_null_byte_is_bad():
    ports = signals("clk", "rst")
    clk, rst = ports.values()
    stream, spikes = AxiStream(EVENT_BITS, tkeep=True), SpikeStream(1, event_row_bits(INPUTS), STEP_BITS)
    control = ImageControl(STEP_BITS).only(*EVENT_CONTROL)

    def stimulus():
        rst.next, spikes.ready.next, control.space.next = 1, 1, 1
        yield clk.negedge
        rst.next = 0
        for beats, bad in FRAMES:
            for place, (source, step, keep) in enumerate(beats):
                stream.tvalid.next, stream.tlast.next = 1, place == len(beats) - 1
                stream.tdata.next, stream.tkeep.next = step << 24 | source, keep
                yield clk.posedge
                assert stream.tready
                yield clk.negedge
            stream.tvalid.next = 0
            yield clk.negedge
            assert bool(control.bad_frame) == bad, beats
            control.flush.next = control.clear.next = 1
            yield clk.negedge
            control.flush.next = control.clear.next = 0

    run(event_loader, dict(ports, s_axis=stream, m_spike=spikes, control=control, idle=Signal(bool(0)), inputs=INPUTS,
                           step_bits=STEP_BITS, most_events=MOST), stimulus())
