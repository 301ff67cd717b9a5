"""The options of commands with many jobs: how many at a time, and where."""

from contextlib import nullcontext

from scripts.command.cluster import Cluster
from scripts.command.local_workers import LocalWorkers, cores
from scripts.command.option_values import positive


def add_jobs(parser):
    """Add --jobs and --scheduler to an argparse parser; one excludes the other."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--jobs", type=positive, metavar="N",
                       help="that run at a time (default: one for each core)")
    group.add_argument("--scheduler", metavar="ADDRESS",
                       help="run the jobs on the cluster of this Dask scheduler, see docs/many_jobs.md")


def chosen_workers(arguments):
    """A context with the workers that the parsed arguments choose; UserError as from Cluster."""
    return Cluster(arguments.scheduler) if arguments.scheduler else nullcontext(LocalWorkers(arguments.jobs or cores()))
