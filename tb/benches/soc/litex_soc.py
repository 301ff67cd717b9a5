"""The small SoC as LiteX makes it: its PicoRV32, bus and memory, the module for LiteX from the folder of a design, and
a console. Has the addresses and the ports of soc.v, and runs the same firmware.

Run by itself, in a Python that has LiteX: arguments are the folder of the design, one for what is made, and the bytes
of the memory.
"""

import importlib
import json
import sys
from pathlib import Path

from litex.build.generic_platform import Pins, Subsignal
from litex.build.sim import SimPlatform
from litex.gen import LiteXModule
from litex.soc.integration.soc import SoCRegion
from litex.soc.integration.soc_core import SoCCore
from litex.soc.interconnect import wishbone
from migen import ClockDomain, If

IO = [("clk", 0, Pins(1)), ("rst", 0, Pins(1)), ("trap", 0, Pins(1)),
      ("console", 0, Subsignal("valid", Pins(1)), Subsignal("byte", Pins(8))),
      ("ended", 0, Pins(1)), ("status", 0, Pins(8))]
CONSOLE, ACCELERATOR, INTERRUPT = 0x1000_0000, 0x4000_0000, 3  # as firmware.c has them
MASKED_INTERRUPTS = 0xFFFF_FFF7  # an instruction that is none is a trap, as in soc.v


class Console(LiteXModule):
    """A byte a write, and the end of the program beside it."""

    def __init__(self, platform):
        self.bus = bus = wishbone.Interface(data_width=32, address_width=32, addressing="word")
        console, ended, status = (platform.request(name) for name in ("console", "ended", "status"))
        write = bus.cyc & bus.stb & bus.we & ~bus.ack
        self.sync += [bus.ack.eq(bus.cyc & bus.stb & ~bus.ack), console.valid.eq(write & ~bus.adr[0]),
                      console.byte.eq(bus.dat_w), If(write & bus.adr[0], ended.eq(1), status.eq(bus.dat_w))]


class Clock(LiteXModule):
    def __init__(self, platform):
        self.cd_sys = ClockDomain()
        self.comb += [self.cd_sys.clk.eq(platform.request("clk")), self.cd_sys.rst.eq(platform.request("rst"))]


class Soc(SoCCore):
    def __init__(self, platform, accelerator, memory):
        self.crg = Clock(platform)
        super().__init__(platform, 100_000_000, cpu_type="picorv32", cpu_reset_address=0, integrated_rom_size=0,
                         integrated_sram_size=0, with_uart=False, with_timer=False,
                         ident="", ident_version=False)
        self.cpu.cpu_params.update(p_LATCHED_IRQ=0, p_MASKED_IRQ=MASKED_INTERRUPTS)  # the interrupt is a level
        self.comb += platform.request("trap").eq(self.cpu.trap)
        self.add_ram("memory", 0, memory, contents=[0])
        self.console = Console(platform)
        self.bus.add_slave("console", self.console.bus, SoCRegion(origin=CONSOLE, size=4096))
        self.accelerator = accelerator
        self.bus.add_slave("accelerator", accelerator.bus, SoCRegion(origin=ACCELERATOR, size=4096))
        self.irq.add("accelerator", n=INTERRUPT)


def main():
    design, out, memory = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    top = json.loads((design / "manifest.json").read_text())["top"]
    sys.path.insert(0, str(design))
    platform = SimPlatform("SIM", IO, name="soc")
    soc = Soc(platform, importlib.import_module(f"{top}_litex").Accelerator(platform), memory)
    soc.finalize()
    platform.get_verilog(soc, name="soc", regular_comb=False).write(str(out / "soc.v"))
    (out / "sources.json").write_text(json.dumps([str(source[0]) for source in platform.sources]))


if __name__ == "__main__":
    main()
