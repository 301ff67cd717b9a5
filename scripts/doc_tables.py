"""Write the tables in docs/ that are made: the shipped networks in results.md, from the figures in the files' headers,
the published classifiers there, alone and behind one bus, and the options of a configuration in
options.md."""

import argparse
import re

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import console, run
from first_spike.command.hardware_options import options_table
from first_spike.command.places import NETWORKS
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT, replacing
from first_spike.synthesis.equal_bus import equal_bus_table
from first_spike.synthesis.rivals import RIVALS, microseconds

MARKS = "<!-- {}: made by `make doc-tables` -->", "<!-- /{} -->"
COLUMNS = ("network", "bits", "T", "test set", "accuracy, strict", "held out", "float", "silent", "ties",
           "spikes to the decision", "weights, KiB")


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    for page, name, make in TABLES:
        insert(page, name, make())
        console.print(f"{name}: {page}", soft_wrap=True)


def networks_table(folder=NETWORKS):
    """Markdown: one row per network, a float network beside its integer one."""
    rows = []
    for path in sorted(folder.glob("*.npz")):
        stem = path.stem.removesuffix("_float")
        if path.stem == stem:
            float_path = folder / f"{stem}_float.npz"
            floats = FloatNetwork.load(float_path) if float_path.is_file() else None
            rows.append(row(stem, Network.load(path), floats))
        elif not (folder / f"{stem}.npz").is_file():
            rows.append(row(path.stem, None, FloatNetwork.load(path)))
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    return "\n".join(lines + ["| " + " | ".join(cells) + " |" for cells in rows])


def row(name, network, floats):
    shown = network or floats
    figures = shown.accuracy
    weights = [layer.weights.size for layer in shown.layers]
    bits = [layer.weight_bits for layer in network.layers] if network else []
    return (f"`{name}` {shown.title}", " / ".join(map(str, dict.fromkeys(bits))) or "float", str(shown.steps),
            f"{figures['dataset']}, {figures['images']:,}", f"{figures['accuracy']:.2%}" if network else "",
            f"{figures['held_out']['accuracy']:.2%}",
            f"{floats.accuracy['accuracy']:.2%}" if floats else "", f"{figures['silent']:.1%}",
            f"{figures['ties']:.1%}", f"{figures['events']:.0f}",
            f"{sum(width * count for width, count in zip(bits, weights)) / 8192:.1f}" if network else "")


def insert(path, name, text):
    """Put a table between its two marks in a Markdown file."""
    content = path.read_text()
    begin, end = (mark.format(name) for mark in MARKS)
    if content.count(begin) != 1 or content.count(end) != 1 or content.index(end) < content.index(begin):
        raise UserError(f"{path} needs the lines {begin} and {end}, once each, where the table belongs")
    before, rest = content.split(begin)
    after = rest.split(end)[1]
    with replacing(path) as file:
        file.write(f"{before}{begin}\n{text.strip()}\n{end}{after}".encode())


def rivals_of_docs():
    """Return Markdown: one row per published classifier, as its authors give it."""
    head = ("accelerator", "kind", "network", "MNIST", "interval", "latency", "logic", "BRAM", "device", "figures are",
            "source")
    rows = [(rival.name, rival.kind, rival.network, rival.accuracy, microseconds(rival.interval),
             microseconds(rival.latency), rival.logic, rival.bram, rival.device, rival.status, rival.source)
            for rival in RIVALS]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def equal_bus_of_docs():
    """Return Markdown: those classifiers and our first design behind one bus, at its clock and cycles in results.md."""
    text = RESULTS.read_text()
    first = re.escape("| 784-128-10, 128 lanes |")
    steady, idle = re.search(rf"^{first} [^|]+\| ([\d.]+) / [^|]+\| ([\d.]+) \|", text, re.MULTILINE).groups()
    clock, = re.search(rf"^{first} [^|]+\| [^|]+\| ([\d.]+) \(", text, re.MULTILINE).groups()
    return equal_bus_table(float(clock), float(steady), float(idle))


RESULTS = ROOT / "docs" / "explanation" / "results.md"
TABLES = ((RESULTS, "networks", networks_table), (RESULTS, "rivals", rivals_of_docs),
          (RESULTS, "bus", equal_bus_of_docs),
          (ROOT / "docs" / "reference" / "options.md", "options", options_table))


if __name__ == "__main__":
    run(main)
