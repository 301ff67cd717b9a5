"""Toggles of a netlist: a waveform by hand, nets with several names, and gates of a small design."""

import json

import pytest

from first_spike.commands import netlist
from first_spike.golden.errors import UserError
from first_spike.synthesis.activity import BUSY, IDLE, Nets, Window, activity_table, read_windows
from tb.helpers.process import assert_refused, command  # noqa: F401

# recorder.cycle, two nets and one of another scope; a cycle is 10 ps
WAVES = """$timescale 1ps $end
$scope module TOP $end
$scope module recorder $end
$var wire 32 ! cycle [31:0] $end
$scope module dut $end
$var wire 1 # n7_ $end
$var wire 1 $ n12_ $end
$scope module inside $end
$var wire 1 % n7_ $end
$upscope $end
$upscope $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
b00000000000000000000000000000000 !
0#
0$
0%
#10
b00000000000000000000000000000001 !
1#
#15
0#
#20
b00000000000000000000000000000010 !
1$
1#
1%
#30
b00000000000000000000000000000011 !
0#
#40
b00000000000000000000000000000100 !
#50
b00000000000000000000000000000101 !
0$
"""


def test_toggles_and_times_of_each_window(tmp_path):
    (tmp_path / "waves.vcd").write_text(WAVES)
    found = read_windows(tmp_path / "waves.vcd", {IDLE: (3, 5), BUSY: (1, 3)})
    assert found == {BUSY: Window(2, 20, {7: 3, 12: 1}, {7: 15, 12: 10}), IDLE: Window(2, 20, {7: 1}, {7: 0, 12: 20})}
    with pytest.raises(UserError, match="waves.vcd ends before cycle 6"):
        read_windows(tmp_path / "waves.vcd", {BUSY: (1, 3), IDLE: (3, 6)})


def pin(way, *bits):
    return way, list(bits)


def cell(kind, **pins):
    return {"type": kind, "attributes": {}, "port_directions": {name: way for name, (way, _) in pins.items()},
            "connections": {name: bits for name, (_, bits) in pins.items()}}


@pytest.fixture
def nets(tmp_path):
    """clk drives lane[0].sum[1:0] by way of a register in an instance; sum[1] is also the output of the top."""
    scope = {"type": "$scopeinfo", "attributes": {"module": "lane"}}
    cells = {"lane[0]": scope, "lane[0].sum_FF_Q": cell("FF", C=pin("input", 2), Q=pin("output", 3, 4)),
             "out_LUT4_Z": cell("LUT4", A=pin("input", 3, "0"), Z=pin("output", 5))}
    names = {"clk": {"bits": [2]}, "lane[0].clk": {"bits": [2]}, "lane[0].sum": {"bits": [3, 4], "offset": 1},
             "out": {"bits": [5]}}
    ports = {"clk": {"direction": "input", "bits": [2]}, "out": {"direction": "output", "bits": [5]}}
    (tmp_path / "net.json").write_text(json.dumps({"modules": {"accelerator": {
        "ports": ports, "cells": cells, "netnames": names}}}))
    return Nets(tmp_path / "net.json")


WINDOWS = {BUSY: Window(10, 100, {2: 20, 3: 4, 5: 2}, {2: 50, 3: 30}), IDLE: Window(5, 50, {2: 10}, {2: 25})}


def test_a_net_counts_once_for_the_module_that_drives_it(nets):
    report = nets.activity(WINDOWS, 2)
    assert report["nets"] == 4 and report["toggles_an_image"] == 13 and report["toggles_an_idle_cycle"] == 2
    assert {name: (part["nets"], part["toggles_an_image"]) for name, part in report["modules"].items()} == {
        "ports": (1, 10), "lane": (2, 2), "accelerator": (1, 1)}
    assert {name: part["nets"] for name, part in report["parts"].items()} == {"accelerator": 2, "lane[0]": 2}
    content = {"modules": {"accelerator": {"netnames": None}}}
    nets.rename(content)
    assert {name: net["bits"] for name, net in content["modules"]["accelerator"]["netnames"].items()} == {
        "n2_": [2], "n3_": [3], "n4_": [4], "n5_": [5]}
    assert activity_table("toggles", report).row_count == 2 + 3 + 1


def test_saif_has_all_names_in_their_instances(nets, tmp_path):
    nets.write_saif(tmp_path / "a.saif", WINDOWS[BUSY])
    assert (tmp_path / "a.saif").read_text().splitlines()[6:] == [
        "(DURATION 100)", "(INSTANCE accelerator", "(NET",
        "(clk (T0 50) (T1 50) (TX 0) (TC 20) (IG 0))", "(out (T0 100) (T1 0) (TX 0) (TC 2) (IG 0))", ")",
        "(INSTANCE lane\\[0\\]", "(NET", "(clk (T0 50) (T1 50) (TX 0) (TC 20) (IG 0))",
        "(sum\\[1\\] (T0 70) (T1 30) (TX 0) (TC 4) (IG 0))", "(sum\\[2\\] (T0 100) (T1 0) (TX 0) (TC 0) (IG 0))",
        ")", ")", ")", ")"]


def test_spram_wants_its_family(command, tmp_path):  # noqa: F811
    assert_refused(command(netlist, "--lanes", 8, 2, "--pixels", 1, "--spikes-per-cycle", 1, "--weights", "loadable",
                           "--weight-memory", "spram", "--data", "samples", "--build", tmp_path / "build"),
                   "only an iCE40 has SPRAM: choose --target ice40 or --weight-memory block")
