"""Reading in a process of its own, where a library that goes astray in a damaged file hangs and ends nothing else."""

import json
import os
import signal
import tempfile
import time

import numpy as np

from first_spike.golden.errors import UserError

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
