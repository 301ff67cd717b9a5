"""One bar for long jobs, with an estimate of the time that is left."""

from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from first_spike.command.cli import error_console
from first_spike.command.lines import Lines

NAMED = 2  # jobs that are named at a time


class JobBar:
    """A context with a bar for jobs of these labels, which take about as long as each other; when stderr is a file, a
    line from time to time."""

    def __init__(self, title, labels):
        self._title, self._labels, self._shares = title, labels, {}
        self._bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
                             TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=error_console,
                             transient=True, disable=not error_console.is_terminal)

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
