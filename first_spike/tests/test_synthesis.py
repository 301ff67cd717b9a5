"""Reports of yosys and nextpnr read from small made-up files, programs that are missing, fail or hang, designs that do
not fit."""

import json
from types import SimpleNamespace

import pytest

from first_spike.commands import synth
from first_spike.golden.errors import UserError
from first_spike.synthesis.targets import TARGETS, find_target, misfit, require_memory
from first_spike.synthesis.toolchains import describe_path, name_cell, place_and_route, run_program, summarize
from first_spike.synthesis.yosys import absorb_output_registers, count_cells
from first_spike.tests.programs import program, tools  # noqa: F401
from tb.helpers.process import assert_refused, command  # noqa: F401


def scope(module):
    return {"type": "$scopeinfo", "attributes": {"module": module}}


def netlist(path, cells):
    path.write_text(json.dumps({"modules": {"accelerator": {"cells": cells}}}))
    return path


def test_cells_count_for_the_module_of_their_name(tmp_path):
    found = count_cells(netlist(tmp_path / "n.json", {
        "encoder": scope("spike_encoder"),
        "encoder.bank[0].encoder_bank": scope("encoder_bank"),
        "encoder.bank[1].encoder_bank": scope("encoder_bank"),
        "encoder.bank[0].encoder_bank.ready_LUT4_Z": {"type": "LUT4"},
        "encoder.bank[1].encoder_bank.ready_LUT4_Z_1": {"type": "LUT4"},
        "encoder.bank[1].encoder_bank.entries.0.0": {"type": "TRELLIS_DPR16X4"},
        "encoder.step_CCU2C_S0": {"type": "CCU2C"},
        "m_axis_tvalid_LUT4_Z": {"type": "LUT4"},
        "encoder.words.0.0": {"type": "DP16KD"},
        "way_0": {"type": "$scopeinfo", "attributes": {"module": "$paramod\\weights\\FILE=t8'01100001",
                                                       "module_hdlname": "weights"}},
        "way_0.rom_0.0.0": {"type": "DP16KD"},
        "encoder.step_TRELLIS_FF_Q": {"type": "TRELLIS_FF"},
        "$PACKER_GND": {"type": "GND"},
    }), TARGETS["ecp5"])
    assert found["modules"]["encoder_bank"] == {"instances": 2, "logic": 8, "lut": 2, "carry": 0, "ff": 0, "lutram": 1,
                                                "bram": 0}
    assert found["modules"]["spike_encoder"] == {"instances": 1, "logic": 2, "lut": 0, "carry": 1, "ff": 1, "lutram": 0,
                                                 "bram": 1}
    assert found["modules"]["accelerator"]["logic"] == 1
    # as nextpnr counts: a LUT, two for a carry, six for a distributed RAM
    assert found["total"] == {"logic": 3 + 2 + 6, "lut": 3, "carry": 1, "ff": 1, "lutram": 1, "bram": 2}
    assert found["modules"]["weights"]["bram"] == 1


def test_7_series_and_ice40_units(tmp_path):
    cells = {"a": {"type": "RAM32M"}, "b": {"type": "RAMB36E1"}, "c": {"type": "RAMB18E1"}, "d": {"type": "LUT6"},
             "e": {"type": "INV"}, "f": {"type": "SB_DFFESR"}, "g": {"type": "SB_LUT4"}, "h": {"type": "SB_RAM40_4KNR"}}
    path = netlist(tmp_path / "n.json", cells)
    assert count_cells(path, TARGETS["xc7"])["total"] == {"logic": 6, "lut": 2, "carry": 0, "ff": 0, "lutram": 4,
                                                          "bram": 3}
    assert count_cells(path, TARGETS["ice40"])["total"] == {"logic": 1, "lut": 1, "carry": 0, "ff": 1, "lutram": 0,
                                                            "bram": 1}


