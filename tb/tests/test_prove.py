"""What `make prove` is about to do: which claims, and with which faults; nothing is proved here."""

from itertools import product

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency
from tb.formal.claims import CLAIMS
from tb.formal.command import chosen_claims
from tb.formal.designs import small_network, tiny_network
from tb.formal.runs import PROPERTIES, verilog_of

NAMES = [claim.name for claim in CLAIMS]


def test_quick_claims_are_proved_unless_others_are_asked_for():
    deep = [claim.name for claim in CLAIMS if claim.deep]
    assert deep and [claim.name for claim in chosen_claims([], False)] == [name for name in NAMES if name not in deep]
    assert [claim.name for claim in chosen_claims([], True)] == deep
    assert [claim.name for claim in chosen_claims([deep[0]], False)] == [deep[0]]
    with pytest.raises(UserError, match="no claim is called 'nothing'"):
        chosen_claims(["nothing"], False)
    with pytest.raises(UserError, match="--deep chooses the claims: leave it out where claims are named"):
        chosen_claims([deep[0]], True)


def test_names_are_unique_and_every_file_is_used():
    assert len(set(NAMES)) == len(NAMES)
    used = {file for claim in CLAIMS for file in (claim.property, *claim.rules, *claim.inside.values(),
                                                  *claim.instead.values())}
    assert used == {path.name for path in PROPERTIES.iterdir()}
    assert all(claim.faults for claim in CLAIMS)


def test_a_fault_that_is_not_in_the_verilog_is_refused():
    claim = next(claim for claim in CLAIMS if claim.name == "queue_2")
    text = "// depth = 2: entries\nmodule queue ();\nentries[tail] <= entry;\nendmodule\n"
    made = verilog_of(claim, claim.faults[0], "queue.v", text)
    assert "entries[read] <= entry" in made and "read + ahead >= 2 ?" in made
    assert "entries[tail] <= entry" in verilog_of(claim, None, "queue.v", text)
    with pytest.raises(UserError, match="stands 0 times in queue.v"):
        verilog_of(claim, claim.faults[0], "queue.v", "endmodule")


@pytest.mark.parametrize("name, network", [("whole", tiny_network()), ("whole_two_ways", tiny_network()),
                                           ("whole_small", small_network())])
def test_no_image_takes_longer_than_is_claimed(name, network):
    """From its last beat on, by the cycle model, whatever its pixels; else a proof that takes long fails at its end."""
    defines = next(claim for claim in CLAIMS if claim.name == name).defines
    pixels = [0, *(255 - 256 // network.steps * step for step in range(network.steps))]
    images = np.array(list(product(pixels, repeat=network.inputs)), np.uint8).reshape(-1, *network.image_shape)
    design = Design(network, Configuration((), defines["WAYS"], 1, 1))
    longest = latency(design, images, infer(network, images)).max()
    assert longest - 1 <= defines["LATEST"] < longest + 4


def test_the_reference_has_the_weights_of_the_network():
    claim = next(claim for claim in CLAIMS if claim.name == "whole")
    assert claim.defines["HIDDEN_WEIGHTS"] == f"16'd{0xE033}"  # 3, 3, 0, -2: four bits each, the first lowest
