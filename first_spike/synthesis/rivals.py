"""Published accelerators for MNIST, and networks of convolutions with one spike a neuron, beside ours: their figures as
their authors give them, each with its source.

Accelerators behind the same bus: what is left of a published time when the image has to come over it.
"""

from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Rival:
    """accuracy as a share, microseconds: an image; None where the source does not say. pixels, pixel_bits: of an image,
    what the network needs at the least. energy: of an image."""

    name: str
    network: str
    accuracy: float
    microseconds: float
    logic: str
    bram: str
    power: str
    source: str
    pixels: int = 784
    pixel_bits: int = 8
    energy: str = "–"

    def time(self):
        """Text of the microseconds that an image takes."""
        return "–" if self.microseconds is None else f"{self.microseconds:,.4g}"


RIVALS = (
    Rival("Spiker+", "784-128-10", 0.9385, 780.0, "7,612 cells", "18", "180 mW",
          "Carpegna et al. 2024, arXiv 2401.01141", energy="140 uJ, power by time"),
    Rival("Flexi-NeurA", "256-128-10", 0.9723, 1100.0, "1,623 cells", "7", "111 mW",
          "Farahani et al. 2026, arXiv 2602.18140", pixels=256),
    Rival("Liang 2021", "784-512-10", 0.96, 2.8, "–", "–", "–",
          "Liang et al., ISCAS 2021, doi 10.1109/ISCAS51556.2021.9401607"),
    Rival("Lee 2026", "–", 0.874, 0.1375, "–", "–", "–",
          "Hardware-software co-design for event-driven SNN deployment on low-cost neuromorphic FPGAs, 2026",
          energy="0.0316 uJ, dynamic, estimated"),
    Rival("Sommer 2022", "3 conv, dense", 0.982, 47.6, "–", "–", "–",
          "Sommer et al. 2022, arXiv 2203.12437: 21,000 images a second"),
    Rival("TQ-TTFS", "–", 0.986, 4.4, "–", "–", "–",
          "Yang et al. 2025, doi 10.1016/j.vlsi.2025.102403; Fashion-MNIST 90.2% at 32 uJ", energy="4 uJ"),
    Rival("FINN LFC-max", "784-3x1024-10", 0.984, 2.44, "83,000 LUT", "–", "–",
          "Umuroglu et al. 2017, arXiv 1612.07119", pixel_bits=1),
    Rival("STiDi-BP", "conv, float", 0.992, None, "software", "–", "–",
          "Mirsadeghi et al. 2021, Spike time displacement based error backpropagation in convolutional spiking neural "
          "networks; Fashion-MNIST 92.8%"),
    Rival("Che 2024", "conv, float", 0.9948, None, "software", "–", "–",
          "Che et al. 2024, arXiv 2410.23619; Fashion-MNIST 92.90%"),
)


def of_mnist(network):
    """Whether the network's file says that it was trained on MNIST, as the RIVALS were."""
    return network.accuracy.get("dataset") == "mnist"


def rivals_table(rows):
    """The rich Table of our `rows` (dicts with the columns' texts) above the rivals, with how each figure was
    obtained."""
    lines = [f"[{n}] {row['source']}" for n, row in enumerate(rows, 1)]
    lines += [f"[{n}] {rival.source}" + f"; {rival.energy} an image" * (rival.energy != "–")
              for n, rival in enumerate(RIVALS, len(rows) + 1)]
    table = Table(title="beside published accelerators (MNIST)", title_justify="left", box=box.SIMPLE_HEAD,
                  show_edge=False, pad_edge=False, padding=0, caption_justify="left", caption=Text(
        "µs: from one result to the next, or as published; simulated: cycles of the exact cycle model times the clock "
        "after place and route, no board yet; quoted: as published\n"
        + "\n".join(lines)))
    for column in ("", "network", "correct", "µs", "logic", "BRAM", "power", ""):
        table.add_column(column, no_wrap=True)
    ours = [("this one", row["network"], row["accuracy"], row["microseconds"], row["logic"], row["bram"], "–",
             "simulated") for row in rows]
    theirs = [(rival.name, rival.network, f"{rival.accuracy:.2%}", rival.time(), rival.logic, rival.bram, rival.power,
               "quoted") for rival in RIVALS]
    for n, (name, *cells) in enumerate(ours + theirs, 1):
        table.add_row(Text(f"[{n}] {name}"), *cells)
    return table


BUS_BITS = 64
HEAD = ("accelerator", "an image needs", "beats of 64 bits", "bus alone, us", "its own time, us",
        "side by side, us", "one after the other, us")


def need_of(pixels, pixel_bits):
    """(what an image needs, in words, and in beats of the bus)."""
    return f"{pixels} pixels of {pixel_bits} bit{'s'[:pixel_bits > 1]}", -(-pixels * pixel_bits // BUS_BITS)


def equal_bus_rows(mhz, steady, idle):
    """Texts of the rows under HEAD: ours, then each rival that has hardware.

    mhz: clock of the bus, and ours; steady: our cycles from result to result, idle: from the last beat to the result of
    an idle core. Side by side an image arrives while the one before is worked on, so that the longer of the two times
    is what an image takes; one after the other is what it takes from its first beat to its result, at the least, when
    nothing is worked on before it is complete.
    """
    need, beats = need_of(784, 8)
    rows = [("this generator", need, str(beats), f"{beats / mhz:.2f}", f"{steady / mhz:.2f}",
             f"{max(beats, steady) / mhz:.2f}", f"{(beats + idle) / mhz:.2f}")]
    for rival in RIVALS:
        if rival.microseconds is not None:
            need, beats = need_of(rival.pixels, rival.pixel_bits)
            bus = beats / mhz
            rows.append((rival.name, need, str(beats), f"{bus:.2f}", rival.time(),
                         f"{max(bus, rival.microseconds):,.4g}", f"{bus + rival.microseconds:,.4g}"))
    return rows


def equal_bus_table(mhz, steady, idle):
    """The same as a table of Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *equal_bus_rows(mhz, steady, idle)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