@pytest.mark.parametrize("text", ["", "{", "[]", "{\"modules\": {}}"])
def test_a_file_that_is_no_netlist(tmp_path, text):
    (tmp_path / "n.json").write_text(text)
    with pytest.raises(UserError, match="no netlist of yosys"):
        count_cells(tmp_path / "n.json", TARGETS["ecp5"])
    with pytest.raises(UserError, match="no netlist of yosys"):
        absorb_output_registers(tmp_path / "n.json")


def register(d, q, **changes):
    return {"type": "TRELLIS_FF", "parameters": {"CEMUX": "1 ", "CLKMUX": "CLK", "LSRMUX": "LSR", "REGSET": "RESET"}
            | changes.pop("parameters", {}), "port_directions": {"CLK": "input", "DI": "input", "LSR": "input",
                                                                 "CE": "input", "Q": "output"},
            "connections": {"CLK": [2], "DI": [d], "LSR": ["0"], "Q": [q]} | changes}


def memory_with(registers, outputs=(), width=18, clock_a=2):
    """A netlist of a block RAM whose outputs are bits 10, 11 and 12, the last without a reader, and `registers`."""
    memory = {"type": "DP16KD", "parameters": {"REGMODE_A": "NOREG", "REGMODE_B": "NOREG",
                                               "DATA_WIDTH_B": f"{width:032b}"},
              "port_directions": {"CLKA": "input", "CLKB": "input", "OCEA": "input", "OCEB": "input", "DOA0": "output",
                                  "DOB0": "output", "DOB1": "output"},
              "connections": {"CLKA": [clock_a], "CLKB": [2], "OCEA": ["0"], "OCEB": ["0"], "DOA0": [10], "DOB0": [11],
                              "DOB1": [12]}}
    return {"modules": {"accelerator": {"ports": {"out": {"bits": list(outputs)}},
                                        "cells": {"memory": memory, **registers}}}}


def test_registers_behind_block_ram_move_into_it(tmp_path):
    path = tmp_path / "n.json"
    path.write_text(json.dumps(memory_with({"a": register(10, 20), "b": register(11, 21), "c": register(20, 30)},
                                           outputs=[30])))
    assert absorb_output_registers(path) == 2
    cells = json.loads(path.read_text())["modules"]["accelerator"]["cells"]
    assert set(cells) == {"memory", "c"}
    assert cells["memory"]["parameters"] == {"REGMODE_A": "OUTREG", "REGMODE_B": "OUTREG", "DATA_WIDTH_B": f"{18:032b}"}
    assert cells["memory"]["connections"] == {"CLKA": [2], "CLKB": [2], "OCEA": ["1"], "OCEB": ["1"], "DOA0": [20],
                                              "DOB0": [21], "DOB1": [12]}


def test_registers_with_one_clock_enable_move_with_it(tmp_path):
    path, enabled = tmp_path / "n.json", {"CE": [9], "parameters": {"CEMUX": "CE"}}
    path.write_text(json.dumps(memory_with({"a": register(10, 20, **enabled), "b": register(11, 21, **enabled)})))
    assert absorb_output_registers(path) == 2
    connections = json.loads(path.read_text())["modules"]["accelerator"]["cells"]["memory"]["connections"]
    assert connections["OCEA"] == connections["OCEB"] == [9]


@pytest.mark.parametrize("width, clock_a, absorbed", [(36, "0", 2), (36, 2, 2), (36, 5, 0), (18, "0", 0)])
def test_a_wide_word_needs_the_clock_at_both_sides(tmp_path, width, clock_a, absorbed):
    path = tmp_path / "n.json"
    path.write_text(json.dumps(memory_with({"a": register(10, 20), "b": register(11, 21)}, width=width,
                                           clock_a=clock_a)))
    assert absorb_output_registers(path) == absorbed
    memory = json.loads(path.read_text())["modules"]["accelerator"]["cells"]["memory"]
    assert memory["connections"]["CLKA"] == ([2] if absorbed else [clock_a])


