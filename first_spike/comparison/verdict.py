"""What a comparison found, in words, and the exit status that follows."""

from first_spike.command.cli import console, error_console, shown
from first_spike.comparison.design_files import differences
from first_spike.comparison.mismatches import NOT_OBSERVED

DIFFERENT = 1
SHOWN = 5  # differing files that are named


def check_files(expected, found):
    """Say where the design in folder `found` differs from the one in `expected`; returns the differences as a list."""
    different = differences(expected, shown(found))
    if different:
        more = [f"and {len(different) - SHOWN} more"] if len(different) > SHOWN else []
        _say("\n  ".join([f"{shown(found)} is not what the generator makes of this network:", *different[:SHOWN],
                          *more]))
    return different


def verdict(reports, different_files=()):
    """Say the first difference of each report made by `compare_on`, or that there is none; returns the exit status."""
    if not any(report["mismatches"] for report in reports):
        console.print("No hardware was simulated: this is the golden model beside the float network.")
        return None
    wrong = [report for report in reports if report["first_mismatch"]]
    for report in wrong:
        _say(f"{report['sim']} differs from the golden model, first here:\n  {report['first_mismatch']}")
    slower = [report for report in reports if report["cycle_model"]["first"]]
    for report in slower:
        _say(f"{report['sim']} takes other cycles than the cycle model, first here:\n  "
             f"{report['cycle_model']['first']}")
    if wrong or slower or different_files:
        return DIFFERENT
    if any(report["mismatches"]["spikes"] == NOT_OBSERVED for report in reports):
        console.print("Every result is equal to the golden model's; spikes inside were not observed.")
    else:
        console.print("Every result and every spike up to the decision is equal to the golden model's.")
    return None


def bench_verdict(reports, failed=()):
    """Say the first difference of each run of the reports made by `measure`, and what failed, or that there is nothing
    of both; returns the exit status."""
    wrong = [*failed] + [f"{report['name']}, {run_name}: {sentence}" for report in reports
             for run_name, sentence in report["differences"].items() if sentence]
    for sentence in wrong:
        _say(sentence)
    if wrong:
        return DIFFERENT
    console.print("Every result and every spike up to the decision is equal to the golden model's, every cycle to the "
                  "cycle model's.")
    return None


def _say(text):
    error_console.print(text, style="bold red", soft_wrap=True)
