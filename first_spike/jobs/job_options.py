"""The options of commands with many jobs: how many at a time, and where."""

from contextlib import nullcontext

from first_spike.command.option_values import positive
from first_spike.jobs.cluster import Cluster
from first_spike.jobs.local_workers import LocalWorkers, cores


def add_jobs(parser):
    """Add --jobs and --scheduler to an argparse parser; one excludes the other."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--jobs", type=positive, metavar="N",
                       help="that run at a time (default: one for each core)")
    group.add_argument("--scheduler", metavar="ADDRESS",
                       help="run the jobs on the cluster of this Dask scheduler, see docs/howto/many_jobs.md")


def chosen_workers(arguments, side_by_side=True):
    """A context with the workers that the parsed arguments choose; UserError as from Cluster. side_by_side: whether
    several jobs may run at a time in this process."""
    if arguments.scheduler:
        return Cluster(arguments.scheduler)
    return nullcontext(LocalWorkers((arguments.jobs or cores()) if side_by_side else 1))
