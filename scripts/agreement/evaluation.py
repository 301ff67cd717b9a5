"""The figures of a network on images, and their table."""

from rich.table import Table

from golden.contract.network import Network
from golden.inference.figures import count


def summarise(network, chosen, result):
    """The figures of an Inference of the ChosenImages, for the whole run, as plain numbers; accuracies, `silent` and
    `ties` are shares of all images. Of recordings also `bad`, the share of bad frames, and the mean of input events up
    to the decision."""
    found = count(network, chosen.images, chosen.labels, result)
    of_events = {} if network.most_events is None else {"bad": float(result.bad.mean()),
                                                        "input_events_mean": found.mean(found.spikes[0])}
    return {
        "network_sha256": network.sha256,
        "kind": network.kind,
        "images": found.images,
        "accuracy": found.mean(found.correct),
        "correct": found.correct,
        "silent": found.mean(found.silent),
        "ties": found.mean(found.ties),
        "decision_time_mean": found.mean(found.steps),
        "spikes_to_decision_mean": [found.mean(spikes) for spikes in found.spikes[1:]],
    } | of_events


def figures_table(network, name, report):
    """The report of `summarise` as a table for people; name: of the images."""
    sizes = "-".join(map(str, (network.inputs, *network.sizes)))
    kind = "" if isinstance(network, Network) else " in float"
    grid = Table(title=f"{sizes}{kind}, T = {network.steps}, on {name}", show_header=False)
    grid.add_row("images" if network.most_events is None else "recordings", f"{report['images']:,}")
    if report["accuracy"] is not None:
        grid.add_row("accuracy (strict)", f"{report['accuracy']:.2%}  ({report['correct']:,} correct)")
    grid.add_row("silent output", f"{report['silent']:.2%}")
    grid.add_row("ties in the decision step", f"{report['ties']:.2%}")
    grid.add_row("decision time, mean", f"{report['decision_time_mean']:.2f} steps")
    spikes = " + ".join(f"{mean:.1f}" for mean in report["spikes_to_decision_mean"])
    if network.most_events is not None:
        grid.add_row("input events up to it, mean", f"{report['input_events_mean']:.1f}")
        grid.add_row("bad frames", f"{report['bad']:.2%}")
    grid.add_row("spikes up to it, by layer, mean", spikes)
    return grid
