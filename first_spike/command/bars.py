"""Progress of long work on stderr: nothing for some seconds, then a bar with an estimate of the time that is left.

If stderr is no terminal (a pipe, a file, a notebook), a line is printed from time to time instead of the bar.

Every part of long work is a `step`. Steps nest, and a line names all of them, the outermost first. A thread of its own
looks at the clock, so that work which reports nothing is shown as well.
"""

import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta

from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Column

from first_spike.command.cli import error_console

FIRST = 5  # seconds after which work, or another stage of work, is shown for the first time
SECONDS = 30  # between two lines of the same stage
TICK = 1  # seconds between two looks at the clock

clock = time.monotonic  # the only clock here: a test replaces it


class Step:
    """A part of long work that is under way, as `step` gives it; any thread may report."""

    def __init__(self, text, total, unit):
        self.thread = threading.get_ident()
        self._set(text, total, unit, 0)

    def _set(self, text, total, unit, done):
        self.text, self.total, self.unit, self.note = text, total, unit, ""
        self.done = self._before = done
        self.began, self.told, self.task = clock(), None, None

    def begin(self, text, total=None, unit="images", done=0):
        """Go on to another stage.

        Args:
            text: What is done now, such as "simulate".
            total: How many of `unit` there are, or None if nobody can count them.
            unit: Plural noun of what is counted.
            done: How many of them were there before; the estimate does not count these.
        """
        with SCREEN.lock:
            SCREEN.forget(self)
            self._set(text, total, unit, done)
        SCREEN.look()

    def reach(self, done, text=None, note=""):
        """Report that `done` of the total are done, perhaps under another text; note: a few figures of the work."""
        self.done, self.note = done, note
        if text is not None:
            self.text = text
        SCREEN.look()

    @property
    def count(self):
        """Text on how many are done, empty if nobody counts."""
        if self.total is None:
            return ""
        done, total = (f"{one:,.1f}" if isinstance(one, float) else f"{one:,}" for one in (self.done, self.total))
        return f"{done} of {total} {self.unit}"

    @property
    def words(self):
        """The step in a line."""
        return ": ".join(filter(None, (self.text, self.count))) + (f" ({self.note})" if self.note else "")

    def time(self, now):
        """Text on the time that is left, or on the time so far if there is no estimate."""
        done, seconds = self.done - self._before, now - self.began
        if self.total is None or done <= 0 or seconds <= 0:
            return f"{timedelta(seconds=round(seconds))} so far"
        return f"{timedelta(seconds=round((self.total - self.done) * seconds / done))} left"


