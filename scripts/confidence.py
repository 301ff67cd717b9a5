"""Figures of confidence of the shipped networks: errors by coverage, calibration, and outliers of seven kinds.

Thresholds and calibrations come from the images that were held out of the trainings; the test images are inferred once.
Writes a report as JSON, and prints tables for the documentation.

    .venv/bin/python scripts/confidence.py --out build/confidence.json
"""

import argparse
import json
import shlex
from functools import cache

if __name__ == "__main__":
    import entry  # noqa: F401
import numpy as np

from first_spike.command.calibrations import calibrated_beside, calibration_file
from first_spike.command.cli import console, run, write_json
from first_spike.command.option_values import output_file
from first_spike.command.places import NETWORKS, check_places
from first_spike.command.provenance import made_by
from first_spike.comparison.confidence import COVERAGES
from first_spike.golden.contract.network import Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.data.outliers import KINDS, make_outliers
from first_spike.golden.errors import UserError
from first_spike.golden.inference.calibration import COVERAGE, calibrated, lowest_kept
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.reliability import auroc, brier, error_at, expected_calibration_error
from first_spike.training.training_jobs import held_out_of

SMALL, WIDE, LARGE, CLOTHES = ("mnist_784_128_10_4bit", "mnist_784_400_10_4bit", "mnist_16c5p2_32c5p2_128_10_4bit",
                               "fashion_24c5p2_48c5p2_128_10_4bit")
# Figures that were wanted before they were measured: at most, or at least.
MOST = {"error": {SMALL: 0.005, WIDE: 0.0015, LARGE: 0.0015, CLOTHES: 0.07},
        "brier": {SMALL: 0.0125, LARGE: 0.0047, CLOTHES: 0.063},
        "expected_calibration_error": dict.fromkeys((SMALL, LARGE, CLOTHES), 0.005)}
LEAST = {"auroc_margin": {SMALL: 0.96, WIDE: 0.96, LARGE: 0.96, "mnist_16c5p2_32c5p2_10_4bit": 0.96, CLOTHES: 0.89,
                          "fashion_784_400_10_4bit": 0.86},
         "auroc_spread": {SMALL: 0.96, LARGE: 0.96, CLOTHES: 0.95}}
TWO_TESTS = 0.975  # coverage of each of two tests that are asked together
OTHER = {"mnist": "fashion", "fashion": "mnist"}


def main():
    arguments = parse()
    check_places(arguments, files=("out",))
    recipes = json.loads((NETWORKS / "recipes.json").read_text())
    names = arguments.names or shipped()
    report = {"made_by": made_by(), "seed": arguments.seed, "outliers": arguments.count, "networks": {}}
    for name in names:
        if name not in recipes:
            raise UserError(f"there is no recipe for {name}; there are {', '.join(recipes)}")
        report["networks"][name] = measure(name, shlex.split(recipes[name])[1:], arguments.count, arguments.seed)
        tell(name, report["networks"][name])
    for line in tables(report["networks"]):
        console.print(line, soft_wrap=True)
    report["missed"] = missed(report["networks"])
    console.print("missed: " + ("; ".join(report["missed"]) or "nothing"), soft_wrap=True)
    if arguments.out:
        write_json(arguments.out, report)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NETWORK",
                        help="shipped networks (default: all that have a calibration)")
    parser.add_argument("--count", type=int, default=2000, metavar="N", help="outliers of each kind (default: 2000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the outliers (default: 1)")
    parser.add_argument("--out", type=output_file, metavar="FILE", help="write the report as JSON")
    return parser.parse_args()


def shipped():
    """Names of the shipped networks that have a calibration beside them."""
    return [path.stem for path in sorted(NETWORKS.glob("*.npz")) if calibration_file(path).exists()]


@cache
def test_images(name):
    return load(name, train=False).test_images


def measure(name, words, count, seed):
    """The figures of a network, a dict ready for JSON; words: its recipe."""
    path = NETWORKS / f"{name}.npz"
    network = Network.load(path)
    dataset, (held, held_labels) = held_out_of(network, words)
    made = calibrated(network, held, held_labels, COVERAGE)
    if made != calibrated_beside(network, calibration_file(path)):
        raise UserError(f"{calibration_file(path).name} is not what the held-out images give: write it anew")
    kept, tested = infer(network, held), infer(network, dataset.test_images)
    sides = {"held_out": (kept, kept.classes == held_labels), "test": (tested, tested.classes == dataset.test_labels)}
    found = {side: judged(made, *one, kept.margin) for side, one in sides.items()}
    right_share = float((kept.classes == held_labels).mean())
    found["constant"] = {"brier": brier(np.full(len(tested.classes), right_share), sides["test"][1]),
                         "expected_calibration_error": abs(right_share - float(sides["test"][1].mean()))}
    found["outliers"] = outliers(network, made, dataset, kept, tested, count, seed)
    return found


