"""Whether a word of a load is one that its place in the tables has room for."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.streams import bits_for

HALF = 0xFFFF


@block
def field_judge(clk, place, data, too_large, *, limits):
    """Judges the words of the tables: a field by the largest value that it may have; a mask, an entry of reaches or of
    windows by the bits that it may have. Words of weights are right whatever they are.

    Ports:
        place: number of the word in the payload
        data: the word
        too_large: it is more than its place has room for
    Outputs: too_large
    Parameters:
        limits: of the processor
    Latency: two cycles from `place`, one from `data`.
    """
    slot_words = limits.slot_words
    slot_bits = bits_for(slot_words)
    fields = tuple(most for own in (limits.header_most, limits.layer_most)
                   for most in (*own.values(), *[HALF] * (slot_words - len(own))))
    first_mask, first_reach = limits.first_mask, limits.first_reach
    first_window, first_weight = limits.first_window, limits.first_weight
    odd_reach = 1 - first_reach % 2  # lowest bit of the places of second words
    mask_none = limits.word_bits(first_mask) ^ HALF
    slot = Signal(intbv(0)[slot_bits + 1:])
    most = Signal(intbv(0)[16:])
    of_field = Signal(bool(0))
    no_low = Signal(intbv(0)[16:])
    no_high = Signal(intbv(0)[16:])

    @always_comb
    def find_slot():
        """Which field of header or layer a word is, were it one."""
        slot.next = place[slot_bits:]
        if place >= slot_words:
            slot.next = place[slot_bits:] + slot_words

    @always(clk.posedge)
    def look_up_most():
        """The largest value that its field may have."""
        most.next = fields[int(slot)]

    @always(clk.posedge)
    def judge():
        """It is more than its field holds, or has a bit that is none."""
        too_large.next = ((of_field and data[16:] > most) or (data[16:] & no_low) != 0
                          or (data[32:16] & no_high) != 0)

    late_low, late_high, look_behind = 0, 0, ()  # behind the masks there are weights
    if limits.takes_maps:
        near_low, near_high, far_low, far_high, window_low, window_high = (
            half ^ HALF for bits in map(limits.word_bits, (first_reach, first_reach + 1, first_window))
            for half in (bits & HALF, bits >> 16))
        late_low, late_high = Signal(intbv(0)[16:]), Signal(intbv(0)[16:])

        @always_comb
        def look_behind():
            """Behind the masks there are reaches, windows, and weights."""
            late_low.next = 0
            late_high.next = 0
            if place < first_window:
                late_low.next = near_low
                late_high.next = near_high
                if place[0] == odd_reach:
                    late_low.next = far_low
                    late_high.next = far_high
            elif place < first_weight:
                late_low.next = window_low
                late_high.next = window_high

    @always(clk.posedge)
    def look_at_place():
        """The bits that it may not have."""
        of_field.next = place < first_mask
        no_low.next = late_low
        no_high.next = late_high
        if place < first_mask:
            no_low.next = 0
            no_high.next = HALF
        elif place < first_reach:
            no_low.next = mask_none
            no_high.next = HALF

    return find_slot, look_up_most, look_behind, look_at_place, judge
