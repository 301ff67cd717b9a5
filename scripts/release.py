"""Build a release into dist/: wheel, sdist, designs of the networks that come along, bitstreams, reports, SHA256SUMS.

Everything is made from the last commit, from which no file may differ, with its time as the time of every file, so that
the same commit gives the same wheel and the same archives of designs. The number is VERSION in
golden/version.py; CHANGELOG.md needs an entry of that number that does not say "unreleased". --trial needs neither.
"""

import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike import __version__
from first_spike.command.cli import Parser, console, run, shown
from first_spike.command.silence import warn
from first_spike.comparison.design_files import write_whole_design
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT, replacing_folder
from first_spike.synthesis.targets import BOARDS
from first_spike.synthesis.toolchains import TOOLCHAINS

SUMS = "SHA256SUMS"
DIST = ROOT / "dist"
NETWORKS = tuple(path.stem for path in sorted((ROOT / "golden" / "networks").glob("*.npz"))
                 if not path.stem.endswith("_float"))


def main():
    arguments = parse()
    check_changelog((ROOT / "CHANGELOG.md").read_text(), arguments.trial)
    check_tree(called("git", "status", "--porcelain").splitlines(), arguments.trial)
    commit, when = called("git", "log", "-1", "--format=%H %ct").split()
    with replacing_folder(DIST, own_files, "a release") as folder:
        packages = build_packages(folder, commit, when)
        called(sys.executable, "-m", "twine", "check", "--strict", *packages)
        for name in arguments.networks:
            write_design(folder, name, int(when))
        write_reports(folder, int(when))
        for board in arguments.boards:
            write_bitstream(folder, board)
            write_bitstream(folder, board, "processor")
        (folder / SUMS).write_text(sums(folder))
    console.print(f"release of commit {commit}:")
    for path in sorted(DIST.iterdir()):
        console.print(shown(path), soft_wrap=True)


def check_changelog(text, trial):
    """UserError where there is no entry of this release."""
    heading = re.search(rf"^## {re.escape(__version__)}\b.*$", text, re.MULTILINE)
    if not trial and (heading is None or "unreleased" in heading[0]):
        raise UserError(f"CHANGELOG.md has no entry of release {__version__}: write it and its day, or try it out with "
                        f"--trial")


def check_tree(changes, trial):
    """UserError where files differ from the last commit; a trial only warns. changes: lines of `git status
    --porcelain`."""
    if changes:
        said = f"{changes[0][3:]} is not as in the last commit, from which wheel and sdist are made"
        if not trial:
            raise UserError(f"{said}: commit or remove what differs, or try it out with --trial")
        warn([said])


def build_packages(folder, commit, when):
    """Build the sdist of a commit, whose time is `when`, and of it the wheel; returns their paths."""
    with tempfile.TemporaryDirectory() as work:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(work, filter="tar")
        called(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), work,
               environment={"SOURCE_DATE_EPOCH": str(when)})
    return sorted(str(path) for path in folder.iterdir())


def write_design(folder, name, when):
    """Archive the default design of a network that comes along."""
    with tempfile.TemporaryDirectory() as work:
        made = write_whole_design(Design(Network.load(ROOT / "golden" / "networks" / f"{name}.npz")), Path(work) / name)
        (folder / f"{name}-{__version__}.tar.gz").write_bytes(archived(made, f"{name}-{__version__}", when))


def write_reports(folder, when):
    """Archive what `make nightly` left in build/: the results of tests, and the report of each long target; a warning
    where it left nothing."""
    build = ROOT / "build"
    reports = {f"{path.parent.name}.json": path for path in build.glob("*/report.json")}
    reports |= {path.name: path for path in build.glob("junit/*.xml")}
    if not reports:
        warn(["no run of tests is archived: `make nightly` leaves its reports in build/"])
        return
    with tempfile.TemporaryDirectory() as work:
        for name, path in reports.items():
            shutil.copy(path, Path(work, name))
        (folder / f"runs-{__version__}.tar.gz").write_bytes(archived(Path(work), f"runs-{__version__}", when))


def archived(folder, name, when):
    """A .tar.gz of the files of a folder, in a folder of that name: the same files and time give the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(folder.iterdir()):
            entry = tarfile.TarInfo(f"{name}/{path.name}")
            entry.size, entry.mtime, entry.mode = path.stat().st_size, when, 0o644
            tar.addfile(entry, io.BytesIO(path.read_bytes()))
    return gzip.compress(content.getvalue(), mtime=0)


def write_bitstream(folder, board, top=None):
    """The bitstream of a board, of the default network or of a `top` that takes any, as `first-spike bitstream` makes
    it, which takes some minutes and open programs."""
    name = TOOLCHAINS[BOARDS[board].device.family].bitstream
    with tempfile.TemporaryDirectory() as work:
        called(sys.executable, "-m", "first_spike", "bitstream", "--board", board, *(["--top", top] if top else []),
               "--build", str(Path(work) / "build"))
        made, = Path(work).rglob(name)
        (folder / "-".join(filter(None, (board, top, f"{__version__}{made.suffix}")))).write_bytes(made.read_bytes())


def sums(folder):
    """The lines of SHA256SUMS, for `sha256sum --check`."""
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
                   for path in sorted(folder.iterdir()))


def own_files(folder):
    """The files of an older release, by its SHA256SUMS; UserError where there is none."""
    try:
        lines = Path(folder, SUMS).read_text().splitlines()
    except OSError as error:
        raise UserError(f"{folder} holds something else than a release: it has no {SUMS}") from error
    return {SUMS, *(line.partition("  ")[2] for line in lines)}


def called(*words, environment=None):
    """What a program prints; UserError with its last lines where it fails."""
    done = subprocess.run(words, cwd=ROOT, env=os.environ | (environment or {}), capture_output=True, text=True)
    if done.returncode:
        last = " | ".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise UserError(f"{' '.join(words[:4])} failed: {last}")
    return done.stdout


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="*", choices=NETWORKS, default=NETWORKS, metavar="NAME",
                        help="whose designs are archived (default: all that come along)")
    parser.add_argument("--boards", nargs="*", choices=tuple(BOARDS), default=(), metavar="NAME",
                        help=f"whose bitstreams are made, of the default network and of the processor: of "
                             f"{', '.join(BOARDS)} (default: none)")
    parser.add_argument("--trial", action="store_true", help="whatever CHANGELOG.md and the last commit say")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
