"""The figures of a network on images, and their table."""

from rich.table import Table

from first_spike.command.data_options import worst_class
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.figures import count, recall


def summarise(network, chosen, result):
    """The figures of an Inference of the ChosenImages, for the whole run, as plain numbers; accuracies, `silent` and
    `ties` are shares of all images, `recall` of those of a class. `spikes_to_decision_mean` is of the inputs that are
    used and of the hidden layers, as in a network's file; `spikes_by_layer_mean` of each layer, the last too. Of
    recordings also `bad`, the share of bad frames, and the mean of input events up to the decision."""
    found = count(network, chosen.images, chosen.labels, result)
    of_events = {} if network.most_events is None else {"bad": float(result.bad.mean()),
                                                        "input_events_mean": found.mean(found.spikes[0])}
    return {
        "network_sha256": network.sha256,
        "kind": network.kind,
        "images": found.images,
        "accuracy": found.mean(found.correct),
        "correct": found.correct,
        **recall(result.classes, chosen.labels, network.classes),
        "silent": found.mean(found.silent),
        "ties": found.mean(found.ties),
        "decision_time_mean": found.mean(found.steps),
        "spikes_to_decision_mean": found.mean(sum(found.spikes[:-1])),
        "spikes_by_layer_mean": [found.mean(spikes) for spikes in found.spikes[1:]],
    } | of_events


def figures_table(network, name, report):
    """The report of `summarise` as a table for people; name: of the images."""
    grid = Table(title=f"{network_title(network)}, on {name}", show_header=False)
    for row in figures_rows(report):
        grid.add_row(*row)
    return grid


def network_title(network):
    """A network's layers and time steps."""
    return f"{network.title}{'' if isinstance(network, Network) else ' in float'}, T = {network.steps}"


def figures_rows(report):
    """[(name, figure)], both text, of the report of `summarise`."""
    recorded = "input_events_mean" in report
    rows = [("recordings" if recorded else "images", f"{report['images']:,}")]
    if report["accuracy"] is not None:
        rows.append(("accuracy (strict)", f"{report['accuracy']:.2%}  ({report['correct']:,} correct)"))
        rows.append(("worst class", worst_class(report)))
    rows += [("silent output", f"{report['silent']:.2%}"), ("ties in the decision step", f"{report['ties']:.2%}"),
             ("decision time, mean", f"{report['decision_time_mean']:.2f} steps")]
    if recorded:
        rows += [("input events up to it, mean", f"{report['input_events_mean']:.1f}"),
                 ("bad frames", f"{report['bad']:.2%}")]
    hidden = report["spikes_by_layer_mean"][:-1]
    parts = [f"{report['spikes_to_decision_mean'] - sum(hidden):.1f} of inputs", *(f"{mean:.1f}" for mean in hidden)]
    return [*rows, ("spikes to the decision, mean", f"{report['spikes_to_decision_mean']:.1f} = {' + '.join(parts)}")]
