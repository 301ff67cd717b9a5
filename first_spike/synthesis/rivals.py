"""Published classifiers of MNIST for FPGAs, beside ours: figures as their authors give them, each with its source.

A figure stands here only if its source was read: the paper, its abstract, or the survey or study that the row names
after "by".
"""

import re
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

STUDY = "the ledger of github.com/Kanishk234/dwn-fpga-study, 2026"
VU9P = "xcvu9p-2"
OUT_OF_CONTEXT = "placed, out of context"
BARE = f"{OUT_OF_CONTEXT}, encoder of pixels not counted"


@dataclass(frozen=True)
class Rival:
    """A published classifier.

    Attributes:
        name: what its authors call it.
        kind: the kind of network, such as "spiking" or "LUT network".
        network: its layers, "–" if the source does not say.
        accuracy: share of the 10,000 test images of MNIST, as precise as the source gives it, such as "96%"; "–" if it
            does not say.
        latency: microseconds from an image to its class; None if the source does not say.
        interval: microseconds from one result to the next, of a pipeline that takes an image a cycle its clock cycle;
            None if the source does not say.
        logic: cells with their kind.
        bram: block RAMs, "–" if the source does not say.
        device: the FPGA, with its speed grade if the source names it.
        status: how its authors obtained the figures.
        source: where they stand.
        pixels: pixels of an image that the network needs.
        pixel_bits: bits of a pixel that the network needs.
    """

    name: str
    kind: str
    network: str
    accuracy: str
    latency: float | None
    interval: float | None
    logic: str
    bram: str
    device: str
    status: str
    source: str
    pixels: int = 784
    pixel_bits: int = 8

    @property
    def share(self):
        """Return the accuracy as a number from 0 to 1, None if the source does not say."""
        return None if self.accuracy == "–" else float(self.accuracy.strip("> %")) / 100

    @property
    def cells(self):
        """Return the number of cells of `logic`, None if the source does not say."""
        number = re.match(r"[\d,]+", self.logic)
        return int(number[0].replace(",", "")) if number else None


