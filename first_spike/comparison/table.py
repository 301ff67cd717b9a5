"""Comparisons as a table: a column for each back end.

Numbers of cycles in a few figures.

The figures of a network on images, and their table.
"""

import numpy as np
from rich.table import Table
from rich.text import Text

from first_spike.command.data_options import worst_class
from first_spike.comparison.confidence import confidence_report, confidence_rows, shown_doubt
from first_spike.comparison.verdict import NOT_OBSERVED
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.figures import count, recall


def statistics(cycles):
    """{"mean", "p50", "p99", "max"} of int64 [n], ready for JSON; a percentile is the smallest number of cycles that so
    many images do not exceed."""
    p50, p99 = np.percentile(cycles, [50, 99], method="inverted_cdf")
    return {"mean": float(cycles.mean()), "p50": int(p50), "p99": int(p99), "max": int(cycles.max())}


NAMES = {"icarus": "Icarus Verilog", "verilator": "Verilator", "netlist": "gates on Verilator", "myhdl": "MyHDL",
         "golden": "golden"}
MISMATCHES = (("class", "class"), ("decision time", "decision_time"), ("flags", "flags"), ("spike times", "spikes"))
DISTANCES = (("decision time, mean distance in steps", "decision_time_mean_abs"),
             ("hidden spike times, mean distance in steps", "hidden_time_mean_abs"))
STATISTICS = (("mean", "mean"), ("median", "p50"), ("99th percentile", "p99"), ("max", "max"))


def doubt_lines(network, name, report):
    """Return lines of text on the most doubtful images of a report of `compare_on`; name: of the data."""
    classes, lines = network.classes, [f"most doubtful of {name}, by the golden model:"]
    for doubt in report["confidence"]["doubtful"]:
        given = "" if doubt["label"] is None else f", labelled {classes[doubt['label']]}"
        lines.append(f"  {doubt['image']}: {classes[doubt['named']]}{given}, {shown_doubt(classes, doubt)}")
    return lines


def comparison_table(title, reports):
    """The rich Table of reports made by `compare_on`, one column each; all of them simulated, or none."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for report in reports:
        table.add_column(NAMES[report["sim"]], justify="right")
    for heading, rows in _sections(reports):
        table.add_row(Text(heading, style="bold"))
        for label, cells in rows:
            table.add_row(f"  {label}", *cells)
        table.add_section()
    return table


def _sections(reports):
    """(heading, [(label, a cell for each report)])."""
    def row(label, key, name, shown):
        return label, [_cell(report[key], name, shown) for report in reports]

    simulated = all(report["mismatches"] for report in reports)
    sides = [("float network", "float"), ("golden model", "golden"), *([("RTL", "rtl")] if simulated else [])]
    yield "accuracy, strict read-out", [row(label, "accuracy", side, ".2%") for label, side in sides]
    yield "recall of the worst class", [(label, [worst_class(report["recall"][side]) for report in reports])
                                        for label, side in sides]
    if simulated:
        yield "RTL against golden model", [
            ("images equal in everything", [f"{report['equal_images']:,} of {report['images']:,}"
                                            for report in reports]),
            *(row(f"mismatches: {label}", "mismatches", name, ",") for label, name in MISMATCHES)]
    if "bad" in reports[0]:
        yield "recordings", [("bad frames", [f"{report['bad']:.2%}" for report in reports])]
    if any(report["float_agreement"] for report in reports):
        yield "float network against golden model", [
            row("same class", "float_agreement", "class", ".2%"),
            *(row(label, "float_agreement", name, ".3f") for label, name in DISTANCES)]
    yield f"cycles an image, back to back{'' if simulated else ', by the cycle model'}", [
        *(row(label, "cycles", name, _number(name)) for label, name in STATISTICS),
        *([row("images unlike the cycle model", "cycle_model", "mismatches", ",")] if simulated else [])]
    if any(report["latency"] for report in reports):
        yield "cycles from first beat to result", [row(label, "latency", name, _number(name)) for label,
                                                         name in STATISTICS]


def _number(name):
    return ",.1f" if name == "mean" else ","


def _cell(figures, name, shown):
    if figures is None or figures[name] is None:
        return "–"
    return figures[name] if figures[name] == NOT_OBSERVED else format(figures[name], shown)


def summarise(network, chosen, result):
    """The figures of an Inference of the ChosenImages, for the whole run, as plain numbers; accuracies, `silent` and
    `ties` are shares of all images, `recall` of those of a class. `spikes_to_decision_mean` is of the inputs that are
    used and of the hidden layers, as in a network's file; `spikes_by_layer_mean` of each layer, the last too. Of
    recordings also `bad`, the share of bad frames, and the mean of input events up to the decision. `confidence`: see
    `confidence_report`."""
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
        "confidence": confidence_report(network, chosen.labels, result),
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
    rows.append(("spikes to the decision, mean", f"{report['spikes_to_decision_mean']:.1f} = {' + '.join(parts)}"))
    return rows + confidence_rows(report["confidence"])
