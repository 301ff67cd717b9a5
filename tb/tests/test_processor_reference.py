"""What the claims about whole processors compare with: the load that the packer makes, inference, the cycle model."""

import subprocess
from itertools import product

import numpy as np
import pytest

from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import predict
from first_spike.rtl_model.shape.processor_load import payload_words
from tb.formal.claims import CLAIMS
from tb.formal.processor_claims import LOADED
from tb.formal.runs import PROPERTIES

WHOLE = [claim for claim in CLAIMS if claim.property == "processor_whole.sv"]
TIMES = (0, 1, 100, 127, 128, 200, 255)  # pixels
STUB = """module processor (
    input clk, input rst, input [31:0] s_load_tdata, input s_load_tvalid, input s_load_tlast, input [7:0] s_axis_tdata,
    input s_axis_tvalid, output s_axis_tready, input s_axis_tlast, output [31:0] m_axis_tdata, output m_axis_tvalid,
    input m_axis_tready, output m_axis_tlast);
endmodule
"""


def random_network(rng, defines):
    """A Network, one of those that the proof is about, half of its numbers the most lively."""
    many, most = 1 << defines["WEIGHT_BITS"], 1 << defines["THRESHOLD_BITS"]
    weights = rng.integers(0, 2 * many, (2, 2, 2)).clip(None, many - 1).astype(np.int8) - defines["LEAST"]
    threshold, *thresholds = rng.integers(1 - most, most + 1, 3).clip(1).astype(np.int32)
    layers = [Layer(weights[0], np.array(thresholds), 4), Layer(weights[1], np.full(2, threshold), 4)]
    return Network(LOADED.steps, (1, 2), layers, ["a", "b"], "random")


def codes(values, bits):
    """Numbers [rows, n] as one, each of so many bits, two places a row, the first lowest."""
    return sum(int(value) << bits * (2 * row + column) for (row, column), value in np.ndenumerate(values))


def commands(network, defines, images):
    """Verilog that makes the constants of the proof those of a Network, and shows its payload and results."""
    first, second = network.layers
    weight_bits, threshold_bits = defines["WEIGHT_BITS"], defines["THRESHOLD_BITS"]
    constants = {
        "first_codes": codes(first.weights + defines["LEAST"], weight_bits),
        "last_codes": codes(second.weights + defines["LEAST"], weight_bits),
        "thresholds_1": codes(first.thresholds[None] - 1, threshold_bits),
        "threshold_1": int(second.thresholds[0]) - 1}
    lines = [f"force proof.{name} = {value};" for name, value in constants.items()]
    lines += ["#1 for (k = 0; k < proof.WORDS; k = k + 1) $display(\"%0d\", proof.payload[32 * k +: 32]);"]
    lines += [f"$display(\"%0d\", proof.result({int.from_bytes(image.tobytes(), 'little')}));" for image in images]
    return lines


@pytest.mark.parametrize("claim", WHOLE, ids=[claim.name for claim in WHOLE])
def test_the_proof_loads_what_the_packer_makes_and_expects_what_inference_gives(claim, tmp_path):
    rng, lines, wanted, seen = np.random.default_rng(1), [], [], set()
    for network in (random_network(rng, claim.defines) for _ in range(48)):
        images = np.array(list(product(TIMES, repeat=network.inputs)), np.uint8)
        found = infer(network, images)
        results = pack(found.classes, found.decision_time, found.silent, found.tie)
        wanted += [*payload_words(network, LOADED).tolist(), *results.tolist()]
        seen.update(results.tolist())
        lines += commands(network, claim.defines, images)
    assert len(seen) > 8
    files = {"bench.v": "module bench; integer k; proof proof(1'b0); initial begin\n" + "\n".join(lines) + "\nend\n"
                        "endmodule\n", "processor.v": STUB, claim.property: (PROPERTIES / claim.property).read_text()}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    macros = [f"-D{name}={value}" for name, value in claim.defines.items()]
    for command in (["iverilog", "-g2012", *macros, "-o", "bench", *files], ["vvp", "-n", "bench"]):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
    assert [int(line) for line in done.stdout.split()] == wanted


@pytest.mark.parametrize("claim", WHOLE, ids=[claim.name for claim in WHOLE])
def test_no_image_of_a_processor_takes_longer_than_is_claimed(claim):
    """By the cycle model, which knows no more than who spikes when; else a proof that takes long fails at its end."""
    rng, cycles = np.random.default_rng(2), {}
    for network in (random_network(rng, claim.defines) for _ in range(800)):
        images = np.array(list(product((0, 1, 255), repeat=network.inputs)), np.uint8)
        found = infer(network, images)
        for number, image in enumerate(images.reshape(-1, 1, *network.image_shape)):
            known = (number, *found.spike_times[0][number], found.decision_time[number])
            if known not in cycles:
                taken = predict(network, LOADED, image, infer(network, image)).valid[0]
                cycles[known] = int(taken) - network.inputs  # from the last beat on
    assert max(cycles.values()) == claim.defines["LATEST"]
