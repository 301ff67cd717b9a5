"""The line that a training shows while it runs."""

import time

from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from scripts.command.cli import error_console

REFRESH_SECONDS = 0.2


class TrainingProgress:
    """A progress bar per phase with rate, time left, running accuracy, ties, silent outputs and spikes per image.

    Use as a context; call it as `golden.training.loop.Training` does. Off a terminal it prints nothing.
    """

    def __init__(self):
        self.bar = Progress(TextColumn("{task.description}"), BarColumn(bar_width=20), TimeElapsedColumn(),
                            TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[figures]}"),
                            console=error_console, disable=not error_console.is_terminal)
        self.phase, self.task, self.next_time = None, None, 0.0

    def __enter__(self):
        self.bar.start()
        return self

    def __exit__(self, *error):
        self.bar.stop()

    def __call__(self, phase, epoch, epochs, tally, images, found):
        seen, now = epoch * images + tally.images, time.monotonic()
        if phase != self.phase:
            self.phase, self.started, self.first = phase, now, seen
            self.task = self.bar.add_task(phase, total=epochs * images, figures="")
        last = tally.images >= images - 1
        if now < self.next_time and not last:
            return
        self.next_time = now + REFRESH_SECONDS
        text = self._figures(tally, seen, now)
        self.bar.update(self.task, completed=seen, figures=text, description=f"{phase} {epoch + 1}/{epochs}")

    def _figures(self, tally, seen, now):
        shares = tally.shares()
        rate = (seen - self.first) / max(now - self.started, 1e-9)
        return (f"{rate:,.0f} images/s  {shares['accuracy']:.2%} right  {shares['ties']:.1%} ties  "
                f"{shares['silent']:.1%} silent  {shares['spikes']:.0f} spikes")
