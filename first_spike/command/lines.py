"""What long work says where no bar can move: a line from time to time."""

import time
from datetime import timedelta

from first_spike.command.cli import error_console

SECONDS = 30  # between two lines


class Lines:
    """Lines on stderr about work that begins now, `done` of which was there before."""

    def __init__(self, done=0):
        self._before, self._started = done, time.monotonic()
        self._next = self._started + SECONDS

    def tell(self, done, total, text):
        """Print text(rate), a sentence, and the time that is left, if a line is due; rate: `done` per second."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + SECONDS
        rate = (done - self._before) / (now - self._started)
        left = f"{timedelta(seconds=round((total - done) / rate))} left" if rate > 0 else "no telling how long"
        error_console.print(f"{text(rate)}, {left}", soft_wrap=True)
