"""The words of weights that are counted are those that the Verilog wants of its memories, in Icarus."""

import re
import subprocess
from dataclasses import replace

import numpy as np
import pytest

import first_spike as fs
from first_spike.golden.contract.network import Layer
from tb.helpers.random_networks import worded_network

COUNTER = """integer reads = 0;
always @(posedge clk) if (read === 1'b1) reads = reads + 1;
final $display("READS {layer} %0d", reads);
endmodule"""


def reads(folder, layers):
    """Cycles in which each layer of the design in a folder reads weights, in its own testbench."""
    for layer in range(layers):
        file = folder / f"layer{layer}_weights.v"
        file.write_text(file.read_text().replace("endmodule", COUNTER.format(layer=layer)))
    files = [*(folder / "filelist.f").read_text().split(), "accelerator_tb.v"]
    subprocess.run(["iverilog", "-g2012", "-o", "tb.vvp", *dict.fromkeys(files)], cwd=folder, check=True)
    said = subprocess.run(["vvp", "tb.vvp"], cwd=folder, check=True, capture_output=True, text=True).stdout
    assert "PASS" in said, said
    return [int(count) for _, count in sorted(re.findall(r"READS (\d+) (\d+)", said))]


@pytest.mark.thorough
@pytest.mark.parametrize("text, options, silent", [
    pytest.param("dense 6, dense 4", dict(lanes=(4, 2)), True, marks=pytest.mark.thorough),
    ("dense 6, dense 4", dict(lanes=(4, 2)), False),
    pytest.param("conv 3 3x3 pool 2x2, dense 4", dict(lanes=(2, 4)), True, marks=pytest.mark.thorough),
    ("conv 3 3x3 stride 1x2, dense 4", dict(lanes=(2, 4), taps=("row", 1)), True)])
def test_the_hardware_reads_what_is_counted(tmp_path, text, options, silent):
    """Where no output fires nothing is dropped, and it reads just these; else it may have worked ahead."""
    network = worded_network(np.random.default_rng(2), text, (6, 6), (4, 4), 8)
    last = network.layers[-1]
    if silent:
        thresholds = np.full(last.neurons, 30_000, np.int32)
        network = replace(network, layers=(*network.layers[:-1], Layer(last.weights, thresholds, 4)))
    design = fs.Design(network, pixels=1, spikes_per_cycle=1, **options)
    folder = fs.generate(design, tmp_path / "out")
    beats = (folder / "accelerator_tb_frames.hex").read_text().split()
    images = np.array([int(beat, 16) for beat in beats], np.uint8).reshape(-1, 6, 6)
    counted = [2 * len(images) * layer["weight_words"]["mean"] for layer in fs.metrics(design, images)["layers"]]
    found = reads(folder, len(counted))  # the testbench sends its images twice
    assert min(counted) > 0
    if silent:
        assert found == counted
    else:
        assert all(real >= least for real, least in zip(found, counted))