class _Screen:
    """The steps of this process that are under way, and what is shown of them."""

    def __init__(self):
        self.lock, self._steps, self.bar = threading.RLock(), [], None
        self._ticker, self._busy, self._compiled = None, threading.Event(), None

    def enter(self, step):
        with self.lock:
            if not self._steps:
                self._began, self._told = clock(), None
                self._busy.set()
                if self._ticker is None or not self._ticker.is_alive():  # no thread survives a fork
                    self._ticker = threading.Thread(target=self._tick, daemon=True)
                    self._ticker.start()
                if self._compiled is None and "numba" in sys.modules:
                    from numba.core import event
                    self._compiled = event.RecordingListener()
                    event.register("numba:compile", self._compiled)
            self._steps.append(step)

    def leave(self, step):
        with self.lock:
            self.forget(step)
            self._steps.remove(step)
            if not self._steps:
                self._busy.clear()
                if self.bar is not None:
                    self.bar.stop()
                    self.bar = None

    def forget(self, step):
        """Take the bar of a step away."""
        if step.task is not None and self.bar is not None:
            self.bar.remove_task(step.task)

    def look(self):
        """Show what is due."""
        with self.lock:
            now = clock()
            if not self._steps or now - self._began < FIRST:
                return
            if error_console.is_terminal:
                self._draw(now)
                return
            last = {step.thread: step for step in self._steps}
            for step in last.values():
                if self._is_due(step, now):
                    self._tell(step, now)

    def _tick(self):
        while self._busy.wait():
            time.sleep(TICK)
            with suppress(OSError):  # stderr takes no more
                self.look()

    def _is_due(self, step, now):
        seconds = now - step.began >= FIRST if step.told is None else now - step.told >= SECONDS
        return seconds or self._told is None or now - self._told >= SECONDS

    def _tell(self, last, now):
        last.told = self._told = now
        words = ": ".join(step.words for step in self._steps if step.thread == last.thread)
        error_console.print(f"{words}{self._compiling}, {last.time(now)}", soft_wrap=True)

    def _draw(self, now):
        if self.bar is None:
            # words wrap where there is little room, and no number is cut
            self.bar = Progress(TextColumn("{task.description}", markup=False, table_column=Column(min_width=9)),
                                 BarColumn(bar_width=None, table_column=Column(ratio=1, min_width=4)),
                                 TextColumn("{task.fields[figures]}", markup=False, table_column=Column(min_width=12)),
                                 console=error_console, transient=True, expand=True)
            self.bar.start()
        for step in self._steps:
            if step.task is None:
                step.task = self.bar.add_task(step.text, total=step.total, figures="")
            self.bar.update(step.task, completed=step.done, description=f"{step.text}{self._compiling}",
                             figures=", ".join(filter(None, (step.note or step.count, step.time(now)))))

    @property
    def _compiling(self):
        """Words on numba, which compiles a function when it is called for the first time on a computer."""
        events = [] if self._compiled is None else list(self._compiled.buffer)
        compiles = sum(1 if event.is_start else -1 for _, event in events)
        return " (compiling, once on this computer)" if compiles > 0 else ""


SCREEN = _Screen()


@contextmanager
def step(text, total=None, unit="images"):
    """Show the block, or the decorated function, as a part of long work; gives its Step.

    Args:
        text: What it does, a verb first: "infer", "simulate on verilator".
        total: How many of `unit` it has to do, or None if nobody can count them.
        unit: Plural noun of what is counted.
    """
    one = Step(text, total, unit)
    SCREEN.enter(one)
    try:
        yield one
    finally:
        SCREEN.leave(one)


NAMED = 2  # jobs that are named at a time


class JobBar:
    """A context that shows jobs of these labels, which take about as long as each other, as one step."""

    def __init__(self, title, labels):
        self._title, self._labels, self._shares = title, labels, {}
        self._context = step(title, len(labels), "jobs")

    def __enter__(self):
        self._step = self._context.__enter__()
        return self

    def __exit__(self, *exception):
        return self._context.__exit__(*exception)

    def report(self, number, share):
        """Job `number` is done to a `share` from 0, where it begins, to 1; from any thread."""
        self._shares[number] = share
        shares = dict(self._shares)
        running = [self._labels[job] for job, done in shares.items() if done < 1]
        more = f" and {len(running) - NAMED} more" if len(running) > NAMED else ""
        self._step.reach(float(sum(shares.values())),
                         f"{self._title}: {', '.join(running[:NAMED]) or 'done'}{more}")


class TrainingProgress:
    """The phases of a training as a step, with what the network that training would give now makes of the held-out
    images, as of the last epoch.

    Use as a context; call it as `golden.training.loop.Training` does.
    """

    def __init__(self):
        self._context, self._phase, self._figures = step("prepare"), None, ""

    def __enter__(self):
        self._step = self._context.__enter__()
        return self

    def __exit__(self, *exception):
        return self._context.__exit__(*exception)

    def __call__(self, phase, epoch, epochs, tally, images, found):
        seen, total = epoch * images + (tally.images if found is None else images), epochs * images
        if phase != self._phase:
            self._phase, self._figures = phase, ""
            self._step.begin(phase, total, done=seen)
        if found is not None:
            self._figures = f"{found.accuracy:.2%} right, {found.silent:.1%} silent"
        self._step.reach(seen, f"{phase} {epoch + 1}/{epochs}", self._figures)
