"""The line that a training shows while it runs."""

import time

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column

from first_spike.command.cli import error_console
from first_spike.command.lines import Lines

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
