"""From a case that fails to a small one that still fails."""

from dataclasses import replace

from first_spike.golden.contract.network import Layer, Network
from tb.scenarios.cases import plain

TRIES = 200  # runs that are spent on it


def shrink(case, fails, tries=TRIES):
    """The smallest Case found, within so many calls of `fails(case)`, for which it is true; it is for `case`."""
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in _smaller(case):
            if tries == 0:
                return case
            tries -= 1
            if fails(smaller):
                case, shrinking = smaller, True
                break
    return case


def _smaller(case):
    """Smaller Cases, the smallest first: of those that run on the same design, then with fewer neurons."""
    batches = case.batches
    for part in _parts(len(batches)):
        yield replace(case, batches=tuple(batches[k] for k in part))
    for number, batch in enumerate(batches):
        for part in _parts(len(batch.frames)):
            yield _with(case, number, replace(batch, frames=tuple(batch.frames[k] for k in part)))
    for stalls in ((0, 0), (0, case.stalls[1]), (case.stalls[0], 0)):
        if stalls != case.stalls:
            yield replace(case, stalls=stalls)
    for number, batch in enumerate(batches):
        if batch.reset is not None:
            yield _with(case, number, replace(batch, reset=None))
        for place, frame in enumerate(batch.frames):
            if frame.bad:
                frames = (*batch.frames[:place], plain(frame), *batch.frames[place + 1:])
                yield _with(case, number, replace(batch, frames=frames))
    for network in _smaller_networks(case.network):
        yield replace(case, network=network, configuration=replace(case.configuration, lanes=()))


def _parts(count):
    """Halves of so many things, then all but one of them."""
    if count > 1:
        yield range(count // 2)
        yield range(count // 2, count)
    if count > 3:
        for missing in range(count):
            yield [k for k in range(count) if k != missing]


def _with(case, number, batch):
    return replace(case, batches=(*case.batches[:number], batch, *case.batches[number + 1:]))


def _smaller_networks(network):
    """The network with half of the neurons of one hidden layer, dense between dense ones."""
    layers = network.layers
    for number in range(len(layers) - 1):
        one, following = layers[number:number + 2]
        half = len(one.thresholds) // 2
        if isinstance(one, Layer) and isinstance(following, Layer) and half:
            fewer = Layer(one.weights[:, :half].copy(), one.thresholds[:half].copy(), one.weight_bits)
            behind = Layer(following.weights[:half].copy(), following.thresholds, following.weight_bits)
            yield Network(network.steps, network.image_shape,
                          [*layers[:number], fewer, behind, *layers[number + 2:]], network.classes, network.source)
