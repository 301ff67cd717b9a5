"""Words that are written become the beats of frames: four pixels each, or one event."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.shape.frames import EVENT_BITS, INPUT_BITS, NO_INPUT

FOUR = 4  # pixels in a word


@block
def pixel_writer(clk, rst, push, word, room, m_axis, last_row=None, events=None, *, inputs=None, pixels):
    """Makes frames of the words that are written: each image is as many words as its pixels need.

    What the last word has beyond the image is dropped, or lies in the padding of the last beat, which is nobody's.
    Where the size of a frame is told, its words fill its last beat up.

    Ports:
        push: there is a word; not without `room`
        word: the next four pixels, the first in the lowest byte
        room: a word is taken
        m_axis: the frames
        last_row: beats of the frame, less one; only of a processor
        events: each word is a beat; where a beat is more than a word
    Outputs: room
    Parameters:
        inputs: pixels of an image, unless each frame says its beats
        pixels: in a beat
    Latency: from the word that fills a beat to the beat one cycle.
    Back-pressure: one beat waits; where a word is several beats, those of one word.
    """
    told = last_row is not None
    beats = None if told else -(-inputs // pixels)
    bits = 8 * pixels
    row = Signal(intbv(0)[len(last_row) if told else bits_for(beats):])
    valid = Signal(bool(0))
    last = Signal(bool(0))

    if told:

        @always_comb
        def tell():
            """The last beat of a frame is counted, not marked."""
            last.next = row == last_row
            m_axis.tvalid.next = valid
            m_axis.tlast.next = last

    else:

        @always_comb
        def tell():
            """The last beat of an image is counted, not marked."""
            last.next = row == beats - 1
            m_axis.tvalid.next = valid
            m_axis.tlast.next = last

    @always(clk.posedge)
    def count_beats():
        """Which beat of its image is the next."""
        if valid and m_axis.tready:
            if last:
                row.next = 0
            else:
                row.next = row + 1
        if rst:
            row.next = 0

    if pixels < FOUR:
        parts = FOUR // pixels
        left = Signal(intbv(0)[bits_for(parts):])
        rest = Signal(intbv(0)[32:])

        @always_comb
        def give():
            """The lowest pixels of what is left of the word."""
            room.next = not valid
            m_axis.tdata.next = rest[bits:]

        @always(clk.posedge)
        def cut():
            """A word into its beats."""
            if push:
                rest.next = word
                left.next = parts - 1
                valid.next = 1
            elif valid and m_axis.tready:
                rest.next = rest >> bits
                if left == 0 or last:
                    valid.next = 0
                else:
                    left.next = left - 1
            if rst:
                valid.next = 0

        return tell, count_beats, give, cut

    if pixels == FOUR:

        @always_comb
        def give():
            """A beat is a word."""
            room.next = not valid or m_axis.tready

        @always(clk.posedge)
        def hold():
            """It waits until it is taken."""
            if push:
                m_axis.tdata.next = word
                valid.next = 1
            elif m_axis.tready:
                valid.next = 0
            if rst:
                valid.next = 0

        return tell, count_beats, give, hold

    words = pixels // FOUR
    place = Signal(intbv(0)[bits_for(words):])
    fills = Signal(bool(0))

    if told:

        @always_comb
        def complete():
            """The last word of a beat; every one of events."""
            fills.next = place == words - 1 or events

    else:
        last_words = -(-(inputs - (beats - 1) * pixels) // FOUR)

        @always_comb
        def complete():
            """The last word of a beat, or of the image."""
            fills.next = place == words - 1 or (last and place == last_words - 1)

    @always_comb
    def give():
        """A word waits only for a beat that is whole."""
        room.next = not valid

    @always(clk.posedge)
    def gather():
        """Words into a beat, which is whole with its last word or with that of the image."""
        if push:
            for k in range(words):
                if place == k:
                    for b in range(32):
                        m_axis.tdata.next[32 * k + b] = word[b]
            if fills:
                place.next = 0
                valid.next = 1
            else:
                place.next = place + 1
        elif m_axis.tready:
            valid.next = 0
        if rst:
            place.next = 0
            valid.next = 0

    return tell, count_beats, complete, give, gather


@block
def event_writer(clk, rst, push, word, room, m_axis):
    """Makes frames of the words that are written: each is an event, but for one whose input is all ones, which closes
    the recording.

    An event waits for the word behind it, which says whether it is the last. A recording without an event becomes the
    one beat that says so.

    Ports:
        push: there is a word; not without `room`
        word: the next event, [23:0] input, [31:24] step; or the close
        room: a word is taken
        m_axis: the frames
    Outputs: room
    Latency: from the word behind an event to its beat one cycle.
    Back-pressure: an event and a beat wait.
    """
    closes = Signal(bool(0))
    gives = Signal(bool(0))
    filled = Signal(bool(0))
    valid = Signal(bool(0))
    kept = Signal(intbv(0)[EVENT_BITS:])

    @always_comb
    def tell():
        """A word waits only for the beat that it may push out."""
        room.next = not valid or m_axis.tready
        m_axis.tvalid.next = valid

    @always_comb
    def judge():
        """Whether the word is the close."""
        closes.next = word[INPUT_BITS:] == NO_INPUT

    @always_comb
    def follow():
        """Whether a beat follows from it."""
        gives.next = push and (filled or closes)

    @always(clk.posedge)
    def hold():
        """The latest event, until the word behind it."""
        if push:
            filled.next = not closes
            kept.next = word
        if rst:
            filled.next = 0

    @always(clk.posedge)
    def give():
        """The event before the word, or the close of a recording without any."""
        if gives:
            m_axis.tlast.next = closes
            if filled:
                m_axis.tdata.next = kept
            else:
                m_axis.tdata.next = word
            valid.next = 1
        elif m_axis.tready:
            valid.next = 0
        if rst:
            valid.next = 0

    return tell, judge, follow, hold, give