def judged(network, result, right, held_margins):
    """Figures on one side, with thresholds from the margins of the held-out images."""
    sure, by_coverage = result.confidence(network), []
    for coverage in COVERAGES:
        answered = result.margin >= (lowest_kept(held_margins, coverage) if coverage < 1 else 0)
        by_coverage.append({"wanted": coverage, "coverage": float(answered.mean()),
                            "error": float((~right[answered]).mean()),
                            "error_by_lot": error_at(result.margin, right, coverage)})
    return {"images": len(right), "by_coverage": by_coverage,
            "error": next(one["error"] for one in by_coverage if one["wanted"] == COVERAGE),
            "coverage": next(one["coverage"] for one in by_coverage if one["wanted"] == COVERAGE),
            "auroc_margin": auroc(result.margin[right], result.margin[~right]),
            "auroc_time": auroc(-result.decision_time[right], -result.decision_time[~right]),
            "expected_calibration_error": expected_calibration_error(sure.probability, right),
            "brier": brier(sure.probability, right), "foreign": float(sure.foreign.mean())}


def outliers(network, made, dataset, kept, tested, count, seed):
    """Of each kind: AUROC of margin and spread against the test images, and shares of outliers that are not noticed."""
    calibration = made.calibration
    margin, spread = (lowest_kept(scores, TWO_TESTS) for scores in (kept.margin, kept.spread))
    kinds = {}
    for kind in KINDS:
        images = make_outliers(kind, dataset.test_images, count, seed, test_images(OTHER[dataset.name]))
        found = infer(network, images)
        kinds[kind] = {"auroc_margin": auroc(tested.margin, found.margin),
                       "auroc_spread": auroc(tested.spread, found.spread),
                       "foreign": float((found.spread < calibration.foreign_below).mean()),
                       "unsure": float((found.margin < calibration.unsure_below).mean()),
                       "taken_by_two_tests": float(((found.margin >= margin) & (found.spread >= spread)).mean()),
                       "silent": float(found.silent.mean()), "ties": float(found.tie.mean())}
    mean = {name: float(np.mean([one[name] for one in kinds.values()])) for name in kinds[KINDS[0]]}
    both = (tested.margin >= margin) & (tested.spread >= spread)
    return {"kinds": kinds, "mean": mean, "own_taken_by_two_tests": float(both.mean())}


def tell(name, found):
    console.print(f"{name}: " + ", ".join(f"{one['error']:.2%} at {one['coverage']:.1%}"
                                          for one in found["test"]["by_coverage"]), soft_wrap=True)


def values(found):
    """{figure: value} of those that were wanted."""
    return {name: found["test"][name] for name in ("error", "brier", "expected_calibration_error", "auroc_margin")} | {
        "auroc_spread": found["outliers"]["mean"]["auroc_spread"]}


def missed(networks):
    """Sentences on figures that were wanted and not reached."""
    sentences = []
    for side, wanted in (("most", MOST), ("least", LEAST)):
        for figure, bounds in wanted.items():
            for name in [name for name in bounds if name in networks]:
                value = values(networks[name])[figure]
                if value > bounds[name] if side == "most" else value < bounds[name]:
                    sentences.append(f"{name}: {figure} {value:.4f}, wanted at {side} {bounds[name]}")
    return sentences


def tables(networks):
    """Lines of Markdown: errors by coverage, calibration, outliers."""
    yield ""
    yield "| network | side | 100 % | 99 % | 98 % | 95 % (coverage) | 90 % | AUROC margin | ECE | Brier | constant |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for name, found in networks.items():
        for side in ("held_out", "test"):
            one = found[side]
            errors = [f"{100 * each['error']:.2f}" + (f" ({100 * each['coverage']:.1f})" if each["wanted"] < 1 else "")
                      for each in one["by_coverage"]]
            yield (f"| `{name}` | {side.replace('_', ' ')} | {' | '.join(errors)} | {one['auroc_margin']:.3f} | "
                   f"{100 * one['expected_calibration_error']:.2f} % | {one['brier']:.4f} | "
                   f"{found['constant']['brier']:.4f} |")
    for figure, title in (("auroc_spread", "AUROC of spread"), ("auroc_margin", "AUROC of margin"),
                          ("foreign", "called foreign, %"), ("taken_by_two_tests", "taken by two tests, %")):
        yield ""
        yield f"| {title} | {' | '.join(KINDS)} | mean |"
        yield "|---|" + "---|" * (len(KINDS) + 1)
        for name, found in networks.items():
            rows = [*(found["outliers"]["kinds"][kind][figure] for kind in KINDS), found["outliers"]["mean"][figure]]
            shown = [f"{row:.3f}" if "auroc" in figure else f"{100 * row:.0f}" for row in rows]
            yield f"| `{name}` | {' | '.join(shown)} |"


if __name__ == "__main__":
    run(main)
