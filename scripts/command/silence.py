"""What is said of a network that seldom fires: it may be right, but it is no first-spike network."""

import math
import sys

USUAL = 0.1  # largest share of silent outputs of a network whose file names none


def most_silent(network, images):
    """The largest share of silent outputs that the network was trained for, as its file says, else USUAL; with two
    standard errors of it and an image, since of few `images` a few may be silent by chance."""
    stated = network.accuracy.get("most_silent")  # anything may stand in the file
    limit = stated if type(stated) in (int, float) and 0 <= stated <= 1 else USUAL
    return limit + 2 * math.sqrt(limit * (1 - limit) / images) + 1 / images


def silence(what, silent, limit):
    """What is to be said of `what`, silent on more than the share `limit` of the images: one sentence or none, in a
    list."""
    if silent <= limit:
        return []
    return [f"{what}: {silent:.1%} of the images end without an output spike, more than {limit:.1%}: they are "
            f"classified by the largest potential at the end, and take all the time there is"]


def warn(sentences):
    """Say each sentence on stderr; returns them, for a report."""
    for sentence in sentences:
        print(f"warning: {sentence}", file=sys.stderr)
    return sentences
