"""Null bytes of a stream of pixels: they are black, and belong into the padding of the last beat alone."""

from myhdl import Signal, always, always_comb, block, intbv


@block
def null_bytes(clk, rst, tkeep, tlast, at_end, accept, storing, completes, listened, present, ended, *, last_pixels):
    """Judges the null bytes of each beat of pixels: one in the place of a pixel is black and makes its frame bad.

    What the padding of the last beat of an image holds, bytes or null bytes, does not matter.

    Ports:
        tkeep: a bit for each byte of the beat: it is one, and no null byte
        tlast: the beat is the last of its frame
        at_end: the beat is the last of its image
        accept: the beat is taken
        storing: it is one of an image
        completes: its image is complete with it
        listened: a bit for each pixel of the beat: the network listens to it
        present: the same of those pixels that are there
        ended: `tlast`, or where pixels of this image are missing what is wrong at the end
    Outputs: present, ended
    Parameters:
        last_pixels: pixels in the last beat of an image
    Latency: none for `present` and `ended`, which are combinational.
    """
    pixels = len(tkeep)
    gap = Signal(bool(0))
    broken = Signal(bool(0))

    @always_comb
    def find_gap():
        """A pixel of the beat is a null byte."""
        missing = intbv(0)[1:]
        for place in range(pixels):
            if not tkeep[place]:
                if place < last_pixels or not at_end:
                    missing[0] = 1
        gap.next = missing[0]

    @always_comb
    def blacken():
        """A null byte is a pixel that nobody listens to."""
        present.next = listened & tkeep

    @always_comb
    def tell():
        """An image with missing pixels never ends as it should."""
        ended.next = tlast
        if gap or broken:
            ended.next = not at_end

    @always(clk.posedge)
    def remember():
        """Pixels of this image were missing in an earlier beat."""
        if accept and storing:
            broken.next = (broken or gap) and not completes
        if rst:
            broken.next = 0

    return find_gap, blacken, tell, remember
