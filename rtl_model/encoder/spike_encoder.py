"""Pixels become spikes in time order: the first step at once, a bucket sort by linked lists for the others."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.encoder.bank_heads import table_sweeper
from first_spike.rtl_model.encoder.bundles import BeatStream, DrainControl, OpenStep, StepSet, TableSweep
from first_spike.rtl_model.encoder.encoder_way import encoder_way
from first_spike.rtl_model.encoder.first_step_way import first_step_way
from first_spike.rtl_model.encoder.frame_loader import frame_loader
from first_spike.rtl_model.encoder.step_collector import step_collector
from first_spike.rtl_model.encoder.step_scheduler import step_scheduler
from first_spike.rtl_model.parts.hierarchy import submodule, submodule_array
from first_spike.rtl_model.shape.placement import bank_row_bits


@block
def spike_encoder(clk, rst, s_axis, m_spike, control, idle=None, s_mask=None, *, masks, pixels, step_bits, whole,
                  last_pixels=None):
    """The front end for pixels: takes one image a frame, gives the spikes of each in time order.

    A pixel costs its beat and, when it is not black and in its beat's mask, one place in a cycle on its way. Way k
    carries the k-th of equal parts of each beat; its row is {beat, place in that part}. Spikes of the first step leave
    while the image still arrives, as soon as the one before is over; a transfer, maybe without spikes, says `last` when
    it is complete. The others go into lists, one for each step in each of the banks, which stand for the places in a
    beat; steps without spikes cost nothing. There are two buffers: an image is loaded while the one before is drained.

    Ports:
        s_axis: frames of pixels of 8 bits in raster order, the first in the lowest byte
        m_spike: the spikes
        control: what a front end and the readout tell each other
        idle: no image is being classified; only where weights are loaded
        s_mask: for each beat its mask, in place of the parameter; only where it is loaded
    Outputs: control, idle
    Parameters:
        masks: for each beat of an image a bit for each pixel: the network listens to it
        pixels: in a beat: 1, 2, 4, 8 or 16
        step_bits: log2 of the time steps
        whole: an image begins when it is complete, no sooner
        last_pixels: pixels in the last beat of an image; only where `s_axis` may have null bytes
    Latency: seven cycles from the final beat to the last transfer of the first step when idle, four from `decide` to
        the first transfer when the next image waits.
    Back-pressure: `s_axis` waits while both buffers are taken; a transfer on `m_spike` waits for `ready`.
    """
    ways = m_spike.ways

    beat = BeatStream(pixels, bank_row_bits(len(masks)), step_bits)
    steps = StepSet(step_bits)
    drain = DrainControl(step_bits)
    sweep = TableSweep(step_bits)
    current = OpenStep(step_bits)
    advance = Signal(bool(0))
    gives = Signal(intbv(0)[ways:])
    finishing = Signal(intbv(0)[ways:])
    granted_rows = Signal(intbv(0)[ways * m_spike.row_bits:])
    gives_first = Signal(intbv(0)[ways:])
    finishing_first = Signal(intbv(0)[ways:])
    first_rows = Signal(intbv(0)[ways * m_spike.row_bits:])
    chosen_valid = Signal(bool(0))
    chosen_mask = Signal(intbv(0)[ways:])
    chosen_step = Signal(intbv(0)[step_bits:])
    chosen_last = Signal(bool(0))
    chosen_end = Signal(bool(0))
    chosen_first = Signal(bool(0))
    asked, told = {}, {}
    if idle is not None:
        holding = Signal(intbv(0)[ways:])
        asked, told = dict(holding=holding, idle=idle), dict(holding=(holding, Signal(bool(0))))

    loader = submodule("loader", frame_loader, clk=clk, rst=rst, s_axis=s_axis, m_beat=beat, freed=sweep.freed,
                       clearing=sweep.clearing, **({} if s_mask is None else dict(s_mask=s_mask)), masks=masks,
                       last_pixels=last_pixels)
    sweeper = submodule("sweeper", table_sweeper, clk=clk, rst=rst, freed=control.flush, freed_buffer=drain.buffer,
                        m_sweep=sweep)
    collector = submodule("collector", step_collector, clk=clk, rst=rst, m_steps=steps,
                          s_beat=beat.only("buffer", "upper", "lower", "final", "bad"))
    scheduler = submodule("scheduler", step_scheduler, clk=clk, rst=rst, s_steps=steps, m_drain=drain,
                          m_current=current, s_sweep=sweep.only("due", "step0", "step1"),
                          control=control.only("decide", "flush", "space", "bad_frame"),
                          advance=advance, finishing=finishing, finishing_first=finishing_first, **asked,
                          whole=whole)
    way_array = submodule_array(
        "way", encoder_way, ways,
        shared=dict(clk=clk, s_beat=beat.only("insert", "buffer", "row", "touch"),
                    s_sweep=sweep.only("write", "epoch0", "epoch1"), s_drain=drain, clear=control.clear,
                    advance=advance),
        sliced=dict(early_steps=[(beat.early_steps, pixels // ways * step_bits)], lit=[(beat.lit, pixels // ways)]),
        constant={},
        gathered=dict(gives=(gives, Signal(bool(0))), row=(granted_rows, Signal(intbv(0)[m_spike.row_bits:])),
                      finishing=(finishing, Signal(bool(0)))))
    first_array = submodule_array(
        "first", first_step_way, ways,
        shared=dict(clk=clk, rst=rst, s_beat=beat.only("row", "final"), go=current.go, advance=advance,
                    closing=current.closing_first),
        sliced=dict(lit=[(beat.first, pixels // ways)]), constant={},
        gathered=dict(gives=(gives_first, Signal(bool(0))), row=(first_rows, Signal(intbv(0)[m_spike.row_bits:])),
                      finishing=(finishing_first, Signal(bool(0))), **told),
        beats=len(masks))

    @always_comb
    def pace():
        """Everything behind lists and queues moves on unless a transfer waits."""
        advance.next = not m_spike.valid or m_spike.ready

    @always(clk.posedge)
    def choose():
        """One event of each way that gives one; its row follows a cycle later, as `granted_rows` or `first_rows`."""
        if advance:
            chosen_valid.next = gives != 0 or gives_first != 0 or current.closing
            chosen_mask.next = gives | gives_first
            chosen_step.next = current.step
            chosen_last.next = current.closing
            chosen_end.next = current.closing and current.final
            chosen_first.next = current.go
        if control.clear:
            chosen_valid.next = 0

    @always(clk.posedge)
    def send():
        """The transfer, complete with its rows, stays until it is taken or the image is over."""
        if advance:
            m_spike.valid.next = chosen_valid
            m_spike.mask.next = chosen_mask
            if chosen_first:
                m_spike.rows.next = first_rows
            else:
                m_spike.rows.next = granted_rows
            m_spike.step.next = chosen_step
            m_spike.last.next = chosen_last
            m_spike.end.next = chosen_end
        if control.clear:
            m_spike.valid.next = 0

    return loader, sweeper, collector, scheduler, way_array, first_array, pace, choose, send
