"""The figures of a network on images, and their table."""

from rich.table import Table

from golden.contract.network import Network


def summarise(network, chosen, result):
    """The figures of an Inference of the ChosenImages, for the whole run, as plain numbers; accuracies, `silent` and
    `ties` are shares of all images."""
    correct = None if chosen.labels is None else int((result.classes == chosen.labels).sum())
    count = len(chosen.images)
    return {
        "network_sha256": network.sha256,
        "kind": network.kind,
        "images": count,
        "accuracy": None if correct is None else correct / count,
        "correct": correct,
        "silent": float(result.silent.mean()),
        "ties": float(result.tie.mean()),
        "decision_time_mean": float(result.decision_time.mean()),
        "spikes_to_decision_mean": [float((times < network.steps).sum(axis=1).mean())
                                    for times in result.until_decision().spike_times],
    }


def figures_table(network, name, report):
    """The report of `summarise` as a table for people; name: of the images."""
    sizes = "-".join(map(str, (network.inputs, *network.sizes)))
    kind = "" if isinstance(network, Network) else " in float"
    grid = Table(title=f"{sizes}{kind}, T = {network.steps}, on {name}", show_header=False)
    grid.add_row("images", f"{report['images']:,}")
    if report["accuracy"] is not None:
        grid.add_row("accuracy (strict)", f"{report['accuracy']:.2%}  ({report['correct']:,} correct)")
    grid.add_row("silent output", f"{report['silent']:.2%}")
    grid.add_row("ties in the decision step", f"{report['ties']:.2%}")
    grid.add_row("decision time, mean", f"{report['decision_time_mean']:.2f} steps")
    spikes = " + ".join(f"{mean:.1f}" for mean in report["spikes_to_decision_mean"])
    grid.add_row("spikes up to it, by layer, mean", spikes)
    return grid
