"""The figures behind the pictures as plain values, for a JSON file."""

import numpy as np

from first_spike.plots.many_images import confusion, decision_counts
from first_spike.plots.mistakes import mistakes


def figures_of(run):
    """What the pictures of a Run show: of one image, and of all."""
    counts, wrong = decision_counts(run)
    return {
        "image": one_image(run),
        "decided_in_step": counts.tolist(),
        "decided_wrong_in_step": None if wrong is None else wrong.tolist(),
        "spikes_to_decision": [{"least": int(spikes.min()), "mean": float(spikes.mean()), "most": int(spikes.max())}
                               for spikes in run.spike_counts],
        "confusion": None if run.chosen.labels is None else confusion(run).tolist(),
        "mistakes": [mistake._asdict() for mistake in mistakes(run)],
    }


def one_image(run):
    """The image or recording to look at: what was made of it, every spike of the input as [input, step], the spike time
    of each neuron of each layer (None where silent), and the potentials of the output, a list a step."""
    index, result, steps = run.index, run.result, run.network.steps
    _, inputs, times = run.trains()[0]
    return {
        "index": index,
        "label": None if run.chosen.labels is None else int(run.chosen.labels[index]),
        "class": int(result.classes[index]),
        "decision_time": int(result.decision_time[index]),
        "silent": bool(result.silent[index]),
        "tie": bool(result.tie[index]),
        "input_spikes": np.stack([inputs, times], axis=1).tolist(),
        "spike_times": [[int(time) if time < steps else None for time in layer[index]]
                        for layer in result.spike_times],
        "potentials": run.potentials().tolist(),
    }
