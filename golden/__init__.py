"""The golden model: what a network, an image and an inference are, in plain integers.

Every other part of the project is measured against this package; it imports none of them.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from first_spike.golden.files import CHECKOUT, cache_folder

# Threads that wait for work sleep instead of spinning: on a busy machine a small batch otherwise takes 20 times longer.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def _separate_cache():
    """Keep compiled functions apart for each state of this package, in a checkout or else in the user's cache: numba
    notices a change in the file of a function, but not in that of another one that it calls. Where neither can be
    written, in a folder of this process, for numba needs one."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    folder = Path(__file__).parent
    try:
        kept = (folder / "__pycache__" if CHECKOUT else cache_folder("numba")) / source_digest(folder)
        kept.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=kept).close()
    except (OSError, RuntimeError):  # RuntimeError: nobody knows the home of this user
        kept = tempfile.mkdtemp(prefix="first-spike-")
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = str(kept)


def source_digest(folder):
    """16 hex digits that change with any source below the folder, in whichever room; tests compile nothing that others
    call."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder)
        if "tests" not in name.parts:
            digest.update(f"{name.as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


_separate_cache()
