"""Whether hardware whose sources changed has the same Verilog as before: what simulates or proves that is no older."""

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from first_spike.command.cli import error_console
from first_spike.golden.files import ROOT

ENDINGS = (".v", ".hex", ".f")
SMALL, CLAIMS = "small designs", "claims"
LOOKED_AT = {"make mutants": SMALL, "make prove": CLAIMS, "make prove DEEP=1": CLAIMS}
WRITERS = {  # programs of a tree, which write what a run looks at into the folder that they are given
    SMALL: """
import sys
from pathlib import Path
from tb.scenarios.small_designs import SMALL_DESIGNS
for name, small in SMALL_DESIGNS.items():
    folder = Path(sys.argv[1], name)
    folder.mkdir()
    small.write(folder)
""",
    CLAIMS: """
import sys
from pathlib import Path
from tb.formal.claims import CLAIMS
for claim in CLAIMS:
    claim.write(Path(sys.argv[1], claim.name))
"""}


def same_verilog(command, commit):
    """Whether the run `command` at a commit, whose hardware has other sources, looked at the Verilog that is made now;
    False where that cannot be told. What takes long is said on the terminal."""
    return command in LOOKED_AT and _same(LOOKED_AT[command], commit)


@functools.cache
def _same(what, commit):
    error_console.print(f"making the Verilog of the {what} of {commit[:10]} again, to compare it", soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        if not _succeeds(["git", "worktree", "add", "--detach", str(tree), commit]):
            return False
        try:
            before, now = verilog(what, tree, Path(folder, "before")), verilog(what, ROOT, Path(folder, "now"))
        finally:
            _succeeds(["git", "worktree", "remove", "--force", str(tree)])
    return before is not None and before == now


def verilog(what, tree, folder):
    """{file: its bytes} of SMALL or CLAIMS as the sources in `tree` make it, in a new folder; None if they fail."""
    folder.mkdir()
    if not _succeeds([sys.executable, "-c", WRITERS[what], str(folder)], tree):
        return None
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.suffix in ENDINGS}


def _succeeds(command, tree=ROOT):
    """Whether it ends with status 0; what MyHDL has in sets comes in the same order each time."""
    return subprocess.run(command, cwd=tree, env=os.environ | {"PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"},
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0
