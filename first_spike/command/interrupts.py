"""Ctrl-C and SIGTERM end a command in the same way, soon and at any moment: also while modules load and numba compiles.

Each command calls `answer` before it loads what takes time, and does its work inside `interruptible`.
"""

import os
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path

EXIT_INTERRUPTED = 130
PATIENCE = 1.5  # seconds that the work has to end by itself
SIGNALS = (signal.SIGINT, signal.SIGTERM)

_answering = False
_work_is_saved = threading.Event()


def answer():
    """From now on end this process at once when it is interrupted. For the process of a command only."""
    global _answering
    _answering = True
    for number in SIGNALS:
        signal.signal(number, _leave)


@contextmanager
def interruptible():
    """Raise KeyboardInterrupt in the block when the process is interrupted, so that it can tidy up; if it does not end
    soon, because compiled code does not listen, it is ended from another thread. Programs that it started end with it.
    Without `answer` nothing is done."""
    if _answering:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        threading.Thread(target=_watch, args=(reading,), daemon=True).start()
        for number in SIGNALS:
            signal.signal(number, _raise)
    try:
        yield
    except KeyboardInterrupt:
        if _answering:
            _end_children()
        raise


def wait_for_work():
    """Let an interrupted process live on until it ends by itself: it is saving its work."""
    _work_is_saved.set()


def _watch(reading):
    while os.read(reading, 1)[0] not in SIGNALS:
        pass
    time.sleep(PATIENCE)
    if not _work_is_saved.is_set():
        from first_spike.golden.files import remove_temporaries
        remove_temporaries()
        _end_children()
        _leave()


def _end_children():
    """Programs that were started must not go on alone; where there is no /proc, they end by themselves."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                os.kill(int(stat.parent.name), signal.SIGTERM)
        except (OSError, ValueError):  # it has just ended
            pass


def _raise(*_):
    raise KeyboardInterrupt


def _leave(*_):
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(EXIT_INTERRUPTED)