RIVALS = (
    Rival("DWN lg", "LUT network", "–", "98.3%", 0.006, 1 / 827, "4,082 LUT6", "0", VU9P, BARE,
          f"Bacellar et al. 2024, arXiv 2410.11112, by {STUDY}"),
    Rival("DWN sm", "LUT network", "–", "97.1%", 0.0024, 1 / 827, "692 LUT6", "0", VU9P, BARE,
          f"Bacellar et al. 2024, arXiv 2410.11112, by {STUDY}"),
    Rival("DWN with encoder", "LUT network", "1000-500", "97.76%", 0.048, 1 / 103.8, "3,464 LUT6", "0", "xc7a35t-1",
          "placed", STUDY),
    Rival("TreeLUT I", "boosted trees", "–", "97%", 0.0025, None, "4,478 LUT6", "0", "–", OUT_OF_CONTEXT,
          "Khataei and Bazargan 2025, arXiv 2501.01511, by the survey arXiv 2506.07367"),
    Rival("conifer", "boosted trees", "3 trees, depth 4", "85.90%", 0.0042, 1 / 477.3, "4,427 LUT6", "0",
          "xc7a35t-1", "placed; the largest that could be built", STUDY),
    Rival("PolyLUT-Add", "LUT network", "256-4x100-10", "96%", 0.01, 1 / 625, "14,810 LUT6", "0", VU9P, OUT_OF_CONTEXT,
          f"arXiv 2406.04910, by {STUDY}"),
    Rival("NeuraLUT", "LUT network", "256-4x100-10", "96%", 0.012, 1 / 431, "54,798 LUT6", "0", VU9P, OUT_OF_CONTEXT,
          f"Andronic and Constantinides 2024, arXiv 2403.00849, by {STUDY}"),
    Rival("FINN SFC-max", "binary, dense", "784-3x256-10", "95.8%", 0.31, 1 / 12.3, "91,131 LUT6", "5", "ZC706",
          "on a board", "Umuroglu et al. 2017, arXiv 1612.07119; cells by arXiv 2403.00849", pixel_bits=1),
    Rival("hls4ml ternary", "ternary, dense", "–", "95%", 0.19, None, "260,092 LUT6", "0", VU9P, "as quoted there",
          f"arXiv 2403.00849, by {STUDY}"),
    Rival("Lee 2026", "first-spike", "–", "87.40%", 0.1375, None, "–", "–", "80 MHz, device not named in the abstract",
          "on a board, all 10,000 images equal to its software", "arXiv 2604.22179"),
    Rival("Liang 2021", "first-spike", "784-512-10", "96%", 2.8, None, "–", "–", "VC707", "on a board",
          "Liang et al., ISCAS 2021, doi 10.1109/ISCAS51556.2021.9401607"),
    Rival("TQ-TTFS", "first-spike", "–", "98.6%", 4.4, None, "–", "–", "–", "accuracy simulated, time of an FPGA",
          "Yang et al. 2025, doi 10.1016/j.vlsi.2025.102403; Fashion-MNIST 90.2%, 24 us"),
    Rival("Skydiver", "spiking, convolutions", "–", "98.5%", None, 1000 / 22.6, "–", "–", "XC7Z045", "on an FPGA",
          "Chen et al. 2022, arXiv 2203.07516"),
    Rival("Windhager 2025", "spiking, leaky", "–", "> 99%", 290.0, None, "–", "–", "Ultrascale+", "on an FPGA",
          "Windhager et al. 2025, arXiv 2505.11252"),
    Rival("Fan & Levy", "spiking", "–", "–", 520.0, None, "6,358 LUT6", "40.5", "Artix-7, 100 MHz", "on an FPGA",
          "Fan and Levy 2025, arXiv 2507.07284"),
    Rival("Spiker+", "spiking, leaky", "784-128-10", "93.85%", 780.0, None, "7,612 cells", "18", "–", "on an FPGA",
          "Carpegna et al. 2024, arXiv 2401.01141"),
    Rival("Flexi-NeurA", "spiking, leaky", "256-128-10", "97.23%", 1100.0, None, "1,623 cells", "7", "–", "on an FPGA",
          "Farahani et al. 2026, arXiv 2602.18140v1; 96.23% in a later abstract", pixels=256),
)


def microseconds(time):
    """Return a time in microseconds as text with its unit: below a tenth of a microsecond in ns; "–" for None."""
    if time is None:
        return "–"
    return f"{1000 * time:.3g} ns" if time < 0.1 else f"{time:,.4g} us"


def of_mnist(network):
    """Return whether the network's file says that it was trained on MNIST, as the RIVALS were."""
    return network.accuracy.get("dataset") == "mnist"


def rivals_table(rows):
    """Return the rich Table of our rows above the rivals, with how each figure was obtained.

    Args:
        rows: dicts of texts: network, accuracy, interval, latency, logic, bram, source.
    """
    lines = [f"[{n}] {row['source']}" for n, row in enumerate(rows, 1)]
    lines += [f"[{n}] {rival.device}, {rival.status}; {rival.source}" for n, rival in enumerate(RIVALS, len(rows) + 1)]
    table = Table(title="beside published classifiers of MNIST", title_justify="left", box=box.SIMPLE_HEAD,
                  show_edge=False, pad_edge=False, padding=0, caption_justify="left", caption=Text(
        "interval: from one result to the next; latency: from an image to its class; ours is simulated (cycles of the "
        "exact cycle model, clock after place and route), no board was tried; others are quoted\n" + "\n".join(lines)))
    for column in ("", "correct", "interval", "latency", "logic", "BRAM"):
        table.add_column(column, no_wrap=True)
    ours = [(f"this {row['network']}", row["accuracy"], row["interval"], row["latency"], row["logic"], row["bram"])
            for row in rows]
    theirs = [(rival.name, rival.accuracy, microseconds(rival.interval), microseconds(rival.latency), rival.logic,
               rival.bram) for rival in RIVALS]
    for n, (name, *cells) in enumerate(ours + theirs, 1):
        table.add_row(Text(f"[{n}] {name}"), *cells)
    return table
