"""Results of long jobs, kept in a folder so that a repeated or broken run does only what is missing."""

import hashlib
import json
from pathlib import Path

from scripts.command.cli import write_json


class Kept:
    """A folder with a JSON file for each result, found again by all that decides it."""

    def __init__(self, folder):
        self._folder = Path(folder)

    def get_or_make(self, decides, make, still=lambda result: True):
        """The result that was kept for `decides` (a dict), else that of `make()`, which is kept.

        Both hold plain values, and come back as JSON has them. still(result) says whether a kept one may be used.
        """
        decides = _plain(decides)
        path = self._folder / f"{_digest(decides)}.json"
        try:
            content = json.loads(path.read_text())
            if content["decides"] == decides and still(content["result"]):
                return content["result"]
        except (OSError, ValueError, KeyError, TypeError):  # not there, or not whole
            pass
        result = _plain(make())
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(path, {"decides": decides, "result": result})
        return result


def hash_of_files(paths):
    """SHA-256 (hex) of the names and contents of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _plain(value):
    return json.loads(json.dumps(value))


def _digest(decides):
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:24]
