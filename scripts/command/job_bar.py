"""Long jobs, two at a time, under one bar with an estimate of the time that is left."""

from concurrent.futures import ThreadPoolExecutor

from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from scripts.command.cli import error_console

WORKERS = 2


def run_jobs(title, jobs, workers=WORKERS):
    """Call `function(report)` for each (label, weight, function) of `jobs`; returns the results in order.

    weight: how long it takes, in any unit common to all; report(share) may be called with how much of it is done, 0 to
    1. No bar when stderr is a file. The first exception ends it: what is running is waited for, the rest is not begun.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
               TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=error_console, transient=True, disable=not error_console.is_terminal) as bar:
        task = bar.add_task(title, total=sum(weight for _, weight, _ in jobs))
        shares, running = {}, {}

        def show():
            bar.update(task, completed=sum(shares.values()),
                       description=f"{title}: {', '.join(running.values()) or 'done'}")

        def call(number):
            label, weight, function = jobs[number]
            running[number] = label

            def report(share):
                shares[number] = weight * share
                show()

            report(0)
            result = function(report)
            del running[number]
            report(1)
            return result

        with ThreadPoolExecutor(workers) as pool:
            futures = [pool.submit(call, number) for number in range(len(jobs))]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
