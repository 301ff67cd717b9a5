"""Where the lists of one bank of the spike encoder begin, in both buffers."""

from myhdl import Signal, always_comb, block, concat, intbv

from rtl_model.encoder.head_table import head_table
from rtl_model.parts.hierarchy import submodule


@block
def bank_heads(clk, s_beat, s_sweep, s_drain, early_step, lit, replaced, first, first_live, first_more, *, beats):
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
    Parameters:
        beats: of an image
    Latency: a head is fetched within two cycles.
    Back-pressure: none; `keep_heads` keeps what was fetched.
    """
    row_bits = len(s_beat.head_row0)

    write0 = Signal(bool(0))
    write1 = Signal(bool(0))
    head0 = Signal(intbv(0)[row_bits + 1:])
    head1 = Signal(intbv(0)[row_bits + 1:])
    fetched_live0 = Signal(bool(0))
    fetched_live1 = Signal(bool(0))
    fetched0 = Signal(intbv(0)[row_bits + 2:])
    fetched1 = Signal(intbv(0)[row_bits + 2:])
    fetched = Signal(intbv(0)[row_bits + 2:])

    table0 = submodule("table0", head_table, clk=clk, touch=s_beat.touch(0), early_step=early_step,
                       fetch_step=s_drain.fetch_step0, keep=s_drain.keep_heads, write=write0,
                       new_row=s_beat.head_row0, epoch=s_sweep.epoch0, head=head0,
                       fetched_live=fetched_live0, fetched=fetched0, beats=beats)
    table1 = submodule("table1", head_table, clk=clk, touch=s_beat.touch(1), early_step=early_step,
                       fetch_step=s_drain.fetch_step1, keep=s_drain.keep_heads, write=write1,
                       new_row=s_beat.head_row1, epoch=s_sweep.epoch1, head=head1,
                       fetched_live=fetched_live1, fetched=fetched1, beats=beats)

    @always_comb
    def write():
        """A spike enters the table of its buffer; to empty an entry is to write the row that says so."""
        write0.next = s_sweep.write[0] or (s_beat.insert and lit and not s_beat.buffer)
        write1.next = s_sweep.write[1] or (s_beat.insert and lit and s_beat.buffer)

    @always_comb
    def replace():
        """The head that gives way to this beat."""
        if s_beat.buffer:
            replaced.next = head1
        else:
            replaced.next = head0

    @always_comb
    def choose_first():
        """The head of the buffer that is drained."""
        if s_drain.buffer:
            first_live.next = fetched_live1
            fetched.next = fetched1
        else:
            first_live.next = fetched_live0
            fetched.next = fetched0

    @always_comb
    def judge_first():
        """A head that is not the last of its list has a successor."""
        first.next = concat(fetched[row_bits + 1], fetched[row_bits:])
        first_more.next = first_live and not fetched[row_bits]

    return table0, table1, write, replace, choose_first, judge_first