@pytest.mark.parametrize("other", [
    register(11, 21, CLK=[3]), register(11, 21, LSR=[4]), register(11, 21, CE=[9], parameters={"CEMUX": "CE"}),
    register(11, 21, CE=[9], parameters={"CEMUX": "INV"}),
    register(11, 21, parameters={"REGSET": "SET"}), register(11, 21, parameters={"CLKMUX": "INV"}),
    {"type": "LUT4", "port_directions": {"A": "input", "Z": "output"}, "connections": {"A": [11], "Z": [21]}}])
def test_block_ram_keeps_what_is_not_a_plain_register_outside(tmp_path, other):
    path = tmp_path / "n.json"
    content = memory_with({"a": register(10, 20), "b": other})
    path.write_text(json.dumps(content))
    assert absorb_output_registers(path) == 0
    assert json.loads(path.read_text()) == content


@pytest.mark.parametrize("cells, outputs", [({"b": register(11, 21), "c": register(11, 22)}, []),
                                            ({"b": register(11, 21)}, [11])])
def test_an_output_with_two_readers_keeps_its_registers_outside(tmp_path, cells, outputs):
    path = tmp_path / "n.json"
    path.write_text(json.dumps(memory_with({"a": register(10, 20), **cells}, outputs)))
    assert absorb_output_registers(path) == 0


def step(kind, delay, cell, port, source=""):
    return {"type": kind, "delay": delay, "from": {"cell": source, "port": ""}, "to": {"cell": cell, "port": port}}


def report_with(path):
    return {"fmax": {"clk": {"achieved": 100.5, "constraint": 140}},
            "critical_paths": [{"from": "<async>", "to": "posedge clk", "path": [step("routing", 99.0, "x", "Y")]},
                               {"from": "posedge clk", "to": "posedge clk", "path": path}]}


def test_critical_path_in_words():
    found = describe_path(report_with([
        step("clk-to-q", 0.5, "layer0.lane[97].if_lane.now_TRELLIS_FF_Q", "Q"),
        step("routing", 2.0, "layer0.firing_LUT4_Z", "A"), step("logic", 0.2, "layer0.firing_LUT4_Z", "F"),
        step("routing", 1.0, "queue.push_PFUMX_Z", "M"), step("logic", 0.3, "queue.push_PFUMX_Z", "OFX"),
        step("setup", 0.0, "queue.count_TRELLIS_FF_Q_1", "CE")]))
    assert (found["from"], found["to"]) == ("layer0.lane[97].now", "clock enable of queue.count")
    assert found["stages"] == {"LUT": 1, "multiplexer": 1} and found["through"] == ["layer0", "queue"]
    assert found["words"] == ("from layer0.lane[97].now to clock enable of queue.count: 4.00 ns, 75% of it routing, "
                              "through 1 LUT and "
                              "1 multiplexer in layer0, queue")


@pytest.mark.parametrize("cell, name", [
    ("encoder.bank[3].encoder_bank.ready_TRELLIS_FF_Q_DI_LUT4_Z", "encoder.bank[3].ready"),
    ("layer0.way_0.rom_0.0.12", "layer0.way_0.rom_0"), ("a.entries.0.1$DPRAM_COMB3", "a.entries"),
    ("a.count_SB_DFFESR_Q_2", "a.count"), ("m_axis_tvalid", "m_axis_tvalid")])
def test_cells_are_called_after_their_register(cell, name):
    assert name_cell(cell) == name


def test_no_path_between_registers():
    assert describe_path({"critical_paths": []}) is None


def test_median_and_range_over_seeds():
    runs = [{"speed": 6, "seed": seed, "mhz": mhz, "path": {"words": str(seed)}} for seed,
            mhz in ((1, 90.0), (2, 130.0), (3, 100.0))]
    assert summarize(runs) == {"speed": 6, "seeds": [1, 2, 3], "mhz_median": 100.0, "mhz_min": 90.0, "mhz_max": 130.0,
                               "path": {"words": "3"}}


