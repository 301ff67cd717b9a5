"""Which pixels a network listens to."""

from first_spike.golden.contract.limits import LISTENED_BEATS


def listened_pixels(used, pixels):
    """For each beat the bits of its `pixels` pixels that are used (a sequence of bools, one an input), the first
    lowest.

    Padding is not used. Images of more than LISTENED_BEATS beats are taken to use every pixel.
    """
    beats = -(-len(used) // pixels)
    whole = beats > LISTENED_BEATS
    return tuple(sum(1 << place for place in range(pixels)
                     if beat * pixels + place < len(used) and (whole or used[beat * pixels + place]))
                 for beat in range(beats))
