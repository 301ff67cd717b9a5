"""A slow second opinion on inference: plain Python loops, one image at a time, straight from the contract.

Shares nothing with golden.inference.encode and golden.inference.infer, so that an error in
one of them shows.
"""

from dataclasses import dataclass


@dataclass
class Verdict:
    """What the contract says about one image; lowest and highest are the extreme potentials seen, per layer."""

    class_index: int
    decision_time: int
    silent: bool
    tie: bool
    spike_times: list
    lowest: list
    highest: list
    margin: int
    spread: int
    runner_up: int


def classify(network, image):
    """Run one uint8 [rows, columns] image through an integer or float network, to the end of its T steps."""
    steps = network.steps
    times = [[pixel_time(int(pixel), steps) for row in image for pixel in row]]
    weights = [layer.weights.tolist() for layer in network.layers]
    thresholds = [layer.thresholds.tolist() for layer in network.layers]
    potentials = [[0] * len(layer) for layer in thresholds]
    times += [[steps] * len(layer) for layer in thresholds]
    lowest = [0] * len(weights)
    highest = [0] * len(weights)
    at_decision = None
    for step in range(steps):
        for k in range(len(weights)):
            for i in range(len(weights[k])):
                if times[k][i] == step:
                    for j in range(len(thresholds[k])):
                        potentials[k][j] += weights[k][i][j]
            for j in range(len(thresholds[k])):
                if potentials[k][j] > thresholds[k][j] and times[k + 1][j] == steps:
                    times[k + 1][j] = step
            lowest[k] = min([lowest[k]] + potentials[k])
            highest[k] = max([highest[k]] + potentials[k])
        if at_decision is None and step in times[-1]:
            at_decision = list(potentials[-1])
    return read_out(steps, times, at_decision or potentials[-1], lowest, highest)


def pixel_time(pixel, steps):
    """Spike time of a pixel, by the formula with a division in the place of the shift."""
    return steps if pixel == 0 else (255 - pixel) * steps // 256


def read_out(steps, times, potentials, lowest, highest):
    """Earliest spike; then the larger potential at that step; then the lower index."""
    output = times[-1]
    earliest = min(output)
    candidates = [j for j in range(len(output)) if output[j] == earliest]
    winner = candidates[0]
    for j in candidates:
        if potentials[j] > potentials[winner]:
            winner = j
    silent = earliest == steps
    return Verdict(winner, earliest, silent, not silent and len(candidates) > 1, times[1:], lowest, highest,
                   *doubts(potentials, winner))


def doubts(potentials, winner):
    """(margin, spread, runner-up) of the class `winner`, whatever fired: by sorting, then by adding up distances."""
    others = sorted((-potential, j) for j, potential in enumerate(potentials) if j != winner)
    runner_up = others[0][1] if others else winner
    return (potentials[winner] - potentials[runner_up],
            sum(potentials[winner] - potential for potential in potentials), runner_up)