def test_failing_program_says_its_error_and_where_the_log_is(tools, tmp_path):  # noqa: F811
    program(tools, "nextpnr-ecp5", "echo 'Info: x'; echo 'ERROR: cell type FOO is unsupported.'; exit 3")
    with pytest.raises(UserError) as error:
        place_and_route("n.json", TARGETS["ecp5"], 6, 1, 140, tmp_path, 10)
    assert str(error.value) == (f"nextpnr-ecp5 failed (status 3): cell type FOO is unsupported; its messages are in "
                                f"{tmp_path / 'ecp5_6_1.log'}")


def test_program_without_a_report(tools, tmp_path):  # noqa: F811
    program(tools, "nextpnr-ecp5", "exit 0")
    with pytest.raises(UserError, match="nextpnr-ecp5 left no clock in its report"):
        place_and_route("n.json", TARGETS["ecp5"], 6, 1, 140, tmp_path, 10)


def test_clock_and_path_of_a_run(tools, tmp_path):  # noqa: F811
    (tmp_path / "made.json").write_text(json.dumps(report_with([step("setup", 0.0, "a_TRELLIS_FF_Q", "DI",
                                                                     "b_TRELLIS_FF_Q")])))
    program(tools, "nextpnr-ecp5", f'while [ "$1" != --report ]; do shift; done; cp {tmp_path}/made.json "$2"')
    found = place_and_route("n.json", TARGETS["ecp5"], 6, 7, 140, tmp_path, 10)
    assert (found["speed"], found["seed"], found["mhz"]) == (6, 7, 100.5)
    assert found["path"]["words"] == "from b to a: 0.00 ns, 0% of it routing, through no logic"


def test_program_that_takes_too_long(tools, tmp_path):  # noqa: F811
    program(tools, "yosys", "exec sleep 30")
    with pytest.raises(UserError,
                       match=r"yosys was stopped after 0\.1 s: allow more with --timeout; its messages are in"):
        run_program(["yosys"], tmp_path / "log", 0.1)


def test_missing_program(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError,
                       match=r"yosys is not installed \(not on the PATH\): `scripts/setup/tools.sh yosys` installs it"):
        run_program(["yosys"], tmp_path / "log", 1)


def test_unknown_target():
    with pytest.raises(UserError, match="target 'virtex' is unknown: choose ecp5, xc7 or ice40"):
        find_target("virtex")


def test_what_is_too_big_and_by_how_much():
    total = {"logic": 7681, "ff": 10, "bram": 98}
    assert misfit(TARGETS["ice40"],
                  total) == ("the design does not fit into the ice40 device HX8K: 7,681 LUTs where it has 7,680 (1 too "
                             "many) and 98 RAM of 4 kbit where it has 32 (66 too many)")
    assert misfit(TARGETS["ecp5"], total) is None


def test_weights_that_no_device_memory_holds():
    layer = SimpleNamespace(weights=SimpleNamespace(size=50_000), weight_bits=4)
    with pytest.raises(UserError) as error:
        require_memory(SimpleNamespace(layers=[layer]), TARGETS["ice40"])
    assert str(error.value) == ("the 200,000 bits of weights do not fit into the 131,072 bits of block RAM of the "
                                "ice40 device HX8K, 68,928 bits "
                                "too many: choose a network of at most 32,768 weights or TARGET=ecp5 or TARGET=xc7")
    require_memory(SimpleNamespace(layers=[layer]), TARGETS["ecp5"])


@pytest.mark.parametrize("arguments, sentence", [
    (["--target", "virtex"], "target 'virtex' is unknown"), (["--target", "ice40"], "bits of weights do not fit"),
    (["--lanes", "0"], "lanes must be positive"), (["--network", "none.npz"], "none.npz")])
def test_command_refuses_before_it_builds(command, tmp_path, arguments, sentence):  # noqa: F811
    assert_refused(command(synth, "--build", tmp_path / "build", *arguments, cwd=tmp_path), sentence)
    assert not (tmp_path / "build").exists()
