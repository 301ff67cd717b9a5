"""Long jobs, two at a time, under one bar with an estimate of the time that is left."""

from concurrent.futures import ThreadPoolExecutor

from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from golden.errors import UserError
from scripts.command.cli import error_console

WORKERS = 2


def run_jobs(title, jobs):
    """Call `function(report)` for each (label, function) of `jobs`, which take about as long as each other.

    Returns (results in order, None where there is none; a sentence for each job that ended in a UserError, with its
    label). report(share) may be called with how much of the job is done, 0 to 1. No bar when stderr is a file. Any
    other exception ends it: what is running is waited for, the rest is not begun.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
               TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    failed = {}
    with Progress(*columns, console=error_console, transient=True, disable=not error_console.is_terminal) as bar:
        task = bar.add_task(title, total=len(jobs))
        shares, running = {}, {}

        def show():
            bar.update(task, completed=sum(shares.values()),
                       description=f"{title}: {', '.join(running.values()) or 'done'}")

        def call(number):
            label, function = jobs[number]
            running[number] = label

            def report(share):
                shares[number] = share
                show()

            report(0)
            result = None
            try:
                result = function(report)
            except UserError as error:
                failed[number] = f"{label}: {error}"
            del running[number]
            report(1)
            return result

        with ThreadPoolExecutor(WORKERS) as pool:
            futures = [pool.submit(call, number) for number in range(len(jobs))]
            try:
                results = [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return results, [failed[number] for number in sorted(failed)]
