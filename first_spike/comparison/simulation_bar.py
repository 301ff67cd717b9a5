"""The bar that shows how far a simulation is."""

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from first_spike.command.cli import error_console


class SimulationProgress:
    """A context in which `building()` and `done(count)` of `total` images drive a bar on the screen; none when stderr
    is a file."""

    def __init__(self, simulator, total):
        self.simulator, self.total = simulator, total
        self._bar = Progress(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                             TextColumn("images"), TimeElapsedColumn(), console=error_console, transient=True,
                             disable=not error_console.is_terminal)
        self._task = self._bar.add_task(simulator, total=total)

    def __enter__(self):
        self._bar.start()
        return self

    def __exit__(self, *_):
        self._bar.stop()

    def building(self):
        self._bar.update(self._task, description=f"{self.simulator}: compiling the design")

    def done(self, count):
        self._bar.update(self._task, description=f"{self.simulator}: simulating", completed=count)
