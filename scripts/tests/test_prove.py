"""What `make prove` is about to do: which claims, and with which faults; nothing is proved here."""

import pytest

from golden.errors import UserError
from scripts.proofs.claims import CLAIMS
from scripts.proofs.runs import PROPERTIES, verilog_of
from scripts.prove import chosen_claims

NAMES = [claim.name for claim in CLAIMS]


def test_quick_claims_are_proved_unless_others_are_asked_for():
    deep = [claim.name for claim in CLAIMS if claim.deep]
    assert deep and [claim.name for claim in chosen_claims([], False)] == [name for name in NAMES if name not in deep]
    assert chosen_claims([], True) == CLAIMS
    assert [claim.name for claim in chosen_claims([deep[0]], False)] == [deep[0]]
    with pytest.raises(UserError, match="no claim is called 'nothing'"):
        chosen_claims(["nothing"], False)


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
