"""Block RAM of a netlist turned into what simulators take, and the command that simulates netlists refusing what cannot
be."""

import pytest

from first_spike.commands import netlist
from first_spike.golden.errors import UserError
from first_spike.synthesis.yosys import block_ram
from tb.helpers.process import assert_refused, command  # noqa: F401


def cell(**changes):
    """A DP16KD with content 0, 1, 2 ... in its words, 9 bits at side A and 18 at side B, registers behind side B."""
    pins = {**{f"AD{side}{n}": [100 + n] for side in "AB" for n in range(14)},
            **{f"{way}{side}{n}": [200 + n] for way in ("DI", "DO")
            for side in "AB" for n in range(18)}, **{f"{pin}{side}": [2] for pin in ("CLK", "CE", "OCE", "WE")
                                                     for side in "AB"},
            **{f"RST{side}": ["0"] for side in "AB"}, **{f"CS{side}{n}": ["0"] for side in "AB" for n in range(3)}}
    rows = {f"INITVAL_{row:02X}": f"{sum((16 * row + n) << 20 * n for n in range(16)):0320b}" for row in range(64)}
    parameters = {"DATA_WIDTH_A": f"{9:032b}", "DATA_WIDTH_B": f"{18:032b}", "REGMODE_A": "NOREG",
                  "REGMODE_B": "OUTREG", **rows}
    return {"type": "DP16KD", "connections": pins | changes.get("connections", {}),
            "parameters": parameters | changes.get("parameters", {})}


def test_block_ram_keeps_content_ports_and_registers():
    found = block_ram("memory", cell())
    content = int(found["parameters"].pop("CONTENT"), 2)
    assert [content >> 18 * n & 0x3FFFF for n in range(1024)] == list(range(1024))
    assert {name: int(value, 2) for name, value in found["parameters"].items()} == {
        "WIDTH_A": 9, "WIDTH_B": 18, "REGISTER_A": 0, "REGISTER_B": 1}
    assert found["connections"]["ADA"] == [100 + n for n in range(14)]
    assert found["connections"]["DOB"] == [200 + n for n in range(18)]
    assert [pin for pin, way in found["port_directions"].items() if way == "output"] == ["DOA", "DOB"]


@pytest.mark.parametrize("changes, named", [
    ({"connections": {"RSTB": [7]}}, r"RSTB = \[7\]"), ({"connections": {"CSA1": ["1"]}}, r"CSA1 = \['1'\]"),
    ({"parameters": {"WRITEMODE_A": "WRITETHROUGH"}}, "WRITEMODE_A = WRITETHROUGH")])
def test_what_the_model_does_not_know_is_refused(changes, named):
    with pytest.raises(UserError, match=f"block RAM memory has {named}, which block_ram.v does not model"):
        block_ram("memory", cell(**changes))


@pytest.mark.parametrize("arguments, words", [
    (["--data", "samples", "--count", "501"], "samples holds 500 images: choose --count 500 or fewer"),
    (["--lanes", "0"], "lanes")])
def test_bad_options(command, tmp_path, arguments, words):  # noqa: F811
    assert_refused(command(netlist, "--build", tmp_path / "build", *arguments), words)
