"""The table of shipped networks in docs/results.md, from the figures in the files' headers alone."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from first_spike.command.interrupts import answer
    answer()

from first_spike.command.cli import console, run
from first_spike.command.places import NETWORKS
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT, replacing

PAGE = ROOT / "docs" / "results.md"
BEGIN, END = "<!-- networks: made by `make networks-table` -->", "<!-- /networks -->"
COLUMNS = ("network", "bits", "T", "test set", "accuracy, strict", "held out", "float", "silent", "ties",
           "spikes to the decision", "weights, KiB")


def main():
    arguments = parse()
    text = make_table(NETWORKS)
    console.print(text, soft_wrap=True)
    if not arguments.print:
        insert(Path(arguments.page), text)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", default=PAGE, metavar="FILE",
                        help="file that holds the table (default: docs/results.md)")
    parser.add_argument("--print", action="store_true", help="show it only")
    return parser.parse_args()


def make_table(folder):
    """Markdown: one row per network, a float network beside its integer one."""
    rows = []
    for path in sorted(folder.glob("*.npz")):
        stem = path.stem.removesuffix("_float")
        if path.stem == stem:
            float_path = folder / f"{stem}_float.npz"
            floats = FloatNetwork.load(float_path) if float_path.is_file() else None
            rows.append(row(stem, Network.load(path), floats))
        elif not (folder / f"{stem}.npz").is_file():
            rows.append(row(stem, None, FloatNetwork.load(path)))
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


def insert(path, text):
    """Put the table between its two marks in a Markdown file."""
    try:
        content = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise UserError(f"cannot read {path}: {reason}") from error
    if content.count(BEGIN) != 1 or content.count(END) != 1 or content.index(END) < content.index(BEGIN):
        raise UserError(f"{path} needs the lines {BEGIN} and {END}, once each, where the table belongs")
    before, rest = content.split(BEGIN)
    after = rest.split(END)[1]
    with replacing(path) as file:
        file.write(f"{before}{BEGIN}\n{text}\n{END}{after}".encode())


if __name__ == "__main__":
    run(main)
