"""The weight memory in Verilog, without cocotb: its words, its files from any folder, and an end without them."""

import shutil
import subprocess

import numpy as np
import pytest
from myhdl import Signal, intbv

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.layer.weight_memory import weight_file, weight_memory
from tb.scenarios.small_designs import write_block

LATENCY = {"in LUTs": 1, "in block RAM": 3, "in slices": 3, "in full slices": 3}
SHAPES = {  # words, lanes; of 4 bits
    "in LUTs": (SHALLOW_WORDS, 5),
    "in block RAM": (600, 11),
    "in slices": (600, 11),  # of four lanes, as the block RAM that is 600 words deep
    "in full slices": (600, 9),  # of its 18 bits, which cut a weight in two
}
READER = """\
`timescale 1ns/1ps
module reader;
reg clk = 0;
reg [9:0] address = 0;
wire [{top}:0] weights;
integer n;
weight_memory memory (.clk(clk), .read(1'b1), .address(address), .weights(weights));
initial begin
    for (n = 0; n < {words} + {latency} - 1; n = n + 1) begin
        address = n;
        #5 clk = 1;
        #1 if (n >= {latency} - 1) $display("%0h", weights);
        #4 clk = 0;
    end
    $finish;
end
endmodule
"""


def contents_of(name):
    """The words of a memory, lane 0 in the lowest bits."""
    words, lanes = SHAPES[name]
    digits = np.random.default_rng(words).integers(0, 16, (words, lanes))
    return tuple(sum(int(digit) << 4 * lane for lane, digit in enumerate(row)) for row in digits)


def make(name):
    """The block and its arguments."""
    words, lanes = SHAPES[name]
    file = weight_file("words", contents_of(name), 4, lanes, sliced="slices" in name, whole="full" not in name)
    assert file.widths == {"in slices": (16, 16, 12), "in full slices": (18, 18)}.get(name, (4 * lanes,))
    ports = dict(clk=Signal(bool(0)), read=Signal(bool(0)), address=Signal(intbv(0)[10:]),
                 weights=Signal(intbv(0)[4 * lanes:]))
    return weight_memory, dict(ports, hex_file=file, weight_bits=4, lanes=lanes)


def build(simulator, name, folder, options=()):
    """Compile a memory that stands in `folder` with a module that reads it; returns the command that runs it."""
    words, lanes = SHAPES[name]
    (folder / "reader.v").write_text(READER.format(words=words, top=4 * lanes - 1, latency=LATENCY[name]))
    sources = [str(folder / "reader.v"), str(folder / "weight_memory.v")]
    if simulator == "icarus":
        compiler, program = ["iverilog", "-g2005", "-o", str(folder / "program")], ["vvp", str(folder / "program")]
    else:
        compiler = ["verilator", "--binary", "--timing", "-Wno-fatal", "--top-module", "reader", "--Mdir",
                    str(folder / "obj")]
        program = [str(folder / "obj" / "Vreader")]
    subprocess.run([*compiler, *options, *sources], check=True, capture_output=True, timeout=300)
    return program


def run(program, folder):
    """(exit status, words that were read, all that was said)."""
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    return done.returncode, [int(line, 16) for line in lines if line.isalnum()], done.stdout + done.stderr


def elsewhere(tmp_path):
    folder = tmp_path / "else where"
    folder.mkdir()
    return folder


def design(tmp_path, name):
    folder = tmp_path / "design"
    folder.mkdir()
    write_block(folder, make, {"name": name})
    return folder


@pytest.mark.long
@pytest.mark.parametrize("name", SHAPES)
def test_words_come_from_the_files_and_without_one_or_its_last_word_the_simulation_fails(simulator, tmp_path, name):
    folder = design(tmp_path, name)
    program = build(simulator, name, folder)
    status, words, _ = run(program, folder)
    assert (status, words) == (0, list(contents_of(name)))
    files = sorted(path.name for path in folder.glob("*.hex"))
    lines = (folder / files[-1]).read_text().splitlines(keepends=True)
    (folder / files[-1]).write_text("".join(lines[:-1]))
    status, words, messages = run(program, folder)
    assert status != 0 and words == []
    assert f"{files[-1]} holds {len(lines) - 1} words, expected {len(lines)}" in messages
    (folder / files[-1]).unlink()
    status, words, messages = run(program, folder)
    assert status != 0 and words == []
    assert f"cannot read the weights {files[-1]}" in messages


@pytest.mark.thorough
def test_a_macro_finds_the_files_from_any_folder(simulator, tmp_path):
    folder = design(tmp_path, "in slices")
    program = build(simulator, "in slices", folder, [f'-DFIRST_SPIKE_HEX="{folder}/"'])
    status, words, _ = run(program, elsewhere(tmp_path))
    assert (status, words) == (0, list(contents_of("in slices")))


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("yosys") is None, reason="yosys is not installed")
def test_yosys_takes_the_macro(tmp_path):
    folder = design(tmp_path, "in slices")

    def read(option):
        return subprocess.run(["yosys", "-q", "-p", f'read_verilog {option} "{folder}/weight_memory.v"; proc; memory '
                               "-nomap; select -assert-count 3 t:$mem*"],
                              cwd=elsewhere(tmp_path), capture_output=True, text=True, timeout=60)

    assert read(f'-DFIRST_SPIKE_HEX="{folder}/"').returncode == 0
