"""What is said of a network that seldom fires, or often with several outputs at once: it may be right, but it is no
first-spike network."""

import math

from first_spike.command.cli import note

USUAL = 0.1  # largest share of silent outputs of a network whose file names none
MOST_TIES = 0.2


def most_silent(network, images):
    """The largest share of silent outputs that the network was trained for, as its file says, else USUAL, with what
    chance adds on so many `images`."""
    stated = network.accuracy.get("most_silent")  # anything may stand in the file
    limit = stated if type(stated) in (int, float) and 0 <= stated <= 1 else USUAL
    return _by_chance(limit, images)


def most_ties(images):
    """MOST_TIES with what chance adds on so many `images`."""
    return _by_chance(MOST_TIES, images)


def _by_chance(limit, images):
    """A share with two standard errors of it and an image."""
    return limit + 2 * math.sqrt(limit * (1 - limit) / images) + 1 / images


def silence(what, silent, limit):
    """What is to be said of `what`, silent on more than the share `limit` of the images: one sentence or none, in a
    list."""
    if silent <= limit:
        return []
    return [f"{what}: {silent:.1%} of the images end without an output spike, more than {limit:.1%}: they are "
            f"classified by the largest potential at the end, and take all the time there is"]


def ties(what, tied, limit=MOST_TIES):
    """What is to be said of `what`, of which several outputs spike first on more than the share `limit` of the images:
    one sentence or none, in a list."""
    if tied <= limit:
        return []
    return [f"{what}: {tied:.1%} of the images end in a tie, more than {limit:.1%}: the larger potential decides, not "
            f"the first spike. Half the pull in training (rule decision, --set pull=0.5) or a higher output threshold "
            f"(--patient, a larger --silent) makes them fewer"]


def warn(sentences):
    """Say each sentence on stderr; returns them, for a report."""
    for sentence in sentences:
        note(f"warning: {sentence}")
    return sentences
