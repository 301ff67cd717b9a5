"""Trainings that are asked to stop, by Ctrl-C or SIGTERM: they learn their batch and write their checkpoint."""

import signal
import threading
from contextlib import contextmanager

from first_spike.command.interrupts import SIGNALS, wait_for_work

_asked = threading.Event()


@contextmanager
def stoppable():
    """In the block, signals end no process: `stopped` tells the trainings of this process. In another thread than the
    main one, which alone has signals, nothing is different."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _asked.clear()
    before = {number: signal.signal(number, lambda *_: _asked.set()) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stopped():
    """Whether trainings of this process were asked to stop; then their checkpoints are waited for."""
    if _asked.is_set():
        wait_for_work()
    return _asked.is_set()
