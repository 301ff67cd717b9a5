"""The readers of files that users bring, each as a function of one file.

Changes inside of an archive: its members have checksums, so that changed bytes alone would never reach a reader.
"""

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from first_spike.command.calibrations import calibrated_beside
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.data.audio import load_audio
from first_spike.golden.data.event_folder import load_event_folder
from first_spike.golden.data.idx import read_idx
from first_spike.golden.data.npz import read_event_file
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.beside import read_beside
from first_spike.golden.foreign.named_arrays import choose_layers, read_arrays
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers

DATE = (1980, 1, 1, 0, 0, 0)


def changed(data, change, size, seed):
    """The bytes of the .zip archive `data` with one member replaced by change(its bytes, size); changed as a whole
    where they are none, and one time in eight."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # what is damaged surfaces as many types
        return change(data, size)
    if seed % 8 == 0 or not members:
        return change(data, size)
    names = list(members)
    name = names[seed // 8 % len(names)]
    members[name] = change(members[name], len(members[name]) + 64)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member, DATE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()[:size] if len(made.getvalue()) <= size else data


CORPUS = Path(__file__).parent / "corpus"
IMAGE = (2, 2, 1)  # what imported networks are for
CLASSES = 2
LONGEST = 1 << 16  # bytes of a file that is tried


@dataclass(frozen=True)
class Reader:
    """read(path): reads a file whose name ends in `suffix`; needs: the package without which it reads nothing."""

    suffix: str
    read: Callable
    needs: str | None = None

    @property
    def is_archive(self):
        return self.suffix in (".npz", ".pt")


def _arrays(path):
    arrays = read_arrays(path)
    matrices, _ = choose_layers(arrays, IMAGE[0] * IMAGE[1], CLASSES, once=True)
    read_beside(arrays, matrices, once=True)


def _graph(path):
    nodes, _ = read_graph(path)
    read_layers(nodes, IMAGE, reached=False, once=True)


def _calibration(path):
    calibrated_beside(Network.load(CORPUS / "network" / "dense.npz"), path)


def _folder_of(load):
    """Reads the file as one of four in a folder, two of each class."""

    def read(path):
        folder = path.parent / f"folder_of_{path.stem}"
        try:
            for number, name in enumerate(("a", "b")):
                (folder / name).mkdir(parents=True, exist_ok=True)
                for copy in range(2):
                    shutil.copy(path, folder / name / f"{number}_{copy}{path.suffix}")
            load(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return read


READERS = {
    "network": Reader(".npz", Network.load),
    "float_network": Reader(".npz", FloatNetwork.load),
    "calibration": Reader(".json", _calibration),
    "arrays": Reader(".npz", _arrays),
    "object_arrays": Reader(".npy", _arrays),
    "safetensors": Reader(".safetensors", _arrays),
    "state_dict": Reader(".pt", _arrays, "torch"),
    "nir": Reader(".nir", _graph, "h5py"),
    "events": Reader(".npz", read_event_file),
    "recordings": Reader(".bin", _folder_of(load_event_folder)),
    "structured_recordings": Reader(".npy", _folder_of(load_event_folder)),
    "sounds": Reader(".wav", _folder_of(load_audio), "scipy"),
    "idx": Reader(".idx", read_idx),
    "packed_idx": Reader(".gz", read_idx),
}


def try_file(reader, path):
    """Read a file: it is taken, or refused in one sentence. Raises whatever else comes of it."""
    try:
        reader.read(path)
    except UserError as error:
        text = str(error.args[0])  # as it was written: str(error) escapes a newline
        if not text.strip() or "\n" in text:
            raise AssertionError(f"no sentence: {text!r}") from error
