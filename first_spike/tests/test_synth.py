"""`first-spike synth`, `explore --synth` and scripts/check_area.py: what one program fails on costs nothing of the
rest, and what was measured is not measured again. The programs are made up."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from first_spike.command.places import DEFAULT_NETWORK
from first_spike.commands import explore, generate, netlist, synth
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.synthesis.targets import TARGETS
from first_spike.tests.programs import program, tools  # noqa: F401
from scripts import check_area
from tb.helpers.process import command  # noqa: F401
from tb.helpers.small_case import small_case

NETLIST = {"modules": {"accelerator": {"ports": {}, "cells": {"a": {"type": "LUT4"}, "b": {"type": "SB_LUT4"},
                                                              "c": {"type": "LUT6"}}}}}
REPORT = {"fmax": {"clk": {"achieved": 100.5}}, "critical_paths": []}
YOSYS = """[ "$1" = -V ] && echo "made-up $(cat version)" && exit
echo "$2" >> calls
FAIL
cp netlist.json "$(echo "$2" | sed 's/.*write_json "\\(.*\\)"/\\1/')"
"""
NEXTPNR = """[ "$1" = -V ] && echo made-up && exit
echo "$*" >> calls
FAIL
while [ "$1" != --report ]; do shift; done
cp report.json "$2"
"""


@pytest.fixture
def case(tmp_path, monkeypatch, tools):  # noqa: F811
    """A folder with the files of `small_case`, where `work(yosys, nextpnr)` sets the programs up to fail by these lines
    of shell, and `calls()` says how often one was called since."""
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    for name, content in (("netlist.json", json.dumps(NETLIST)), ("report.json", json.dumps(REPORT)), ("version", "1")):
        (tmp_path / name).write_text(content)

    def work(yosys="", nextpnr=""):
        (tmp_path / "calls").write_text("")
        program(tools, "yosys", f"cd {tmp_path}\n" + YOSYS.replace("FAIL", yosys))
        for name in ("nextpnr-ecp5", "nextpnr-ice40"):
            program(tools, name, f"cd {tmp_path}\n" + NEXTPNR.replace("FAIL", nextpnr))

    work()
    return work, lambda: len((tmp_path / "calls").read_text().splitlines())


def run_synth(command, *arguments):  # noqa: F811
    """(CompletedProcess, report) of a run with two seeds: yosys for three targets, nextpnr for three speeds."""
    done = command(synth, "--network", "network.npz", "--build", "work", "--seeds", 2, *arguments)
    return done, json.loads(open("work/report.json").read())


@pytest.mark.thorough
def test_one_program_fails_and_the_rest_stands(case, command):  # noqa: F811
    work, calls = case
    work(yosys='case "$2" in *synth_xilinx*) echo "ERROR: it is full."; exit 3;; esac',
         nextpnr='case "$*" in *"--speed 8"*"--seed 2"*) exec sleep 30;; esac')
    done, report = run_synth(command, "--timeout", 2)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 2
    assert "error: xc7: yosys failed (status 3): it is full; its messages are in " in done.stderr
    assert "error: ecp5 speed 8 seed 2: nextpnr-ecp5 was stopped after 2 s: allow more with --timeout" in done.stderr
    assert set(report["targets"]) == {"ecp5", "ice40"} and len(report["failed"]) == 2
    clocks = {name: [(clock["speed"], clock["seeds"], clock["mhz_median"]) for clock in entry["clock"]]
              for name, entry in report["targets"].items()}
    assert clocks == {"ecp5": [(6, [1, 2], 100.5), (8, [1], 100.5)], "ice40": [("hx", [1, 2], 100.5)]}
    assert "100.5" in done.stdout
    work()
    done, report = run_synth(command)
    assert done.returncode == 0 and report["failed"] == []
    assert calls() == 2  # xc7, and the seed that hung
    assert [clock["seeds"] for clock in report["targets"]["ecp5"]["clock"]] == [[1, 2], [1, 2]]


@pytest.mark.parametrize("accuracy, shown", [
    ({"dataset": "mnist", "accuracy": 0.985}, ["98.50%"]), ({"dataset": "mnist", "accuracy": "95%"}, ["–"]),
    *(({"dataset": named, "accuracy": 0.9}, [])
      for named in ("fashion", "mnist_rotated.npz", "MNIST-C.npz", "mnist (a folder)", None, ["mnist"])), ({}, [])])
def test_rows_for_the_rivals_only_of_mnist_whatever_the_file_says(accuracy, shown):
    network = replace(Network.load(DEFAULT_NETWORK), accuracy=accuracy)
    reports = {"a": {"device": "a", "total": {"logic": 1, "bram": 1}, "clock": [{"mhz_median": 1.0, "speed": 6}]}}
    assert [row["accuracy"] for row in synth.compare(Design(network), reports, False)] == shown


@pytest.mark.thorough
@pytest.mark.parametrize("change, again", [
    (lambda tmp_path: None, 0),
    (lambda tmp_path: (tmp_path / "version").write_text("2"), 3 + 6),  # another yosys
    (lambda tmp_path: [path.unlink() for path in tmp_path.glob("work/*/ice40.json")], 1)])  # a netlist that is gone
def test_what_is_kept(case, command, tmp_path, change, again):  # noqa: F811
    work, calls = case
    first = run_synth(command)
    assert first[0].returncode == 0 and calls() == 3 + 6
    change(tmp_path)
    work()
    second = run_synth(command)
    assert second[1] == first[1] and second[0].stdout == first[0].stdout and calls() == again


@pytest.mark.thorough
def test_other_options_are_measured(case, command):  # noqa: F811
    work, calls = case
    for options, count in (((), 9), (("--plain",), 9), (("--frequency", 50), 6), (("--lanes", 2), 9), ((), 0),
                           (("--top", "accelerator_axi"), 9), (("--top", "accelerator_axi"), 0)):
        work()
        assert run_synth(command, *options)[0].returncode == 0
        assert calls() == count, options


def test_a_design_without_modules_is_refused(case, command):  # noqa: F811
    assert command(generate, "--network", "network.npz", "--lanes", 2, "--out", "empty").returncode == 0
    Path("empty/filelist.f").write_text("")
    done = command(synth, "--network", "network.npz", "--design", "empty", "--target", "ecp5", "--seeds", 0)
    assert done.returncode == 1 and "is no design: its filelist.f names no module" in done.stderr


@pytest.mark.thorough
def test_a_design_says_itself_which_top_it_is(case, command):  # noqa: F811
    made = ("--network", "network.npz", "--lanes", 2, "--top", "accelerator_axi")
    assert command(generate, *made, "--name", "mine", "--out", "made").returncode == 0
    done, report = run_synth(command, "--design", "made", "--target", "ice40")
    assert done.returncode == 0, done.stderr
    assert (report["top"], report["output_registers"]) == ("accelerator_axi", False)


@pytest.mark.parametrize("module", [netlist, synth])
def test_what_is_for_ecp5_alone(command, module):  # noqa: F811
    done = command(module, "--target", "ice40", "--plain")
    assert done.returncode == 2 and "error: --plain is for ecp5: nothing is moved for others" in done.stderr


@pytest.mark.thorough
def test_a_design_that_does_not_fit(case, command, tmp_path):  # noqa: F811
    cells = {f"a{n}": {"type": "SB_LUT4"} for n in range(7681)}
    (tmp_path / "netlist.json").write_text(json.dumps({"modules": {"accelerator": {"ports": {}, "cells": cells}}}))
    done, report = run_synth(command)
    assert done.returncode == 0 and "does not fit into the ice40 device" in done.stdout
    assert report["targets"]["ice40"]["clock"] == [] and report["targets"]["ecp5"]["clock"]
    done, _ = run_synth(command, "--target", "ice40")
    assert done.returncode == 1 and "\nerror: the design does not fit into the ice40 device" in done.stderr


@pytest.mark.parametrize("name, words", [
    ("ecp5", "all: LUT + 2 carry + 6 LUT RAM (before packing), carry: CCU2C, "),
    ("xc7", "all: LUT + LUT RAM (before packing), carry: CARRY4, "),
    ("ice40", "all: LUT (before packing), carry: SB_CARRY, BRAM: RAM of 4 kbit")])
def test_the_caption_says_what_is_summed_up(name, words):
    assert synth.units(TARGETS[name]).startswith(words)


@pytest.mark.thorough
def test_a_board_says_whether_a_design_fits(case, command, tmp_path):  # noqa: F811
    done, report = run_synth(command, "--board", "i5")
    assert done.returncode == 0 and report["top"] == "accelerator_serial" and set(report["targets"]) == {"ecp5"}
    assert "the design fits onto i5, LFE5U-25F-6BG381C: 1 of 24,288 LUTs" in done.stdout
    for version, count in enumerate((24288, 24289)):
        lut = {f"a{n}": {"type": "LUT4"} for n in range(count)}
        (tmp_path / "netlist.json").write_text(json.dumps({"modules": {"accelerator": {"ports": {}, "cells": lut}}}))
        (tmp_path / "version").write_text(f"2{version}")
        done, _ = run_synth(command, "--board", "i5")
        assert done.returncode == version and ("too close to call" in done.stdout) == (count == 24288)
    assert ("error: the design does not fit onto i5, LFE5U-25F-6BG381C: 24,289 of 24,288 LUTs "
                                     "(1 too many)") in done.stderr


def run_explore(command):  # noqa: F811
    done = command(explore, "--network", "network.npz", "--images", "images.npy", "--lanes", 2, 4, "--pixels", 2,
                   "--spikes-per-cycle", 1, "--events-per-cycle", 1, "--synth", "--out", "work")
    return done, json.loads(open("work/report.json").read())


@pytest.mark.thorough
def test_explore_goes_on_from_what_was_measured(case, command):  # noqa: F811
    work, calls = case
    work(yosys='case "$PWD $2" in *lanes2-2*) exit 1;; esac')
    done, report = run_explore(command)
    assert done.returncode == 1 and "yosys failed (status 1)" in done.stderr and "lanes2-2_pixels2" in done.stderr
    assert sorted(point["measured"] is None for point in report["points"]) == [False, True]
    assert "error of the area model on 1 configurations" in done.stdout and len(report["failed"]) == 1
    work()
    done, report = run_explore(command)
    assert done.returncode == 0 and calls() == 1 and report["failed"] == []
    assert [point["measured"] for point in report["points"]] == [{"lut": 1, "bram": 0}] * 2


def test_the_designs_of_a_fit_are_not_counted(command):  # noqa: F811
    done = command(check_area, "--fit", "--count", 2)
    assert done.returncode == 2 and "argument --count: not allowed with argument --fit" in done.stderr


@pytest.mark.thorough
def test_the_area_model_is_checked_and_what_was_synthesized_stays(case, command):  # noqa: F811
    _, calls = case
    for _ in range(2):
        done = command(check_area, "--count", 2, "--build", "work")
        assert done.returncode == 1 and "2 designs: LUTs " in done.stdout and calls() == 2
        assert "error: block RAMs differ in 2 designs" in done.stderr
