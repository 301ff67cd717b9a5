"""A test of accelerator in cocotb, to begin your own with: the images of the testbench give the results that are known.

In this folder, with cocotb 2 and Icarus Verilog: python accelerator_cocotb.py
"""

from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

HERE = Path(__file__).resolve().parent
TOP = "accelerator"
INPUTS = """
s_axis_tdata
s_axis_tvalid
s_axis_tlast
m_axis_tready
""".split()


def words(name):
    """The words of a hex file, a line each."""
    return [int(line, 16) for line in (HERE / f"{TOP}_tb_{name}.hex").read_text().split()]


async def send(dut, beats):
    """Offer (data, last), one after the other; each stays until it is taken."""
    for data, last in beats:
        dut.s_axis_tdata.value, dut.s_axis_tlast.value, dut.s_axis_tvalid.value = data, last, 1
        await RisingEdge(dut.clk)
        while not dut.s_axis_tready.value:
            await RisingEdge(dut.clk)
    dut.s_axis_tvalid.value = 0


async def start(dut):
    """Clock, and a reset of one cycle; whatever is not used is 0."""
    for name in INPUTS:
        getattr(dut, name).value = 0
    Clock(dut.clk, 10, unit="ns").start()
    dut.rst.value = 1
    await RisingEdge(dut.clk)
    dut.rst.value = 0


@cocotb.test(timeout_time=100, timeout_unit="ms")
async def known_results(dut):
    await start(dut)
    beats, expected = words("frames"), words("results")
    size = len(beats) // len(expected)
    frames = [(data, number % size == size - 1) for number, data in enumerate(beats)]
    cocotb.start_soon(send(dut, frames))
    dut.m_axis_tready.value = 1
    for number, right in enumerate(expected):
        await RisingEdge(dut.clk)
        while not dut.m_axis_tvalid.value:
            await RisingEdge(dut.clk)
        found = int(dut.m_axis_tdata.value)
        assert found == right, f"image {number}: {found:08x}, expected {right:08x}"


if __name__ == "__main__":
    import sys
    import tempfile

    from cocotb_tools.runner import get_results, get_runner

    runner = get_runner("icarus")
    with tempfile.TemporaryDirectory() as build:
        runner.build(sources=[HERE / name for name in (HERE / "filelist.f").read_text().split()], hdl_toplevel=TOP,
                     build_args=["-g2005", f'-DFIRST_SPIKE_HEX="{HERE}/"'], build_dir=build)
        sys.exit(get_results(runner.test(hdl_toplevel=TOP, test_module=Path(__file__).stem, test_dir=build,
                                         extra_env={"PYTHONDONTWRITEBYTECODE": "1"}))[1])
