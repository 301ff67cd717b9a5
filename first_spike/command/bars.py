"""What a person sees of long work: bars with an estimate of the time that is left.

What long work says where no bar can move: a line from time to time.

One bar for long jobs, with an estimate of the time that is left.

The line that a training shows while it runs.
"""

import time
from datetime import timedelta

from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column

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


NAMED = 2  # jobs that are named at a time


class JobBar:
    """A context with a bar for jobs of these labels, which take about as long as each other; when stderr is a file, a
    line from time to time."""

    def __init__(self, title, labels):
        self._title, self._labels, self._shares = title, labels, {}
        self._bar = Progress(TextColumn("{task.description}", markup=False), BarColumn(),
                             TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(), TextColumn("left"),
                             TimeRemainingColumn(), console=error_console, transient=True,
                             disable=not error_console.is_terminal)

    def __enter__(self):
        self._bar.start()
        self._task, self._lines = self._bar.add_task(self._title, total=len(self._labels)), Lines()
        return self

    def __exit__(self, *exception):
        self._bar.stop()

    def report(self, number, share):
        """Job `number` is done to a `share` from 0, where it begins, to 1; from any thread."""
        self._shares[number] = share
        shares = dict(self._shares)
        running = [self._labels[job] for job, done in shares.items() if done < 1]
        more = f" and {len(running) - NAMED} more" if len(running) > NAMED else ""
        text, done = f"{self._title}: {', '.join(running[:NAMED]) or 'done'}{more}", sum(shares.values())
        self._bar.update(self._task, completed=done, description=text)
        if self._bar.disable:
            self._lines.tell(done, len(self._labels), lambda _: f"{text}; {done:.1f} of {len(self._labels)} done")


REFRESH_SECONDS = 0.2


class TrainingProgress:
    """A progress bar per phase with the time left, and what the network that training would give now makes of the
    held-out images, as of the last epoch. Off a terminal it is a line from time to time.

    Use as a context; call it as `golden.training.loop.Training` does.
    """

    def __init__(self):
        # words wrap where there is little room, and no number is cut
        self.bar = Progress(TextColumn("{task.description}", table_column=Column(min_width=9)),
                            BarColumn(bar_width=None, table_column=Column(ratio=1, min_width=4)),
                            TimeRemainingColumn(),
                            TextColumn("{task.fields[figures]}", table_column=Column(min_width=12)),
                            console=error_console, disable=not error_console.is_terminal, expand=True)
        self.phase, self.task, self.figures, self.next_refresh = None, None, "", 0.0

    def __enter__(self):
        self.bar.start()
        return self

    def __exit__(self, *error):
        self.bar.stop()

    def __call__(self, phase, epoch, epochs, tally, images, found):
        seen, total = epoch * images + (tally.images if found is None else images), epochs * images
        if phase != self.phase:
            self.phase, self.figures, self.lines = phase, "", Lines(seen)
            self.task = self.bar.add_task(phase, total=total, figures="")
        if found is not None:
            self.figures = f"{found.accuracy:.2%} right, {found.silent:.1%} silent"
        title, now = f"{phase} {epoch + 1}/{epochs}", time.monotonic()
        if self.bar.disable:
            held_out = f"held-out images: {self.figures}; " if self.figures else ""
            self.lines.tell(seen, total, lambda rate: f"{title}: {held_out}{rate:,.0f} images/s")
        elif now >= self.next_refresh or found is not None:
            self.next_refresh = now + REFRESH_SECONDS
            self.bar.update(self.task, completed=seen, figures=self.figures, description=title)
