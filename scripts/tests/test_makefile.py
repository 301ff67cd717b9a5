"""The Makefile: paths are one word, whatever is in them, and what cannot be is said at once."""

import re
import shlex
import shutil
import subprocess

import pytest

from first_spike import __main__ as first_spike
from first_spike.golden.files import ROOT
from first_spike.jobs.jobs import PACKAGES
from tb import __main__ as tb
from tb.helpers.small_case import small_case


def make(*words, cwd=ROOT):
    """`make` with the packages and programs that are there: nothing is installed."""
    return subprocess.run(["make", "--no-print-directory", "-f", str(ROOT / "Makefile"), "-o", ".venv/.installed", "-o",
                           "simulators", *map(str, words)], cwd=cwd, capture_output=True, text=True)


@pytest.mark.thorough
@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="make works with .venv")
def test_paths_with_spaces_and_other_letters(tmp_path):
    """What is generated is linted; with a quote in its name it is a path, too."""
    small_case(tmp_path)
    network, out = tmp_path / "mein netz ä.npz", tmp_path / "aus gabe's"
    (tmp_path / "network.npz").rename(network)
    done = make("verilog", f"NETWORK={network}", f"OUT={out}")
    assert done.returncode == 0, done.stderr
    done = make("lint", f"FOLDERS={out}")
    assert done.returncode == 0 and f"{out}: clean" in done.stdout.replace("\n", ""), done.stdout + done.stderr
    shutil.copytree(out, tmp_path / "two")
    shutil.copytree(out, tmp_path / "three")
    done = make("lint", f"FOLDERS={tmp_path}/two {tmp_path}/three")
    assert done.returncode == 0 and done.stdout.replace("\n", "").count(": clean") == 2


@pytest.mark.parametrize("words", [
    ("compare", "NETWORK=a b.npz", "DATA=folder:my pics", "JSON=j k", "PREDICTIONS=p q", "FLOAT=f f.npz", "SIM=icarus"),
    ("sim", "NETWORK=a b.npz", "IMAGES=i i.npy", "LABELS=l l.npy", "OUT=o o", "SIM=icarus"),
    ("look", "NETWORK=a b.npz", "DATA=folder:my pics", "OUT=o o", "INDEX=3", "COMPARE=icarus", "FLOAT=f f.npz"),
    ("compare", "NETWORK=a b.npz", "EVENTS=e e.npz"), ("look", "NETWORK=a b.npz", "EVENTS=e e.npz"),
    ("demo", "NETWORK=a b.npz", "DATA=my data"), ("bench", "NETWORK=a b.npz"), ("synth", "NETWORK=a b.npz", "OUT=o o"),
    ("netlist", "NETWORK=a b.npz"), ("train", "PICTURES=my pics"), ("check-networks", "PICTURES=my pics"),
    ("verilog", "NETWORK=it's.npz", "OUT=o o"), ("flash", "BITSTREAM=b b.bit"),
    ("board", "NETWORK=a b.npz", "LOAD=l l.npz", "IMAGES=i i.npy", "JSON=j k"), ("netlist", "IMAGES=/tmp/a  b.npy"),
])
def test_every_path_is_one_word(words):
    done = make("-n", *words)
    assert done.returncode == 0, done.stderr
    called = shlex.split(" ".join(line for line in done.stdout.replace("\\\n", " ").splitlines() if "/python " in line))
    for word in words[1:]:
        value = word.partition("=")[2]
        assert value in called, called


SHIPPED = "--network golden/networks/mnist_784_128_10_4bit.npz"


@pytest.mark.parametrize("words, called", [
    ("demo", "demo"), ("demo IMAGES=x.npy", "demo --images x.npy"), ("demo LANES=16", "demo --lanes 16"),
    ("demo NETWORK=n.npz", "demo --network n.npz"), ("bench", ""), ("bench DATA=folder", "--data folder"),
    ("bench JOBS=2", "--jobs 2"),
    ("compare", f"compare {SHIPPED} --data samples --sim verilator"),
    ("compare NETWORK=n.npz", "compare --network n.npz --sim verilator"),
    ("compare OUT=d", f"compare {SHIPPED} --data samples --sim verilator --design d"),
    ("sim EVENTS=e IMAGES=x", f"compare {SHIPPED} --events e --images x --sim verilator"),
    ("compare IMAGES=x DATA=f", f"compare {SHIPPED} --images x --data f --sim verilator"),
    ("compare LABELS=y", f"compare {SHIPPED} --labels y --sim verilator"),
    ("netlist TARGET=ice40", f"netlist {SHIPPED} --data samples --target ice40"),
    ("board", "board run --port sim --data samples"),
    ("board TOP=processor LOAD=a", "board load a --top processor --port sim --data samples"),
    ("bitstream TOP=processor LANES=16 NETWORK=a", "bitstream --board ulx3s --top processor --network a --lanes 16"),
    ("bitstream TOP=processor KINDS=all WORDS=64", "bitstream --board ulx3s --top processor --words 64 --kinds all"),
    ("bitstream KINDS=all TAPS=row", "bitstream --board ulx3s --taps row"),
    ("bitstream SEED=2 TIMEOUT=60", "bitstream --board ulx3s --seed 2 --timeout 60"),
    ("synth JOBS=2", f"synth {SHIPPED} --jobs 2"), ("verilog", f"generate {SHIPPED} --out build/verilog"),
    ("verilog NAME=mine", f"generate {SHIPPED} --out build/verilog --name mine")])
