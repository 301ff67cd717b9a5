"""Where the lists of one bank of the spike encoder begin, in both buffers."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.encoder.head_table import head_table
from first_spike.rtl_model.parts.hierarchy import submodule


@block
def bank_heads(clk, s_beat, s_sweep, s_drain, early_step, lit, replaced, first, first_live, first_more):
    """Puts the spikes of one bank at the head of their lists in one buffer and fetches heads from the other.

    Ports:
        s_beat: what every bank does with a beat
        s_sweep: when an entry is emptied, and the numbers of the images
        s_drain: the buffer that is drained, and the step whose heads are fetched
        early_step: the step of this bank's spike, one cycle ahead of the beat
        lit: the bank has a spike in this beat
        replaced: {penultimate, row} that was the head, to be written as the successor of this beat in this same cycle
        first: {penultimate, row} of the head that was fetched
        first_live: the list of the step that was fetched has an entry
        first_more: it goes on behind it
    Latency: a head is fetched within two cycles.
    Back-pressure: none; `keep_heads` keeps what was fetched.
    """
    row_bits = len(s_beat.row)

    write0 = Signal(bool(0))
    write1 = Signal(bool(0))
    head0 = Signal(intbv(0)[row_bits + 1:])
    head1 = Signal(intbv(0)[row_bits + 1:])
    last0 = Signal(bool(0))
    last1 = Signal(bool(0))
    alive0 = Signal(bool(0))
    alive1 = Signal(bool(0))

    table0 = submodule("table0", head_table, clk=clk, touch=s_beat.touch(0), early_step=early_step,
                       fetch_step=s_drain.fetch_step0, write=write0, sweep=s_sweep.write(0), row=s_beat.row,
                       epoch=s_sweep.epoch0, head=head0, last=last0, alive=alive0)
    table1 = submodule("table1", head_table, clk=clk, touch=s_beat.touch(1), early_step=early_step,
                       fetch_step=s_drain.fetch_step1, write=write1, sweep=s_sweep.write(1), row=s_beat.row,
                       epoch=s_sweep.epoch1, head=head1, last=last1, alive=alive1)

    @always_comb
    def write():
        """A spike enters the table of its buffer; to empty an entry is to write that it is swept."""
        write0.next = s_sweep.write[0] or (lit and not s_beat.buffer)
        write1.next = s_sweep.write[1] or (lit and s_beat.buffer)

    @always_comb
    def replace():
        """The head that gives way to this beat."""
        if s_beat.buffer:
            replaced.next = head1
        else:
            replaced.next = head0

    @always(clk.posedge)
    def fetch():
        """The head of the buffer that is drained. One that is not the last of its list has a successor."""
        if not s_drain.keep_heads:
            if s_drain.buffer:
                first.next = head1
                first_live.next = alive1
                first_more.next = alive1 and not last1
            else:
                first.next = head0
                first_live.next = alive0
                first_more.next = alive0 and not last0

    return table0, table1, write, replace, fetch
