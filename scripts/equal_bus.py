"""Published accelerators for MNIST and ours behind the same 64-bit stream: a table in laboratory.md."""

import argparse

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import console, run
from first_spike.command.option_values import above_zero
from first_spike.synthesis.rivals import equal_bus_table


def main():
    arguments = parse()
    console.print(equal_bus_table(arguments.mhz, arguments.steady, arguments.idle), soft_wrap=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mhz", type=above_zero, required=True, help="clock of the bus and of our design")
    parser.add_argument("--steady", type=above_zero, required=True, help="our cycles from result to result")
    parser.add_argument("--idle", type=above_zero, required=True,
                        help="our cycles from the last beat to the result, of an idle core")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