def test_what_is_given_is_handed_on(monkeypatch, words, called):
    monkeypatch.setenv("NAME", "myhost")
    done = make("-n", *words.split())
    line, = (line for line in done.stdout.splitlines() if re.search("-m first_spike |scripts/bench.py", line))
    assert shlex.split(line)[2 if "bench.py" in line else 3:] == called.split()


@pytest.mark.parametrize("target, switch, option", [
    ("compare", "WAVES", "--waves"), ("prove", "DEEP", "--deep"), ("soak", "PROCESSORS", "--processors"),
    ("check-area", "FIT", "--fit"), ("netlist", "ACTIVITY", "--activity"), ("lock", "UPGRADE", "--upgrade"),
    ("figures", "CHECK", "--check"), ("release", "TRIAL", "--trial"),
    ("flash", "PERMANENT", "--permanent")])
def test_a_switch_that_is_0_is_off(target, switch, option):
    assert [option in make("-n", target, f"{switch}={value}").stdout.split() for value in (1, 0)] == [True, False]


def test_a_python_that_is_named_is_looked_at(tmp_path):
    """However new .venv is."""
    for name in ("pyproject.toml", "scripts/setup/requirements.txt", ".venv/.installed"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name, called in (("", ""), ("python3.12", "scripts/setup/venv.sh\n")):
        done = subprocess.run(["make", "-sn", "-f", ROOT / "Makefile", "venv", f"PYTHON={name}"], cwd=tmp_path,
                              capture_output=True, text=True)
        assert done.stdout == called, done.stderr


@pytest.mark.parametrize("name, programs", [
    ("", "yosys nextpnr-ecp5 ecppll ecppack"), ("i5", "yosys nextpnr-ecp5 ecppll ecppack"),
    ("icebreaker", "yosys nextpnr-ice40 icepll icepack"), ("tangnano20k", "yosys"), ("nexys", "")])
def test_a_board_asks_for_its_own_programs_and_an_unknown_one_for_none(name, programs):
    done = make("-n", "bitstream", f"BOARD={name}")
    assert [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("scripts/setup/tools.sh")] == [
        programs.split()]
    assert f"-m first_spike bitstream --board {name or 'ulx3s'} " in done.stdout


@pytest.mark.parametrize("target", ["demo", "test", "bench", "netlist", "sim", "compare", "test-grid"])
def test_a_checkout_in_a_folder_with_a_space(tmp_path, target):
    place = tmp_path / "a b"
    place.mkdir()
    done = make(target, "PYTHON=none", cwd=place)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.splitlines()[0] == (f"error: Verilator cannot work in {place}, because of the space in it: move "
                                           f"this folder")
    assert not list(place.iterdir())


def test_a_night_goes_on_after_what_failed(tmp_path):
    makes = tmp_path / "makes"
    makes.write_text("#!/bin/sh\necho ran $1\n[ $1 != failing ]\n")
    makes.chmod(0o755)

    def night(*words):
        done = make(*words, "nightly", "NIGHTLY=one failing three", f"MAKES={makes}", "VENV=", cwd=tmp_path)
        return done.returncode, done.stderr.splitlines()[:1], re.findall("^ran (.*)", done.stdout, re.MULTILINE)

    assert night("-n") == (0, [], [])
    assert night() == (2, ["error: failed: failing"], ["one", "failing", "three"])


def test_every_command_that_is_called_is_there():
    called = set(re.findall(r"\$\((FIRST_SPIKE|JUDGE)\) ([a-z-]+)", (ROOT / "Makefile").read_text()))
    assert {name for room, name in called if room == "JUDGE"} == set(tb.COMMANDS)
    assert {name for room, name in called if room == "FIRST_SPIKE"} < set(first_spike.COMMANDS)
    assert {path.name for path in (ROOT / "scripts").glob("*.py")} >= set(
        re.findall(r"scripts/(\w+\.py)", (ROOT / "Makefile").read_text()))


@pytest.mark.parametrize("marker", ["fpga", "fuzz", "soc", "cluster", "frameworks", "tutorials"])
def test_a_target_runs_every_file_with_marked_tests(marker):
    line, = (line for line in (ROOT / "Makefile").read_text().replace("\\\n", " ").splitlines()
             if f"-m pytest -m {marker} " in line)
    marked = {str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob("test_*.py")
              if re.search(rf"\bmark\.{marker}\b", path.read_text())}
    assert {word for word in line.split() if word.endswith(".py")} == marked != set()
