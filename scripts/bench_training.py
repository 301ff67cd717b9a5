"""What training and evaluation cost per image, beside a dense per-image numpy implementation of the same rule."""

import argparse
import os

if __name__ == "__main__":
    import entry  # noqa: F401
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # the dense rule gets one core, too

from first_spike.command.cli import console, run, write_json
from first_spike.command.images import load_shown
from first_spike.command.option_values import output_file, positive
from first_spike.command.places import check_places
from first_spike.training.costs import costs_table, measure_costs


def main():
    arguments = parse()
    check_places(arguments, files=("json",))
    rows = measure_costs(load_shown(arguments.data), arguments.dense)
    console.print(costs_table(rows))
    if arguments.json:
        write_json(arguments.json, rows)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="mnist", metavar="NAME", help="data set of 28 x 28 images (default: mnist)")
    parser.add_argument("--dense", type=positive, default=100, metavar="N",
                        help="images for the dense rule (default: 100)")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
