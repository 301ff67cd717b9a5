"""Results of long jobs, kept in a folder so that a repeated or broken run does only what is missing."""

import functools
import hashlib
import json
from pathlib import Path

from first_spike.command.cli import write_json
from first_spike.golden.files import CHECKOUT, ROOT
from first_spike.golden.recordings import Recordings

PACKAGES = ("golden", "rtl_model", "first_spike", "scripts", "tb")  # of a checkout


class Kept:
    """A folder with a JSON file for each result, found again by all that decides it. What decides a result is a dict of
    plain values; a result is a plain value but None. Both are as JSON has them."""

    def __init__(self, folder):
        self._folder = Path(folder)

    def find(self, decides):
        """The result that was kept for `decides`, or None."""
        decides = _plain(decides)
        try:
            content = json.loads(self._path(decides).read_text())
            return content["result"] if content["decides"] == decides else None
        except (OSError, ValueError, KeyError, TypeError):  # not there, or not whole
            return None

    def keep(self, decides, result):
        """Keep a result for `decides`; returns it as it will be found."""
        decides, result = _plain(decides), _plain(result)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(self._path(decides), {"decides": decides, "result": result})
        return result

    def _path(self, decides):
        digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
        return self._folder / f"{digest[:24]}.json"


def hash_of_files(paths):
    """SHA-256 (hex) of the names and contents of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def hash_of_arrays(*arrays):
    """SHA-256 (hex) of dtypes, shapes and contents of numpy arrays, any of which may be None, or Recordings."""
    digest = hashlib.sha256()
    plain = [part for array in arrays for part in ((array.offsets, array.inputs, array.steps)
                                                   if isinstance(array, Recordings) else (array,))]
    for array in plain:
        digest.update(b"None\n" if array is None else f"{array.dtype} {array.shape}\n".encode() + array.tobytes())
    return digest.hexdigest()


@functools.cache
def hash_of_project():
    """SHA-256 (hex) of the sources of this project, without its tests; where it is installed, of first_spike."""
    packages = PACKAGES if CHECKOUT else ("first_spike",)
    return hash_of_files(path for package in packages for path in (ROOT / package).rglob("*.*")
                         if path.suffix in (".py", ".sv", ".cpp") and "tests" not in path.parts[len(ROOT.parts):])


def _plain(value):
    return json.loads(json.dumps(value))
