"""The ports of a processor, and that the files of its list are a whole design."""

import re
import subprocess

import pytest

from first_spike.commands import generate
from tb.helpers.process import command  # noqa: F401

LIMITS = {"lanes": 8, "weight-words": 64, "inputs": 16, "steps": 4, "neurons": 16, "words": 4, "layers": 2, "pixels": 4}
CLOCKED = {"clk": ("input", 1), "rst": ("input", 1)}
PORT = re.compile(r"^ +(input|output) +wire +(?:\[(\d+):0\])? *(\w+)", re.MULTILINE)


def stream(name, given, taken, width):
    """{port: (direction, width)} of a stream whose data are `given`."""
    return {f"{name}_tdata": (given, width), f"{name}_tvalid": (given, 1), f"{name}_tready": (taken, 1),
            f"{name}_tlast": (given, 1)}


STREAMS = stream("s_axis", "input", "output", 32) | stream("m_axis", "output", "input", 32)
BUS = {"awaddr": 12, "awprot": 3, "awvalid": 1, "wdata": 32, "wstrb": 4, "wvalid": 1, "bready": 1, "araddr": 12,
       "arprot": 3, "arvalid": 1, "rready": 1}
ANSWERS = {"awready": 1, "wready": 1, "bresp": 2, "bvalid": 1, "arready": 1, "rdata": 32, "rresp": 2, "rvalid": 1}
PORTS = {
    "processor": CLOCKED | STREAMS | stream("s_load", "input", "output", 32) | {
        "present": ("output", 1), "error": ("output", 3)},
    "processor_axi": CLOCKED | STREAMS | {f"s_axil_{name}": ("input", width) for name, width in BUS.items()} | {
        f"s_axil_{name}": ("output", width) for name, width in ANSWERS.items()} | {"irq": ("output", 1)}}


@pytest.mark.thorough
@pytest.mark.parametrize("top", PORTS)
def test_a_processor_has_its_ports_and_all_of_its_modules(top, command, tmp_path):  # noqa: F811
    options = [text for name, value in LIMITS.items() for text in (f"--{name}", value)]
    done = command(generate, "--top", top, *options, "--out", tmp_path / "design")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "design" / f"{top}.v").read_text()
    head = text[text.index(f"module {top}"):text.index(");")]
    assert {name: (way, int(high or 0) + 1) for way, high, name in PORT.findall(head)} == PORTS[top]
    done = subprocess.run(["iverilog", "-g2005", "-Wall", "-s", top, "-f", "filelist.f", "-o", str(tmp_path / "whole")],
                          cwd=tmp_path / "design", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
