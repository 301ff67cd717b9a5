"""The arrays of a PyTorch state_dict, read by PyTorch with weights_only, which runs nothing that a file says.

What it may still do is to go on for ever (a name made of tuples in tuples has more parts than can be counted), so it
reads in another process.

Reading in a process of its own, where a library that goes astray in a damaged file hangs and ends nothing else.
"""

import json
import os
import signal
import tempfile
import time
import zipfile

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.steps import check_numbers

SECONDS = 30  # that reading may take
FINE, REFUSED, LOST = 0, 1, 2  # exit statuses of that process


def read_apart(read, *arguments, form="HDF5 file"):
    """What read(*arguments) gives, a dict of arrays, texts, lists of texts and such dicts, from a child process.

    Raises UserError with its text where it raises one, or where the child fails in any other way or takes longer than
    SECONDS; form: what the file then is none of.
    """
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if child == 0:
            _work(file, read, arguments)
        status = _wait(child)
        file.seek(0)
        if status == REFUSED:
            raise UserError(file.read().decode())
        if status != FINE:
            raise UserError(f"is damaged, or no {form}" if status is not None else
                            f"is damaged: it could not be read in {SECONDS} seconds")
        return _load(file)


def _work(file, read, arguments):
    """Runs in the child, and ends it."""
    status = LOST
    try:
        _save(file, read(*arguments))
        status = FINE
    except UserError as error:
        file.truncate(0)
        file.seek(0)
        file.write(str(error).encode())
        status = REFUSED
    except BaseException:  # whatever it was, the parent hears of it by the status
        pass
    finally:
        try:
            file.flush()
        finally:
            os._exit(status)


def _wait(child):
    """Exit status of the child, negative for a signal; None where it took too long. It is gone in any case."""
    end = time.monotonic() + SECONDS
    pause = 0.0005
    ended = 0
    try:
        while not ended and time.monotonic() < end:
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended:
                time.sleep(pause)
                pause = min(2 * pause, 0.05)
        return os.waitstatus_to_exitcode(status) if ended else None
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _save(file, tree):
    arrays = []

    def numbered(value):
        if isinstance(value, dict):
            return {"dict": {name: numbered(one) for name, one in value.items()}}
        if isinstance(value, np.ndarray | np.generic):
            arrays.append(np.asarray(value))
            return len(arrays) - 1
        return {"text": value}

    text = json.dumps(numbered(tree)).encode()
    np.savez(file, np.frombuffer(text, np.uint8), *arrays)


def _load(file):
    with np.load(file, allow_pickle=False) as members:
        arrays = [members[name] for name in members.files]

    def found(value):
        if isinstance(value, int):
            return arrays[value + 1]
        return value["text"] if "text" in value else {name: found(one) for name, one in value["dict"].items()}

    return found(json.loads(arrays[0].tobytes()))


def read_state_dict(path):
    """{name: array} of a .pt or .pth file. Raises UserError where it holds anything else, or PyTorch is missing."""
    try:
        import torch  # noqa: F401  (here, so that only reading is timed)
    except ImportError as error:
        raise UserError("reading PyTorch's files needs PyTorch: pip install torch==2.13.0, or save .safetensors or "
                        ".npz instead") from error
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        return read_apart(_read, path, form="file of PyTorch")
    except UserError as error:
        raise UserError(f"{path} {error}") from error


def _read(path):
    import torch

    torch.set_num_threads(1)  # those of the process that this one was forked from are not here
    try:
        with open(path, "rb") as file:
            if zipfile.is_zipfile(file):  # what it unfolds to is known before
                with zipfile.ZipFile(file) as archive:
                    check_numbers(sum(member.file_size for member in archive.infolist()) // 4)
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (UserError, MemoryError):
        raise
    except Exception as error:  # damaged and hostile files surface as several types
        raise UserError("is damaged, or holds more than arrays: save model.state_dict(), not the model") from error
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):  # as training loops save it
        found = found["state_dict"]
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise UserError("is no state_dict, a dict of arrays: save model.state_dict()")
    check_numbers(sum(value.numel() for value in found.values()))  # a stride of zero makes many numbers of one
    return {str(name): _array(name, value) for name, value in found.items()}


def _array(name, value):
    import torch

    if value.layout != torch.strided or value.is_meta or value.is_quantized or value.is_complex():
        raise UserError(f"holds {name!r}, which is no plain array of numbers")
    value = value.detach().to(torch.float64) if value.is_floating_point() else value.detach()
    return np.array(value.numpy())
