"""The images that went wrong: what they are, what they were named, and how near the runner-up came."""

from typing import NamedTuple

SHOWN = 40  # with their pictures; the JSON file has all


class Mistake(NamedTuple):
    """An image, its label, the class that it was named and the runner-up by the rules of the read-out (numbers of
    classes), by how much of potential that lost, and the decision time, T where silent."""

    image: int
    label: int
    named: int
    runner_up: int
    lost_by: float
    decision_time: int


def mistakes(run):
    """The Mistakes of a Run, in the order of the images; none without labels."""
    order, potentials = run.ranking if run.wrong else (None, None)
    return [Mistake(k, int(run.chosen.labels[k]), *order[k, :2].tolist(),
                    (potentials[k, 0] - potentials[k, 1]).item(), int(run.result.decision_time[k]))
            for k in run.wrong]  # two classes at least, or nothing could be wrong
